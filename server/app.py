"""The composition root: settings in, an application out."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from logging import getLogger

from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from providers import REGISTRY
from providers.answers import Freshness
from providers.base import Account
from providers.cache import AccountCache, Cache, MemoryCache, account_digest
from providers.channel import Policy
from providers.client import Source
from providers.pace import LocalPace, Pace
from providers.transport import Transport
from resolvers.context import Context, Limits
from resolvers.cursors import CursorCodec
from resolvers.explain import Explanation
from resolvers.watches import Watches
from schema import build
from server.admission import Admission, Traffic
from server.documents import Documents, UnseenDocuments
from server.endpoint import Endpoint
from server.graphiql import STATIC
from server.settings import Limits as LimitSettings
from server.settings import Settings, SourceSettings
from server.shared import SharedCache, SharedPace, Store, open_store
from server.start_page import start_page

logger = getLogger("pacioli")


@asynccontextmanager
async def open_sources(settings: Settings) -> AsyncIterator[tuple[Source, ...]]:
    """The configured accounts, ready to be asked; their connections end with the context."""
    async with AsyncExitStack() as stack:
        store, url = None, settings.cache.url
        if url is not None:
            store = await stack.enter_async_context(open_store(url))
        cache = MemoryCache(settings.cache.max_bytes) if store is None else SharedCache(store)
        sources = [await _open(each, stack, cache, store) for each in settings.sources]
        yield tuple(sources)


async def _open(
    settings: SourceSettings, stack: AsyncExitStack, cache: Cache, store: Store | None
) -> Source:
    spec = REGISTRY[settings.provider]
    headers = spec.sign(settings.credentials)
    account = account_digest(settings.base_url, headers)
    return Source(
        spec,
        Account(settings.name, settings.credentials, settings.time_zone),
        await stack.enter_async_context(Transport(settings.base_url, headers)),
        order=settings.direction,
        page_size=settings.page_size,
        settles=settings.settles,
        settles_by=settings.settles_by,
        policy=Policy(
            timeout=settings.timeout_seconds,
            concurrency=settings.max_concurrency,
            pace=_pace(settings.requests_per_second, account, store),
            retries=settings.retries,
            breaker_failures=settings.breaker_failures,
            breaker_seconds=settings.breaker_seconds,
        ),
        freshness=Freshness(
            settings.cache_seconds, settings.refresh_seconds, settings.stale_seconds
        ),
        cache=AccountCache(cache, account),
    )


def _pace(per_second: float | None, account: str, store: Store | None) -> Pace | None:
    if per_second is None:
        return None
    return LocalPace(per_second) if store is None else SharedPace(store, account, per_second)


def create_app(settings: Settings) -> Starlette:
    """The server for these settings; its sources are opened when it starts."""
    server = settings.server
    limits = _limits(server.limits)
    cursors = CursorCodec(_cursor_secret(server.cursor_secret))
    sources: list[Source] = []
    traffic = Traffic(server.limits.max_operations_in_flight)
    # A poll reads anew, whatever is kept.
    watches = Watches(lambda: Context(tuple(sources), limits, cursors, anew=True))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with open_sources(settings) as opened:
            sources[:] = opened
            yield
            watches.close()
            sources.clear()

    def readiness(_: Request) -> Response:
        ready = not traffic.draining and (bool(sources) or not settings.sources)
        return JSONResponse({"ready": ready}, 200 if ready else 503)

    def new_context(connection: HTTPConnection) -> Context:
        anew = "no-cache" in connection.headers.get("cache-control", "").lower()
        explained = connection.headers.get("x-pacioli-explain") == "1"
        explanation = Explanation() if explained else None
        return Context(tuple(sources), limits, cursors, anew, explanation, watches.watch)

    endpoint = Endpoint(
        build([Documents if server.introspection else UnseenDocuments]),
        new_context,
        timeout=server.limits.operation_timeout_seconds,
        max_body_bytes=server.limits.max_body_bytes,
        with_graphiql=server.graphiql,
        stopping=traffic.stopping,
    )
    app = Starlette(routes=_routes(endpoint, traffic, readiness), lifespan=lifespan)
    app.state.traffic = traffic
    return app


def _limits(settings: LimitSettings) -> Limits:
    return Limits(
        default_page_size=settings.default_page_size,
        max_page_size=settings.max_page_size,
        max_rows_read=settings.max_rows_read,
        upstream_seconds=_upstream_seconds(settings.operation_timeout_seconds),
    )


def _upstream_seconds(operation_seconds: float) -> float:
    """Until when an operation waits for upstreams, so that what the others gave still arrives."""
    return operation_seconds - min(0.5, operation_seconds / 10)


def _routes(
    endpoint: Endpoint, traffic: Traffic, readiness: Callable[[Request], Response]
) -> list[BaseRoute]:
    return [
        Route("/", start_page),
        Route("/graphql", Admission(endpoint, traffic)),
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
