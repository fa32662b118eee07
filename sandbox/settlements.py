"""The sales that two providers report: SmartPay as invoices, GoedGeplaatst as payments for them.

Both take them from here, so that a payment names the invoice that it settles.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from sandbox.amsterdam import turns
from sandbox.ledger import DAY, HISTORY_DAYS, business_moments
from sandbox.upstream import Scenario

SALES = 1_200
CUSTOMERS = 60  # they come back, each with the same card
STATUSES = {  # in SmartPay's words, per mille
    "confirmed": 620,
    "created": 90,
    "cancelled": 80,
    "paid": 60,
    "refunded": 60,
    "executed": 40,
    "reversed": 40,
    "wait": 10,
}
PRICES = {  # in kopecks, and how often; the last is more than 32 bits can hold
    11_836: 6,
    99_000: 10,
    150_045: 20,
    249_900: 20,
    420_000: 20,
    1_290_000: 15,
    4_875_050: 7,
    2_450_000_000: 2,
}
PAYMENTS = 800
OUTCOMES = {
    "cancelled": "cancelled",
    "created": "expired",
    "wait": "failed",
}  # of a sale; else paid
ENDS = {"paid": 70, "cancelled": 9, "expired": 13, "failed": 8}  # of what settles none, in percent
AROUND_A_TURN = (-2_400, -1_200, 300, 1_200)  # seconds; a clock shows the first and last alike
FIRST_NUMBER = 7_400_000


class Sale(NamedTuple):
    """One sale; `place` counts from the oldest."""

    place: int
    moment: int
    status: str
    kopecks: int
    customer: int

    @property
    def number(self) -> str:
        return order_number(self.place)

    @property
    def order_id(self) -> int | None:
        """The number as one; None if it has letters, zeros before it, or nothing at all."""
        plain = self.number.isdigit() and not self.number.startswith("0")
        return int(self.number) if plain else None


class Start(NamedTuple):
    """How a payment begins and ends; `place` is that of its sale, None if it settles none."""

    moment: int
    status: str
    place: int | None


class Sales:
    """All sales of a scenario, kept as columns: a filter looks at many and needs few."""

    def __init__(self, scenario: Scenario) -> None:
        count = SALES * scenario.scale
        draw = scenario.draw("sales")
        self.moments = business_moments(draw, count, scenario.now())
        self._statuses = draw.choices(tuple(STATUSES), tuple(STATUSES.values()), k=count)
        self._kopecks = draw.choices(tuple(PRICES), tuple(PRICES.values()), k=count)
        self._customers = draw.choices(range(CUSTOMERS), k=count)

    def __len__(self) -> int:
        return len(self.moments)

    def __iter__(self) -> Iterator[Sale]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, place: int) -> Sale:
        return Sale(
            place,
            self.moments[place],
            self._statuses[place],
            self._kopecks[place],
            self._customers[place],
        )


@lru_cache(2)
def sales(scenario: Scenario) -> Sales:
    """The same sales for both, even if a second passes between their questions."""
    return Sales(scenario)


def order_number(place: int) -> str:
    """What the shop calls the sale: digits, some with zeros before, or text, or nothing.

    One sale in 120 repeats the number of an earlier one.
    """
    origin = place - 29 if place % 120 == 69 else place
    number = FIRST_NUMBER + 3 * origin
    if origin % 50 == 48:
        return ""
    return {1: f"00{number}", 6: f"BP-{number}"}.get(origin % 10, str(number))


def payments(scenario: Scenario) -> list[Start]:
    """All payments at GoedGeplaatst, those for sales first."""
    sold = sales(scenario)
    settling = [start for sale in sold for start in _attempts(sale)]
    draw, now = scenario.draw("payments"), sold.moments[-1]
    nights = [
        turn + seconds
        for turn in turns(now - HISTORY_DAYS * DAY, now - DAY)
        for seconds in AROUND_A_TURN
    ]
    count = PAYMENTS * scenario.scale - len(settling)
    moments = business_moments(draw, count - len(nights), scenario.now()) + nights
    statuses = draw.choices(tuple(ENDS), tuple(ENDS.values()), k=count)
    others = zip(moments, statuses, strict=True)
    return settling + [Start(moment, status, None) for moment, status in others]


def _attempts(sale: Sale) -> list[Start]:
    """The payments for a sale, begun within four minutes; of two only the second may succeed."""
    if sale.place % 5 > 1:
        return []
    begun = sale.moment + 20 + sale.place * 37 % 100
    last = OUTCOMES.get(sale.status, "paid")
    if sale.place % 75:
        return [Start(begun, last, sale.place)]
    return [Start(begun, "failed", sale.place), Start(begun + 90, last, sale.place)]
