"""The paging arguments of a connection, checked."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from resolvers.context import Limits
from resolvers.errors import UserInputError


class Paging(NamedTuple):
    """How much of a list is wanted, from which end: `cursor` is `before` if `backwards`."""

    size: int
    backwards: bool = False
    cursor: str | None = None


@cache
def _first(size: int) -> Paging:
    return Paging(size)


def paging(given: Mapping[str, Any], limits: Limits) -> Paging:
    """What `first`, `after`, `last` and `before` ask for, of which absent ones are not in `given`.

    Raises UserInputError for mixes and bad numbers.
    """
    if not given:  # as for most lists of a row
        return _first(limits.default_page_size)
    default, largest = limits.default_page_size, limits.max_page_size
    for name in ("first", "last"):
        if not 0 <= given.get(name, 0) <= largest:
            raise UserInputError(f"{name}: must be from 0 to {largest}, not {given[name]}")
    backwards = "last" in given or "before" in given
    if backwards and ("first" in given or "after" in given):
        raise UserInputError(
            "first, after, last, before: page forwards with `first` and `after`, or backwards "
            "with `last` and `before`, not both at once"
        )
    if backwards:
        return Paging(given.get("last", default), backwards=True, cursor=given.get("before"))
    return Paging(given.get("first", default), cursor=given.get("after"))
