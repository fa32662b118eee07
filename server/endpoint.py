"""/graphql: operations over HTTP, in one answer or as a stream of events, and over WebSocket."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any

import msgspec
from cross_web import HTTPException
from graphql import ExecutionResult, OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from server import graphiql
from server.admission import OVERLOADED, RETRY_AFTER, while_connected
from server.authentication import caller_of
from server.batches import Batch
from server.bodies import body
from server.errors import RefusedError, response_to, status_of
from server.event_streams import EventStream, events, until
from server.headers import header
from server.media_types import EVENT_STREAM, GRAPHQL_RESPONSE, JSON, Accept, accepted
from server.requests import Asked, Parameters, from_body, from_query_string
from server.runner import Runner
from server.settings import ServerSettings
from server.sockets import Sockets

_encode = msgspec.json.Encoder().encode
_VARYING = (b"vary", b"Accept")


class Answer:
    """An answer in one piece."""

    def __init__(self, answer: Any, media_type: str, status: int = 200) -> None:
        self._body, self._status = _encode(answer), status
        length, kind = b"%d" % len(self._body), media_type.encode()
        self._headers = [(b"content-length", length), (b"content-type", kind), _VARYING]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": self._status, "headers": self._headers}
        await send(start)
        await send({"type": "http.response.body", "body": self._body})


class Endpoint:
    """Takes operations, with a code for all that can be wrong with a request.

    Open streams of events end when `stopping` is set, so that they do not hold up the server.
    """

    def __init__(self, runner: Runner, settings: ServerSettings, stopping: asyncio.Event) -> None:
        self._runner, self._stopping, self._has_page = runner, stopping, settings.graphiql
        self._sockets = Sockets(runner, settings.cors_origins)
        self._max_body_bytes = settings.limits.max_body_bytes
        self._body_seconds = settings.limits.operation_timeout_seconds
        self._max_batch = settings.limits.max_batch_operations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._sockets.run(WebSocket(scope, receive, send))
            return
        request = Request(scope, receive)
        try:
            with self._runner.traffic.operation():
                answer = await self._answer(request)
                if isinstance(answer, EventStream):
                    await answer(scope, receive, send)
                    return
            await answer(scope, receive, send)  # who is slow to read it keeps no place
        except HTTPException as error:
            await _refused(error, request)(scope, receive, send)
        except ClientDisconnect:
            return

    async def _answer(self, request: Request) -> ASGIApp:
        """The answer to a request. Raises HTTPException."""
        method = request.method
        if method not in ("GET", "POST"):
            raise HTTPException(405, "GraphQL only supports GET and POST requests.")
        if graphiql.wants_page(request):
            if not self._has_page:
                raise HTTPException(404, "Not Found")
            return graphiql.page()
        parameters, accept = await self._read(request), _accept(request)
        if not isinstance(parameters, Parameters):
            return await self._batch(parameters, request, accept)
        asked = await self._runner.asked(parameters)
        media_type = _media_type(asked, accept)
        if media_type == EVENT_STREAM:
            return self._stream(asked, request)
        if method == "GET" and asked.operation.kind == OperationType.MUTATION.value:
            raise HTTPException(400, "mutations are not allowed when using GET")
        result = self._runner.begin(asked, request)
        if not isinstance(result, ExecutionResult):
            result = await while_connected(result, request.receive)
        answer = self._runner.presented(result, request)
        # The old type says no more than that there is an answer.
        status = status_of(answer) if media_type == GRAPHQL_RESPONSE else 200
        return Answer(answer, media_type, status)

    async def _read(self, request: Request) -> Parameters | Sequence[Parameters]:
        if request.method == "GET":
            return from_query_string(request.query_params)
        content_type = header(request.scope, b"content-type") or ""
        if content_type.partition(";")[0].strip().lower() != JSON:
            raise HTTPException(415, "The body must be JSON, with Content-Type: application/json.")
        return from_body(await body(request.receive, self._max_body_bytes, self._body_seconds))

    async def _batch(
        self, operations: Sequence[Parameters], request: Request, accept: Accept
    ) -> Answer:
        media_type = accept.best((JSON, GRAPHQL_RESPONSE))
        if media_type is None:
            types = f"{GRAPHQL_RESPONSE} or {JSON}"
            raise HTTPException(406, f"A batch is answered as {types}, which Accept does not name.")
        coming = Batch(operations, self._max_batch).results(self._runner, request)
        results = await while_connected(coming, request.receive)
        answers = [self._runner.presented(each, request) for each in results]
        return Answer(answers, media_type)

    def _stream(self, asked: Asked, request: Request) -> EventStream:
        caller = caller_of(request)

        async def answers() -> AsyncGenerator[Mapping[str, Any], None]:
            async with aclosing(self._runner.results(asked, request)) as results:
                async for each in results:
                    yield self._runner.presented(each, request)

        sending = partial(self._runner.traffic.sending, lasts=asked.operation.lasts)
        expires_at = caller.expires_at if caller else None
        stopping = self._stopping if asked.operation.lasts else asyncio.Event()
        return EventStream(until(stopping, events(answers()), expires_at, sending))


def _refused(error: HTTPException, request: Request) -> ASGIApp:
    headers = {"Vary": "Accept"}
    if error.status_code == 405:
        headers["Allow"] = "GET, POST"
    if isinstance(error, RefusedError) and error.extensions["code"] == OVERLOADED:
        headers["Retry-After"] = RETRY_AFTER
    # Also where the client would rather have no answer in one piece.
    media_type = _accept(request).best((JSON, GRAPHQL_RESPONSE)) or JSON
    return response_to(error, headers, media_type)


def _accept(request: Request) -> Accept:
    return accepted(header(request.scope, b"accept"))


def _media_type(asked: Asked, accept: Accept) -> str:
    """In which type to answer: in one piece, or as events to whoever accepts nothing else.

    Subscriptions are events. Raises HTTPException where the client accepts nothing that the answer
    can be.
    """
    whole = None if asked.operation.lasts else accept.best((JSON, GRAPHQL_RESPONSE))
    if whole is not None:
        return whole
    if accept.names(EVENT_STREAM):
        return EVENT_STREAM
    if asked.operation.lasts:
        raise HTTPException(
            406, f"Subscriptions are answered as {EVENT_STREAM}, which Accept does not name."
        )
    types = ", ".join((GRAPHQL_RESPONSE, JSON, EVENT_STREAM))
    raise HTTPException(406, f"There are answers as {types}, and Accept has none of them.")
