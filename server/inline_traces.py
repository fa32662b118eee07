"""Federated traces: how long each field of an operation took, for the gateway that asks for it.

A traced operation is left to graphql-core's executor, which calls every resolver through the
trace. Its answers are the same, and compiled operations hold nothing that could trace.
"""

import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from typing import Any

import msgspec
from graphql import ExecutionResult, GraphQLError, GraphQLResolveInfo, MiddlewareManager
from starlette.requests import HTTPConnection

from server.errors import code_of
from server.headers import header
from server.objects import EncodingExecutor

HEADER, FORMAT = b"apollo-federation-include-trace", "ftv1"
MAX_NODES = 10_000
UNTOLD = "<masked>"
Keys = tuple[str | int, ...]


class InlineTrace:
    """What is noted of one operation; past MAX_NODES it is incomplete, and says so."""

    def __init__(self) -> None:
        from server.trace_reports import TraceReport  # noqa: PLC0415 - protobuf takes 4 MB

        self._report = TraceReport(field_execution_weight=1)
        self._nodes: dict[Keys, Any] = {(): self._report.root}
        _set_now(self._report.start_time)
        self._began = time.perf_counter_ns()

    def resolve(
        self,
        following: Callable[..., Any],
        source: Any,
        info: GraphQLResolveInfo[Any],
        /,  # an argument may have any name
        **arguments: Any,
    ) -> Any:
        """Calls a resolver and notes it: middleware of graphql-core."""
        node = None if info.field_name.startswith("__") else self._node(tuple(info.path.as_list()))
        if node is None:
            return following(source, info, **arguments)
        node.type, node.parent_type = str(info.return_type), info.parent_type.name
        if node.response_name != info.field_name:
            node.original_field_name = info.field_name
        node.start_time = self._elapsed()
        try:
            value = following(source, info, **arguments)
        finally:
            node.end_time = self._elapsed()
        return self._awaited(value, node) if info.is_awaitable(value) else value

    async def _awaited(self, value: Awaitable[Any], node: Any) -> Any:
        try:
            return await value
        finally:
            node.end_time = self._elapsed()

    def encoded(self, errors: Sequence[GraphQLError]) -> str:
        """The trace as it is sent, with these errors at their nodes."""
        for error in errors:
            node = self._node(tuple(error.path or ()))
            _describe((self._report.root if node is None else node).error.add(), error)
        self._report.duration_ns = self._elapsed()
        _set_now(self._report.end_time)
        return b64encode(self._report.SerializeToString()).decode()

    def _node(self, keys: Keys) -> Any:
        """The node at a path, new if it has to be; None if there are too many."""
        if keys not in self._nodes:
            if len(self._nodes) > MAX_NODES:
                self._report.is_incomplete = True
                return None
            parent = self._node(keys[:-1])
            if parent is None:
                return None
            id_ = "index" if isinstance(keys[-1], int) else "response_name"
            self._nodes[keys] = parent.child.add(**{id_: keys[-1]})
        return self._nodes[keys]

    def _elapsed(self) -> int:
        return time.perf_counter_ns() - self._began


_trace: ContextVar[InlineTrace | None] = ContextVar("inline_trace", default=None)


class TraceableExecutor(EncodingExecutor):
    """Runs operations compiled, but those that are traced."""

    def execute_operation(self, serially: bool | None = None) -> Any:
        trace = _trace.get()
        if trace is not None:
            self.middleware_manager = MiddlewareManager(trace)
        return super().execute_operation(serially)


def asks_for_trace(connection: HTTPConnection) -> bool:
    """Whether a request is one of a gateway that collects traces."""
    wanted = header(connection.scope, HEADER)
    return wanted is not None and wanted.lower() == FORMAT


async def traced(coming: Awaitable[ExecutionResult], most_errors: int) -> ExecutionResult:
    """The result of an operation, which begins now, with its trace."""
    trace = InlineTrace()
    token = _trace.set(trace)
    try:
        result = await coming
    finally:
        _trace.reset(token)
    encoded = trace.encoded((result.errors or ())[:most_errors])
    result.extensions = {**(result.extensions or {}), FORMAT: encoded}
    return result


def _set_now(timestamp: Any) -> None:
    timestamp.seconds, timestamp.nanos = divmod(time.time_ns(), 10**9)


def _describe(report: Any, error: GraphQLError) -> None:
    """An error without its text, since traces go to whoever collects them."""
    extensions = {"code": code_of(error)}
    shown = GraphQLError(
        UNTOLD, error.nodes, error.source, error.positions, error.path, extensions=extensions
    )
    report.message, report.json = UNTOLD, msgspec.json.encode(shown.formatted).decode()
    for place in shown.locations or ():
        report.location.add(line=place.line, column=place.column)
