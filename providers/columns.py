"""Columns: what many records have in one wire attribute, read at once."""

from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from providers.inlining import Attribute


class Columns:
    """The columns of some records."""

    def __init__(self, records: Sequence[Any]) -> None:
        kinds = set(map(type, records))
        self._records, self._kind = records, kinds.pop() if len(kinds) == 1 else object
        self._rows: Sequence[Any] | None = None

    def of(self, name: str) -> Sequence[Any] | None:
        """What the rows say that an attribute is read from; None where that is not one thing."""
        read = _wire(self._kind, name)
        if read is None:
            return None
        if self._rows is None:
            self._rows = [record.row for record in self._records]
        return list(map(read, self._rows))


@cache
def _wire(kind: type, name: str) -> Callable[[Any], Any] | None:
    attribute = getattr(kind, name, None)
    wire = attribute.inline.wire if isinstance(attribute, Attribute) else ""
    return attrgetter(wire) if wire else None
