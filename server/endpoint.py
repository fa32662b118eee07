"""/graphql: operations over HTTP."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from graphql import GraphQLError
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry import Schema
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.http.base import BaseRequestProtocol
from strawberry.http.ides import GraphQL_IDE
from strawberry.types import ExecutionResult

from resolvers.context import Context
from resolvers.errors import LimitError
from server import graphiql
from server.documents import is_ambiguous
from server.errors import RefusedError, coded, presented, refused
from server.persisted import Kept, Library
from server.settings import DocumentSettings


class Parameters(msgspec.Struct):
    """A GraphQL request, as the members of a JSON body or the parameters of a query string."""

    query: str | None = None
    variables: dict[str, Any] | None = None
    operationName: str | None = None  # noqa: N815 - its name on the wire
    documentId: str | None = None  # noqa: N815
    extensions: dict[str, Any] | None = None


COST_HEADER = "X-Pacioli-Cost"
PARAMETERS = Parameters.__struct_fields__


class Endpoint(GraphQL[Context, None]):
    """Strawberry's view, with our codes for all that can be wrong with a request."""

    def __init__(
        self,
        schema: Schema,
        new_context: Callable[[HTTPConnection], Context],
        *,
        timeout: float,
        max_body_bytes: int,
        max_errors: int | None = None,
        library: Library | None = None,
        with_graphiql: bool,
    ) -> None:
        ide: GraphQL_IDE | None = "graphiql" if with_graphiql else None
        super().__init__(schema, graphql_ide=ide, subscription_protocols=())
        self._new_context, self._timeout = new_context, timeout
        self._max_body_bytes, self._max_errors = max_body_bytes, max_errors
        self._library = library or Library(DocumentSettings(), Kept())
        self._page = graphiql.page()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self.run(Request(scope, self._limited(receive)))
        except HTTPException as error:
            response = self._refused(error)
        await response(scope, receive, send)

    def _limited(self, receive: Receive) -> Receive:
        """A `receive` that refuses to read a body past the limit."""
        size = 0

        async def limited() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self._max_body_bytes:
                limit = LimitError("bytes", size, self._max_body_bytes, "max_body_bytes")
                raise RefusedError(413, limit.code, str(limit))
            return message

        return limited

    def _refused(self, error: HTTPException) -> Response:
        code = error.code if isinstance(error, RefusedError) else "BAD_REQUEST"
        headers = {"Allow": "GET, POST"} if error.status_code == 405 else None
        return refused(error.status_code, error.reason, code, headers)

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        return self._new_context(request)

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        asked: Parameters
        if request.method == "GET":
            asked = self._from_query_string(request.query_params)
        elif (request.content_type or "").partition(";")[0].strip().lower() == "application/json":
            asked = _decoded(await request.get_body(), Parameters)
        else:
            raise HTTPException(415, "The body must be JSON, with Content-Type: application/json.")
        asked.query = await self._library.text(asked)
        if asked.operationName is None and is_ambiguous(asked.query or ""):
            raise HTTPException(
                400, "The document has several operations: name one, operationName."
            )
        return GraphQLRequestData(
            asked.query, asked.variables, asked.operationName, asked.extensions, protocol="http"
        )

    def _from_query_string(self, parameters: Any) -> Parameters:
        """The request of a GET: its variables and extensions are JSON texts."""
        parts = {name: parameters[name] for name in PARAMETERS if parameters.get(name)}
        for name in parts.keys() & {"variables", "extensions"}:
            parts[name] = _decoded(parts[name].encode(), dict[str, Any] | None)
        return Parameters(**parts)

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
            answer["errors"] = presented(result.errors, self._max_errors)
        if result.data is not None or any(error.path for error in result.errors or ()):
            answer["data"] = result.data  # absent where not even one field was tried
        extensions = dict(result.extensions or {})
        if COST_HEADER not in request.headers:
            extensions.pop("cost", None)
        if extensions:
            answer["extensions"] = extensions
        return answer  # type: ignore[return-value]

    def encode_json(self, data: object) -> bytes:
        return msgspec.json.encode(data)

    def should_render_graphql_ide(self, request: BaseRequestProtocol) -> bool:
        return graphiql.wants_page(request)

    async def render_graphql_ide(self, request: Request) -> Response:
        return HTMLResponse(self._page)


def _decoded(body: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise HTTPException(400, f"This is not a GraphQL request: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise HTTPException(400, "The request is not JSON.") from None
