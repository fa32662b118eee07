"""How graph types are bound to records: by name and by attribute, copying nothing."""

from collections.abc import Mapping, Set
from enum import Enum
from typing import Any, TypeVar

import strawberry
from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode
from strawberry.types.nodes import convert_directives

from execution.classes import decided_by_class
from execution.inlining import read_in_place
from execution.reading import attributes_read, fields_read
from resolvers.context import Context
from resolvers.identifiers import GLOBAL_ID, global_id

_OF_ALL_ROWS = {"sources", "providers", "created_from", "created_to"}
T = TypeVar("T", bound=type)
E = TypeVar("E", bound=type[Enum])
Info = strawberry.Info[Context, None]
HasSelections = FieldNode | InlineFragmentNode | FragmentDefinitionNode


def shows_records(cls: T) -> T:
    """A graph type whose objects are views that carry its name as `typename`."""

    @decided_by_class
    def is_type_of(value: Any, _: Any) -> bool:
        return bool(value.typename == cls.__name__)

    cls.is_type_of = staticmethod(is_type_of)  # type: ignore[attr-defined]
    return cls


def described(kind: E, description: str, name: str | None = None, **values: str) -> E:
    """An enum of the records as an enum of the graph, with a sentence for each value."""
    graph_enum = strawberry.enum(kind, name=name, description=description)
    for value in graph_enum.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = values[value.name]
    return graph_enum


@read_in_place(GLOBAL_ID)
def node_id(root: Any) -> strawberry.ID:
    """The resolver of every `id`."""
    return strawberry.ID(global_id(root))


def given(arguments: Any) -> Mapping[str, Any]:
    """What a client gave of an input object's fields: null counts as absent, as does no object."""
    if arguments is None or arguments is strawberry.UNSET:
        return {}
    return present(**vars(arguments))


def present(**arguments: Any) -> Mapping[str, Any]:
    """The arguments that have a value."""
    unset = strawberry.UNSET
    return {
        name: value for name, value in arguments.items() if value is not None and value is not unset
    }


def selected(info: Info) -> Set[str]:
    """The names of the fields that are selected of the object that a resolver gives.

    Each fragment is entered once: Strawberry's own `selected_fields` enters it for every spread,
    so that twenty fragments that each spread the next one twice are a million.
    """
    known = fields_read(info)
    if known is not None:
        return known
    raw = info._raw_info
    names: set[str] = set()
    entered: set[str] = set()
    holders: list[HasSelections] = list(raw.field_nodes)
    while holders:
        selections = holders.pop().selection_set
        for selection in selections.selections if selections else ():
            if not _included(convert_directives(raw, selection.directives)):
                continue
            if isinstance(selection, FieldNode):
                names.add(selection.name.value)
            elif isinstance(selection, InlineFragmentNode):
                holders.append(selection)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in entered:
                entered.add(selection.name.value)
                holders.append(raw.fragments[selection.name.value])
    return names


def note_selection(info: Info, kind: str, restrictions: Mapping[str, Any]) -> None:
    """Tells the context what is read of the rows of a list, so that no more is decoded.

    A filter reads more.
    """
    known = restrictions.keys() <= _OF_ALL_ROWS
    read = attributes_read(info, ("nodes",), ("edges", "node")) if known else None
    info.context.selects(kind, read)


def _included(directives: Mapping[str, Any]) -> bool:
    skipped = directives.get("skip", {}).get("if", False)
    return not skipped and bool(directives.get("include", {}).get("if", True))
