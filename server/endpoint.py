"""/graphql: operations over HTTP, in one answer or as a stream of events, and over WebSocket."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, nullcontext
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from graphql import GraphQLError
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry import Schema
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.http.base import BaseRequestProtocol
from strawberry.http.ides import GraphQL_IDE
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from resolvers.context import Context
from resolvers.errors import LimitError
from server import graphiql
from server.admission import Traffic
from server.authentication import caller_of
from server.batches import Batch
from server.bodies import body, limited
from server.documents import is_subscription
from server.errors import coded, presented, response_to, status_of
from server.event_streams import answer, until
from server.inline_traces import asks_for_trace, traced
from server.limits import refusal as limit_refusal
from server.media_types import EVENT_STREAM, GRAPHQL_RESPONSE, JSON, accepted
from server.persisted import Kept, Library
from server.rate_limits import Rates
from server.requests import Parameters, from_body, from_query_string
from server.settings import ServerSettings
from server.sockets import Conversation, TextSocket
from server.telemetry.operations import note_answer
from server.telemetry.watching import Telemetry

COST_HEADER = "X-Pacioli-Cost"
INIT_SECONDS = 10  # for a socket to say who it is
VARYING = {"Vary": "Accept"}
_NO_LINES = {ord(each): " " for each in "\r\n"}


class Endpoint(GraphQL[Context, None]):
    """Strawberry's view, with our codes for all that can be wrong with a request.

    Open streams of events end when `stopping` is set, so that they do not hold up the server.
    """

    websocket_adapter_class = TextSocket
    graphql_transport_ws_handler_class = Conversation

    def __init__(
        self,
        schema: Schema,
        new_context: Callable[[HTTPConnection], Context],
        settings: ServerSettings,
        *,
        traffic: Traffic,
        stopping: asyncio.Event,
        library: Library | None = None,
        rates: Rates | None = None,
        telemetry: Telemetry | None = None,
    ) -> None:
        ide: GraphQL_IDE | None = "graphiql" if settings.graphiql else None
        super().__init__(
            schema,
            graphql_ide=ide,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            connection_init_wait_timeout=timedelta(seconds=INIT_SECONDS),
            max_subscriptions_per_connection=None,  # of a caller, over all its sockets: `traffic`
            allowed_origins=settings.cors_origins,  # whose pages may open a WebSocket
        )
        self._new_context, self._timeout = new_context, settings.limits.operation_timeout_seconds
        self._max_body_bytes = settings.limits.max_body_bytes
        self._max_errors, self._traces = settings.limits.max_errors, settings.inline_traces
        self._max_batch = settings.limits.max_batch_operations
        self.library = library or Library(settings.documents, Kept())
        self._stopping, self.traffic, self.rates = stopping, traffic, rates
        self.telemetry = telemetry or Telemetry()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.run(WebSocket(scope, receive, send))
            return
        request = Request(scope, limited(receive, self._max_body_bytes))
        try:
            response = await self.run(request)
        except HTTPException as error:
            response = self._refused(error, request)
        await answer(response, scope, receive, send)

    def _refused(self, error: HTTPException, request: Request) -> Response:
        headers = VARYING | ({"Allow": "GET, POST"} if error.status_code == 405 else {})
        return response_to(error, headers, _media_type(request))

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        return self.context_of(request, {})

    def context_of(self, request: Request | WebSocket, connection: Mapping[str, Any]) -> Context:
        """The context of one operation: every operation over HTTP and WebSocket has it from here.

        `connection` is what a WebSocket said when it was opened.
        """
        return self._new_context(request)

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        response = await super().get_sub_response(request)
        response.media_type = _media_type(request)
        return response

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData | Batch:  # type: ignore[override]
        asked: Parameters | Sequence[Parameters]
        if request.method == "GET":
            asked = from_query_string(request.query_params)
        elif (request.content_type or "").partition(";")[0].strip().lower() == JSON:
            asked = from_body(await body(request, self._timeout))
        else:
            raise HTTPException(415, "The body must be JSON, with Content-Type: application/json.")
        if not isinstance(asked, Parameters):
            _demand_json(request.headers.get("accept"))
            return Batch(asked, self._max_batch)
        await asked.complete(self.library)
        is_streamed = _is_streamed(asked, request.headers.get("accept"))
        return asked.request("sse" if is_streamed else "http")

    async def execute_operation(self, *args: Any, **kwargs: Any) -> Any:
        asked: GraphQLRequestData | Batch = kwargs["request_data"]
        if isinstance(asked, Batch):
            return await asked.results(self._part, kwargs["request"], self)
        if asked.protocol == "http":
            return await super().execute_operation(*args, **kwargs)
        parameters = Parameters(
            asked.query, asked.variables, asked.operation_name, extensions=asked.extensions
        )
        kwargs["request"].state.lasts = is_subscription(asked.query or "", asked.operation_name)
        return self.results(parameters, kwargs["context"])

    async def _part(self, asked: Parameters, request: Request) -> ExecutionResult:
        """Runs an operation of a batch, in a context of its own. Raises HTTPException."""
        await asked.complete(self.library)
        if is_subscription(asked.query or "", asked.operationName):
            raise HTTPException(400, "A subscription cannot be part of a batch.")
        return await self.execute_single(
            request=request,
            request_adapter=self.request_adapter_class(request),
            sub_response=None,
            context=self._new_context(request),
            root_value=None,
            request_data=asked.request(),
        )

    async def execute_single(self, *args: Any, **kwargs: Any) -> ExecutionResult:
        coming = self._timely(super().execute_single(*args, **kwargs), kwargs["context"])
        if self._traces and asks_for_trace(kwargs["request"].headers):
            coming = traced(coming, self._max_errors)
        return await coming

    async def results(
        self, asked: Parameters, context: Context
    ) -> AsyncGenerator[ExecutionResult, None]:
        """The results of an operation that is streamed: of a query, one."""
        lasts = is_subscription(asked.query or "", asked.operationName)
        try:
            with self.traffic.subscription(context.caller.name) if lasts else nullcontext():
                async with aclosing(await self._stream(asked, context)) as stream:
                    if not lasts:
                        yield await self._timely(anext(stream), context)
                        return
                    async for result in stream:
                        yield result
        except LimitError as error:
            yield PreExecutionError(None, [limit_refusal(error)])
        except GraphQLError as error:  # of a document that cannot be read
            yield PreExecutionError(None, [error])
        except Exception as error:  # noqa: BLE001 - it is masked, and logged
            yield PreExecutionError(None, [GraphQLError("", original_error=error)])

    async def _stream(self, asked: Parameters, context: Context) -> Any:
        return await self.schema.stream(
            asked.query,
            variable_values=asked.variables,
            context_value=context,
            operation_name=asked.operationName,
            operation_extensions=asked.extensions,
        )

    async def _timely(
        self, coming: Awaitable[ExecutionResult], context: Context
    ) -> ExecutionResult:
        try:
            async with asyncio.timeout(self._timeout):
                result = await coming
        except TimeoutError:
            error = GraphQLError(f"The operation took longer than {self._timeout:g} s.")
            result = ExecutionResult(data=None, errors=[coded(error, "OPERATION_TIMEOUT")])
        finally:
            context.close()
        if context.explanation is not None and context.explanation.told:
            shown = {"pacioli": context.explanation.shown}
            result.extensions = {**(result.extensions or {}), **shown}
        return result

    async def process_result(
        self, request: Request | None, result: ExecutionResult
    ) -> GraphQLHTTPResponse:
        answer: dict[str, Any] = {}
        if result.errors:
            answer["errors"] = presented(result.errors, self._max_errors)
        if result.data is not None or any(error.path for error in result.errors or ()):
            answer["data"] = result.data  # absent where not even one field was tried
        note_answer(answer.get("errors", ()), result.extensions)
        extensions = dict(result.extensions or {})
        if request is None or COST_HEADER not in request.headers:
            extensions.pop("cost", None)
        if extensions:
            answer["extensions"] = extensions
        return answer  # type: ignore[return-value]

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        media_type = sub_response.media_type
        own_status = media_type == GRAPHQL_RESPONSE and not isinstance(response_data, list)
        status = status_of(response_data) if own_status else 200
        return Response(self.encode_json(response_data), status, VARYING, media_type=media_type)

    async def create_streaming_response(  # type: ignore[override]  # its streams are generators
        self,
        request: Request | WebSocket,
        stream: Callable[[], AsyncGenerator[str, None]],
        sub_response: Response,
        headers: Mapping[str, str],
    ) -> Response:
        caller = caller_of(request)

        def lasting() -> AsyncGenerator[str, None]:
            expires_at = caller.expires_at if caller else None
            sending = partial(self.traffic.sending, lasts=request.state.lasts)
            return until(self._stopping, stream(), expires_at, sending)

        return await super().create_streaming_response(request, lasting, sub_response, headers)

    def encode_json(self, data: object) -> bytes:
        return msgspec.json.encode(data)

    def encode_json_string(self, data: object) -> str:
        """For a stream of events, where a line ends the value: `raw` may have lines of its own."""
        return super().encode_json_string(data).translate(_NO_LINES)

    def should_render_graphql_ide(self, request: BaseRequestProtocol) -> bool:
        return graphiql.wants_page(request)

    async def render_graphql_ide(self, request: Request) -> Response:
        return graphiql.page()


def _media_type(request: Request | WebSocket) -> str:
    """The type of an answer in one piece; also where the client would rather have none."""
    return accepted(request.headers.get("accept")).best((JSON, GRAPHQL_RESPONSE)) or JSON


def _demand_json(header: str | None) -> None:
    """Raises HTTPException where a client does not accept what the answer to a batch is."""
    if not accepted(header).best((JSON, GRAPHQL_RESPONSE)):
        types = f"{GRAPHQL_RESPONSE} or {JSON}"
        raise HTTPException(406, f"A batch is answered as {types}, which Accept does not name.")


def _is_streamed(asked: Parameters, header: str | None) -> bool:
    """Whether to answer as a stream of events: subscriptions, and whoever accepts nothing else.

    Raises HTTPException where the client accepts nothing that the answer can be.
    """
    accept = accepted(header)
    if is_subscription(asked.query or "", asked.operationName):
        if not accept.names(EVENT_STREAM):
            raise HTTPException(
                406, f"Subscriptions are answered as {EVENT_STREAM}, which Accept does not name."
            )
        return True
    if accept.best((JSON, GRAPHQL_RESPONSE)):
        return False
    if not accept.names(EVENT_STREAM):
        types = ", ".join((GRAPHQL_RESPONSE, JSON, EVENT_STREAM))
        raise HTTPException(406, f"There are answers as {types}, and Accept has none of them.")
    return True
