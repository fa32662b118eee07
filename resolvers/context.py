"""Who asks and with what: everything that an operation's resolvers may touch.

Made once for each operation, so that what is read is shared within it and never beyond it.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from secrets import token_hex
from typing import Any, TypeVar

from strawberry.dataloader import DataLoader

from providers.answers import Answer, Found, Terms
from providers.base import Key, Listing, Page
from providers.client import Source
from providers.deadline import Deadline
from providers.errors import MalformedError
from providers.narrowing import Selection
from providers.paginators import Token
from providers.queries import Direction
from providers.views import Record
from providers.wire import Request
from resolvers.callers import NOBODY, Caller
from resolvers.chained import ChainedRows
from resolvers.cursors import CursorCodec
from resolvers.errors import LimitError
from resolvers.explain import Explanation
from resolvers.rows import Budget, Rows, State, WindowedRows

T = TypeVar("T")
_PROCESS, _number = token_hex(8), count()  # among replicas, which share what they read
Watch = Callable[[Source, Key], Awaitable[AsyncGenerator[Record, None]]]
"""Gives a row as it is now and then at every change."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one operation may ask for."""

    default_page_size: int = 25
    max_page_size: int = 100
    max_rows_read: int = 10_000
    upstream_seconds: float = 30
    max_ids: int = 100
    max_upstream_calls: int = 5000


@dataclass(slots=True)
class Context:
    """One operation: the sources that its caller may read, the limits, and what was read so far.

    `anew`: nothing that was kept from before will do. `explanation` is made of the calls, where
    somebody wants one. `selections` are what is read of rows by their kind, `settling` the sources
    whose payments may settle the invoices of a source, by its name.
    """

    sources: Sequence[Source]
    limits: Limits
    cursors: CursorCodec
    anew: bool = False
    explanation: Explanation | None = None
    caller: Caller = NOBODY
    watch: Watch | None = None
    loaders: dict[Any, DataLoader[Any, Any]] = field(default_factory=dict)
    deadline: Deadline = field(init=False)
    calls: int = 0
    settling: dict[str, Sequence[Source]] = field(default_factory=dict)
    selections: dict[str, Selection | None] = field(default_factory=dict)
    _rows: dict[Any, Rows] = field(default_factory=dict)
    _budgets: dict[str, Budget] = field(default_factory=dict)
    _answers: dict[tuple[str, Request, int], asyncio.Future[Answer]] = field(default_factory=dict)
    _name: str = ""

    def __post_init__(self) -> None:
        self.deadline = Deadline(self.limits.upstream_seconds)

    def source(self, name: str) -> Source | None:
        """The source of that name, None where the caller has none."""
        return next((each for each in self.sources if each.name == name), None)

    def rows(self, source: Source, kind: str, lane: Request, native: Direction | None) -> Rows:
        """One upstream list, the same for everyone in this operation who asks for it."""
        key = (source.name, kind, lane)
        known = self._rows.get(key)
        if known is None:
            listing = source.spec.listings[kind]
            rows = ChainedRows if isinstance(listing.paginator, Token) else WindowedRows
            budget = self._budgets.setdefault(source.name, Budget(self.limits.max_rows_read))
            ask = partial(self._page, source, kind, lane)
            known = self._rows[key] = rows(source, kind, ask, budget, native)
        return known

    async def single(self, source: Source, kind: str, provider_id: str) -> Record | None:
        """One row that the upstream looks up by its id, None where there is none."""
        single = source.spec.listings[kind].single
        assert single is not None, f"{source.spec.name} finds rows in its lists"
        request = single.request(provider_id)
        if request is None:
            return None
        read = partial(source.record, single, provider_id)
        record = await self._read(source, kind, request, State(), read)
        if self.explanation is not None:
            self.explanation.read(source, request, int(record is not None))
        return record

    def selects(self, kind: str, selection: Selection | None) -> None:
        """What will be read of rows of a kind, None for anything: no more is decoded of them."""
        known = self.selections.get(kind, selection)
        together = None if known is None or selection is None else known | selection
        self.selections[kind] = together

    def use(self, records: Sequence[Any]) -> None:
        """These rows are part of the answer."""
        if self.explanation is not None:
            self.explanation.use(records)

    def _count(self) -> None:
        """Counts a read that is about to be made. Raises LimitError past the limit."""
        self.calls += 1
        limit = self.limits.max_upstream_calls
        if self.calls > limit:
            raise LimitError("upstream calls", self.calls, limit, "max_upstream_calls")

    def close(self) -> None:
        """Stops the reads that nobody waits for any more, and lets go of what was read.

        It refers to this context: all of it would stay in memory until it was collected.
        """
        for answer in self._answers.values():
            answer.cancel()
        for kept in (self._answers, self._rows, self.loaders):
            kept.clear()

    async def _page(
        self, source: Source, kind: str, lane: Request, position: Any, state: State
    ) -> Page:
        """A page of a list in a `state` of it."""
        listing: Listing = source.spec.listings[kind]
        request = listing.paginator.request(lane, position)
        selection = self.selections.get(kind)
        rows_as = None if selection is None else listing.narrow(selection)
        if rows_as is not None:
            request = request.read_as(rows_as)

        def read(answer: Answer) -> Page:
            page = source.page(listing, position, answer, rows_as)
            if answer.found is not Found.MISS:
                return page._replace(own=False, kept=answer.reading)
            own = answer.reading == self._reading(state)
            return page if own else page._replace(own=False)

        page = await self._read(source, kind, request, state, read)
        if self.explanation is not None:
            self.explanation.read(source, request, len(page.rows))
        return page

    async def _read(
        self,
        source: Source,
        kind: str,
        request: Request,
        state: State,
        read: Callable[[Answer], T],
    ) -> T:
        """What `read` makes of an answer. Equal requests are sent once, also of lists of two kinds.

        Only when the list has changed are they sent again.
        """
        coming = self._coming(source, kind, request, state, read)
        answer = await asyncio.shield(coming)  # who gives up does so alone
        try:
            return read(answer)
        except MalformedError as error:
            older = None if self.anew else await source.older(answer, error)
            if older is None:
                raise
            if self.explanation is not None:
                self.explanation.replace(source, request, older)
            return read(older)

    def _reading(self, state: State) -> str:
        """The name of what is read in a state of a list."""
        self._name = self._name or f"{_PROCESS}-{next(_number):x}"
        return f"{self._name}:{state.changes}"

    def _coming(
        self,
        source: Source,
        kind: str,
        request: Request,
        state: State,
        read: Callable[[Answer], object],
    ) -> asyncio.Future[Answer]:
        """The answer that was asked for already, or is now: this operation waits for it."""
        key = (source.name, request, state.changes)
        coming = self._answers.get(key)
        if coming is None or (state.anew and _was_kept(coming)):
            self._count()
            anew = self.anew or state.anew or state.changes > 0
            terms = Terms(kind, self.deadline, anew, self._reading(state))
            coming = self._answers[key] = source.ask(request, terms, read)
            if self.explanation is not None:
                call = self.explanation.begin(source, kind, request)
                coming.add_done_callback(call.ended)
        return coming


def _was_kept(coming: asyncio.Future[Answer]) -> bool:
    """Whether an answer is there, from before."""
    if not coming.done() or coming.cancelled() or coming.exception() is not None:
        return False
    return coming.result().found is not Found.MISS
