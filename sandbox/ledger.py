"""Rows in the order of time, each drawn only when it is first looked at."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from random import Random
from time import gmtime, strftime

from sandbox.upstream import Row

DAY = 86_400
HISTORY_DAYS = 548  # 18 months
ALMATY = 5 * 3_600  # seconds east of Greenwich; the group keeps the hours of its home town
NEWEST_AGE = 4 * 60
TIE_EVERY = 150
KEPT_ROWS = 5_000  # of the drawn rows, so that a large scale does not fill the memory

# How busy the group is on each weekday, from Monday, and in each hour of the day.
WEEKDAYS = (10, 10, 10, 10, 11, 8, 4)
HOURS = (0, 0, 0, 0, 0, 0, 1, 2, 5, 9, 11, 11, 9, 8, 10, 11, 11, 10, 7, 4, 2, 1, 1, 0)

Entry = tuple[int, int]  # the moment and the id of a row


class Ledger:
    """The rows of one list by creation time, then id.

    `draw` makes the row of an id and a moment (a Unix time). It is asked again for a row
    that was long out of use, so it must give the same row each time.
    """

    def __init__(
        self, moments: Sequence[int], first_id: int, draw: Callable[[int, int], Row]
    ) -> None:
        self._order = [(moment, first_id + n) for n, moment in enumerate(moments)]
        self._moments = {row_id: moment for moment, row_id in self._order}
        self._draw = lru_cache(KEPT_ROWS)(draw)
        self._added: dict[int, Row] = {}
        self._free_id = first_id + len(moments)

    def __len__(self) -> int:
        return len(self._order)

    def newest(self, start: int, stop: int) -> list[Row]:
        """The rows from place `start` up to `stop`, counted from the newest at 0."""
        end = len(self)
        return self.rows(self._order[max(0, end - stop) : max(0, end - start)][::-1])

    def between(self, first: int, last: int) -> list[Entry]:
        """Moment and id of the rows from one moment up to another, both inclusive, oldest first."""
        start = bisect_left(self._order, (first, -1))
        return self._order[start : bisect_left(self._order, (last + 1, -1))]

    def rows(self, entries: Iterable[Entry]) -> list[Row]:
        """The rows of these entries, in their order."""
        return [self._row(row_id, moment) for moment, row_id in entries]

    def find(self, row_id: int | None) -> Row | None:
        """The row of this id; None has no row."""
        if row_id is None or row_id not in self._moments:
            return None
        return self._row(row_id, self._moments[row_id])

    def claim_id(self) -> int:
        """An id that no row has had yet."""
        self._free_id += 1
        return self._free_id - 1

    def add(self, row_id: int, moment: int, row: Row) -> None:
        """Put a row in its place by `moment`, whatever the row itself says."""
        insort(self._order, (moment, row_id))
        self._moments[row_id] = moment
        self._added[row_id] = row

    def remove(self, row_id: int | None) -> bool:
        """Take the row away; False if there is none."""
        if row_id is None or row_id not in self._moments:
            return False
        del self._order[bisect_left(self._order, (self._moments.pop(row_id), row_id))]
        self._added.pop(row_id, None)
        return True

    def _row(self, row_id: int, moment: int) -> Row:
        return self._added.get(row_id) or self._draw(row_id, moment)


def business_moments(draw: Random, count: int, now: int) -> list[int]:
    """Sorted Unix times up to some minutes before now, dense when the shops are open.

    Business grows over the months. Now and then two moments are equal, since a list
    with ties is what a paging client gets wrong.
    """
    newest = now - NEWEST_AGE
    today = (now + ALMATY) // DAY
    days = range(today - HISTORY_DAYS + 1, today + 1)
    # The first day of Unix time was a Thursday, the fourth day of a week.
    busy = [WEEKDAYS[(day + 3) % 7] * (HISTORY_DAYS + n) for n, day in enumerate(days)]
    chosen = zip(
        draw.choices(days, busy, k=count), draw.choices(range(24), HOURS, k=count), strict=True
    )
    moments = [
        day * DAY + hour * 3_600 + int(draw.random() * 3_600) - ALMATY for day, hour in chosen
    ]
    past = sorted(moment if moment <= newest else moment - DAY for moment in moments)
    past[-1] = newest
    for n in range(TIE_EVERY - 1, count - 1, TIE_EVERY):
        past[n] = past[n + 1]
    return past


def utc(moment: int) -> str:
    """A Unix time as `2026-11-20T05:31:56Z`."""
    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(moment))
