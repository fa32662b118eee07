"""Columns: what many records have in one wire attribute, read at once."""

from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from providers.inlining import Attribute


def column(records: Sequence[Any], name: str) -> Sequence[Any] | None:
    """What the rows say that an attribute is read from; None where that is not one thing alone."""
    kinds = set(map(type, records))
    read = _wire(kinds.pop(), name) if len(kinds) == 1 else None
    return None if read is None else list(map(read, [record.row for record in records]))


@cache
def _wire(kind: type, name: str) -> Callable[[Any], Any] | None:
    attribute = getattr(kind, name, None)
    wire = attribute.inline.wire if isinstance(attribute, Attribute) else ""
    return attrgetter(wire) if wire else None
