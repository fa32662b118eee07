"""What is put together for operators; and that nothing secret is in any of it."""

import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from providers.observer import Unobserved
from sandbox import yume
from server.api_keys import hashed
from server.app import create_app
from server.settings import Settings, TelemetrySettings
from server.telemetry import watching
from server.telemetry.logs import set_up
from server.telemetry.metered import Metered
from server.telemetry.metrics import Metrics
from server.telemetry.operations import Operation
from server.telemetry.watching import REQUEST_ID, Telemetry, telemetry
from tests.conftest import Graph, Stages, StartGraph, StartYume, Yume, served_graph, settings
from tests.conftest import source as account
from tests.server.telemetry.collectors import collecting
from tests.server.telemetry.scrapes import post, scraped
from tests.server.test_serving import until

NAMES = "{ sources { name } }"
OFF = {"metrics": "off"}


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """Puts back what `set_up` changes for the whole process."""
    root, own = logging.getLogger(), logging.getLogger("pacioli")
    handlers, levels = root.handlers[:], (root.level, own.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    own.setLevel(levels[1])


def test_nothing_that_is_off_is_paid_for(
    start_yume: StartYume, start_graph: StartGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    class Counted(Operation):
        def __init__(self, *args: Any) -> None:
            made.append(self)
            super().__init__(*args)

    monkeypatch.setattr(watching, "Operation", Counted)
    yume = start_yume()
    dark = start_graph(settings(account(yume), telemetry=OFF))
    assert REQUEST_ID not in post(dark, "{ invoices { nodes { id } } }").headers
    assert made == []
    watched = start_graph(settings(account(yume)))
    post(watched, "{ invoices { nodes { id } } }")
    assert len(made) == 1


@pytest.mark.parametrize("metrics", ["off", "open"])
def test_figures_that_are_off_are_not_even_imported(metrics: str) -> None:
    program = (
        "import sys, server.serving; from server.app import create_app\n"
        "from server.settings import Settings, TelemetrySettings\n"
        f"create_app(Settings(telemetry=TelemetrySettings(metrics={metrics!r})))\n"
        "print('prometheus_client' in sys.modules)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert run.stdout == f"{metrics == 'open'}\n"


def test_what_the_settings_want(still_yume: Yume) -> None:
    chosen = settings(account(still_yume), telemetry=OFF)
    nothing = telemetry(chosen)
    assert not nothing.watches
    assert type(nothing.observer(chosen.sources[0])) is Unobserved
    assert nothing.outgoing is None
    usual = telemetry(settings(account(still_yume)))
    assert usual.watches
    assert isinstance(usual.observer(chosen.sources[0]), Metered)
    assert usual.outgoing is None
    traced = telemetry(
        Settings(telemetry=TelemetrySettings(metrics="off", otlp_endpoint="http://127.0.0.1:9"))
    )
    assert traced.watches
    assert traced.metrics is None
    assert traced.outgoing is not None
    assert traced.outgoing() == {}


async def test_nobody_watches() -> None:
    nobody = Telemetry()
    assert nobody.show_traffic is None
    async with nobody.opened():
        assert not nobody.watches


def test_a_client_is_told_the_id_of_its_request(graph: Graph) -> None:
    assert post(graph, NAMES, **{REQUEST_ID: "mine-1"}).headers[REQUEST_ID] == "mine-1"
    given = post(graph, NAMES, **{REQUEST_ID: "not mine"}).headers[REQUEST_ID]
    assert re.fullmatch("[0-9a-f]{16}", given)
    refused = graph.http.post("/graphql", content=b"x")
    assert refused.status_code == 415
    assert REQUEST_ID in refused.headers
    assert REQUEST_ID not in graph.http.get("/healthz").headers


def test_a_failure_of_a_layer_is_ours() -> None:
    watched = Telemetry(Metrics()).operation(HTTPConnection({"type": "http", "headers": []}))
    operation = watched.__enter__()
    assert operation is not None
    assert not watched.__exit__(ValueError, ValueError(), None)
    assert operation.outcome == "INTERNAL_SERVER_ERROR"


# ---------------------------------------------------------------- nothing secret anywhere

CARD, PAN, NUMBER = "4276550011223344", "427655******3344", "3344"
PERSON, MAIL, TOKEN = "Wilhelmina", "wilhelmina@example.nl", "planted-token-of-a-client"
KEY = "planted-key-of-a-caller"
COOKIE = "planted-cookie"
SECRETS = (CARD, PAN, PERSON, MAIL, TOKEN, KEY, COOKIE, yume.TOKEN, "planted cursor secret")


ROW = {"id": CARD, "status": PERSON, "created_at": MAIL, "total": PAN, "currency": TOKEN}
LEAKS = (
    (200, json.dumps({"count": 1, "next": TOKEN, "previous": None, "results": [ROW]})),
    (200, json.dumps({"detail": f"{PERSON} {CARD}"})),
    (200, f"{PERSON} {CARD}"),
    (400, json.dumps({"detail": f"{PERSON} {CARD} {TOKEN}"})),
    (401, yume.TOKEN),
    (503, TOKEN),
)


class Leaky:
    """An upstream that quotes secrets in all that it says."""

    def __init__(self) -> None:
        self.leak = LEAKS[0]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, text = self.leak
        headers = [(b"content-type", b"application/json"), (b"x-leak", TOKEN.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": text.encode()})


def planted(stages: Stages) -> tuple[str, str, str]:
    """What is told by metrics, traces and log of a run with secrets in all that is sent."""
    stream = io.StringIO()
    keys = [{"name": "reporting", "hash": hashed(KEY), "sources": ["*"], "scopes": ["card:read"]}]
    with ExitStack() as stack:
        address, collector = stack.enter_context(collecting(stages))
        upstream = Leaky()
        base_url = stack.enter_context(stages.show(upstream))
        keys_of_source = {"base_url": base_url, "token": yume.TOKEN, "breaker_failures": 1000}
        chosen = settings(
            {"name": "rental", "provider": "yume", **keys_of_source},
            auth={"api_keys": keys},
            cursor_secret="planted cursor secret",
            telemetry={"otlp_endpoint": address, "sampling_ratio": 1, "metrics": "open"},
        )
        chosen = msgspec.structs.replace(
            chosen, logs=msgspec.structs.replace(chosen.logs, level="debug", slow_seconds=1e-9)
        )
        with stack.enter_context(ExitStack()) as serving:
            app = create_app(chosen, set_up(chosen, stream))
            client = serving.enter_context(served_graph(stages, app))
            _plant(client, upstream)
            metrics = scraped(client)
        traces = b"".join(collector.bodies).decode("latin-1")
        assert len(collector.spans) > 8
    return metrics, traces, stream.getvalue()


def _plant(graph: Graph, upstream: Leaky) -> None:
    headers = {
        "Authorization": f"Bearer {KEY}",
        "Cookie": f"session={COOKIE}",
        REQUEST_ID: CARD,
        "X-Api-Key": TOKEN,
        "User-Agent": PERSON,
        "tracestate": f"a={TOKEN}",
        "baggage": f"user={MAIL}",
    }
    card = f'cardLastFour: "{NUMBER}"'
    filtered = f"query A($n: String) {{ invoices(filter: {{number: $n, {card}}}) "
    bodies: list[Any] = [
        {"query": "query A { invoices { nodes { id description } } }", "variables": {"x": CARD}},
        {"query": filtered + "{ nodes { id } } }", "variables": {"n": PERSON}},
        {"query": f"query C{CARD} {NAMES}", "operationName": f"C{CARD}"},
        {"query": f'{{ invoice(id: "{MAIL}") {{ id }} }}'},
        {"query": f'{{ invoice(id: "{TOKEN}") {{ nothing_{PERSON} }} }}'},
        {"query": f"# {PERSON} {CARD}\n{{"},
        {"query": NAMES, "operationName": PERSON},
        {"query": NAMES, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": TOKEN}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": TOKEN}}},
        {"documentId": CARD},
        [PERSON],
    ]
    for body in bodies:
        graph.http.post("/graphql", json=body, headers=headers)
    graph.http.post("/graphql", json=bodies[0], headers={"Authorization": f"Bearer {TOKEN}"})
    graph.http.post("/graphql", json=bodies[0], headers={"Authorization": f"Basic {TOKEN}"})
    for upstream.leak in LEAKS:
        graph.http.post("/graphql", json=bodies[0], headers=headers)
    with connect(
        graph.address.replace("http", "ws") + "/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
    ) as socket:
        init = {"type": "connection_init", "payload": {"Authorization": f"Bearer {TOKEN}"}}
        socket.send(json.dumps(init))
        with pytest.raises(Exception, match="4403"):
            socket.recv(10)


@pytest.mark.usefixtures("logging_as_before")
def test_no_secret_is_told(stages: Stages) -> None:
    metrics, traces, log = planted(stages)
    for code in ("UPSTREAM_MALFORMED", "UPSTREAM_REJECTED", "UPSTREAM_UNAVAILABLE", "UNAUTHEN"):
        assert [code in text for text in (metrics, traces, log)] == [True] * 3, code
    for secret in SECRETS:
        assert [secret in text for text in (metrics, traces, log)] == [False] * 3


@pytest.mark.usefixtures("logging_as_before")
def test_an_unexpected_error_is_logged_without_what_it_says(
    start_yume: StartYume, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError(f"{PERSON} {CARD} {TOKEN}")

    stream = io.StringIO()
    chosen = settings(account(start_yume()))
    app = create_app(chosen, set_up(chosen, stream))
    monkeypatch.setattr("providers.client.Source.state", property(broken))
    with served_graph(stages, app) as client:
        response = post(client, "{ sources { state } }")
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    until(lambda: stream.getvalue().count("\n") == 2)
    incident, operation = map(json.loads, stream.getvalue().splitlines())
    assert error["extensions"]["incident"] in incident["event"]
    assert incident["request_id"] == operation["request_id"] == response.headers[REQUEST_ID]
    assert incident["exception"][0] == "ValueError"
    assert any(line.endswith(" broken") for line in incident["exception"])
    assert (operation["level"], operation["outcome"]) == ("error", "INTERNAL_SERVER_ERROR")
    for secret in SECRETS:
        assert secret not in stream.getvalue()
