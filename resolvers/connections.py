"""A list of the graph: which sources it asks, its page, its length, and how each source did."""

import asyncio
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from typing import Any

from providers.client import Source
from providers.errors import UpstreamError
from providers.records import OutcomeStatus
from resolvers.arguments import Paging
from resolvers.context import Context
from resolvers.cursors import fingerprint
from resolvers.errors import AllSourcesError, UserInputError
from resolvers.filters import canonical, matcher, period
from resolvers.pages import Cursors, Lane, Page, Place, read_page
from resolvers.ranks import Key
from resolvers.streams import Walk


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list as a client asks for it: the field's name, the filter, the order and the page.

    `fields` are those of the connection that are selected: what is not selected is not fetched.
    """

    kind: str
    query: Any
    sources: Collection[str] | None
    providers: Collection[Any] | None
    key: Key
    descending: bool
    paging: Paging
    fields: AbstractSet[str]

    @property
    def fingerprint(self) -> bytes:
        restrictions = {
            each.name: canonical(value)
            for each in fields(self.query)
            if (value := getattr(self.query, each.name)) is not None
        }
        asked = [None if each is None else canonical(set(each)) for each in self._asked]
        return fingerprint(self.kind, self.descending, asked, sorted(restrictions.items()))

    @property
    def _asked(self) -> Sequence[Collection[Any] | None]:
        return self.sources, self.providers


@dataclass(frozen=True, slots=True)
class Edge:
    """A row of a connection, at its place."""

    node: Any
    _cursors: Cursors
    _position: int

    @property
    def cursor(self) -> str:
        return self._cursors.at(self._position)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one source contributed to a connection; `fetched_at` is of the oldest row shown."""

    source: Source
    status: OutcomeStatus
    fetched_at: datetime | None = None
    error: UpstreamError | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """A page of a list, as the graph shows it: attributes are made when somebody asks."""

    wanted: Wanted
    asked: Sequence[Source]
    total_count: int | None
    page: Page
    _cursors: Cursors

    @property
    def edges(self) -> Sequence[Edge]:
        edges = [
            Edge(item.record, self._cursors, at) for at, (_, item) in enumerate(self.page.taken)
        ]
        return edges[::-1] if self.wanted.paging.backwards else edges

    @property
    def nodes(self) -> Sequence[Any]:
        nodes = [item.record for _, item in self.page.taken]
        return nodes[::-1] if self.wanted.paging.backwards else nodes

    @property
    def page_info(self) -> "Connection":
        return self

    @property
    def has_next_page(self) -> bool:
        paging = self.wanted.paging
        return paging.cursor is not None if paging.backwards else self.page.more

    @property
    def has_previous_page(self) -> bool:
        paging = self.wanted.paging
        return self.page.more if paging.backwards else paging.cursor is not None

    @property
    def start_cursor(self) -> str | None:
        backwards = self.wanted.paging.backwards
        return self._end(-1 if backwards else 0, given=backwards)

    @property
    def end_cursor(self) -> str | None:
        backwards = self.wanted.paging.backwards
        return self._end(0 if backwards else -1, given=not backwards)

    def _end(self, position: int, *, given: bool) -> str | None:
        """The cursor of a row at an end of the page; without rows that which was `given`."""
        if not self.page.taken:
            return self.wanted.paging.cursor if given else None
        return self._cursors.at(position % len(self.page.taken))

    @property
    def sources(self) -> Sequence[Outcome]:
        return [self._outcome(source) for source in self.asked]

    def _outcome(self, source: Source) -> Outcome:
        if source in self.page.lost:
            return Outcome(source, OutcomeStatus.FAILED, error=self.page.lost[source])
        shown = (item.record for _, item in self.page.taken if item.record.source is source)
        oldest = min((record.fetched_at for record in shown), default=None)
        return Outcome(source, OutcomeStatus.OK, fetched_at=oldest)


async def connect(context: Context, wanted: Wanted) -> Connection:
    """The connection that is wanted, with no more calls than its selected fields need.

    Raises UserInputError, or AllSourcesError where no source could be read.
    """
    asked = _asked(context, wanted)
    lanes, exact = _lanes(context, wanted, asked)
    place = _place(context, wanted, lanes)
    page = Page([], lanes, {}, {}, more=False)
    if wanted.fields & {"edges", "nodes", "pageInfo", "sources"}:
        down = wanted.descending != wanted.paging.backwards
        page = await read_page(lanes, place, wanted.paging.size, down=down)
    total = None
    if "totalCount" in wanted.fields:
        total = await _total(page, exact=exact)
    if page.lost and len(page.lost) == len(asked):
        raise AllSourcesError([page.lost[source] for source in asked])
    seal = partial(context.cursors.encode, fingerprint=wanted.fingerprint)
    cursors = Cursors(page, place, seal, backwards=wanted.paging.backwards)
    return Connection(wanted, asked, total, page, cursors)


def _asked(context: Context, wanted: Wanted) -> Sequence[Source]:
    """The sources that the filter leaves, in the order of the configuration."""
    able = {each.name: each for each in context.sources if wanted.kind in each.spec.listings}
    for name in wanted.sources or ():
        if name not in able:
            raise UserInputError(f"filter.sources: there is no source {name!r} of {wanted.kind}")
    return [
        source
        for source in able.values()
        if (wanted.sources is None or source.name in wanted.sources)
        and (wanted.providers is None or source.provider in wanted.providers)
    ]


def _lanes(
    context: Context, wanted: Wanted, sources: Sequence[Source]
) -> tuple[Sequence[Lane], bool]:
    """The upstream lists to read, and whether they hold nothing but wanted rows."""
    down = wanted.descending != wanted.paging.backwards
    plain = Walk(wanted.key, down, wanted.paging.backwards)
    floor, ceiling = period(wanted.query)
    filtered = plain._replace(matches=matcher(wanted.query), floor=floor, ceiling=ceiling)
    lanes: list[Lane] = []
    exact = True
    for source in sources:
        listing = source.spec.listings[wanted.kind]
        plan = listing.plan(wanted.query)
        exact = exact and plan.exact
        for number, request in enumerate(plan.lanes):
            rows = context.rows(source, listing, request)
            lanes.append(Lane(f"{source.name}#{number}", rows, plain if plan.exact else filtered))
    return lanes, exact


def _place(context: Context, wanted: Wanted, lanes: Sequence[Lane]) -> Place:
    text = wanted.paging.cursor
    if text is None:
        return Place()
    names = [lane.name for lane in lanes]
    try:
        return Place(*context.cursors.decode(text, wanted.fingerprint, names))
    except UserInputError as error:
        argument = "before" if wanted.paging.backwards else "after"
        raise UserInputError(f"{argument}: {error}") from None


async def _total(page: Page, *, exact: bool) -> int | None:
    """The length of the whole list, where every source can tell it; notes those that fail."""
    if not exact or page.lost:
        return None
    lengths = await asyncio.gather(
        *(lane.rows.length() for lane in page.lanes), return_exceptions=True
    )
    for lane, length in zip(page.lanes, lengths, strict=True):
        if isinstance(length, UpstreamError):
            page.lost[lane.rows.source] = length
        elif isinstance(length, BaseException):
            raise length
    counted = [length for length in lengths if isinstance(length, int)]
    return sum(counted) if len(counted) == len(lengths) else None
