"""From a list's filter to what providers are asked, and to what is completed here."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Context, Decimal
from functools import partial
from typing import Any

from providers.money import Money
from providers.queries import InvoiceQuery
from providers.timestamps import micros
from resolvers.errors import UserInputError
from resolvers.ranks import MISSING

Test = Callable[[Any], bool]
SETS = ("statuses", "currencies")


def invoice_query(given: Mapping[str, Any]) -> InvoiceQuery:
    """The query of the restrictions that a client gave, by their names."""
    digits = given.get("card_last_four")
    if digits is not None and not (len(digits) == 4 and digits.isascii() and digits.isdecimal()):
        raise UserInputError("filter.cardLastFour: must be four digits")
    known = {field.name for field in fields(InvoiceQuery)} & given.keys()
    values: dict[str, Any] = {name: given[name] for name in known}
    return InvoiceQuery(
        **values | {name: frozenset(values[name]) for name in SETS if name in known}
    )


def _at_least(money: Money | None, bound: Any) -> bool:
    return money is not None and money.amount >= bound


def _at_most(money: Money | None, bound: Any) -> bool:
    return money is not None and money.amount <= bound


TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "statuses": lambda wanted, row: row.status in wanted,
    "currencies": lambda wanted, row: row.currency in wanted,
    "number": lambda wanted, row: row.number == wanted,
    "card_last_four": lambda wanted, row: row.card_last_four == wanted,
    "total_from": lambda wanted, row: _at_least(row.total, wanted),
    "total_to": lambda wanted, row: _at_most(row.total, wanted),
}
"""What a row must pass for each restriction, but for its sort key: the walk looks at that."""


def matcher(query: Any) -> Test | None:
    """Whether a row passes the restrictions of a query; None where there are none to test."""
    tests = [
        partial(test, value)
        for name, test in TESTS.items()
        if (value := getattr(query, name, None)) is not None
    ]
    return (lambda row: all(test(row) for test in tests)) if tests else None


def period(query: Any) -> tuple[int | None, int | None]:
    """The sort keys between which wanted rows are; a row without a key is in no period."""
    floor = None if query.created_from is None else micros(query.created_from)
    ceiling = None if query.created_to is None else micros(query.created_to)
    return (MISSING + 1 if floor is None and ceiling is not None else floor), ceiling


def canonical(value: Any) -> Any:
    """The same plain value for filters that mean the same."""
    if isinstance(value, frozenset | set):
        return sorted(canonical(item) for item in value)
    if hasattr(value, "tzinfo"):
        return micros(value)
    if isinstance(value, Decimal):
        exact = Context(prec=len(value.as_tuple().digits))
        return str(value.normalize(exact)) if value else "0"
    return value.value if hasattr(value, "value") else value
