"""Ways in which upstreams page: stateless, from a position to a request."""

from dataclasses import dataclass
from typing import NamedTuple

from providers.wire import Request, Response


class Slice(NamedTuple):
    """The rows `number * size` up to `(number + 1) * size` of an upstream's list."""

    number: int
    size: int

    @property
    def start(self) -> int:
        return self.number * self.size


class Sizes(NamedTuple):
    """The page sizes that an upstream is known to give, both inclusive."""

    smallest: int
    largest: int

    def learnt(self, piece: Slice, rows: int, total: int | None, more: bool | None) -> "Sizes":
        """What an answer of `rows` rows to `piece` adds; see `base.Page` for the others.

        Fewer rows than there should be, or as many but not the last ones: that is the largest
        page. More than asked: it cannot be asked for smaller ones. Behind the end there may be rows
        too, where an upstream that cuts the size counts the pages by its own.
        """
        if rows > piece.size:
            return Sizes(rows, max(rows, self.largest))
        if total is None or rows in (0, piece.size):
            return self
        if rows >= total - piece.start and not more:
            return self
        return Sizes(min(self.smallest, rows), rows)


@dataclass(frozen=True, slots=True)
class PageNumber:
    """Numbered pages of a chosen size, both in the query string."""

    first: int
    number: str
    size: str

    def request(self, lane: Request, piece: Slice) -> Request:
        return lane.asking(**{self.number: self.first + piece.number, self.size: piece.size})

    def past_end(self, response: Response, piece: Slice) -> bool:
        """Whether the answer says that the list ends before the page: a 404 but for the first."""
        return piece.number > 0 and response.status == 404
