"""What others need for the same: needs Node.js and `make bench-peers`, which fetches them."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks.execution import Contender, measured, say, show
from benchmarks.operations import Q1, Q2, Q3, Q4
from benchmarks.processes import Server, python, started
from benchmarks.servers.tailcall import PROGRAM
from sandbox.smartpay import TOKEN

HERE = Path(__file__).parent / "peers"
PEERS = {"Hive Gateway": "hive.mjs", "graphql-yoga with graphql-jit": "yoga.mjs"}


async def run() -> None:
    """Prints the table."""
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules").exists():
        raise SystemExit("This takes Node.js and `make bench-peers`")
    with ExitStack() as stack:
        sandbox = stack.enter_context(started(*python("benchmarks.sandboxed")))
        upstream = stack.enter_context(started(*python("benchmarks.recorded", sandbox.address)))
        contenders = [
            Contender(name, stack.enter_context(started(*command)))
            for name, command in commands(node, upstream)
        ]
        show("Peers", ())
        for name, query in (("Q1", Q1), ("Q2", Q2), ("Q3", Q3), ("Q4", Q4)):
            ours, *others = await measured(name, query, contenders, upstream)
            show(None, [ours, *others])
            ratios = (f"{each.contender} {each.cpu / ours.cpu:.2f}" for each in others)
            say(f"{name}, times the CPU of pacioli: {', '.join(ratios)}")


def commands(node: str, upstream: Server) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What starts each contender, the own server first."""
    yield "pacioli", python("benchmarks.servers.pacioli", upstream.address)
    for name, script in PEERS.items():
        yield name, (node, str(HERE / script), upstream.address, TOKEN)
    if runs(PROGRAM):
        yield "Tailcall", python("benchmarks.servers.tailcall", upstream.address)
    else:
        say("Tailcall is left out: its program is for Linux on x86-64 with glibc")


def runs(program: Path) -> bool:
    """Whether a program is there and can be run on this machine."""
    try:
        return (
            subprocess.run([program, "--version"], check=False, capture_output=True).returncode == 0
        )
    except OSError:
        return False
