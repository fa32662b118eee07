"""What the schema tells composers."""

import re
from collections.abc import Iterator

import pytest
from graphql import ObjectTypeDefinitionNode, SchemaDefinitionNode, parse, print_ast

from schema import sdl, subgraph_sdl
from schema.composition import without_protocol

DEFINITIONS = parse(subgraph_sdl(), no_location=True).definitions
OBJECTS = {
    each.name.value: each for each in DEFINITIONS if isinstance(each, ObjectTypeDefinitionNode)
}
NATURAL = '@key(fields: "source { name } providerId")'
BY_ID = '@key(fields: "id")'


def directives(node: object) -> list[str]:
    return [print_ast(each) for each in getattr(node, "directives", None) or ()]


def test_the_keys_are_those_of_the_contract() -> None:
    keys = {name: directives(each) for name, each in OBJECTS.items()}
    assert {name: kept for name, kept in keys.items() if any("@key" in each for each in kept)} == {
        "Invoice": [BY_ID, NATURAL],
        "Payment": [BY_ID, NATURAL],
        "ExportTask": [BY_ID, NATURAL],
        "SalesAggregate": [BY_ID],
        "Source": [BY_ID, '@key(fields: "name")'],
    }


def test_values_are_shareable_and_nothing_else_is() -> None:
    shared = {name for name, each in OBJECTS.items() if "@shareable" in directives(each)}
    own = {name for name in OBJECTS if name.endswith(("Connection", "Edge"))}
    own |= {"Query", "Subscription", "Invoice", "Payment", "ExportTask", "SalesAggregate", "Source"}
    assert {"Money", "PageInfo", "SourceError", "YumeInvoice"} <= shared
    assert shared == OBJECTS.keys() - own


def test_what_is_looked_up_by_any_id_is_no_part_of_a_supergraph() -> None:
    fields = {each.name.value: directives(each) for each in OBJECTS["Query"].fields or ()}
    hidden = {name for name, kept in fields.items() if "@inaccessible" in kept}
    assert hidden == {"node", "nodes"}


def names(text: str) -> Iterator[str]:
    for each in parse(text, no_location=True).definitions:
        name = getattr(each, "name", None)
        yield from [name.value] if name else []


def test_it_is_the_graph_and_holds_nothing_of_the_protocol() -> None:
    assert list(names(subgraph_sdl(scopes=True))) == list(names(sdl()))
    assert "_entities" not in subgraph_sdl()
    assert "_service" not in subgraph_sdl()
    assert "_entities" not in sdl()


def test_the_protocol_is_taken_out() -> None:
    text = "type Query { a: Int _service: _Service! } scalar _Any type _Service { sdl: String! }"
    assert without_protocol(text) == "type Query {\n  a: Int\n}"


@pytest.mark.parametrize("scopes", [False, True])
def test_what_is_imported_is_what_is_used(scopes: bool) -> None:
    text = subgraph_sdl(scopes=scopes)
    schema = next(
        each for each in parse(text).definitions if isinstance(each, SchemaDefinitionNode)
    )
    (link,) = directives(schema)
    assert "federation/v2.5" in link
    names = {"@inaccessible", "@key", "@shareable"} | ({"@requiresScopes"} if scopes else set())
    assert set(re.findall(r'"(@\w+)"', link)) == names
    assert all(f" {name}" in text for name in names)
    assert ("directive @requiresScopes" in text) is not scopes
