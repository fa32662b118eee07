"""The rows of one upstream list, as far as one operation has read them.

This is where reads become calls. Ranges that are asked for in one turn of the event loop, by
whichever fields, are joined; a range that is known is not asked for again.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from providers.base import Listing, Page
from providers.client import Source
from providers.errors import MalformedError, ReadLimitError, UnorderedError, UpstreamError
from providers.paginators import Slice
from providers.records import Record
from providers.wire import Request
from resolvers.windows import Range, cover_all


@dataclass(slots=True)
class Budget:
    """How many rows one operation may read from one source to sort or filter them here."""

    limit: int
    spent: int = 0

    def spend(self, rows: int) -> bool:
        """Whether they may be read; counts them if so."""
        self.spent += rows
        return self.spent <= self.limit


_ATTEMPTS = 6  # of reading several pages between which the list did not change
_running: set[asyncio.Task[None]] = set()


@dataclass(slots=True)
class Rows:
    """The list that `lane` asks for. `total` is its length, None while unknown."""

    source: Source
    listing: Listing
    lane: Request
    budget: Budget
    total: int | None = None
    _examined: set[int] = field(default_factory=set)
    _known: dict[int, Record] = field(default_factory=dict)
    _answers: dict[Slice, asyncio.Task[Page]] = field(default_factory=dict)
    _wishes: list[Range] = field(default_factory=list)
    _turn: asyncio.Future[None] | None = None
    _error: UpstreamError | None = None

    async def read(
        self, start: int, stop: int, spare: int | None = None
    ) -> Sequence[tuple[int, Record]]:
        """The rows of a range with their indexes; fewer where the list ends before it.

        `spare` is a neighbouring row that is welcome where it costs no further call. Raises the
        UpstreamError of a call that failed, again for each later read of this list.
        """
        wish = Range(max(start, 0), stop, spare if spare is None or spare >= 0 else None)
        for _ in range(_ATTEMPTS):  # what was fetched is dropped again if the list is seen changed
            if self._has(wish.start, stop):
                break
            await self._fetched(wish)
        span = range(wish.start, stop) if wish.spare is None else wish.generous
        return [(at, self._known[at]) for at in span if at in self._known]

    async def length(self) -> int | None:
        """The length of the list where the upstream states it: one call unless known."""
        if self.total is None:
            await self.read(0, 1)
        return self.total

    async def all(self) -> Sequence[tuple[int, Record]]:
        """Every row, in the upstream's order. Raises UnorderedError where they are too many."""
        rows = await self.read(0, self.source.sizes.largest)
        while self.total is None and rows:
            self._sortable(len(self._known))
            start = len(self._known)
            rows = await self.read(start, start + self.source.sizes.largest)
        self._sortable(self.total or 0)
        return await self.read(0, self.total or 0)

    def _sortable(self, rows: int) -> None:
        if rows > self.budget.limit:
            raise UnorderedError(
                "the provider lists in no order that can be relied on, and to sort the list here "
                f"would take reading more than {self.budget.limit} rows (max_rows_read)"
            ).attributed(self.source.name, self.source.provider.name)

    def examine(self, rows: Sequence[tuple[int, Record]]) -> None:
        """Counts rows that are read to be filtered. Raises ReadLimitError past the budget."""
        fresh = {at for at, _ in rows} - self._examined
        self._examined |= fresh
        if not self.budget.spend(len(fresh)):
            raise ReadLimitError(
                f"to filter the list here would take reading more than {self.budget.limit} rows "
                "(max_rows_read); narrow it with createdFrom and createdTo"
            ).attributed(self.source.name, self.source.provider.name)

    def _has(self, start: int, stop: int) -> bool:
        if self.total is not None:
            stop = min(stop, self.total)
        known = all(at in self._known for at in range(max(start, 0), stop))
        return known and (start < stop or self.total is not None)

    async def _fetched(self, wish: Range) -> None:
        """Joins the range to those of this turn of the event loop, and waits for all of them."""
        if self._error is None:
            self._wishes.append(wish)
            if self._turn is None:
                loop = asyncio.get_running_loop()
                self._turn = loop.create_future()
                loop.call_soon(self._dispatch)
            await asyncio.shield(self._turn)
        if self._error is not None:
            raise self._error

    def _dispatch(self) -> None:
        task = asyncio.ensure_future(self._answer())
        _running.add(task)
        task.add_done_callback(_running.discard)

    async def _answer(self) -> None:
        """Fetches what this turn wished for; an error is kept for everyone who waits."""
        wishes, self._wishes = self._wishes, []
        turn, self._turn = self._turn, None
        assert turn is not None
        try:
            await self._fetch(wishes)
        except UpstreamError as error:
            self._error = error
        except Exception as error:  # noqa: BLE001 - it belongs to those who wait, not to this task
            turn.set_exception(error)
            return
        turn.set_result(None)

    async def _fetch(self, wishes: Sequence[Range]) -> None:
        """Asks until all pages of one attempt tell of the same list, in sizes that it gives."""
        for _ in range(_ATTEMPTS):
            sizes = self.source.sizes
            slices = cover_all(wishes, sizes)
            pages = await self._pages(slices)
            probes = self._probes(slices, pages)
            pages += await self._pages(probes)
            if self.source.sizes == sizes and self._kept([*slices, *probes], pages):
                return
        if self.source.sizes != sizes:
            raise MalformedError("the pages of the list are of no steady size").attributed(
                self.source.name, self.source.provider.name
            )

    async def _pages(self, slices: Sequence[Slice]) -> list[Page]:
        """The pages; what was asked for once is not asked for again."""
        for piece in slices:
            if piece not in self._answers:
                self._answers[piece] = asyncio.ensure_future(self._page(piece))
        waits = [self._answers[piece] for piece in slices]
        answers = await asyncio.gather(*waits, return_exceptions=True)
        failures = [answer for answer in answers if isinstance(answer, BaseException)]
        if failures:
            raise failures[0]
        return [answer for answer in answers if isinstance(answer, Page)]

    async def _page(self, piece: Slice) -> Page:
        page = await self.source.page(self.listing, self.lane, piece)
        self.source.learn(piece, page)
        return page

    def _probes(self, slices: Sequence[Slice], pages: Sequence[Page]) -> Sequence[Slice]:
        """First pages that can tell why an answer has no rows where some should be, or too many.

        The list has become shorter, or the upstream counts its pages by another size than it was
        asked for.
        """
        total = max(_totals(pages), default=self.total)
        odd = (
            piece.size
            for piece, page in zip(slices, pages, strict=True)
            if piece.number > 0 and _is_odd(piece, len(page.rows), total)
        )
        return [Slice(0, size) for size in dict.fromkeys(odd)]

    def _kept(self, slices: Sequence[Slice], pages: Sequence[Page]) -> bool:
        """Keeps the rows. False where the list changed between the pages."""
        totals = _totals(pages)
        if len(totals) > 1 or (totals and self.total not in (None, *totals)):
            self._known.clear()
            kept = self._answers.keys() & slices if len(totals) < 2 else ()
            self._answers = {piece: self._answers[piece] for piece in kept}
        self.total = max(totals, default=self.total)
        for piece, page in zip(slices, pages, strict=True):
            self._known.update(enumerate(page.rows, piece.start))
            end = piece.start + len(page.rows)
            if self.total is None and len(page.rows) < piece.size and self._has(end - 1, end):
                self.total = end
        return len(totals) < 2


def _totals(pages: Sequence[Page]) -> set[int]:
    return {page.total for page in pages if page.total is not None}


def _is_odd(piece: Slice, rows: int, total: int | None) -> bool:
    if total is None:
        return not rows
    rest = max(total - piece.start, 0)
    return rows > rest or (rest > 0 and not rows)
