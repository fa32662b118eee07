"""The attributes of views that are money, or exact numbers beside it.

Money is made when somebody asks for it. What an operation shows of it, mostly the digits and the
currency, can be had without: `Inline` says so.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, NoReturn

from providers.errors import MalformedError
from providers.inlining import Attribute, Inline
from providers.money import Money, decimal, exact, hundredths, in_full, money
from providers.views import View, conversion

_SURE = 10**28  # hundredths below it are an amount of money, whatever they are
Write = Callable[[Decimal], str]


def amount(name: str, currency: str = "currency") -> property:
    """Money written as a decimal string, in the currency that the attribute `currency` names."""
    currency_of = attrgetter(currency)

    def read(view: View) -> Money | None:
        return money(view.converted(name, decimal), currency_of(view))

    return _money(read, f"{{judged}}({{w}}.{name})", _STRING, currency)


def number(name: str, currency: str = "currency") -> property:
    """Money written as a JSON number of major units."""
    currency_of = attrgetter(currency)

    def read(view: View) -> Money | None:
        return money(view.converted(name, exact), currency_of(view))

    return _money(read, f"{{exact}}({{w}}.{name})", _NUMBER, currency)


def cents(name: str, currency: str = "currency") -> property:
    """Money written as an object with a whole `amount` of hundredths."""
    currency_of = attrgetter(currency)

    def read(view: View) -> Money | None:
        value = getattr(view.row, name)
        whole = None if value is None else value.amount  # names its own place if it is bad
        if type(whole) is int and -_SURE < whole < _SURE:  # what all but nonsense is
            return _money_of(whole, currency_of(view))
        return money(view.converted(name, lambda _: exact(hundredths(whole))), currency_of(view))

    whole = f"None if ({{t}} := {{w}}.{name}) is None or ({{t}} := {{t}}.amount) is None else {{t}}"
    return _money(read, f"{whole} if -{_SURE} < {{t}} < {_SURE} else {{ask}}()", _CENTS, currency)


@lru_cache(maxsize=1024)  # a row says most of its amounts several times, and others the same
def _money_of(whole: int, currency: str | None) -> Money | None:
    return Money(Decimal(f"{whole}E-2"), currency) if currency else None


def ratio(name: str) -> property:
    """A JSON number that is no money."""
    return conversion(name, exact, Decimal)


def points(name: str) -> property:
    """A whole number of hundredths of something that is no money."""

    def amount(whole: int | None) -> Decimal | None:
        return exact(hundredths(whole))

    forms = {"decimal": f"None if ({{t}} := {{w}}.{name}) is None else {{digits}}({{t}})"}
    written = {"digits": _digits_of(amount)}
    inline = Inline(f"{{amount}}({{w}}.{name})", {"amount": amount}, Decimal, forms, written)
    return Attribute(lambda view: view.converted(name, amount), inline)


def _money(read: Callable[[Any], Any], received: str, kind: type, currency: str) -> property:
    """Money whose amount was `received`, an expression of it that also judges it."""
    if currency != "currency":  # of another object
        return property(read)
    parts = {"a": f"({received}) if {{currency}} else {{ask}}()", "c": "{currency}"}
    return Attribute(read, Inline(names=_NAMES, parts=parts, of=kind))


def _ask(*_: Any) -> NoReturn:
    raise MalformedError("has to be looked at closely")


@lru_cache(maxsize=1024)
def _judged(text: str | None) -> str | None:
    return None if decimal(text) is None else text


_NAMES = {"ask": _ask, "exact": exact, "judged": _judged}


def _shown(amount: Callable[[Any], Any], *, kept: bool = True) -> type:
    """A class with the attributes of money whose amount is made of `{a}`, what was received.

    What its digits are is `kept`, unless equal amounts differ in how they are written.
    """
    forms = {"decimal": "{digits}({a})"}
    written = {"digits": _digits_of(amount, kept=kept)}
    shown = Inline("{amount}({a})", {"amount": amount}, Decimal, forms, written)
    attributes = {"amount": shown, "currency": Inline("{c}", kind=str)}
    return type("Shown", (), {name: Attribute(_ask, each) for name, each in attributes.items()})


def _digits_of(amount: Callable[[Any], Any], *, kept: bool = True) -> Callable[[Write], Any]:
    """Makes of what writes a scalar what writes an amount for what was received."""

    @cache
    def writing(write: Write) -> Callable[[Any], str]:
        def digits(received: Any) -> str:
            return write(amount(received))

        return lru_cache(maxsize=1024)(digits) if kept else digits

    return writing


def _of_string(text: str) -> Decimal:
    return in_full(Decimal(text))


def _of_number(number: Decimal) -> Decimal:
    return in_full(number)


def _of_cents(whole: int) -> Decimal:
    return in_full(Decimal(f"{whole}E-2"))


_STRING, _CENTS = _shown(_of_string), _shown(_of_cents)
_NUMBER = _shown(_of_number, kept=False)  # equal ones differ in their zeros
