"""The graph's own scalars: exact numbers, times that are never naive, dates, and raw JSON."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NewType, TypeVar

import strawberry
from graphql import FloatValueNode, GraphQLError, IntValueNode, StringValueNode, ValueNode
from strawberry.types.scalar import ScalarDefinition

from execution.inlining import in_form

T = TypeVar("T")
JSON = NewType("JSON", object)

_NUMBER = re.compile(r"-?\d{1,40}(?:\.\d{1,40})?", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@in_form("decimal")
def write_decimal(value: Decimal) -> str:
    """All digits, no exponent."""
    text = str(value)  # is the same in half the time, but for exponents
    return f"{value:f}" if "E" in text else text


@in_form("rfc3339")
def write_moment(value: datetime) -> str:
    """RFC 3339 with the offset, `Z` for none; milliseconds or microseconds where there are any."""
    in_milliseconds = value.microsecond and not value.microsecond % 1000
    text = value.isoformat(timespec="milliseconds") if in_milliseconds else value.isoformat()
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text


def read_decimal(value: Any) -> Decimal:
    """A string or whole number of plain digits; JSON numbers with a fraction are not exact."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**40 else ""
    return Decimal(_text(value, _NUMBER, 'a decimal number as a string, such as "118.36"'))


def read_moment(value: Any) -> datetime:
    """RFC 3339, always with an offset."""
    text = _text(value, _MOMENT, 'a time with its offset, such as "2026-01-31T09:30:00+03:00"')
    return _read(datetime.fromisoformat, text.upper(), "a time that exists")


def read_date(value: Any) -> date:
    """A whole calendar date."""
    text = _text(value, _DATE, 'a date, such as "2026-01-31"')
    return _read(date.fromisoformat, text, "a date that exists")


def _text(value: Any, pattern: re.Pattern[str], expected: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise GraphQLError(f"Expected {expected}.")
    return value


def _read(convert: Callable[[str], T], text: str, expected: str) -> T:
    try:
        return convert(text)
    except ValueError:
        raise GraphQLError(f"Expected {expected}, not {text!r}.") from None


def _literal(read: Callable[[Any], Any], *kinds: type[ValueNode]) -> Callable[..., Any]:
    """Reads a literal of a document by its text: a number there is exact, unlike in JSON."""

    def read_literal(node: ValueNode, _: Any = None) -> Any:
        try:
            return read(node.value if isinstance(node, kinds) else None)  # type: ignore[attr-defined]
        except GraphQLError as error:
            raise GraphQLError(error.message, nodes=node) from None

    return read_literal


DECIMAL = strawberry.scalar(
    name="Decimal",
    description=(
        'An exact decimal number, written as a JSON string: "118.36". No exponent, no digit '
        "dropped; money has at least two decimals. As input strings, whole numbers and literals "
        "are taken, never NaN or a JSON number with a fraction, which would not be exact."
    ),
    serialize=write_decimal,
    parse_value=read_decimal,
    parse_literal=_literal(read_decimal, StringValueNode, IntValueNode, FloatValueNode),
)

DATE_TIME = strawberry.scalar(
    name="DateTime",
    description=(
        "A moment as RFC 3339 text with an offset: the provider's own, else that of the source's "
        'time zone. Never without one, in answers or as input: "2026-01-31T09:30:00+03:00".'
    ),
    specified_by_url="https://datatracker.ietf.org/doc/html/rfc3339",
    serialize=write_moment,
    parse_value=read_moment,
    parse_literal=_literal(read_moment, StringValueNode),
)

DATE = strawberry.scalar(
    name="Date",
    description='A calendar date as ISO 8601 text: "2026-01-31".',
    serialize=date.isoformat,
    parse_value=read_date,
    parse_literal=_literal(read_date, StringValueNode),
)

JSON_TEXT = strawberry.scalar(
    name="JSON",
    description="Arbitrary JSON, as a provider sent it.",
)

SCALARS: Mapping[object, ScalarDefinition] = {
    Decimal: DECIMAL,
    datetime: DATE_TIME,
    date: DATE,
    JSON: JSON_TEXT,
}
"""The scalars by the Python types that records and arguments have."""
