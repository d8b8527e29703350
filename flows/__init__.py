"""Order, retry, concurrency and the command line."""
