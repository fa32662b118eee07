"""What fails outside of the graph: told like what fails inside, and written down once."""

from contextlib import suppress

import msgspec
from graphql import GraphQLError
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect
from uvicorn.protocols.utils import ClientDisconnected

from server.errors import presented

FAILED = 1011  # why a WebSocket is closed
GONE = (ClientDisconnect, WebSocketDisconnect, ClientDisconnected)
"""A client that leaves is nothing to write down."""


class Masked:
    """Answers an unexpected error with the id under which it is in the log, and with no more."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        except GONE:
            return
        except Exception as error:  # noqa: BLE001 - it is masked, and logged
            errors = presented([GraphQLError("", original_error=error)])
            if scope["type"] == "websocket":
                with suppress(RuntimeError, OSError):  # it is closed already
                    await send({"type": "websocket.close", "code": FAILED})
            elif not begun:
                body = msgspec.json.encode({"errors": errors})
                await Response(body, 500, media_type="application/json")(scope, receive, send)
