"""Processes that are started, measured and ended."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Server:
    """A server in a process group of its own, at an address."""

    pid: int
    address: str

    def cpu_seconds(self) -> float:
        """What it and its children have used so far."""
        return sum(_cpu(pid) for pid in self._pids())

    def resident_megabytes(self) -> float:
        return sum(_resident(pid) for pid in self._pids())

    def _pids(self) -> list[int]:
        group = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has ended meanwhile
            if int(fields[2]) == self.pid and fields[0] != "Z":
                group.append(int(path.parent.name))
        return group


def _cpu(pid: int) -> float:
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def _resident(pid: int) -> float:
    line = next(
        line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmRSS" in line
    )
    return int(line.split()[1]) / 1024


@contextmanager
def started(*command: str) -> Iterator[Server]:
    """Runs a command that prints the port that it listens at; ends it and all it started."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, process_group=0) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            if not port:
                raise RuntimeError(f"{command} did not start")
            yield Server(process.pid, f"http://127.0.0.1:{port.rpartition(':')[2]}")
        finally:
            os.killpg(process.pid, 15)


def python(module: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs a module."""
    return (sys.executable, "-m", module, *arguments)
