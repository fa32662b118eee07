"""Where it is plugged in: `Schema(..., execution_context_class=CompiledExecutor)`."""

from typing import Any

from graphql import OperationType
from graphql.execution import Executor
from graphql.execution.execute import assume_not_awaitable
from graphql.pyutils import AwaitableOrValue, is_awaitable
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from execution.generation import Objects
from execution.operations import Operations
from execution.running import Run

_PREDICATES = (is_awaitable, optimized_is_awaitable, assume_not_awaitable)

operations = Operations()


class CompiledExecution(Executor[Any]):
    """Runs queries and the events of subscriptions compiled, with the answers of graphql-core.

    Left to graphql-core are introspection, mutations, `@defer` and `@stream`, middleware, and the
    rarer arguments of its `execute`: abort signals, hooks, predicates of one's own.

    Objects of the answer are dicts, or what `objects` makes of the values of some keys.
    """

    objects: Objects | None = None

    def execute_operation(self, serially: bool | None = None) -> AwaitableOrValue[Any]:
        compiled = operations.find(self) if self._is_usual(serially) else None
        if compiled is None:
            return super().execute_operation(serially)
        return Run(self, compiled.root, compiled.plain).start(self.root_value)

    def _is_usual(self, serially: bool | None) -> bool:
        manager = self.middleware_manager
        return not (
            serially
            or self.operation.operation is OperationType.MUTATION
            or (manager is not None and manager.middlewares)
            or self.abort_signal is not None
            or self.hooks is not None
            or not self.error_propagation
            or self.is_awaitable not in _PREDICATES
        )


class CompiledExecutor(CompiledExecution, StrawberryGraphQLCoreExecutionContext):
    """The same for Strawberry, whose resolvers get more in their `info`."""
