"""Tables: values, what stands for them, and what is said of mistakes."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta

from server.tables import Mistake, Tables, are_tables, fields_of


class Shelf(msgspec.Struct):
    """A table of a test."""

    name: str
    size: Annotated[int, Meta(ge=1, description="a whole number, 1 or more")] = 1


def read(**table: Any) -> tuple[Any, list[str]]:
    tables = Tables(Path("/nowhere"), {"NAME": "from outside"})
    values = tables.values("shelf.", table, fields_of(Shelf))
    return values, [str(mistake) for mistake in tables.mistakes]


def test_values() -> None:
    assert read(name="a", size=2) == ({"name": "a", "size": 2}, [])
    assert read(name="env:NAME") == ({"name": "from outside"}, [])


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({}, "shelf.name is missing"),
        ({"name": "a", "siez": 1}, "shelf.siez is not a known key; is size meant?"),
        ({"name": "a", "size": 0}, "shelf.size must be a whole number, 1 or more"),
        ({"name": 1}, "shelf.name must be a text in quotes"),
        ({"name": "env:NO"}, "shelf.name needs the environment variable NO, which is not set"),
    ],
)
def test_mistakes(table: dict[str, Any], told: str) -> None:
    assert read(**table)[1] == [told]


def test_records_are_unique() -> None:
    tables = Tables(Path(), {})
    outer = {"shelves": [{"name": "a"}, {"name": "b"}, {"name": "a"}]}
    assert len(tables.records("house.shelves", Shelf, outer, "name")) == 3
    assert outer == {}
    told = Mistake("house.shelves[2].name", "is already that of house.shelves[0]")
    assert tables.mistakes == [told]


@pytest.mark.parametrize(
    ("value", "tables"), [([], True), ([{}], True), ({}, False), ([1], False), ("a", False)]
)
def test_are_tables(value: Any, tables: bool) -> None:
    assert are_tables(value) is tables
