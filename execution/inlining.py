"""Functions for the objects of one class, in which attributes are read in place.

Most of a wide answer is attributes of rows that each take a call or more. A class can say what its
attributes are in Python instead: an attribute by `inline` (see `Inline`), the class by `__parts__`,
expressions over `{s}`, an object. All such attributes of an object, and those of objects inside of
it, are then read in one function, without an object for what is inside. If anything there is not
as it mostly is, nothing has happened yet: the general function is called, which knows what to do.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from threading import Lock
from typing import Any, TypeVar

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
from execution.places import Complete, Place
from execution.scopes import Block, Scope, UnreadableError

_AS_IT_IS: Mapping[Any, Any] = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}
"""The classes whose objects are their own serialization."""


F = TypeVar("F", bound=Callable[..., Any])
_writing = Lock()


def in_form(form: str) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """Declares in which form a serializer writes, so that values can be given in it at once."""

    def declared(serialize: Callable[..., str]) -> Callable[..., str]:
        serialize.form = form  # type: ignore[attr-defined]
        return serialize

    return declared


def read_in_place(inline: Any, when: Callable[..., bool] | None = None) -> Callable[[F], F]:
    """Declares what a resolver makes of an object, so that it need not be called for each.

    So it is in operations `when` that says so, of their context and the field's arguments; without
    it, whatever they are. Where that is not so, or an object is None in place, the resolver is
    asked nonetheless.
    """

    def declared(resolver: F) -> F:
        resolver.inline, resolver.when = inline, when  # type: ignore[attr-defined]
        return resolver

    return declared


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
        self._conditions: dict[str, None] = {}
        self._asked: list[str] = []
        self._objects: set[str] = set()  # the names of what cannot be null

    def made(self, kind: Any, members: Sequence[Member]) -> Complete:
        block = Block(count(), {})
        parts = {
            part: block.value(part, text.format(s="s")) for part, text in kind.__parts__.items()
        }
        scope = Scope(parts, kind, block, self._generator.bind)
        values = {each.key: self._outer(each, scope) for each in members}
        if self._conditions:
            block.lines.insert(0, f"if not ({' and '.join(self._conditions)}): {self._instead}")
        body = (
            "    try:",
            *(f"        {line}" for line in block.lines),
            f"    except Exception: {self._instead}",
            *self._asked,
            f"    return {self._generator.object(values)}",
        )
        return self._generator.made(f"inline_{kind.__name__}", body)

    def _outer(self, member: Member, scope: Scope) -> str:
        """The name of a value of the object itself, which may also be read as ever."""
        if member.gives_object:
            return self._given(member, scope)
        name, conditions = self._attempt(member, scope)
        self._conditions |= conditions
        return name or self._ask(member, scope.block.new("f"))

    def _given(self, member: Member, scope: Scope) -> str:
        """The name of what a resolver gives, which is asked only where that is not in place."""
        target, block = scope.block.new("f"), scope.block.inner()
        name, conditions = self._attempt(member, scope.within(block), is_needed=False)
        if name is None:
            return self._ask(member, target)
        lines = [*block.lines, f"{target} = {name}"]
        if conditions:  # which are of no concern to what is beside it
            lines = [f"{target} = None", f"if {' and '.join(conditions)}:", *_indented(lines)]
        scope.block.lines += lines
        if conditions or name not in self._objects:
            self._ask(member, target, f"    if {target} is None:")
        return target

    def _ask(self, member: Member, target: str, where: str = "") -> str:
        """Has a field evaluated as ever, after all that is in place; the name of its value."""
        assert member.place is not None
        lines = self._generator.field(member.place, member.expression, target)
        self._asked += [where, *_indented(lines)] if where else lines
        return target

    def _attempt(
        self, member: Member, scope: Scope, *, is_needed: bool = True
    ) -> tuple[str | None, Mapping[str, None]]:
        """The name of a value, None where it cannot be read, and in which runs it may be."""
        others, self._conditions = self._conditions, {}
        name = scope.block.attempt(lambda: self._member(member, scope, is_needed=is_needed))
        found, self._conditions = self._conditions, others
        return name, {} if name is None else found

    def _member(self, member: Member, scope: Scope, *, is_needed: bool = True) -> str:
        """The name of a value. What is needed must not be None where a resolver would be asked."""
        place = member.place
        if place is None:  # __typename
            return member.expression
        name = self._read(place, member, scope)
        self._conditions |= dict.fromkeys(member.conditions)
        if is_needed and name not in self._objects and (member.gives_object or not place.nullable):
            check = f"if {name} is None: {self._instead}"
            scope.block.once(check, lambda _: [check])
        return name

    def _read(self, place: Place, member: Member, scope: Scope) -> str:
        if member.inline is None and scope.is_never(member.attribute):
            return "None"
        inline = member.inline or scope.inline(member.attribute)
        type_ = get_nullable_type(place.type)
        if is_leaf_type(type_):
            return self._leaf(place, inline, scope)
        if inline.one:
            return self._one(place, scope.having(inline.one), inline.one)
        if inline.of is not None:
            return self._object(place, inline, scope)
        inner = get_nullable_type(type_.of_type) if is_list_type(type_) else None
        if inner not in (GraphQLString, GraphQLID) or inline.kind != list[str]:
            raise UnreadableError
        return scope.block.value("f", scope.said(inline))

    def _leaf(self, place: Place, inline: Any, scope: Scope) -> str:
        type_: Any = get_nullable_type(place.type)
        write = type_.coerce_output_value
        form = inline.forms.get(getattr(write, "form", None))
        expression = scope.said(inline, form, write)
        if form is not None or _AS_IT_IS.get(type_, self) is inline.kind:
            return scope.block.value("f", expression)

        def completed(name: str) -> Iterable[str]:
            return f"v = {expression}", f"{name} = {self._generator.completed(place)}"

        return scope.block.once((expression, place.type), completed)

    def _one(self, place: Place, scope: Scope, attribute: str) -> str:
        """The object that an attribute gives, where a list is shown in a list."""
        inline = scope.inline(attribute)
        if place.item is None and inline.of is not None:
            return self._object(place, inline, scope)
        if place.item is None or place.item.item is not None:
            raise UnreadableError
        item = "None" if inline.of is None else self._object(place.item, inline, scope)
        name = scope.block.value("f", f"[] if {item} is None else [{item}]")
        self._objects.add(name)
        return name

    def _object(self, place: Place, inline: Any, scope: Scope) -> str:
        members = place.members[self._type_of(place, inline.of).name]
        whole = scope.part(inline)
        if whole == scope.whole:  # the same object, seen as another
            name = scope.block.value(
                "f", self._made(members, scope.inside(inline, whole, scope.block))
            )
            self._objects.add(name)
            return name

        def lines(name: str) -> Iterator[str]:
            block = scope.block.inner()
            made = self._made(members, scope.inside(inline, whole, block))
            yield f"if {whole} is None: {name} = None"
            yield "else:"
            yield from _indented((*block.lines, f"{name} = {made}"))

        return scope.block.once((whole, inline.of, *map(_signature, members)), lines)

    def _made(self, members: Sequence[Member], scope: Scope) -> str:
        """An object of these members."""
        return self._generator.object({each.key: self._member(each, scope) for each in members})

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
        raise UnreadableError


def _indented(lines: Iterable[str]) -> Sequence[str]:
    return [f"    {line}" for line in lines]


def _signature(member: Member) -> Any:
    """What two members have in common that give the same of one object."""
    if member.place is None:
        return member.key, member.expression
    place = member.place
    while place.item is not None:
        place = place.item
    inner = ((name, *map(_signature, each)) for name, each in place.members.items())
    return member.key, member.attribute, id(member.inline), member.place.type, *inner
