"""A list that an upstream keeps in the order of its sort key, read by windows.

Each window begins with a row that is already known, so that rows that appeared or vanished in
between are noticed; the place is then searched for by its sort key.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from providers.errors import MalformedError
from providers.queries import Direction
from providers.views import Record
from resolvers.cursors import Mark
from resolvers.groups import GroupedStream, OrderBreachError
from resolvers.ranks import identity
from resolvers.rows import Numbered, Rows
from resolvers.streams import Entry, Neighboured, Walk
from resolvers.windows import Gallop, farthest

_ATTEMPTS = 4  # of reading the end of a list that grows meanwhile


class OrderedStream(GroupedStream):
    """A list in the order of its sort key, or in the reverse, that gives any window of rows."""

    def __init__(self, rows: Rows, walk: Walk, start: Entry) -> None:
        super().__init__(rows, walk, start)
        self._descending = rows.native is Direction.DESCENDING
        self._step = 1 if walk.down == self._descending else -1

    async def _read(self, need: int) -> Numbered:
        """The next rows that were not read yet, in the direction of the walk."""
        if self._last is not None:
            return await self._read_on(self._last, need)
        if self.start.mark is not None:
            return await self._resume(self.start.mark, need)
        if self.start.sought and self.start.bound is not None:
            far = 0 if self._step < 0 else self.rows.total or 0
            return await self._seek(self.start.bound.key, need, guess=far)
        return await self._begin(need)

    async def _begin(self, need: int) -> Numbered:
        """From the end of the list where the walk begins, or where the filter's period does."""
        limit = self.walk.ceiling if self.walk.down else self.walk.floor
        rows = await (self._window(0, need) if self._step > 0 else self._from_the_end(need))
        if limit is None or not rows or not self.walk.early(self.walk.key(rows[-1][1])):
            return rows
        return await self._seek(limit, need, guess=rows[-1][0])

    async def _from_the_end(self, need: int) -> Numbered:
        """The last rows; the length is learnt from a first window unless it is known."""
        rows: Numbered = ()
        for _ in range(_ATTEMPTS):
            if self.rows.total is None:
                await self.rows.read(0, 1)
            if self.rows.total is None:
                await self.rows.all()
            length = self.rows.total or 0
            rows = await self._window(length - 1, need)
            if self.rows.total == length:
                break
        if not rows and self.rows.total:
            raise MalformedError("the length that is stated is not that of the list").attributed(
                self.rows.source.name, self.rows.source.provider.name
            )
        return rows

    async def _read_on(self, last: tuple[int, Record], need: int) -> Numbered:
        state = self.rows.state
        if self._group or self.walk.matches is not None:
            # A group may be long, and a filter may hide much: a call gives all that it can.
            rows = await self._stretch(last[0] + self._step)
            if self.rows.state == state:
                return rows
        rows = await self._window(last[0], need + 1)
        if rows and rows[0][1].provider_id == last[1].provider_id:
            return rows[1:]
        # The list changed since the last window: whatever follows the last key is read anew.
        if self._shown is not None:
            rank, early = self.rank(self._shown[1]), Neighboured(*self._shown).early
            was = rank._replace(identity=identity(early)) if early else None
            self.start = Entry(rank, early=was)
        self._group, self._last = [], None
        return await self._seek(self.walk.key(last[1]), need, guess=last[0])

    async def _resume(self, mark: Mark, need: int) -> Numbered:
        """From a cursor's mark, if its row is where it was, or has moved with all others."""
        wide = mark.before + mark.behind
        group_start = mark.position + (mark.behind if self._step < 0 else -mark.before)
        at = group_start - self._step * bool(wide)
        count = need + 1 + wide + bool(wide)
        for _ in range(2):
            rows = await self._window(max(at, 0), count)
            if self._holds(mark, rows):
                return rows
            moved = (self.rows.total or mark.length) - mark.length
            if not moved or not mark.length:
                break
            at += moved
        back = not rows or self.walk.beyond(self.walk.key(rows[0][1]), mark.key)
        guess = max(at, 0) - self._step if back else rows[-1][0]
        return await self._seek(
            mark.key, need, guess=guess, towards=-self._step if back else self._step
        )

    def _holds(self, mark: Mark, rows: Numbered) -> bool:
        """Whether a window begins safely before all that is wanted and reaches it."""
        if not rows:
            return False
        (index, first), (final, last) = rows[0], rows[-1]
        alone = not mark.before and not mark.behind
        safe = (
            (alone and first.provider_id == mark.provider_id)
            or self.walk.beyond(mark.key, self.walk.key(first))
            or self._is_end(index, -self._step)
        )
        reached = self.walk.beyond(self.walk.key(last), mark.key) or self._is_end(final, self._step)
        return safe and (reached or last.provider_id == mark.provider_id)

    async def _seek(self, key: int, need: int, *, guess: int, towards: int = 0) -> Numbered:
        """From the first row, in the walk's direction, that is not before `key`.

        `towards` is the direction from the guess in which it is known to be, 0 if unknown.
        """
        gallop = Gallop(guess, self.rows.source.sizes.largest, self.rows.total)
        while gallop.point is None:
            await self._look(gallop, key, towards)
            towards = 0
        return await self._window(gallop.point - (self._step < 0), need)

    async def _look(self, gallop: Gallop, key: int, towards: int) -> None:
        """Reads a page at the gallop's guess and tells it where the point can be."""
        sizes = self.rows.source.sizes
        start = gallop.at // sizes.largest * sizes.largest
        stop = start + sizes.largest
        if towards:
            start, stop = farthest(gallop.at, sizes, towards)
        rows = await self.rows.read(start, stop)
        self._check([self.walk.key(record) for _, record in rows])
        holds = [self._natively_before(self.walk.key(record), key) for _, record in rows]
        if not all(holds):
            gallop.not_after(start + holds.index(False))
        if any(holds):
            gallop.not_before(start + len(holds) - holds[::-1].index(True))
        if not rows:
            gallop.not_after(min(start, self.rows.total or start))
        elif all(holds) and self._is_end(rows[-1][0], 1):
            gallop.not_after(start + len(rows))

    def _check(self, keys: Sequence[Any]) -> None:
        """Raises OrderBreachError where a page is not in the order that its list is said to be."""
        for one, following in pairwise(keys):
            if following != one and (following > one) == self._descending:
                raise OrderBreachError

    def _natively_before(self, key: int, point: int) -> bool:
        """Whether a row stands before the place where a walk over `point` begins to read."""
        if key == point:
            return self._step < 0
        return (key > point) == self._descending

    async def _window(self, at: int, count: int) -> Numbered:
        """Rows from `at` on in the walk's direction: `count`, or all of a page when filtering."""
        if self.walk.matches is not None:
            return await self._stretch(at)
        if self._step > 0:
            rows = await self.rows.read(at, at + count, at + count)
        else:
            rows = await self.rows.read(at - count + 1, at + 1, at - count)
        return rows if self._step > 0 else rows[::-1]

    async def _stretch(self, at: int) -> Numbered:
        """Rows from `at` on in the walk's direction as far as one call gives them."""
        rows = await self.rows.read(*farthest(at, self.rows.source.sizes, self._step))
        if self.walk.matches is not None:
            self.rows.examine(rows)
        return rows if self._step > 0 else rows[::-1]

    def _is_last(self, position: int) -> bool:
        return self._is_end(position, self._step)

    def _is_end(self, index: int, step: int) -> bool:
        """Whether the list has no row beyond `index` in the direction `step`."""
        if step < 0:
            return index == 0
        return self.rows.total is not None and index + 1 >= self.rows.total
