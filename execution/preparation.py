"""Operations that need none of Strawberry's hooks.

Around each operation Strawberry makes its extensions, and enters and leaves a context for each of
their hooks. An extension that already knows of a document that nothing is wrong with it says so
instead; the operation is then executed, and nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from graphql import DocumentNode, GraphQLError, execute
from strawberry import Schema
from strawberry.execution import optimized_is_awaitable
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType


class Prepared(NamedTuple):
    """An operation that can be executed: its document, its kind, and what the answer says of it."""

    document: DocumentNode
    kind: OperationType
    extensions: dict[str, Any]


class Preparing(SchemaExtension):
    """An extension whose hooks can be spared: what they would do is done here."""

    @classmethod
    def prepared(
        cls, schema: Schema, query: str, variables: Mapping[str, Any] | None, name: str | None
    ) -> Prepared | None:
        """The operation, if the hooks would let it through; None where they have to be asked."""
        raise NotImplementedError

    @classmethod
    def told(cls, errors: Sequence[GraphQLError]) -> Sequence[GraphQLError]:
        """What the hooks would make of the errors of its fields."""
        return errors


class PreparedSchema(Schema):
    """A schema that executes what its one extension has prepared without hooks."""

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        prepared = self._prepared(query or "", variable_values, operation_name)
        if prepared is None or prepared.kind not in (allowed_operation_types or OperationType):
            return await super().execute(
                query,
                variable_values,
                context_value,
                root_value,
                operation_name,
                allowed_operation_types,
                operation_extensions,
            )
        return await self._run(
            prepared,
            root_value=root_value,
            context_value=context_value,
            variable_values=variable_values,
            operation_name=operation_name,
            operation_extensions=operation_extensions,
        )

    async def _run(self, prepared: Prepared, **given: Any) -> ExecutionResult:
        given["executor_class"] = self.execution_context_class
        given["is_awaitable"] = optimized_is_awaitable
        try:
            result: Any = execute(self._schema, prepared.document, **given)
            if optimized_is_awaitable(result):
                result = await result
        except GraphQLError as error:
            return PreExecutionError(None, [error], prepared.extensions)
        except Exception as error:  # noqa: BLE001 - it is masked, as on Strawberry's own path
            failure = GraphQLError(str(error), original_error=error)
            return PreExecutionError(None, [failure], prepared.extensions)
        errors = result.errors and list(self._extension.told(result.errors))
        return ExecutionResult(result.data, errors, prepared.extensions)

    def _prepared(
        self, query: str, variables: Mapping[str, Any] | None, name: str | None
    ) -> Prepared | None:
        if len(self.extensions) != 1 or self.directives or self.execution_context_class is None:
            return None
        kind: Any = self._extension
        if not isinstance(kind, type) or not issubclass(kind, Preparing):
            return None
        return kind.prepared(self, query, variables, name)

    @property
    def _extension(self) -> Any:
        """The only one, when there is but one."""
        return self.extensions[0]
