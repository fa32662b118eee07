"""Operations are let in while there is room, and end when their client goes."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import httpx
import pytest
from starlette.requests import ClientDisconnect

from resolvers.errors import LimitError
from server.admission import Traffic, while_connected
from server.app import create_app
from server.errors import RefusedError
from tests.conftest import PLAIN, Graph, StartGraph, StartYume, Whole, settings, source
from tests.providers.servers import Heard, Server

ORG = "6f1c2a52-9c1e-4f0a-8a57-6d2c3b5e7a10"
LIST = "{ invoices(first: 3) { nodes { id } } }"


class Watched(NamedTuple):
    """A server, and a subscription that it can be asked for."""

    graph: Graph
    query: str

    @contextmanager
    def open(self) -> Iterator[Iterator[str]]:
        """The events of the subscription."""
        body, headers = {"query": self.query}, {"Accept": "text/event-stream"}
        with self.graph.http.stream("POST", "/graphql", json=body, headers=headers) as response:
            yield (line for line in response.iter_lines() if line.startswith("data:"))


def test_past_the_bound_the_server_says_that_it_is_overloaded(
    start_yume: StartYume, start_graph: StartGraph
) -> None:
    yume = start_yume()
    graph = start_graph(settings(source(yume), limits={"max_operations_in_flight": 2}))
    yume.fail(delay_seconds=1)

    def ask(first: int) -> httpx.Response:
        query = LIST.replace("3", str(first))
        return httpx.post(f"{graph.address}/graphql", json={"query": query}, timeout=30, **PLAIN)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(1, 9)))
    refused = [answer for answer in answers if answer.status_code == 503]
    assert 1 <= len(refused) <= 6
    assert all("errors" not in each.json() for each in answers if each not in refused)
    for answer in refused:
        (error,) = answer.json()["errors"]
        assert answer.headers["retry-after"] == "1"
        assert answer.headers["content-type"] == "application/json"
        assert error["extensions"] == {"code": "SERVICE_OVERLOADED"}
        assert "max_operations_in_flight" in error["message"]
    yume.recover()
    assert ask(3).status_code == 200, "there is room again"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_client_that_leaves_takes_its_calls_along(
    start_graph: StartGraph, method: str
) -> None:
    asked, gone = asyncio.Event(), asyncio.Event()

    async def answer(_: Heard, writer: asyncio.StreamWriter) -> None:
        asked.set()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        try:
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.02)
        except ConnectionError:
            gone.set()

    async with Server(answer) as upstream:
        account = {"name": "rental", "provider": "yume", "token": "t", "base_url": upstream.address}
        graph = start_graph(settings(account))
        host, _, port = graph.address.removeprefix("http://").partition(":")
        client = socket.create_connection((host, int(port)))
        client.sendall(request(method))
        await asyncio.wait_for(asked.wait(), 10)
        client.close()
        await asyncio.wait_for(gone.wait(), 8)
    assert len(upstream.heard) == 1
    assert graph.data("{ __typename }") == {"__typename": "Query"}


@pytest.fixture
def watched(start_graph: StartGraph, own_whole: Whole) -> Watched:
    """A server that may do one thing at once and watch two, and the subscription to a task."""
    life = f"{own_whole.sandbox.base_url}/life_pay"
    account = {"name": "life-reports", "provider": "life_pay", "base_url": life}
    keys = {"api_key": "sandbox-life-pay-key", "org_guid": ORG}
    limits = {"max_operations_in_flight": 1, "max_subscriptions": 2}
    graph = start_graph(settings({**account, **keys}, limits=limits))
    query = f'subscription {{ exportTask(id: "{own_whole.export()}") {{ status }} }}'
    return Watched(graph, query)


def test_open_streams_leave_room_for_operations(watched: Watched) -> None:
    graph = watched.graph
    with watched.open() as first, watched.open() as second:
        assert "QUEUED" in next(first)
        assert "QUEUED" in next(second)
        assert graph.data("{ __typename }") == {"__typename": "Query"}
        with watched.open() as third:
            refusal = next(third)
        assert "LIMIT_EXCEEDED" in refusal
        assert "open subscriptions: 3, but the limit is 2" in refusal
        assert "server.limits.max_subscriptions" in refusal
    for _ in range(100):  # until the server has seen that they are gone
        with watched.open() as again:
            if "QUEUED" in next(again, ""):  # there may be a 503 before
                break
        time.sleep(0.05)
    else:
        pytest.fail("there is no room again")
    assert graph.data("{ __typename }") == {"__typename": "Query"}


def test_a_subscription_gives_up_its_place_among_the_operations() -> None:
    traffic = Traffic(1, 1)
    with traffic.operation():
        with pytest.raises(RefusedError), traffic.operation():
            pass
        with traffic.subscription("ada"):
            with traffic.operation():
                pass
            with pytest.raises(LimitError), traffic.subscription("ada"):
                pass
            with traffic.operation(), traffic.subscription("eve"):
                assert traffic.running == 0
        assert traffic.running == 1
        assert not traffic.subscriptions
    assert traffic.running == 0


def request(method: str) -> bytes:
    if method == "GET":
        query = httpx.QueryParams({"query": LIST})
        return f"GET /graphql?{query} HTTP/1.1\r\nHost: server\r\n\r\n".encode()
    body = f'{{"query": "{LIST}"}}'
    head = f"Content-Type: application/json\r\nContent-Length: {len(body)}"
    return f"POST /graphql HTTP/1.1\r\nHost: server\r\n{head}\r\n\r\n{body}".encode()


async def test_who_waits_for_the_same_is_not_hurt_by_one_who_leaves(
    start_graph: StartGraph, start_yume: StartYume
) -> None:
    yume = start_yume()
    graph = start_graph(settings(source(yume)))
    yume.fail(delay_seconds=1)
    host, _, port = graph.address.removeprefix("http://").partition(":")
    with yume.counted() as calls:
        stays = asyncio.ensure_future(asyncio.to_thread(graph.data, LIST))
        client = socket.create_connection((host, int(port)))
        client.sendall(request("POST"))
        await asyncio.sleep(0.3)
        client.close()
        assert len((await stays)["invoices"]["nodes"]) == 3
    assert len(calls) == 1


async def test_a_client_that_leaves_as_its_answer_comes_hurts_nobody() -> None:
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def receive() -> Any:
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(answer.set_result, 1)
        return {"type": "http.disconnect"}

    with suppress(ClientDisconnect):
        await while_connected(answer, receive)
    for _ in range(3):
        await asyncio.sleep(0)  # nothing is cancelled any more


async def test_not_ready_while_draining(start_yume: StartYume) -> None:
    app = create_app(settings(source(start_yume())))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://server") as client,
    ):
        assert (await client.get("/readyz")).status_code == 200
        app.state.traffic.draining = True
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/healthz")).status_code == 200


def test_many_clients_that_leave_leave_nothing_behind(
    start_yume: StartYume, start_graph: StartGraph
) -> None:
    yume = start_yume()
    graph = start_graph(settings(source(yume), limits={"max_operations_in_flight": 4}))
    yume.fail(delay_seconds=30)
    host, _, port = graph.address.removeprefix("http://").partition(":")
    for _ in range(12):
        client = socket.create_connection((host, int(port)))
        client.sendall(request("POST"))
        threading.Event().wait(0.05)
        client.close()
    yume.recover()
    threading.Event().wait(0.3)
    assert len(graph.data(LIST)["invoices"]["nodes"]) == 3
