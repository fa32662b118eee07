"""Batch loaders: what one operation looks up by key, each key once, a batch at a time."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from strawberry.dataloader import DataLoader

from providers.base import Key
from providers.client import Source
from providers.errors import UpstreamError
from providers.queries import InvoiceQuery, PaymentQuery
from providers.views import Record
from providers.wire import Request
from resolvers.context import Context
from resolvers.filters import TESTS
from resolvers.rows import Rows

FEW = 2  # numbers for which it is not worth while to learn how long the whole list is
QUERIES: dict[str, Callable[..., Any]] = {"invoices": InvoiceQuery, "payments": PaymentQuery}
Found = Record | UpstreamError | None


def records_by_key(context: Context, source: Source, kind: str) -> DataLoader[Key, Any]:
    """The loader of one source's rows by the provider's ids; a key that fails fails alone."""
    return _loader(context, ("key", source.name, kind), ByKey(context, source, kind).load)


def records_by_number(
    context: Context, source: Source, kind: str, attribute: str
) -> DataLoader[str, Any]:
    """The loader of all rows of one source whose `attribute` is a number (as text)."""
    key = ("number", source.name, kind, attribute)
    return _loader(context, key, ByNumber(context, source, kind, attribute).load)


def _loader(context: Context, key: Any, load: Any) -> DataLoader[Any, Any]:
    if key not in context.loaders:
        context.loaders[key] = DataLoader(load_fn=load)
    return context.loaders[key]


@dataclass(frozen=True, slots=True)
class ByKey:
    """Looks rows up by id: one by one where the upstream can, else in lists that hints narrow."""

    context: Context
    source: Source
    kind: str

    async def load(self, keys: Sequence[Key]) -> Sequence[Found]:
        listing = self.source.spec.listings[self.kind]
        if listing.single is not None:
            for _ in keys:
                self.context.call()
            asked = (self.source.single(listing.single, key.provider_id) for key in keys)
            return await asyncio.gather(*asked, return_exceptions=True)  # type: ignore[return-value]
        lists = self.source.find(listing, keys)
        results = await asyncio.gather(*(self._search(*each) for each in lists.items()))
        found = {key: record for result in results for key, record in result.items()}
        return [found.get(key) for key in keys]

    async def _search(self, request: Request, keys: Sequence[Key]) -> dict[Key, Found]:
        """Reads a list until all keys are found or it ends."""
        rows = self.context.rows(self.source, self.kind, request, None)
        missing = {key.provider_id: key for key in keys}
        found: dict[Key, Found] = {}
        start = 0
        try:
            while missing and (batch := await rows.some(start)):
                rows.examine(batch)
                start = batch[-1][0] + 1
                for _, record in batch:
                    if record.present and record.key_id in missing:
                        found[missing.pop(record.key_id)] = record
        except UpstreamError as error:
            found |= dict.fromkeys(missing.values(), error)
        return found


@dataclass(frozen=True, slots=True)
class ByNumber:
    """Looks rows up by a number, by single calls or by reading all pages: whichever is cheaper."""

    context: Context
    source: Source
    kind: str
    attribute: str

    async def load(self, numbers: Sequence[str]) -> Sequence[Sequence[Record] | UpstreamError]:
        try:
            whole = await self._whole(numbers)
        except UpstreamError as error:
            return [error] * len(numbers)
        if whole is None:
            return await asyncio.gather(*map(self._single, numbers))
        return [self._matching(number, whole) for number in numbers]

    async def _whole(self, numbers: Sequence[str]) -> Sequence[Record] | None:
        """All rows of the source, if to read them takes no more calls than a call a number."""
        lanes = self._lanes(QUERIES[self.kind]())
        if len(lanes) != 1 or len(numbers) <= FEW:
            return None
        (rows,) = lanes
        await rows.some(0)
        size = self.source.sizes.largest
        if not rows.affordable() or ceil(((rows.total or 0) - size) / size) > len(numbers):
            return None
        return [record for _, record in await rows.all()]

    async def _single(self, number: str) -> Sequence[Record] | UpstreamError:
        try:
            lanes = self._lanes(QUERIES[self.kind](**{self.attribute: number}))
            lists = await asyncio.gather(*(rows.all() for rows in lanes))
        except UpstreamError as error:
            return error
        return self._matching(number, [record for rows in lists for _, record in rows])

    def _matching(self, number: str, records: Sequence[Record]) -> Sequence[Record]:
        test = TESTS[self.attribute]
        return [record for record in records if record.present and test(number, record)]

    def _lanes(self, query: Any) -> Sequence[Rows]:
        plan = self.source.plan(self.source.spec.listings[self.kind], query)
        native = self.source.order
        return [self.context.rows(self.source, self.kind, lane, native) for lane in plan.lanes]
