"""Documents are parsed and validated once, however often clients send them."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

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
from graphql.validation import ASTValidationRule
from strawberry import Schema
from strawberry.schema.schema import validate_document

from execution.preparation import Fragments, Prepared
from resolvers.errors import LimitError
from server.discretion import NoServiceRule, uniform, without_suggestions
from server.errors import VALIDATION_FAILED, coded
from server.limits import excess, refusal, ruler, too_many_values
from server.measures import Measure
from server.settings import MOST_TOKENS, ServerSettings

MOST_BYTES = 96 * 2**20  # of all documents that are kept
TOKEN_BYTES = 600  # that a token takes in a parsed document
_TOO_DEEP = "The document is nested too deeply."
_UNREADABLE = "There is a value here that its type cannot take."


class Operation:
    """An operation of a document; of a good one it is prepared, and its cost is known."""

    def __init__(self, definition: OperationDefinitionNode | None = None) -> None:
        self.definition = definition
        self.kind = definition.operation.value if definition else ""
        self.name = definition.name.value if definition and definition.name else None
        self.lasts = self.kind == OperationType.SUBSCRIPTION.value
        self.prepared: Prepared | None = None
        self.cost: dict[str, Any] = {}
        """What an answer says of it in its `extensions`."""


class Document:
    """The document of a text, and what is wrong with it: None while it is not known.

    One that cannot be read has an operation of any name, and no kind.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.mistakes: Sequence[GraphQLError] | None = None
        self.node: DocumentNode | None = None
        self.operations: Sequence[Operation] = []
        parsed = _parsed(text)
        if isinstance(parsed, GraphQLError):
            self.mistakes = [parsed]
        else:
            self.node = parsed
            self.operations = [
                Operation(each)
                for each in parsed.definitions
                if isinstance(each, OperationDefinitionNode)
            ]
        self._named = {each.name: each for each in reversed(self.operations)}

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        tokens = self.node.token_count if self.node else 0
        return sys.getsizeof(self.text) + TOKEN_BYTES * tokens

    @property
    def is_ambiguous(self) -> bool:
        """Whether it holds several operations, so that a request must name one of them."""
        return len(self.operations) > 1

    def operation(self, name: str | None) -> Operation | None:
        """The operation of that name, or the first where none is named."""
        if self.node is None:
            return Operation()
        if name is None:
            return self.operations[0] if self.operations else None
        return self._named.get(name)


class Documents:
    """The documents of a graph, as a server's settings want them."""

    def __init__(
        self, schema: Schema, server: ServerSettings, most_bytes: int = MOST_BYTES
    ) -> None:
        hidden: list[type[ASTValidationRule]] = []
        if not server.introspection:
            hidden.append(NoSchemaIntrospectionCustomRule)
        if not server.composition:
            hidden.append(NoServiceRule)
        self._schema, self._limits = schema, server.limits
        self._rules = (*specified_rules, *hidden)
        self._suggests, self._is_uniform = server.introspection, server.uniform_errors
        self._kept: LRUCache[str, Document] = LRUCache(most_bytes, lambda each: each.size)

    def find(self, text: str) -> Document:
        """The document of a text: a good one is kept, any other is for its own request only."""
        return self._kept.get(text) or Document(text)

    def mistakes(
        self, document: Document, variables: Mapping[str, Any] | None
    ) -> Sequence[GraphQLError]:
        """What is wrong with a document, or with so many variables."""
        if document.mistakes is None:
            document.mistakes = self._examined(document)
        excessive = too_many_values(variables, self._limits) if variables else None
        return document.mistakes if excessive is None else [refusal(excessive)]

    def told(self, errors: Sequence[GraphQLError]) -> list[GraphQLError]:
        """What the caller is told of errors: strangers are not to learn anything from them."""
        known = errors if self._suggests else without_suggestions(errors)
        return list(uniform(known) if self._is_uniform else known)

    def _examined(self, document: Document) -> Sequence[GraphQLError]:
        """What is wrong with a document. A good one is kept, and its operations are prepared."""
        assert document.node is not None
        try:
            measured = ruler(self._schema._schema, document.node, self._limits)
            exceeded = excess(document.node, measured, self._limits)
            if exceeded is not None:
                return [refusal(exceeded)]
            # The other rules would go round and round.
            rules = (NoFragmentCyclesRule,) if measured.cyclic else self._rules
            errors = validate_document(self._schema._schema, document.node, rules)
        except RecursionError:
            return [coded(GraphQLError(_TOO_DEEP), VALIDATION_FAILED)]
        if not errors:  # else its cost is not told either: it would tell good names from bad ones
            self._prepare(document, dict(measured.operations))
        return [coded(_anew(error), VALIDATION_FAILED) for error in errors]

    def _prepare(self, document: Document, measures: Mapping[str | None, Measure]) -> None:
        assert document.node is not None
        fragments = Fragments.of(document.node)
        for each in document.operations:
            assert each.definition is not None
            each.prepared = Prepared(self._schema, document.node, each.definition, fragments)
            measure = measures[each.name]
            cost = {"requested": measure.cost, "rows": measure.rows, "calls": measure.calls}
            each.cost = {"cost": {**cost, "limit": self._limits.max_cost}}
        if document.size <= self._kept.maxsize:
            self._kept[document.text] = document


def _parsed(text: str) -> DocumentNode | GraphQLError:
    try:
        return parse(text, max_tokens=MOST_TOKENS, allow_empty_selection_sets=False)
    except GraphQLError as error:
        if f"more than {MOST_TOKENS} tokens" in error.message:
            return refusal(
                LimitError("tokens, at least", MOST_TOKENS + 1, MOST_TOKENS, "max_tokens")
            )
        return coded(_anew(error), "GRAPHQL_PARSE_FAILED")
    except RecursionError:
        return coded(GraphQLError(_TOO_DEEP), "GRAPHQL_PARSE_FAILED")


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
