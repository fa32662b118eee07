"""No digit of an amount is lost, whatever its length."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import MalformedError
from providers.money import Money, decimal, money

digits = st.text("0123456789", min_size=1, max_size=60)
decimals = st.builds(Decimal, st.from_regex(r"\A-?[0-9]{1,60}(\.[0-9]{1,60})?\Z"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("118.36", "118.36"),
        ("0.00", "0.00"),
        ("-5.00", "-5.00"),
        ("44700", "44700"),
        ("5.", "5"),
        (".5", "0.5"),
        ("0007.10", "7.10"),
        ("99999999999999.99", "99999999999999.99"),
        ("0.1000000000000000000000000000000000001", "0.1000000000000000000000000000000000001"),
    ],
)
def test_decimal(text: str, value: str) -> None:
    assert str(decimal(text)) == value


@pytest.mark.parametrize("text", [None, ""])
def test_nothing_states_no_number(text: str | None) -> None:
    assert decimal(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("1e5", "1E+2", "NaN", "sNaN", "Infinity", "-Infinity", "0x10", "1_000", "<string>"),
        *(".", "-", "-.", "--1", "+1", "1.2.3", "1,000.00", "1 000", "1,5"),
        *(" 1", "1 ", "1\n", "\n1", "٣", "\uff11", "\u00a01", "1\x00"),
    ],
)
def test_what_is_no_decimal_number(text: str) -> None:
    with pytest.raises(MalformedError, match=r"^is not a decimal number$"):
        decimal(text)


@given(st.sampled_from(["", "-"]), digits, st.none() | digits)
def test_decimal_keeps_every_digit(sign: str, whole: str, fraction: str | None) -> None:
    text = sign + whole + ("" if fraction is None else f".{fraction}")
    value = decimal(text)
    exact = Fraction(int(whole + (fraction or "")), 10 ** len(fraction or ""))
    assert value is not None
    assert Fraction(value) == (-exact if sign else exact)


@given(st.text())
def test_decimal_takes_any_text(text: str) -> None:
    try:
        value = decimal(text)
    except MalformedError:
        return
    assert value is None if text == "" else value is not None and value.is_finite()


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0", "0.00"),
        ("5", "5.00"),
        ("5.1", "5.10"),
        ("5.12", "5.12"),
        ("5.123", "5.123"),
        ("5.10000", "5.10000"),
        ("1E+3", "1000.00"),
        ("-3", "-3.00"),
        ("-0", "0.00"),
        ("-0.0000", "0.0000"),
        ("9" * 40, "9" * 40 + ".00"),
        ("9" * 40 + ".125", "9" * 40 + ".125"),
    ],
)
def test_money_has_two_decimals_or_more(amount: str, written: str) -> None:
    shown = money(Decimal(amount), "KZT")
    assert shown == Money(Decimal(written), "KZT")
    assert f"{shown.amount:f}" == written


@pytest.mark.parametrize("currency", [None, ""])
def test_no_money_without_a_currency(currency: str | None) -> None:
    assert money(Decimal(5), currency) is None


def test_no_money_without_an_amount() -> None:
    assert money(None, "KZT") is None


@given(decimals)
def test_money_never_loses_a_digit(amount: Decimal) -> None:
    with localcontext(prec=1):  # whatever the thread's arithmetic is set to
        shown = money(amount, "RUB")
    assert shown is not None
    exponent = amount.as_tuple().exponent
    assert isinstance(exponent, int)
    assert Fraction(shown.amount) == Fraction(amount)
    assert shown.amount.as_tuple().exponent == min(exponent, -2)
    assert shown.amount.is_signed() == (amount < 0)
