"""From a list's filter to what providers are asked, and to what is completed here."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import fields
from datetime import datetime
from decimal import Context, Decimal
from enum import Enum
from functools import cache, partial
from typing import Any, TypeVar

from providers.money import Money
from providers.timestamps import micros
from providers.views import Record
from resolvers.errors import UserInputError
from resolvers.identifiers import global_id
from resolvers.ranks import MISSING

Test = Callable[[Any], bool]
Q = TypeVar("Q")


def query(kind: Callable[..., Q], given: Mapping[str, Any], **others: Any) -> Q:
    """The query of the restrictions that a client gave, by their names; lists become sets."""
    digits = given.get("card_last_four")
    if digits is not None and not (len(digits) == 4 and digits.isascii() and digits.isdecimal()):
        raise UserInputError("filter.cardLastFour: must be four digits")
    asked = {name: value for name, value in given.items() if name not in ("sources", "providers")}
    sets = {name: frozenset(value) for name, value in asked.items() if isinstance(value, list)}
    return kind(**asked | sets | others)


def restricted(query: Any) -> frozenset[str]:
    """The names of the restrictions that a query sets."""
    names = _restrictions(query.__class__)
    return frozenset([name for name in names if getattr(query, name) is not None])


@cache
def _restrictions(kind: type) -> Sequence[str]:
    """The names of all that a kind of query can restrict."""
    return [each.name for each in fields(kind) if each.name in TESTS]


def _at_least(value: Any, bound: Any) -> bool:
    return value is not None and value >= bound


def _before(value: Any, bound: Any) -> bool:
    return value is not None and value < bound


def _amount(money: Money | None) -> Decimal | None:
    return None if money is None else money.amount


def _at_most(value: Any, bound: Any) -> bool:
    return value is not None and value <= bound


TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "statuses": lambda wanted, row: row.status in wanted,
    "currencies": lambda wanted, row: row.currency in wanted,
    "number": lambda wanted, row: row.number == wanted,
    "card_last_four": lambda wanted, row: row.card_last_four == wanted,
    "total_from": lambda wanted, row: _at_least(_amount(row.total), wanted),
    "total_to": lambda wanted, row: _at_most(_amount(row.total), wanted),
    "gross_from": lambda wanted, row: _at_least(_amount(row.gross), wanted),
    "gross_to": lambda wanted, row: _at_most(_amount(row.gross), wanted),
    "created_from": lambda wanted, row: _at_least(row.created_at, wanted),
    "created_to": lambda wanted, row: _before(row.created_at, wanted),
    "updated_from": lambda wanted, row: _at_least(row.updated_at, wanted),
    "updated_to": lambda wanted, row: _before(row.updated_at, wanted),
    "paid_from": lambda wanted, row: _at_least(row.paid_at, wanted),
    "paid_to": lambda wanted, row: _before(row.paid_at, wanted),
    "invoice_number": lambda wanted, row: row.invoice_number == wanted,
    "order_number": lambda wanted, row: row.order_number == wanted,
    "afas_invoice_id": lambda wanted, row: row.afas_invoice_id == wanted,
    "report_types": lambda wanted, row: row.report_type in wanted,
}
"""What a row must pass for each restriction that a provider may leave to us."""


def matcher(query: Any, names: Set[str], *, present: bool) -> Test | None:
    """Whether a row passes the named restrictions of a query; None where there is nothing to test.

    `present`: the list has rows that are none of this kind at all.
    """
    tests: list[Test] = [partial(TESTS[name], getattr(query, name)) for name in sorted(names)]
    if present:
        tests.insert(0, lambda row: bool(row.present))
    return (lambda row: all(test(row) for test in tests)) if tests else None


def period(query: Any, names: tuple[str, str], left: Set[str]) -> tuple[int | None, int | None]:
    """The sort keys between which wanted rows are, as far as they are left to us.

    A row without a key is in no period.
    """
    floor, ceiling = (micros(getattr(query, name)) if name in left else None for name in names)
    return (MISSING + 1 if floor is None and ceiling is not None else floor), ceiling


def canonical(value: Any) -> Any:
    """The same plain value for filters that mean the same."""
    if isinstance(value, Mapping):
        return sorted((name, canonical(each)) for name, each in value.items())
    if isinstance(value, list | tuple | frozenset | set):
        return sorted({canonical(each) for each in value})
    if isinstance(value, datetime):
        return micros(value)
    if isinstance(value, Record):
        return global_id(value)
    if isinstance(value, Decimal):
        exact = Context(prec=len(value.as_tuple().digits))
        return str(value.normalize(exact)) if value else "0"
    return value.value if isinstance(value, Enum) else value
