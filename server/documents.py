"""Documents are parsed and validated once, however often clients send them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

from graphql import (
    DocumentNode,
    GraphQLError,
    NoFragmentCyclesRule,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
)
from graphql import ExecutionResult as CoreResult
from graphql.validation import ASTValidationRule
from strawberry import Schema
from strawberry.schema.schema import validate_document
from strawberry.types import ExecutionResult
from strawberry.types.execution import ExecutionContext
from strawberry.types.graphql import OperationType as Kind

from execution.preparation import Prepared, Preparing
from resolvers.errors import LimitError
from server.discretion import NoServiceRule, uniform, without_suggestions
from server.errors import VALIDATION_FAILED, coded
from server.limits import excess, refusal, ruler, too_many_values
from server.measures import Measure
from server.settings import MOST_TOKENS, Limits, ServerSettings

MAX_DOCUMENTS = 500
LONGEST_KEPT = 10_000  # characters: a parsed document takes some 400 times its text
_STRANGE = "Only documents of the manifest are allowed here."
_TOO_DEEP = "The document is nested too deeply."
_UNREADABLE = "There is a value here that its type cannot take."


class Checked(NamedTuple):
    """What is wrong with a document, and the measures of its operations."""

    mistakes: Sequence[GraphQLError]
    measures: Mapping[str | None, Measure] = {}


class Documents(Preparing):
    """Takes the document, its mistakes and its cost from the caches below.

    The hooks have work only where something is wrong.
    """

    execution_context: ExecutionContext
    rules: ClassVar[tuple[type[ASTValidationRule], ...]] = tuple(specified_rules)
    limits: ClassVar[Limits] = Limits()
    suggests: ClassVar[bool] = True
    is_uniform: ClassVar[bool] = False
    trusted: ClassVar[frozenset[str] | None] = None
    _measures: Mapping[str | None, Measure] = {}

    def on_operation(self) -> Iterator[None]:
        yield
        result = self.execution_context.result
        if isinstance(result, ExecutionResult | CoreResult) and result.errors:
            result.errors = list(self.told(result.errors))

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        if self.trusted is not None and context.query not in self.trusted:
            raise coded(GraphQLError(_STRANGE), "PERSISTED_QUERY_NOT_ALLOWED")
        document = _document(context.query or "")
        if isinstance(document, GraphQLError):
            raise _anew(document)
        context.graphql_document = document
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        mistakes, self._measures = self._check(context.schema, context.query or "")
        values = too_many_values(context.variables, self.limits)
        context.pre_execution_errors = list(mistakes) if values is None else [refusal(values)]
        yield

    def get_results(self) -> dict[str, Any]:
        """The cost of the operation, for whoever wants to know it."""
        return self._cost(self._measures, self.execution_context.operation_name)

    @classmethod
    def prepared(
        cls, schema: Schema, query: str, variables: Mapping[str, Any] | None, name: str | None
    ) -> Prepared | None:
        """The operation, if the hooks would find nothing wrong."""
        document = _document(query)
        chosen = [each for each in _operations(query) if _is_named(each, name)]
        strange = cls.trusted is not None and query not in cls.trusted
        if strange or len(chosen) != 1 or isinstance(document, GraphQLError):
            return None
        mistakes, measures = cls._check(schema, query)
        if mistakes or too_many_values(variables, cls.limits) is not None:
            return None
        kind = Kind(chosen[0].operation.value)
        return Prepared(document, kind, cls._cost(measures, name))

    @classmethod
    def told(cls, errors: Sequence[GraphQLError]) -> Sequence[GraphQLError]:
        known = errors if cls.suggests else without_suggestions(errors)
        return uniform(known) if cls.is_uniform else known

    @classmethod
    def _check(cls, schema: Schema, text: str) -> Checked:
        check = _checked if len(text) <= LONGEST_KEPT else _checked.__wrapped__
        return check(schema, text, cls.rules, cls.limits)

    @classmethod
    def _cost(cls, measures: Mapping[str | None, Measure], name: str | None) -> dict[str, Any]:
        measure = measures.get(name) or next(iter(measures.values()), None)
        if measure is None:
            return {}
        cost = {"requested": measure.cost, "rows": measure.rows, "calls": measure.calls}
        return {"cost": {**cost, "limit": cls.limits.max_cost}}


def documents(server: ServerSettings) -> type[Documents]:
    """The extension with a server's settings. To be made once: what is kept is kept by it."""
    hidden: list[type[ASTValidationRule]] = []
    if not server.introspection:
        hidden.append(NoSchemaIntrospectionCustomRule)
    if not server.composition:
        hidden.append(NoServiceRule)
    known = server.documents
    members = {
        "rules": (*Documents.rules, *hidden),
        "limits": server.limits,
        "suggests": server.introspection,
        "is_uniform": server.uniform_errors,
        "trusted": frozenset(known.manifest.values()) if known.trusted == "require" else None,
    }
    return type("Documents", (Documents,), members)


