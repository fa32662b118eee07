"""Where streams begin, which rows they want, and lists that are read whole and sorted."""

from collections.abc import Sequence
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.timestamps import moment_of
from resolvers.cursors import Mark, Stand
from resolvers.ranks import MISSING, Rank, by_creation, identity
from resolvers.streams import Entry, Neighboured, SortedStream, Walk, entry
from tests.resolvers.model import EPOCH, Row, Upstream, rows_of, source

FORWARDS = Walk(by_creation, down=True, backwards=False)
BACKWARDS = Walk(by_creation, down=False, backwards=True)
MINUTE = 60_000_000
BEGIN = int(EPOCH.timestamp()) * 1_000_000

bounds = st.one_of(st.none(), st.integers(0, 30))


@given(st.lists(st.integers(0, 30)), bounds, bounds, st.booleans())
def test_a_walk_comes_to_the_early_then_the_wanted_then_the_past(
    found: Sequence[int], floor: int | None, ceiling: int | None, down: bool
) -> None:
    walk = Walk(by_creation, down, backwards=False, floor=floor, ceiling=ceiling)
    if floor is not None and ceiling is not None and floor >= ceiling:
        return  # such a filter matches nothing and is never walked
    stages = []
    for key in sorted(found, reverse=down):
        early, past = walk.early(key), walk.past(key)
        assert not (early and past)
        within = (floor is None or key >= floor) and (ceiling is None or key < ceiling)
        assert within == (not early and not past)
        stages.append(2 if past else 0 if early else 1)
    assert stages == sorted(stages)


ranks = st.builds(
    Rank, st.integers(0, 4), st.sampled_from("ab"), st.integers(0, 4).map(str).map(identity)
)


@given(st.sets(ranks), ranks, st.booleans())
def test_what_one_page_showed_the_next_does_not_want(
    found: set[Rank], place: Rank, down: bool
) -> None:
    """A place divides all rows into those before it and those that are wanted from it on."""
    walk = Walk(by_creation, down, backwards=not down)
    wanted = {rank for rank in found if Entry(place).wants(rank, walk)}
    assert wanted == {rank for rank in found if (rank < place if down else rank > place)}
    assert {rank for rank in found if Entry(place, inclusive=True).wants(rank, walk)} == (
        wanted | (found & {place})
    )
    assert all(Entry().wants(rank, walk) for rank in found)


def test_after_a_row_that_was_let_go_early_the_rest_of_its_key_is_wanted() -> None:
    early = Rank(5, "a", identity("3"))
    start = Entry(early, early=early)
    wanted = {
        number
        for number in range(1, 6)
        if start.wants(Rank(5, "a", identity(str(number))), FORWARDS)
    }
    assert wanted == {1, 2, 4, 5}
    assert start.wants(Rank(4, "a", identity("9")), FORWARDS)
    assert not start.wants(Rank(6, "a", identity("1")), FORWARDS)


def test_a_row_that_was_let_go_early_is_not_shown_again_further_on() -> None:
    start = Entry(Rank(5, "a", identity("4")), early=Rank(5, "a", identity("3")))
    wanted = [
        number
        for number in range(1, 6)
        if start.wants(Rank(5, "a", identity(str(number))), FORWARDS)
    ]
    assert wanted == [1, 2]


PLACE = Rank(5, "beta", identity("7"))
OWN = Rank(6, "alpha", identity("3"))
NEXT = Rank(4, "alpha", identity("2"))


def mark(rank: Rank, stand: Stand = Stand.NONE, early: str = "") -> Mark:
    return Mark(stand, 40, rank.key, rank.identity[2], early=early)


ENTRIES: dict[str, tuple[Walk, Rank | None, Mark | None, Entry]] = {
    "from the very first": (FORWARDS, None, None, Entry()),
    "a source that joined is sought": (FORWARDS, PLACE, None, Entry(PLACE, sought=True)),
    "nothing was shown of it yet": (FORWARDS, PLACE, Mark(Stand.START), Entry(PLACE)),
    "all of it lies on the other side": (
        BACKWARDS,
        PLACE,
        Mark(Stand.START),
        Entry(PLACE, sought=True),
    ),
    "nothing was shown of it yet, backwards": (BACKWARDS, PLACE, Mark(Stand.END), Entry(PLACE)),
    "it failed on the first page": (
        FORWARDS,
        PLACE,
        Mark(Stand.START | Stand.LOST_FORWARDS),
        Entry(sought=False),
    ),
    "it failed on the other way": (
        BACKWARDS,
        PLACE,
        Mark(Stand.END | Stand.LOST_FORWARDS),
        Entry(PLACE, sought=True),
    ),
    "its row is shown": (FORWARDS, PLACE, mark(OWN), Entry(PLACE, mark=mark(OWN))),
    "its row is the place": (FORWARDS, OWN, mark(OWN), Entry(OWN, mark=mark(OWN))),
    "its row comes next": (
        FORWARDS,
        PLACE,
        mark(NEXT, Stand.BEHIND),
        Entry(NEXT, inclusive=True, mark=mark(NEXT, Stand.BEHIND)),
    ),
    "it failed after its row": (
        FORWARDS,
        PLACE,
        mark(OWN, Stand.LOST_FORWARDS),
        Entry(OWN, mark=mark(OWN, Stand.LOST_FORWARDS)),
    ),
    "its row was let go early": (
        FORWARDS,
        PLACE,
        mark(OWN, Stand.EARLY_FORWARDS, "9"),
        Entry(
            PLACE,
            mark=mark(OWN, Stand.EARLY_FORWARDS, "9"),
            early=Rank(OWN.key, "alpha", identity("9")),
        ),
    ),
    "one let go early on the other way": (
        BACKWARDS,
        OWN,
        mark(OWN, Stand.EARLY_FORWARDS, "9"),
        Entry(OWN, mark=mark(OWN, Stand.EARLY_FORWARDS, "9")),
    ),
}


