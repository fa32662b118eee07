"""What things cost, measured: `make bench`. How to read the tables is in README.md."""
