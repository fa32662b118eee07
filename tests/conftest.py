"""Runs the sandbox and the server on loopback ports, and speaks to them as clients do."""

import asyncio
import gc
import json
import socket
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from providers import REGISTRY
from sandbox import yume
from sandbox.app import create_app as create_sandbox
from sandbox.configuration import toml
from server.app import create_app
from server.configuration import parse
from server.connections import HttpConnection, WebSocketConnection
from server.settings import Settings
from tests.programs import RedisServer

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
LIST = "/yume/v1/billing/invoices/"
LARGEST_PAGE = 100
# There is no TLS on loopback, and to load the certificates takes longer than a test.
PLAIN: Mapping[str, Any] = {"trust_env": False, "verify": False}


class Server(uvicorn.Server):
    """A server in a thread that says when it is ready, and in which loop it runs."""

    loop: asyncio.AbstractEventLoop

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(  # see Stage
                app,
                lifespan="off",
                http=HttpConnection,
                ws=WebSocketConnection,
                log_level="warning",
            )
        )
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then let the test go on."""
        await super().startup(sockets)
        self.loop = asyncio.get_running_loop()
        self.ready.set()


class Stage:
    """A server on a port of its own that shows one app after the other."""

    def __init__(self) -> None:
        self._server = Server(self)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],))
        self._thread.start()
        assert self._server.ready.wait(30), "The server did not start"
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    @contextmanager
    def showing(self, app: ASGIApp) -> Iterator[None]:
        """Starts the app, shows it, and stops it."""
        self._app = app
        if not isinstance(app, Starlette):  # it has nothing to start
            yield
            return
        lifespan = app.router.lifespan_context(app)
        self._wait(lifespan.__aenter__())
        try:
            yield
        finally:
            self._wait(lifespan.__aexit__(None, None, None))

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(30)
        self._listener.close()
        assert not self._thread.is_alive(), "The server did not stop"

    def _wait(self, action: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(action, self._server.loop).result(30)


class Stages:
    """As many stages as apps are shown at a time: starting one takes longer than a test."""

    def __init__(self) -> None:
        self._free: list[Stage] = []

    @contextmanager
    def show(self, app: ASGIApp) -> Iterator[str]:
        """Shows the app at an address."""
        stage = self._free.pop() if self._free else Stage()
        try:
            with stage.showing(app):
                yield stage.address
        finally:
            self._free.append(stage)

    def close(self) -> None:
        for stage in self._free:
            stage.close()


class Yume:
    """The sandbox's Yume, asked without the server: its rows, its journal, its faults."""

    def __init__(self, address: str) -> None:
        self.base_url = f"{address}/yume"
        headers = {"Authorization": f"Bearer {yume.TOKEN}"}
        self._http = httpx.Client(base_url=address, headers=headers, **PLAIN)

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """All invoices as Yume gives them, newest first."""
        rows: list[Mapping[str, Any]] = []
        page: Mapping[str, Any] = {"next": "page=1"}
        while page["next"]:
            number = httpx.QueryParams(page["next"].partition("?")[2]).get("page", "1")
            asked = {"page": number, "pageSize": str(LARGEST_PAGE)}
            page = self._http.get(LIST, params=asked).raise_for_status().json()
            rows += page["results"]
        return rows

    def received(self, query: str) -> bytes:
        """The list's answer to a query string, as it is."""
        return self._http.get(LIST + query).raise_for_status().content

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """Collects what Yume is asked within the block: a path and query for each request."""
        calls: list[str] = []
        self._control("DELETE", "requests/yume")
        yield calls
        journal = self._control("GET", "requests/yume").json()
        assert journal["count"] == len(journal["requests"])
        calls += [f"{entry['path']}?{entry['query']}" for entry in journal["requests"]]

    def fail(self, **fault: Any) -> None:
        """Misbehaves from now on."""
        self._control("PUT", "faults/yume", fault)

    def recover(self) -> None:
        self._control("DELETE", "faults/yume")

    def insert(self, **fields: Any) -> Mapping[str, Any]:
        """Adds an invoice as of now."""
        row: Mapping[str, Any] = self._control("POST", "yume/invoices", fields).json()
        return row

    def remove(self, row_id: int) -> None:
        self._control("DELETE", f"yume/invoices/{row_id}")

    def close(self) -> None:
        self._http.close()

    def _control(self, method: str, path: str, body: object = None) -> httpx.Response:
        return self._http.request(method, f"/control/{path}", json=body).raise_for_status()


