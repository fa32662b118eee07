"""Columns of what rows say."""

from datetime import UTC, datetime
from typing import Any

from providers.columns import Columns
from providers.origin import Origin
from providers.views import Record, identity, moment, text
from providers.wire import Request

ORIGIN = Origin(None, UTC, datetime(2026, 11, 21, tzinfo=UTC), Request("GET", "/"), b"{}", None)


class Wire:
    """A row with an id and a time."""

    def __init__(self, number: Any, made: str | None) -> None:
        self.number, self.made = number, made


class Sale(Record):
    """A record whose attributes are named otherwise than the row's."""

    provider_id = identity("number")
    created_at = moment("made")
    total = text("made")
    paid_at = property(lambda sale: sale.created_at)


class Return(Sale):
    """Another class of records."""


def test_a_column_is_what_the_rows_say() -> None:
    sales = [Sale(Wire(7, "2026-01-31"), ORIGIN), Sale(Wire("", None), ORIGIN)]
    assert Columns(sales).of("provider_id") == [7, ""]
    assert Columns(sales).of("created_at") == ["2026-01-31", None]


def test_there_is_none_where_an_attribute_is_more_than_one_thing_of_the_row() -> None:
    sales = [Sale(Wire(7, "2026-01-31"), ORIGIN)]
    assert Columns(sales).of("paid_at") is None
    assert Columns(sales).of("total") is None
    assert Columns(sales).of("nothing") is None
    assert Columns([*sales, Return(Wire(8, None), ORIGIN)]).of("provider_id") is None
    assert Columns([]).of("provider_id") is None
