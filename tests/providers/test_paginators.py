"""Slices become requests one to one; page sizes are learnt from what an upstream gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.paginators import Offset, PageNumber, Sizes, Slice, Stretch, Token
from providers.wire import Request, Response

LANE = Request("GET", "/list/", (("kind", "a"),))
OFFSET = Offset("offset", "limit")
TOKEN = Token("page_token")
slices = st.builds(Slice, st.integers(0, 50), st.integers(1, 120))


def rows_given(total: int, piece: Slice, size: int) -> tuple[int, bool]:
    """What an upstream gives whose pages have `size` rows, and whether more follow."""
    start = piece.number * size
    return max(0, min(size, total - start)), total > start + size


def test_slice_starts_behind_the_earlier_ones() -> None:
    assert [Slice(number, 7).start for number in range(4)] == [0, 7, 14, 21]


@pytest.mark.parametrize(
    ("first", "piece", "asked"),
    [
        (1, Slice(0, 20), (("page", "1"), ("pageSize", "20"))),
        (1, Slice(4, 7), (("page", "5"), ("pageSize", "7"))),
        (0, Slice(0, 20), (("page", "0"), ("pageSize", "20"))),
    ],
)
def test_page_number(first: int, piece: Slice, asked: tuple[tuple[str, str], ...]) -> None:
    paginator = PageNumber(first=first, number="page", size="pageSize")
    assert paginator.request(LANE, piece) == Request("GET", "/list/", (("kind", "a"), *asked))


@pytest.mark.parametrize(
    ("first", "piece", "asked"),
    [
        (1, Slice(0, 20), (("page", 1), ("itemsPerPage", 20))),
        (0, Slice(4, 7), (("page", 4), ("itemsPerPage", 7))),
    ],
)
def test_page_number_in_the_body(
    first: int, piece: Slice, asked: tuple[tuple[str, int], ...]
) -> None:
    paginator = PageNumber(first=first, number="page", size="itemsPerPage", in_body=True)
    lane = Request("POST", "/list/", body=(("userId", 5),))
    assert paginator.request(lane, piece) == Request("POST", "/list/", body=(("userId", 5), *asked))


@pytest.mark.parametrize("piece", [Stretch(0, 20), Stretch(17, 3)])
def test_offset(piece: Stretch) -> None:
    lane = Request("POST", "/list/", body=(("interval", "day"),))
    asked = (("interval", "day"), ("offset", piece.start), ("limit", piece.size))
    assert OFFSET.request(lane, piece) == Request("POST", "/list/", body=asked)


def test_token() -> None:
    assert TOKEN.request(LANE, None) == LANE
    asked = (("kind", "a"), ("page_token", "b/c=="))
    assert TOKEN.request(LANE, "b/c==") == Request("GET", "/list/", asked)


def test_first_row_is_the_smallest_page_at_the_start() -> None:
    page = PageNumber(first=1, number="page", size="pageSize")
    assert (page.first_row, OFFSET.first_row, TOKEN.first_row) == (Slice(0, 1), Stretch(0, 1), None)


def test_only_pages_are_aligned() -> None:
    assert PageNumber(first=1, number="page", size="pageSize").aligned
    assert (OFFSET.aligned, TOKEN.aligned) == (False, False)


@given(slices, slices)
def test_different_slices_are_different_requests(one: Slice, other: Slice) -> None:
    paginator = PageNumber(first=1, number="page", size="pageSize")
    same = paginator.request(LANE, one) == paginator.request(LANE, other)
    assert same == (one == other)


@pytest.mark.parametrize(
    ("number", "status", "past"),
    [(0, 404, False), (1, 404, True), (9, 404, True), (1, 200, False), (1, 400, False)],
)
def test_404_behind_the_first_page_is_the_end(number: int, status: int, past: bool) -> None:
    paginator = PageNumber(first=1, number="page", size="pageSize")
    assert paginator.past_end(Response(status, {}, b""), Slice(number, 20)) is past


@pytest.mark.parametrize(
    ("start", "status", "past"),
    [(0, 204, True), (20, 204, True), (20, 200, False), (20, 404, False), (20, 403, False)],
)
def test_204_is_the_end_of_a_stretch(start: int, status: int, past: bool) -> None:
    assert OFFSET.past_end(Response(status, {}, b""), Stretch(start, 20)) is past


@pytest.mark.parametrize("token", [None, "b"])
@pytest.mark.parametrize("status", [200, 204, 404])
def test_no_answer_to_a_token_is_behind_the_end(token: str | None, status: int) -> None:
    assert TOKEN.past_end(Response(status, {}, b""), token) is False


@pytest.mark.parametrize(
    ("piece", "rows", "total", "more", "learnt"),
    [
        (Slice(0, 100), 100, 1200, True, Sizes(1, 100)),  # as asked
        (Slice(0, 100), 20, 20, False, Sizes(1, 100)),  # all there is
        (Slice(1, 100), 20, 120, False, Sizes(1, 100)),  # the last ones
        (Slice(3, 100), 0, 120, False, Sizes(1, 100)),  # behind the end
        (Slice(0, 100), 20, 1200, True, Sizes(1, 20)),  # cut
        (Slice(0, 100), 20, 1200, None, Sizes(1, 20)),
        (Slice(1, 30), 20, 50, True, Sizes(1, 20)),  # as many as should remain, yet more follow
        (Slice(1, 100), 5, 25, False, Sizes(1, 100)),  # the last page of an upstream that cuts
        (Slice(0, 100), 20, None, None, Sizes(1, 100)),  # who can tell
        (Slice(0, 5), 20, 1200, True, Sizes(20, 100)),  # a size that it does not go below
        (Slice(0, 50), 200, 1200, True, Sizes(200, 200)),
        (Stretch(30, 100), 100, 1200, None, Sizes(1, 100)),
        (Stretch(30, 100), 70, 100, None, Sizes(1, 100)),  # the last ones
        (Stretch(30, 100), 20, 1200, None, Sizes(1, 20)),  # cut
        (Stretch(1500, 100), 0, 1200, None, Sizes(1, 100)),  # behind the end
        (Stretch(30, 5), 20, 1200, None, Sizes(20, 100)),
    ],
)
def test_learnt(
    piece: Slice | Stretch, rows: int, total: int | None, more: bool | None, learnt: Sizes
) -> None:
    assert Sizes(1, 100).learnt(piece, rows, total, more) == learnt


answers = st.tuples(
    slices, st.integers(0, 130), st.none() | st.integers(0, 300), st.none() | st.booleans()
)


@given(st.lists(answers))
def test_sizes_stay_possible_whatever_an_upstream_says(
    said: list[tuple[Slice, int, int | None, bool | None]],
) -> None:
    sizes = Sizes(1, 100)
    for answer in said:
        sizes = sizes.learnt(*answer)
        assert 1 <= sizes.smallest <= sizes.largest
        assert sizes.learnt(*answer) == sizes, "an answer heard twice says nothing new"


@given(st.integers(1, 120), st.integers(0, 400), st.booleans(), st.lists(slices))
def test_largest_page_is_learnt_and_only_that(
    largest: int, total: int, tells: bool, pieces: list[Slice]
) -> None:
    """An upstream that cuts the size, asked for whatever pages in whatever order."""
    sizes = Sizes(1, 120)
    for piece in pieces:
        size = min(piece.size, largest)
        rows, more = rows_given(total, piece, size)
        before, sizes = sizes, sizes.learnt(piece, rows, total, more if tells else None)
        assert sizes in (before, Sizes(1, largest))
        cut = size < piece.size and 0 < rows < min(piece.size, total - piece.start)
        assert not cut or sizes.largest == largest


@given(st.integers(1, 120), st.integers(0, 400), st.integers(1, 120))
def test_first_page_teaches_an_upstreams_only_size(size: int, total: int, asked: int) -> None:
    """An upstream that does not look at the size it is asked for."""
    piece = Slice(0, asked)
    rows, more = rows_given(total, piece, size)
    sizes = Sizes(1, 120).learnt(piece, rows, total, more)
    if rows > asked:
        assert sizes == Sizes(rows, 120)
    elif more and size < asked:
        assert sizes == Sizes(1, size)
    else:
        assert sizes == Sizes(1, 120)
