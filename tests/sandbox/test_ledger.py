"""Order, change and chance of the rows, without any provider."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from sandbox.ledger import Ledger, business_moments, utc
from sandbox.upstream import Row

NOON = int(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp())


def drawn(row_id: int, moment: int) -> Row:
    """A row that shows what it was made from."""
    return {"id": row_id, "moment": moment}


def ids(rows: list[Row]) -> list[object]:
    return [row["id"] for row in rows]


@pytest.fixture
def ledger() -> Ledger:
    """Five rows, the second and third at one moment."""
    return Ledger([100, 200, 200, 300, 400], 8, drawn)


@pytest.mark.parametrize(
    ("start", "stop", "expected"),
    [
        (0, 5, [12, 11, 10, 9, 8]),
        (0, 2, [12, 11]),
        (2, 4, [10, 9]),
        (4, 9, [8]),
        (5, 7, []),
        (0, 0, []),
    ],
)
def test_newest(ledger: Ledger, start: int, stop: int, expected: list[int]) -> None:
    assert ids(ledger.newest(start, stop)) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (0, 999, [8, 9, 10, 11, 12]),
        (100, 400, [8, 9, 10, 11, 12]),
        (101, 399, [9, 10, 11]),
        (200, 200, [9, 10]),
        (201, 299, []),
        (300, 200, []),
        (-(10**12), 10**12, [8, 9, 10, 11, 12]),
    ],
)
def test_between(ledger: Ledger, first: int, last: int, expected: list[int]) -> None:
    entries = ledger.between(first, last)
    assert [row_id for _, row_id in entries] == expected
    assert ids(ledger.rows(entries)) == expected
    assert ids(ledger.rows(reversed(entries))) == expected[::-1]


@pytest.mark.parametrize(("row_id", "moment"), [(8, 100), (10, 200), (12, 400)])
def test_find(ledger: Ledger, row_id: int, moment: int) -> None:
    assert ledger.find(row_id) == {"id": row_id, "moment": moment}


@pytest.mark.parametrize("row_id", [7, 13, None])
def test_unknown_row(ledger: Ledger, row_id: int | None) -> None:
    assert ledger.find(row_id) is None
    assert not ledger.remove(row_id)
    assert len(ledger) == 5


@pytest.mark.parametrize(
    ("moment", "expected"),
    [(500, [13, 12, 11, 10, 9, 8]), (200, [12, 11, 13, 10, 9, 8]), (1, [12, 11, 10, 9, 8, 13])],
)
def test_added_row_takes_its_place(ledger: Ledger, moment: int, expected: list[int]) -> None:
    row_id = ledger.claim_id()
    ledger.add(row_id, moment, {"id": row_id, "added": True})
    assert ids(ledger.newest(0, 10)) == expected
    assert ledger.find(row_id) == {"id": row_id, "added": True}


def test_removed_row_is_gone_and_its_id_not_used_again(ledger: Ledger) -> None:
    assert ledger.remove(12)
    assert ledger.find(12) is None
    assert ids(ledger.newest(0, 10)) == [11, 10, 9, 8]
    assert ledger.claim_id() == 13


def test_rows_are_drawn_when_looked_at() -> None:
    asked: list[int] = []

    def draw(row_id: int, moment: int) -> Row:
        asked.append(row_id)
        return drawn(row_id, moment)

    ledger = Ledger(range(1_000), 0, draw)
    ledger.newest(0, 3)
    assert asked == [999, 998, 997]


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_moments_end_just_before_now(hour: int) -> None:
    now = NOON + hour * 3_600
    moments = business_moments(Random(1), 1_200, now)
    assert len(moments) == 1_200
    assert moments == sorted(moments)
    assert 0 < now - moments[-1] < 3_600
    assert now - moments[0] < timedelta(days=549).total_seconds()


def test_moments_are_dense_in_business_hours() -> None:
    moments = business_moments(Random(1), 5_000, NOON)
    hours = Counter((moment // 3_600 + 5) % 24 for moment in moments)
    assert sum(hours[hour] for hour in range(9, 19)) > 0.7 * len(moments)
    assert sum(hours[hour] for hour in range(6)) < 0.02 * len(moments)


def test_sundays_are_quiet() -> None:
    moments = business_moments(Random(1), 5_000, NOON)
    days = Counter(datetime.fromtimestamp(moment + 5 * 3_600, UTC).weekday() for moment in moments)
    assert min(days, key=days.__getitem__) == 6


@pytest.mark.parametrize(
    ("moment", "text"), [(0, "1970-01-01T00:00:00Z"), (NOON, "2026-11-20T12:00:00Z")]
)
def test_utc(moment: int, text: str) -> None:
    assert utc(moment) == text
