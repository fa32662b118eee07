"""The k-way merge: rows of several streams, one list, reading no further than the page needs."""

import asyncio
from collections.abc import Coroutine, Sequence
from operator import gt, lt
from typing import Any, NamedTuple, TypeVar, cast

from providers.errors import UpstreamError
from resolvers.groups import OrderBreachError
from resolvers.streams import Row, Stream

T = TypeVar("T")


class Taken(NamedTuple):
    """Rows, and the stream that each is of."""

    rows: Sequence[Row]
    owners: Sequence[Stream]


class LostSourceError(Exception):
    """A stream's source failed, or does not keep its order: the page is made anew without it."""

    def __init__(self, stream: Stream, error: UpstreamError | OrderBreachError) -> None:
        super().__init__(stream.rows.source.name)
        self.stream, self.error = stream, error


async def take(streams: Sequence[Stream], count: int, *, down: bool) -> Taken:
    """The next `count` rows of all streams, in the order of their ranks; fewer if there are none.

    Streams that have nothing ready are filled together. Raises LostSourceError.
    """
    rows: list[Row] = []
    owners: list[Stream] = []
    while len(rows) < count:
        starving = [stream for stream in streams if stream.starving]
        if starving:
            await _all([(each, each.fill(count - len(rows))) for each in starving])
            continue
        live = [stream for stream in streams if stream.ready]
        if not live:
            break
        stream = live[0]
        while stream.ready and len(rows) < count:
            stream, run = _next(live, count - len(rows), down=down)
            rows += stream.take(run)
            owners += [stream] * run
    return Taken(rows, owners)


def _next(live: Sequence[Stream], most: int, *, down: bool) -> tuple[Stream, int]:
    """The stream with the next row, and how many of its rows come before any of another's."""
    if len(live) == 1:
        return live[0], min(most, len(live[0].ready))
    heads = [stream.key(0) for stream in live]
    first, second, *_ = sorted(heads, reverse=down)
    if first == second:
        tied = [stream for stream, key in zip(live, heads, strict=True) if key == first]
        choose = max if down else min
        return choose(tied, key=lambda stream: stream.rank(stream.ready[0][1])), 1
    stream, before = live[heads.index(first)], gt if down else lt
    run, most = 1, min(most, len(stream.ready))
    while run < most and before(stream.key(run), second):
        run += 1
    return stream, run


async def any_more(streams: Sequence[Stream]) -> bool:
    """Whether any stream has rows left. Raises LostSourceError."""
    if any(stream.ready for stream in streams):
        return True
    return any(await _all([(stream, stream.more()) for stream in streams]))


async def _all(waits: Sequence[tuple[Stream, Coroutine[Any, Any, T]]]) -> Sequence[T]:
    """The results of all; the first failure only after every other wait has come to its end."""
    if len(waits) == 1:  # as it is for most lists: no need of a task
        ((stream, wait),) = waits
        try:
            return [await wait]
        except (UpstreamError, OrderBreachError) as error:
            raise LostSourceError(stream, error) from None
    results = await asyncio.gather(*(wait for _, wait in waits), return_exceptions=True)
    for (stream, _), result in zip(waits, results, strict=True):
        if isinstance(result, UpstreamError | OrderBreachError):
            raise LostSourceError(stream, result)
        if isinstance(result, BaseException):
            raise result
    return cast("Sequence[T]", results)
