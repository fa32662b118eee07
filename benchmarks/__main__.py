"""Runs the benchmarks, all or those that are named: `python -m benchmarks execution`.

A benchmark is a module of this package with a `run` that prints its table; it is named below, and
runs only on request if it takes programs that are not ours.
"""

import asyncio
import sys

from benchmarks import execution, paging, peers, soak, telemetry

BENCHMARKS = {
    "paging": paging.run,
    "soak": soak.run,
    "execution": execution.run,
    "telemetry": telemetry.run,
}
ON_REQUEST = {"peers": peers.run}


def main(names: list[str]) -> None:
    """Runs them one after the other."""
    for name in names or BENCHMARKS:
        asyncio.run({**BENCHMARKS, **ON_REQUEST}[name]())


if __name__ == "__main__":
    main(sys.argv[1:])
