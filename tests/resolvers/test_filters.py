"""Filters: which rows each restriction lets through, and what is refused."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.money import Money
from providers.queries import InvoiceQuery
from providers.records import InvoiceStatus
from providers.timestamps import micros
from resolvers.errors import UserInputError
from resolvers.filters import TESTS, canonical, invoice_query, matcher, period
from resolvers.ranks import MISSING


@dataclass(frozen=True)
class Invoice:
    """What filters look at; as a row has it of which the provider says nothing."""

    status: InvoiceStatus = InvoiceStatus.UNKNOWN
    currency: str | None = None
    number: str | None = None
    card_last_four: str | None = None
    total: Money | None = None


BARE = Invoice()
PAID = Invoice(InvoiceStatus.PAID, "EUR", "A-7", "0123", Money(Decimal("10.00"), "EUR"))


def passes(row: Invoice, **restrictions: Any) -> bool:
    test = matcher(invoice_query(restrictions))
    assert test is not None
    return test(row)


@pytest.mark.parametrize(
    ("restrictions", "passed"),
    [
        ({"statuses": [InvoiceStatus.PAID]}, True),
        ({"statuses": [InvoiceStatus.FAILED, InvoiceStatus.PAID]}, True),
        ({"statuses": [InvoiceStatus.FAILED]}, False),
        ({"statuses": [InvoiceStatus.UNKNOWN]}, False),
        ({"statuses": []}, False),
        ({"currencies": ["EUR"]}, True),
        ({"currencies": ["RUB", "EUR"]}, True),
        ({"currencies": ["RUB"]}, False),
        ({"currencies": ["eur"]}, False),
        ({"currencies": []}, False),
        ({"number": "A-7"}, True),
        ({"number": "A-07"}, False),
        ({"number": "a-7"}, False),
        ({"number": ""}, False),
        ({"card_last_four": "0123"}, True),
        ({"card_last_four": "0124"}, False),
        ({"total_from": Decimal(10)}, True),
        ({"total_from": Decimal("10.01")}, False),
        ({"total_from": Decimal(-3)}, True),
        ({"total_to": Decimal("10.000")}, True),
        ({"total_to": Decimal("9.99")}, False),
        ({"total_from": Decimal(10), "total_to": Decimal(10)}, True),
        ({"statuses": [InvoiceStatus.PAID], "currencies": ["EUR"], "number": "A-7"}, True),
        ({"statuses": [InvoiceStatus.PAID], "currencies": ["RUB"], "number": "A-7"}, False),
    ],
    ids=str,
)
def test_a_row_passes_what_it_meets(restrictions: dict[str, Any], passed: bool) -> None:
    assert passes(PAID, **restrictions) is passed


@pytest.mark.parametrize(
    "restrictions",
    [
        {"statuses": [InvoiceStatus.PAID]},
        {"currencies": ["EUR"]},
        {"number": ""},
        {"number": "None"},
        {"card_last_four": "0000"},
        {"total_from": Decimal(0)},
        {"total_from": Decimal(-1)},
        {"total_to": Decimal(0)},
        {"total_to": Decimal(10**9)},
    ],
    ids=str,
)
def test_what_a_row_does_not_state_matches_no_restriction(restrictions: dict[str, Any]) -> None:
    assert not passes(BARE, **restrictions)


def test_an_unknown_status_can_be_asked_for() -> None:
    assert passes(BARE, statuses=[InvoiceStatus.UNKNOWN])


def test_an_amount_of_zero_is_an_amount() -> None:
    free = Invoice(total=Money(Decimal("0.00"), "EUR"))
    assert passes(free, total_from=Decimal(0), total_to=Decimal(0))


def test_every_restriction_has_a_test_or_is_of_the_sort_key() -> None:
    restrictions = {each.name for each in fields(InvoiceQuery)}
    assert restrictions - TESTS.keys() == {"created_from", "created_to"}
    assert restrictions >= TESTS.keys()


def test_without_restrictions_there_is_nothing_to_test() -> None:
    assert matcher(InvoiceQuery()) is None
    assert matcher(InvoiceQuery(created_from=datetime(2026, 1, 1, tzinfo=UTC))) is None


def test_a_query_holds_what_was_given_and_nothing_else() -> None:
    query = invoice_query(
        {
            "statuses": [InvoiceStatus.PAID, InvoiceStatus.PAID],
            "currencies": [],
            "number": "7",
            "sources": ["alpha"],
            "providers": [],
        }
    )
    assert query == InvoiceQuery(
        statuses=frozenset({InvoiceStatus.PAID}), currencies=frozenset(), number="7"
    )
    assert invoice_query({}) == InvoiceQuery()


@pytest.mark.parametrize(
    "digits",
    [
        "",
        "123",
        "12345",
        "12a4",
        "\uff11\uff12\uff13\uff14",
        "\u0660\u0661\u0662\u0663",
        "12 4",
        " 1234",
    ],
)
def test_bad_card_digits_are_refused(digits: str) -> None:
    with pytest.raises(UserInputError, match=r"^filter\.cardLastFour: must be four digits$"):
        invoice_query({"card_last_four": digits})


def test_good_card_digits_are_taken() -> None:
    assert invoice_query({"card_last_four": "0123"}).card_last_four == "0123"


MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
LATER = MOMENT + timedelta(days=1)


@pytest.mark.parametrize(
    ("bounds", "keys"),
    [
        ({}, (None, None)),
        ({"created_from": MOMENT}, (micros(MOMENT), None)),
        ({"created_to": LATER}, (MISSING + 1, micros(LATER))),
        ({"created_from": MOMENT, "created_to": LATER}, (micros(MOMENT), micros(LATER))),
    ],
    ids=["none", "from", "to", "both"],
)
def test_a_period_is_of_sort_keys(
    bounds: dict[str, Any], keys: tuple[int | None, int | None]
) -> None:
    assert period(InvoiceQuery(**bounds)) == keys


def test_rows_without_a_time_are_in_no_period() -> None:
    for query in (InvoiceQuery(created_from=MOMENT), InvoiceQuery(created_to=LATER)):
        floor, _ = period(query)
        assert floor is not None
        assert floor > MISSING


@given(st.frozensets(st.sampled_from(InvoiceStatus)))
def test_a_set_has_one_plain_form(statuses: frozenset[InvoiceStatus]) -> None:
    plain = canonical(statuses)
    assert plain == sorted(status.value for status in statuses)
    assert canonical(frozenset(reversed(list(statuses)))) == plain
