"""Strawberry's fields without what Strawberry wraps around them.

A field that has neither extensions nor handlers of exceptions only reads an attribute, or calls a
function with the arguments that it asks for. Generated code does that itself.
"""

import inspect
from collections.abc import Callable
from functools import cached_property, partial
from keyword import iskeyword
from types import FunctionType
from typing import Any

from graphql import GraphQLField, GraphQLResolveInfo, GraphQLSchema
from strawberry import Info, Schema
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from execution.guards import guards
from execution.places import Indices, Place
from execution.running import Run

DEFINITION = "strawberry-definition"
MAKERS = "GraphQLCoreConverter.from_"  # where Strawberry makes its resolvers


def bare_field(schema: GraphQLSchema, definition: GraphQLField) -> StrawberryField | None:
    """The Strawberry field, if its resolver does nothing but to read or to call.

    Around what it reads there may be guards.
    """
    field, strawberry = definition.extensions.get(DEFINITION), schema.extensions.get(DEFINITION)
    if not isinstance(field, StrawberryField) or not isinstance(strawberry, Schema):
        return None
    touched = (
        not getattr(definition.resolve, "__qualname__", "").startswith(f"{MAKERS}resolver.")
        or type(field).get_result is not StrawberryField.get_result
        or strawberry.exception_handlers
        or (field.extensions and (field.base_resolver or guards(field.extensions) is None))
    )
    return None if touched or not _is_simple(field) else field


def _is_simple(field: StrawberryField) -> bool:
    if field.base_resolver is None:
        return field.default_resolver is getattr
    function = field.base_resolver.wrapped_func
    return isinstance(function, FunctionType) and not inspect.isasyncgenfunction(function)


def attribute(field: StrawberryField) -> str:
    """Reads the attribute that the field is named after."""
    name = field.python_name
    plain = name.isidentifier() and not iskeyword(name)
    return f"s.{name}" if plain else f"getattr(s, {name!r})"


def direct_call(
    schema: GraphQLSchema,
    field: StrawberryField,
    place: Place,
    bind: Callable[[object, str], str],
    *,
    shared: bool,
) -> str:
    """Calls the undecorated function with what it asks for."""
    resolver, strawberry = field.base_resolver, schema.extensions[DEFINITION]
    assert resolver is not None
    where = bind(place, "P")
    given = ["s"] if resolver.self_parameter else []
    sources = (resolver.parent_parameter, resolver.root_parameter)  # which may be the same
    given += sorted({f"{parameter.name}=s" for parameter in sources if parameter})
    if parameter := resolver.info_parameter:
        info = bind(partial(_info, field, strawberry.config.info_class), "info")
        given.append(f"{parameter.name}={info}({where}, p, r)")
    if field.arguments:
        convert = converter(schema, field)
        if shared:
            given.append(f"**r.shared_arguments({where}, {bind(convert, 'convert')})")
        else:
            new = partial(_converted, convert, field, strawberry.config.info_class)
            given.append(f"**{bind(new, 'arguments')}({where}, p, r)")
    return f"{bind(resolver.wrapped_func, 'resolve')}({', '.join(given)})"


def converter(schema: GraphQLSchema, field: StrawberryField) -> Callable[[Any], dict[str, Any]]:
    """Makes of a field's coerced arguments what Strawberry gives to its resolver."""
    strawberry = schema.extensions[DEFINITION]
    return partial(
        convert_arguments,
        arguments=field.arguments,
        scalar_registry=strawberry.schema_converter.scalar_registry,
        config=strawberry.config,
    )


class LazyInfo(Info):
    """Strawberry's `info`, for resolvers that mostly ask it for the context alone."""

    def __init__(self, field: StrawberryField, place: Place, at: Indices, run: Run) -> None:
        self._field, self.place, self._at, self._run = field, place, at, run

    @cached_property
    def _raw_info(self) -> GraphQLResolveInfo[Any]:  # type: ignore[override]
        return self._run.info(self.place, self._at)

    @property
    def context(self) -> Any:
        return self._run.executor.context_value


def _info(field: StrawberryField, kind: type[Info], place: Place, at: Indices, run: Run) -> Info:
    if kind is Info:
        return LazyInfo(field, place, at, run)
    return kind(_raw_info=run.info(place, at), _field=field)


def _converted(
    convert: Any, field: StrawberryField, kind: type[Info], place: Place, at: Indices, run: Run
) -> dict[str, Any]:
    arguments = run.arguments(place)
    return convert(arguments, info=_info(field, kind, place, at, run))  # type: ignore[no-any-return]
