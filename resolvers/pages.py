"""One page of a merged list: opened from a cursor, read, and turned into cursors again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from providers.client import Source
from providers.errors import UnorderedError, UpstreamError
from resolvers.chained import ChainedStream
from resolvers.cursors import Cursor, Mark, Stand
from resolvers.groups import OrderBreachError
from resolvers.merge import LostSourceError, Taken, any_more, take
from resolvers.ordered import OrderedStream
from resolvers.ranks import Rank
from resolvers.rows import Rows, WindowedRows
from resolvers.streams import Row, SortedStream, Stream, Walk, entry

_START_AGAIN = "the list is no longer in the order it was; start again from the first page"


class Place(NamedTuple):
    """Where a page begins: a cursor's row and the marks of the lanes; none for the very first."""

    rank: Rank | None = None
    marks: Mapping[str, Mark] = {}


class Lane(NamedTuple):
    """One upstream list of a connection, by the name that cursors know it by.

    `walk` has the parts of the filter that the upstream does not apply. `whole` is the list as it
    is without a cursor: an upstream that is asked from the cursor's place on gives other `rows`.
    """

    name: str
    rows: Rows
    walk: Walk
    whole: Rows


@dataclass(slots=True)
class Page:
    """The rows of a page in the order of the walk, and what became of each source."""

    taken: Taken
    lanes: Sequence[Lane]
    streams: Mapping[str, Stream]
    lost: dict[Source, UpstreamError]
    more: bool
    records: Sequence[Any] = field(init=False)

    def __post_init__(self) -> None:
        self.records = [row[1] for row in self.taken.rows]


async def read_page(
    lanes: Sequence[Lane], place: Place, count: int, *, down: bool, look_on: bool
) -> Page:
    """`count` rows from `place` on, towards smaller ranks if `down`.

    A source that fails is left out, and named in `lost`. `more` is only known with `look_on`: to
    know it may take reading on.
    """
    lost: dict[Source, UpstreamError] = {}
    while True:
        streams = {
            lane.name: _stream(lane, place) for lane in lanes if lane.rows.source not in lost
        }
        try:
            taken = await take(list(streams.values()), count, down=down)
            full = len(taken.rows) == count > 0
            more = look_on and await _goes_on(list(streams.values()), sure=full)
        except LostSourceError as failure:
            _give_up(failure, place, lost)
        else:
            return Page(taken, lanes, streams, lost, more)


async def _goes_on(streams: Sequence[Stream], *, sure: bool) -> bool:
    """Whether rows follow the page. Where that cannot be told of a full page (`sure`), they may."""
    try:
        return await any_more(streams)
    except LostSourceError as failure:
        if sure and isinstance(failure.error, UpstreamError):
            return True
        raise


def _give_up(failure: LostSourceError, place: Place, lost: dict[Source, UpstreamError]) -> None:
    """Leaves the source out, unless it can still be read and sorted."""
    source, error = failure.stream.rows.source, failure.error
    if isinstance(error, OrderBreachError):
        source.disordered.add(failure.stream.rows.kind)
        if place.rank is None:
            return
        error = UnorderedError(_START_AGAIN).attributed(source.name, source.provider.name)
    lost[source] = source.failed(error)


def _stream(lane: Lane, place: Place) -> Stream:
    mark, rows = place.marks.get(lane.name), lane.rows
    start = entry(lane.walk, rows.source.name, place.rank, mark)
    disordered = rows.kind in rows.source.disordered
    if mark is not None:
        disordered = bool(mark.stand & Stand.SORTED)
    if disordered or rows.native is None:
        return SortedStream(lane.whole, lane.walk, start)
    kind = OrderedStream if isinstance(rows, WindowedRows) else ChainedStream
    return kind(rows, lane.walk, start)


class Cursors:
    """The cursors of a page's rows, made when somebody asks for one."""

    def __init__(
        self, page: Page, place: Place, seal: Callable[[Cursor], str], *, backwards: bool
    ) -> None:
        self._page, self._place, self._seal, self._backwards = page, place, seal, backwards

    def at(self, position: int) -> str:
        """The cursor of the row at a position of `Page.taken`."""
        owner = self._page.taken.owners[position]
        marks = dict(self._first_marks)
        for stream, row in self._latest[position].items():
            behind = self._backwards and stream is not owner
            marks[self._names[stream]] = stream.mark(row, behind=behind)
        return self._seal(Cursor(owner.rows.source.name, self._names[owner], marks))

    @cached_property
    def _names(self) -> Mapping[Stream, str]:
        return {stream: name for name, stream in self._page.streams.items()}

    @cached_property
    def _latest(self) -> Sequence[Mapping[Stream, Row]]:
        """For each row of the page, the last row that each stream had given by then."""
        history: list[Mapping[Stream, Row]] = []
        latest: Mapping[Stream, Row] = {}
        rows, owners = self._page.taken
        for stream, row in zip(owners, rows, strict=True):
            latest = {**latest, stream: row}
            history.append(latest)
        return history

    @cached_property
    def _first_marks(self) -> Mapping[str, Mark]:
        """Each lane's mark before the page; that of a lost source remembers to go on from there.

        A lane that joined with this page has none: until it gives a row it is sought anew.
        """
        backwards = self._backwards
        beginning = None
        if self._place.rank is None:
            beginning = Mark(Stand.END if backwards else Stand.START)
        marks: dict[str, Mark] = {}
        for lane in self._page.lanes:
            mark = self._place.marks.get(lane.name, beginning)
            if mark is not None:
                stand = mark.stand & ~(Stand.LOST_FORWARDS | Stand.LOST_BACKWARDS)
                marks[lane.name] = mark._replace(stand=stand | self._fate(lane, mark))
        return marks

    def _fate(self, lane: Lane, mark: Mark) -> Stand:
        """What this page adds to a mark that it began with."""
        source, stand = lane.rows.source, Stand.NONE
        if self._backwards and mark.has_row and mark.rank(source.name) == self._place.rank:
            stand |= Stand.BEHIND  # the row at the old place comes after the new one
        if source in self._page.lost:
            return stand | (Stand.LOST_BACKWARDS if self._backwards else Stand.LOST_FORWARDS)
        is_sorted = isinstance(self._page.streams[lane.name], SortedStream)
        return stand | (Stand.SORTED if is_sorted else Stand.NONE)
