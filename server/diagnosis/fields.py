"""What the rows of a page hold, by the names of their fields: no value leaves this module."""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from providers.errors import MalformedError
from providers.views import Record, View
from server.diagnosis.report import FieldsFound

_OURS = frozenset(dir(Record))  # what is in no document: hint, raw, source, ...


class State(Enum):
    """What a field held; of several rows the first of these decides."""

    MALFORMED = 0
    UNKNOWN = 1
    FILLED = 2
    EMPTY = 3


def fields_of_rows(rows: Iterable[Record]) -> FieldsFound:
    """The fields of all rows, each with the state that matters most."""
    states: dict[str, State] = {}
    for row in rows:
        for name, state in _states(row, ""):
            states[name] = min(state, states.get(name, state), key=lambda each: each.value)
    return FieldsFound(
        filled=_in(State.FILLED, states),
        empty=_in(State.EMPTY, states),
        malformed=_in(State.MALFORMED, states),
        unknown=_in(State.UNKNOWN, states),
    )


def _in(wanted: State, states: dict[str, State]) -> tuple[str, ...]:
    return tuple(name for name, state in states.items() if state is wanted)


def _states(view: View, place: str) -> Iterator[tuple[str, State]]:
    for attribute in _attributes(type(view)):
        name = place + _camel(attribute)
        try:
            value = getattr(view, attribute)
        except MalformedError:
            yield name, State.MALFORMED
            continue
        yield name, _state(value)
        for each in _views(value):
            yield from _states(each, f"{name}.")


def _views(value: object) -> Sequence[View]:
    """The objects inside of a value: itself, or those of a list."""
    values = value if isinstance(value, list | tuple) else [value]
    return [each for each in values if isinstance(each, View)]


def _state(value: object) -> State:
    if value is None or (isinstance(value, str | list | tuple) and not value):
        return State.EMPTY
    unknown = isinstance(value, Enum) and value.name == "UNKNOWN"
    return State.UNKNOWN if unknown else State.FILLED


def _attributes(kind: type[View]) -> Sequence[str]:
    """The attributes that a provider's view declares, in the order of its classes."""
    return [
        name
        for each in reversed(kind.__mro__)
        for name, value in vars(each).items()
        if isinstance(value, property) and name not in _OURS
    ]


def _camel(attribute: str) -> str:
    """The name that clients know it by: `createdAt`."""
    first, *others = attribute.split("_")
    return first + "".join(map(str.capitalize, others))
