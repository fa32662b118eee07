"""What a browser could be made to do to its user, and what is done against it.

Credentials travel in the Authorization header only, which no other site can make a browser send.
What is left are servers without `[auth]`: a site could ask them for something that costs calls, or
name itself as this machine (DNS rebinding) and read the answers.
"""

from collections.abc import Collection
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from server.errors import refused
from server.graphiql import wants_page
from server.headers import header

PROBES = frozenset({"/healthz", "/readyz"})  # these say nothing, and are asked by any name


class LoopbackNames:
    """Answers only browsers that call this machine by a name of its own.

    A browser is known by Accept-Encoding, which it always sends and no page can take away. Other
    clients cannot be led here by a name.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"] in PROBES or not _is_misled(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            message = "Without [auth] this server answers to localhost and 127.0.0.1 only."
            await refused(403, message, "FORBIDDEN")(scope, receive, send)


class OwnSiteReads:
    """Refuses GET operations that another site makes a browser send.

    Of the preflighted header that others ask for, every browser of today sends a better one by
    itself (Sec-Fetch-Site), so that other clients need none. POST takes JSON only, which a browser
    sends to another site after a preflight. Of WebSockets the endpoint looks at the Origin.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app, self._origins = app, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_read = scope["type"] == "http" and scope["method"] == "GET"
        if is_read and self._is_foreign(Request(scope)):
            message = "Another site may not ask this; see cors_origins."
            await refused(403, message, "FORBIDDEN")(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _is_foreign(self, request: Request) -> bool:
        is_page = wants_page(request)
        return not is_page and _is_from_elsewhere(request) and self._is_unknown(request)

    def _is_unknown(self, request: Request) -> bool:
        return request.headers.get("origin") not in self._origins


def _is_from_elsewhere(request: Request) -> bool:
    """Whether a page of another site sends this: old browsers only say of which origin it is."""
    site, origin = (request.headers.get(name) for name in ("sec-fetch-site", "origin"))
    if site is not None:
        return site not in ("none", "same-origin")
    return origin is not None and origin.partition("://")[2] != request.headers.get("host")


def _is_misled(scope: Scope) -> bool:
    is_browser = header(scope, b"accept-encoding") is not None
    return is_browser and not is_own_name(header(scope, b"host") or "")


@lru_cache(maxsize=16)  # it is the same for all clients but those who try others
def is_own_name(host: str) -> bool:
    """Whether a Host header names the loopback interface."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False
