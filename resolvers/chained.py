"""An upstream list whose pages each name the next one: its rows, and these as a stream."""

import asyncio
from typing import Any

from providers.errors import UpstreamError
from resolvers.ordered import OrderedStream
from resolvers.rows import Numbered, Rows


class ChainedRows(Rows):
    """A list whose pages each name the next one: read from its beginning, as far as needed."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._token: str | None = None
        self._own = True
        self._reading = asyncio.Lock()

    async def read(self, start: int, stop: int, spare: int | None = None) -> Numbered:
        async with self._reading:
            while not self._has(start, stop):
                await self._next_page()
        last = stop if spare is None else max(stop, spare + 1)
        return self._known.between(max(start, 0), last)

    async def _next_page(self) -> None:
        if self._error is not None:
            raise self._error
        if self._token is not None and not self._own:  # another operation's: begin anew
            self._known.clear()
            self._token = None
            self.state = self.state._replace(changes=self.state.changes + 1)
        try:
            page = await self._ask(self._token, self.state)
        except UpstreamError as error:
            self._error = error
            raise
        if self._token is None:
            self.stated, self._own = page.total, page.own
        self.stale = page.stale or self.stale
        self._known.put(len(self._known), page.rows)
        again, self._token = page.token == self._token, page.token
        if page.token is None or not page.rows or again:
            self.total = len(self._known)

    async def some(self, start: int) -> Numbered:
        await self.read(start, start + 1)
        return self._known.between(start, len(self._known))


class ChainedStream(OrderedStream):
    """A list whose upstream was asked from the place on, and in the direction of the walk."""

    async def _read(self, need: int) -> Numbered:
        if self._last is None:
            return await self._window(0, need)
        return (await self._window(self._last[0], need + 1))[1:]

    async def _window(self, at: int, count: int) -> Numbered:
        rows = await self.rows.read(at, at + count)
        if self.walk.matches is not None:
            self.rows.examine(rows)
        return rows
