"""Writes the functions of one operation as Python source and makes them callable.

An object becomes a dict literal. Before it each field is evaluated in a `try` of its own, which
costs nothing while nothing is raised.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import EnumMeta
from functools import partial
from typing import Any, NamedTuple

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLString,
    Undefined,
    get_nullable_type,
    is_scalar_type,
)

from execution.classes import PLAIN
from execution.completion import admit, refuse
from execution.places import Complete, Place

_PLAINLY: dict[Any, str] = {
    GraphQLString: "type(v) is str",
    GraphQLID: "type(v) is str",
    GraphQLBoolean: "v is True or v is False",
    GraphQLInt: "type(v) is int and -2147483648 <= v <= 2147483647",
    GraphQLFloat: "type(v) is float and v - v == 0.0",
}
"""When a value, `v`, is its own serialization, by the types of graphql-core itself."""


Objects = Callable[[tuple[str, ...]], Callable[..., Any]]
"""Gives what makes objects with some keys of their values; these can be got and set by key."""


class Member(NamedTuple):
    """A key of an object: the expression of its value before it is completed.

    Without a place it is `__typename`. With an `attribute` nothing but that is read; `inline` is
    what a resolver says that it does (see `inlining`). So it is in runs where all `conditions` are
    true.
    """

    key: str
    place: Place | None
    expression: str
    attribute: str | None = None
    inline: Any = None
    conditions: Sequence[str] = ()

    @property
    def gives_object(self) -> bool:
        """Whether a resolver says that it gives an object."""
        return self.inline is not None and bool(self.inline.parts or self.inline.one)


class Generator:
    """Makes the functions of an operation, inner objects first, and names what they use."""

    def __init__(self, objects: Objects | None = None) -> None:
        self.plain = set(PLAIN)
        self._objects = objects
        self._namespace: dict[str, Any] = {
            "plain": self.plain,
            "admit": admit,
            "Undefined": Undefined,
        }
        self._names: dict[int, str] = {}
        self._enums: dict[GraphQLEnumType, dict[int, str]] = {}

    def bind(self, value: object, hint: str) -> str:
        """A name for an object; always the same for the same one."""
        name = self._names.get(id(value))
        if name is None:
            name = self._names[id(value)] = f"{hint}_{len(self._namespace)}"
            self._namespace[name] = value  # which keeps it, so that no other object gets its id
        return name

    def define(self, typename: str, members: Sequence[Member], place: Place | None) -> Complete:
        """The function that completes objects of one type.

        With a place it takes whatever value is there, with none only what is known to be an object.
        """
        lines: list[str] = []
        if place is not None:
            where = self.bind(place, "P")
            lines.append(f"    if type(s) not in plain and admit(s, {where}, p, r) is None:")
            lines.append("        return None")
        for number, member in enumerate(members):
            if member.place is not None:
                lines += self.field(member.place, member.expression, f"f{number}")
        values = {
            member.key: f"f{number}" if member.place else member.expression
            for number, member in enumerate(members)
        }
        lines.append(f"    return {self.object(values)}")
        return self.made(f"complete_{typename}", lines)

    def object(self, values: Mapping[str, str]) -> str:
        """An expression of an object of the answer, by its keys and the names of their values."""
        if self._objects is None:
            return f"{{{', '.join(f'{key!r}: {name}' for key, name in values.items())}}}"
        return f"{self.bind(self._objects(tuple(values)), 'object')}({', '.join(values.values())})"

    def made(self, hint: str, lines: Sequence[str]) -> Complete:
        """The function with these lines, of `s`, the source, `p`, the indices, and `r`, the run."""
        name = f"{hint}_{len(self._namespace)}"
        source = "\n".join((f"def {name}(s, p, r):", *lines))
        exec(source, self._namespace)  # noqa: S102 - all of it is written here
        function: Complete = self._namespace[name]
        return function

    def field(self, place: Place, expression: str, target: str) -> Sequence[str]:
        """Evaluates and completes one field, whatever happens."""
        where = self.bind(place, "P")
        return (
            "    try:",
            f"        v = {expression}",
            f"        {target} = {self.completed(place)}",
            "    except Exception as e:",
            f"        {target} = r.fail({where}, e, p)",
        )

    def completed(self, place: Place) -> str:
        """Completes `v`: what is common inline, the rest by the place's function."""
        type_: Any = get_nullable_type(place.type)
        call = f"{self.bind(place.complete, 'complete')}(v, p, r)"
        if plainly := _PLAINLY.get(type_):
            call = f"v if {plainly} else {call}"
        elif names := self._enum_names(type_):
            call = f"{self.bind(names, 'names')}.get(id(v)) or {call}"
        elif is_scalar_type(type_):
            coerced = f"w := {self.bind(type_.coerce_output_value, 'coerce')}(v)"
            refused = f"{self.bind(partial(refuse, type_), 'refuse')}(v, w)"
            good = f"w if ({coerced}) is not None and w is not Undefined else {refused}"
            call = f"({good}) if type(v) in plain else {call}"
        return f"None if v is None else {call}" if place.nullable else call

    def _enum_names(self, type_: Any) -> dict[int, str]:
        """The names of an enum's members in the graph, by the members' identity."""
        members = getattr(type_, "wrapped_cls", ())
        if not isinstance(type_, GraphQLEnumType) or not isinstance(members, EnumMeta):
            return {}
        if type_ not in self._enums:
            every: list[Any] = list(members)
            names = {id(each): type_.coerce_output_value(each) for each in every}
            self._enums[type_] = names
        return self._enums[type_]
