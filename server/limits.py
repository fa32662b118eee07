"""What a document may ask for: its measures held against the limits of the configuration."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import DocumentNode, GraphQLError, GraphQLSchema

from resolvers.errors import LimitError
from server.measures import Measure, Ruler, Sizes, fragments, longest_name
from server.settings import Limits


def ruler(schema: GraphQLSchema, document: DocumentNode, limits: Limits) -> Ruler:
    """A document, measured with the page sizes of the limits."""
    sizes = Sizes(limits.default_page_size, limits.max_page_size, limits.max_ids)
    return Ruler(schema, document, sizes)


def excess(document: DocumentNode, measured: Ruler, limits: Limits) -> LimitError | None:
    """The first limit that a document exceeds, None if it keeps them all."""
    return next(_exceeded(document, measured, limits), None)


def refusal(error: LimitError) -> GraphQLError:
    """The error of a limit as that of a whole request."""
    return GraphQLError(str(error), extensions=error.extensions)


def _exceeded(document: DocumentNode, measured: Ruler, limits: Limits) -> Iterator[LimitError]:
    yield from _above("tokens", document.token_count, limits.max_tokens, "max_tokens")
    length = longest_name(document)
    yield from _above("characters of a name", length, limits.max_name_length, "max_name_length")
    count = len(fragments(document))
    yield from _above("fragments", count, limits.max_fragments, "max_fragments")
    at_once = "directives at one place"
    yield from _above(at_once, measured.directives, limits.max_directives, "max_directives")
    for _, measure in measured.operations:
        yield from _operation(measure, limits)
    yield from _above("fields", measured.fields, limits.max_fields, "max_fields")
    if not measured.cyclic:
        pairs = measured.overlaps()
        yield from _above("pairs of equal fields", pairs, limits.max_overlaps, "max_overlaps")


def _operation(measure: Measure, limits: Limits) -> Iterator[LimitError]:
    yield from _above("depth", measure.depth, limits.max_depth, "max_depth")
    yield from _above("root fields", measure.roots, limits.max_root_fields, "max_root_fields")
    yield from _above("aliases", measure.aliases, limits.max_aliases, "max_aliases")
    yield from _above("introspection", measure.told, limits.max_introspection, "max_introspection")
    yield from _above("cost", measure.cost, limits.max_cost, "max_cost")


def _above(what: str, value: int, limit: int, key: str) -> Iterator[LimitError]:
    if value > limit:
        yield LimitError(what, value, limit, key)


def too_many_values(variables: Mapping[str, Any] | None, limits: Limits) -> LimitError | None:
    """The error of variables that hold more values than are allowed."""
    waiting: list[Any] = [variables or {}]
    count = -1  # the variables themselves
    while waiting:
        value = waiting.pop()
        count += 1
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    exceeded = _above("variables' values", count, limits.max_variable_values, "max_variable_values")
    return next(exceeded, None)
