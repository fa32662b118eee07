"""The servers that are compared. Each is run as `python -m benchmarks.servers.NAME UPSTREAM`."""
