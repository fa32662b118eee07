"""Traces as a collector gets them over HTTP: one span an operation, one for each upstream call."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from sandbox.app import create_app as create_sandbox
from sandbox.configuration import toml
from server.app import create_app
from server.configuration import parse
from server.settings import TelemetrySettings
from server.telemetry import tracing
from tests.conftest import NOW, PLAIN, Graph, Stages, served_graph
from tests.server.telemetry.collectors import Span, collecting
from tests.server.telemetry.scrapes import post

SERVER, CLIENT = 2, 3
PROTOCOL = Subprotocol("graphql-transport-ws")
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRACEPARENT = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
BOTH = "query Both { invoices(first: 3) { nodes { id } } }"


class Traced(NamedTuple):
    """A server whose traces are collected, over a sandbox whose requests' headers are kept."""

    graph: Graph
    sandbox: httpx.Client
    heard: list[Mapping[str, str]]


class Hearing:
    """Notes the headers of all requests to upstreams."""

    def __init__(self, app: ASGIApp, heard: list[Mapping[str, str]]) -> None:
        self._app, self._heard = app, heard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].startswith("/control"):
            headers = {name.decode(): value.decode() for name, value in scope["headers"]}
            self._heard.append(headers)
        await self._app(scope, receive, send)


Run = Callable[[Callable[[Traced], None]], Sequence[Span]]


@contextmanager
def traced(stages: Stages, address: str, **keys: Any) -> Any:
    heard: list[Mapping[str, str]] = []
    app = create_sandbox(now=NOW)
    app.add_middleware(Hearing, heard=heard)
    with ExitStack() as stack:
        upstream = stack.enter_context(stages.show(app))
        sandbox = stack.enter_context(httpx.Client(base_url=upstream, **PLAIN))
        settings = parse(f'[server]\ncursor_secret = "of a test"\n{toml(upstream)}', Path("x"), {})
        chosen = TelemetrySettings(otlp_endpoint=address, **{"sampling_ratio": 1.0, **keys})
        server = create_app(msgspec.structs.replace(settings, telemetry=chosen))
        yield Traced(stack.enter_context(served_graph(stages, server)), sandbox, heard)


@pytest.fixture
def spans_of(stages: Stages) -> Callable[..., Sequence[Span]]:
    """Runs something on a server, stops it, and gives what its collector got."""

    def run(action: Callable[[Traced], object], **keys: Any) -> Sequence[Span]:
        with collecting(stages) as (address, collector):
            with traced(stages, address, **keys) as server:
                action(server)
            return collector.spans

    return run


def test_an_operation_and_its_calls(spans_of: Callable[..., Sequence[Span]]) -> None:
    heard: list[Mapping[str, str]] = []

    def ask(server: Traced) -> None:
        assert post(server.graph, BOTH, **TRACEPARENT).json()["data"]
        heard.extend(server.heard)

    spans = spans_of(ask)
    (operation,) = (span for span in spans if span.kind == SERVER)
    calls = [span for span in spans if span.kind == CLIENT]
    assert len(spans) == 3
    assert {span.trace for span in spans} == {TRACE}
    assert (operation.name, operation.parent) == ("query", PARENT)
    assert operation.attributes["graphql.operation.name"] == "Both"
    assert operation.attributes["graphql.operation.type"] == "query"
    assert operation.attributes["pacioli.calls"] == 2
    assert {call.parent for call in calls} == {operation.id}
    assert {call.attributes["pacioli.source"] for call in calls} == {"sber-main", "yume-rental"}
    assert {call.name for call in calls} == {"invoices"}
    assert [call.attributes["http.response.status_code"] for call in calls] == [200, 200]
    told = {f"00-{TRACE}-{call.id}-01" for call in calls}
    assert {headers["traceparent"] for headers in heard} == told


def test_no_more_than_the_parent_goes_on(spans_of: Callable[..., Sequence[Span]]) -> None:
    headers = {**TRACEPARENT, "tracestate": "vendor=of-the-client", "baggage": "user=anna"}

    def ask(server: Traced) -> None:
        post(server.graph, BOTH, **headers)
        assert len(server.heard) == 2
        for heard in server.heard:
            assert heard.keys() & {"traceparent", "tracestate", "baggage"} == {"traceparent"}
            assert not {"anna", "of-the-client"} & set(str(heard))

    assert len(spans_of(ask)) == 3


