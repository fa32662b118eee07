"""The conversation over a WebSocket, word by word. Real clients: tests/frontend."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from server import sockets
from server.api_keys import hashed
from server.persisted import hashed as documents_hash
from server.requests import Parameters
from server.tokens import LEEWAY_SECONDS
from tests.conftest import Graph, Stages, StartGraph, StartYume, Whole, settings, source
from tests.server.issuers import Issuer, jwk, token, trusted

LIFE_PAY = {"api_key": "sandbox-life-pay-key", "org_guid": "6f1c2a52-9c1e-4f0a-8a57-6d2c3b5e7a10"}
PROTOCOL = "graphql-transport-ws"


class Socket:
    """A client that says what it is told to."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def say(self, kind: str, **others: Any) -> None:
        self.connection.send(json.dumps({"type": kind, **others}))

    def hear(self) -> Any:
        text = self.connection.recv(timeout=20)
        assert isinstance(text, str)
        return json.loads(text)

    def begin(self, payload: Any = None) -> None:
        self.say("connection_init", payload=payload)
        assert self.hear() == {"type": "connection_ack"}

    def ask(self, query: str, name: str = "1", **payload: Any) -> Any:
        """The first answer to an operation."""
        self.say("subscribe", id=name, payload={"query": query, **payload})
        return self.hear()

    def closing(self) -> int:
        """The code that the server closes with."""
        with pytest.raises(ConnectionClosed) as caught:
            self.connection.recv(timeout=20)
        assert caught.value.rcvd is not None
        return caught.value.rcvd.code


