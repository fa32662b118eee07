"""Operations are run, each within its limits, for whichever transport they come over."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

from graphql import ExecutionResult, GraphQLError
from graphql.pyutils import AwaitableOrValue
from starlette.requests import HTTPConnection
from strawberry import Schema

from execution.preparation import Prepared
from resolvers.context import Context
from resolvers.errors import LimitError
from server.admission import Traffic
from server.documents import Documents
from server.errors import coded, presented
from server.headers import header
from server.inline_traces import asks_for_trace, traced
from server.limits import refusal as limit_refusal
from server.persisted import Kept, Library
from server.rate_limits import Rates
from server.requests import Asked, Parameters
from server.settings import ServerSettings
from server.telemetry.operations import note_answer
from server.telemetry.watching import Telemetry
from server.time_limits import TimeLimit

COST_HEADER = b"x-pacioli-cost"


class Refused(ExecutionResult):
    """The result of an operation that did not begin."""


class Runner:
    """Runs operations of a graph, in a context of its own each."""

    def __init__(
        self,
        schema: Schema,
        new_context: Callable[[HTTPConnection], Context],
        settings: ServerSettings,
        *,
        traffic: Traffic,
        library: Library | None = None,
        rates: Rates | None = None,
        telemetry: Telemetry | None = None,
    ) -> None:
        self.schema, self._documents = schema, Documents(schema, settings)
        self._new_context, self._timeout = new_context, settings.limits.operation_timeout_seconds
        self._max_errors, self._traces = settings.limits.max_errors, settings.inline_traces
        self._library = library or Library(settings.documents, Kept())
        self.traffic, self.rates, self.telemetry = traffic, rates, telemetry or Telemetry()

    async def asked(self, parameters: Parameters) -> Asked:
        """What is asked. Raises HTTPException where it cannot be told."""
        return await parameters.asked(self._library, self._documents)

    def begin(self, asked: Asked, connection: HTTPConnection) -> AwaitableOrValue[ExecutionResult]:
        """The result of an operation, or what gives it where there is something to wait for."""
        if self._traces and asks_for_trace(connection):
            return traced(self._result(asked, connection), self._max_errors)
        return self._begun(asked, connection)

    async def _result(self, asked: Asked, connection: HTTPConnection) -> ExecutionResult:
        result = self._begun(asked, connection)
        return result if isinstance(result, ExecutionResult) else await result

    def _begun(self, asked: Asked, connection: HTTPConnection) -> AwaitableOrValue[ExecutionResult]:
        context = self._new_context(connection)
        result = self._executed(asked, context)
        if isinstance(result, ExecutionResult):
            context.close()
            return self._ended(result, asked, context)
        return self._timely(result, asked, context)

    def _checked(self, asked: Asked) -> Prepared | Refused:
        mistakes = self._documents.mistakes(asked.document, asked.variables)
        if mistakes:
            return Refused(None, list(mistakes))
        assert asked.operation.prepared is not None
        return asked.operation.prepared

    def _executed(self, asked: Asked, context: Context) -> AwaitableOrValue[ExecutionResult]:
        try:
            operation = self._checked(asked)
            if isinstance(operation, Refused):
                return operation
            return operation.execute(context, asked.variables, asked.extensions)
        except Exception as error:  # noqa: BLE001 - it is masked, and logged
            return failed(error)

    async def _timely(
        self, coming: Awaitable[ExecutionResult], asked: Asked, context: Context
    ) -> ExecutionResult:
        limit = TimeLimit(self._timeout)
        try:
            with limit:
                result = await coming
        except Exception as error:  # noqa: BLE001 - it is masked, and logged
            result = self._too_late() if limit.expired else failed(error)
        finally:
            context.close()
        return self._ended(result, asked, context)

    def _too_late(self) -> ExecutionResult:
        error = GraphQLError(f"The operation took longer than {self._timeout:g} s.")
        return ExecutionResult(None, [coded(error, "OPERATION_TIMEOUT")])

    def _ended(self, result: ExecutionResult, asked: Asked, context: Context) -> ExecutionResult:
        told = self._told(result, asked)
        if context.explanation is not None and context.explanation.told:
            told.extensions = {**(told.extensions or {}), "pacioli": context.explanation.shown}
        return told

    def _told(self, result: ExecutionResult, asked: Asked) -> ExecutionResult:
        """The result as its caller may see it, with what it cost."""
        if result.errors:
            result.errors = self._documents.told(result.errors)
        result.extensions = asked.operation.cost
        return result

    async def results(
        self, asked: Asked, connection: HTTPConnection
    ) -> AsyncGenerator[ExecutionResult, None]:
        """The results of an operation that is streamed: of a query, one."""
        if not asked.operation.lasts:
            yield await self._result(asked, connection)
            return
        context = self._new_context(connection)
        try:
            with self.traffic.subscription(context.caller.name):
                async with aclosing(self._events(asked, context)) as events:
                    async for each in events:
                        yield self._told(each, asked)
        except LimitError as error:
            yield Refused(None, [limit_refusal(error)])

    async def _events(
        self, asked: Asked, context: Context
    ) -> AsyncGenerator[ExecutionResult, None]:
        try:
            operation = self._checked(asked)
            if isinstance(operation, Refused):
                yield operation
                return
            events = await operation.subscribe(context, asked.variables, asked.extensions)
            if isinstance(events, ExecutionResult):
                yield Refused(None, events.errors)
                return
            async with aclosing(events):
                async for each in events:
                    yield each
        except Exception as error:  # noqa: BLE001 - it is masked, and logged
            yield failed(error)

    def presented(self, result: ExecutionResult, connection: HTTPConnection) -> dict[str, Any]:
        """The result as a client gets it; those who watch operations learn of it, too."""
        answer: dict[str, Any] = {}
        if result.errors:
            answer["errors"] = presented(result.errors, self._max_errors)
        if result.data is not None or any(error.path for error in result.errors or ()):
            answer["data"] = result.data  # absent where not even one field was tried
        note_answer(answer.get("errors", ()), result.extensions)
        extensions = result.extensions or {}
        if header(connection.scope, COST_HEADER) is None:
            extensions = {name: each for name, each in extensions.items() if name != "cost"}
        if extensions:
            answer["extensions"] = extensions
        return answer


def failed(error: Exception) -> ExecutionResult:
    """The result of an operation that came to an error of ours: it is masked, and logged."""
    if not isinstance(error, GraphQLError):
        error = GraphQLError("", original_error=error)
    return ExecutionResult(None, [error])
