"""What an operation reads of the objects in a field, as far as that is known before it is run."""

import inspect
from collections.abc import Iterator, Sequence
from string import Formatter
from typing import Any

from strawberry import Info

from execution.generation import Member
from execution.places import Place
from execution.scopes import UnreadableError
from execution.unwrapping import LazyInfo

Read = frozenset[tuple[str, ...]]
"""Attributes: `("total",)`, or of an object that is one `("details", "language")`."""


def fields_read(info: Info[Any, Any]) -> frozenset[str] | None:
    """The names of the fields that are selected of the object that a resolver's field gives.

    None where the operation is not compiled.
    """
    if not isinstance(info, LazyInfo):
        return None
    reads: dict[Any, frozenset[str]] = info.place.reads
    if None not in reads:
        places = (each.place for each in _members(info.place))
        names = (each.field.nodes[0].name.value if each else "__typename" for each in places)
        reads[None] = frozenset(names)
    return reads[None]


def attributes_read(info: Info[Any, Any], *paths: Sequence[str]) -> Read | None:
    """The attributes that are read of the objects at paths of field names below a resolver's field.

    None where resolvers are asked of which nothing is known, or the operation is not compiled.
    """
    if not isinstance(info, LazyInfo):
        return None
    place = info.place
    reads: dict[Any, Read | None] = place.reads
    if paths not in reads:
        try:
            found = (_attributes(each) for path in paths for each in _below(place, path))
            reads[paths] = frozenset(read for each in found for read in each)
        except UnreadableError:
            reads[paths] = None
    return reads[paths]


def _below(place: Place, path: Sequence[str]) -> Iterator[Place]:
    """The places at a path of field names, in lists of them their items."""
    if place.item is not None:
        yield from _below(place.item, path)
    elif not path:
        yield place
    else:
        for member in _members(place):
            if member.place and member.place.field.nodes[0].name.value == path[0]:
                yield from _below(member.place, path[1:])


def _attributes(place: Place) -> Iterator[tuple[str, ...]]:
    """Raises UnreadableError."""
    for member in _members(place):
        if member.inline is not None:
            assert member.place is not None
            yield from _of_inline(member.inline, member.place)
        elif member.attribute is not None:
            assert member.place is not None
            inside = [read for each in _below(member.place, ()) for read in _attributes(each)]
            yield from ((member.attribute, *read) for read in inside or [()])
        elif member.place is not None:
            raise UnreadableError


def _of_inline(inline: Any, place: Place) -> Iterator[tuple[str, ...]]:
    """What is read by something that says what it is. Raises UnreadableError."""
    if inline is None:
        raise UnreadableError
    for text in (inline.expression, *inline.parts.values()):
        names = (name for _, name, _, _ in Formatter().parse(text) if name)
        yield from ((name,) for name in names if name not in inline.names and name != "one")
    if inline.one:
        inside = [read for each in _below(place, ()) for read in _attributes(each)]
        yield from ((inline.one, *read) for read in inside or [()])
    elif inline.parts:
        for member in _members(place):
            if member.place is not None:
                shown = inspect.getattr_static(inline.of, member.attribute or "", None)
                yield from _of_inline(getattr(shown, "inline", None), member.place)


def _members(place: Place) -> Iterator[Member]:
    for members in place.members.values():
        yield from members
