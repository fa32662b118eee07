"""What it costs that operators are told: the same server with and without."""

from collections.abc import Sequence
from contextlib import ExitStack

from benchmarks.execution import Contender, Line, measured, say, show
from benchmarks.operations import Q1, Q2, Q4
from benchmarks.processes import Server, python, started

OFF = ("--metrics", "off")
EACH = ("--sampling-ratio", "1")


async def run() -> None:
    """Prints the table, and how much more each kind takes."""
    with ExitStack() as stack:
        sandbox = stack.enter_context(started(*python("benchmarks.sandboxed", "10")))
        upstream = stack.enter_context(started(*python("benchmarks.recorded", sandbox.address)))
        collector = stack.enter_context(started(*python("benchmarks.servers.collector")))

        def server(*arguments: str) -> Server:
            command = python("benchmarks.servers.pacioli", upstream.address, *arguments)
            return stack.enter_context(started(*command))

        traced = ("--otlp-endpoint", collector.address)
        contenders = [
            Contender("nothing", server(*OFF)),
            Contender("metrics", server()),
            Contender("traces of a tenth", server(*OFF, *traced)),
            Contender("traces of all", server(*OFF, *traced, *EACH)),
            Contender("lines of the log", server(*OFF, "--logs")),
            Contender("metrics, log, a tenth", server(*traced, "--logs")),
        ]
        show("Telemetry", ())
        for name, query in (("Q1", Q1), ("Q2", Q2), ("Q4", Q4)):
            lines = await measured(name, query, contenders, upstream)
            show(None, lines)
            _compare(lines)


def _compare(lines: Sequence[Line]) -> None:
    nothing, *others = lines
    more = (f"{line.contender} {100 * (line.cpu / nothing.cpu - 1):+.1f} %" for line in others)
    say(f"{nothing.operation}: {', '.join(more)}")
