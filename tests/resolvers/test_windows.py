"""Fewest pages for a range, and the search for a place in a list, against brute force."""

from collections.abc import Sequence
from math import log2

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from providers.paginators import Sizes, Slice, Stretch
from resolvers.windows import Gallop, Piece, Range, beyond, cover, cover_all, farthest

sizes = st.tuples(st.integers(1, 30), st.integers(0, 90)).map(
    lambda drawn: Sizes(drawn[0], drawn[0] + drawn[1])
)
ranges = st.tuples(st.integers(0, 3_000), st.integers(1, 250)).map(
    lambda drawn: range(drawn[0], sum(drawn))
)


def pages(span: range, size: int) -> list[Slice]:
    """All pages of one size that hold a row of the range."""
    return [Slice(number, size) for number in range(span.start // size, -(-span.stop // size))]


def held(asked: Sequence[Piece]) -> set[int]:
    return {row for piece in asked for row in range(piece.start, piece.start + piece.size)}


def allowed(sizes: Sizes) -> range:
    return range(sizes.smallest, sizes.largest + 1)


@given(ranges, sizes)
def test_the_pages_hold_the_range_and_are_of_one_size_that_the_upstream_gives(
    span: range, sizes: Sizes
) -> None:
    asked = list(cover(span.start, span.stop, sizes))
    assert set(span) <= held(asked)
    assert len({piece.size for piece in asked}) == 1
    assert asked[0].size in allowed(sizes)
    assert len(set(asked)) == len(asked)


@given(ranges, sizes)
@example(range(100, 200), Sizes(1, 100))
@example(range(99, 199), Sizes(1, 100))
def test_no_page_size_takes_fewer_calls_and_none_of_as_few_reads_fewer_rows(
    span: range, sizes: Sizes
) -> None:
    asked = list(cover(span.start, span.stop, sizes))
    ways = [pages(span, size) for size in allowed(sizes)]
    best = min((len(way), len(way) * way[0].size) for way in ways)
    assert (len(asked), len(asked) * asked[0].size) == best


@pytest.mark.parametrize(
    ("span", "asked"),
    [
        (range(20), [Slice(0, 20)]),
        (range(19, 40), [Slice(0, 40)]),  # the next page, with its row of overlap
        (range(100, 200), [Slice(1, 100)]),
        (range(99, 200), [Slice(1, 67), Slice(2, 67)]),
        (range(100_019, 100_040), [Slice(3_572, 28)]),
    ],
)
def test_windows_of_an_upstream_that_gives_100_rows(span: range, asked: list[Slice]) -> None:
    assert list(cover(span.start, span.stop, Sizes(1, 100))) == asked


@given(ranges, sizes)
def test_an_upstream_that_gives_any_stretch_gives_the_range_itself(
    span: range, sizes: Sizes
) -> None:
    asked = cover(span.start, span.stop, sizes, False)
    assert held(asked) == set(span)
    assert len(asked) == -(-len(span) // sizes.largest)


wishes = st.lists(
    st.builds(
        lambda span, spare: Range(
            span.start, span.stop, {"before": span.start - 1, "behind": span.stop}.get(spare)
        ),
        ranges.filter(lambda span: span.start > 0),
        st.sampled_from(["before", "behind", "none"]),
    ),
    min_size=1,
    max_size=5,
)


@given(wishes, sizes)
def test_joined_ranges_are_all_held_in_no_more_calls_than_separate_ones(
    wishes: list[Range], sizes: Sizes
) -> None:
    asked = cover_all(wishes, sizes)
    for wish in wishes:
        assert set(range(wish.start, wish.stop)) <= held(asked)
    assert len(set(asked)) == len(asked)
    assert len(asked) <= sum(len(cover(wish.start, wish.stop, sizes)) for wish in wishes)


@given(ranges, ranges, sizes)
def test_two_ranges_take_the_cheaper_of_one_window_and_two(
    one: range, two: range, sizes: Sizes
) -> None:
    joint = cover(min(one.start, two.start), max(one.stop, two.stop), sizes)
    asked = cover_all([Range(one.start, one.stop), Range(two.start, two.stop)], sizes)
    assert len(asked) <= len(joint)


@given(ranges.filter(lambda span: span.start > 0), st.booleans(), sizes)
def test_a_spare_row_is_read_where_it_costs_no_call_and_only_there(
    span: range, behind: bool, sizes: Sizes
) -> None:
    spare = span.stop if behind else span.start - 1
    asked = cover_all([Range(span.start, span.stop, spare)], sizes)
    assert len(asked) == len(cover(span.start, span.stop, sizes))
    generous = cover(min(span.start, spare), max(span.stop, spare + 1), sizes)
    if len(generous) == len(asked):
        assert spare in held(asked)


@given(st.integers(0, 3_000), sizes, st.sampled_from([1, -1]))
def test_no_page_that_holds_the_row_reaches_farther(at: int, sizes: Sizes, step: int) -> None:
    start, stop = farthest(at, sizes, step)
    assert at in range(start, stop)
    assert at == (start if step > 0 else stop - 1)
    reaches = [pages(range(at, at + 1), size)[0] for size in allowed(sizes)]
    ends = [
        piece.start + piece.size - at if step > 0 else at - piece.start + 1 for piece in reaches
    ]
    assert stop - start == max(ends)
    assert len(cover(start, stop, sizes)) == 1


def search(gallop: Gallop, *, point: int, length: int, size: int) -> tuple[int, int]:
    """The point found and the looks it took, in a list of which each page tells its own rows."""
    looks = 0
    while gallop.point is None:
        looks += 1
        assert looks < 200
        start = gallop.at // size * size
        stop = min(start + size, length)
        if start >= stop or point <= start:
            gallop.not_after(start)
            continue
        gallop.not_before(min(stop, point))
        if point < stop or stop - start < size:
            gallop.not_after(point)
    return gallop.point, looks


def bound(guess: int, point: int, size: int) -> float:
    """How many looks a search may take.

    One if the point is within the guess's page. Else let there be `d` whole pages between that
    page and the point. With d = 0 the neighbouring page decides. Otherwise the neighbour and then
    steps of 1, 4, 16 ... pages follow: look k reaches (4**(k - 1) - 1) / 3 + k pages far, which
    first exceeds d for some k with 4**(k - 2) <= 3 d. It leaves a gap of at most 4**(k - 2) pages,
    and each halving look leaves less than half of it: 2 (k - 2) + 1 looks. With the first that is
    1 + k + 2 k - 3 = 3 (k - 2) + 4 <= 4 + 1.5 log2(3 d).
    """
    start, stop = guess // size * size, guess // size * size + size
    if start < point < stop:
        return 1
    between = (point - stop if point >= stop else start - point) // size
    return 2 if between == 0 else 4 + 1.5 * log2(3 * between)


lists = st.integers(0, 200_000).flatmap(
    lambda length: st.tuples(st.just(length), st.integers(0, length))
)


@given(lists, st.integers(0, 250_000), st.integers(1, 100), st.booleans())
@example((100, 0), 100, 100, True)
@example((100, 100), 0, 100, False)
@example((0, 0), 5, 10, False)
def test_a_gallop_finds_the_point_in_few_looks(
    drawn: tuple[int, int], guess: int, size: int, known: bool
) -> None:
    length, point = drawn
    gallop = Gallop(guess, size, length if known else None)
    found, looks = search(gallop, point=point, length=length, size=size)
    assert found == point
    if known:
        guess = max(min(guess, length - 1), 0)
    assert looks <= bound(guess, point, size)


def test_nothing_is_looked_at_in_a_list_known_to_be_empty() -> None:
    assert Gallop(7, 100, 0).point == 0


@pytest.mark.parametrize(
    ("piece", "rows", "aligned", "behind"),
    [
        (Slice(0, 100), 37, True, Slice(1, 37)),
        (Slice(3, 10), 6, True, Slice(6, 6)),
        (Slice(3, 10), 7, True, None),
        (Stretch(5, 100), 37, False, Stretch(42, 37)),
    ],
)
def test_the_page_behind_a_short_one(
    piece: Piece, rows: int, aligned: bool, behind: Piece | None
) -> None:
    assert beyond(piece, rows, aligned=aligned) == behind
