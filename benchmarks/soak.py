"""Many clients for a minute, while providers fail and recover: is every answer right?

An answer is right if it has the newest rows of just those sources that it says are well, in order;
a source that is not well says why. At the end nothing may be left behind.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from benchmarks.processes import Server, python, started
from sandbox.configuration import toml

SECONDS, CLIENTS = 60, 64
CAP, RATE = 6, 150
FAILING = ("yume", "smartpay")
FAULTS: Sequence[Mapping[str, Any]] = (
    {"status": 503},
    {"status": 429, "retry_after": 1},
    {"malformed": "html"},
    {"malformed": "truncated"},
    {"delay_seconds": 3},
    {"status": 500, "times": 3},
)
QUERY = """query($first: Int!) { invoices(first: $first) {
  nodes { id createdAt source { name } }
  sources { status source { name } error { code } }
} }"""
KEYS = f"max_concurrency = {CAP}\nrequests_per_second = {RATE}\ntimeout_seconds = 1\n"
Row = Mapping[str, Any]


class Soak:
    """What was asked and what came of it."""

    def __init__(self, server: Server, upstream: Server) -> None:
        limits = httpx.Limits(
            max_connections=None, max_keepalive_connections=CLIENTS, keepalive_expiry=2
        )
        self.client = httpx.AsyncClient(base_url=server.address, timeout=40, limits=limits)
        self.control = httpx.AsyncClient(base_url=upstream.address, timeout=40)
        self.seen: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.over = False

    async def learn(self) -> None:
        """The first rows of each source, while all are well."""
        answer = await self._asked(100)
        self.rows: Sequence[Row] = answer["data"]["invoices"]["nodes"]
        self.known = {each["source"]["name"] for each in answer["data"]["invoices"]["sources"]}
        self.lists: dict[str, Sequence[Row]] = {}
        for name in self.known:
            text = QUERY.replace("first: $first", f'first: $first, filter: {{sources: ["{name}"]}}')
            alone = await self._asked(100, text)
            self.lists[name] = alone["data"]["invoices"]["nodes"]

    async def ask(self) -> None:
        """One client, as often as it can."""
        while not self.over:
            first = random.randint(1, 40)
            try:
                answer = await self._asked(first)
            except httpx.HTTPError as error:
                self.wrong.append(f"no answer: {error!r}")
                continue
            self._judge(first, answer)

    async def fail(self) -> None:
        """Providers fail and recover at random."""
        while not self.over:
            provider = random.choice(FAILING)
            if random.random() < 0.5:
                await self.control.put(f"/control/faults/{provider}", json=random.choice(FAULTS))
            else:
                await self.control.delete(f"/control/faults/{provider}")
            await asyncio.sleep(random.uniform(0.2, 1.5))
        for provider in FAILING:
            await self.control.delete(f"/control/faults/{provider}")

    def _judge(self, first: int, answer: Mapping[str, Any]) -> None:
        for error in answer.get("errors", ()):
            self.seen[error["extensions"]["code"]] += 1
        connection = (answer.get("data") or {}).get("invoices")
        if connection is None:
            if "errors" not in answer:
                self.wrong.append(f"neither data nor error: {answer}")
            return
        well = set()
        for outcome in connection["sources"]:
            self.seen[outcome["status"]] += 1
            if outcome["status"] == "FAILED":
                self.seen[outcome["error"]["code"]] += 1
            else:
                well.add(outcome["source"]["name"])
        expected = merged([self.lists[name] for name in well])[:first]
        if [node["id"] for node in connection["nodes"]] != [row["id"] for row in expected]:
            self.wrong.append(f"first: {first}, sources that are well: {sorted(well)}")

    async def _asked(self, first: int, query: str = QUERY) -> Mapping[str, Any]:
        body = {"query": query, "variables": {"first": first}}
        response = await self.client.post("/graphql", json=body)
        self.seen[f"HTTP {response.status_code}"] += 1
        answer: Mapping[str, Any] = response.json()
        return answer


def merged(lists: Sequence[Sequence[Row]]) -> Sequence[Row]:
    """Newest first, as one list: rows of one moment are those of the later source first."""
    rows = [row for each in lists for row in each]
    return sorted(rows, key=newest, reverse=True)


def newest(row: Row) -> tuple[datetime, str]:
    """What rows are sorted by."""
    return datetime.fromisoformat(row["createdAt"]), row["source"]["name"]


async def run() -> None:
    """Prints what came of it. Raises AssertionError if anything did that should not."""
    with TemporaryDirectory() as folder, started(*python("benchmarks.watched")) as upstream:
        file = Path(folder, "pacioli.toml")
        file.write_text(configuration(upstream.address))
        with started(*python("benchmarks.servers.configured", str(file))) as server:
            soak = Soak(server, upstream)
            await soak.learn()
            before = await left_behind(server)
            await soaked(soak, SECONDS)
            watched = (await soak.control.get("/watched")).json()
            await soak.client.aclose()
            after = await left_behind(server)
            await soak.control.aclose()
    show(soak, watched, before, after)
    assert not soak.wrong, soak.wrong[:5]
    assert all(watched["at_once"][provider] <= CAP for provider in FAILING)
    assert all(watched["in_a_second"][provider] <= RATE + 2 for provider in FAILING)
    assert after[0] <= before[0] + 2, "tasks are left behind"
    assert after[1] <= before[1] + 2 * CAP, "sockets are left behind"


def configuration(address: str) -> str:
    """The two sources of invoices, with limits."""
    tables = toml(address).split("[[sources]]")
    kept = [table for table in tables if any(f'"{name}"' in table for name in FAILING)]
    server = '[server]\ncursor_secret = "of a benchmark"\n[server.limits]\n'
    limits = "operation_timeout_seconds = 5\n"
    return server + limits + "".join(f"[[sources]]{table}{KEYS}" for table in kept)


async def soaked(soak: Soak, seconds: int) -> None:
    """All clients at once, and the trouble."""
    clients = [asyncio.create_task(soak.ask()) for _ in range(CLIENTS)]
    trouble = asyncio.create_task(soak.fail())
    await asyncio.sleep(seconds)
    soak.over = True
    with suppress(asyncio.CancelledError):
        await asyncio.gather(trouble, *clients)


async def left_behind(server: Server) -> tuple[int, int, float]:
    """Tasks, open files and megabytes of the server, once it has come to rest."""
    await asyncio.sleep(3)
    async with httpx.AsyncClient(base_url=server.address) as client:
        tasks = int((await client.get("/tasks")).text)
    files = len(list(Path(f"/proc/{server.pid}/fd").iterdir()))
    return tasks, files, server.resident_megabytes()


def show(
    soak: Soak, watched: Mapping[str, Any], before: tuple[Any, ...], after: tuple[Any, ...]
) -> None:
    """Prints what was seen."""
    lines = [
        "\n## Soak\n",
        f"{CLIENTS} clients; answers and outcomes: {dict(soak.seen.most_common())}",
        f"wrong: {len(soak.wrong)}",
        f"at once, of {CAP} allowed: {watched['at_once']}",
        f"in a second, of {RATE} allowed: {watched['in_a_second']}",
        "tasks, open files, MB before and after: "
        f"{before[0]}, {before[1]}, {before[2]:.0f}; {after[0]}, {after[1]}, {after[2]:.0f}",
    ]
    print("\n".join(lines))
