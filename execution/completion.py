"""How values become parts of an answer, where more than one line of generated code is needed.

What is common passes one look-up of the value's class in `run.plain`: the classes whose objects are
neither null nor exceptions nor awaitable.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, NoReturn

from graphql import (
    GraphQLAbstractType,
    GraphQLError,
    GraphQLLeafType,
    GraphQLObjectType,
    Undefined,
)
from graphql.execution.executor import collect_iterator_awaitables, invalid_return_type_error
from graphql.pyutils import inspect, is_iterable

from execution.classes import is_decided_by_class, is_plain, is_resolved_by_class
from execution.places import Complete, Indices, Place
from execution.running import Run

_LISTS = (list, tuple)


def admit(value: Any, place: Place, at: Indices, run: Run) -> Any:
    """The value if it is to be completed now, else None: it is null, or is waited for."""
    if value is None or value is Undefined:
        if place.nullable:
            return None
        raise TypeError(f"Cannot return null for non-nullable field {place.field.label}.")
    if run.is_awaitable(value):
        return run.later(value, place, at)
    if isinstance(value, Exception):
        raise value
    if is_plain(type(value)):
        run.plain.add(type(value))
    return value


def leaf(type_: GraphQLLeafType, place: Place) -> Complete:
    """Completes scalars and enum values."""

    def complete(value: Any, at: Indices, run: Run) -> Any:
        if type(value) not in run.plain and admit(value, place, at, run) is None:
            return None
        coerced = type_.coerce_output_value(value)
        if coerced is None or coerced is Undefined:
            refuse(type_, value, coerced)
        return coerced

    return complete


def refuse(type_: GraphQLLeafType, value: Any, coerced: Any) -> NoReturn:
    """Complains of a scalar that serializes a value to nothing."""
    raise TypeError(
        f"Expected `{inspect(type_)}.coerce_output_value({inspect(value)})` to return "
        f"non-nullable value, returned: {inspect(coerced)}"
    )


def items(place: Place, item: Place) -> Complete:
    """Completes lists."""

    def complete(value: Any, at: Indices, run: Run) -> Any:
        if type(value) not in _LISTS:
            if type(value) not in run.plain and admit(value, place, at, run) is None:
                return None
            if run.executor.is_async_iterable(value):
                return run.interpret(value, place, at)
            if not is_iterable(value):
                label = place.field.label
                raise GraphQLError(f"Expected Iterable, but did not find one for field '{label}'.")
        iterator = iter(value)
        try:
            return _completed_items(iterator, item, at, run)
        except Exception:
            if rest := collect_iterator_awaitables(iterator, run.is_awaitable):
                run.executor.settle_in_background(rest)
            raise

    return complete


def _completed_items(values: Iterator[Any], item: Place, at: Indices, run: Run) -> list[Any]:
    completed: list[Any] = []
    complete, known, add = item.complete, item.known, completed.append
    for index, value in enumerate(values):
        here = (*at, index)
        try:
            add((known.get(type(value)) or complete)(value, here, run))
        except Exception as error:  # noqa: BLE001 - whatever is raised is the item's error
            add(run.fail(item, error, here))
    return completed


def checked(
    type_: GraphQLObjectType, place: Place, fields: Complete, inline: Callable[[type], Complete]
) -> Complete:
    """Completes objects of a type that has a predicate for them: those of each class `inline`."""
    is_type_of: Callable[..., Any] = type_.is_type_of  # type: ignore[assignment]
    by_class = is_decided_by_class(is_type_of)
    known = place.known = {}

    def verified(value: Any, is_one: Any, run: Run) -> Any:
        if not is_one:
            raise invalid_return_type_error(type_, value, place.field.details)
        if by_class and type(value) in run.plain:
            known[type(value)] = inline(type(value))
        return value

    def complete(value: Any, at: Indices, run: Run) -> Any:
        if function := known.get(type(value)):
            return function(value, at, run)
        if type(value) not in run.plain and admit(value, place, at, run) is None:
            return None
        is_one = is_type_of(value, run.info(place, at))
        if run.is_awaitable(is_one):
            found = _when(is_one, lambda answer: verified(value, answer, run))
            return run.later(found, place, at, fields)
        return fields(verified(value, is_one, run), at, run)

    return complete


def abstract(type_: GraphQLAbstractType, place: Place, types: Mapping[str, Complete]) -> Complete:
    """Completes values of interfaces and unions, in the way of their object type."""
    by_class = is_resolved_by_class(type_)
    known = place.known = {}

    def complete(value: Any, at: Indices, run: Run) -> Any:
        if function := known.get(type(value)):
            return function(value, at, run)
        if type(value) not in run.plain and admit(value, place, at, run) is None:
            return None
        info = run.info(place, at)
        name = (type_.resolve_type or run.executor.type_resolver)(value, info, type_)

        def chosen(name: Any) -> Complete:
            details = place.field.details
            found = run.executor.ensure_valid_runtime_type(name, type_, details, info, value)
            return types[found.name]

        if run.is_awaitable(name):
            found = _when(name, chosen)
            return run.later(found, place, at, lambda function, *where: function(value, *where))
        function = chosen(name)
        if by_class and type(value) in run.plain:
            known[type(value)] = function
        return function(value, at, run)

    return complete


async def _when(awaitable: Awaitable[Any], then: Callable[[Any], Any]) -> Any:
    return then(await awaitable)
