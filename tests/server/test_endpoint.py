"""What /graphql makes of requests that are right, wrong, or no GraphQL at all."""

import asyncio
import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, cast

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from resolvers.context import Context
from schema import build
from server.admission import Traffic
from server.endpoint import Endpoint
from server.runner import Runner
from server.settings import Limits, ServerSettings
from tests.conftest import (
    Graph,
    Stages,
    StartGraph,
    StartYume,
    answer,
    served_graph,
    settings,
    source,
)

JSON = {"Content-Type": "application/json"}
DIGITS = b"9" * 5000
DEEP = b"[" * 100_000 + b"]" * 100_000


def refused(response: httpx.Response) -> tuple[int, str]:
    """HTTP status and code of an answer that has one error and no data."""
    status, data, errors = answer(response)
    assert data is None
    (error,) = errors
    assert error["message"].strip()
    return status, error["extensions"]["code"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b'"x"',
        b"[]",
        b"1",
        b"{}",
        b"{",
        b'{"query": "{__typename}"} x',
        b'{"query": null}',
        b'{"query": ""}',
        b'{"query": 5}',
        b'{"query": ["{__typename}"]}',
        b'[[{"query": "{__typename}"}]]',
        b'{"query": "{__typename}", "variables": []}',
        b'{"query": "{__typename}", "variables": "{}"}',
        b'{"query": "{__typename}", "operationName": 1}',
        b'{"query": "{__typename}", "extensions": 1}',
        b'{"query": "{__typename}", "variables": {"a": NaN}}',
        b'{"query": "{__typename}", "variables": {"a": Infinity}}',
        b'{"query": "{__typename}", "variables": {"a": ' + DIGITS + b"}}",
        b'{"query": "{__typename}", "variables": {"a": ' + DEEP + b"}}",
        b'{"query": "\xff"}',
        b'{"query": "\\ud800"}',
        b"\xef\xbb\xbf{}",
        DEEP,
        b'{"query": "query A {__typename}", "operationName": "B"}',
        b'{"query": "query A {__typename} query B {__typename}"}',
        b'{"query": "fragment A on Query {__typename}"}',
    ],
    ids=lambda body: body[:60].decode(errors="replace"),
)
def test_what_is_no_request(graph: Graph, body: bytes) -> None:
    assert refused(graph.http.post("/graphql", content=body, headers=JSON)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/graphql"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/jsonp"},
    ],
)
def test_other_content_types(graph: Graph, headers: dict[str, str]) -> None:
    body = b'{"query": "{__typename}"}'
    response = graph.http.post("/graphql", content=body, headers=headers)
    assert refused(response) == (415, "BAD_REQUEST")


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", "Application/JSON ;x=y"],
)
def test_json_by_any_spelling(graph: Graph, content_type: str) -> None:
    body = '{"query": "{__typename}", "unknown": 1}'
    headers = {"Content-Type": content_type}
    response = graph.http.post("/graphql", content=body, headers=headers)
    assert answer(response) == (200, {"__typename": "Query"}, ())


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_other_methods(graph: Graph, method: str) -> None:
    response = graph.http.request(method, "/graphql", params={"query": "{__typename}"})
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"
    if method != "HEAD":
        assert refused(response) == (405, "BAD_REQUEST")


def test_too_large_a_body(start_graph: StartGraph) -> None:
    graph = start_graph(settings(limits={"max_body_bytes": 1000}))
    frame = b'{"query": "{__typename}%s"}'
    fits = frame % (b" " * (1000 - len(frame) + 2))
    assert len(fits) == 1000
    assert answer(graph.http.post("/graphql", content=fits, headers=JSON)).status == 200
    large = fits + b" "
    for body in (large, iter([large])):  # with a Content-Length, and in chunks
        response = graph.http.post("/graphql", content=body, headers=JSON)
        assert refused(response) == (413, "LIMIT_EXCEEDED")
    assert "1000" in response.text


def test_get(graph: Graph) -> None:
    query = (
        "query A { __typename } query B($n: Int!) { invoices(first: $n) { nodes { __typename } } }"
    )
    given = {"query": query, "operationName": "B", "variables": '{"n": 1}'}
    expected = {"invoices": {"nodes": [{"__typename": "Invoice"}]}}
    assert answer(graph.http.get("/graphql", params=given)) == (200, expected, ())


def test_get_with_empty_parameters(graph: Graph) -> None:
    given = {"query": "{__typename}", "variables": "", "operationName": "", "extensions": ""}
    assert answer(graph.http.get("/graphql", params=given)).data == {"__typename": "Query"}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"query": ""},
        {"variables": "{}"},
        {"query": "{__typename}", "variables": "{"},
        {"query": "{__typename}", "variables": "[]"},
        {"query": "{__typename}", "variables": "null x"},
        {"query": "{__typename}", "variables": '{}, "query": "{sources{name}}"'},
        {"query": "{__typename}", "extensions": "1"},
        {"query": "query A {__typename}", "operationName": "B"},
    ],
)
def test_get_of_what_is_no_request(graph: Graph, given: dict[str, str]) -> None:
    assert refused(graph.http.get("/graphql", params=given)) == (400, "BAD_REQUEST")


