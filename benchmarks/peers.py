"""What others need for the same: needs Node.js and `make bench-peers`, which fetches them."""

import shutil
from contextlib import ExitStack
from pathlib import Path

from benchmarks.execution import Contender, measured, say, show
from benchmarks.operations import Q1, Q2, Q3, Q4
from benchmarks.processes import python, started
from sandbox.smartpay import TOKEN

HERE = Path(__file__).parent / "peers"


async def run() -> None:
    """Prints the table."""
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules").exists():
        raise SystemExit("This takes Node.js and `make bench-peers`")
    with ExitStack() as stack:
        sandbox = stack.enter_context(started(*python("benchmarks.sandboxed")))
        upstream = stack.enter_context(started(*python("benchmarks.recorded", sandbox.address)))
        ours = python("benchmarks.servers.pacioli", upstream.address)
        yoga = (node, str(HERE / "yoga.mjs"), upstream.address, TOKEN)
        contenders = [
            Contender("pacioli", stack.enter_context(started(*ours))),
            Contender("graphql-yoga with graphql-jit", stack.enter_context(started(*yoga))),
        ]
        show("Peers", ())
        for name, query in (("Q1", Q1), ("Q2", Q2), ("Q3", Q3), ("Q4", Q4)):
            lines = await measured(name, query, contenders, upstream)
            show(None, lines)
            mine, theirs = (line.cpu for line in lines)
            say(f"{name}: {theirs / mine:.2f} times the CPU of pacioli")
