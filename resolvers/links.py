"""What belongs together across sources: an invoice and the payments that settle it."""

import asyncio
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Any, NoReturn

from providers.client import Source
from providers.errors import UpstreamError
from providers.inlining import Attribute, Inline
from providers.views import Record
from resolvers.arguments import Paging, paging
from resolvers.connections import Connection, Edge, Wanted, connection, paged, place_of
from resolvers.context import Context
from resolvers.loaders import Matching, records_by_number
from resolvers.merge import Taken
from resolvers.outcomes import Outcome
from resolvers.pages import Lane, Page, Place
from resolvers.ranks import Rank, by_creation, identity
from resolvers.rows import Budget, Numbered, Rows
from resolvers.streams import Entry, SortedStream


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


OWN_INVOICE = Inline(one="own_invoice")
"""The invoice in a payment's own row, in place."""


async def payments_of(
    context: Context, invoice: Any, *, page: Mapping[str, Any], fields: AbstractSet[str]
) -> Connection:
    """The payments that settle an invoice, newest first, from every source that knows any."""
    wanted = _wanted(invoice, paging(page, context.limits), fields)
    known = await _known_payments(context, invoice)
    place = place_of(context, wanted, [source.name for source in known])
    lanes = [_lane(source, wanted, rows) for source, rows in known.items()]
    return await paged(context, wanted, list(known), lanes, place)


def own_payments_of(
    context: Context, invoice: Any, *, page: Mapping[str, Any]
) -> "OwnPayments | None":
    """The same at once, where its own row has all of them and none is behind a cursor.

    None where it takes more to tell: rows to fetch, errors.
    """
    if not shows_one(context, page):
        return None
    if invoice.number is not None and _settling(context, invoice):
        return None
    payment = invoice.own_payment
    try:
        if payment is not None:
            _ = payment.created_at, payment.provider_id  # which give it its place
    except UpstreamError:
        return None
    return OwnPayments(context, invoice, payment, page)


def shows_one(context: Context, page: Mapping[str, Any]) -> bool:
    """Whether a list of one is shown whole. Raises UserInputError for wrong paging arguments."""
    if not page:  # as for most of the lists of many rows
        return True
    asked = paging(page, context.limits)
    return asked.cursor is None and asked.size > 0


class OwnPayments:
    """The connection of an invoice with the one payment in its own row, or with none.

    It need not be made where its nodes alone are read: see `OWN_PAYMENTS`.
    """

    def __init__(
        self, context: Context, invoice: Any, payment: Any, asked: Mapping[str, Any]
    ) -> None:
        self._context, self._invoice, self._payment, self._asked = context, invoice, payment, asked

    nodes = Attribute(
        lambda own: [] if own._payment is None else [own._payment], Inline(one="own_payment")
    )

    total_count = Attribute(
        lambda own: len(own.nodes), Inline("0 if {one} is None else 1", kind=int, one="own_payment")
    )

    @property
    def edges(self) -> Sequence[Edge]:
        return self.page_info.edges

    @property
    def sources(self) -> Sequence[Outcome]:
        return self.page_info.sources

    @cached_property
    def page_info(self) -> Connection:
        """What `payments_of` gives."""
        asked = paging(self._asked, self._context.limits)
        wanted = _wanted(self._invoice, asked, frozenset())
        source, rows = self._invoice.source, self.nodes
        lanes = [_lane(source, wanted, rows)] if rows else []
        streams = {lane.name: SortedStream(lane.rows, lane.walk, Entry()) for lane in lanes}
        owners = list(streams.values())
        taken = Taken([(0, self._payment) for _ in owners], owners)
        page = Page(taken, lanes, streams, {}, more=False)
        known = [source] if rows else []
        return connection(self._context, wanted, known, self.total_count, page, Place())


OWN_PAYMENTS = Inline(
    parts={"own": "True if not {source}.settled or {number} is None else None"}, of=OwnPayments
)
"""The payments of an invoice that no other payments can settle, in place."""


def _wanted(invoice: Any, asked: Paging, fields: AbstractSet[str]) -> Wanted:
    return Wanted(
        kind="Invoice.payments",
        query=None,
        restrictions={"invoice": invoice},
        order=("CREATED_AT", "DESC"),
        key=by_creation,
        descending=True,
        paging=asked,
        fields=fields,
    )


def _lane(source: Source, wanted: Wanted, given: Sequence[Record] | UpstreamError) -> Lane:
    rows = GivenRows(source, wanted.kind, given)
    return Lane(source.name, rows, wanted.walk, rows)


def _settling(context: Context, invoice: Any) -> Sequence[Source]:
    """The sources whose payments may settle an invoice."""
    name = invoice.source.name
    if name not in context.settling:
        context.settling[name] = [
            source
            for source in context.sources
            if name in source.settles and "payments" in source.spec.listings
        ]
    return context.settling[name]


async def _known_payments(
    context: Context, invoice: Any
) -> Mapping[Source, Sequence[Any] | UpstreamError]:
    """The payments of each source that may know some, or what it failed with."""
    sources = _settling(context, invoice)
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
        is_own = source in known and not isinstance(result, UpstreamError)
        known[source] = _together(own, result) if is_own else result
    return known


def _together(own: Sequence[Any], found: Matching) -> Matching:
    """Both, in a list of its own: what was found is given to others, too."""
    together = Matching([*own, *found])
    together.stale = found.stale
    return together


class GivenRows(Rows):
    """Rows that are there already, or the error that they could not be had for."""

    def __init__(self, source: Source, kind: str, rows: Sequence[Record] | UpstreamError) -> None:
        super().__init__(source, kind, _unasked, Budget(0), None)
        if isinstance(rows, UpstreamError):
            self._error = rows
        else:
            read = (row.origin.stale for row in rows)
            self.stale = getattr(rows, "stale", None) or next(filter(None, read), None)
            self._known.put(0, rows)
            self.total = self.stated = len(rows)

    async def read(self, start: int, stop: int, spare: int | None = None) -> Numbered:
        if self._error is not None:
            raise self._error
        return self._known.between(start, stop)

    async def all(self) -> Numbered:
        return await self.read(0, self.total or 0)


async def _unasked(*_: Any) -> NoReturn:
    raise AssertionError("these rows are given")
