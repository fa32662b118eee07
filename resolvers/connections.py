"""A list of the graph: which sources it asks, its page, its length, and how each source did."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from providers.base import Plan
from providers.client import Source
from providers.errors import UpstreamError
from providers.queries import Direction
from resolvers.arguments import Paging
from resolvers.context import Context
from resolvers.cursors import Cursor, fingerprint
from resolvers.errors import AllSourcesError, UserInputError
from resolvers.filters import canonical, matcher, period, restricted
from resolvers.merge import Taken
from resolvers.outcomes import Outcome, outcome
from resolvers.pages import Cursors, Lane, Page, Place, read_page
from resolvers.ranks import Key
from resolvers.resumed import resumed
from resolvers.rows import Rows
from resolvers.streams import Walk, entry

_OF_A_PAGE = frozenset(("edges", "nodes", "pageInfo", "sources"))  # fields that take reading rows


@dataclass
class Wanted:
    """A list as a client asks for it: what is asked, which filter, which order, which page.

    `kind` is that of the providers' listings; `order` and `restrictions` are the client's own, as
    far as a cursor is bound to them. `period` names the restrictions of the sort key. `resumed`
    gives the query for an upstream that is asked from a sort key on, in the direction of the walk.
    `fields` are those of the connection that are selected: what is not selected is not fetched.
    """

    kind: str
    query: Any
    restrictions: Mapping[str, Any]
    order: Sequence[str]
    key: Key
    descending: bool
    paging: Paging
    fields: AbstractSet[str]
    period: tuple[str, str] = ("created_from", "created_to")
    resumed: Callable[[Direction, int | None], Any] | None = None

    @cached_property
    def fingerprint(self) -> bytes:
        return fingerprint(self.kind, self.order, canonical(self.restrictions))

    @property
    def down(self) -> bool:
        """Whether the walk is towards smaller ranks."""
        return self.descending != self.paging.backwards

    @property
    def walk(self) -> Walk:
        """The walk over lists that hold nothing but wanted rows."""
        return Walk(self.key, self.down, self.paging.backwards)


@dataclass(slots=True)
class Edge:
    """A row of a connection, at its place."""

    node: Any
    _cursors: Cursors
    _position: int

    @property
    def cursor(self) -> str:
        return self._cursors.at(self._position)


@dataclass(slots=True)
class Connection:
    """A page of a list, as the graph shows it: attributes are made when somebody asks."""

    wanted: Wanted
    asked: Sequence[Source]
    total_count: int | None
    page: Page
    _cursors: Cursors

    @property
    def edges(self) -> Sequence[Edge]:
        edges = [Edge(record, self._cursors, at) for at, record in enumerate(self.page.records)]
        return edges[::-1] if self.wanted.paging.backwards else edges

    @property
    def nodes(self) -> Sequence[Any]:
        nodes = self.page.records
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
        if not self.page.records:
            return self.wanted.paging.cursor if given else None
        return self._cursors.at(position % len(self.page.records))

    @property
    def sources(self) -> Sequence[Outcome]:
        return [outcome(self.page, source) for source in self.asked]


async def connect(context: Context, wanted: Wanted) -> Connection:
    """The connection that is wanted, with no more calls than its selected fields need.

    Raises UserInputError, or AllSourcesError where no source could be read.
    """
    asked = _asked(context, wanted)
    listings = {source: source.spec.listings[wanted.kind] for source in asked}
    plans = {source: source.plan(listings[source], wanted.query) for source in asked}
    names = (
        _lane_name(source, number)
        for source, plan in plans.items()
        for number in range(len(plan.lanes))
    )
    place = place_of(context, wanted, names)
    restrictions = restricted(wanted.query)
    lanes: list[Lane] = []
    exact = True
    for source, plan in plans.items():
        left = restrictions - plan.applied  # what the upstream does not apply
        exact = exact and not (plan.lanes and (left or plan.holds_others))
        lanes += _lanes(context, wanted, source, plan, left, place)
    return await paged(context, wanted, asked, lanes, place, exact=exact)


async def paged(
    context: Context,
    wanted: Wanted,
    asked: Sequence[Source],
    lanes: Sequence[Lane],
    place: Place,
    *,
    exact: bool = True,
) -> Connection:
    """The page of some lanes; `exact` if these hold nothing but wanted rows."""
    if wanted.fields.isdisjoint(_OF_A_PAGE):
        page = Page(Taken([], []), lanes, {}, {}, more=False)
    else:
        look_on = "pageInfo" in wanted.fields
        page = await read_page(lanes, place, wanted.paging.size, down=wanted.down, look_on=look_on)
    total = None
    if "summary" in wanted.fields or (exact and "totalCount" in wanted.fields):
        total = await _total(page, exact=exact)
    if page.lost and len(page.lost) == len(asked):
        raise AllSourcesError([page.lost[source] for source in asked])
    return connection(context, wanted, asked, total, page, place)


def connection(
    context: Context,
    wanted: Wanted,
    asked: Sequence[Source],
    total: int | None,
    page: Page,
    place: Place,
) -> Connection:
    """The connection with a page that was read from a place."""
    context.use(page.records)

    def seal(cursor: Cursor) -> str:
        return context.cursors.encode(cursor, fingerprint=wanted.fingerprint)

    cursors = Cursors(page, place, seal, backwards=wanted.paging.backwards)
    return Connection(wanted, asked, total, page, cursors)


def place_of(context: Context, wanted: Wanted, lanes: Iterable[str]) -> Place:
    """The place of the cursor that is given, as far as the named lanes go."""
    text = wanted.paging.cursor
    if text is None:
        return Place()
    try:
        return Place(*context.cursors.decode(text, wanted.fingerprint, lanes))
    except UserInputError as error:
        argument = "before" if wanted.paging.backwards else "after"
        raise UserInputError(f"{argument}: {error}") from None


def _asked(context: Context, wanted: Wanted) -> Sequence[Source]:
    """The sources that the filter leaves, in the order of the configuration."""
    able = {each.name: each for each in context.sources if wanted.kind in each.spec.listings}
    names, providers = wanted.restrictions.get("sources"), wanted.restrictions.get("providers")
    for name in names or ():
        if name not in able:
            raise UserInputError(f"filter.sources: there is no source {name!r} of this kind")
    return [
        source
        for source in able.values()
        if (names is None or source.name in names)
        and (providers is None or source.provider in providers)
    ]


def _lane_name(source: Source, number: int) -> str:
    return f"{source.name}#{number}"


def _lanes(
    context: Context,
    wanted: Wanted,
    source: Source,
    plan: Plan,
    left: AbstractSet[str],
    place: Place,
) -> Iterator[Lane]:
    """The upstream lists to read of one source, with what is `left` of the filter for each."""
    walk = wanted.walk
    if left or plan.holds_others:
        floor, ceiling = period(wanted.query, wanted.period, left)
        matches = matcher(wanted.query, left - {*wanted.period}, present=plan.holds_others)
        walk = walk._replace(matches=matches, floor=floor, ceiling=ceiling)
    listing = source.spec.listings[wanted.kind]
    native = _native(wanted, source)
    for number, request in enumerate(plan.lanes):
        name = _lane_name(source, number)
        whole = rows = context.rows(source, wanted.kind, request, native)
        if wanted.resumed is not None and listing.sorts:
            bound = entry(walk, source.name, place.rank, place.marks.get(name)).bound
            rows = resumed(
                partial(_from_key, context, wanted, source, number),
                None if bound is None else bound.key,
                towards=_towards(down=wanted.down),
                keyless=None if _dated(wanted) else wanted.key,
            )
        yield Lane(name, rows, walk, whole)


def _from_key(
    context: Context, wanted: Wanted, source: Source, number: int, towards: Direction, key: Any
) -> Rows:
    """One of the upstream's lists, asked in a direction from a sort key on."""
    assert wanted.resumed is not None
    plan = source.plan(source.spec.listings[wanted.kind], wanted.resumed(towards, key))
    return context.rows(source, wanted.kind, plan.lanes[number], towards)


