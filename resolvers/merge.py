"""The k-way merge: rows of several streams, one list, reading no further than the page needs."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar, cast

from providers.errors import UpstreamError
from resolvers.ordered import OrderBreachError
from resolvers.streams import Item, Stream

T = TypeVar("T")
Taken = list[tuple[Stream, Item]]


class LostSourceError(Exception):
    """A stream's source failed, or does not keep its order: the page is made anew without it."""

    def __init__(self, stream: Stream, error: UpstreamError | OrderBreachError) -> None:
        super().__init__(stream.rows.source.name)
        self.stream, self.error = stream, error


async def take(streams: Sequence[Stream], count: int, *, down: bool) -> Taken:
    """The next `count` rows of all streams, in the order of their ranks; fewer if there are none.

    Streams that have nothing ready are filled together. Raises LostSourceError.
    """
    choose = max if down else min
    taken: Taken = []
    while len(taken) < count:
        starving = [stream for stream in streams if stream.starving]
        if starving:
            await _all([(each, each.fill(count - len(taken))) for each in starving])
            continue
        live = [stream for stream in streams if stream.ready]
        if not live:
            break
        if len(streams) == 1:
            (stream,) = streams
            rows = min(len(stream.ready), count - len(taken))
            taken += [(stream, stream.ready.popleft()) for _ in range(rows)]
            continue
        stream = choose(live, key=lambda stream: stream.ready[0].rank)
        taken.append((stream, stream.ready.popleft()))
    return taken


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
