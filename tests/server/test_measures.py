"""Measures: what they count, and that they take no longer than the document is long."""

from collections.abc import Callable

import pytest
from graphql import get_introspection_query, parse
from hypothesis import given
from hypothesis import strategies as st

from schema import build
from server.measures import CEILING, DEEPEST, Measure, Ruler, Sizes
from server.settings import Limits

SCHEMA = build()._schema
SIZES = Sizes(25, 100, 300)


def ruler(text: str) -> Ruler:
    return Ruler(SCHEMA, parse(text), SIZES)


def measure(text: str) -> Measure:
    ((_, only),) = ruler(text).operations
    return only


@pytest.mark.parametrize(
    ("text", "rows", "calls"),
    [
        ("{ sources { name } __typename }", 0, 0),
        ("{ invoices { nodes { id } } }", 25, 1),
        ("{ invoices(first: 7) { nodes { id source { name } } } }", 7, 1),
        ("{ invoices(last: 7) { edges { node { id } } } }", 7, 1),
        ("{ invoices(first: 0) { totalCount } }", 0, 1),
        ("{ invoices(first: -7) { totalCount } }", 0, 1),
        ("{ invoices(first: 5000) { totalCount } }", 100, 1),
        ("{ invoices(first: 99999999999999999999) { totalCount } }", 100, 1),
        ("query ($n: Int = 1) { invoices(first: $n) { totalCount } }", 100, 1),
        ("{ a: invoices(first: 7) { totalCount } b: payments(first: 5) { totalCount } }", 12, 2),
        ("{ invoices(first: 10) { nodes { payments(first: 3) { nodes { id } } } } }", 40, 11),
        ("{ payments(first: 10) { nodes { invoice { number } } } }", 20, 11),
        ("{ payments(first: 2) { nodes { invoice { payments(first: 3) { totalCount } } } } }",
         2 + 2 * (1 + 3), 1 + 2 * 2),
        ('{ invoice(id: "x") { number } }', 1, 1),
        ('{ nodes(ids: ["a", "b", "c"]) { id } }', 3, 3),
        ("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", 300, 300),
        ('{ nodes(ids: ["a", "b"]) { ... on Invoice { payments(first: 5) { id } } } }', 12, 4),
        ("{ ...A ...A } fragment A on Query { invoices(first: 7) { totalCount } }", 7, 1),
        ("{ ... { invoices(first: 7) { totalCount } } }", 7, 1),
        ("{ ... on Query { invoices(first: 7) { totalCount } } }", 7, 1),
        ("{ ...Missing nope { invoices } }", 0, 0),
    ],
)  # fmt: skip
def test_cost(text: str, rows: int, calls: int) -> None:
    measured = measure(text)
    assert (measured.rows, measured.calls) == (rows, calls)
    assert measured.cost == rows + calls


@pytest.mark.parametrize(
    ("text", "depth", "fields", "aliases", "roots"),
    [
        ("{ a }", 1, 1, 0, 1),
        ("{ a b: c { d e: f } }", 2, 4, 2, 2),
        ("{ ...A ...A } fragment A on Query { a b { c } }", 2, 3, 0, 2),
        ("{ a { ...A } } fragment A on X { b { ...B } } fragment B on Y { c }", 3, 3, 0, 1),
        ("{ ... { ... { a } } }", 1, 1, 0, 1),
    ],
)
def test_extent(text: str, depth: int, fields: int, aliases: int, roots: int) -> None:
    measured = measure(text)
    assert (measured.depth, measured.fields) == (depth, fields)
    assert (measured.aliases, measured.roots) == (aliases, roots)


def test_a_document_is_the_sum_of_its_operations_and_unused_fragments() -> None:
    measured = ruler("query A { a } query B { b c } fragment F on X { d e f }")
    assert [(name, each.fields) for name, each in measured.operations] == [("A", 1), ("B", 2)]
    assert measured.fields == 6


def test_operations_of_one_name_are_all_measured() -> None:
    twice = ruler("query A { invoices(first: 7) { totalCount } } query A { a }")
    assert [each.rows for _, each in twice.operations] == [7, 0]
    assert twice.fields == 3


def test_directives_are_those_at_one_place() -> None:
    assert ruler("{ a @x @y b @x ... @x @y @z { c } }").directives == 3
    assert ruler("query A @x @y { a }").directives == 2


