"""The composition root: settings in, an application out."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from logging import getLogger

from redis.asyncio import ConnectionPool
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from providers import REGISTRY
from providers.base import Account
from providers.client import Source
from providers.transport import Transport
from resolvers.callers import NOBODY
from resolvers.context import Context, Limits
from resolvers.cursors import CursorCodec
from schema import build
from server.authentication import Door, caller_of
from server.documents import documents
from server.endpoint import Endpoint
from server.middleware import at_the_graph, everywhere
from server.persisted import Kept, Library, Shared
from server.settings import Limits as LimitSettings
from server.settings import ServerSettings, Settings, SourceSettings
from server.shared import closing, pool

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
    """The server for these settings; its sources are opened when it starts."""
    server = settings.server
    limits = _limits(server.limits)
    cursors = CursorCodec(_cursor_secret(server.cursor_secret))
    sources: list[Source] = []
    door = Door(settings.auth)
    redis = pool(settings.cache.url)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with open_sources(settings) as opened, door.opened(), closing(redis):
            sources[:] = opened
            yield
            sources.clear()

    def new_context(connection: HTTPConnection) -> Context:
        caller = caller_of(connection) or NOBODY
        readable = tuple(source for source in sources if caller.reads(source.name))
        return Context(readable, limits, cursors, caller)

    def readiness(_: Request) -> Response:
        ready = bool(sources) or not settings.sources
        return JSONResponse({"ready": ready}, 200 if ready else 503)

    app = Starlette(
        routes=[
            Route(
                "/graphql",
                _endpoint(server, new_context, redis),
                middleware=at_the_graph(server, redis),
            ),
            Route("/healthz", lambda _: JSONResponse({"alive": True})),
            Route("/readyz", readiness),
        ],
        middleware=everywhere(settings, door),
        lifespan=lifespan,
    )
    app.state.door = door
    return app


def _endpoint(
    server: ServerSettings,
    new_context: Callable[[HTTPConnection], Context],
    redis: ConnectionPool | None,
) -> Endpoint:
    return Endpoint(
        build([documents(server)]),
        new_context,
        timeout=server.limits.operation_timeout_seconds,
        max_body_bytes=server.limits.max_body_bytes,
        max_errors=server.limits.max_errors,
        library=Library(server.documents, Kept() if redis is None else Shared(redis)),
        with_graphiql=server.graphiql,
    )


def _limits(settings: LimitSettings) -> Limits:
    return Limits(
        default_page_size=settings.default_page_size,
        max_page_size=settings.max_page_size,
        max_rows_read=settings.max_rows_read,
        max_ids=settings.max_ids,
        max_upstream_calls=settings.max_upstream_calls,
    )


def _cursor_secret(configured: str | None) -> bytes:
    if configured is not None:
        return configured.encode()
    logger.warning(
        "server.cursor_secret is not set: cursors are good until this process ends, and for it only"
    )
    return os.urandom(32)
