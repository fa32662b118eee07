"""The composition root: settings in, an application out."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from logging import getLogger

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from providers import REGISTRY
from providers.base import Account
from providers.client import Source
from providers.transport import Transport
from resolvers.context import Context, Limits, Watch
from resolvers.cursors import CursorCodec
from resolvers.watches import Watches
from schema import build
from server.documents import Documents, UnseenDocuments
from server.endpoint import Endpoint
from server.graphiql import STATIC
from server.settings import ServerSettings, Settings, SourceSettings
from server.start_page import start_page

logger = getLogger("pacioli")


@asynccontextmanager
async def open_sources(settings: Settings) -> AsyncIterator[tuple[Source, ...]]:
    """The configured accounts, ready to be asked; their connections end with the context."""
    async with AsyncExitStack() as stack:
        sources = [await _open(each, stack) for each in settings.sources]
        yield tuple(sources)


async def _open(settings: SourceSettings, stack: AsyncExitStack) -> Source:
    spec = REGISTRY[settings.provider]
    transport = Transport(
        settings.base_url,
        spec.sign(settings.credentials),
        timeout=settings.timeout_seconds,
        concurrency=settings.max_concurrency,
    )
    return Source(
        spec,
        Account(settings.name, settings.credentials, settings.time_zone),
        await stack.enter_async_context(transport),
        order=settings.direction,
        page_size=settings.page_size,
        settles=settings.settles,
        settles_by=settings.settles_by,
    )


def create_app(settings: Settings) -> Starlette:
    """The server for these settings; its sources are opened when it starts.

    Whoever stops it sets `state.stopping` first, so that open streams end.
    """
    server = settings.server
    limits = _limits(server)
    cursors = CursorCodec(_cursor_secret(server.cursor_secret))
    sources: list[Source] = []
    stopping = asyncio.Event()

    def context(watch: Watch | None = None) -> Context:
        return Context(tuple(sources), limits, cursors, watch)

    watches = Watches(context)  # a poll has to read anew: the one place where that is said

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with open_sources(settings) as opened:
            sources[:] = opened
            yield
            watches.close()
            sources.clear()

    def readiness(_: Request) -> Response:
        ready = (bool(sources) or not settings.sources) and not stopping.is_set()
        return JSONResponse({"ready": ready}, 200 if ready else 503)

    documents = Documents if server.introspection else UnseenDocuments
    endpoint = Endpoint(
        build([documents]),
        partial(context, watches.watch),
        timeout=server.limits.operation_timeout_seconds,
        max_body_bytes=server.limits.max_body_bytes,
        with_graphiql=server.graphiql,
        stopping=stopping,
    )
    app = Starlette(routes=_routes(endpoint, readiness), lifespan=lifespan)
    app.state.stopping = stopping
    return app


def _limits(server: ServerSettings) -> Limits:
    return Limits(
        default_page_size=server.limits.default_page_size,
        max_page_size=server.limits.max_page_size,
        max_rows_read=server.limits.max_rows_read,
    )


def _routes(endpoint: Endpoint, readiness: Callable[[Request], Response]) -> list[BaseRoute]:
    return [
        Route("/", start_page),
        Route("/graphql", endpoint),
        WebSocketRoute("/graphql", endpoint),
        Mount("/static", StaticFiles(directory=STATIC, check_dir=False)),
        Route("/healthz", lambda _: JSONResponse({"alive": True})),
        Route("/readyz", readiness),
    ]


def _cursor_secret(configured: str | None) -> bytes:
    if configured is not None:
        return configured.encode()
    logger.warning(
        "server.cursor_secret is not set: cursors are good until this process ends, and for it only"
    )
    return os.urandom(32)
