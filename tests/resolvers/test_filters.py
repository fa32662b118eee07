"""Filters: which rows each restriction lets through, and what is refused."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.money import Money
from providers.queries import ExportTaskQuery, InvoiceQuery, PaymentQuery
from providers.records import InvoiceStatus
from providers.timestamps import micros
from resolvers.errors import UserInputError
from resolvers.filters import TESTS, canonical, matcher, period, query, restricted
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
    asked = query(InvoiceQuery, restrictions)
    test = matcher(asked, restricted(asked), present=False)
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


@pytest.mark.parametrize("kind", [InvoiceQuery, PaymentQuery, ExportTaskQuery])
def test_every_restriction_has_a_test(kind: Any) -> None:
    names = {each.name for each in fields(kind)} - {"by_update", "direction"}
    assert names <= TESTS.keys()


def test_without_restrictions_there_is_nothing_to_test() -> None:
    assert matcher(InvoiceQuery(), frozenset(), present=False) is None


def test_rows_of_another_kind_do_not_pass() -> None:
    test = matcher(PaymentQuery(), frozenset(), present=True)
    assert test is not None
    assert [test(SimpleNamespace(present=present)) for present in (True, False)] == [True, False]


def test_a_query_holds_what_was_given_and_nothing_else() -> None:
    asked = query(
        InvoiceQuery,
        {
            "statuses": [InvoiceStatus.PAID, InvoiceStatus.PAID],
            "currencies": [],
            "number": "7",
            "sources": ["alpha"],
            "providers": [],
        },
    )
    assert asked == InvoiceQuery(
        statuses=frozenset({InvoiceStatus.PAID}), currencies=frozenset(), number="7"
    )
    assert query(InvoiceQuery, {}) == InvoiceQuery()


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
        query(InvoiceQuery, {"card_last_four": digits})


def test_good_card_digits_are_taken() -> None:
    assert query(InvoiceQuery, {"card_last_four": "0123"}).card_last_four == "0123"


MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
LATER = MOMENT + timedelta(days=1)
CREATED = ("created_from", "created_to")


def test_what_the_upstream_applies_is_no_period_of_ours() -> None:
    asked = InvoiceQuery(created_from=MOMENT, created_to=LATER)
    assert period(asked, CREATED, {"created_to"}) == (MISSING + 1, micros(LATER))
    assert period(asked, CREATED, set()) == (None, None)


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
    assert period(InvoiceQuery(**bounds), CREATED, bounds.keys()) == keys


def test_rows_without_a_time_are_in_no_period() -> None:
    for asked in (InvoiceQuery(created_from=MOMENT), InvoiceQuery(created_to=LATER)):
        floor, _ = period(asked, CREATED, restricted(asked))
        assert floor is not None
        assert floor > MISSING


@given(st.frozensets(st.sampled_from(InvoiceStatus)))
def test_a_set_has_one_plain_form(statuses: frozenset[InvoiceStatus]) -> None:
    plain = canonical(statuses)
    assert plain == sorted(status.value for status in statuses)
    assert canonical(frozenset(reversed(list(statuses)))) == plain
