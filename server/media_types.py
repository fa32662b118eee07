"""Which media type to answer in: what a client accepts against what there is."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"

# A quote that nothing closes goes to the end: to look for its end from each quote anew would take
# a header of 32 kB for ten seconds.
_ELEMENT = re.compile(r'(?:[^,"]|"(?:\\.|[^"\\])*"?)+')
LONGEST = 4096  # characters that are read; browsers send some 150
_QUALITY = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


class _Range(NamedTuple):
    """One element of an Accept header: `text/*;q=0.5`."""

    pattern: str
    quality: float
    position: int

    def covers(self, media_type: str) -> bool:
        kind = media_type.partition("/")[0]
        return self.pattern in (media_type, f"{kind}/*", "*/*")

    @property
    def precision(self) -> int:
        """The more precise range decides about a type that several cover."""
        return -self.pattern.count("*")


def accepted(header: str | None) -> "Accept":
    """The Accept header of this text; of an endless one, as much as it begins with."""
    if header is not None and len(header) > LONGEST:
        header = header[:LONGEST].rpartition(",")[0]
    return _accepted(header)


@lru_cache(maxsize=64)  # clients send a few of them, again and again
def _accepted(header: str | None) -> "Accept":
    return Accept(header)


class Accept:
    """An Accept header; one that is absent, or says nothing readable, accepts anything."""

    def __init__(self, header: str | None) -> None:
        self._ranges = list(_ranges(header or "")) or [_Range("*/*", 1, 0)]
        self._best: dict[Sequence[str], str | None] = {}

    def best(self, offered: tuple[str, ...]) -> str | None:
        """The most wanted of some types, None if none of them will do.

        By quality, then by the order in the header, then by the order of the offer.
        """
        if offered not in self._best:
            self._best[offered] = self._most_wanted(offered)
        return self._best[offered]

    def _most_wanted(self, offered: Sequence[str]) -> str | None:
        judged = [(self._range_of(each), each) for each in offered]
        wanted = [(found, each) for found, each in judged if found and found.quality]
        wanted.sort(key=lambda pair: (-pair[0].quality, pair[0].position))
        return wanted[0][1] if wanted else None

    def names(self, media_type: str) -> bool:
        """Whether the header wants the type by its full name."""
        return any(each.pattern == media_type and each.quality for each in self._ranges)

    def _range_of(self, media_type: str) -> _Range | None:
        covering = (each for each in self._ranges if each.covers(media_type))
        return max(covering, key=lambda each: each.precision, default=None)


def _ranges(header: str) -> Iterator[_Range]:
    for position, element in enumerate(_ELEMENT.findall(header)):
        pattern, *parameters = (part.strip().lower() for part in element.split(";"))
        weights = [value for value in parameters if value.startswith("q=")]
        quality = weights[0].removeprefix("q=") if weights else "1"
        if "/" in pattern and _QUALITY.fullmatch(quality):
            yield _Range(pattern, float(quality), position)
