"""One form for all that is written down: by us, by libraries, for machines and for people."""

import io
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from server.api_keys import hashed as key_hash
from server.app import create_app
from server.persisted import hashed
from server.settings import LogSettings, Settings
from server.telemetry.logs import set_up
from server.telemetry.operations import Operation
from tests.conftest import Graph, Stages, StartYume, Whole, Yume, served_graph, settings
from tests.conftest import source as account
from tests.server.telemetry.collectors import collecting
from tests.server.telemetry.scrapes import post
from tests.server.test_serving import until
from tests.server.test_sockets import LIFE_PAY

Lines = Sequence[Mapping[str, Any]]
PROTOCOL = Subprotocol("graphql-transport-ws")
NAMES = "query Names { sources { name } }"


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Puts back what `set_up` changes for the whole process."""
    root, own = logging.getLogger(), logging.getLogger("pacioli")
    handlers, levels = root.handlers[:], (root.level, own.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    own.setLevel(levels[1])


class Terminal(io.StringIO):
    """A stream that says that people read it."""

    def isatty(self) -> bool:
        return True


class Written:
    """A server and what it wrote."""

    def __init__(self, graph: Graph, stream: io.StringIO) -> None:
        self.graph, self.stream = graph, stream

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def wrote(self, count: int) -> Sequence[str]:
        """So many lines: the last one may come a moment after its answer."""
        until(lambda: self.text.count("\n") >= count)
        lines = self.text.splitlines()
        assert len(lines) == count
        return lines

    def lines(self, count: int) -> Lines:
        return [json.loads(line) for line in self.wrote(count)]


Start = Callable[..., Written]


@pytest.fixture
def start(stages: Stages) -> Iterator[Start]:
    """Starts a server that writes its operations down."""
    with ExitStack() as stack:

        def started(chosen: Settings, stream: io.StringIO | None = None, **keys: Any) -> Written:
            stream = stream or io.StringIO()
            chosen = msgspec.structs.replace(chosen, logs=LogSettings(**keys))
            app = create_app(chosen, set_up(chosen, stream))
            return Written(stack.enter_context(served_graph(stages, app)), stream)

        yield started


def test_one_line_an_operation(start: Start, still_yume: Yume) -> None:
    written = start(settings(account(still_yume)))
    query = "query Newest { invoices(first: 3) { nodes { id } } }"
    response = post(written.graph, query)
    (line,) = written.lines(1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", line["timestamp"])
    assert 0 < line["ms"] < 30_000
    assert {**line, "timestamp": "", "ms": 0} == {
        "timestamp": "",
        "level": "info",
        "logger": "pacioli.operations",
        "event": "operation",
        "request_id": response.headers["x-request-id"],
        "operation": "Newest",
        "type": "query",
        "hash": hashed(query),
        "caller": "trusted",
        "transport": "http",
        "sources": ["rental"],
        "calls": 1,
        "cost": 4,
        "ms": 0,
        "outcome": "ok",
    }


@pytest.mark.parametrize(
    ("limits", "content", "status", "code"),
    [
        ({}, b"x", 400, "BAD_REQUEST"),
        ({}, b'{"query": "{"}', 200, "GRAPHQL_PARSE_FAILED"),
        ({}, b'{"query": "{ nothing }"}', 200, "GRAPHQL_VALIDATION_FAILED"),
        ({"max_depth": 1}, b'{"query": "{ sources { name } }"}', 200, "LIMIT_EXCEEDED"),
        ({"max_body_bytes": 10}, b'{"query": "{ __typename }"}', 413, "LIMIT_EXCEEDED"),
        ({}, b'{"documentId": "x"}', 200, "PERSISTED_QUERY_NOT_FOUND"),
    ],
)
def test_what_is_refused_has_its_line(
    start: Start, still_yume: Yume, limits: Any, content: bytes, status: int, code: str
) -> None:
    written = start(settings(account(still_yume), limits=limits))
    headers = {"Content-Type": "application/json"}
    response = written.graph.http.post("/graphql", content=content, headers=headers)
    assert response.status_code == status
    (line,) = written.lines(1)
    assert (line["event"], line["outcome"], line["level"]) == ("operation", code, "info")
    assert line["request_id"] == response.headers["x-request-id"]


def test_strangers_and_the_impatient(start: Start, still_yume: Yume) -> None:
    keys = [{"name": "reporting", "hash": key_hash("k"), "sources": ["*"]}]
    limits = {"operations_per_minute": 1}
    chosen = settings(account(still_yume), auth={"api_keys": keys}, limits=limits)
    written = start(chosen)
    for key in ("k", "k", "guessed", None):
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        post(written.graph, NAMES, **headers)
    assert [(line["outcome"], line["caller"]) for line in written.lines(4)] == [
        ("ok", "key reporting"),
        ("RATE_LIMITED", "key reporting"),
        ("UNAUTHENTICATED", ""),
        ("UNAUTHENTICATED", ""),
    ]


def test_too_many_at_once(start: Start, start_yume: StartYume) -> None:
    yume = start_yume()
    written = start(settings(account(yume), limits={"max_operations_in_flight": 1}))
    yume.fail(delay_seconds=20)
    with _begun(written.graph, b'{"query": "{ invoices { nodes { id } } }"}'):
        while post(written.graph, NAMES).status_code != 503:
            pass
    until(lambda: "SERVICE_OVERLOADED" in written.text)


def _begun(graph: Graph, body: bytes) -> socket.socket:
    """A request that is under way until it is closed."""
    connection = socket.create_connection(("127.0.0.1", urlsplit(graph.address).port))
    head = "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    connection.sendall(head.encode() + b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    return connection


def test_slow_operations_are_explained(start: Start, still_yume: Yume) -> None:
    written = start(settings(account(still_yume)), slow_seconds=1e-9)
    query = '{ invoices(first: 3, filter: {createdFrom: "2026-01-01T00:00:00Z"}) { nodes { id } } }'
    post(written.graph, query)
    (line,) = written.lines(1)
    assert (line["event"], line["level"]) == ("slow operation", "warning")
    (call,) = line["explain"]
    assert call["source"] == "rental"
    assert set(call["asked"]) >= {"page", "pageSize"}
    assert call["rowsUsed"] == 3
    assert "2026-01-01" not in written.text


def test_a_client_is_not_told_what_it_did_not_ask(start: Start, still_yume: Yume) -> None:
    written = start(settings(account(still_yume)))
    assert "extensions" not in post(written.graph, NAMES).json()


def test_levels(start: Start, still_yume: Yume) -> None:
    written = start(settings(account(still_yume)), level="warning")
    post(written.graph, NAMES)
    logging.getLogger("pacioli").info("not this")
    logging.getLogger("pacioli").warning("this")
    logging.getLogger("another").info("not this either")
    logging.getLogger("another").error("and %s", "that")
    assert [(line["level"], line["logger"], line["event"]) for line in written.lines(2)] == [
        ("warning", "pacioli", "this"),
        ("error", "another", "and that"),
    ]


def test_libraries_are_heard_from_warnings_on(start: Start, still_yume: Yume) -> None:
    written = start(settings(account(still_yume)), level="debug")
    logging.getLogger("asyncio").info("not this")
    logging.getLogger("pacioli").debug("this")
    assert [line["event"] for line in written.lines(1)] == ["this"]


def test_nothing_a_client_sends_makes_a_line(start: Start, still_yume: Yume) -> None:
    written = start(settings(account(still_yume)))
    evil = 'A\n{"event": "forged"}\x1b[2J'
    body = {"query": NAMES, "operationName": evil, "variables": {evil: evil}}
    headers = {"X-Request-Id": "a\tb", "User-Agent": '{"event": "forged"}'}
    written.graph.http.post("/graphql", json=body, headers=headers)
    body = {"query": f"# {evil}\n{NAMES}", "extensions": {evil: evil}}
    written.graph.http.post("/graphql", json=body, headers=headers)
    assert len(written.lines(2)) == 2
    assert "forged" not in written.text
    assert all(line.isprintable() for line in written.text.splitlines())


@pytest.mark.parametrize(
    ("stream", "form", "is_json"),
    [
        (io.StringIO, "auto", True),
        (Terminal, "auto", False),
        (Terminal, "json", True),
        (io.StringIO, "pretty", False),
    ],
)
def test_forms(start: Start, still_yume: Yume, stream: Any, form: str, is_json: bool) -> None:
    written = start(settings(account(still_yume)), stream(), format=form)
    post(written.graph, NAMES)
    written.wrote(1)
    logging.getLogger("pacioli").warning("of a library\nin two lines")
    own, others = written.wrote(2)
    assert "Names" in own
    assert "of a library" in others
    assert own.startswith("{") is others.startswith("{") is is_json
    assert ("\x1b[" in own) is (not is_json and stream is Terminal)


class Broken(io.StringIO):
    """A pipe that nobody reads any more."""

    def write(self, _: str) -> int:
        raise BrokenPipeError


def test_a_log_that_nobody_reads_fails_no_operation(start: Start, still_yume: Yume) -> None:
    written = start(settings(account(still_yume)), Broken())
    assert all(post(written.graph, NAMES).json()["data"] for _ in range(3))


def test_it_may_tell_all(start: Start, still_yume: Yume) -> None:
    for redact, shown in ((True, False), (False, True)):
        written = start(settings(account(still_yume)), redact=redact)
        try:
            int("of anna@example.nl")
        except ValueError:
            logging.getLogger("pacioli").exception("for %s", "anna@example.nl")
        assert ("anna@" in written.text) is shown
        assert ("of anna@" in written.text) is shown
        assert written.lines(1)[0]["exception"][0].startswith("ValueError")


def test_a_subscription_has_one_line_at_its_end(start: Start, whole: Whole) -> None:
    guid = whole.sandbox.post("/control/life_pay/tasks", json={}).raise_for_status().json()["guid"]
    base = f"{str(whole.sandbox.base_url).rstrip('/')}/life_pay"
    source = {"name": "life", "provider": "life_pay", "base_url": base, **LIFE_PAY}
    written = start(settings(source))
    nodes = written.graph.data("{ exportTasks(first: 100) { nodes { id providerId } } }")
    (task,) = (node["id"] for node in nodes["exportTasks"]["nodes"] if node["providerId"] == guid)
    address = written.graph.address.replace("http", "ws") + "/graphql"
    with connect(address, subprotocols=[PROTOCOL]) as talk:
        talk.send('{"type": "connection_init"}')
        talk.recv(10)
        query = f'subscription Task {{ exportTask(id: "{task}") {{ status }} }}'
        ask = {"type": "subscribe", "id": "1", "payload": {"query": query}}
        talk.send(json.dumps(ask))
        assert json.loads(talk.recv(10))["type"] == "next"
        written.wrote(1)
        done = {"status": "Completed"}
        whole.sandbox.patch(f"/control/life_pay/tasks/{guid}", json=done).raise_for_status()
        while json.loads(talk.recv(10))["type"] != "complete":
            pass
    line = written.lines(2)[1]
    assert (line["operation"], line["type"], line["events"]) == ("Task", "subscription", 2)
    assert (line["transport"], line["outcome"]) == ("websocket", "ok")


@pytest.mark.parametrize(("ratio", "is_sampled"), [(0.0, False), (1.0, True)])
def test_a_trace_is_named_where_there_is_one(
    start: Start, stages: Stages, still_yume: Yume, ratio: float, is_sampled: bool
) -> None:
    with collecting(stages) as (address, _):
        traces = {"otlp_endpoint": address, "sampling_ratio": ratio}
        written = start(settings(account(still_yume), telemetry=traces))
        post(written.graph, NAMES)
        trace = "0af7651916cd43dd8448eb211c80319c"
        for flag in ("00", "01"):
            post(written.graph, NAMES, traceparent=f"00-{trace}-b7ad6b7169203331-{flag}")
        first, left_out, wanted = written.lines(3)
        assert ("trace_id" in first) is is_sampled
        assert "trace_id" not in left_out
        assert wanted["trace_id"] == trace


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spans are sent at once, and not for long."""
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "10")
    monkeypatch.setattr("server.telemetry.tracing.EXPORT_SECONDS", 0.1)