class Answer(NamedTuple):
    """What the server makes of an operation."""

    status: int
    data: Any
    errors: Sequence[Mapping[str, Any]]

    @property
    def codes(self) -> Sequence[str]:
        return [error["extensions"]["code"] for error in self.errors]


class Graph:
    """A client of the server."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.http = httpx.Client(base_url=address, timeout=30, **PLAIN)

    def ask(self, query: str, **variables: Any) -> Answer:
        """The answer to an operation, whatever it is."""
        response = self.http.post("/graphql", json={"query": query, "variables": variables})
        return answer(response)

    def data(self, query: str, **variables: Any) -> Any:
        """The data of an operation that must succeed."""
        status, data, errors = self.ask(query, **variables)
        assert (status, errors) == (200, ())
        return data

    def error(self, query: str, **variables: Any) -> Mapping[str, Any]:
        """The one error of an operation that must fail, and only so."""
        errors = self.ask(query, **variables).errors
        assert len(errors) == 1
        return errors[0]


class Whole(NamedTuple):
    """A server with an account at each provider of a sandbox, and the sandbox beside it."""

    graph: Graph
    sandbox: httpx.Client

    @contextmanager
    def counted(self) -> Iterator[Counter[str]]:
        """Counts the calls within the block, by provider; those that were not asked are absent."""
        calls: Counter[str] = Counter()
        for name in REGISTRY:
            self.sandbox.delete(f"/control/requests/{name}").raise_for_status()
        yield calls
        for name, count in (
            self.sandbox.get("/control").raise_for_status().json()["requests"].items()
        ):
            if count:
                calls[name] = count

    def export(self, **fields: Any) -> str:
        """The global id of an export task that is made now, and stands still until it is moved."""
        row = self.sandbox.post("/control/life_pay/tasks", json=fields).raise_for_status().json()
        query = "{ exportTasks(first: 100) { nodes { id providerId } } }"
        nodes = self.graph.data(query)["exportTasks"]["nodes"]
        return str(next(node["id"] for node in nodes if node["providerId"] == row["guid"]))

    def address_of(self, export_id: str) -> str:
        """Where an export task can be changed at its provider, with PATCH."""
        query = "query ($id: ID!) { exportTask(id: $id) { providerId } }"
        guid = self.graph.data(query, id=export_id)["exportTask"]["providerId"]
        return f"{self.sandbox.base_url}/control/life_pay/tasks/{guid}"

    def move(self, export_id: str, **fields: Any) -> None:
        """Changes an export task at its provider."""
        self.sandbox.patch(self.address_of(export_id), json=fields).raise_for_status()


def answer(response: httpx.Response) -> Answer:
    """The GraphQL answer that an HTTP response holds."""
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert body.keys() <= {"data", "errors"}
    return Answer(response.status_code, body.get("data"), body.get("errors", ()))


def source(upstream: Yume, name: str = "rental", **keys: Any) -> Mapping[str, Any]:
    """The configuration of an account at a sandbox."""
    usual = {"provider": "yume", "base_url": upstream.base_url, "token": yume.TOKEN}
    return {"name": name, **usual, **keys}


def settings(
    *sources: Mapping[str, Any],
    limits: Mapping[str, Any] | None = None,
    cursor_secret: str = "good for one test, and long enough",
    auth: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    telemetry: Mapping[str, Any] | None = None,
    **server: Any,
) -> Settings:
    """The settings that a configuration file with these tables gives."""
    tables = [
        ("[server]", {"cursor_secret": cursor_secret, **server}),
        ("[server.limits]", limits or {}),
        ("[telemetry]", telemetry or {}),
        *((f"[[auth.{name}]]", each) for name, all_ in (auth or {}).items() for each in all_),
        *(("[[sources]]", each) for each in sources),
    ]
    lines = [
        line
        for name, table in tables
        for line in (name, *(f"{key} = {json.dumps(value)}" for key, value in table.items()))
    ]
    return parse("\n".join(lines), Path("pacioli.toml"), {})


StartYume = Callable[[], Yume]
StartGraph = Callable[[Settings], Graph]


@contextmanager
def served_yume(stages: Stages) -> Iterator[Yume]:
    """A sandbox as it is at NOW. All of them begin with the same rows."""
    with stages.show(create_sandbox(now=NOW)) as address:
        upstream = Yume(address)
        try:
            yield upstream
        finally:
            upstream.close()


@contextmanager
def served_graph(stages: Stages, app: ASGIApp) -> Iterator[Graph]:
    """A client of an app that answers at /graphql."""
    with stages.show(app) as address:
        graph = Graph(address)
        try:
            yield graph
        finally:
            graph.http.close()


@contextmanager
def served_whole(stages: Stages) -> Iterator[Whole]:
    """A server over a sandbox as it is at NOW, and a client of each."""
    with (
        stages.show(create_sandbox(now=NOW)) as address,
        httpx.Client(base_url=address, **PLAIN) as sandbox,
    ):
        text = f'[server]\ncursor_secret = "good for one test"\n{toml(address)}'
        app = create_app(parse(text, Path("pacioli.toml"), {}))
        with served_graph(stages, app) as client:
            yield Whole(client, sandbox)


@pytest.fixture(scope="module", autouse=True)
def short_collections() -> Iterator[None]:
    """Has the collector look but once at what is left of a module.

    Servers under test are threads of this process: a look at two million objects, which is what the
    tests before have made, stops all of them for seconds.
    """
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def stages() -> Iterator[Stages]:
    """What all apps of the tests are served by."""
    stages = Stages()
    yield stages
    stages.close()


@pytest.fixture(scope="session")
def now() -> datetime:
    """The time at which the clock of every sandbox stands."""
    return NOW


@pytest.fixture(scope="session")
def still_yume(stages: Stages) -> Iterator[Yume]:
    """A Yume for tests that only read."""
    with served_yume(stages) as upstream:
        yield upstream


@pytest.fixture(scope="session")
def graph(stages: Stages, still_yume: Yume) -> Iterator[Graph]:
    """A server with one account, `rental`, at a Yume that does not change."""
    with served_graph(stages, create_app(settings(source(still_yume)))) as client:
        yield client


@pytest.fixture
def own_whole(stages: Stages) -> Iterator[Whole]:
    """The same for one test, which may change its rows."""
    with served_whole(stages) as served:
        yield served


@pytest.fixture(scope="session")
def whole(stages: Stages) -> Iterator[Whole]:
    """A server over a whole sandbox, for tests that only read."""
    with served_whole(stages) as both:
        yield both


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    """A real Redis for one test."""
    server = RedisServer()
    yield server
    server.go_on()
    server.stop()


@pytest.fixture
def start_yume(stages: Stages) -> Iterator[StartYume]:
    """Starts sandboxes of the test's own."""
    with ExitStack() as started:
        yield lambda: started.enter_context(served_yume(stages))


@pytest.fixture
def start_graph(stages: Stages) -> Iterator[StartGraph]:
    """Starts servers of the test's own."""
    with ExitStack() as started:
        yield lambda chosen: started.enter_context(served_graph(stages, create_app(chosen)))
