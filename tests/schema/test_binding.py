"""How selections and arguments reach the resolvers, and how types find their records."""

from collections.abc import Mapping, Set
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest
import strawberry
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from execution.executor import CompiledExecutor
from schema.binding import Info, described, given, node_id, present, selected, shows_records


@strawberry.type
class Leaf:
    """An object inside of what is selected."""

    deep: int = 0


@strawberry.type
class Thing:
    """What the field below gives."""

    one: int = 1
    two: int = 2
    leaf: Leaf = strawberry.field(default_factory=Leaf)


@strawberry.type
class Query:
    """A field that notes what is selected of it."""

    @strawberry.field
    def thing(self, info: Info) -> Thing:
        seen: list[Set[str]] = info.context  # type: ignore[assignment]
        seen.append(selected(info))
        return Thing()


GRAPHS = [
    strawberry.Schema(Query, execution_context_class=each)
    for each in (StrawberryGraphQLCoreExecutionContext, CompiledExecutor)
]


def seen(query: str, **variables: Any) -> list[Set[str]]:
    """What the field finds selected, once for each time that it is resolved, by any executor."""
    both = []
    for graph in GRAPHS:
        found: list[Set[str]] = []
        result = graph.execute_sync(query, variable_values=variables, context_value=found)
        assert result.errors is None
        both.append(found)
    assert both[0] == both[1]
    return both[1]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("{ thing { one } }", {"one"}),
        ("{ thing { one two } }", {"one", "two"}),
        ("{ thing { other: one } }", {"one"}),
        ("{ alias: thing { one } }", {"one"}),
        ("{ thing { leaf { deep } } }", {"leaf"}),
        ("{ thing { __typename } }", {"__typename"}),
        ("{ thing { ... { one } } }", {"one"}),
        ("{ thing { ... on Thing { one ... on Thing { two } } } }", {"one", "two"}),
        ("{ thing { ...F } } fragment F on Thing { one leaf { deep } }", {"one", "leaf"}),
        (
            "{ thing { ...F } } fragment F on Thing { ...G two } fragment G on Thing { one }",
            {"one", "two"},
        ),
        ("{ thing { one } thing { two } }", {"one", "two"}),
        ("{ thing { one } ...Q } fragment Q on Query { thing { two } }", {"one", "two"}),
        ("{ thing { one two @skip(if: true) } }", {"one"}),
        ("{ thing { one two @skip(if: false) } }", {"one", "two"}),
        ("{ thing { one two @include(if: false) } }", {"one"}),
        ("{ thing { one two @include(if: true) } }", {"one", "two"}),
        ("{ thing { one two @include(if: true) @skip(if: true) } }", {"one"}),
        ("{ thing { one ... @skip(if: true) { two } } }", {"one"}),
        ("{ thing { one ...F @include(if: false) } } fragment F on Thing { two }", {"one"}),
        (
            "{ thing { ...F @skip(if: true) ...F } } fragment F on Thing { two }",
            {"two"},
        ),
    ],
)
def test_selected(query: str, names: Set[str]) -> None:
    assert seen(query) == [names]


@pytest.mark.parametrize(
    ("directive", "value", "names"),
    [
        ("include", True, {"one", "two"}),
        ("include", False, {"one"}),
        ("skip", True, {"one"}),
        ("skip", False, {"one", "two"}),
    ],
)
def test_selected_by_a_variable(directive: str, value: bool, names: Set[str]) -> None:
    query = f"query ($v: Boolean!) {{ thing {{ one two @{directive}(if: $v) }} }}"
    assert seen(query, v=value) == [names]


def test_the_default_of_a_variable_counts() -> None:
    query = "query ($v: Boolean = false) { thing { one two @include(if: $v) } }"
    assert seen(query) == [{"one"}]


def test_fields_under_two_aliases_are_looked_at_each() -> None:
    assert seen("{ a: thing { one } b: thing { two } }") == [{"one"}, {"two"}]


def test_chained_fragments_are_entered_once() -> None:
    links = 60  # entered for every spread they would be 2^60
    chain = "".join(f"fragment F{n} on Thing {{ ...F{n + 1} ...F{n + 1} }}" for n in range(links))
    assert seen(f"{{ thing {{ ...F0 }} }} {chain} fragment F{links} on Thing {{ one }}") == [
        {"one"}
    ]


@strawberry.input
class Filter:
    """Fields of the kinds that filters have."""

    name: str | None = strawberry.UNSET
    values: list[int] | None = strawberry.UNSET
    flag: bool | None = strawberry.UNSET


@pytest.mark.parametrize(
    ("filter_", "values"),
    [
        (None, {}),
        (strawberry.UNSET, {}),
        (Filter(), {}),
        (Filter(name=None, values=None), {}),
        (Filter(name=""), {"name": ""}),
        (Filter(values=[], flag=False), {"values": [], "flag": False}),
        (Filter(name="x", values=[0], flag=None), {"name": "x", "values": [0]}),
    ],
)
def test_given(filter_: Any, values: Mapping[str, Any]) -> None:
    assert given(filter_) == values


def test_present() -> None:
    assert present(a=None, b=strawberry.UNSET, c=0, d="", e=[]) == {"c": 0, "d": "", "e": []}


def test_types_know_their_records_by_name() -> None:
    @shows_records
    class Invoice:
        """A type of that name."""

    is_type_of = Invoice.is_type_of  # type: ignore[attr-defined]
    assert is_type_of(SimpleNamespace(typename="Invoice"), None) is True
    assert is_type_of(SimpleNamespace(typename="Payment"), None) is False


def test_node_id() -> None:
    record = SimpleNamespace(
        typename="Invoice", source=SimpleNamespace(name="a"), hint=None, key_id="7", provider_id="8"
    )
    assert node_id(record) == "SW52b2ljZTphOjo3"


def test_described_enums() -> None:
    class Colour(Enum):
        """Two colours."""

        RED = "red"
        BLUE = "blue"

    described(Colour, "Colours.", name="Paint", RED="Like fire.", BLUE="Like water.")
    definition = Colour.__strawberry_definition__  # type: ignore[attr-defined]
    assert (definition.name, definition.description) == ("Paint", "Colours.")
    assert {value.name: value.description for value in definition.values} == {
        "RED": "Like fire.",
        "BLUE": "Like water.",
    }


def test_a_value_without_a_sentence_is_refused() -> None:
    class Colour(Enum):
        """One colour."""

        RED = "red"

    with pytest.raises(KeyError, match="RED"):
        described(Colour, "Colours.")
