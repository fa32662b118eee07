"""Which pages to ask for so that a range of rows comes in the fewest calls: pure arithmetic.

A range is half open, `start` up to and without `stop`, counted from 0 in the upstream's own list.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from providers.paginators import Sizes, Slice, Stretch

Piece = Slice | Stretch


class Range(NamedTuple):
    """Rows that somebody needs, and a neighbour that is welcome where it costs no call."""

    start: int
    stop: int
    spare: int | None = None

    @property
    def generous(self) -> range:
        """The rows with the spare one."""
        if self.spare is None:
            return range(self.start, self.stop)
        return range(min(self.start, self.spare), max(self.stop, self.spare + 1))


def cover_all(wishes: Iterable[Range], sizes: Sizes, *, aligned: bool = True) -> Sequence[Piece]:
    """The pieces that hold all the ranges; ranges that share one cheaply are asked together."""
    return _cover_all(tuple(wishes), sizes, aligned)


@lru_cache(maxsize=4096)
def _cover_all(wishes: Sequence[Range], sizes: Sizes, aligned: bool) -> Sequence[Piece]:
    def calls(span: range) -> int:
        return len(cover(span.start, span.stop, sizes, aligned))

    spans: list[range] = []
    for wish in sorted(wishes, key=lambda wish: wish.start):
        span = wish.generous
        if wish.spare is not None:
            needed = range(wish.start, max(wish.stop, wish.start + 1))
            span = span if calls(span) <= calls(needed) else needed
        if spans:
            last = spans[-1]
            joint = range(min(last.start, span.start), max(last.stop, span.stop))
            if calls(joint) < calls(last) + calls(span):
                spans[-1] = joint
                continue
        spans.append(span)
    pieces = [cover(span.start, span.stop, sizes, aligned) for span in spans]
    return tuple(dict.fromkeys(chain.from_iterable(pieces)))


@lru_cache(maxsize=4096)
def cover(start: int, stop: int, sizes: Sizes, aligned: bool = True) -> tuple[Piece, ...]:
    """The fewest calls that hold the range, and of those the least overshoot.

    `aligned`: an upstream has pages of one size, counted from its list's start; else it gives any
    stretch of rows.
    """
    if not aligned:
        starts = range(start, stop, sizes.largest)
        return tuple(Stretch(at, min(sizes.largest, stop - at)) for at in starts)
    size = min(
        range(sizes.smallest, sizes.largest + 1),
        key=lambda size: (_last(stop, size) - start // size, _held(start, stop, size)),
    )
    return tuple(Slice(number, size) for number in range(start // size, _last(stop, size) + 1))


@lru_cache(maxsize=4096)
def farthest(at: int, sizes: Sizes, step: int, aligned: bool = True) -> tuple[int, int]:
    """The range of the one call that gives row `at` and most rows behind it in direction `step`."""
    if not aligned:
        return (at, at + sizes.largest) if step > 0 else (max(0, at + 1 - sizes.largest), at + 1)
    starts = {size: at // size * size for size in range(sizes.smallest, sizes.largest + 1)}
    if step > 0:
        size = max(starts, key=lambda size: starts[size] + size)
        return at, starts[size] + size
    return min(starts.values()), at + 1


def beyond(piece: Piece, rows: int, *, aligned: bool) -> Piece | None:
    """The page behind the few rows that a piece gave, if pages of their number stand so."""
    if not aligned:
        return Stretch(piece.start + rows, rows)
    number, rest = divmod(piece.start, rows)
    return None if rest else Slice(number + 1, rows)


def _last(stop: int, size: int) -> int:
    return (stop - 1) // size


def _held(start: int, stop: int, size: int) -> int:
    """How many rows the pages of this size hold that together hold the range."""
    return (_last(stop, size) - start // size + 1) * size


class Gallop:
    """The search for the point in a sorted list where something begins to hold, near a guess.

    Look at the page around `at` and say what it showed. First come the neighbouring pages, then
    steps that grow fourfold, until the point is between two looks; then the gap is halved.
    `point` is None until it is found.
    """

    def __init__(self, guess: int, size: int, length: int | None) -> None:
        self._low, self._high = 0, length
        self._up = self._down = False  # whether a look has bounded the point on that side
        self._size, self._stride = size, 0
        self.at = self._inside(guess)

    @property
    def point(self) -> int | None:
        return self._low if self._high is not None and self._low >= self._high else None

    def not_before(self, index: int) -> None:
        """The rows up to and without `index` are before the point."""
        self._low, self._up = max(self._low, index), True
        self._leap()

    def not_after(self, index: int) -> None:
        """The point is at `index` or before it."""
        self._high = index if self._high is None else min(self._high, index)
        self._down = True
        self._leap()

    def _leap(self) -> None:
        if self._up and self._down and self._high is not None:
            self.at = (self._low + self._high) // 2
        elif self._up:
            self.at = self._inside(self._low + self._stride)
        else:
            self.at = self._inside((self._high or 0) - 1 - self._stride)
        self._stride = self._stride * 4 or self._size

    def _inside(self, at: int) -> int:
        return max(self._low, at if self._high is None else min(at, self._high - 1), 0)
