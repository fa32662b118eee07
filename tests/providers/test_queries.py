"""Which filters cannot match, so that nobody is asked."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.queries import (
    EVERYTHING,
    Direction,
    ExportTaskQuery,
    InvoiceQuery,
    PaymentQuery,
    SalesField,
    SalesOrder,
    SalesQuery,
)
from providers.records import ExportTaskStatus, InvoiceStatus, PaymentStatus, SalesInterval

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


@pytest.mark.parametrize(
    ("restrictions", "empty"),
    [
        ({}, False),
        ({"statuses": frozenset()}, True),
        ({"statuses": frozenset({PaymentStatus.PAID})}, False),
        ({"currencies": frozenset()}, True),
        ({"created_from": EARLY, "created_to": LATE}, False),
        ({"created_from": EARLY, "created_to": EARLY}, True),
        ({"paid_from": EARLY, "paid_to": LATE}, False),
        ({"paid_from": LATE, "paid_to": EARLY}, True),
        ({"created_from": LATE, "paid_to": EARLY}, False),
        ({"gross_from": Decimal(5), "gross_to": Decimal("5.00")}, False),
        ({"gross_from": Decimal("5.01"), "gross_to": Decimal(5)}, True),
        ({"invoice_number": "", "order_number": "", "afas_invoice_id": ""}, False),
    ],
)
def test_empty_payments(restrictions: dict[str, Any], empty: bool) -> None:
    assert PaymentQuery(**restrictions).empty is empty


@pytest.mark.parametrize(
    "name",
    [
        *("company_ids", "retail_point_ids", "cashbox_ids"),
        *("document_types", "operation_types", "taxation_types"),
    ],
)
def test_empty_sales(name: str) -> None:
    order = (SalesOrder(SalesField.DATE, descending=True),)
    restrictions: list[dict[str, Any]] = [{}, {name: frozenset({"5"})}, {name: frozenset()}]
    queries = [SalesQuery(EARLY, LATE, SalesInterval.DAY, order, **each) for each in restrictions]
    assert [query.empty for query in queries] == [False, False, True]


@pytest.mark.parametrize(
    ("restrictions", "empty"),
    [
        ({}, False),
        ({"by_update": True, "direction": Direction.ASCENDING}, False),
        ({"statuses": frozenset()}, True),
        ({"statuses": frozenset({ExportTaskStatus.QUEUED})}, False),
        ({"report_types": frozenset()}, True),
        ({"created_from": EARLY, "created_to": EARLY}, True),
        ({"updated_from": EARLY, "updated_to": EARLY}, True),
        ({"updated_from": EARLY, "updated_to": LATE}, False),
        ({"created_from": LATE, "updated_to": EARLY}, False),
    ],
)
def test_empty_export_tasks(restrictions: dict[str, Any], empty: bool) -> None:
    assert ExportTaskQuery(**restrictions).empty is empty


@pytest.mark.parametrize("direction", Direction)
def test_the_reverse_of_the_reverse(direction: Direction) -> None:
    assert direction.reverse is not direction
    assert direction.reverse.reverse is direction


def test_everything() -> None:
    asked = {kind: query(LATE) for kind, query in EVERYTHING.items()}
    assert not any(query.empty for query in asked.values())
    sales = asked.pop("sales")
    assert (sales.start, sales.end) == (datetime(2026, 1, 2, tzinfo=UTC), LATE)
    assert asked == {
        "invoices": InvoiceQuery(),
        "payments": PaymentQuery(),
        "export_tasks": ExportTaskQuery(),
    }
