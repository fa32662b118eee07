"""Attacks over HTTP: each of the known ones is refused, and others are served meanwhile."""

import asyncio
import json
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import httpx
import pytest
from graphql import get_introspection_query
from starlette.types import ASGIApp, Receive, Scope, Send
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from server.app import create_app
from tests.conftest import (
    PLAIN,
    Graph,
    Stages,
    StartGraph,
    Yume,
    answer,
    served_graph,
    settings,
    source,
)

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def words() -> list[str]:
    """What nobody may be told of our insides."""
    return ["Traceback", "site-packages", ".py", "RecursionError", "sys.set_int", "object at 0x"]


def posted(graph: Graph, body: Any) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return graph.http.post("/graphql", content=content, headers=JSON)


DEEP = "invoices(first: 100) { nodes { payments(first: 100) { nodes { invoice { "
OVERLOADS = {
    "aliases of __typename": (
        "{" + "".join(f"alias{i}:__typename " for i in range(101)) + "}",
        "max_root_fields",
    ),
    "a field 500 times": ("query cop {" + "__typename \n" * 500 + "}", "max_root_fields"),
    "directives": ("query cop { __typename " + "@aa" * 10 + "}", "max_directives"),
    "depth": (f"{{ {DEEP * 3} id {'}' * 15} }}", "max_cost"),
    "aliased lists": (
        "{" + "".join(f"a{i}: {DEEP} id }} }} }} }} }}" for i in range(5)) + "}",
        "max_cost",
    ),
    "a bomb of fragments": (
        "{ invoices { nodes { ...F0 } } }"
        + "".join(
            f"fragment F{i} on Invoice {{ a: source {{ id }} b: payments {{ nodes {{ invoice "
            f"{{ ...F{i + 1} }} c: invoice {{ ...F{i + 1} }} }} }} }}"
            for i in range(20)
        )
        + "fragment F20 on Invoice { id }",
        "max_depth",
    ),
    "fields to compare": ("{ sources {" + "provider name " * 450 + "} }", "max_overlaps"),
    "tokens": ("{" + "a " * 100_000 + "}", "max_tokens"),
    "introspection": (
        "{"
        + " ".join(
            f"a{i}: __schema {{ types {{ fields {{ name type {{ name }} }} }} }}" for i in range(50)
        )
        + "}",
        "max_introspection",
    ),
    "names": ("query " + "A" * 100_000 + "(" + "$a: Int " * 120 + ") { a }", "max_name_length"),
    "ids": (
        "{ nodes(ids: [" + '"x" ' * 101 + "]) { id } }",
        "max_ids",
    ),
}


@pytest.mark.parametrize("name", OVERLOADS)
def test_overloads(graph: Graph, name: str) -> None:
    query, key = OVERLOADS[name]
    (error,) = graph.ask(query).errors
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert error["extensions"]["key"] == key
    assert f"server.limits.{key}" in error["message"]
    assert str(error["extensions"]["limit"]) in error["message"]
    assert str(error["extensions"]["value"]) in error["message"]


def test_fragment_cycles(graph: Graph) -> None:
    for query in (
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "{ sources { ...A } } fragment A on Source { name ...A }",
        "{ invoices { nodes { ...A } } } "
        "fragment A on Invoice { payments { nodes { invoice { ...A } } } }",
    ):
        assert set(graph.ask(query).codes) == {"GRAPHQL_VALIDATION_FAILED"}


def test_circular_introspection(graph: Graph) -> None:
    circle = "fields { type { " * 7 + "name" + "} }" * 7
    for query in (
        f"{{ __schema {{ types {{ {circle} }} }} }}",
        f'{{ __type(name: "Query") {{ {circle} }} }}',
    ):
        told = graph.ask(query)
        assert told.data is None
        assert told.codes


def test_introspection_itself_is_served(graph: Graph) -> None:
    assert graph.data(get_introspection_query(input_value_deprecation=True))["__schema"]["types"]


@pytest.mark.parametrize("operations", [9, 10, 1000])
def test_batches(graph: Graph, operations: int) -> None:
    response = posted(graph, [{"query": "{ __typename }"}] * operations)
    assert response.status_code == 400
    (error,) = answer(response).errors
    told = {"value": operations, "limit": 8, "key": "max_batch_operations"}
    assert error["extensions"] == {"code": "LIMIT_EXCEEDED", **told}


