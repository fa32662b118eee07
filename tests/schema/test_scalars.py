"""What the scalars take and give, as literals of a document and as variables."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec
import pytest
import strawberry
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st
from strawberry.schema.config import StrawberryConfig

from schema.scalars import (
    JSON,
    SCALARS,
    read_date,
    read_decimal,
    read_moment,
    write_decimal,
    write_moment,
)


@strawberry.type
class Query:
    """Gives back what it is given, and notes what Python makes of it."""

    @strawberry.field
    def number(self, info: strawberry.Info, value: Decimal) -> Decimal:
        info.context.append(value)
        return value

    @strawberry.field
    def moment(self, info: strawberry.Info, value: datetime) -> datetime:
        info.context.append(value)
        return value

    @strawberry.field
    def day(self, info: strawberry.Info, value: date) -> date:
        info.context.append(value)
        return value

    @strawberry.field
    def json(self) -> JSON:
        return JSON(msgspec.Raw(b'{"a": [1.10, null]}'))


ECHO = strawberry.Schema(Query, config=StrawberryConfig(scalar_map=SCALARS))
TYPES = {"number": "Decimal", "moment": "DateTime", "day": "Date"}
A_DECIMAL = 'Expected a decimal number as a string, such as "118.36".'
A_TIME = 'Expected a time with its offset, such as "2026-01-31T09:30:00+03:00".'
A_DATE = 'Expected a date, such as "2026-01-31".'


def echo(query: str, **variables: Any) -> tuple[Any, Any]:
    """What the field received, and what it gave."""
    seen: list[Any] = []
    result = ECHO.execute_sync(query, variable_values=variables, context_value=seen)
    if result.errors:
        raise result.errors[0]
    assert result.data is not None
    (given_back,) = result.data.values()
    (received,) = seen
    return received, given_back


def literal(field: str, text: str) -> tuple[Any, Any]:
    return echo(f"{{ {field}(value: {text}) }}")


def variable(field: str, value: Any) -> tuple[Any, Any]:
    return echo(f"query ($v: {TYPES[field]}!) {{ {field}(value: $v) }}", v=value)


NUMBERS = [
    ('"118.36"', "118.36"),
    ('"0"', "0"),
    ('"-0.50"', "-0.50"),
    ('"007"', "7"),
    ('"1.10"', "1.10"),
    ('"100000000000000000000000000000.000000001"', None),
    ('"' + "9" * 40 + "." + "9" * 40 + '"', None),
    ("5", "5"),
    ("-12", "-12"),
    ("9" * 40, None),
]
FRACTIONS = [("118.36", "118.36"), ("0.10", "0.10"), ("-1.0", "-1.0")]


@pytest.mark.parametrize(("text", "printed"), [*NUMBERS, *FRACTIONS])
def test_decimal_literals(text: str, printed: str | None) -> None:
    expected = printed or text.strip('"')
    assert literal("number", text) == (Decimal(expected), expected)


@pytest.mark.parametrize(("text", "printed"), NUMBERS)
def test_decimal_variables(text: str, printed: str | None) -> None:
    expected = printed or text.strip('"')
    assert variable("number", msgspec.json.decode(text)) == (Decimal(expected), expected)


@pytest.mark.parametrize(
    "text",
    [
        '""',
        '" 1"',
        '"1\\n"',
        '"1e3"',
        '"1E+2"',
        '"NaN"',
        '"Infinity"',
        '"+1"',
        '".5"',
        '"5."',
        '"1,5"',
        '"1_000"',
        '"0x1"',
        '"\u0661"',  # a digit in Arabic
        '"' + "9" * 41 + '"',
        '"0.' + "9" * 41 + '"',
        "9" * 41,
        "true",
        "null",
        '["1"]',
        "{}",
    ],
)
def test_what_is_no_decimal(text: str) -> None:
    value = msgspec.json.decode(text)
    with pytest.raises(GraphQLError, match=re.escape(A_DECIMAL) if value is not None else "null"):
        literal("number", text)
    with pytest.raises(GraphQLError, match=re.escape(A_DECIMAL) if value is not None else "null"):
        variable("number", value)


@pytest.mark.parametrize("text", ["1e3", "1.5e1", "VALUE", "9" * 5000])
def test_what_is_no_decimal_in_a_document(text: str) -> None:
    with pytest.raises(GraphQLError, match=re.escape(A_DECIMAL)) as caught:
        literal("number", text)
    assert caught.value.locations is not None


@pytest.mark.parametrize("value", [1.5, 1.0, float("nan"), float("inf"), 10**40])
def test_what_is_no_decimal_in_a_variable(value: Any) -> None:
    with pytest.raises(GraphQLError, match=re.escape(A_DECIMAL)):
        variable("number", value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1E+2"), "100"),
        (Decimal("1E-10"), "0.0000000001"),
        (Decimal("1.10"), "1.10"),
        (Decimal("-0.00"), "-0.00"),
    ],
)
def test_decimals_are_written_without_exponent(value: Decimal, text: str) -> None:
    assert write_decimal(value) == text


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**39), max_value=10**39
    ).filter(lambda number: int(number.as_tuple().exponent) >= -40)
)
def test_no_decimal_loses_a_digit(number: Decimal) -> None:
    text = write_decimal(number)
    assert read_decimal(text) == number
    assert write_decimal(read_decimal(text)) == text
    written, exponent = number.as_tuple().digits, int(number.as_tuple().exponent)
    if exponent <= 0:
        assert read_decimal(text).as_tuple().digits == written
        assert len(text.partition(".")[2]) == -exponent


MOMENTS = [
    ("2026-01-31T09:30:00+03:00", datetime(2026, 1, 31, 6, 30, tzinfo=UTC), None),
    ("2026-01-31T09:30:00Z", datetime(2026, 1, 31, 9, 30, tzinfo=UTC), None),
    ("2026-01-31t09:30:00z", datetime(2026, 1, 31, 9, 30, tzinfo=UTC), "2026-01-31T09:30:00Z"),
    ("2026-01-31T09:30:00-00:00", datetime(2026, 1, 31, 9, 30, tzinfo=UTC), "2026-01-31T09:30:00Z"),
    ("2026-01-31T09:30:00-11:30", datetime(2026, 1, 31, 21, 0, tzinfo=UTC), None),
    ("2026-01-31T09:30:00.123Z", datetime(2026, 1, 31, 9, 30, 0, 123_000, tzinfo=UTC), None),
    ("2026-01-31T09:30:00.000001Z", datetime(2026, 1, 31, 9, 30, 0, 1, tzinfo=UTC), None),
    (
        "2026-01-31T09:30:00.5Z",
        datetime(2026, 1, 31, 9, 30, 0, 500_000, tzinfo=UTC),
        "2026-01-31T09:30:00.500Z",
    ),
    ("2024-02-29T23:59:59+14:00", datetime(2024, 2, 29, 9, 59, 59, tzinfo=UTC), None),
]


@pytest.mark.parametrize(("text", "moment", "printed"), MOMENTS)
def test_moments(text: str, moment: datetime, printed: str | None) -> None:
    assert literal("moment", f'"{text}"') == (moment, printed or text)
    assert variable("moment", text) == (moment, printed or text)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", A_TIME),
        ("2026-01-31", A_TIME),
        ("2026-01-31T09:30:00", A_TIME),
        ("2026-01-31T09:30Z", A_TIME),
        ("2026-01-31 09:30:00Z", A_TIME),
        ("2026-01-31T09:30:00+03", A_TIME),
        ("2026-01-31T09:30:00+0300", A_TIME),
        ("2026-01-31T09:30:00,5Z", A_TIME),
        ("2026-01-31T09:30:00.Z", A_TIME),
        ("20260131T093000Z", A_TIME),
        ("2026-W05-6T09:30:00Z", A_TIME),
        ("2026-01-31T09:30:00Z\n", A_TIME),
        ("2026-01-31T09:30:00ZZ", A_TIME),
        ("\u0662026-01-31T09:30:00Z", A_TIME),  # its first digit is Arabic
        ("now", A_TIME),
        (1769850000, A_TIME),
        (True, A_TIME),
        ("2026-02-30T09:30:00Z", "a time that exists"),
        ("2025-02-29T09:30:00Z", "a time that exists"),
        ("2026-01-31T24:30:00Z", "a time that exists"),
        ("2026-01-31T09:60:00Z", "a time that exists"),
        ("2026-01-31T09:30:60Z", "a time that exists"),
        ("2026-01-31T09:30:00+24:00", "a time that exists"),
        ("0000-01-01T00:00:00Z", "a time that exists"),
    ],
)
def test_what_is_no_moment(value: Any, message: str) -> None:
    with pytest.raises(GraphQLError, match=re.escape(message)):
        literal("moment", msgspec.json.encode(value).decode())
    with pytest.raises(GraphQLError, match=re.escape(message)):
        variable("moment", value)


OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=OFFSETS))
def test_moments_keep_instant_and_offset(moment: datetime) -> None:
    text = write_moment(moment)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6})?(Z|[+-]\d\d:\d\d)", text)
    again = read_moment(text)
    assert again == moment
    assert again.utcoffset() == moment.utcoffset()


def test_dates() -> None:
    assert literal("day", '"2024-02-29"') == (date(2024, 2, 29), "2024-02-29")
    assert variable("day", "2024-02-29") == (date(2024, 2, 29), "2024-02-29")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2026-1-31", A_DATE),
        ("20260131", A_DATE),
        ("2026-01-31T00:00:00Z", A_DATE),
        ("2026-W05-6", A_DATE),
        (20260131, A_DATE),
        ("2026-02-30", "a date that exists"),
        ("0000-00-00", "a date that exists"),
    ],
)
def test_what_is_no_date(value: Any, message: str) -> None:
    with pytest.raises(GraphQLError, match=re.escape(message)):
        literal("day", msgspec.json.encode(value).decode())
    with pytest.raises(GraphQLError, match=re.escape(message)):
        variable("day", value)


@given(st.dates())
def test_dates_round_trip(day: date) -> None:
    assert read_date(day.isoformat()) == day


def test_json_is_passed_on_as_it_is() -> None:
    result = ECHO.execute_sync("{ json }")
    assert msgspec.json.encode(result.data) == b'{"json":{"a": [1.10, null]}}'
