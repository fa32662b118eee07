"""The composition root: settings in, an application out."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from logging import getLogger
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from providers.client import Source
from resolvers.callers import NOBODY, Scope
from resolvers.context import Context, Limits
from resolvers.cursors import CursorCodec
from resolvers.explain import Explanation
from resolvers.watches import Watches
from schema import build
from server.admission import Traffic
from server.authentication import Door, caller_of
from server.dashboard import dashboard
from server.documentation import Documentation
from server.endpoint import Endpoint
from server.headers import header
from server.inline_traces import TraceableExecutor
from server.middleware import Ahead, at_the_graph, everywhere
from server.objects import EncodingExecutor
from server.persisted import Kept, Library, Shared
from server.rate_limits import Rates
from server.redis_pool import closing, pool
from server.runner import Runner
from server.settings import SHORT_SECRET, ServerSettings, Settings
from server.settings import Limits as LimitSettings
from server.sources import open_sources
from server.start_page import start_page
from server.static_files import STATIC, Bundles
from server.telemetry.logs import OperationLog
from server.telemetry.operations import CURRENT, note_caller
from server.telemetry.watching import GRAPH, Telemetry, telemetry

if TYPE_CHECKING:
    from redis.asyncio import ConnectionPool

logger = getLogger("pacioli")


class Application(Starlette):
    """Starlette without its outermost layer: what nobody expected is answered by `Masked`."""

    def build_middleware_stack(self) -> ASGIApp:
        outermost = super().build_middleware_stack()
        assert isinstance(outermost, ServerErrorMiddleware)
        return outermost.app


def create_app(settings: Settings, log: OperationLog | None = None) -> Starlette:
    """The server for these settings; its sources are opened when it starts.

    Whoever stops it sets `state.stopping` first, so that open streams end. Operations go to `log`.
    """
    server, limits = settings.server, _limits(settings.server.limits)
    cursors = CursorCodec(_cursor_secret(server.cursor_secret))
    sources: list[Source] = []
    door, redis = Door(settings.auth), pool(settings.cache.url)
    told = telemetry(settings, log)
    stopping = asyncio.Event()
    # A poll has to read anew, and shows what it read to whoever may see it: said here alone.
    watches = Watches(lambda: Context(tuple(sources), limits, cursors, anew=True))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with open_sources(settings, told) as opened, door.opened(), closing(redis):
            sources[:] = opened
            yield
            watches.close()
            sources.clear()

    most = server.limits.max_operations_in_flight, server.limits.max_subscriptions
    traffic = Traffic(*most, told.show_traffic)

    def readiness(_: Request) -> Response:
        ready = not traffic.draining and (bool(sources) or not settings.sources)
        return JSONResponse({"ready": ready}, 200 if ready else 503)

    def new_context(connection: HTTPConnection) -> Context:
        return _context(connection, sources, limits, cursors, watches)

    runner = _runner(server, redis, new_context, traffic, told)
    routes = [*_pages(settings), *_figures(settings, told), Route("/readyz", readiness)]
    layers = [*everywhere(settings, door, told), _ahead(server, runner, stopping)]
    app = Application(routes=routes, middleware=layers, lifespan=lifespan)
    app.router.redirect_slashes = False  # to where the request's Host says
    app.state.door, app.state.stopping, app.state.traffic = door, stopping, traffic
    return app


def _context(
    connection: HTTPConnection,
    sources: Sequence[Source],
    limits: Limits,
    cursors: CursorCodec,
    watches: Watches,
) -> Context:
    """An operation of the caller at the other end, with only the sources that it may read."""
    caller = caller_of(connection) or NOBODY
    told = header(connection.scope, b"x-pacioli-explain") == "1" and caller.may(Scope.EXPLAIN)
    control = header(connection.scope, b"cache-control")
    explanation = Explanation(told=told) if told or CURRENT.get() else None
    note_caller(caller.name, explanation)
    return Context(
        [source for source in sources if caller.reads(source.name)],
        limits,
        cursors,
        anew=control is not None and "no-cache" in control.lower(),
        explanation=explanation,
        caller=caller,
        watch=watches.watch,
    )


def _runner(
    server: ServerSettings,
    redis: "ConnectionPool | None",
    new_context: Callable[[HTTPConnection], Context],
    traffic: Traffic,
    told: Telemetry,
) -> Runner:
    per_minute = server.limits.operations_per_minute
    return Runner(
        build(executor=TraceableExecutor if server.inline_traces else EncodingExecutor),
        new_context,
        server,
        traffic=traffic,
        library=Library(server.documents, Kept() if redis is None else Shared(redis)),
        rates=Rates(per_minute, redis) if per_minute else None,
        telemetry=told,
    )


def _limits(settings: LimitSettings) -> Limits:
    return Limits(
        default_page_size=settings.default_page_size,
        max_page_size=settings.max_page_size,
        max_rows_read=settings.max_rows_read,
        max_ids=settings.max_ids,
        max_upstream_calls=settings.max_upstream_calls,
        upstream_seconds=_upstream_seconds(settings.operation_timeout_seconds),
    )


def _ahead(server: ServerSettings, runner: Runner, stopping: asyncio.Event) -> Middleware:
    graph, layers = Endpoint(runner, server, stopping), at_the_graph(server, runner.rates)
    return Middleware(Ahead, path=GRAPH, own=graph, layers=layers)


def _pages(settings: Settings) -> list[BaseRoute]:
    server = settings.server
    page = Route("/dashboard", dashboard(guarded=settings.auth is not None))
    return [
        Route("/", start_page(server)),
        *([page] if server.dashboard else []),
        Route("/docs", lambda _: RedirectResponse("docs/")),
        Mount("/docs", Documentation()),
        Mount("/static", Bundles(directory=STATIC, check_dir=False)),
        Route("/healthz", lambda _: JSONResponse({"alive": True})),
    ]


def _figures(settings: Settings, told: Telemetry) -> list[BaseRoute]:
    if told.metrics is None:
        return []
    from server.telemetry.scraping import Scraping  # noqa: PLC0415 - not where it is off

    is_open = settings.telemetry.metrics == "open"
    return [Route("/metrics", Scraping(told.metrics, is_open=is_open).page)]


def _upstream_seconds(operation_seconds: float) -> float:
    """Until when an operation waits for upstreams, so that what the others gave still arrives."""
    return operation_seconds - min(0.5, operation_seconds / 10)


def _cursor_secret(configured: str | None) -> bytes:
    if configured is not None:
        if len(configured) < SHORT_SECRET:
            logger.warning(
                "server.cursor_secret is short: take %d characters or more", SHORT_SECRET
            )
        return configured.encode()
    logger.warning(
        "server.cursor_secret is not set: cursors are good until this process ends, and for it only"
    )
    return os.urandom(32)
