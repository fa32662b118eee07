"""The graph against the contract that clients rely on, and against the printed schema.

A schema is compared as a set of facts, one line each: `Money.amount: Decimal!`. What the contract
says and the graph does not is listed here, exactly: whoever finishes a part takes it off the list.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from graphql import (
    DefinitionNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    GraphQLNamedType,
    GraphQLSchema,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
    build_schema,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_introspection_type,
    is_object_type,
    is_specified_scalar_type,
    parse,
    print_ast,
)
from graphql.utilities import find_breaking_changes

from schema import sdl

HERE = Path(__file__).parent
CONTRACT = (HERE / "contract.graphql").read_text("utf-8")
PRINTED = HERE.parent / "schema" / "schema.graphql"
PRINT_ANEW = "If this change is meant: pacioli schema > schema/schema.graphql"

MISSING = ""

Facts = Mapping[str, frozenset[str]]


def facts(text: str) -> Facts:
    """What a schema says of each type, by the type: `type Money`."""
    return {
        f"{print_ast(node).split()[0]} {node.name.value}": frozenset(_facts(node))
        for node in map(_plain, parse(text, no_location=True).definitions)
    }


def _plain(node: DefinitionNode) -> TypeDefinitionNode:
    """A definition without its description, so that its print begins with its kind."""
    assert isinstance(node, TypeDefinitionNode)
    return replace(node, description=None)


def _facts(node: TypeDefinitionNode) -> Iterator[str]:
    name = node.name.value
    if isinstance(node, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
        yield from (f"{name} implements {each.name.value}" for each in node.interfaces or ())
        for field in node.fields or ():
            yield from _field_facts(f"{name}.{field.name.value}", field)
    elif isinstance(node, InputObjectTypeDefinitionNode):
        yield from (_input_fact(f"{name}.{each.name.value}", each) for each in node.fields or ())
    elif isinstance(node, EnumTypeDefinitionNode):
        yield from (f"{name}.{value.name.value}" for value in node.values or ())
    elif isinstance(node, UnionTypeDefinitionNode):
        yield from (f"{name} | {member.name.value}" for member in node.types or ())


def _field_facts(place: str, field: FieldDefinitionNode) -> Iterator[str]:
    yield f"{place}: {print_ast(field.type)}"
    yield from (_input_fact(f"{place}({each.name.value}:)", each) for each in field.arguments or ())


def _input_fact(place: str, node: InputValueDefinitionNode) -> str:
    default = f" = {print_ast(node.default_value)}" if node.default_value else ""
    return f"{place}: {print_ast(node.type)}{default}"


def missing(contract: Facts, graph: Facts) -> set[str]:
    """The facts of the contract that the graph lacks; of a missing type only that it is."""
    lacking = {kind for kind in contract if kind not in graph}
    for kind in contract.keys() - lacking:
        lacking |= contract[kind] - graph[kind]
    return lacking


def demanded(contract: Facts, graph: Facts) -> set[str]:
    """What the graph wants of clients beyond the contract, within the contract's own fields."""
    known = {fact for kind in contract for fact in contract[kind]}
    places = {fact.partition("(")[0].partition(":")[0] for fact in known}
    return {
        fact
        for kind in contract.keys() & graph.keys()
        for fact in graph[kind] - known
        if fact.endswith("!")
        and (kind.startswith("input ") or ("(" in fact and fact.partition("(")[0] in places))
    }


def test_what_is_missing_is_what_the_list_says() -> None:
    assert missing(facts(CONTRACT), facts(sdl())) == set(MISSING.splitlines())


def test_nothing_beyond_the_contract_is_demanded() -> None:
    assert demanded(facts(CONTRACT), facts(sdl())) == set()


SMALL = """\
enum A { B C }
scalar S
union U = T | V
interface N { id: ID! }
input I { a: Int b: [S!]! = [1] }
type T implements N { id: ID! f(a: Int! = 1, i: I): String! }
type V { f: Int }
"""


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        ("enum A { B C }", "scalar A", "enum A"),
        (" C }", " }", "A.C"),
        ("scalar S", "input S { a: Int }", "scalar S"),
        ("= T | V", "= T", "U | V"),
        ("a: Int b", "a: Int! b", "I.a: Int"),
        ("[S!]!", "[S!]", "I.b: [S!]! = [1]"),
        ("= [1]", "= [2]", "I.b: [S!]! = [1]"),
        ("= [1]", "", "I.b: [S!]! = [1]"),
        (" implements N", "", "T implements N"),
        ("String!", "String", "T.f: String!"),
        ("Int! = 1", "Int! = 2", "T.f(a:): Int! = 1"),
        ("i: I)", "i: I!)", "T.f(i:): I"),
        (", i: I)", ")", "T.f(i:): I"),
        ("type V { f: Int }", "type W { f: Int }", "type V"),
    ],
)
def test_every_kind_of_difference_is_noticed(old: str, new: str, fact: str) -> None:
    assert SMALL.count(old) == 1
    assert missing(facts(SMALL), facts(SMALL.replace(old, new))) == {fact}


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        ("a: Int b", "a: Int c: Int! b", "I.c: Int!"),
        ("i: I)", "i: I, c: Int!)", "T.f(c:): Int!"),
        ("i: I)", "i: I, c: Int)", None),
        ("i: I)", "i: I, c: Int! = 1)", None),
        ("type V { f", "type V { g(c: Int!): Int! f", None),
        ("type V", "type W { f(c: Int!): Int } type V", None),
    ],
)
def test_additions_may_not_demand_anything(old: str, new: str, fact: str | None) -> None:
    assert SMALL.count(old) == 1
    changed = facts(SMALL.replace(old, new))
    assert missing(facts(SMALL), changed) == set()
    assert demanded(facts(SMALL), changed) == ({fact} if fact else set())


def test_the_printed_schema_is_the_graph() -> None:
    printed = PRINTED.read_text("utf-8")
    breaking = find_breaking_changes(build_schema(printed), build_schema(sdl()))
    assert [change.description for change in breaking] == [], PRINT_ANEW
    assert printed == sdl(), PRINT_ANEW


def described(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Each thing of a schema that has a description, with it."""
    for name, kind in schema.type_map.items():
        if not is_introspection_type(kind) and not is_specified_scalar_type(kind):
            yield name, kind.description
            yield from _parts(name, kind)


def _parts(name: str, kind: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    if is_enum_type(kind):
        yield from ((f"{name}.{key}", value.description) for key, value in kind.values.items())
    elif is_input_object_type(kind):
        yield from ((f"{name}.{key}", field.description) for key, field in kind.fields.items())
    elif is_object_type(kind) or is_interface_type(kind):
        for key, field in kind.fields.items():
            yield f"{name}.{key}", field.description
            for argument, value in field.args.items():
                yield f"{name}.{key}({argument}:)", value.description


def test_everything_is_described_in_sentences() -> None:
    descriptions = dict(described(build_schema(sdl())))
    assert {"Money", "Money.amount", "InvoiceStatus.PAID", "InvoiceFilter.number"} <= set(
        descriptions
    )
    assert "Query.invoices(orderBy:)" in descriptions
    wanting = {
        name: text
        for name, text in descriptions.items()
        if not text or not text[0].isupper() or not text.endswith((".", ".)", '."'))
    }
    assert wanting == {}
