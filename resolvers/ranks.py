"""The one order of all rows: by sort key, then source name, then the provider's id.

A rank compares as ascending order; descending order is its exact reverse. Ids that are numbers
compare as numbers and come before those that are not. A missing sort key is earlier than any.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from providers.columns import Columns
from providers.timestamps import micros

MISSING = -(2**63)
_DIGITS = 1_000  # of an id that is a number; Python refuses to read many more

Identity = tuple[int, int, str]


class Rank(NamedTuple):
    """A row's place among all rows."""

    key: Any
    source: str
    identity: Identity


def identity(provider_id: str) -> Identity:
    """A provider's id as it sorts."""
    if provider_id.isascii() and provider_id.isdecimal() and len(provider_id) <= _DIGITS:
        return (0, int(provider_id), provider_id)
    return (1, 0, provider_id)


class Key(ABC):
    """From a record to what a list sorts it by: a whole number, or a tuple of numbers."""

    @abstractmethod
    def __call__(self, record: Any) -> Any: ...

    def among(self, records: Sequence[Any]) -> Sequence[Any]:
        """What compares as the sort keys of these records do, each with the others.

        Raises MalformedError where one has no id or no sort key; ids are looked at first.
        """
        columns = Columns(records)
        ids = columns.of("provider_id")
        if ids and all(ids):
            return self._plain(records, columns) or list(map(self, records))
        return [(record.provider_id, self(record))[1] for record in records]

    def _plain(self, records: Sequence[Any], columns: Columns) -> Sequence[Any] | None:
        """The same where it is seen without working out any key."""
        return None


class ByTime(Key):
    """By a moment, in microseconds."""

    def __init__(self, name: str) -> None:
        self._name, self._moment = name, attrgetter(name)

    def __call__(self, record: Any) -> int:
        moment = self._moment(record)
        return MISSING if moment is None else micros(moment)

    def _plain(self, records: Sequence[Any], columns: Columns) -> Sequence[Any] | None:
        texts = columns.of(self._name)
        plain = texts and all(texts) and records[0].origin.moments.sort_as(texts)
        return texts if plain else None


by_creation = ByTime("created_at")
by_update = ByTime("updated_at")