@pytest.mark.parametrize("query", ["mutation { a }", "subscription { a }"])
def test_get_changes_nothing(graph: Graph, query: str) -> None:
    told = answer(graph.http.get("/graphql", params={"query": query}))
    assert told.data is None
    assert told.codes


BODIES = {
    "nested 100,000 deep": b'{"query": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "variables nested 100,000 deep": (
        b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}"
    ),
    "5,000 digits": b'{"query": "{ __typename }", "variables": {"a": ' + b"9" * 5000 + b"}}",
    "NaN": b'{"query": "{ __typename }", "variables": {"a": NaN}}',
    "Infinity": b'{"query": "{ __typename }", "variables": {"a": -Infinity}}',
    "1e999": b'{"query": "query ($a: Int) { __typename }", "variables": {"a": 1e999}}',
    "null bytes": b'{"query": "{ \x00 }"}',
    "invalid UTF-8": b'{"query": "{ \xff\xfe }"}',
    "a lone surrogate": b'{"query": "{ __typename }", "variables": {"a": "\\ud800"}}',
    "nothing": b"",
    "null": b"null",
    "a text": b'"x"',
    "a number": b"1",
    "half of it": b'{"query": "{ __typename }"',
    "twice": b'{"query": "{ __typename }"} {"query": "{ __typename }"}',
    "UTF-16": '{"query": "{ __typename }"}'.encode("utf-16"),
}


@pytest.mark.parametrize("name", BODIES)
def test_malformed_bodies(graph: Graph, words: list[str], name: str) -> None:
    response = posted(graph, BODIES[name])
    assert response.status_code in (200, 400)
    assert not [word for word in words if word in response.text]
    codes = answer(response).codes
    assert "INTERNAL_SERVER_ERROR" not in codes
    assert graph.data("{ __typename }") == {"__typename": "Query"}


@pytest.mark.parametrize("value", ["9" * 5000, "-" + "9" * 5000, "NaN", "1e999", '"\\u0000"', "{}"])
def test_odd_values(graph: Graph, words: list[str], value: str) -> None:
    query = f"{{ invoices(first: {value}) {{ totalCount }} }}"
    response = posted(graph, {"query": query})
    assert answer(response).codes
    assert "INTERNAL_SERVER_ERROR" not in response.text
    assert not [word for word in words if word in response.text]


def test_many_variables(graph: Graph) -> None:
    body = {
        "query": "query ($s: [String!]) { invoices(filter: {sources: $s}) { totalCount } }",
        "variables": {"s": ["rental"] * 6000},
    }
    assert answer(posted(graph, body)).codes == ["LIMIT_EXCEEDED"]


def test_too_large_a_body(graph: Graph) -> None:
    response = posted(graph, b" " * (2**20 + 1))
    assert response.status_code == 413
    assert "max_body_bytes" in response.text


def test_upstream_calls_are_limited(still_yume: Yume, start_graph: StartGraph) -> None:
    graph = start_graph(settings(source(still_yume), limits={"max_upstream_calls": 2}))
    assert graph.data("{ invoices(first: 100) { nodes { id } } }")
    nowhere = '{ invoices(filter: {currencies: ["XXX"]}) { nodes { id } } sources { name } }'
    with still_yume.counted() as calls:
        told = graph.ask(nowhere)
    assert len(calls) == 2
    assert told.codes == ["LIMIT_EXCEEDED"]
    assert told.errors[0]["extensions"]["key"] == "max_upstream_calls"
    assert told.data == {"invoices": None, "sources": [{"name": "rental"}]}
    ids = [
        node["id"]
        for node in graph.data("{ invoices(first: 9) { nodes { id } } }")["invoices"]["nodes"]
    ]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    with still_yume.counted() as calls:
        assert set(graph.ask(query, ids=ids).codes) == {"LIMIT_EXCEEDED"}
    assert len(calls) <= 2


def test_errors_are_limited(still_yume: Yume, start_graph: StartGraph) -> None:
    graph = start_graph(settings(source(still_yume), limits={"max_errors": 3}))
    told = graph.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["x"] * 9)
    assert told.codes == ["BAD_USER_INPUT"] * 3 + ["LIMIT_EXCEEDED"]
    last = told.errors[-1]["extensions"]
    assert (last["value"], last["limit"], last["key"]) == (9, 3, "max_errors")


