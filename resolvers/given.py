"""Rows that need no reading: what a link knows already, as a list like any other."""

from collections.abc import Sequence
from typing import Any

from providers.base import Page
from providers.client import Source
from providers.errors import UpstreamError
from providers.views import Record
from resolvers.rows import Budget, Numbered, Rows


class GivenRows(Rows):
    """Rows that are there already, or the error that they could not be had for."""

    def __init__(self, source: Source, kind: str, rows: Sequence[Record] | UpstreamError) -> None:
        super().__init__(source, kind, _unasked, Budget(0), None)
        if isinstance(rows, UpstreamError):
            self._error = rows
        else:
            self.stale = next((row.origin.stale for row in rows if row.origin.stale), None)
            self._known = dict(enumerate(rows))
            self.total = self.stated = len(rows)

    async def read(self, start: int, stop: int, spare: int | None = None) -> Numbered:
        if self._error is not None:
            raise self._error
        return [(at, self._known[at]) for at in range(start, stop) if at in self._known]

    async def all(self) -> Numbered:
        return await self.read(0, self.total or 0)


async def _unasked(*_: Any) -> Page:
    raise AssertionError("these rows are given")
