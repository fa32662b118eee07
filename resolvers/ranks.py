"""The one order of all rows: by sort key, then source name, then the provider's id.

A rank compares as ascending order; descending order is its exact reverse. Ids that are numbers
compare as numbers and come before those that are not. A missing sort key is earlier than any.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

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


def by_creation(record: Any) -> int:
    """The sort key of lists in order of creation."""
    moment = record.created_at
    return MISSING if moment is None else micros(moment)


def by_update(record: Any) -> int:
    """The sort key of lists in order of the last change."""
    moment = record.updated_at
    return MISSING if moment is None else micros(moment)


Key = Callable[[Any], Any]
"""From a record to what a list sorts it by: a whole number, or a tuple of numbers."""