def test_the_cost_is_told_on_demand(graph: Graph) -> None:
    body = {"query": "{ invoices(first: 3) { nodes { id } } }"}
    assert "extensions" not in posted(graph, body).json()
    response = graph.http.post("/graphql", json=body, headers={"X-Pacioli-Cost": "1"})
    told = {"cost": {"requested": 4, "rows": 3, "calls": 1, "limit": 25_000}}
    assert response.json()["extensions"] == told


WORDLIST = ["source", "invoice", "payment", "user", "invoicees", "nod", "totl", "paymentz", "me"]
GUESSES = [
    (word, query)
    for word in WORDLIST
    for query in (
        f"{{ {word}s {{ x }} }}",
        f"{{ {word} }}",
        f"{{ invoices({word}: 1) {{ totalCount }} }}",
        f"{{ invoices(orderBy: {word}) {{ totalCount }} }}",
        f"{{ invoices {{ {word} }} }}",
        f"query ($v: {word}Filter) {{ invoices(filter: $v) {{ totalCount }} }}",
        f'{{ _entities(representations: [{{__typename: "{word.title()}"}}]) {{ __typename }} }}',
    )
]
STREAM = {"Accept": "text/event-stream"}


def over_post(graph: Graph, query: str, **variables: Any) -> str:
    return posted(graph, {"query": query, "variables": variables}).text


def over_get(graph: Graph, query: str, **variables: Any) -> str:
    given = {"query": query, "variables": json.dumps(variables)}
    return graph.http.get("/graphql", params=given).text


def in_a_batch(graph: Graph, query: str, **variables: Any) -> str:
    return posted(graph, [{"query": query, "variables": variables}]).text


def as_a_stream(graph: Graph, query: str, **variables: Any) -> str:
    body = {"query": query, "variables": variables}
    return graph.http.post("/graphql", json=body, headers=STREAM).text


def over_websocket(graph: Graph, query: str, **variables: Any) -> str:
    address = graph.address.replace("http", "ws", 1) + "/graphql"
    with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
        socket.send('{"type": "connection_init"}')
        socket.recv(timeout=20)
        payload = {"query": query, "variables": variables}
        socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
        return str(socket.recv(timeout=20))


WAYS = [over_post, over_get, in_a_batch, as_a_stream, over_websocket]


