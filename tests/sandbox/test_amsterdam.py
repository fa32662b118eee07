"""The clock in Amsterdam, in winter, in summer and when it is turned."""

from datetime import UTC, datetime

import pytest

from sandbox.amsterdam import read, shown_at, turns, written


def moment(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("utc", "shown"),
    [
        ("2026-01-15 12:00:00", "2026-01-15 13:00:00"),
        ("2026-07-15 12:00:00", "2026-07-15 14:00:00"),
        ("2026-03-29 00:59:59", "2026-03-29 01:59:59"),
        ("2026-03-29 01:00:00", "2026-03-29 03:00:00"),
        ("2026-10-25 00:20:00", "2026-10-25 02:20:00"),
        ("2026-10-25 00:59:59", "2026-10-25 02:59:59"),
        ("2026-10-25 01:00:00", "2026-10-25 02:00:00"),
        ("2026-10-25 01:20:00", "2026-10-25 02:20:00"),
        ("2026-12-31 23:30:00", "2027-01-01 00:30:00"),
    ],
)
def test_clock(utc: str, shown: str) -> None:
    assert written(shown_at(moment(utc))) == shown


@pytest.mark.parametrize(
    "text", ["2026-10-25 02:20:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59"]
)
def test_reading_is_the_reverse_of_writing(text: str) -> None:
    assert read(text) == moment(text)


@pytest.mark.parametrize("text", ["0000-00-00 00:00:00", "2026-02-30 00:00:00", "soon", ""])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(text)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2024-11-20", "2026-11-20", ["2025-10-26 01:00:00", "2026-10-25 01:00:00"]),
        ("2026-01-01", "2026-10-25", []),
        ("2026-10-25", "2026-10-26", ["2026-10-25 01:00:00"]),
        ("2021-10-30", "2021-11-01", ["2021-10-31 01:00:00"]),
    ],
)
def test_turns(first: str, last: str, expected: list[str]) -> None:
    assert turns(moment(first), moment(last)) == [moment(text) for text in expected]
