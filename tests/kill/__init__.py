"""The kill harness: nights that are killed at random points, run again, and compared with an undisturbed one."""
