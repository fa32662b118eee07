"""Operations over WebSocket, by the protocol graphql-transport-ws.

Strawberry's conversation, with these differences: messages are text and are looked at before they
are believed; every operation has a context of its own; a document that cannot be read ends its
operation, not the conversation; all errors have codes.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from datetime import timedelta
from typing import Any, cast

import msgspec
from cross_web import HTTPException
from graphql import GraphQLError
from starlette.authentication import AuthenticationError
from starlette.websockets import WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.http.exceptions import (
    NonJsonMessageReceived,
    NonTextMessageReceived,
    WebSocketDisconnected,
)
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)

from resolvers.callers import Caller
from server.authentication import admit
from server.connections import reason
from server.errors import presented, told
from server.incidents import GONE
from server.requests import Parameters
from server.runner import Refused, Runner
from server.telemetry.operations import note_error

INIT_SECONDS = 10  # for a client to say who it is
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


class Conversation(BaseGraphQLTransportWSHandler[None, None]):
    """What is said over one socket."""

    websocket: TextSocket

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        self._runner = cast(Sockets, self.view).runner
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
            message["payload"] = received.payload or {}
            try:
                self._admitted(await admit(self.websocket.ws, message["payload"]))
            except AuthenticationError as error:
                with self._runner.telemetry.operation(self.websocket.ws):
                    note_error({"code": "UNAUTHENTICATED"})
                await self.websocket.close(FORBIDDEN, reason(str(error)))
                return
        elif isinstance(received, Subscribe):
            message["payload"].setdefault("query", "")
            self._asked[received.id] = received.payload
        await super().handle_message(message)

    async def run_operation(self, operation: Operation[None, None]) -> None:
        asked = self._asked.pop(operation.id)
        runner = self._runner
        with suppress(WebSocketDisconnected), runner.telemetry.operation(self.websocket.ws):
            try:
                with runner.traffic.operation():
                    if runner.rates is not None:
                        await runner.rates.demand(self.websocket.ws)
                    await self._answer(operation, asked)
            except HTTPException as error:
                await _end(operation, [told(error).formatted])
            except (WebSocketDisconnected, *GONE):
                raise
            except Exception as error:  # noqa: BLE001 - it is masked, and logged
                await _end(operation, presented([GraphQLError("", original_error=error)]))

    async def _answer(self, operation: Operation[None, None], parameters: Parameters) -> None:
        """Runs an operation to its end. Raises HTTPException for one that cannot be run."""
        runner, socket = self._runner, self.websocket.ws
        asked = await runner.asked(parameters)
        async with aclosing(runner.results(asked, socket)) as results:
            async for result in results:
                answer = runner.presented(result, socket)
                if isinstance(result, Refused):
                    await _end(operation, answer["errors"])
                    return
                with runner.traffic.sending(lasts=asked.operation.lasts):
                    await _say(operation, "next", payload=answer)
        await _say(operation, "complete")


async def _end(operation: Operation[None, None], errors: Any) -> None:
    """Ends an operation that gave nothing."""
    await _say(operation, "error", payload=errors)


async def _say(operation: Operation[None, None], kind: str, **others: Any) -> None:
    message: Any = {"id": operation.id, "type": kind, **others}
    await operation.send_operation_message(message)


class Sockets(GraphQL[None, None]):
    """Strawberry's view, for WebSockets alone."""

    websocket_adapter_class = TextSocket
    graphql_transport_ws_handler_class = Conversation

    def __init__(self, runner: Runner, origins: Sequence[str]) -> None:
        super().__init__(
            runner.schema,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=timedelta(seconds=INIT_SECONDS),
            max_subscriptions_per_connection=None,  # of a caller, over all its sockets: `traffic`
            allowed_origins=origins,  # whose pages may open a WebSocket
        )
        self.runner = runner

    async def get_context(self, request: object, response: object) -> None:
        """Each operation has one of its own."""
