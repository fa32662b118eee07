"""Runs the benchmarks, all or those that are named: `python -m benchmarks execution`.

A benchmark is a module of this package with a `run` that prints its table; it is named below.
"""

import asyncio
import sys

from benchmarks import execution

BENCHMARKS = {"execution": execution.run}


def main(names: list[str]) -> None:
    """Runs them one after the other."""
    for name in names or BENCHMARKS:
        asyncio.run(BENCHMARKS[name]())


if __name__ == "__main__":
    main(sys.argv[1:])