def test_get_is_for_reading(graph: Graph) -> None:
    response = graph.http.get("/graphql", params={"query": "mutation { a }"})
    assert refused(response) == (400, "BAD_REQUEST")
    assert "GET" in response.text


def test_the_operation_name_decides(graph: Graph) -> None:
    query = "query A { a: __typename } query B { b: __typename }"
    body = {"query": query, "operationName": "B"}
    assert answer(graph.http.post("/graphql", json=body)).data == {"b": "Query"}


@pytest.mark.parametrize(
    "query",
    [
        "{",
        "}",
        "query",
        "\x00",
        '{ invoice(id: "',
        "{a" * 5000,
        "{a" * 5000 + "}" * 5000,
        "{ invoices(first: " + "[" * 9000 + "]" * 9000 + ") { totalCount } }",
        '{ invoice(id: "\\u{D800}") { id } }',
    ],
    ids=lambda query: query[:40],
)
def test_what_is_no_document(graph: Graph, query: str) -> None:
    response = graph.http.post("/graphql", json={"query": query})
    assert refused(response) == (200, "GRAPHQL_PARSE_FAILED")
    assert "data" not in response.json()
    assert response.json()["errors"][0]["locations"]


@pytest.mark.parametrize(
    "query",
    [
        "{ nope }",
        "{ sources }",
        "{ invoice { id } }",
        '{ invoices(first: "1") { totalCount } }',
        "{ invoices(first: 1.5) { totalCount } }",
        "{ invoices(first: 2147483648) { totalCount } }",
        "{ invoices(first: " + "9" * 5000 + ") { totalCount } }",
        "{ invoices(filter: {totalFrom: " + "9" * 5000 + "}) { totalCount } }",
        "{ invoices(orderBy: null) { totalCount } }",
        "{ invoices(orderBy: NEWEST) { totalCount } }",
        "{ invoices(filter: {nope: 1}) { totalCount } }",
        '{ invoices(filter: {totalFrom: "x"}) { totalCount } }',
        "{ invoices(filter: {totalFrom: 1e3}) { totalCount } }",
        '{ invoices(filter: {createdFrom: "2026-01-31"}) { totalCount } }',
        '{ invoices(filter: {createdFrom: "2026-01-31T09:30:00"}) { totalCount } }',
        "query ($a: Int) { invoices(filter: {totalFrom: $a}) { totalCount } }",
        "{ sources { name ... @defer { id } } }",
        "{ sources @stream { name } }",
        "mutation { a }",
        "{ ...A } fragment A on Query { ...A }",
        "{ sources { id id: name } }",
    ],
    ids=lambda query: query[:60],
)
def test_what_is_no_valid_document(graph: Graph, query: str) -> None:
    response = graph.http.post("/graphql", json={"query": query})
    status, data, errors = answer(response)
    assert (status, data) == (200, None)
    assert "data" not in response.json()
    assert {error["extensions"]["code"] for error in errors} == {"GRAPHQL_VALIDATION_FAILED"}
    assert all(error["locations"] for error in errors)
    assert "sys.set_int_max_str_digits" not in response.text


FILTERED = "query ($f: InvoiceFilter) { invoices(filter: $f) { totalCount } }"
COUNTED = "query ($n: Int!) { invoices(first: $n) { totalCount } }"
ORDERED = "query ($o: InvoiceOrder!) { invoices(orderBy: $o) { totalCount } }"


@pytest.mark.parametrize(
    ("query", "variables", "name"),
    [
        (COUNTED, {}, "$n"),
        (COUNTED, {"n": None}, "$n"),
        (COUNTED, {"n": "1"}, "$n"),
        (COUNTED, {"n": 1.5}, "$n"),
        (COUNTED, {"n": True}, "$n"),
        (COUNTED, {"n": 2**31}, "$n"),
        (COUNTED, {"n": 10**18}, "$n"),
        (ORDERED, {"o": "NEWEST"}, "$o"),
        (FILTERED, {"f": []}, "$f"),
        (FILTERED, {"f": {"nope": 1}}, "$f"),
        (FILTERED, {"f": {"totalFrom": 1.5}}, "totalFrom"),
        (FILTERED, {"f": {"totalFrom": "x"}}, "totalFrom"),
        (FILTERED, {"f": {"createdTo": "2026-01-31"}}, "createdTo"),
        (FILTERED, {"f": {"createdTo": 5}}, "createdTo"),
        (FILTERED, {"f": {"statuses": [None]}}, "statuses"),
        (FILTERED, {"f": {"statuses": ["paid"]}}, "statuses"),
    ],
)
def test_bad_variables(graph: Graph, query: str, variables: dict[str, Any], name: str) -> None:
    response = graph.http.post("/graphql", json={"query": query, "variables": variables})
    status, data, errors = answer(response)
    assert (status, data) == (200, None)
    assert "data" not in response.json()
    assert [error["extensions"] for error in errors] == [{"code": "BAD_USER_INPUT"}]
    assert name in errors[0]["message"]


