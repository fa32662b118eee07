"""What every answer tells browsers not to do."""

from collections.abc import Mapping, Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Header = tuple[bytes, bytes]
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_OF_ALL = [
    (name.lower().encode(), value.encode())
    for name, value in {"Content-Security-Policy": NOTHING, **HEADERS}.items()
]
_OF_RECORDS = [*_OF_ALL, (b"cache-control", b"no-store")]
_NAMES = frozenset(name for name, _ in _OF_RECORDS)


class SecurityHeaders:
    """Adds the headers to every answer; one that an answer has already stays."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = secured(message["headers"])
            await send(message)

        await self._app(scope, receive, send_secured)


def secured(headers: Sequence[Header]) -> Sequence[Header]:
    """The headers with what is missing: pages say what they need, everything else needs nothing.

    To an answer with records also that nobody may keep it.
    """
    said = dict(headers)
    kind = said.get(b"content-type", b"").partition(b";")[0]
    told = _OF_RECORDS if kind.endswith(b"json") else _OF_ALL
    if not _NAMES.isdisjoint(said):
        told = [header for header in told if header[0] not in said]
    return [*headers, *told]
