"""Pure functions from a raw page to rows: no disk, no network, no clock."""
