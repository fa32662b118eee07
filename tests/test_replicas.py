"""Three replicas behind a plain proxy, with one Redis and one secret: it is one list."""

import signal
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from sandbox import smartpay, yume
from sandbox.app import create_app as create_sandbox
from sandbox.configuration import toml
from tests.conftest import NOW, PLAIN, Stages
from tests.programs import RedisServer
from tests.replicas import Proxy, Replica

REPLICAS, PAGE, TRIES = 3, 70, 3
QUERY = """query ($first: Int, $after: String, $last: Int, $before: String) {
  invoices(first: $first, after: $after, last: $last, before: $before) {
    nodes { providerId source { name } }
    pageInfo { startCursor endCursor hasNextPage hasPreviousPage } sources { status }
  }
}"""
Row = tuple[str, int]


class Fleet(NamedTuple):
    """Replicas over a sandbox, and what stands before them."""

    replicas: Sequence[Replica]
    proxy: Proxy
    client: httpx.AsyncClient
    sandbox: httpx.AsyncClient

    async def page(self, **variables: Any) -> Any:
        """A page, asked for again where a connection breaks, as clients do."""
        for _ in range(TRIES - 1):
            try:
                return await self._page(variables)
            except httpx.TransportError:
                continue
        return await self._page(variables)

    async def _page(self, variables: Mapping[str, Any]) -> Any:
        body = {"query": QUERY, "variables": variables}
        answer = (await self.client.post("/graphql", json=body)).raise_for_status().json()
        assert "errors" not in answer
        page = answer["data"]["invoices"]
        assert {each["status"] for each in page["sources"]} == {"OK"}
        return page

    async def walk(self, *, back: bool = False) -> AsyncIterator[list[Row]]:
        """The rows of each page, all pages full but the last."""
        size, place, edge, more = (
            ("last", "before", "startCursor", "hasPreviousPage")
            if back
            else ("first", "after", "endCursor", "hasNextPage")
        )
        info: dict[str, Any] = {edge: None, more: True}
        while info[more]:
            page = await self.page(**{size: PAGE, place: info[edge]})
            info = page["pageInfo"]
            rows = [(node["source"]["name"], int(node["providerId"])) for node in page["nodes"]]
            assert len(rows) == PAGE or not info[more]
            yield rows

    async def model(self) -> list[Row]:
        """The list as it has to be: made of what the providers have, newest first."""
        rows = [
            (moment(row["created_at"]), "yume-rental", row["id"])
            async for row in self._pages("yume/v1/billing/invoices/", yume.TOKEN, "results", 1)
        ]
        rows += [
            (moment(row["invoice_date"]), "sber-main", int(row["invoice_id"]))
            async for row in self._pages("smartpay/invoices", smartpay.TOKEN, "invoices", 0)
        ]
        return [(source, number) for _, source, number in sorted(rows, reverse=True)]

    async def _pages(self, path: str, token: str, rows: str, number: int) -> AsyncIterator[Any]:
        headers = {"Authorization": f"Bearer {token}"}
        found: Sequence[Any] = [None]
        while found:
            query = f"?page={number}&size=100&pageSize=100&invoice_status=all"
            answer = await self.sandbox.get(path + query, headers=headers)
            found = answer.json()[rows] if answer.status_code == 200 else []
            for row in found:
                yield row
            number += 1


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture
def replicas(stages: Stages, redis: RedisServer, tmp_path: Path) -> Iterator[tuple[str, Any]]:
    """The address of a sandbox, and replicas that ask it."""
    with stages.show(create_sandbox(now=NOW)) as address, ExitStack() as stack:
        config = tmp_path / "pacioli.toml"
        shared = f'[server]\ncursor_secret = "of all replicas"\n[cache]\nurl = "{redis.url}"\n'
        config.write_text(shared + toml(address))
        started = [Replica(config) for _ in range(REPLICAS)]
        for each in started:
            stack.callback(each.kill)
        yield address, started


@pytest.fixture
async def fleet(replicas: tuple[str, Sequence[Replica]]) -> AsyncIterator[Fleet]:
    """The same with a proxy before them, which opens a connection for each request."""
    address, started = replicas
    proxy = Proxy([each.port() for each in started])
    alone = httpx.Limits(max_keepalive_connections=0)
    async with (
        proxy as front,
        httpx.AsyncClient(base_url=front, limits=alone, timeout=30, **PLAIN) as client,
        httpx.AsyncClient(base_url=address, **PLAIN) as sandbox,
    ):
        yield Fleet(started, proxy, client, sandbox)


async def test_a_walk_whose_every_page_is_another_replicas(fleet: Fleet) -> None:
    model = await fleet.model()
    forwards = [page async for page in fleet.walk()]
    backwards = [page async for page in fleet.walk(back=True)]
    assert [row for page in forwards for row in page] == model
    assert [row for page in reversed(backwards) for row in page] == model
    assert len(model) > 2 * REPLICAS * PAGE
    requests = len(forwards) + len(backwards)
    assert fleet.proxy.served == [(at + 1) % REPLICAS for at in range(requests)]


async def test_a_replica_that_is_killed_takes_no_row_with_it(fleet: Fleet) -> None:
    before = await fleet.model()
    victim = 2
    seen: list[Row] = []

    def kill(number: int) -> None:
        """It has the request, and cannot have answered it: it stands still."""
        if number == victim:
            fleet.replicas[victim].kill()

    async for page in fleet.walk():
        seen += page
        # At the providers, one row comes and one that was shown goes, and one that was not.
        await fleet.sandbox.post("/control/yume/invoices", json={})
        for source, number in (page[-1], before[-len(seen)]):
            kind = "smartpay" if source == "sber-main" else "yume"
            await fleet.sandbox.delete(f"/control/{kind}/invoices/{number}")
        if len(seen) == 4 * PAGE:
            assert fleet.proxy.served[-1] == victim - 1
            fleet.replicas[victim].process.send_signal(signal.SIGSTOP)
            fleet.proxy.asked = kill
    served = fleet.proxy.served
    assert served.count(victim) == 2  # one page, and one that it did not live to give
    assert len(served) == len(seen) // PAGE + 2
    after = set(await fleet.model())
    throughout = [row for row in before if row in after]
    assert len(set(seen)) == len(seen)
    assert [row for row in seen if row in set(throughout)] == throughout
    assert len(throughout) < len(before) - 20
