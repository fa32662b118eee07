"""What requests pass on their way to the graph, from the outside in."""

from collections.abc import Sequence

from redis.asyncio import ConnectionPool
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.middleware.cors import CORSMiddleware

from server.authentication import CallersOnly, Door, unauthenticated
from server.browsers import LoopbackNames, OwnSiteReads
from server.rate_limits import RateLimited, Rates
from server.security_headers import SecurityHeaders
from server.settings import ServerSettings, Settings

TOLD = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After")


def everywhere(settings: Settings, door: Door) -> Sequence[Middleware]:
    """Around all paths."""
    authentication = Middleware(AuthenticationMiddleware, backend=door, on_error=unauthenticated)
    cors = Middleware(
        CORSMiddleware,
        allow_origins=settings.server.cors_origins,
        allow_methods=("GET", "POST"),
        allow_headers=("*",),
        expose_headers=TOLD,
    )
    return [
        Middleware(SecurityHeaders),
        *([cors] if settings.server.cors_origins else []),
        *([Middleware(LoopbackNames)] if settings.auth is None else []),
        authentication,
    ]


def at_the_graph(server: ServerSettings, redis: ConnectionPool | None) -> Sequence[Middleware]:
    """Around /graphql only."""
    per_minute = server.limits.operations_per_minute
    rates = [Middleware(RateLimited, rates=Rates(per_minute, redis))] if per_minute else []
    return [
        Middleware(OwnSiteReads, origins=server.cors_origins),
        Middleware(CallersOnly),
        *rates,
    ]
