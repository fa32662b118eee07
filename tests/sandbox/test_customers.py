"""Who pays, and what is said of it for a sale of each status."""

from datetime import datetime
from random import Random

import pytest

from sandbox.customers import Customer, by_card, customers, payment_info
from sandbox.settlements import CUSTOMERS, Sale
from sandbox.upstream import Row, Scenario

MOMENT = 1_795_000_000
LATER = MOMENT + 86_400
CUSTOMER = Customer("0042", "203001", "Ivan Petrov", "Visa", {"device_model": "Pixel 8"})


def infos(status: str, place: int = 0, now: int = LATER) -> list[Row | None]:
    """What chance may say of this sale."""
    sale = Sale(place, MOMENT, status, 150_045, 0)
    return [payment_info(Random(seed), sale, CUSTOMER, now) for seed in range(50)]


def test_customers_are_told_apart_by_their_cards(now: datetime) -> None:
    known = customers(Scenario(1, 1, lambda: now))
    assert len({customer.pan for customer in known}) == len(known) == CUSTOMERS
    assert {len(customer.pan) for customer in known} == {4}
    assert known == customers(Scenario(9, 1, lambda: now)) != customers(Scenario(1, 2, lambda: now))


@pytest.mark.parametrize("status", ["created", "wait", "cancelled", "on_hold"])
def test_unpaid_sale_has_nothing_or_an_empty_object(status: str) -> None:
    told = infos(status)
    assert None in told
    assert {} in told
    assert all(not info for info in told)


def test_sale_that_is_being_paid_has_a_way_but_no_payment() -> None:
    for info in infos("executed"):
        assert list(info or {}) == ["device_info", "payment_way", "payment_way_code"]


@pytest.mark.parametrize("status", ["paid", "confirmed", "refunded", "reversed"])
@pytest.mark.parametrize(("place", "card"), [(0, True), (5, False), (18, False), (19, True)])
def test_card_is_told_where_one_was_used(status: str, place: int, card: bool) -> None:
    assert by_card(Sale(place, MOMENT, status, 1, 0)) == card
    assert {(info or {}).get("masked_pan") for info in infos(status, place)} == {
        "**0042" if card else None
    }


def test_no_card_before_a_payment() -> None:
    assert not by_card(Sale(0, MOMENT, "created", 1, 0))


@pytest.mark.parametrize("seconds", [0, 10, 3_600])
def test_nothing_is_paid_in_the_future(seconds: int) -> None:
    stamps = [str((info or {})["payment_date"]) for info in infos("paid", now=MOMENT + seconds)]
    ages = [int(datetime.fromisoformat(stamp).timestamp()) - MOMENT for stamp in stamps]
    assert 0 <= min(ages) <= max(ages) <= min(seconds, 200)
