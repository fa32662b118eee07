"""Reads records and JSON as a whole, so that a test sees what it did not think of."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from providers.errors import MalformedError
from providers.origin import Origin
from providers.records import ProviderName
from providers.views import View
from providers.wire import Request

Path = tuple[str | int, ...]
# A row that holds a record of another kind as well shows each as the other's own.
NOT_OF_THE_ROW = ("place", "source", "fetched_at", "raw", "own_payment", "own_invoice")
ASKED = Request("GET", "/list/")


class Account:
    """Stands for the source of rows that no source has read."""

    name = "main"

    def __init__(self, provider: ProviderName = ProviderName.YUME) -> None:
        self.provider = provider


def origin(body: bytes = b"{}", rows: str | None = None, **changes: Any) -> Origin:
    """Where the rows of `body` come from."""
    read_at = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
    usual = {"source": Account(), "zone": UTC, "fetched_at": read_at, "request": ASKED}
    return Origin(body=body, rows=rows, **{**usual, **changes})


def shown(value: Any) -> Any:
    """All that a view shows, views in it as well; a value that cannot be read as its error.

    Numbers in arbitrary JSON are shown by their digits.
    """
    if isinstance(value, View):
        return {name: _attribute(value, name) for name in _names(value)}
    if isinstance(value, msgspec.Raw):
        return json.loads(bytes(value), parse_int=str, parse_float=str)
    if isinstance(value, list):
        return [shown(item) for item in value]
    return value


def _names(view: View) -> Sequence[str]:
    kinds = type(view).__mro__
    made = {name: value for kind in kinds for name, value in vars(kind).items()}
    properties = {name for name, value in made.items() if isinstance(value, property)}
    return sorted(properties.difference(NOT_OF_THE_ROW))


def _attribute(view: View, name: str) -> Any:
    try:
        return shown(getattr(view, name))
    except MalformedError as error:
        return error.message


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Each value that holds no other, with the way to it; an empty list or object is one."""
    inside: Any = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    for key, item in inside:
        yield from leaves(item, (*path, key))
    if not inside:
        yield path, value


def replaced(value: Any, path: Path, new: Any) -> Any:
    """The JSON with another value at the end of a path."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def differences(before: Any, after: Any, path: Path = ()) -> list[Path]:
    """The paths at which two values differ, as deep as they have the same shape."""
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        keys: Sequence[str | int] = list(before)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        keys = range(len(before))
    else:
        return [] if before == after else [path]
    return [at for key in keys for at in differences(before[key], after[key], (*path, key))]


def written(path: Path) -> str:
    """The path as a message names it: `results[3].created_at`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return text.removeprefix(".")
