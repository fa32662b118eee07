"""One upstream list, walked in one direction from a place, as a stream of rows in final order."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from resolvers.cursors import Mark, Stand
from resolvers.ranks import Key, Rank, identity
from resolvers.rows import Rows


class Neighboured(NamedTuple):
    """A row at its place in the upstream's list, among others of its sort key.

    See `cursors.Mark` for `before`, `behind` and `early`.
    """

    position: int
    record: Any
    before: int = 0
    behind: int = 0
    early: str = ""


Row = tuple[int, Any] | Neighboured
"""A row of a stream; one that is alone with its sort key is just its position and its record."""


class Walk(NamedTuple):
    """What is the same for all streams of one page.

    `down` is towards smaller ranks. `matches` completes the filter, None where all rows match.
    `floor` (inclusive) and `ceiling` (exclusive) bound the sort key.
    """

    key: Key
    down: bool
    backwards: bool
    matches: Callable[[Any], bool] | None = None
    floor: int | None = None
    ceiling: int | None = None

    def beyond(self, rank: Any, bound: Any) -> bool:
        """Whether the walk comes to `rank` after `bound`; for keys or ranks."""
        return bool(rank < bound if self.down else rank > bound)

    def past(self, key: int) -> bool:
        """Whether no row from here on can match."""
        if self.down:
            return self.floor is not None and key < self.floor
        return self.ceiling is not None and key >= self.ceiling

    def early(self, key: int) -> bool:
        """Whether the rows that can match are still to come."""
        if self.down:
            return self.ceiling is not None and key >= self.ceiling
        return self.floor is not None and key < self.floor


class Entry(NamedTuple):
    """Where a stream begins.

    Rows beyond `bound` are wanted, the bound itself too if `inclusive`. The row `early` is not;
    if it is the bound, all other rows of its sort key are. `mark` is where to look first; without
    one the list is read from its beginning, or, if `sought`, the bound is searched for.
    """

    bound: Rank | None = None
    inclusive: bool = False
    mark: Mark | None = None
    sought: bool = False
    early: Rank | None = None

    @property
    def bounds(self) -> Sequence[Rank]:
        """All rows beyond these are wanted, which may be none."""
        return [rank for rank in (self.bound, self.early) if rank is not None]

    def wants(self, rank: Rank, walk: Walk) -> bool:
        if self.early is not None and rank.key == self.early.key:
            if rank == self.early:
                return False
            if self.bound == self.early:
                return True
        if self.bound is None or walk.beyond(rank, self.bound):
            return True
        return self.inclusive and rank == self.bound


def entry(walk: Walk, source: str, place: Rank | None, mark: Mark | None) -> Entry:
    """How a stream of `source` goes on from a cursor: its row's rank and the source's mark."""
    if place is None:
        return Entry()
    lost = Stand.LOST_BACKWARDS if walk.backwards else Stand.LOST_FORWARDS
    if mark is None or mark.stand & ~lost & (Stand.LOST_BACKWARDS | Stand.LOST_FORWARDS):
        return Entry(bound=place, sought=True)
    if not mark.has_row:
        near = mark.stand & (Stand.END if walk.backwards else Stand.START)
        return Entry(bound=None if mark.stand & lost else place, sought=not near)
    own = mark.rank(source)
    consumed = own == place or bool(mark.stand & Stand.BEHIND) == walk.backwards
    early = None
    if mark.stand & _early(walk):
        early = Rank(mark.key, source, identity(mark.early))
    if mark.stand & lost or walk.beyond(own, place):
        return Entry(own, not consumed, mark, early=early)
    return Entry(place, mark=mark, early=early)


def _early(walk: Walk) -> Stand:
    return Stand.EARLY_BACKWARDS if walk.backwards else Stand.EARLY_FORWARDS


class Stream(ABC):
    """Rows of one lane in final order. `ready` are the next ones; `ended`: none follow them."""

    def __init__(self, rows: Rows, walk: Walk, start: Entry) -> None:
        self.rows, self.walk, self.start = rows, walk, start
        self.ready: list[Row] = []
        self.ended = False
        self._keys: list[Any] = []  # of the first that are ready, as far as somebody asked

    @property
    def starving(self) -> bool:
        return not self.ready and not self.ended

    @abstractmethod
    async def fill(self, need: int) -> None:
        """Reads until a row is ready or the list has ended, `need` rows if they come at once."""

    @abstractmethod
    async def more(self) -> bool:
        """Whether any row follows those that were taken."""

    def take(self, count: int) -> Sequence[Row]:
        """The next rows, so many if they are ready."""
        rows = self.ready[:count]
        del self.ready[:count], self._keys[:count]
        return rows

    def key(self, at: int) -> Any:
        """The sort key of a row that is ready."""
        while len(self._keys) <= at:
            self._keys.append(self.walk.key(self.ready[len(self._keys)][1]))
        return self._keys[at]

    def rank(self, record: Any) -> Rank:
        """The place of a row of this stream among all rows."""
        own = identity(record.provider_id)
        return Rank(self.walk.key(record), self.rows.source.name, own)

    def mark(self, row: Row, *, behind: bool) -> Mark:
        """The mark of a row of this stream; `behind` if the row comes after the place."""
        of = Neighboured(*row)
        stand = Stand.BEHIND if behind else Stand.NONE
        if of.early:
            stand |= _early(self.walk)
        key, length = self.walk.key(of.record), self.rows.total or 0
        neighbours = of.before, of.behind
        return Mark(stand, of.position, key, of.record.provider_id, *neighbours, length, of.early)


class SortedStream(Stream):
    """A list whose order cannot be relied on: read whole and sorted here."""

    async def fill(self, need: int) -> None:
        found = await self.rows.all()
        if self.walk.matches is not None:
            found = [row for row in found if self.walk.matches(row[1])]
        ranked = {self.rank(row[1]): row for row in found}
        wanted = [
            rank
            for rank in ranked
            if not self._outside(rank.key) and self.start.wants(rank, self.walk)
        ]
        self.ready.extend(ranked[rank] for rank in sorted(wanted, reverse=self.walk.down))
        self.ended = True

    async def more(self) -> bool:
        if self.starving:
            await self.fill(1)
        return bool(self.ready)

    def _outside(self, key: int) -> bool:
        return self.walk.early(key) or self.walk.past(key)

    def mark(self, row: Row, *, behind: bool) -> Mark:
        mark = super().mark(row, behind=behind)
        return mark._replace(stand=mark.stand | Stand.SORTED, position=0, length=0)
