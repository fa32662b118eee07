"""Documents are parsed and validated once, however often clients send them."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from graphql import (
    DocumentNode,
    GraphQLError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
)
from graphql.validation import ASTValidationRule
from strawberry import Schema
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document
from strawberry.types.execution import ExecutionContext

from server.errors import coded

MAX_DOCUMENTS = 500
LONGEST_KEPT = 10_000  # characters: a parsed document takes some 400 times its text
MAX_TOKENS = 20_000
_TOO_DEEP = "The document is nested too deeply."
_UNREADABLE = "There is a value here that its type cannot take."


class Documents(SchemaExtension):
    """Takes the document and its mistakes from the caches below."""

    execution_context: ExecutionContext
    rules: tuple[type[ASTValidationRule], ...] = tuple(specified_rules)

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        document = _document(context.query or "")
        if isinstance(document, GraphQLError):
            raise _anew(document)
        context.graphql_document = document
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        text = context.query or ""
        check = _mistakes if len(text) <= LONGEST_KEPT else _mistakes.__wrapped__
        mistakes = check(context.schema, text, self.rules)
        context.pre_execution_errors = list(mistakes)
        yield


class UnseenDocuments(Documents):
    """The same for a graph that does not show its schema."""

    rules = (*Documents.rules, NoSchemaIntrospectionCustomRule)


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


def _is_named(operation: OperationDefinitionNode, name: str | None) -> bool:
    return name is None or (operation.name is not None and operation.name.value == name)


def _operations(text: str) -> Sequence[OperationDefinitionNode]:
    document = _document(text)
    definitions = () if isinstance(document, GraphQLError) else document.definitions
    return [each for each in definitions if isinstance(each, OperationDefinitionNode)]


def _document(text: str) -> DocumentNode | GraphQLError:
    """The document of a text, kept for the next time unless it is very long."""
    return _parsed(text) if len(text) <= LONGEST_KEPT else _parsed.__wrapped__(text)


@lru_cache(maxsize=MAX_DOCUMENTS)
def _parsed(text: str) -> DocumentNode | GraphQLError:
    try:
        return parse(text, max_tokens=MAX_TOKENS)
    except GraphQLError as error:
        return coded(_anew(error), "GRAPHQL_PARSE_FAILED")
    except RecursionError:
        return coded(GraphQLError(_TOO_DEEP), "GRAPHQL_PARSE_FAILED")


@lru_cache(maxsize=MAX_DOCUMENTS)
def _mistakes(
    schema: Schema, text: str, rules: tuple[type[ASTValidationRule], ...]
) -> Sequence[GraphQLError]:
    document = _document(text)
    if isinstance(document, GraphQLError):
        return [document]
    try:
        errors = validate_document(schema._schema, document, rules)
    except RecursionError:
        errors = [GraphQLError(_TOO_DEEP)]
    return [coded(_anew(error), "GRAPHQL_VALIDATION_FAILED") for error in errors]


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
