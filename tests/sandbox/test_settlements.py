"""The sales and the payments for them: they belong together and come from the seed alone."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

import pytest

from sandbox.settlements import PAYMENTS, PRICES, SALES, STATUSES, Sales, order_number
from sandbox.settlements import payments as all_payments
from sandbox.settlements import sales as all_sales
from sandbox.upstream import Scenario

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def scenario(
    scale: int = 1, seed: int = 1, clock: Callable[[], datetime] = lambda: NOON
) -> Scenario:
    return Scenario(scale, seed, clock)


@pytest.mark.parametrize("scale", [1, 3])
def test_numbers_of_rows(scale: int) -> None:
    assert len(all_sales(scenario(scale))) == scale * SALES >= 1_000
    assert len(all_payments(scenario(scale))) == scale * PAYMENTS >= 800


def test_equal_seeds_give_equal_sales() -> None:
    assert list(Sales(scenario())) == list(Sales(scenario()))
    assert list(Sales(scenario(seed=2))) != list(Sales(scenario()))
    assert all_payments(scenario()) == all_payments(scenario(clock=lambda: NOON))


def test_sales_are_the_same_for_both_though_time_passes() -> None:
    seconds = count(int(NOON.timestamp()))
    passing = scenario(clock=lambda: datetime.fromtimestamp(next(seconds), UTC))
    assert all_sales(passing) is all_sales(passing)


def test_shares() -> None:
    assert sum(STATUSES.values()) == 1_000
    assert sum(PRICES.values()) == 100


@pytest.mark.parametrize(
    ("place", "number", "order_id"),
    [
        (0, "7400000", 7_400_000),
        (1, "007400003", None),
        (6, "BP-7400018", None),
        (48, "", None),
        (40, "7400120", 7_400_120),
        (69, "7400120", 7_400_120),
        (900_000, "10100000", 10_100_000),
    ],
)
def test_order_number(place: int, number: str, order_id: int | None) -> None:
    assert order_number(place) == number
    sale = all_sales(scenario())[0]._replace(place=place)
    assert (sale.number, sale.order_id) == (number, order_id)


def test_payments_of_a_sale() -> None:
    sold = all_sales(scenario())
    settling = [start for start in all_payments(scenario()) if start.place is not None]
    for start in settling:
        sale = sold[start.place or 0]
        assert sale.number
        assert 20 <= start.moment - sale.moment < 210
    per_sale = Counter(start.place for start in settling)
    assert Counter(per_sale.values())[2] == SALES // 75
    assert len(per_sale) == SALES * 2 // 5


@pytest.mark.parametrize(
    ("status", "ends"),
    [
        ("confirmed", "paid"),
        ("paid", "paid"),
        ("refunded", "paid"),
        ("reversed", "paid"),
        ("executed", "paid"),
        ("cancelled", "cancelled"),
        ("created", "expired"),
        ("wait", "failed"),
    ],
)
def test_only_payment_ends_as_its_sale_does(status: str, ends: str) -> None:
    sold = all_sales(scenario(5))
    starts = [start for start in all_payments(scenario(5)) if start.place is not None]
    only = {start.status for start in starts if start.place and start.place % 75}
    assert only == {"paid", "cancelled", "expired", "failed"}
    assert {
        start.status
        for start in starts
        if start.place and start.place % 75 and sold[start.place].status == status
    } == {ends}
