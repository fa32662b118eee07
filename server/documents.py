"""Documents are parsed and validated once, however often clients send them."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from threading import Lock
from typing import Any, ClassVar, NamedTuple
from weakref import WeakKeyDictionary

from cachetools import LRUCache
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

MOST_BYTES = 96 * 2**20  # of all documents that are kept
TOKEN_BYTES = 600  # that a token takes in a parsed document
_TOO_DEEP = "The document is nested too deeply."
_UNREADABLE = "There is a value here that its type cannot take."


class Checked(NamedTuple):
    """What is wrong with a document, and the measures of its operations."""

    mistakes: Sequence[GraphQLError]
    measures: Mapping[str | None, Measure] = {}


class Kept(NamedTuple):
    """A good document, and its measures by the schema that it is good for."""

    document: DocumentNode
    measures: WeakKeyDictionary[Schema, Mapping[str | None, Measure]]


class Documents(Preparing):
    """Takes the document, its mistakes and its cost from the caches below.

    The hooks have work only where something is wrong.
    """

    execution_context: ExecutionContext
    rules: ClassVar[tuple[type[ASTValidationRule], ...]] = tuple(specified_rules)
    limits: ClassVar[Limits] = Limits()
    suggests: ClassVar[bool] = True
    is_uniform: ClassVar[bool] = False
    _measures: Mapping[str | None, Measure] = {}

    def on_operation(self) -> Iterator[None]:
        yield
        self._hush(self.execution_context.result)

    def on_stream_result(self, result: Any) -> Iterator[None]:
        self._hush(result)
        yield

    def _hush(self, result: Any) -> None:
        """Takes from an answer, or an event, what strangers are not to learn from its errors."""
        if isinstance(result, ExecutionResult | CoreResult) and result.errors:
            result.errors = list(self.told(result.errors))

    @classmethod
    def told(cls, errors: Sequence[GraphQLError]) -> Sequence[GraphQLError]:
        """What the caller is told of errors."""
        known = errors if cls.suggests else without_suggestions(errors)
        return uniform(known) if cls.is_uniform else known

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
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

    @classmethod
    def _check(cls, schema: Schema, text: str) -> Checked:
        """What is wrong with a document. Only a good one is kept."""
        kept = _find(text)
        measures = kept.measures.get(schema) if kept else None
        if measures is not None:
            return Checked([], measures)
        document = _document(text)
        if isinstance(document, GraphQLError):
            return Checked([document])
        checked = _examined(schema, document, cls.rules, cls.limits)
        if not checked.mistakes:
            _keep(text, document, schema, checked.measures)
        return checked

    def get_results(self) -> dict[str, Any]:
        """The cost of the operation, for whoever wants to know it."""
        return self._cost(self._measures, self.execution_context.operation_name)

    @classmethod
    def prepared(
        cls, schema: Schema, query: str, variables: Mapping[str, Any] | None, name: str | None
    ) -> Prepared | None:
        """The operation, if it is of a document that is kept, in which nothing is wrong."""
        kept = _find(query)
        measures = kept.measures.get(schema) if kept else None
        if kept is None or measures is None or too_many_values(variables, cls.limits):
            return None
        chosen = [each for each in _operations_of(kept.document) if _is_named(each, name)]
        if len(chosen) != 1:
            return None
        kind = Kind(chosen[0].operation.value)
        return Prepared(kept.document, kind, cls._cost(measures, name))

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
    members = {
        "rules": (*Documents.rules, *hidden),
        "limits": server.limits,
        "suggests": server.introspection,
        "is_uniform": server.uniform_errors,
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
    return [] if isinstance(document, GraphQLError) else _operations_of(document)


def _operations_of(document: DocumentNode) -> Sequence[OperationDefinitionNode]:
    return [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]


def _document(text: str) -> DocumentNode | GraphQLError:
    """The document of a text: a good one is kept, any other for its own request only."""
    kept = _find(text)
    return kept.document if kept else _parsed(text)


@lru_cache(maxsize=8)  # a request, and each part of a batch, looks at its document several times
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


def _size(kept: Kept) -> int:
    """About how many bytes a document takes."""
    text = kept.document.loc.source.body if kept.document.loc else ""
    return sys.getsizeof(text) + TOKEN_BYTES * kept.document.token_count


_kept: LRUCache[str, Kept] = LRUCache(MOST_BYTES, getsizeof=_size)
_lock = Lock()


def _find(text: str) -> Kept | None:
    with _lock:
        return _kept.get(text)


def _keep(
    text: str, document: DocumentNode, schema: Schema, measures: Mapping[str | None, Measure]
) -> None:
    new = Kept(document, WeakKeyDictionary())
    with _lock:
        kept = _kept.get(text, new)
        kept.measures[schema] = measures
        if kept is new and _size(new) <= _kept.maxsize:
            _kept[text] = new


def _examined(
    schema: Schema,
    document: DocumentNode,
    rules: tuple[type[ASTValidationRule], ...],
    limits: Limits,
) -> Checked:
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
