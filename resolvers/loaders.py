"""Batch loaders: what one operation looks up by key, each key once, a batch at a time."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from strawberry.dataloader import DataLoader

from providers.base import Key, Single
from providers.client import Source
from providers.errors import UpstreamError
from providers.queries import InvoiceQuery, PaymentQuery
from providers.records import Stale
from providers.views import Record
from providers.wire import Request
from resolvers.context import Context
from resolvers.rows import Rows

FEW = 2  # keys for which it is not worth while to read the whole list, or to learn its length
QUERIES: dict[str, Callable[..., Any]] = {"invoices": InvoiceQuery, "payments": PaymentQuery}
Found = Record | UpstreamError | None


def records_by_key(context: Context, source: Source, kind: str) -> DataLoader[Key, Any]:
    """The loader of one source's rows by the provider's ids; a key that fails fails alone."""
    return _loader(context, ("key", source.name, kind), ByKey(context, source, kind).load)


def records_by_provider_id(context: Context, source: Source, kind: str) -> DataLoader[Key, Any]:
    """The same by the ids that clients see as `providerId`, which may come later than the row."""
    by_key = ByKey(context, source, kind, attribute="provider_id")
    return _loader(context, ("provider_id", source.name, kind), by_key.load)


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


def lists(context: Context, source: Source, kind: str, **restrictions: str) -> Sequence[Rows]:
    """The upstream's lists of a kind of row, all rows or those of a number."""
    plan = source.plan(source.spec.listings[kind], QUERIES[kind](**restrictions))
    context.selects(kind, None)  # it is unknown what will be asked of them
    return [context.rows(source, kind, lane, source.order) for lane in plan.lanes]


async def whole_list(rows: Rows, calls: int) -> Sequence[Record] | None:
    """All rows of a list, if these are no more than so many calls once its length is known."""
    await rows.some(0)
    if not rows.affordable() or pages(rows.source, rows.total or 0) - 1 > calls:
        return None
    return [record for _, record in await rows.all()]


def pages(source: Source, rows: int) -> int:
    """How many calls so many rows are."""
    return ceil(rows / source.sizes.largest)


@dataclass(frozen=True, slots=True)
class ByKey:
    """Looks rows up by id: in lists that hints narrow, or one by one where the upstream can.

    Of those many may be read in fewer calls by pages of the whole list.
    """

    context: Context
    source: Source
    kind: str
    attribute: str = "key_id"

    async def load(self, keys: Sequence[Key]) -> Sequence[Found]:
        listing = self.source.spec.listings[self.kind]
        if listing.single is not None:
            return await self._singly(listing.single, keys)
        asked = self.source.find(listing, keys)
        results = await asyncio.gather(*(self._search(*each) for each in asked.items()))
        found = {key: record for result in results for key, record in result.items()}
        return [found.get(key) for key in keys]

    async def _singly(self, single: Single, keys: Sequence[Key]) -> Sequence[Found]:
        possible = [key for key in keys if single.request(key.provider_id) is not None]
        try:
            whole = await self._whole(len(possible))
            if whole is not None:
                by_id = {record.key_id: record for record in whole}
                return [by_id.get(key.provider_id) for key in keys]
        except UpstreamError as error:
            return [error if key in possible else None for key in keys]
        asked = (self.context.single(self.source, self.kind, key.provider_id) for key in keys)
        return await asyncio.gather(*asked, return_exceptions=True)  # type: ignore[return-value]

    async def _whole(self, keys: int) -> Sequence[Record] | None:
        """All rows of the source, if it is known that to read them takes fewer calls."""
        if keys <= FEW or not 0 < pages(self.source, self.source.longest) < keys:
            return None
        (rows,) = lists(self.context, self.source, self.kind)
        return await whole_list(rows, keys)

    async def _search(self, request: Request, keys: Sequence[Key]) -> dict[Key, Found]:
        """Reads a list until all keys are found or it ends."""
        self.context.selects(self.kind, None)
        rows = self.context.rows(self.source, self.kind, request, None)
        missing = {key.provider_id: key for key in keys}
        found: dict[Key, Found] = {}
        start = 0
        try:
            while missing and (batch := await rows.some(start)):
                start = batch[-1][0] + 1
                for _, record in batch:
                    name = getattr(record, self.attribute) if record.present else None
                    if name in missing:
                        found[missing.pop(name)] = record
                rows.examine(batch)  # past the limit it ends, with what was found until then
        except UpstreamError as error:
            found |= dict.fromkeys(missing.values(), error)
        return found


class Matching(list[Record]):
    """The rows of a number; `stale`: the list that they are of is older than was asked for."""

    stale: Stale | None = None


@dataclass(frozen=True, slots=True)
class ByNumber:
    """Looks rows up by a number, by single calls or by reading all pages: whichever is cheaper."""

    context: Context
    source: Source
    kind: str
    attribute: str

    async def load(self, numbers: Sequence[str]) -> Sequence[Matching | UpstreamError]:
        lanes = lists(self.context, self.source, self.kind)
        whole = None
        if len(lanes) == 1 and len(numbers) > FEW:
            try:
                whole = await whole_list(lanes[0], len(numbers))
            except UpstreamError as error:
                return [error] * len(numbers)
        if whole is None:
            return await asyncio.gather(*map(self._single, numbers))
        found = self._by_number(whole)
        return [_aged(found.get(number, Matching()), lanes) for number in numbers]

    async def _single(self, number: str) -> Matching | UpstreamError:
        try:
            lanes = lists(self.context, self.source, self.kind, **{self.attribute: number})
            found = await asyncio.gather(*(rows.all() for rows in lanes))
        except UpstreamError as error:
            return error
        records = self._by_number(record for rows in found for _, record in rows)
        return _aged(records.get(number, Matching()), lanes)

    def _by_number(self, records: Iterable[Record]) -> dict[str | None, Matching]:
        """The rows of each number: each row is looked at once, however many numbers are wanted."""
        found: dict[str | None, Matching] = {}
        for each in records:
            if each.present:
                found.setdefault(getattr(each, self.attribute), Matching()).append(each)
        return found


def _aged(matching: Matching, lanes: Sequence[Rows]) -> Matching:
    matching.stale = next((rows.stale for rows in lanes if rows.stale), None)
    return matching
