"""Operations of good documents, ready to be executed any number of times.

Before each execution Strawberry makes its extensions and enters a context for each of their hooks,
and graphql-core looks for the operation and its fragments in the document. Of an operation that is
known to be good nothing is left to do but to coerce its variables.
"""

from collections.abc import AsyncGenerator, Mapping
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    default_field_resolver,
    default_type_resolver,
    subscribe,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import get_variable_values
from graphql.pyutils import AwaitableOrValue
from strawberry import Schema
from strawberry.execution import optimized_is_awaitable

MAX_COERCION_ERRORS = 50


class Fragments(NamedTuple):
    """The fragments of a document by their names, which all its operations share."""

    definitions: Mapping[str, FragmentDefinitionNode]
    details: Mapping[str, FragmentDetails]

    @classmethod
    def of(cls, document: DocumentNode) -> "Fragments":
        definitions = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        details = {name: FragmentDetails(each) for name, each in definitions.items()}
        return cls(definitions, details)


class Prepared:
    """An operation of a document that is valid for a schema."""

    def __init__(
        self,
        schema: Schema,
        document: DocumentNode,
        definition: OperationDefinitionNode,
        fragments: Fragments,
    ) -> None:
        self._schema = schema._schema
        self._executor: Any = schema.execution_context_class
        self._document, self._definition, self._fragments = document, definition, fragments

    def execute(
        self,
        context: Any,
        variables: dict[str, Any] | None = None,
        extensions: dict[str, Any] | None = None,
    ) -> AwaitableOrValue[ExecutionResult]:
        """The result, or what gives it where there is something to wait for."""
        values = get_variable_values(
            self._schema,
            self._definition.variable_definitions or (),
            variables or {},
            max_errors=MAX_COERCION_ERRORS,
        )
        if isinstance(values, list):
            return ExecutionResult(None, values)
        executor = self._executor(
            self._schema,
            *self._fragments,
            None,
            context,
            self._definition,
            values,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            is_awaitable=optimized_is_awaitable,
            operation_extensions=extensions,
        )
        result: AwaitableOrValue[ExecutionResult] = executor.execute_operation()
        return result

    async def subscribe(
        self,
        context: Any,
        variables: dict[str, Any] | None = None,
        extensions: dict[str, Any] | None = None,
    ) -> AsyncGenerator[ExecutionResult, None] | ExecutionResult:
        """The results of a subscription, or the one that says why it cannot begin."""
        name = self._definition.name
        begun: Any = subscribe(
            self._schema,
            self._document,
            context_value=context,
            variable_values=variables,
            operation_name=name.value if name else None,
            executor_class=self._executor,
            operation_extensions=extensions,
        )
        events: AsyncGenerator[ExecutionResult, None] | ExecutionResult
        events = await begun if optimized_is_awaitable(begun) else begun
        return events