@pytest.mark.parametrize("case", ENTRIES.values(), ids=ENTRIES.keys())
def test_how_a_stream_goes_on_from_a_cursor(
    case: tuple[Walk, Rank | None, Mark | None, Entry],
) -> None:
    walk, place, known, expected = case
    assert entry(walk, "alpha", place, known) == expected


def sorted_stream(
    rows: Sequence[Row], walk: Walk = FORWARDS, start: Entry | None = None, most: int = 1_000
) -> SortedStream:
    account = source("alpha", Upstream(list(rows), direction=None))
    listed = rows_of(account)
    return SortedStream(listed, walk, start or Entry())


async def taken(stream: SortedStream) -> list[int]:
    await stream.fill(1)
    assert stream.ended
    return [int(row[1].provider_id) for row in stream.ready]


MIXED = [Row(3, 1), Row(None, 4), Row(9, 2), Row(3, 10), Row(3, 9), Row(0, 3)]


@pytest.mark.parametrize("walk", [FORWARDS, BACKWARDS], ids=["forwards", "backwards"])
async def test_a_list_in_no_order_is_sorted(walk: Walk) -> None:
    expected = [2, 10, 9, 1, 3, 4]
    assert await taken(sorted_stream(MIXED, walk)) == (expected if walk.down else expected[::-1])


async def test_a_sorted_list_begins_behind_its_bound() -> None:
    place = Rank(BEGIN + 3 * MINUTE, "alpha", identity("9"))
    assert await taken(sorted_stream(MIXED, start=Entry(place))) == [1, 3, 4]
    assert await taken(sorted_stream(MIXED, start=Entry(place, inclusive=True))) == [9, 1, 3, 4]
    assert await taken(sorted_stream(MIXED, BACKWARDS, Entry(place))) == [10, 2]


async def test_a_sorted_list_is_filtered() -> None:
    period = FORWARDS._replace(floor=BEGIN, ceiling=BEGIN + 9 * MINUTE)
    assert await taken(sorted_stream(MIXED, period)) == [10, 9, 1, 3]
    dated = FORWARDS._replace(floor=MISSING + 1)
    assert await taken(sorted_stream(MIXED, dated)) == [2, 10, 9, 1, 3]
    odd = FORWARDS._replace(matches=lambda row: int(row.provider_id) % 2 == 1)
    assert await taken(sorted_stream(MIXED, odd)) == [9, 1, 3]


async def test_a_row_that_is_listed_twice_is_shown_once() -> None:
    assert await taken(sorted_stream([*MIXED, MIXED[0]])) == [2, 10, 9, 1, 3, 4]


async def test_a_sorted_list_knows_whether_it_has_more() -> None:
    stream = sorted_stream([Row(1, 1)])
    assert await stream.more()
    assert len(stream.take(5)) == 1
    assert not await stream.more()
    assert not stream.starving
    assert not await sorted_stream([]).more()


async def test_the_mark_of_a_sorted_list_says_so_and_means_no_position() -> None:
    stream = sorted_stream(MIXED)
    await stream.fill(1)
    found = stream.mark(stream.ready[1], behind=True)
    assert found == Mark(Stand.SORTED | Stand.BEHIND, 0, BEGIN + 3 * MINUTE, "10")


async def test_the_mark_of_a_row_tells_where_it_was_and_among_whom() -> None:
    stream = sorted_stream(MIXED)
    await stream.rows.read(0, 1)
    rank = Rank(5, "alpha", identity("3"))
    record = SimpleNamespace(provider_id="3", created_at=moment_of(5))
    assert stream.rank(record) == rank
    row = Neighboured(17, record, 2, 1, "9")
    plain = super(SortedStream, stream).mark(row, behind=False)
    assert plain == Mark(Stand.EARLY_FORWARDS, 17, 5, "3", 2, 1, len(MIXED), "9")
    assert plain.rank("alpha") == rank
    alone = super(SortedStream, stream).mark((17, record), behind=True)
    assert alone == Mark(Stand.BEHIND, 17, 5, "3", 0, 0, len(MIXED))
