"""The rows of an ordered list in final order, as they are read.

Rows of equal sort key come from an upstream in any order, so a group of them is held back until
it is complete and is then sorted. A row that may be the first of such a group is let go early
where looking further would cost a call and the source has shown no equal keys so far; its mark
says so, and the next page takes up the rest of the group, if there is any.
"""

from abc import abstractmethod
from collections.abc import Sequence
from itertools import compress, count
from operator import eq, ge, le

from providers.views import Record
from resolvers.ranks import identity
from resolvers.rows import Numbered, Rows
from resolvers.streams import Entry, Neighboured, Row, Stream, Walk


class OrderBreachError(Exception):
    """The upstream does not list in the order it is said to; noticed before anything was shown."""


class GroupedStream(Stream):
    """A list in the order of its sort key, or in the reverse, from wherever its rows are read."""

    def __init__(self, rows: Rows, walk: Walk, start: Entry) -> None:
        super().__init__(rows, walk, start)
        self._plain = walk.matches is None and walk.floor is None and walk.ceiling is None
        self._last: tuple[int, Record] | None = None  # the last row read
        self._group: list[tuple[int, Record]] = []  # wanted rows of its sort key
        self._run = (0, 0)  # all rows of its sort key: their first and last position
        self._shown: Row | None = None  # the last row that was let go
        self._open = False  # every row that follows of those just read is wanted if it matches

    @abstractmethod
    async def _read(self, need: int) -> Numbered:
        """The next rows that were not read yet, in the direction of the walk; none at its end."""

    @abstractmethod
    def _is_last(self, position: int) -> bool:
        """Whether it is known that no row follows that at a position."""

    async def fill(self, need: int) -> None:
        while self.starving:
            if rows := await self._read(need):
                self._take_all(rows)
            self.ended = self.ended or not rows or self._is_last(rows[-1][0])
            if self.ended:
                self._close()
            self._release(need)

    async def more(self) -> bool:
        while self.starving and not self._group:
            if self._last is not None and self._plain:
                return True
            await self.fill(1)
        return bool(self.ready or self._group)

    def _take_all(self, rows: Numbered) -> None:
        """Adds the next rows. Mostly all are wanted, and alone with their sort keys."""
        at = 0 if self._last is None else 1
        if self._last is not None:
            rows = [self._last, *rows]
        keys = self.walk.key.among([record for _, record in rows])
        if not all(map(ge if self.walk.down else le, keys, keys[1:])):
            raise OrderBreachError
        tied = set(compress(count(1), map(eq, keys, keys[1:])))  # to the row before
        self._open = self._opens(rows[-1][1])
        while at < len(rows) and not self._open:
            self._take(rows[at], fresh=at not in tied)
            self._open = self._opens(rows[-1][1])
            at += 1
        not_alone = {place for other in tied for place in (other - 1, other) if place >= at}
        last = {len(rows) - 1} if at < len(rows) else set()
        for place in sorted(not_alone | last):
            if at < place:
                self._close()
                self._let_go(self._matching(rows[at:place]))
            self._take(rows[place], fresh=place not in tied)
            at = place + 1

    def _opens(self, end: Record) -> bool:
        """Whether every row behind the last one, up to that at the end, is wanted if it matches."""
        walk, bounds = self.walk, self.start.bounds
        if not bounds and walk.floor is None and walk.ceiling is None:
            return True
        if self._last is None or walk.past(walk.key(end)):
            return False
        key = walk.key(self._last[1])
        return not walk.early(key) and all(walk.beyond(key, bound.key) for bound in bounds)

    def _matching(self, rows: Numbered) -> Numbered:
        matches = self.walk.matches
        return rows if matches is None else [row for row in rows if matches(row[1])]

    def _take(self, row: tuple[int, Record], *, fresh: bool) -> None:
        """Adds the next row, if it is wanted, to the group of its sort key, or to a `fresh` one."""
        self._last = row
        if self.ended:
            return
        if fresh:
            self._close()
            self._run = (row[0], row[0])
        else:
            self._run = (min(self._run[0], row[0]), max(self._run[1], row[0]))
        record = row[1]
        known = any(record.provider_id == other.provider_id for _, other in self._group)
        if not known and (self._open or self._wants(record)):
            self._group += self._matching([row])

    def _wants(self, record: Record) -> bool:
        """Whether it is wanted if it matches."""
        key = self.walk.key(record)
        self.ended = self.walk.past(key)
        if self.ended or self.walk.early(key):
            return False
        return not self.start.bounds or self.start.wants(self.rank(record), self.walk)

    def _close(self) -> None:
        """The group is complete: its rows are ready, in the order of their ids."""
        first, last = self._run
        if last > first:
            self.rows.source.ties = True
        if not self._group:
            return
        group, self._group = self._group, []
        if len(group) > 1:
            group.sort(key=lambda row: identity(row[1].provider_id), reverse=self.walk.down)
        self._let_go(
            [
                Neighboured(index, record, index - first, last - index, self._early_of(record))
                for index, record in group
            ]
        )

    def _let_go(self, rows: Sequence[Row]) -> None:
        if rows:
            self.ready += rows
            self._shown = rows[-1]

    def _early_of(self, record: Record) -> str:
        """The id of the row of this sort key that was let go early, if one was."""
        early = self.start.early
        same = early is not None and early.key == self.walk.key(record)
        return early.identity[2] if early is not None and same else ""

    def _release(self, need: int) -> None:
        """Lets a single last row go where the page lacks just that one; see the module."""
        alone = len(self._group) == 1 and self._run[0] == self._run[1]
        if alone and len(self.ready) + 1 == need and not self.rows.source.ties:
            index, record = self._group.pop()
            self.start = self.start._replace(early=self.rank(record))
            self._let_go([Neighboured(index, record, early=record.provider_id)])
