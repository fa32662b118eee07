"""The rows of one upstream list, as far as one operation has read them.

This is where reads become calls. Ranges that are asked for in one turn of the event loop, by
whichever fields, are joined; a range that is known is not asked for again.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from providers.base import Page
from providers.client import Source
from providers.errors import MalformedError, ReadLimitError, UnorderedError, UpstreamError
from providers.paginators import Sizes, Slice
from providers.queries import Direction
from providers.records import Stale
from providers.views import Record
from resolvers.runs import Runs
from resolvers.windows import Piece, Range, beyond, cover_all

_TURNS = 2  # of the event loop: what a field in a field asks comes a turn later
_ATTEMPTS = 6  # of reading several pages between which the list did not change

Numbered = Sequence[tuple[int, Record]]


class State(NamedTuple):
    """How a list is read: how often it was seen to change, and whether only `anew`.

    Only when it has changed, or in place of what was kept, may the same be asked again.
    """

    changes: int = 0
    anew: bool = False


Ask = Callable[[Any, State], Awaitable[Page]]
"""Asks for the page at a position, in the form that the paginator takes, in a state of the list."""


@dataclass(slots=True)
class Budget:
    """How many rows one operation may read from one source to sort or filter them here."""

    limit: int
    spent: int = 0

    def spend(self, rows: int) -> bool:
        """Whether they may be read; counts them if so."""
        self.spent += rows
        return self.spent <= self.limit


class Rows(ABC):
    """One upstream list of rows of a `kind`.

    `total` is its length, `stated` what the upstream says that it is; both are None while unknown.
    `native` is the order that the upstream keeps it in, None where it promises none; `summary` is
    the provider's own of the whole list. `stale`: some of it is older than was asked for.
    """

    def __init__(
        self, source: Source, kind: str, ask: Ask, budget: Budget, native: Direction | None
    ) -> None:
        self.source, self.kind, self.native = source, kind, native
        self.total: int | None = None
        self.stated: int | None = None
        self.summary: Any = None
        self.stale: Stale | None = None
        self.state = State()
        self._ask, self._budget = ask, budget
        self._known = Runs()
        self._examined: set[int] = set()
        self._error: UpstreamError | None = None

    @abstractmethod
    async def read(self, start: int, stop: int, spare: int | None = None) -> Numbered:
        """The rows of a range with their indexes; fewer where the list ends before it.

        `spare` is a neighbouring row that is welcome where it costs no further call. Raises the
        UpstreamError of a call that failed, again for each later read of this list.
        """

    async def length(self) -> int | None:
        """The length that is stated, else seen: one call unless known."""
        if self.stated is None and self.total is None:
            await self.read(0, 1)
        return self.total if self.stated is None else self.stated

    async def all(self) -> Numbered:
        """Every row, in the upstream's order. Raises UnorderedError where they are too many."""
        rows = await self.read(0, self.source.sizes.largest)
        while self.total is None and rows:
            self._sortable(len(self._known))
            start = len(self._known)
            rows = await self.read(start, start + self.source.sizes.largest)
        self._sortable(self.total or 0)
        await self.read(len(rows), self.total or 0)  # the first page is known
        return await self.read(0, self.total or 0)

    async def some(self, start: int) -> Numbered:
        """The rows from `start` on, as far as one call gives them; none behind the end."""
        return await self.read(start, start + self.source.sizes.largest)

    def affordable(self) -> bool:
        """Whether the whole list may be read in this operation."""
        return self.total is not None and self.total <= self._budget.limit

    def _sortable(self, rows: int) -> None:
        if rows > self._budget.limit:
            raise UnorderedError(
                "the provider lists in no order that can be relied on, and to sort the list here "
                f"would take reading more than {self._budget.limit} rows (max_rows_read)"
            ).attributed(self.source.name, self.source.provider.name)

    def examine(self, rows: Numbered) -> None:
        """Counts rows that are read to be filtered. Raises ReadLimitError past the budget."""
        fresh = {at for at, _ in rows} - self._examined
        self._examined |= fresh
        if not self._budget.spend(len(fresh)):
            raise ReadLimitError(
                f"to filter the list here would take reading more than {self._budget.limit} rows "
                "(max_rows_read); narrow it with createdFrom and createdTo",
                ours=True,
            ).attributed(self.source.name, self.source.provider.name)

    def _has(self, start: int, stop: int) -> bool:
        if self.total is not None:
            stop = min(stop, self.total)
        known = self._known.holds(max(start, 0), stop)
        return known and (start < stop or self.total is not None)


class _Turn:
    """The ranges that are asked for at once, while `reading` is what ends one attempt at them."""

    def __init__(self) -> None:
        self.wishes: list[Range] = []
        self.reading: asyncio.Event | None = None
        self.over = False


