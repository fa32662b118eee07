"""What execution costs: one operation at a time, this project beside what it could be instead."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import Any, NamedTuple

import httpx

from benchmarks.clients import Load, ask_often
from benchmarks.operations import Q1, Q2, Q3, Q4, WIDE, rows
from benchmarks.processes import Server, python, started

Start = Callable[..., Server]
ROUNDS, SECONDS = 4, 0.6
PLAIN: dict[str, Any] = {"trust_env": False, "verify": False}
MERGED = "id createdAt status payments { nodes { status } }"
FLOORS = {"Q1": "/wide", "Q2": "/narrow", "Q3": "/wide", "Q4": "/none"}


class Contender(NamedTuple):
    """A server in a table; `path` differs for the floor alone."""

    name: str
    server: Server
    path: str = "/graphql"


class Line(NamedTuple):
    """What was measured of one contender for one operation."""

    operation: str
    contender: str
    load: Load
    memory: float
    calls: float

    def __str__(self) -> str:
        load, times = self.load, len(self.load.seconds)
        return (
            f"| {self.operation} | {self.contender} | {self.cpu:.2f} | {times / load.elapsed:.0f} "
            f"| {load.percentile(0.5) * 1000:.1f} | {load.percentile(0.99) * 1000:.1f} "
            f"| {self.memory:.0f} | {self.calls:.2f} |"
        )

    @property
    def cpu(self) -> float:
        """Milliseconds of CPU a request."""
        return self.load.cpu / len(self.load.seconds) * 1000


async def run() -> None:
    """Prints the table, and what it comes to."""
    with ExitStack() as stack:
        sandbox = stack.enter_context(started(*python("benchmarks.sandboxed", "10")))
        upstream = stack.enter_context(started(*python("benchmarks.recorded", sandbox.address)))

        def server(module: str, *arguments: str) -> Server:
            command = python(f"benchmarks.servers.{module}", upstream.address, *arguments)
            return stack.enter_context(started(*command))

        compiled = Contender("pacioli", server("pacioli"))
        floor = server("floor")
        side_by_side = [
            compiled,
            Contender("pacioli on graphql-core", server("pacioli", "--core")),
            Contender("plain Strawberry", server("plain")),
        ]
        show("Execution", ())
        table: dict[str, Sequence[Line]] = {}
        for name, query in (("Q1", Q1), ("Q2", Q2), ("Q3", Q3), ("Q4", Q4)):
            contenders = [*side_by_side, Contender("floor", floor, FLOORS[name])]
            table[name] = await measured(name, query, contenders, upstream)
            show(None, table[name])
        await merged(server, upstream)
        await grown(server, upstream)
        two = Contender("pacioli, two workers", server("pacioli", "--workers", "2"))
        show(None, await measured("W: Q1", Q1, [compiled, two], upstream))
        print_ratios(table)


async def merged(server: Start, upstream: Server) -> None:
    """M: the newest 100 invoices of two sources, and of each alone."""
    both = "sber-main,yume-rental"
    names = {"both": both, "SmartPay alone": "sber-main", "Yume alone": "yume-rental"}
    contenders = [
        Contender(name, server("pacioli", "--sources", sources)) for name, sources in names.items()
    ]
    lines = await measured("M", rows(100, MERGED), contenders, upstream)
    show(None, lines)
    together, *alone = (line.cpu for line in lines)
    say(f"M: both cost {together / sum(alone):.2f} of the sum of the two")


async def grown(server: Start, upstream: Server) -> None:
    """G: how cost and memory grow with the page."""
    for count in (10, 100, 1_000, 10_000):
        one = Contender(f"{count} rows", server("pacioli", "--rows", str(max(count, 100))))
        show(None, await measured("G: Q1", rows(count, WIDE), [one], upstream))


async def measured(
    operation: str, query: str, contenders: Sequence[Contender], upstream: Server
) -> Sequence[Line]:
    """Asks the contenders by turns, so that what else happens on the machine hits all alike."""
    loads = [Load() for _ in contenders]
    calls = [0.0 for _ in contenders]
    times = [await _paced(each, query) for each in contenders]
    for _ in range(ROUNDS):
        for number, (contender, load) in enumerate(zip(contenders, loads, strict=True)):
            cpu, asked = contender.server.cpu_seconds(), counted(upstream)
            await ask_often(
                contender.server.address, query, times[number], load, path=contender.path
            )
            load.cpu += contender.server.cpu_seconds() - cpu
            calls[number] += counted(upstream) - asked
    return [
        Line(
            operation,
            contender.name,
            load,
            contender.server.resident_megabytes(),
            count / len(load.seconds),
        )
        for contender, load, count in zip(contenders, loads, calls, strict=True)
    ]


async def _paced(contender: Contender, query: str) -> int:
    """Warms a contender up; how many requests keep it busy for a round."""
    load = Load()
    await ask_often(contender.server.address, query, 8, load, path=contender.path)
    load = Load()
    await ask_often(contender.server.address, query, 8, load, path=contender.path)
    return max(8, int(SECONDS / (load.elapsed / 8)))


def counted(upstream: Server) -> int:
    """How many requests the upstream had so far."""
    return int(httpx.get(f"{upstream.address}/count", **PLAIN).text)


def print_ratios(table: dict[str, Sequence[Line]]) -> None:
    """How many times more the others need."""
    for name, lines in table.items():
        mine, core, plain, floor = (line.cpu for line in lines)
        say(
            f"{name}: {plain / mine:.1f} times less CPU than plain Strawberry, {core / mine:.1f} "
            f"than on graphql-core; {mine / floor:.1f} times the floor"
        )


def show(title: str | None, lines: Iterable[Line]) -> None:
    """Lines of the table, or with a title its beginning."""
    if title is not None:
        say(f"# {title}\n")
        say("| operation | server | CPU ms | requests/s | p50 ms | p99 ms | MB | calls |")
        say("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for line in lines:
        say(str(line))


def say(text: str) -> None:
    """Prints at once: the whole takes minutes."""
    print(text, flush=True)