Open = Callable[..., Socket]


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens sockets to servers."""
    with ExitStack() as sockets:

        def start(graph: Graph, **options: Any) -> Socket:
            address = graph.address.replace("http", "ws", 1) + "/graphql"
            given = {"subprotocols": [PROTOCOL], "proxy": None, **options}
            return Socket(sockets.enter_context(connect(address, **given)))

        yield start


def test_a_query(graph: Graph, opened: Open) -> None:
    socket = opened(graph)
    assert socket.connection.subprotocol == PROTOCOL
    socket.begin({"authorization": "Bearer x"})
    data = {"data": {"__typename": "Query"}}
    assert socket.ask("{ __typename }") == {"type": "next", "id": "1", "payload": data}
    assert socket.hear() == {"type": "complete", "id": "1"}
    assert socket.ask("{ __typename }")["payload"] == data  # the id is free again


def test_every_operation_reads_anew(
    start_yume: StartYume, start_graph: StartGraph, opened: Open
) -> None:
    yume = start_yume()
    socket = opened(start_graph(settings(source(yume))))
    socket.begin()
    query = "{ invoices(first: 1) { totalCount } }"
    before = socket.ask(query)["payload"]["data"]["invoices"]["totalCount"]
    assert socket.hear()["type"] == "complete"
    yume.insert()
    assert socket.ask(query)["payload"]["data"]["invoices"]["totalCount"] == before + 1


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{}"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nope }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "subscription { nope }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "subscription ($id: ID!) { exportTask(id: $id) { id } }"}, "BAD_USER_INPUT"),
        ({"query": 'subscription { exportTask(id: "x") { id } }'}, "BAD_USER_INPUT"),
        ({"query": ""}, "BAD_REQUEST"),
        ({}, "BAD_REQUEST"),
        ({"query": "query A {__typename} query B {__typename}"}, "BAD_REQUEST"),
        ({"query": "query A {__typename}", "operationName": "B"}, "BAD_REQUEST"),
        ({"query": "fragment F on Query {__typename}"}, "BAD_REQUEST"),
    ],
    ids=str,
)
def test_an_operation_that_fails_leaves_the_socket_open(
    graph: Graph, opened: Open, payload: dict[str, Any], code: str
) -> None:
    socket = opened(graph)
    socket.begin()
    socket.say("subscribe", id="1", payload=payload)
    answer = socket.hear()
    assert (answer["type"], answer["id"]) == ("error", "1")
    assert [error["extensions"]["code"] for error in answer["payload"]] == [code]
    assert socket.ask("{ __typename }")["type"] == "next"


def test_an_error_of_ours_ends_the_operation_alone(
    graph: Graph, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("our insides")

    socket = opened(graph)
    socket.begin()
    with monkeypatch.context() as patched:
        patched.setattr(Parameters, "asked", broken)
        heard = socket.ask("{ __typename }")
    (error,) = heard["payload"]
    assert (heard["type"], error["extensions"]["code"]) == ("error", "INTERNAL_SERVER_ERROR")
    assert socket.ask("{ __typename }")["type"] == "next"  # the id is free again


def test_a_query_that_takes_too_long(
    start_yume: StartYume, start_graph: StartGraph, opened: Open
) -> None:
    yume = start_yume()
    graph = start_graph(settings(source(yume), limits={"operation_timeout_seconds": 0.2}))
    yume.fail(delay_seconds=1)
    socket = opened(graph)
    socket.begin()
    (error,) = socket.ask("{ invoices(first: 1) { nodes { id } } }")["payload"]["errors"]
    assert error["extensions"]["code"] == "OPERATION_TIMEOUT"


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "[]",
        "{}",
        '"connection_init"',
        "[" * 50_000,
        '{"type": "nope"}',
        '{"type": "subscribe"}',
        '{"type": "subscribe", "id": 1, "payload": {"query": "{__typename}"}}',
        '{"type": "subscribe", "id": "1", "payload": "x"}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{a}", "variables": []}}',
        '{"type": "complete"}',
        b'{"type": "ping"}',
    ],
    ids=lambda text: str(text)[:60],
)
def test_what_is_no_message_closes_the_socket(
    graph: Graph, opened: Open, text: str | bytes
) -> None:
    socket = opened(graph)
    socket.begin()
    socket.connection.send(text)
    assert socket.closing() == 4400


def test_a_long_complaint_is_cut_to_bytes(graph: Graph, opened: Open) -> None:
    socket = opened(graph)
    socket.say("я" * 200)
    assert socket.closing() == 4400


def test_the_rules_of_the_protocol(graph: Graph, opened: Open) -> None:
    early, twice = opened(graph), opened(graph)
    early.say("subscribe", id="1", payload={"query": "{ __typename }"})
    assert early.closing() == 4401
    twice.begin()
    twice.say("ping")
    assert twice.hear() == {"type": "pong"}
    twice.say("connection_init")
    assert twice.closing() == 4429


def test_one_name_for_two_operations(own_whole: Whole, opened: Open) -> None:
    query = f'subscription {{ exportTask(id: "{own_whole.export()}") {{ status }} }}'
    socket = opened(own_whole.graph)
    socket.begin()
    assert socket.ask(query)["payload"] == {"data": {"exportTask": {"status": "QUEUED"}}}
    socket.say("subscribe", id="1", payload={"query": query})
    assert socket.closing() == 4409


def test_too_many_subscriptions(own_whole: Whole, start_graph: StartGraph, opened: Open) -> None:
    life = f"{own_whole.sandbox.base_url}/life_pay"
    account = {"name": "life-reports", "provider": "life_pay", "base_url": life}
    limits = {"max_subscriptions": 120, "max_operations_in_flight": 1}
    socket = opened(start_graph(settings({**account, **LIFE_PAY}, limits=limits)))
    query = f'subscription {{ exportTask(id: "{own_whole.export()}") {{ status }} }}'
    socket.begin()
    for number in range(120):
        assert socket.ask(query, str(number))["type"] == "next"
    answer = socket.ask(query, "one more")
    assert answer["id"] == "one more"
    assert codes(answer) == ["LIMIT_EXCEEDED"]
    assert answer["payload"][0]["extensions"]["key"] == "max_subscriptions"
    socket.say("complete", id="7")
    assert socket.ask(query, "instead")["type"] == "next"
    assert socket.ask("{ __typename }", "query")["type"] == "next"


@pytest.mark.parametrize("protocols", [["graphql-ws"], ["other"], None])
def test_other_protocols_are_not_spoken(
    graph: Graph, opened: Open, protocols: list[str] | None
) -> None:
    socket = opened(graph, subprotocols=protocols)
    assert socket.connection.subprotocol is None
    assert socket.closing() == 4406


def test_a_socket_that_says_nothing_is_closed(
    start_graph: StartGraph, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sockets.INIT_SECONDS == 10
    monkeypatch.setattr(sockets, "INIT_SECONDS", 0.1)
    assert opened(start_graph(settings())).closing() == 4408


def test_a_page_of_another_site_cannot_open_a_socket(graph: Graph, opened: Open) -> None:
    with pytest.raises(Exception, match="403"):
        opened(graph, origin="https://elsewhere.example")
    own = opened(graph, origin=graph.address)
    own.begin()


KEY = "a key that only its owner knows"


@pytest.fixture
def locked(start_graph: StartGraph, start_yume: StartYume) -> Graph:
    """A server that one key opens, which may read one of two sources."""
    keys = [{"name": "a", "hash": hashed(KEY), "sources": ["mine"]}]
    yume = start_yume()
    sources = (source(yume, "mine"), source(yume, "yours"))
    return start_graph(settings(*sources, auth={"api_keys": keys}))


@pytest.mark.parametrize("name", ["Authorization", "authorization"])
def test_a_client_says_who_it_is(locked: Graph, opened: Open, name: str) -> None:
    socket = opened(locked)
    socket.begin({name: f"Bearer {KEY}"})
    answer = socket.ask("{ sources { name } }")
    assert answer["payload"] == {"data": {"sources": [{"name": "mine"}]}}


def test_or_the_handshake_does(locked: Graph, opened: Open) -> None:
    socket = opened(locked, additional_headers={"Authorization": f"Bearer {KEY}"})
    socket.begin()
    answer = socket.ask("{ sources { name } }")
    assert answer["payload"] == {"data": {"sources": [{"name": "mine"}]}}


def test_a_socket_is_closed_when_its_token_expires(
    stages: Stages, start_graph: StartGraph, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, good_for_long = token(exp=2_000_000_000), token(exp=2_100_000_000)
    close = SimpleNamespace(time=lambda: 2_000_000_000 + LEEWAY_SECONDS - 0.3)
    monkeypatch.setattr("server.sockets.time", close)
    with stages.show(Issuer(jwk()).app) as address:
        graph = start_graph(settings(auth={"issuers": [trusted(address)]}))
        socket, lasting = opened(graph), opened(graph)
        lasting.begin({"Authorization": f"Bearer {good_for_long}"})
        socket.begin({"Authorization": f"Bearer {good}"})
        assert socket.closing() == 4403
        handshake = opened(graph, additional_headers={"Authorization": f"Bearer {good}"})
        handshake.begin()
        assert handshake.closing() == 4403
        assert lasting.ask("{ __typename }")["type"] == "next"


@pytest.mark.parametrize("payload", [None, {}, {"Authorization": "Bearer x"}, {"authorization": 1}])
def test_a_client_that_nobody_knows(locked: Graph, opened: Open, payload: Any) -> None:
    socket = opened(locked)
    socket.say("connection_init", payload=payload)
    assert socket.closing() == 4403


def test_nothing_is_told_before(locked: Graph, opened: Open) -> None:
    socket = opened(locked)
    socket.say("subscribe", id="1", payload={"query": "{ sources { name } }"})
    assert socket.closing() == 4401


def test_a_page_of_a_known_origin_can_open_one(start_graph: StartGraph, opened: Open) -> None:
    graph = start_graph(settings(cors_origins=["https://app.example"]))
    socket = opened(graph, origin="https://app.example")
    socket.begin()
    assert socket.ask("{ __typename }")["type"] == "next"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://127.0.0.1.evil.example", "null", "", "http://[::1"]
)
def test_another_site_cannot_open_one(graph: Graph, opened: Open, origin: str) -> None:
    with pytest.raises(InvalidStatus) as caught:
        opened(graph, origin=origin)
    assert caught.value.response.status_code == 403


def test_documents_by_their_ids(graph: Graph, opened: Open) -> None:
    socket = opened(graph)
    socket.begin()
    query = "{ __typename }"
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": documents_hash(query)}}
    assert socket.ask(query, extensions=persisted)["payload"] == {"data": {"__typename": "Query"}}
    assert socket.hear()["type"] == "complete"
    socket.say("subscribe", id="2", payload={"extensions": persisted})
    assert socket.hear()["payload"] == {"data": {"__typename": "Query"}}


def codes(answer: Any) -> list[str]:
    assert answer["type"] == "error"
    return [error["extensions"]["code"] for error in answer["payload"]]


def test_operations_over_a_socket_are_counted_like_others(
    start_graph: StartGraph, opened: Open
) -> None:
    graph = start_graph(settings(limits={"operations_per_minute": 2}))
    socket = opened(graph)
    socket.begin()
    assert graph.data("{ __typename }")
    assert socket.ask("{ __typename }")["type"] == "next"
    assert socket.hear()["type"] == "complete"
    answer = socket.ask("{ __typename }")
    assert codes(answer) == ["RATE_LIMITED"]
    assert "server.limits.operations_per_minute" in answer["payload"][0]["message"]
    assert graph.ask("{ __typename }").status == 429


def test_past_the_bound_a_socket_says_that_the_server_is_overloaded(
    start_yume: StartYume, start_graph: StartGraph, opened: Open
) -> None:
    yume = start_yume()
    socket = opened(start_graph(settings(source(yume), limits={"max_operations_in_flight": 1})))
    socket.begin()
    yume.fail(delay_seconds=1)
    query = "{ invoices(first: 1) { totalCount } }"
    socket.say("subscribe", id="slow", payload={"query": query})
    assert codes(socket.ask("{ __typename }", "fast")) == ["SERVICE_OVERLOADED"]
    assert socket.hear()["id"] == "slow"
    assert socket.hear() == {"type": "complete", "id": "slow"}
    assert socket.ask("{ __typename }", "again")["type"] == "next"
