"""Ways in which upstreams page: stateless, from a position to a request."""

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Protocol

from providers.wire import Request, Response


class Slice(NamedTuple):
    """The rows `number * size` up to `(number + 1) * size` of an upstream's list."""

    number: int
    size: int

    @property
    def start(self) -> int:
        return self.number * self.size


class Stretch(NamedTuple):
    """The `size` rows of an upstream's list from `start` on."""

    start: int
    size: int


class Sizes(NamedTuple):
    """The page sizes that an upstream is known to give, both inclusive."""

    smallest: int
    largest: int

    def learnt(
        self, piece: Slice | Stretch, rows: int, total: int | None, more: bool | None
    ) -> "Sizes":
        """What an answer of `rows` rows to `piece` adds; see `base.Page` for the others.

        Fewer rows than there should be, or as many but not the last ones: that is the largest
        page. More than asked: it cannot be asked for smaller ones. Behind the end there may be rows
        too, where an upstream that cuts the size counts the pages by its own.
        """
        if rows > piece.size:
            return Sizes(rows, max(rows, self.largest))
        if total is None or more is False or rows in (0, piece.size):
            return self
        if rows >= total - piece.start and not more:
            return self
        return Sizes(min(self.smallest, rows), rows)


@dataclass(frozen=True, slots=True)
class PageNumber:
    """Numbered pages of a chosen size, asked for in the query string or in the body."""

    first: int
    number: str
    size: str
    in_body: bool = False
    aligned: ClassVar[bool] = True
    first_row: ClassVar[Slice] = Slice(0, 1)

    def request(self, lane: Request, piece: Slice) -> Request:
        asked = {self.number: self.first + piece.number, self.size: piece.size}
        return lane.saying(**asked) if self.in_body else lane.asking(**asked)

    def past_end(self, response: Response, piece: Slice) -> bool:
        """Whether the answer says that the list ends before the page: a 404 but for the first."""
        return piece.number > 0 and response.status == 404


@dataclass(frozen=True, slots=True)
class Offset:
    """Any stretch of the list, by its start and length in the body."""

    offset: str
    limit: str
    aligned: ClassVar[bool] = False
    first_row: ClassVar[Stretch] = Stretch(0, 1)

    def request(self, lane: Request, piece: Stretch) -> Request:
        return lane.saying(**{self.offset: piece.start, self.limit: piece.size})

    def past_end(self, response: Response, piece: Stretch) -> bool:
        """An answer without content: 204."""
        return response.status == 204


@dataclass(frozen=True, slots=True)
class Token:
    """Pages of the upstream's own size, each named by a token out of the one before it."""

    token: str
    aligned: ClassVar[bool] = False
    first_row: ClassVar[None] = None

    def request(self, lane: Request, token: str | None) -> Request:
        return lane if token is None else lane.asking(**{self.token: token})

    def past_end(self, response: Response, token: str | None) -> bool:
        """Never: a page without rows ends the list."""
        return False


class Paginator(Protocol):
    """A way of paging: from a position, in whatever form this way has it, to a request.

    `aligned`: pages are of one size and counted from the list's start. `first_row` is the position
    of the smallest page at the start.
    """

    aligned: ClassVar[bool]
    first_row: ClassVar[Any]

    def request(self, lane: Request, position: Any, /) -> Request: ...

    def past_end(self, response: Response, position: Any, /) -> bool: ...
