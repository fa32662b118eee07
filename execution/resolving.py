"""How a field's value is had: a Python expression over `s` (source), `p` (indices), `r` (run)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLSchema,
    Undefined,
    default_field_resolver,
    is_non_null_type,
    specified_scalar_types,
)
from strawberry.types.field import StrawberryField

from execution import unwrapping
from execution.guards import guards
from execution.places import Bind, Indices, Place
from execution.running import Run

_SCALARS = tuple(specified_scalar_types.values())


def expression(schema: GraphQLSchema, place: Place, bind: Bind) -> str:
    """What the field at this place evaluates."""
    definition = place.field.definition
    if bare := unwrapping.bare_field(schema, definition):
        if bare.base_resolver is not None:
            shared = _shareable(place)
            return unwrapping.direct_call(schema, bare, place, bind, shared=shared)
        if not bare.extensions:
            return unwrapping.attribute(bare)
        admitted = " and ".join(_admitted(bare, bind))
        return f"{unwrapping.attribute(bare)} if {admitted} else {_call(place, bind)}"
    if definition.resolve is None:
        return f"{bind(_default, 'default')}(s, {bind(place, 'P')}, p, r)"
    return _call(place, bind)


def in_place(
    schema: GraphQLSchema, place: Place, bind: Bind
) -> tuple[str | None, Any, Sequence[str]]:
    """The attribute that the field at this place only reads, if it does.

    Or else what its resolver says of itself, if it does; and in which runs either is so.
    """
    bare = unwrapping.bare_field(schema, place.field.definition)
    if bare is None:
        return None, None, ()
    if bare.base_resolver is None:
        return bare.python_name, None, _admitted(bare, bind)
    resolver = bare.base_resolver.wrapped_func
    inline, when = getattr(resolver, "inline", None), getattr(resolver, "when", None)
    if inline is None or when is None:
        return None, inline, ()
    if not _shareable(place):
        return None, None, ()
    convert = bind(unwrapping.converter(schema, bare), "convert")
    return None, inline, [f"r.holds({bind(when, 'when')}, {bind(place, 'P')}, {convert})"]


def _admitted(field: StrawberryField, bind: Bind) -> Sequence[str]:
    return [f"r.admits({bind(each, 'guard')})" for each in guards(field.extensions) or ()]


def _call(place: Place, bind: Bind) -> str:
    """Calls the resolver with all that it may ask for."""
    where, arguments = bind(place, "P"), ""
    if takes_arguments(place):
        arguments = f", **r.{'shared_arguments' if _shareable(place) else 'arguments'}({where})"
    return f"{bind(place.field.definition.resolve, 'resolve')}(s, r.info({where}, p){arguments})"


def takes_arguments(place: Place) -> bool:
    """Whether there are any to give, or too many were given."""
    return bool(place.field.definition.args or place.field.nodes[0].arguments)


def _shareable(place: Place) -> bool:
    """Whether no argument has a value that could be changed by whom it is given to."""
    given = {each.name.value for each in place.field.nodes[0].arguments or ()}

    def lasting(name: str, argument: GraphQLArgument) -> bool:
        kind = argument.type.of_type if is_non_null_type(argument.type) else argument.type
        absent = name not in given and argument.default_value is Undefined
        return absent or isinstance(kind, GraphQLEnumType) or kind in _SCALARS

    return all(lasting(*each) for each in place.field.definition.args.items())


def _default(source: Any, place: Place, at: Indices, run: Run) -> Any:
    """The value of a field without a resolver, with no `info` if nothing is called."""
    resolve = run.executor.field_resolver
    if resolve is default_field_resolver:
        name = place.field.nodes[0].name.value
        by_key = isinstance(source, Mapping)
        value = source.get(name) if by_key else getattr(source, name, None)
        if not callable(value):
            return value
        resolve = _called(value)
    arguments = run.arguments(place) if takes_arguments(place) else {}
    return resolve(source, run.info(place, at), **arguments)


def _called(value: Callable[..., Any]) -> Callable[..., Any]:
    return lambda _, info, **arguments: value(info, **arguments)
