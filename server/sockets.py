"""Operations over WebSocket, by the protocol graphql-transport-ws.

Strawberry's conversation, with these differences: messages are text and are looked at before they
are believed; every operation has a context of its own; a document that cannot be read ends its
operation, not the conversation; all errors have codes.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from typing import Any, Protocol, cast

import msgspec
from cross_web import HTTPException
from starlette.authentication import AuthenticationError
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import (
    NonJsonMessageReceived,
    NonTextMessageReceived,
    WebSocketDisconnected,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)
from strawberry.types.execution import ExecutionResult, PreExecutionError

from resolvers.callers import Caller
from resolvers.context import Context
from server.admission import Traffic
from server.authentication import admit
from server.connections import reason
from server.documents import is_subscription
from server.errors import told
from server.persisted import Library
from server.rate_limits import Rates
from server.requests import Parameters
from server.telemetry.operations import note_error
from server.telemetry.watching import Telemetry

FORBIDDEN = 4403  # clients come again after it, and bring what is good by then
EXPIRED = "The token has expired."


class ConnectionInit(msgspec.Struct, tag="connection_init"):
    """A client begins."""

    payload: dict[str, Any] | None = None


class Ping(msgspec.Struct, tag="ping"):
    """A client wants to know whether anybody is there."""


class Pong(msgspec.Struct, tag="pong"):
    """A client says that it is there."""


class Subscribe(msgspec.Struct, tag="subscribe"):
    """A client begins an operation."""

    id: str
    payload: Parameters


class Complete(msgspec.Struct, tag="complete"):
    """A client has enough of an operation."""

    id: str


Received = ConnectionInit | Ping | Pong | Subscribe | Complete


class View(Protocol):
    """What the endpoint does for a conversation."""

    library: Library
    traffic: Traffic
    rates: Rates | None
    telemetry: Telemetry

    def context_of(self, request: WebSocket, connection: Mapping[str, Any]) -> Context: ...

    def results(
        self, asked: Parameters, context: Context
    ) -> AsyncGenerator[ExecutionResult, None]: ...

    async def process_result(self, request: Any, result: ExecutionResult) -> Any: ...


class TextSocket(ASGIWebSocketAdapter):
    """A socket that takes and gives JSON as text."""

    async def iter_json(
        self, *, ignore_parsing_errors: bool = False
    ) -> AsyncGenerator[object, None]:
        with suppress(WebSocketDisconnect):
            while self.ws.application_state is not WebSocketState.DISCONNECTED:
                yield await self._message()

    async def _message(self) -> object:
        try:
            text = await self.ws.receive_text()
        except KeyError:
            raise NonTextMessageReceived from None
        try:
            return msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            raise NonJsonMessageReceived from None

    async def send_json(self, message: Mapping[str, object]) -> None:
        try:
            await self.ws.send_text(msgspec.json.encode(message).decode())
        except WebSocketDisconnect:
            raise WebSocketDisconnected from None


class Conversation(BaseGraphQLTransportWSHandler[Context, None]):
    """What is said over one socket; `opening` is what its client opened it with."""

    websocket: TextSocket

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        self.opening: Mapping[str, Any] = {}
        self._asked: dict[str, Parameters] = {}

    async def handle(self) -> None:
        """Speaks until the client has left, or what it proved itself with is no longer good."""
        try:
            async with asyncio.timeout(None) as self._good:
                await super().handle()
        except TimeoutError:
            if not self._good.expired():
                raise
            await self.websocket.close(FORBIDDEN, EXPIRED)

    def _admitted(self, caller: Caller) -> None:
        if caller.expires_at is not None:
            left = caller.expires_at - time.time()
            self._good.reschedule(asyncio.get_running_loop().time() + left)

    async def handle_message(self, message: Any) -> None:
        try:
            received = msgspec.convert(message, Received)
        except msgspec.ValidationError as error:
            await self.handle_invalid_message(reason(str(error)))
            return
        if isinstance(received, ConnectionInit):
            self.opening = received.payload or {}
            message["payload"] = self.opening
            try:
                self._admitted(await admit(self.websocket.ws, self.opening))
            except AuthenticationError as error:
                with cast(View, self.view).telemetry.operation(self.websocket.ws):
                    note_error({"code": "UNAUTHENTICATED"})
                await self.websocket.close(FORBIDDEN, reason(str(error)))
                return
        elif isinstance(received, Subscribe):
            message["payload"].setdefault("query", "")
            self._asked[received.id] = received.payload
        await super().handle_message(message)

    async def run_operation(self, operation: Operation[Context, None]) -> None:
        asked = self._asked.pop(operation.id)
        view = cast(View, self.view)
        with suppress(WebSocketDisconnected), view.telemetry.operation(self.websocket.ws):
            try:
                with view.traffic.operation():
                    if view.rates is not None:
                        await view.rates.demand(self.websocket.ws)
                    await self._answer(operation, asked)
            except HTTPException as error:
                await _end(operation, [told(error).formatted])

    async def _answer(self, operation: Operation[Context, None], asked: Parameters) -> None:
        """Runs an operation to its end. Raises HTTPException for one that cannot be run."""
        view, socket = cast(View, self.view), self.websocket.ws
        await asked.complete(view.library)
        context = view.context_of(socket, self.opening)
        lasts = is_subscription(asked.query or "", asked.operationName)
        async with aclosing(view.results(asked, context)) as results:
            async for result in results:
                answer = await view.process_result(socket, result)
                if isinstance(result, PreExecutionError):
                    await _end(operation, answer["errors"])
                    return
                with view.traffic.sending(lasts=lasts):
                    await _say(operation, "next", payload=answer)
        await _say(operation, "complete")


async def _end(operation: Operation[Context, None], errors: Any) -> None:
    """Ends an operation that gave nothing."""
    await _say(operation, "error", payload=errors)


async def _say(operation: Operation[Context, None], kind: str, **others: Any) -> None:
    message: Any = {"id": operation.id, "type": kind, **others}
    await operation.send_operation_message(message)