def _dated(wanted: Wanted) -> bool:
    """Whether the filter wants a period of the sort key, in which no row is that has none."""
    return any(getattr(wanted.query, name) is not None for name in wanted.period)


def _native(wanted: Wanted, source: Source) -> Direction | None:
    """How the list that is read stands to the sort key."""
    if not source.spec.listings[wanted.kind].sorts:
        return source.order
    if wanted.resumed is not None:
        return _towards(down=wanted.down)
    return Direction.DESCENDING if wanted.descending else Direction.ASCENDING


def _towards(*, down: bool) -> Direction:
    return Direction.DESCENDING if down else Direction.ASCENDING


async def _total(page: Page, *, exact: bool) -> int | None:
    """The length of the whole list, where every source can tell it; notes those that fail."""
    lanes = [lane for lane in page.lanes if lane.rows.source not in page.lost]
    lengths = await asyncio.gather(*(lane.whole.length() for lane in lanes), return_exceptions=True)
    for lane, length in zip(lanes, lengths, strict=True):
        if isinstance(length, UpstreamError):
            page.lost[lane.rows.source] = length
        elif isinstance(length, BaseException):
            raise length
    counted = [length for length in lengths if isinstance(length, int)]
    return sum(counted) if exact and not page.lost and len(counted) == len(lanes) else None