def test_a_deep_variable(graph: Graph) -> None:
    value = "[" * 900 + "]" * 900
    body = f'{{"query": {json.dumps(FILTERED)}, "variables": {{"f": {{"sources": {value}}}}}}}'
    response = graph.http.post("/graphql", content=body, headers=JSON)
    assert refused(response) == (200, "BAD_USER_INPUT")


def test_fragments_that_multiply_cost_nothing(graph: Graph) -> None:
    # Every fragment spreads the next one twice: 2^30 spreads if each were followed.
    links = [f"fragment F{n} on InvoiceConnection {{ ...F{n + 1} ...F{n + 1} }}" for n in range(30)]
    last = "fragment F30 on InvoiceConnection { __typename }"
    query = " ".join(["{ invoices(first: 1) { ...F0 } }", *links, last])
    assert graph.data(query) == {"invoices": {"__typename": "InvoiceConnection"}}


INSIDE = "the file /etc/pacioli/secret said 'token=abc' to resolvers/context.py"


class BrokenContext:
    """A context that fails, or takes its time, when the resolver of `sources` looks at it."""

    explanation = None

    def __init__(self, give: Callable[[], Any]) -> None:
        self._give = give

    def close(self) -> None:
        """There is nothing to stop."""

    @property
    def sources(self) -> Any:
        return self._give()


StartBroken = Callable[..., Graph]


@pytest.fixture
def start_broken(stages: Stages) -> Iterator[StartBroken]:
    """Starts a server whose every operation has that context."""
    with ExitStack() as started:

        def start(give: Callable[[], Any], timeout: float = 30) -> Graph:
            limited = ServerSettings(limits=Limits(operation_timeout_seconds=timeout))
            context = cast(Context, BrokenContext(give))
            runner = Runner(build(), lambda _: context, limited, traffic=Traffic(1, 1))
            endpoint = Endpoint(runner, limited, asyncio.Event())
            app = Starlette(routes=[Route("/graphql", endpoint)])
            return started.enter_context(served_graph(stages, app))

        yield start


def fail() -> Any:
    raise RuntimeError(INSIDE)


def test_internal_errors_are_masked(
    start_broken: StartBroken, caplog: pytest.LogCaptureFixture
) -> None:
    status, data, (error,) = start_broken(fail).ask("{ __typename sources { name } }")
    assert (status, data) == (200, None)  # `sources` cannot be null
    incident = error["extensions"].pop("incident")
    assert re.fullmatch("[a-p]{32}", incident)
    assert error["path"] == ["sources"]
    assert error["locations"] == [{"line": 1, "column": 14}]
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR"}
    assert incident in error["message"]
    assert not re.search("token|etc|resolvers|Runtime|Error|Traceback", error["message"])
    (record,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert (record.name, record.levelname) == ("pacioli", "ERROR")
    assert incident in caplog.text
    assert INSIDE in caplog.text  # with its traceback


def test_each_incident_has_its_own_id(start_broken: StartBroken) -> None:
    graph = start_broken(fail)
    ids = {graph.error("{ sources { name } }")["extensions"]["incident"] for _ in range(3)}
    assert len(ids) == 3


def test_mistakes_of_clients_are_not_logged(graph: Graph, caplog: pytest.LogCaptureFixture) -> None:
    for query in ("{", "{ nope }", "{ invoices(first: -1) { totalCount } }", COUNTED):
        assert graph.ask(query).errors
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []


def test_an_operation_that_takes_too_long(start_broken: StartBroken) -> None:
    graph = start_broken(lambda: asyncio.get_running_loop().create_future(), timeout=0.05)
    status, data, (error,) = graph.ask("{ sources { name } }")
    assert (status, data) == (200, None)
    assert error["extensions"] == {"code": "OPERATION_TIMEOUT"}
    assert "0.05 s" in error["message"]
    accept = {"Accept": "application/graphql-response+json"}
    response = graph.http.post("/graphql", json={"query": "{ sources { name } }"}, headers=accept)
    assert response.status_code == 504
    assert graph.data("{ __typename }") == {"__typename": "Query"}


def test_an_operation_that_waits_for_a_slow_upstream(
    start_yume: StartYume, start_graph: StartGraph
) -> None:
    yume = start_yume()
    graph = start_graph(settings(source(yume), limits={"operation_timeout_seconds": 1}))
    yume.fail(delay_seconds=3)
    answered = graph.ask("{ invoices(first: 1) { nodes { id } } }")
    assert (answered.status, answered.data) == (200, {"invoices": None})
    assert answered.codes == ["OPERATION_TIMEOUT"]
    assert graph.data("{ sources { name } }") == {"sources": [{"name": "rental"}]}