def others(written: Written) -> Sequence[str]:
    """What is written beside operations."""
    lines = [json.loads(line) for line in written.text.splitlines()]
    return [line["event"] for line in lines if line["logger"] != "pacioli.operations"]


@pytest.mark.usefixtures("impatient")
def test_a_collector_that_is_away_is_told_of_once_and_when_it_is_back(
    start: Start, stages: Stages, still_yume: Yume
) -> None:
    with collecting(stages) as (address, collector):
        traces = {"otlp_endpoint": address, "sampling_ratio": 1}
        written = start(settings(account(still_yume), telemetry=traces))
        collector.status = 503
        for _ in range(4):
            sent = len(collector.bodies)
            post(written.graph, NAMES)
            until(lambda sent=sent: len(collector.bodies) > sent)
        until(lambda: bool(others(written)))
        collector.status = 200
        post(written.graph, NAMES)
        until(lambda: len(others(written)) > 1)
        assert others(written) == [
            "The collector takes no traces: they are lost until it does.",
            "The collector takes traces again.",
        ]


@pytest.mark.usefixtures("impatient")
def test_a_collector_that_is_not_there_is_told_of_without_its_address(
    start: Start, still_yume: Yume
) -> None:
    traces = {"otlp_endpoint": "http://127.0.0.1:9", "sampling_ratio": 1}
    written = start(settings(account(still_yume), telemetry=traces))
    for _ in range(3):
        post(written.graph, NAMES)
    until(lambda: bool(others(written)))
    assert others(written) == ["The collector takes no traces: they are lost until it does."]
    assert "127.0.0.1" not in written.text