@pytest.mark.parametrize("uniform", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_names_cannot_be_guessed(
    start_graph: StartGraph, way: Callable[..., str], uniform: bool
) -> None:
    """What clairvoyance does: it sends words and reads the names out of the answers."""
    graph = start_graph(settings(introspection=False, uniform_errors=uniform))
    recovered = set()
    for word, query in GUESSES:
        text = way(graph, query)
        assert '"message":' in text
        assert "Did you mean" not in text
        names = set(re.findall(r"'([A-Za-z]+)'", text))
        recovered |= names - {word, "x", f"{word}s", f"{word}Filter"}
    known = {"Query", "InvoiceConnection", "PaymentConnection", "InvoiceOrder", "InvoiceFilter"}
    known |= {"invoices", "payments", "String", "x", "Source", "Invoice", "Payment", "sources"}
    assert recovered <= (set() if uniform else known)


@pytest.mark.parametrize("way", WAYS)
def test_uniform_answers_are_one_and_the_same(
    start_graph: StartGraph, way: Callable[..., str]
) -> None:
    graph = start_graph(settings(introspection=False, uniform_errors=True))
    invalid = ["{ invoic }", "{ sources { nam } }", "{ invoices(firs: 1) { totalCount } }", "{ q }"]
    assert len({way(graph, query) for query in invalid}) == 1
    entities = "query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }"
    strange: list[Any] = [{"__typename": name} for name in ("Invoice", "Nope", "SourceOutcome")]
    strange += [{"__typename": "Invoice", key: "1"} for key in ("id", "providerId", "nope")]
    assert len({way(graph, entities, r=[each]) for each in [*strange, {}, "x"]}) == 1
    filtered = "query ($f: InvoiceFilter) { invoices(filter: $f) { totalCount } }"
    misfits = [{word: 1} for word in ("source", "statuses", "x")]
    assert len({way(graph, filtered, f=each) for each in misfits}) == 1
    events = "subscription ($i: ID!) { exportTask(id: $i) { nope } }"
    if way in (as_a_stream, over_websocket):
        assert way(graph, events, i="x") == way(graph, invalid[0])


def test_names_of_input_fields_cannot_be_guessed(start_graph: StartGraph) -> None:
    graph = start_graph(settings(introspection=False, uniform_errors=True))
    query = "query ($f: InvoiceFilter) { invoices(filter: $f) { totalCount } }"
    told = {
        json.dumps(graph.ask(query, f={word: 1}).errors) for word in ("source", "statuses", "x")
    }
    assert len(told) == 1


@contextmanager
def attacking(graph: Graph, query: str) -> Iterator[None]:
    """Somebody sends a query again and again, each time another one so that none is remembered."""
    stop = threading.Event()

    def attack() -> None:
        with httpx.Client(base_url=graph.address, timeout=30, **PLAIN) as http:
            for number in range(10**6):
                if stop.is_set():
                    return
                http.post("/graphql", json={"query": f"{query} # {number}"})

    thread = threading.Thread(target=attack)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


class Meter:
    """Counts the calls in each turn of a server's event loop: nobody else is served within one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._calls, self._goes_on = app, 0, False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._calls, self._goes_on = 0, True
        sys.setprofile(self._count)  # of the server's thread
        self._turn()
        try:
            await self._app(scope, receive, send)
        finally:
            sys.setprofile(None)
            self._goes_on = False
            TURNS.append(self._calls)
            MEASURED.set()

    def _turn(self) -> None:
        TURNS.append(self._calls)
        self._calls = 0
        if self._goes_on:
            asyncio.get_running_loop().call_soon(self._turn)

    def _count(self, _: FrameType, event: str, __: Any) -> None:
        self._calls += event in ("call", "c_call")


TURNS: list[int] = []
MEASURED = threading.Event()


@pytest.fixture(scope="module")
def metered(stages: Stages, still_yume: Yume) -> Iterator[Callable[[Any], int]]:
    """The most calls that a turn of the server's event loop makes because of a request."""
    app = create_app(settings(source(still_yume)))
    app.add_middleware(Meter)
    with served_graph(stages, app) as graph:

        def longest(body: Any) -> int:
            TURNS.clear()
            MEASURED.clear()
            posted(graph, body)
            assert MEASURED.wait(20)
            return max(TURNS)

        yield longest


@pytest.fixture(scope="module")
def usual(metered: Callable[[Any], int]) -> int:
    """A turn that clients may cause: that of the query by which tools read the schema."""
    metered({"query": "{ __typename }"})
    return metered({"query": get_introspection_query()})


@pytest.mark.parametrize("name", OVERLOADS)
def test_no_attack_holds_the_server(metered: Callable[[Any], int], usual: int, name: str) -> None:
    assert metered({"query": OVERLOADS[name][0]}) <= 2 * usual


def test_a_batch_lets_others_be_served(metered: Callable[[Any], int]) -> None:
    def fresh(number: int) -> Any:
        fields = " ".join(f"a{number}x{at}: sources {{ id name state }}" for at in range(95))
        return {"query": f"{{ {fields} }}"}

    metered(fresh(0))
    one, eight = metered(fresh(1)), metered([fresh(number) for number in range(2, 10)])
    assert eight < 2 * one


@pytest.mark.parametrize("name", OVERLOADS)
def test_others_are_served_meanwhile(graph: Graph, name: str) -> None:
    with attacking(graph, OVERLOADS[name][0]):
        for _ in range(5):
            assert graph.data("{ __typename }") == {"__typename": "Query"}


def test_a_client_that_never_finishes_keeps_nobody_waiting(start_graph: StartGraph) -> None:
    limits = {"max_operations_in_flight": 1, "operation_timeout_seconds": 0.5}
    graph = start_graph(settings(limits=limits))
    host, port = graph.address.removeprefix("http://").split(":")
    head = "Content-Type: application/json\r\nContent-Length: 1000"
    with socket.create_connection((host, int(port)), timeout=20) as slow:
        slow.sendall(f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n\r\n{{".encode())
        told = slow.recv(10_000).decode()  # when its time is over
    assert told.startswith("HTTP/1.1 408 ")
    assert graph.data("{ __typename }") == {"__typename": "Query"}
