"""The graph against the one that was released last: clients and composers rely on that.

A change that breaks them is named here. If it is meant, it belongs into a new major version and the
changelog, and `schema/released.graphql` is written anew when that is released.
"""

from collections.abc import Iterator, Mapping, Set
from pathlib import Path

import pytest
from graphql import TypeDefinitionNode, build_schema, parse, print_ast
from graphql.utilities import find_breaking_changes

from schema import subgraph_sdl

RELEASED = (Path(__file__).parents[2] / "schema" / "released.graphql").read_text("utf-8")
PROMISES = {"key", "shareable"}
"""Directives that a supergraph rests on; the others take something away from it."""


def breaking(released: str, present: str) -> Iterator[str]:
    """What breaks who relies on the released schema, a sentence each."""
    old, new = (build_schema(text, assume_valid=True) for text in (released, present))
    yield from (change.description for change in find_breaking_changes(old, new))
    before, after = directives(released), directives(present)
    for place in sorted(before.keys() & after.keys()):
        for each in sorted(before[place] ^ after[place]):
            lost = each in before[place]
            if lost is (each.partition("(")[0].lstrip("@") in PROMISES):
                yield f"{place} {'lost' if lost else 'got'} {each}."


def directives(text: str) -> Mapping[str, Set[str]]:
    """The directives on each type and field that has some or none."""
    found: dict[str, Set[str]] = {}
    for node in parse(text, no_location=True).definitions:
        if isinstance(node, TypeDefinitionNode):
            name = node.name.value
            found[name] = set(map(print_ast, node.directives or ()))
            for field in getattr(node, "fields", None) or ():
                found[f"{name}.{field.name.value}"] = set(map(print_ast, field.directives or ()))
    return found


def test_nothing_that_was_released_is_broken() -> None:
    assert list(breaking(RELEASED, subgraph_sdl())) == [], "See the beginning of this file."


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("  checks: Int\n", "  cheques: Int\n", "SalesAggregate.checks was removed."),
        ("  status: InvoiceStatus!\n", "  status: String!\n", "Invoice.status changed type"),
        (
            "  statuses: [InvoiceStatus!]",
            "  states: [InvoiceStatus!]",
            "InvoiceFilter.statuses was removed.",
        ),
        ("  PAID\n", "  PAYED\n", "InvoiceStatus.PAID was removed."),
        (
            "type Invoice implements Node",
            "type Invoice",
            "Invoice no longer implements interface Node.",
        ),
        (' @key(fields: "id")', "", 'Invoice lost @key(fields: "id").'),
        ("type Money @shareable", "type Money", "Money lost @shareable."),
        (
            "  status: InvoiceStatus!\n",
            "  status: InvoiceStatus! @inaccessible\n",
            "got @inaccessible",
        ),
    ],
)
def test_what_would_be_broken_is_named(old: str, new: str, named: str) -> None:
    present = subgraph_sdl()
    assert old in present
    assert any(named in each for each in breaking(RELEASED, present.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("type Money @shareable {", "type Money @shareable {\n  more: Int @shareable"),
        ("type Query {", "type Query {\n  more(than: Int): Int"),
        ("scalar JSON", "scalar JSON\n\ntype More { than: Int }"),
    ],
)
def test_what_is_added_breaks_nothing(old: str, new: str) -> None:
    present = subgraph_sdl()
    assert old in present
    assert list(breaking(RELEASED, present.replace(old, new))) == []
