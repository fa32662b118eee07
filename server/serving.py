"""Serving an application on a port that is held already, in one process or in several."""

import logging
import multiprocessing
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from secrets import token_hex
from types import FrameType
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette

from server.admission import Traffic
from server.collector import spare_the_collector
from server.connections import HttpConnection, WebSocketConnection, show_stalls
from server.settings import Settings
from server.telemetry.figures import figures_of_workers

CANCEL_SECONDS = 1  # at the end of a drain, for what runs even then
_RESTART_SECONDS = 1.0  # between restarts of a worker
logger = logging.getLogger("pacioli")
_spawn = multiprocessing.get_context("spawn")


class Server(uvicorn.Server):
    """uvicorn's; it tells when it is ready, and drains before it stops.

    When a signal asks it to stop it goes on until no operation runs, `drain_seconds` at most. A
    stop that a signal asked for is a success, so the signal is not raised once more.
    """

    def __init__(
        self,
        app: Starlette,
        listener: socket.socket,
        ready: Callable[[], None],
        traffic: Traffic | None = None,
        drain_seconds: float = 0,
        max_message_bytes: int = 2**20,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                server_header=False,
                log_config=None,
                http=HttpConnection,
                ws=WebSocketConnection,
                ws_max_size=max_message_bytes,
                timeout_graceful_shutdown=CANCEL_SECONDS,
            )
        )
        show_stalls(listener)
        self._listener, self._ready = listener, ready
        self._traffic = traffic or Traffic(0, 0)
        self._drain_seconds = max(0.0, drain_seconds - CANCEL_SECONDS)
        self._drain_until = 0.0
        self._state = app.state

    def work(self) -> None:
        """Serves until a signal comes or `should_exit` is set."""
        self.run(sockets=[self._listener])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def on_tick(self, counter: int) -> bool:
        if self._traffic.draining:
            self._end_streams()
            late = time.monotonic() >= self._drain_until
            self.should_exit = self.should_exit or late or not self._traffic.running
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._end_streams()
        await super().shutdown(sockets)

    def _end_streams(self) -> None:
        """Streams would go on for as long as their clients listen."""
        if hasattr(self._state, "stopping"):
            self._state.stopping.set()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal begins the drain; a second Ctrl-C ends it at once."""
        if self._traffic.draining and sig == signal.SIGINT:
            self.force_exit = self.should_exit = True
        elif not self._traffic.draining:
            self._traffic.draining = True
            self._drain_until = time.monotonic() + self._drain_seconds


def serve_graph(settings: Settings, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serves the graph in this process until a signal comes."""
    from server.app import create_app  # noqa: PLC0415 - the parent of workers needs no schema
    from server.telemetry.logs import set_up  # noqa: PLC0415

    def begin() -> None:
        spare_the_collector()
        ready()

    app = create_app(settings, set_up(settings))
    drain, limits = settings.server.drain_seconds, settings.server.limits
    Server(app, listener, begin, app.state.traffic, drain, limits.max_body_bytes).work()


class Workers:
    """Processes that serve the graph on one port. One that ends by itself is started again.

    They share the cursor secret. Each takes its part of what the upstreams may be asked at a time,
    and of their pace where there is no store to share it in.
    """

    def __init__(
        self, count: int, settings: Settings, listener: socket.socket, ready: Callable[[], None]
    ) -> None:
        from server.telemetry.logs import set_up  # noqa: PLC0415

        set_up(settings)  # for what this process has to say
        self._settings = _shared_out(settings, count)
        self._listener, self._count = listener, count
        self._up = _spawn.Event()
        self._stopping = threading.Event()
        self._processes: list[SpawnProcess] = []
        self._announce = ready

    def work(self) -> None:
        """Serves until a signal comes."""
        for sig in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sig, self._stop)
        wanted = self._settings.telemetry.metrics != "off"
        with figures_of_workers(wanted=wanted) as forget:
            self._serve(forget)
        if not self._up.is_set():
            raise SystemExit(1)  # the worker has said why

    def _serve(self, forget: Callable[[int], None]) -> None:
        threading.Thread(target=self._wait_until_up, daemon=True).start()
        self._processes = [self._start() for _ in range(self._count)]
        while not self._stopping.is_set():
            wait([process.sentinel for process in self._processes], timeout=0.5)
            self._replace_dead(forget)
        for process in self._processes:
            process.join()

    def _start(self) -> SpawnProcess:
        process = _spawn.Process(target=_work, args=(self._settings, self._listener, self._up))
        process.start()
        return process

    def _replace_dead(self, forget: Callable[[int], None]) -> None:
        if not (self._up.is_set() or all(process.is_alive() for process in self._processes)):
            self._stop()
        for at, process in enumerate(self._processes):
            if process.is_alive():
                continue
            if process.pid is not None:
                forget(process.pid)
            if not self._stopping.wait(_RESTART_SECONDS):
                self._processes[at] = self._start()

    def _wait_until_up(self) -> None:
        self._up.wait()
        self._announce()

    def _stop(self, *_: Any) -> None:
        self._stopping.set()
        for process in self._processes:
            with suppress(ProcessLookupError):
                process.terminate()


def _work(settings: Settings, listener: socket.socket, up: Any) -> None:
    serve_graph(settings, listener, up.set)


def _shared_out(settings: Settings, count: int) -> Settings:
    """The settings of one of so many workers."""
    replace = msgspec.structs.replace
    secret = settings.server.cursor_secret
    if secret is None:
        secret = token_hex()
        logger.warning("server.cursor_secret is not set: cursors are good until the workers end")
    settings = replace(settings, server=replace(settings.server, cursor_secret=secret))
    paces = 1 if settings.cache.url is not None else count
    sources = (
        replace(
            source,
            max_concurrency=max(1, source.max_concurrency // count),
            requests_per_second=source.requests_per_second and source.requests_per_second / paces,
        )
        for source in settings.sources
    )
    return replace(settings, sources=tuple(sources))
