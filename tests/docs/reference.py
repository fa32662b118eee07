"""The reference of the schema as a page: `python -m tests.docs.reference` writes it anew."""

from collections.abc import Iterator, Mapping

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_introspection_type,
    is_specified_scalar_type,
    print_ast,
)

from schema import sdl
from tests.docs.pages import ROOT

FILE = ROOT / "docs" / "reference.md"
HEAD = """\
# Schema reference

Made from the schema by `make reference`; `pacioli schema` prints it in GraphQL's own language. The
[cookbook](cookbook.md) has queries, [paging](paging.md) tells what lists promise.
"""
FIRST = ("Query", "Subscription")


def reference() -> str:
    """The page."""
    types = build_schema(sdl()).type_map
    ours = [
        kind
        for kind in types.values()
        if not is_introspection_type(kind) and not is_specified_scalar_type(kind)
    ]
    ours.sort(key=lambda kind: (kind.name not in FIRST, kind.name))
    return "\n".join([HEAD, *(line for kind in ours for line in _type(kind))])


def _type(kind: GraphQLNamedType) -> Iterator[str]:
    yield f"## {kind.name}\n"
    yield f"{_line(kind.description)}\n"
    if isinstance(kind, GraphQLUnionType):
        yield f"One of {', '.join(_link(each) for each in kind.types)}.\n"
    elif isinstance(kind, GraphQLEnumType):
        values = ((f"`{name}`", value.description) for name, value in kind.values.items())
        yield from _table(("value", "meaning"), values)
    elif isinstance(kind, GraphQLInputObjectType):
        yield from _table(("key", "type", "meaning"), map(_input, kind.fields.items()))
    elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        yield from _fields(kind.fields)


def _fields(fields: Mapping[str, GraphQLField]) -> Iterator[str]:
    told = ((f"`{name}`", _link(each.type), each.description) for name, each in fields.items())
    yield from _table(("field", "type", "meaning"), told)
    for name, each in fields.items():
        if each.args:
            yield f"Arguments of `{name}`:\n"
            yield from _table(("argument", "type", "meaning"), map(_input, each.args.items()))


def _input(item: tuple[str, GraphQLInputField | GraphQLArgument]) -> tuple[str, str, str]:
    name, value = item
    told = _line(value.description)
    default = value.ast_node and value.ast_node.default_value
    if default:
        told += f" Without it `{print_ast(default)}`."
    return f"`{name}`", _link(value.type), told


def _table(titles: tuple[str, ...], rows: Iterator[tuple[str | None, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(titles)} |\n| {' | '.join('---' for _ in titles)} |"
    for row in rows:
        yield f"| {' | '.join(_line(cell) for cell in row)} |"
    yield ""


def _link(kind: object) -> str:
    """A type with its marks; one of ours leads to where it is told."""
    named = get_named_type(kind)  # type: ignore[call-overload]
    text = f"`{kind}`"
    return text if is_specified_scalar_type(named) else f"[{text}](#{named.name.lower()})"


def _line(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


if __name__ == "__main__":
    FILE.write_text(reference(), "utf-8")
