"""What an upstream was asked, so that a test can count its calls."""

from collections import deque

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.upstream import Row

KEPT_REQUESTS = 1_000
KEPT_BODY = 10_000


class Journal:
    """Notes each request before it is passed on. No header is noted, so no credential is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.clear()

    def clear(self) -> None:
        """Forget all requests and count from zero."""
        self.count = 0
        self.requests: deque[Row] = deque(maxlen=KEPT_REQUESTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _whole_body(receive)
        self.count += 1
        self.requests.append(_entry(scope, body))
        await self._app(scope, _replay(body, receive), send)


def _entry(scope: Scope, body: bytes) -> Row:
    return {
        "method": scope["method"],
        "path": scope["path"].removeprefix(scope["root_path"]),
        "query": scope["query_string"].decode("latin-1"),
        "body": body[:KEPT_BODY].decode(errors="replace"),
    }


async def _whole_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once more, then whatever comes."""
    unread: list[Message] = [{"type": "http.request", "body": body}]

    async def replayed() -> Message:
        return unread.pop() if unread else await receive()

    return replayed
