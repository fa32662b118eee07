"""What strangers are not told of mistakes: names that they could not know."""

from collections.abc import Sequence
from typing import Any

from graphql import FieldNode, GraphQLError
from graphql.validation import ValidationRule

from server.errors import VALIDATION_FAILED, coded, is_of_variables

_SUGGESTION = " Did you mean "
INVALID = "This is no valid document of this graph."
MISFIT = "The variables are not what the document asks for."
NO_ENTITY = "This stands for nothing here."


class NoServiceRule(ValidationRule):
    """Refuses to show the schema to composers."""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        if node.name.value == "_service":
            message = "The schema is not shown here: the field '_service' has been disabled."
            self.report_error(GraphQLError(message, node))


def without_suggestions(errors: Sequence[GraphQLError]) -> Sequence[GraphQLError]:
    """The errors without the names that would have been right."""
    return [_reworded(each, _without_suggestion(each.message)) for each in errors]


def uniform(errors: Sequence[GraphQLError]) -> Sequence[GraphQLError]:
    """One and the same error for whatever is wrong with a document, and one for its variables.

    One for each representation as well that a gateway may not send.
    """
    for each in errors:
        if (each.extensions or {}).get("code") == VALIDATION_FAILED:
            return [coded(GraphQLError(INVALID), VALIDATION_FAILED)]
        if is_of_variables(each):
            return [coded(GraphQLError(MISFIT), "BAD_USER_INPUT")]
    return [_reworded(each, NO_ENTITY) if _is_of_entity(each) else each for each in errors]


def _is_of_entity(error: GraphQLError) -> bool:
    node = error.nodes[0] if error.nodes else None
    is_wrong = (error.extensions or {}).get("code") == "BAD_USER_INPUT"
    return is_wrong and isinstance(node, FieldNode) and node.name.value == "_entities"


def _without_suggestion(message: str) -> str:
    """A suggestion is at the end. What is before may be a client's, and as long as it likes."""
    text, found, _ = message.rpartition(_SUGGESTION)
    return text if found and message.endswith("?") else message


def _reworded(error: GraphQLError, message: str) -> GraphQLError:
    return GraphQLError(
        message,
        error.nodes,
        error.source,
        error.positions,
        error.path,
        error.original_error,
        error.extensions,
    )
