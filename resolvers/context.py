"""Who asks and with what: everything that an operation's resolvers may touch.

Made once for each operation, so that what is read is shared within it and never beyond it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from strawberry.dataloader import DataLoader

from providers.base import Listing, Page
from providers.client import Answer, Source
from providers.paginators import Token
from providers.queries import Direction
from providers.wire import Request
from resolvers.callers import NOBODY, Caller
from resolvers.cursors import CursorCodec
from resolvers.errors import LimitError
from resolvers.rows import Budget, ChainedRows, Rows, WindowedRows


@dataclass(frozen=True, slots=True)
class Limits:
    """What one operation may ask for."""

    default_page_size: int = 25
    max_page_size: int = 100
    max_rows_read: int = 10_000
    max_ids: int = 100
    max_upstream_calls: int = 5000


@dataclass(slots=True)
class Context:
    """One operation: the sources that its caller may read, the limits, and what was read so far."""

    sources: Sequence[Source]
    limits: Limits
    cursors: CursorCodec
    caller: Caller = NOBODY
    loaders: dict[Any, DataLoader[Any, Any]] = field(default_factory=dict)
    calls: int = 0
    _rows: dict[Any, Rows] = field(default_factory=dict)
    _budgets: dict[str, Budget] = field(default_factory=dict)
    _answers: dict[tuple[str, Request, int], asyncio.Future[Answer]] = field(default_factory=dict)

    def rows(self, source: Source, kind: str, lane: Request, native: Direction | None) -> Rows:
        """One upstream list, the same for everyone in this operation who asks for it."""
        key = (source.name, kind, lane)
        if key not in self._rows:
            listing = source.spec.listings[kind]
            rows = ChainedRows if isinstance(listing.paginator, Token) else WindowedRows
            budget = self._budgets.setdefault(source.name, Budget(self.limits.max_rows_read))
            ask = partial(self._page, source, listing, lane)
            self._rows[key] = rows(source, kind, ask, budget, native)
        return self._rows[key]

    async def _page(
        self, source: Source, listing: Listing, lane: Request, position: Any, state: int
    ) -> Page:
        """A page of a list. Equal requests are sent once, also where lists of two kinds meet.

        Only in another `state` of the list, which was seen to have changed, are they sent again.
        """
        request = listing.paginator.request(lane, position)
        key = (source.name, request, state)
        if key not in self._answers:
            self.call()
            self._answers[key] = asyncio.ensure_future(source.ask(request))
        return source.page(listing, position, await asyncio.shield(self._answers[key]))

    def call(self) -> None:
        """Counts a call that an upstream is about to get. Raises LimitError past the limit."""
        self.calls += 1
        limit = self.limits.max_upstream_calls
        if self.calls > limit:
            raise LimitError("upstream calls", self.calls, limit, "max_upstream_calls")
