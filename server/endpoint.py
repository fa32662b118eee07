"""/graphql: operations over HTTP."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry import Schema
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.http.base import BaseRequestProtocol
from strawberry.http.ides import GraphQL_IDE
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from resolvers.context import Context
from server import graphiql
from server.errors import coded, presented, refusal


class Parameters(msgspec.Struct):
    """A GraphQL request, as the members of a JSON body or the parameters of a query string."""

    query: str | None = None
    variables: dict[str, Any] | None = None
    operationName: str | None = None  # noqa: N815 - its name on the wire
    extensions: dict[str, Any] | None = None


class Endpoint(GraphQL[Context, None]):
    """Strawberry's view, with our codes for all that can be wrong with a request."""

    def __init__(
        self,
        schema: Schema,
        new_context: Callable[[], Context],
        *,
        timeout: float,
        with_graphiql: bool,
    ) -> None:
        ide: GraphQL_IDE | None = "graphiql" if with_graphiql else None
        super().__init__(schema, graphql_ide=ide, subscription_protocols=())
        self._new_context, self._timeout = new_context, timeout
        self._page = graphiql.page()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self.run(Request(scope, receive))
        except HTTPException as error:
            response = self._refused(error)
        await response(scope, receive, send)

    def _refused(self, error: HTTPException) -> Response:
        body = self.encode_json(refusal(error.reason, "BAD_REQUEST"))
        headers = {"Allow": "GET, POST"} if error.status_code == 405 else None
        return Response(body, error.status_code, headers, media_type="application/json")

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        return self._new_context()

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        if request.method == "GET":
            asked = self._from_query_string(request.query_params)
        elif (request.content_type or "").partition(";")[0].strip().lower() == "application/json":
            asked = _decoded(await request.get_body())
        else:
            raise HTTPException(415, "The body must be JSON, with Content-Type: application/json.")
        return GraphQLRequestData(
            asked.query, asked.variables, asked.operationName, asked.extensions, protocol="http"
        )

    def _from_query_string(self, parameters: Any) -> Parameters:
        """The request of a GET: its variables and extensions are JSON texts."""
        parts = {
            name: msgspec.Raw(value.encode())
            if name in ("variables", "extensions") and value
            else value
            for name in ("query", "variables", "operationName", "extensions")
            if (value := parameters.get(name)) is not None
        }
        return _decoded(msgspec.json.encode(parts))

    async def execute_single(self, *args: Any, **kwargs: Any) -> ExecutionResult:
        try:
            async with asyncio.timeout(self._timeout):
                return await super().execute_single(*args, **kwargs)
        except TimeoutError:
            error = GraphQLError(f"The operation took longer than {self._timeout:g} s.")
            return ExecutionResult(data=None, errors=[coded(error, "OPERATION_TIMEOUT")])

    async def process_result(
        self, request: Request, result: ExecutionResult
    ) -> GraphQLHTTPResponse:
        answer: dict[str, Any] = {}
        if result.errors:
            answer["errors"] = presented(result.errors)
        if not isinstance(result, PreExecutionError):
            answer["data"] = result.data
        return answer  # type: ignore[return-value]

    def encode_json(self, data: object) -> bytes:
        return msgspec.json.encode(data)

    def should_render_graphql_ide(self, request: BaseRequestProtocol) -> bool:
        """For browsers only: curl accepts anything, but wants an answer to its query."""
        asks_nothing = not request.query_params.keys() & {"query", "extensions"}
        html = "text/html" in request.headers.get("accept", "")
        return request.method == "GET" and asks_nothing and html

    async def render_graphql_ide(self, request: Request) -> Response:
        return HTMLResponse(self._page)


def _decoded(body: bytes) -> Parameters:
    try:
        return msgspec.json.decode(body, type=Parameters)
    except msgspec.ValidationError as error:
        raise HTTPException(400, f"This is not a GraphQL request: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise HTTPException(400, "The request is not JSON.") from None
