"""Functions for the objects of one class, in which attributes are read in place.

Most of a wide answer is attributes of rows that each take a call or more. A class can say what its
attributes are in Python instead: an attribute by `inline` (see `Inline`), the class by `__parts__`,
expressions over `{s}`, an object. All such attributes of an object, and those of objects inside of
it, are then read in one function, without an object for what is inside. If anything there is not
as it mostly is, nothing has happened yet: the general function is called, which knows what to do.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple, Protocol

from graphql import (
    GraphQLBoolean,
    GraphQLID,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
)

from execution.generation import Generator, Member
from execution.guards import Guard
from execution.places import Complete, Place

_AS_IT_IS: Mapping[Any, Any] = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}
"""The classes whose objects are their own serialization."""


_writing = Lock()


class Inline(Protocol):
    """What an attribute is.

    `expression` has names in braces: parts of the object, entries of `names`, other attributes of
    its class, `{t}`, where a value can be kept, and `{write}`, what serializes the field's type. It
    raises where the attribute does, or more often. `kind` is the class of its values but None,
    if there is one. `forms` are expressions of what serializers of a form give: see `in_form`. An
    object is said by `parts`, of which the first is None where there is none, and the class `of`
    that has its attributes; its `typename`, if it has one, is that of its object type.
    """

    expression: str
    names: Mapping[str, object]
    kind: Any
    forms: Mapping[str, str]
    parts: Mapping[str, str]
    of: Any


def in_form(form: str) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """Declares in which form a serializer writes, so that values can be given in it at once."""

    def declared(serialize: Callable[..., str]) -> Callable[..., str]:
        serialize.form = form  # type: ignore[attr-defined]
        return serialize

    return declared


class _UnreadableError(Exception):
    """Something has to be asked of an object."""


class _Scope(dict[str, str]):
    """What names in expressions stand for: parts of an object, else attributes of its class."""

    def __init__(self, parts: Mapping[str, str], kind: type, bind: Callable[..., str]) -> None:
        super().__init__(parts)
        self._kind, self._bind = kind, bind

    def __missing__(self, name: str) -> str:
        found = inspect.getattr_static(self._kind, name)
        if isinstance(found, str):
            return repr(found)
        return f"({self.said(self.inline(name), None)})"

    def inline(self, name: str) -> Any:
        """What says how the attribute is read."""
        found = inspect.getattr_static(self._kind, name, None)
        inline = getattr(found, "inline", None)
        if inline is None:
            raise _UnreadableError
        return inline

    def is_never(self, name: str) -> bool:
        """Whether no object of the class has the attribute: the class says that it is None."""
        return inspect.getattr_static(self._kind, name, self) is None

    def said(self, inline: Inline, expression: str | None, **more: str) -> str:
        """An expression in the names of generated code."""
        names = {name: self._bind(value, name) for name, value in inline.names.items()}
        text = inline.expression if expression is None else expression
        return text.format_map(_Scope({**self, **names, **more}, self._kind, self._bind))


class _Target(NamedTuple):
    """Lines of source and the name of what they compute."""

    lines: Sequence[str]
    name: str


def inlined(
    schema: GraphQLSchema,
    generator: Generator,
    kind: type,
    members: Sequence[Member],
    general: Complete,
) -> Complete:
    """The function for objects of a class; the general one if the class says nothing.

    Or if objects are too deep in each other for Python.
    """
    if not hasattr(kind, "__parts__"):
        return general
    try:
        with _writing:
            return _Function(schema, generator, general).made(kind, members)
    except (SyntaxError, RecursionError):
        return general


class _Function:
    """Writes one such function."""

    def __init__(self, schema: GraphQLSchema, generator: Generator, general: Complete) -> None:
        self._schema, self._generator = schema, generator
        self._instead = f"return {generator.bind(general, 'general')}(s, p, r)"
        self._count = 0
        self._guards: list[Guard] = []

    def made(self, kind: Any, members: Sequence[Member]) -> Complete:
        parts = {part: self._new(part) for part in kind.__parts__}
        scope = _Scope(parts, kind, self._generator.bind)
        inside = [f"{parts[part]} = {text.format(s='s')}" for part, text in kind.__parts__.items()]
        behind: list[str] = []
        values = []
        for member in members:
            try:
                target = self._member(member, scope)
                inside += target.lines
            except _UnreadableError:
                target = self._asked(member)
                behind += target.lines
            values.append(f"{member.key!r}: {target.name}")
        if self._guards:
            guards = self._generator.bind(tuple(dict.fromkeys(self._guards)), "guards")
            inside.insert(0, f"if not r.admits({guards}): {self._instead}")
        body = (
            "    try:",
            *(f"        {line}" for line in inside),
            f"    except Exception: {self._instead}",
            *behind,
            f"    return {{{', '.join(values)}}}",
        )
        return self._generator.made(f"inline_{kind.__name__}", body)

    def _asked(self, member: Member) -> _Target:
        """A member that is read as ever."""
        assert member.place is not None
        name = self._new("f")
        return _Target(self._generator.field(member.place, member.expression, name), name)

    def _new(self, hint: str) -> str:
        self._count += 1
        return f"{hint}{self._count}"

    def _member(self, member: Member, scope: _Scope) -> _Target:
        if member.place is None:  # __typename
            return _Target((), member.expression)
        if member.attribute is None:
            raise _UnreadableError
        name = self._new("f")
        lines = list(self._read(member.place, member.attribute, scope, name))
        self._guards += member.guards
        if not member.place.nullable:
            lines.append(f"if {name} is None: {self._instead}")
        return _Target(lines, name)

    def _read(self, place: Place, attribute: str, scope: _Scope, name: str) -> Iterator[str]:
        if scope.is_never(attribute):
            yield f"{name} = None"
            return
        inline, type_ = scope.inline(attribute), get_nullable_type(place.type)
        if is_leaf_type(type_):
            yield from self._leaf(place, inline, scope, name)
        elif inline.of is not None:
            yield from self._object(place, inline, scope, name)
        elif is_list_type(type_) and inline.kind == list[str]:
            if get_nullable_type(type_.of_type) not in (GraphQLString, GraphQLID):
                raise _UnreadableError
            yield f"{name} = {scope.said(inline, None)}"
        else:
            raise _UnreadableError

    def _leaf(self, place: Place, inline: Any, scope: _Scope, name: str) -> Iterator[str]:
        type_: Any = get_nullable_type(place.type)
        serialize = type_.coerce_output_value
        more = {"t": self._new("t"), "write": self._generator.bind(serialize, "write")}
        form = inline.forms.get(getattr(serialize, "form", None))
        if form is not None or _AS_IT_IS.get(type_, self) is inline.kind:
            yield f"{name} = {scope.said(inline, form, **more)}"
        else:
            yield f"v = {scope.said(inline, None, **more)}"
            yield f"{name} = {self._generator.completed(place)}"

    def _object(self, place: Place, inline: Any, scope: _Scope, name: str) -> Iterator[str]:
        type_ = self._type_of(place, inline.of)
        inner = {part: self._new(part) for part in inline.parts}
        first, *others = (
            f"{inner[part]} = {scope.said(inline, expression, t=self._new('t'))}"
            for part, expression in inline.parts.items()
        )
        yield first
        yield f"if {inner[next(iter(inner))]} is None: {name} = None"
        yield "else:"
        targets = []
        lines = list(others)
        inside = _Scope(inner, inline.of, self._generator.bind)
        for member in place.members[type_.name]:
            targets.append((member.key, target := self._member(member, inside)))
            lines += target.lines
        values = ", ".join(f"{key!r}: {target.name}" for key, target in targets)
        yield from (f"    {line}" for line in [*lines, f"{name} = {{{values}}}"])

    def _type_of(self, place: Place, kind: type) -> GraphQLObjectType:
        """The object type of what is in a place, by the name that its class says."""
        type_: Any = get_nullable_type(place.type)
        typename = getattr(kind, "typename", None)
        if is_abstract_type(type_):
            named = self._schema.get_type(typename or "")
            if is_object_type(named) and self._schema.is_sub_type(type_, named):
                return named
        elif is_object_type(type_) and (
            type_.name == typename or (typename is None and type_.is_type_of is None)
        ):
            return type_
        raise _UnreadableError
