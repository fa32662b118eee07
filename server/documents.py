"""Documents are parsed and validated once, however often clients send them."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from graphql import (
    DocumentNode,
    GraphQLError,
    NoSchemaIntrospectionCustomRule,
    parse,
    specified_rules,
)
from graphql.validation import ASTValidationRule
from strawberry import Schema
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document
from strawberry.types.execution import ExecutionContext

from server.errors import coded

MAX_DOCUMENTS = 1000
MAX_TOKENS = 20_000
_TOO_DEEP = "The document is nested too deeply."


class Documents(SchemaExtension):
    """Takes the document and its mistakes from the caches below."""

    execution_context: ExecutionContext
    rules: tuple[type[ASTValidationRule], ...] = tuple(specified_rules)

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        document = _parsed(context.query or "")
        if isinstance(document, GraphQLError):
            raise document
        context.graphql_document = document
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        mistakes = _mistakes(context.schema, context.query or "", self.rules)
        context.pre_execution_errors = list(mistakes)
        yield


class UnseenDocuments(Documents):
    """The same for a graph that does not show its schema."""

    rules = (*Documents.rules, NoSchemaIntrospectionCustomRule)


@lru_cache(maxsize=MAX_DOCUMENTS)
def _parsed(text: str) -> DocumentNode | GraphQLError:
    try:
        return parse(text, max_tokens=MAX_TOKENS)
    except GraphQLError as error:
        return coded(error, "GRAPHQL_PARSE_FAILED")
    except RecursionError:
        return coded(GraphQLError(_TOO_DEEP), "GRAPHQL_PARSE_FAILED")


@lru_cache(maxsize=MAX_DOCUMENTS)
def _mistakes(
    schema: Schema, text: str, rules: tuple[type[ASTValidationRule], ...]
) -> Sequence[GraphQLError]:
    document = _parsed(text)
    if isinstance(document, GraphQLError):
        return [document]
    try:
        errors = validate_document(schema._schema, document, rules)
    except RecursionError:
        errors = [GraphQLError(_TOO_DEEP)]
    return [coded(error, "GRAPHQL_VALIDATION_FAILED") for error in errors]
