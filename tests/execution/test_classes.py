"""What a class tells of its objects."""

from collections.abc import Generator
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from unittest.mock import Mock

import msgspec
import pytest

from execution.classes import PLAIN, decided_by_class, is_decided_by_class, is_plain


class Proxy:
    """Answers for another object."""

    def __getattr__(self, name: str) -> Any:
        return getattr([], name)


def _pose(_: Any) -> type:
    return ValueError


Posing = type("Posing", (), {"__class__": property(_pose)})
"""A class whose objects say that they are exceptions."""


class Watching:
    """Has a say in each access."""

    def __getattribute__(self, name: str) -> Any:
        return super().__getattribute__(name)


class Waits:
    """Can be awaited."""

    def __await__(self) -> Generator[Any, None, None]:
        yield


class Pair(NamedTuple):
    """A tuple."""

    a: int


class Wire(msgspec.Struct):
    """A struct."""

    a: int


class Slotted:
    """An ordinary class."""

    __slots__ = ("a",)


@pytest.mark.parametrize("kind", [*PLAIN, Pair, Wire, Slotted, datetime, Decimal])
def test_plain(kind: type) -> None:
    assert is_plain(kind)


@pytest.mark.parametrize(
    "kind",
    [Proxy, Posing, Watching, Waits, Mock, ValueError, type, type(None), type(_ for _ in "")],
)
def test_not_plain(kind: type) -> None:
    assert not is_plain(kind)


def test_what_is_declared() -> None:
    assert is_decided_by_class(decided_by_class(lambda *_: True))
    assert not is_decided_by_class(lambda *_: True)
    assert not is_decided_by_class(None)
