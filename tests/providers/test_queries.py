"""Which filters cannot match, so that nobody is asked."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.queries import Direction, InvoiceQuery
from providers.records import InvoiceStatus

EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("restrictions", "empty"),
    [
        ({}, False),
        ({"statuses": frozenset()}, True),
        ({"statuses": frozenset({InvoiceStatus.PAID})}, False),
        ({"currencies": frozenset()}, True),
        ({"currencies": frozenset({"KZT"})}, False),
        ({"created_from": EARLY}, False),
        ({"created_to": EARLY}, False),
        ({"created_from": EARLY, "created_to": LATE}, False),
        ({"created_from": EARLY, "created_to": EARLY}, True),  # the end is not of the period
        ({"created_from": LATE, "created_to": EARLY}, True),
        ({"total_from": Decimal(5)}, False),
        ({"total_from": Decimal(5), "total_to": Decimal("5.00")}, False),  # both ends are
        ({"total_from": Decimal("5.01"), "total_to": Decimal(5)}, True),
        ({"total_from": Decimal(0), "total_to": Decimal(-1)}, True),
        ({"number": ""}, False),
        ({"card_last_four": "0000"}, False),
    ],
)
def test_empty(restrictions: dict[str, Any], empty: bool) -> None:
    assert InvoiceQuery(**restrictions).empty is empty


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_period_is_empty_unless_it_holds_its_start(start: datetime, end: datetime) -> None:
    assert InvoiceQuery(created_from=start, created_to=end).empty is not (start < end)


@given(st.decimals(allow_nan=False), st.decimals(allow_nan=False))
def test_amounts_are_empty_unless_they_hold_both_ends(low: Decimal, high: Decimal) -> None:
    assert InvoiceQuery(total_from=low, total_to=high).empty is not (low <= high)


def test_equal_filters_are_equal() -> None:
    one = InvoiceQuery(statuses=frozenset({InvoiceStatus.PAID}), total_from=Decimal("5.00"))
    other = InvoiceQuery(statuses=frozenset({InvoiceStatus.PAID}), total_from=Decimal(5))
    assert (one, hash(one)) == (other, hash(other))
    assert one != InvoiceQuery()


def test_directions_are_the_words_of_the_configuration() -> None:
    assert {way.value for way in Direction} == {"created_at_asc", "created_at_desc"}