def is_ambiguous(text: str) -> bool:
    """Whether a document holds several operations, so that a request must name one of them."""
    return len(_operations(text)) > 1


def lacks_operation(text: str, name: str | None) -> bool:
    """Whether a document that can be read has no operation of that name, or none at all."""
    readable = isinstance(_document(text), DocumentNode)
    return readable and not any(_is_named(each, name) for each in _operations(text))


def is_subscription(text: str, name: str | None) -> bool:
    """Whether the operation of that name, or the only one, is a subscription."""
    return any(
        operation.operation is OperationType.SUBSCRIPTION
        for operation in _operations(text)
        if _is_named(operation, name)
    )


def described(text: str, name: str | None) -> tuple[str, str | None]:
    """What kind of operation the one of that name is, or the only one, and what it is called."""
    for operation in _operations(text):
        if _is_named(operation, name):
            return operation.operation.value, operation.name.value if operation.name else None
    return "", None


def _is_named(operation: OperationDefinitionNode, name: str | None) -> bool:
    return name is None or (operation.name is not None and operation.name.value == name)


def _operations(text: str) -> Sequence[OperationDefinitionNode]:
    document = _document(text)
    definitions = () if isinstance(document, GraphQLError) else document.definitions
    return [each for each in definitions if isinstance(each, OperationDefinitionNode)]


def _document(text: str) -> DocumentNode | GraphQLError:
    """The document of a text, kept for the next time; a very long one only for its own request."""
    return _parsed(text) if len(text) <= LONGEST_KEPT else _parsed_long(text)


@lru_cache(maxsize=MAX_DOCUMENTS)
def _parsed(text: str) -> DocumentNode | GraphQLError:
    try:
        return parse(text, max_tokens=MOST_TOKENS)
    except GraphQLError as error:
        if f"more than {MOST_TOKENS} tokens" in error.message:
            return refusal(
                LimitError("tokens, at least", MOST_TOKENS + 1, MOST_TOKENS, "max_tokens")
            )
        return coded(_anew(error), "GRAPHQL_PARSE_FAILED")
    except RecursionError:
        return coded(GraphQLError(_TOO_DEEP), "GRAPHQL_PARSE_FAILED")


_parsed_long = lru_cache(maxsize=2)(_parsed.__wrapped__)


@lru_cache(maxsize=MAX_DOCUMENTS)
def _checked(
    schema: Schema, text: str, rules: tuple[type[ASTValidationRule], ...], limits: Limits
) -> Checked:
    document = _document(text)
    if isinstance(document, GraphQLError):
        return Checked([document])
    try:
        measured = ruler(schema._schema, document, limits)
        exceeded = excess(document, measured, limits)
        if exceeded is not None:
            return Checked([refusal(exceeded)])
        if measured.cyclic:  # the other rules would go round and round
            rules = (NoFragmentCyclesRule,)
        errors = validate_document(schema._schema, document, rules)
    except RecursionError:
        return Checked([coded(GraphQLError(_TOO_DEEP), VALIDATION_FAILED)])
    if errors:  # then its cost is not told either: it would tell good names from bad ones
        return Checked([coded(_anew(error), VALIDATION_FAILED) for error in errors])
    return Checked([], dict(measured.operations))


def _anew(error: GraphQLError) -> GraphQLError:
    """A copy, to keep or to raise: an exception holds on to the frames that it passed through.

    The text of a Python exception, such as one about a number's digits, is not passed on.
    """
    cause = error.original_error
    known = cause is None or isinstance(cause, GraphQLError)
    return GraphQLError(
        error.message if known else _UNREADABLE,
        error.nodes,
        error.source,
        error.positions,
        extensions=error.extensions,
    )
