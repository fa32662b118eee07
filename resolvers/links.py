"""What belongs together across sources: an invoice and the payments that settle it."""

import asyncio
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from providers.base import Page
from providers.client import Source
from providers.errors import UpstreamError
from providers.views import Record
from resolvers.arguments import paging
from resolvers.connections import Connection, Wanted, paged, place_of
from resolvers.context import Context
from resolvers.loaders import records_by_number
from resolvers.pages import Lane
from resolvers.ranks import Rank, by_creation, identity
from resolvers.rows import Budget, Numbered, Rows


async def invoice_of(context: Context, payment: Any) -> Any:
    """The invoice that a payment settles, of several of one number the one created first.

    Raises the UpstreamError of a source that might have it, if no other has.
    """
    if payment.own_invoice is not None:
        return payment.own_invoice
    number = getattr(payment, payment.source.settles_by)
    if number is None:
        return None
    sources = [
        source
        for source in context.sources
        if source.name in payment.source.settles and "invoices" in source.spec.listings
    ]
    loads = (
        records_by_number(context, each, "invoices", "number").load(number) for each in sources
    )
    results = await asyncio.gather(*loads, return_exceptions=True)
    found = [record for result in results if isinstance(result, list) for record in result]
    if found:
        first = min(found, key=_first_created)
        context.use([first])
        return first
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return None


def _first_created(record: Any) -> Rank:
    return Rank(by_creation(record), record.source.name, identity(record.provider_id))


async def payments_of(
    context: Context, invoice: Any, *, page: Mapping[str, Any], fields: AbstractSet[str]
) -> Connection:
    """The payments that settle an invoice, newest first, from every source that knows any."""
    wanted = Wanted(
        kind="Invoice.payments",
        query=None,
        restrictions={"invoice": invoice},
        order=("CREATED_AT", "DESC"),
        key=by_creation,
        descending=True,
        paging=paging(page, context.limits),
        fields=fields,
    )
    known = await _known_payments(context, invoice)
    place = place_of(context, wanted, [source.name for source in known])
    given = {source: GivenRows(source, wanted.kind, rows) for source, rows in known.items()}
    lanes = [Lane(source.name, rows, wanted.walk, rows) for source, rows in given.items()]
    return await paged(context, wanted, list(known), lanes, place)


async def _known_payments(
    context: Context, invoice: Any
) -> Mapping[Source, Sequence[Any] | UpstreamError]:
    """The payments of each source that may know some, or what it failed with."""
    sources = [
        source
        for source in context.sources
        if invoice.source.name in source.settles and "payments" in source.spec.listings
    ]
    payment = invoice.own_payment
    own = [] if payment is None else [payment]
    known: dict[Source, Sequence[Any] | UpstreamError] = {invoice.source: own} if own else {}
    if invoice.number is None or not sources:
        return known
    loaders = (records_by_number(context, each, "payments", each.settles_by) for each in sources)
    loads = [loader.load(invoice.number) for loader in loaders]
    results = await asyncio.gather(*loads, return_exceptions=True)
    for source, result in zip(sources, results, strict=True):
        if isinstance(result, BaseException) and not isinstance(result, UpstreamError):
            raise result
        failed = isinstance(result, UpstreamError)
        known[source] = result if failed or source not in known else [*own, *result]
    return known


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