@pytest.mark.parametrize("options", [(), ("--workers", "2")], ids=["one", "two"])
def test_the_program_has_one_form_for_all(tmp_path: Path, options: tuple[str, ...]) -> None:
    """Also for what uvicorn says, and for the parent of the workers."""
    (tmp_path / "pacioli.toml").write_text(
        '[[sources]]\nname = "a"\nprovider = "yume"\ntoken = "t"\nbase_url = "http://127.0.0.1:9"\n'
    )
    with subprocess.Popen(
        [sys.executable, "-m", "server.cli", "serve", "--port", "0", *options],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        found = re.search(r":(\d+)/graphql", program.stdout.readline())
        assert found is not None
        with socket.create_connection(("127.0.0.1", int(found[1]))) as connection:
            connection.sendall(b"no HTTP\r\n\r\n")
            connection.recv(1000)
        program.send_signal(signal.SIGTERM)
        lines = [json.loads(line) for line in program.stderr.read().splitlines()]
        assert program.wait(30) == 0
    said = {line["logger"]: line["event"] for line in lines}
    assert said["uvicorn.error"] == "Invalid HTTP request received."
    assert said["pacioli"].startswith("server.cursor_secret is not set")


def test_a_callers_name_is_no_way_around(start: Start, still_yume: Yume) -> None:
    written = start(settings(account(still_yume)))
    for name in ("https://id.example anna@example.nl", "a\nb", "x" * 10**5):
        log = set_up(settings(account(still_yume)), written.stream)
        operation = Operation("1", "http", text="{ a }", caller=name)
        log.ended(operation)
    first, second, third = written.lines(3)
    assert first["caller"] == "https://id.example ***"
    assert second["caller"] == "a\\nb"
    assert len(third["caller"]) < 10**4
