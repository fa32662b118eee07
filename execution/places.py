"""Where in an answer a value stands, as far as that is known before anything is run."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    VariableNode,
    is_non_null_type,
)
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Path

Indices = tuple[int, ...]
"""The positions in the lists that a value is inside of, the outermost first."""

Complete = Callable[[Any, Indices, Any], Any]
"""What makes a value into a part of the answer, given its indices and the run."""

Bind = Callable[[object, str], str]
"""Gives an object a name that begins with the text, and returns the name."""


class Field(NamedTuple):
    """A field as selected of one object type, under one key, maybe by several nodes."""

    definition: GraphQLField
    details: FieldDetailsList
    nodes: list[FieldNode]
    parent_type: GraphQLObjectType

    @property
    def label(self) -> str:
        return f"{self.parent_type}.{self.nodes[0].name.value}"


class Place:
    """A field of an object, or (without a key) the items of the list at `parent`.

    With indices it is one position of an answer. `boundary` is the nearest place, itself or
    outside of it, that can be null where a value here fails; None if only the whole answer can.
    `depth` is how many indices a position here has, `line` all places from the root to this one.
    `complete` is set when the function exists, and `members`, what is selected of each object type.
    `known` are the functions for the classes of which it is known how their objects are completed;
    `item` is the place of a list's items, and `reads` is of `reading`. The
    field's `arguments` are kept here, in the way of `Run`, unless it `varies` by variables.
    """

    complete: Complete

    def __init__(
        self, parent: "Place | None", key: str | None, type_: GraphQLOutputType, field: Field
    ) -> None:
        self.parent, self.key, self.type, self.field = parent, key, type_, field
        self.depth: int = (parent.depth if parent else 0) + (key is None)
        self.nullable = not is_non_null_type(type_)
        outer = parent.boundary if parent else None
        self.boundary: Place | None = self if self.nullable else outer
        self.line: frozenset[Place] = frozenset((self,)) | (parent.line if parent else frozenset())
        step: str | int = self.depth - 1 if key is None else key
        self.members: dict[str, Sequence[Any]] = {}
        self.known: dict[type, Complete] = {}
        self.item: Place | None = None
        self.reads: dict[Any, Any] = {}
        given = (each.value for each in field.nodes[0].arguments or ())
        self.varies = any(isinstance(each, VariableNode) for each in given)
        self.arguments: dict[Place, dict[str, Any]] = {}
        self._last: tuple[Indices, Path] | None = None
        self._steps: tuple[str | int, ...] = (*(parent._steps if parent else ()), step)

    def path(self, at: Indices) -> Path:
        """The path of the position here that has these indices (or is around them)."""
        here, last = at[: self.depth], self._last
        if last is not None and last[0] == here:  # asked by another field of the same object
            return last[1]
        prev = None if self.parent is None else self.parent.path(here)
        if self.key is None:
            path = Path(prev, here[-1], None)
        else:
            path = Path(prev, self.key, self.field.parent_type.name)
        self._last = (here, path)
        return path

    def keys(self, at: Indices) -> list[str | int]:
        """The same as a list of keys and list positions."""
        return [step if isinstance(step, str) else at[step] for step in self._steps]

    def field_path(self, at: Indices) -> Path:
        """The path of the field that the position belongs to."""
        place = self
        while place.key is None and place.parent is not None:
            place = place.parent
        return place.path(at)
