"""One upstream list, walked in one direction from a place, as a stream of rows in final order."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from resolvers.cursors import Mark, Stand
from resolvers.ranks import Key, Rank, identity
from resolvers.rows import Rows


class Item:
    """A row of a source with its sort key and its position in the upstream's list.

    See `cursors.Mark` for the others.
    """

    __slots__ = ("_rank", "before", "behind", "early", "index", "key", "record", "source")

    def __init__(self, key: Any, source: str, index: int, record: Any) -> None:
        self.key, self.source, self.index, self.record = key, source, index, record
        self.before = self.behind = 0
        self.early = ""
        self._rank: Rank | None = None

    @property
    def rank(self) -> Rank:
        """Its place among all rows; of a list alone nobody asks for most of them."""
        if self._rank is None:
            self._rank = Rank(self.key, self.source, identity(self.record.provider_id))
        return self._rank


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
        self.ready: deque[Item] = deque()
        self.ended = False
        self._key, self._source = walk.key, rows.source.name

    @property
    def starving(self) -> bool:
        return not self.ready and not self.ended

    @abstractmethod
    async def fill(self, need: int) -> None:
        """Reads until a row is ready or the list has ended, `need` rows if they come at once."""

    @abstractmethod
    async def more(self) -> bool:
        """Whether any row follows those that were taken."""

    def mark(self, item: Item, *, behind: bool) -> Mark:
        """The mark of a row of this stream; `behind` if the row comes after the place."""
        stand = Stand.BEHIND if behind else Stand.NONE
        if item.early:
            stand |= _early(self.walk)
        key, _, (_, _, provider_id) = item.rank
        length = self.rows.total or 0
        neighbours = item.before, item.behind
        return Mark(stand, item.index, key, provider_id, *neighbours, length, item.early)

    def item(self, index: int, record: Any) -> Item:
        """A row at an index of the list. Raises MalformedError where it cannot have a rank."""
        _ = record.provider_id
        return Item(self._key(record), self._source, index, record)


class SortedStream(Stream):
    """A list whose order cannot be relied on: read whole and sorted here."""

    async def fill(self, need: int) -> None:
        matches = self.walk.matches or (lambda _: True)
        items = (self.item(*row) for row in await self.rows.all() if matches(row[1]))
        within = (item for item in items if not self._outside(item.key))
        wanted = {item.rank: item for item in within if self.start.wants(item.rank, self.walk)}
        self.ready.extend(
            sorted(wanted.values(), key=lambda item: item.rank, reverse=self.walk.down)
        )
        self.ended = True

    async def more(self) -> bool:
        if self.starving:
            await self.fill(1)
        return bool(self.ready)

    def _outside(self, key: int) -> bool:
        return self.walk.early(key) or self.walk.past(key)

    def mark(self, item: Item, *, behind: bool) -> Mark:
        mark = super().mark(item, behind=behind)
        return mark._replace(stand=mark.stand | Stand.SORTED, position=0, length=0)
