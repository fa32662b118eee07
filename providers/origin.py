"""Where rows come from: what all rows of one answer have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cached_property
from typing import Any

import msgspec

from providers.errors import MalformedError
from providers.records import Stale
from providers.timestamps import alike, instant
from providers.wire import Request, raw_rows


@dataclass(eq=False)
class Origin:
    """Where and when rows were read; shared by all rows of one answer.

    `source` is what the graph shows as the rows' Source. `request` is what was asked, paging
    included. `rows` is the key of the answer's list, None where the answer is the row itself.
    `stale`: they are older than was asked for. `rows_as` is what they are decoded as, if not whole:
    see `narrowing`.
    """

    source: Any
    zone: tzinfo
    fetched_at: datetime
    request: Request
    body: bytes
    rows: str | None
    stale: Stale | None = None
    rows_as: Any = None
    moments: "Moments" = field(init=False)
    _fetched: dict[Any, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.moments = Moments(self.zone)  # rows are ordered by one, and show it

    def fetched(self, write: Callable[[datetime], str]) -> str:
        """When the rows were read, as it is written: once for all of them."""
        if write not in self._fetched:
            self._fetched[write] = write(self.fetched_at)
        return self._fetched[write]

    @property
    def origin(self) -> "Origin":
        """Itself: what stands in an answer beside the rows is part of it, as views are of views."""
        return self

    @property
    def place(self) -> str:
        return ""

    def place_of(self, name: str) -> str:
        return name

    def malformed(self, complaint: str) -> MalformedError:
        return MalformedError(complaint).attributed(self.source.name, self.source.provider.name)

    def raw(self, at: int) -> msgspec.Raw:
        """The row as received, a JSON text."""
        return self._received[at]

    @cached_property
    def _received(self) -> Sequence[msgspec.Raw]:
        if self.rows is None:
            return [msgspec.Raw(self.body)]
        return raw_rows(self.body, self.rows)


class Moments(dict[str | None, datetime | None]):
    """What the timestamps mean that were looked up. Raises MalformedError for what is none."""

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self._zone = zone
        self._sorted: list[tuple[Sequence[str], Sequence[datetime]]] = []

    def __missing__(self, text: str | None) -> datetime | None:
        while self._sorted:
            self.update(zip(*self._sorted.pop(), strict=True))
        moment = self[text] = self.get(text) or instant(text, self._zone)
        return moment

    def sort_as(self, texts: Sequence[str]) -> bool:
        """Whether timestamps plainly sort as the moments that they state; these are kept."""
        moments = alike(texts)
        if moments is not None:
            self._sorted.append((texts, moments))
        return moments is not None
