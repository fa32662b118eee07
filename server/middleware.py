"""What requests pass on their way to the graph, from the outside in."""

from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from server.authentication import CallersOnly, Door, unauthenticated
from server.browsers import LoopbackNames, OwnSiteReads
from server.incidents import Masked
from server.rate_limits import RateLimited, Rates
from server.security_headers import SecurityHeaders
from server.settings import ServerSettings, Settings
from server.telemetry.watching import REQUEST_ID, Telemetry, Watched

TOLD = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After", REQUEST_ID)


class Ahead:
    """Gives what comes to one path to an app of its own, ahead of all routes."""

    def __init__(self, app: ASGIApp, path: str, own: ASGIApp, layers: Sequence[Middleware]) -> None:
        self._app, self._path, self._own = app, path, own
        for cls, args, kwargs in reversed(layers):
            self._own = cls(self._own, *args, **kwargs)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_own = scope["type"] != "lifespan" and scope["path"] == self._path
        await (self._own if is_own else self._app)(scope, receive, send)


def everywhere(settings: Settings, door: Door, telemetry: Telemetry) -> Sequence[Middleware]:
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
        Middleware(Masked),
        *([Middleware(Watched, telemetry=telemetry)] if telemetry.watches else []),
        *([Middleware(LoopbackNames)] if settings.auth is None else []),
        authentication,
    ]


def at_the_graph(server: ServerSettings, rates: Rates | None) -> Sequence[Middleware]:
    """Around /graphql only."""
    return [
        Middleware(OwnSiteReads, origins=server.cors_origins),
        Middleware(CallersOnly),
        *([Middleware(RateLimited, rates=rates)] if rates else []),
    ]