class WindowedRows(Rows):
    """A list that gives any window of its rows."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._aligned = self.source.spec.listings[self.kind].paginator.aligned
        self._turn: _Turn | None = None
        self._readings: set[str | None] = set()

    async def read(self, start: int, stop: int, spare: int | None = None) -> Numbered:
        start, stop = max(start, 0), stop if self.total is None else min(stop, self.total)
        inside = spare is not None and spare >= 0 and (self.total is None or spare < self.total)
        wish = Range(start, stop, spare if inside else None)
        for _ in range(_ATTEMPTS):  # what was fetched is dropped again if the list is seen changed
            if self._has(wish.start, stop):
                break
            await self._fetched(wish)
        span = wish.generous
        return self._known.between(span.start, span.stop)

    async def _fetched(self, wish: Range) -> None:
        """Joins the range to those that are asked for at once, and waits for all of them.

        The first to wait reads for all; if it is cancelled another one does. An error is kept.
        """
        if self._error is None:
            turn = self._turn = self._turn or _Turn()
            turn.wishes.append(wish)
            while not turn.over:
                await (self._read_all(turn) if turn.reading is None else turn.reading.wait())
        if self._error is not None:
            raise self._error

    async def _read_all(self, turn: _Turn) -> None:
        reading = turn.reading = asyncio.Event()
        try:
            for _ in range(_TURNS):  # until then others may join
                await asyncio.sleep(0)
            if self._turn is turn:
                self._turn = None
            await self._fetch(turn.wishes)
            turn.over = True
        except UpstreamError as error:
            self._error, turn.over = error, True
        finally:
            turn.reading = None
            reading.set()

    async def _fetch(self, wishes: Sequence[Range]) -> None:
        """Asks until all pages of one attempt tell of the same list, in sizes that it gives."""
        for _ in range(_ATTEMPTS):
            sizes = self.source.sizes
            pieces = cover_all(wishes, sizes, aligned=self._aligned)
            pages = await self._pages(pieces)
            if probes := self._probes(pieces, pages):
                pages += await self._pages(probes)
            await self._look_beyond(pieces, pages)
            if self.source.sizes == sizes and self._kept([*pieces, *probes], pages):
                return
        if self.source.sizes != sizes:
            raise MalformedError("the pages of the list are of no steady size").attributed(
                self.source.name, self.source.provider.name
            )

    async def _pages(self, pieces: Sequence[Piece]) -> list[Page]:
        asked = [self._ask(piece, self.state) for piece in pieces]
        pages = [await each for each in asked] if len(asked) < 2 else await _together(asked)
        for piece, page in zip(pieces, pages, strict=True):
            self.source.learn(piece, page)
        return pages

    def _probes(self, pieces: Sequence[Piece], pages: Sequence[Page]) -> Sequence[Piece]:
        """First pages that can tell why an answer has not the rows that it should have.

        The list is shorter than it was or than is stated, or the upstream counts its pages by
        another size than it was asked for.
        """
        if not self._aligned or not any(piece.start for piece in pieces):
            return ()
        total = max(_totals(pages), default=self.total)
        odd = (
            piece.size
            for piece, page in zip(pieces, pages, strict=True)
            if piece.start > 0 and _is_odd(piece, page, total)
        )
        return [Slice(0, size) for size in dict.fromkeys(odd)]

    async def _look_beyond(self, pieces: Sequence[Piece], pages: Sequence[Page]) -> None:
        """Learns from what follows a short page, where nothing states whether it is the last.

        Its size is the largest that the upstream gives, if there are rows beyond it.
        """
        for piece, page in zip(pieces, pages, strict=False):
            rows = len(page.rows)
            if page.total is page.more is None and 0 < rows < piece.size:
                following = beyond(piece, rows, aligned=self._aligned)
                if following and (await self._pages([following]))[0].rows:
                    self.source.sizes = Sizes(min(self.source.sizes.smallest, rows), rows)
                    return

    def _kept(self, pieces: Sequence[Piece], pages: Sequence[Page]) -> bool:
        """Keeps the rows. False where the list changed between the pages, or may have."""
        if self._mixed(pages):
            return False
        totals = _totals(pages)
        if len(totals) > 1 or (totals and self.total not in (None, *totals)):
            self._known.clear()
            self.state = self.state._replace(changes=self.state.changes + 1)
        if totals:
            self.total = self.stated = max(totals)
        for piece, page in zip(pieces, pages, strict=True):
            self.summary, self.stale = page.summary, page.stale or self.stale
            self._known.put(piece.start, page.rows)
            end = piece.start + len(page.rows)
            if page.more is False and page.rows:
                self.total = end  # whatever length is stated
            elif self.total is None and len(page.rows) < piece.size and self._has(end - 1, end):
                self.total = end
        return len(totals) < 2

    def _mixed(self, pages: Sequence[Page]) -> bool:
        """Whether the pages are not all of one reading; then all that was kept is read anew.

        Rows may have come and gone between two readings, which no length tells. While the upstream
        fails there is nothing better than what was kept.
        """
        self._readings |= {page.kept for page in pages}
        if len(self._readings) < 2 or self.state.anew:
            return False
        if any(page.stale and page.stale.error for page in pages):
            return False
        self._known.clear()
        self.total = self.stated = None
        self.state = self.state._replace(anew=True)
        return True


async def _together(asked: Iterable[Awaitable[Page]]) -> list[Page]:
    """All pages, each in a task of its own, or the first failure once none is under way."""
    answers = await asyncio.gather(*asked, return_exceptions=True)
    failures = [answer for answer in answers if isinstance(answer, BaseException)]
    if failures:
        raise failures[0]
    return [answer for answer in answers if isinstance(answer, Page)]


def _totals(pages: Sequence[Page]) -> set[int]:
    return {page.total for page in pages if page.total is not None}


def _is_odd(piece: Piece, page: Page, total: int | None) -> bool:
    rows = len(page.rows)
    if total is None:
        return not rows
    rest = min(max(total - piece.start, 0), piece.size)
    return rows > rest or (rows < rest and (not rows or page.more is False))