@pytest.mark.parametrize(
    "text",
    [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { a { ...B } } fragment B on X { b { ...A } }",
        "{ a } fragment A on Query { a { ...A } }",
    ],
)
def test_cycles_end(text: str) -> None:
    assert ruler(text).cyclic


def test_the_same_fragment_twice_is_no_cycle() -> None:
    assert not ruler("{ ...A ...A } fragment A on Query { ...B } fragment B on Query { a }").cyclic


def doubling(count: int) -> str:
    """Fragments that each spread the next one under two aliases: 2^count of the last."""
    links = (
        f"fragment F{n} on Invoice {{ a: payments {{ nodes {{ invoice {{ ...F{n + 1} }} }} }} "
        f"b: payments {{ nodes {{ invoice {{ ...F{n + 1} }} }} }} }}"
        for n in range(count)
    )
    last = f"fragment F{count} on Invoice {{ id }}"
    return f"{{ invoices {{ nodes {{ ...F0 }} }} }} {' '.join(links)} {last}"


FORMS: dict[str, Callable[[int], str]] = {
    "aliases": lambda n: "{" + " ".join(f"a{i}: sources {{ name }}" for i in range(n)) + "}",
    "depth": lambda n: "{ a " * n + "}" * n,
    "fragments": lambda n: doubling(n // 5),
    "spreads": lambda n: "{" + "...F " * n + "} fragment F on Query { sources { name } }",
    "inline": lambda n: "{ ... " * n + "{ a }" + "}" * n,
    "operations": lambda n: " ".join(f"query Q{i} {{ sources {{ name }} }}" for i in range(n)),
    "unused": lambda n: "{ a }" + " ".join(f"fragment F{i} on Query {{ a }}" for i in range(n)),
}


@pytest.mark.parametrize("form", FORMS)
def test_twice_the_document_takes_twice_the_steps(form: str) -> None:
    """With the search for equal fields, which is not begun where there are too many fields."""

    def steps(count: int) -> int:
        measured = ruler(FORMS[form](count))
        if measured.fields <= Limits().max_fields:
            measured.overlaps()
        return measured.steps

    assert steps(80) <= 2.2 * steps(40)
    assert steps(80) <= 5 * Limits().max_fields


def test_what_explodes_is_counted_without_being_entered() -> None:
    exploding = ruler(doubling(15))
    ((_, measured),) = exploding.operations
    assert measured.rows == CEILING
    assert measured.fields > 2**15
    assert exploding.steps < 200


@pytest.mark.parametrize("levels", [DEEPEST, 200])
def test_what_is_nested_too_deeply_is_not_entered(levels: int) -> None:
    chain = (f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(levels))
    last = f"fragment F{levels} on Query {{ a }}"
    assert measure(f"{{ ...F0 }} {' '.join(chain)} {last}").depth == CEILING
    assert measure("{ a " * (DEEPEST + 1) + "}" * (DEEPEST + 1)).depth > DEEPEST


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("{ a b c }", 0),
        ("{ a a a }", 3),
        ("{ a b: a }", 0),
        ("{ a { b } a { b } }", 2),
        ("{ a { b c } ...A } fragment A on X { a { b } ...A2 } fragment A2 on X { a }", 4),
        ("{ a ... { a ... { a } } }", 3),
        ("{ b } fragment A on X { a a } fragment B on X { a a ...A }", 7),
    ],
)
def test_overlaps(text: str, pairs: int) -> None:
    assert ruler(text).overlaps() == pairs


def test_introspection_is_cheap() -> None:
    measured = ruler(get_introspection_query())
    assert measure(get_introspection_query()).cost == 0
    assert measured.fields < 500
    assert measured.overlaps() < 100


NAMES = st.sampled_from(["invoices", "payments", "nodes", "edges", "node", "invoice", "source"])


@given(st.recursive(NAMES, lambda inner: st.lists(inner, min_size=1, max_size=4), max_leaves=30))
def test_a_selection_costs_at_least_each_of_its_parts(tree: object) -> None:
    def text(node: object, above: str = "invoices") -> str:
        if isinstance(node, str):
            return node
        assert isinstance(node, list)
        return f"{above} {{ {' '.join(text(each, 'nodes') for each in node)} }}"

    part = text(tree)
    alone, beside = measure(f"{{ {part} }}"), measure(f"{{ payments {{ totalCount }} {part} }}")
    assert beside.cost == alone.cost + 26
    assert beside.depth >= alone.depth
