"""Serves sandboxes over loopback, so that the tests speak to them as a caller does."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox import yume
from sandbox.app import create_app

Serve = Callable[[ASGIApp], httpx.Client]
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


class Server(uvicorn.Server):
    """A server in a thread that says when it is ready."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(uvicorn.Config(app, lifespan="off", ws="none", log_level="warning"))
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then let the test go on."""
        await super().startup(sockets)
        self.ready.set()


class Stage:
    """Passes each request to the app of the present test."""

    app: ASGIApp
    client: httpx.Client

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@contextmanager
def running(app: ASGIApp) -> Iterator[httpx.Client]:
    """The app behind a port of its own, and a client of it that has Yume's token."""
    server = Server(app)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        assert server.ready.wait(30), "The server did not start"
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        headers = {"Authorization": f"Bearer {yume.TOKEN}"}
        try:
            with httpx.Client(base_url=address, headers=headers, trust_env=False) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(30)
        assert not thread.is_alive(), "The server did not stop"


@pytest.fixture(scope="session")
def now() -> datetime:
    """The time at which the clock of every sandbox here stands."""
    return NOW


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """Serves any number of apps until the module's tests are done."""
    with ExitStack() as servers:
        yield lambda app: servers.enter_context(running(app))


@pytest.fixture(scope="session")
def unchanged() -> Iterator[httpx.Client]:
    """A sandbox for tests that only read."""
    with running(create_app(now=NOW)) as client:
        yield client


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """One server for all sandboxes that a test changes: starting one takes longer than a test."""
    stage = Stage()
    with running(stage) as stage.client:
        yield stage


@pytest.fixture
def sandbox(stage: Stage) -> httpx.Client:
    """A sandbox of the test's own."""
    stage.app = create_app(now=NOW)
    return stage.client