def test_a_client_without_a_trace_begins_one(spans_of: Callable[..., Sequence[Span]]) -> None:
    spans = spans_of(lambda server: [post(server.graph, BOTH) for _ in range(2)])
    roots = [span for span in spans if not span.parent]
    assert len(roots) == 2
    assert len({span.trace for span in roots}) == 2


def test_a_traceparent_that_is_none(spans_of: Callable[..., Sequence[Span]]) -> None:
    spans = spans_of(lambda server: post(server.graph, BOTH, traceparent="00-x-y-01"))
    assert [span.parent for span in spans if span.kind == SERVER] == [""]


def test_failures(spans_of: Callable[..., Sequence[Span]]) -> None:
    def ask(server: Traced) -> None:
        server.sandbox.put("/control/faults/yume", json={"status": 503}).raise_for_status()
        post(server.graph, '{ invoices(filter: {sources: ["yume-rental"]}) { nodes { id } } }')
        post(server.graph, "{ nothing }")

    spans = spans_of(ask)
    (call,) = (span for span in spans if span.kind == CLIENT)
    assert call.failed
    assert call.attributes["error.type"] == "UPSTREAM_UNAVAILABLE"
    assert call.attributes["http.request.resend_count"] == 2
    assert call.attributes["http.response.status_code"] == 503
    outcomes = {span.attributes["error.type"]: span.failed for span in spans if span.kind == SERVER}
    assert outcomes == {"UPSTREAM_UNAVAILABLE": True, "GRAPHQL_VALIDATION_FAILED": False}


def test_over_a_socket(spans_of: Callable[..., Sequence[Span]]) -> None:
    def ask(server: Traced) -> None:
        address = server.graph.address.replace("http", "ws") + "/graphql"
        with connect(address, subprotocols=[PROTOCOL], additional_headers=TRACEPARENT) as socket:
            socket.send('{"type": "connection_init"}')
            socket.recv(10)
            for number in ("1", "2"):
                payload = {"query": BOTH}
                socket.send(json.dumps({"type": "subscribe", "id": number, "payload": payload}))
                socket.recv(10)
                socket.recv(10)

    spans = spans_of(ask)
    assert [span.parent for span in spans if span.kind == SERVER] == [PARENT, PARENT]
    assert {span.trace for span in spans} == {TRACE}


@pytest.mark.parametrize(("flag", "count"), [("00", 0), ("01", 3)])
def test_the_client_says_whether_it_is_traced(
    spans_of: Callable[..., Sequence[Span]], flag: str, count: int
) -> None:
    headers = {"traceparent": f"00-{TRACE}-{PARENT}-{flag}"}

    def ask(server: Traced) -> None:
        post(server.graph, BOTH, **headers)
        assert all(f"00-{TRACE}-" in heard["traceparent"] for heard in server.heard)

    assert len(spans_of(ask, sampling_ratio=0.0)) == count


def test_pages_are_no_operations(spans_of: Callable[..., Sequence[Span]]) -> None:
    def ask(server: Traced) -> None:
        for path in ("/", "/healthz", "/metrics"):
            server.graph.http.get(path)
        page = server.graph.http.get("/graphql", headers={"Accept": "text/html"})
        assert page.headers["content-type"].startswith("text/html")

    assert spans_of(ask) == []


def test_who_sends_them(stages: Stages) -> None:
    with collecting(stages) as (address, collector):
        with traced(stages, f"{address}/", service_name="money") as server:
            post(server.graph, BOTH)
        assert collector.resource["service.name"] == "money"
        assert collector.resource["service.version"]


def test_a_collector_that_is_away_holds_nothing_up(stages: Stages) -> None:
    with traced(stages, "http://127.0.0.1:9") as server:
        assert post(server.graph, BOTH).json()["data"]
        began = time.monotonic()
    assert time.monotonic() - began < 10 * tracing.SHUTDOWN_SECONDS


def test_off_there_is_nothing_of_it() -> None:
    """Not even an import. (redis-py imports what it finds of OpenTelemetry's metrics.)"""
    program = (
        "import sys; from server.app import create_app; from server.settings import Settings\n"
        "create_app(Settings())\n"
        "print([each for each in sys.modules if 'y.tracing' in each or '.exporter' in each])\n"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert run.stdout == "[]\n"
