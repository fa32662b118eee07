"""How much introspection tells, held against what it does tell."""

from typing import Any

import pytest
from graphql import build_schema, get_introspection_query, graphql_sync, parse

from schema import build
from server.introspection import lengths
from server.measures import Ruler, Sizes
from server.settings import Limits

SCHEMA = build()._schema
LIMITS = Limits()
SIZES = Sizes(LIMITS.default_page_size, LIMITS.max_page_size, LIMITS.max_ids)
LARGEST = max(
    (each for each in SCHEMA.type_map.values() if hasattr(each, "fields")),
    key=lambda each: len(each.fields),
).name


def told(query: str) -> int:
    ((_, measured),) = Ruler(SCHEMA, parse(query), SIZES).operations
    return measured.told


def values(data: Any) -> int:
    """The members of all objects in an answer."""
    if isinstance(data, dict):
        return len(data) + sum(map(values, data.values()))
    return sum(map(values, data)) if isinstance(data, list) else 0


@pytest.mark.parametrize(
    "query",
    [
        get_introspection_query(),
        get_introspection_query(input_value_deprecation=True, directive_is_repeatable=True),
        "{ __schema { types { name fields { name type { name kind } args { name } } } } }",
        f'{{ __type(name: "{LARGEST}") {{ name fields {{ name }} }} }}',
        "{ __schema { types { enumValues { name } inputFields { name } } } }",
        "{ a: __schema { directives { name args { name } } } }",
    ],
)
def test_it_is_near_to_what_is_told(query: str) -> None:
    actual = values(graphql_sync(SCHEMA, query).data)
    assert 0.7 * actual < told(query) < 4 * actual


def test_tools_do_not_meet_the_limit() -> None:
    assert 2 * told(get_introspection_query()) < LIMITS.max_introspection


def test_other_fields_tell_nothing() -> None:
    assert told("{ __typename sources { name } nope { fields { name } } }") == 0


def test_fragments_and_aliases_are_counted() -> None:
    one = told("{ __schema { types { name } } }")
    twice = "{ a: __schema { ...T } b: __schema { ...T } }"
    assert told(twice + " fragment T on __Schema { types { name } }") == 2 * one


def test_the_smallest_schema() -> None:
    assert lengths(build_schema("type Query { a: Int }"))["fields"] >= 1
