"""Exact money: Decimal from the wire to the client, never a float."""

import re
from decimal import Decimal
from typing import NamedTuple

from providers.errors import MalformedError

_MAGNITUDE = 30  # digits before or behind the point
_PLAIN = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)


class Money(NamedTuple):
    """An amount in major units (roubles, not kopecks) with at least two decimals."""

    amount: Decimal
    currency: str


def decimal(text: str | None) -> Decimal | None:
    """The exact number that a decimal string states; an empty string states none.

    Raises MalformedError for anything else: exponents, NaN, blanks, thousands separators.
    """
    if not text:
        return None
    if not _PLAIN.fullmatch(text):
        raise MalformedError("is not a decimal number")
    return Decimal(text)


def exact(number: Decimal | None) -> Decimal | None:
    """A JSON number as it was written. Raises MalformedError for what no amount of money is."""
    if number and (not number.is_finite() or abs(number.adjusted()) > _MAGNITUDE):
        raise MalformedError("is no amount of money")
    return number


def hundredths(whole: int | None) -> Decimal | None:
    """Kopecks or cents as major units."""
    return None if whole is None else Decimal(f"{whole}E-2")  # not scaleb, which rounds


def money(amount: Decimal | None, currency: str | None) -> Money | None:
    """An amount as money; none without a currency."""
    return None if amount is None or not currency else Money(in_full(amount), currency)


def in_full(amount: Decimal) -> Decimal:
    """The same number with two decimals or more, and no negative zero."""
    sign, digits, exponent = amount.as_tuple()
    if isinstance(exponent, int) and exponent > -2:  # not quantize, which gives up at 28 digits
        amount = Decimal((sign, digits + (0,) * (exponent + 2), -2))
    return amount or amount.copy_abs()
