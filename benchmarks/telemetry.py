"""What it costs that operators are told: the same server with and without."""

from collections.abc import Sequence
from contextlib import ExitStack
from statistics import median

from benchmarks.clients import Load, ask_often
from benchmarks.execution import say
from benchmarks.operations import Q1, Q2, Q4
from benchmarks.processes import Server, python, started

ROUNDS, SECONDS = 25, 0.25
OFF = ("--metrics", "off")
EACH = ("--sampling-ratio", "1")


async def run() -> None:
    """Prints, for each operation, how much more CPU it takes."""
    with ExitStack() as stack:
        sandbox = stack.enter_context(started(*python("benchmarks.sandboxed", "10")))
        upstream = stack.enter_context(started(*python("benchmarks.recorded", sandbox.address)))
        collector = stack.enter_context(started(*python("benchmarks.servers.collector")))

        def server(*arguments: str) -> Server:
            command = python("benchmarks.servers.pacioli", upstream.address, *arguments)
            return stack.enter_context(started(*command))

        traced = ("--otlp-endpoint", collector.address)
        servers = {
            "nothing": server(*OFF),
            "metrics": server(),
            "log": server(*OFF, "--logs"),
            "traces of a tenth": server(*OFF, *traced),
            "traces of all": server(*OFF, *traced, *EACH),
            "all, traces of a tenth": server(*traced, "--logs"),
        }
        say("# Telemetry\n")
        say(f"| operation | {' | '.join(servers)} |")
        say(f"| --- |{' --- |' * len(servers)}")
        for name, query in (("Q1", Q1), ("Q2", Q2), ("Q4", Q4)):
            nothing, *more = await _measured(query, list(servers.values()))
            added = (f"{1000 * (each - nothing):+.3f} ({each / nothing - 1:+.1%})" for each in more)
            say(f"| {name} | {1000 * nothing:.3f} | {' | '.join(added)} |")


async def _measured(query: str, servers: Sequence[Server]) -> Sequence[float]:
    """The CPU seconds of a request, for each server: the median of many short rounds."""
    times = await _paced(query, servers)
    rounds: list[list[float]] = [[] for _ in servers]
    for _ in range(ROUNDS):
        for server, costs in zip(servers, rounds, strict=True):
            before = server.cpu_seconds()
            await ask_often(server.address, query, times, Load())
            costs.append((server.cpu_seconds() - before) / times)
    return [median(costs) for costs in rounds]


async def _paced(query: str, servers: Sequence[Server]) -> int:
    """Warms the servers up; how many requests keep one busy for a round."""
    for server in servers:
        await ask_often(server.address, query, 100, Load())
    load = Load()
    await ask_often(servers[0].address, query, 100, load)
    return max(8, int(SECONDS / (load.elapsed / 100)))
