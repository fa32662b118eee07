"""Export tasks that somebody watches: one poll of a source serves all who watch any of its tasks.

A source is polled as long as it is watched: soon again after a change, less and less often while
there is none. A poll that fails changes nothing of what is known; the next one comes later, and
not before the upstream wants it.
"""

import asyncio
import contextvars
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import NamedTuple

from providers.base import Key
from providers.client import Source
from providers.errors import UpstreamError
from providers.records import ExportTaskStatus
from providers.views import Record
from resolvers.context import Context
from resolvers.errors import UserInputError
from resolvers.sightings import Sightings

FINAL = (ExportTaskStatus.COMPLETED, ExportTaskStatus.CANCELLED)
GROWTH = 1.5  # of the pause, when nothing has changed
BACKOFF = 2  # of the pause, when the source failed


class Pace(NamedTuple):
    """The shortest and the longest pause between two polls of a source, in seconds."""

    shortest: float = 1
    longest: float = 15


@dataclass(eq=False, slots=True)
class _Task:
    """A watched task: how many watch it, and what the poll that began at `polled_at` told of it."""

    watchers: int = 0
    record: Record | None = None
    error: Exception | None = None
    polled_at: float = float("-inf")


class Watches:
    """All that is watched in this process.

    `new_context` gives the operation of one poll, which has to read the upstream anew.
    """

    def __init__(self, new_context: Callable[[], Context], pace: Pace | None = None) -> None:
        self._new_context, self._pace = new_context, pace or Pace()
        self._polls: dict[Source, _Poll] = {}

    async def watch(self, source: Source, key: Key) -> AsyncGenerator[Record, None]:
        """A task as it is now, then at every change, up to its end.

        Raises UpstreamError where it cannot be read now, and UserInputError where there is none.
        """
        poll = self._polls.get(source)
        if poll is None:
            poll = self._polls[source] = _Poll(source, self._new_context, self._pace)
        states = poll.states(key)
        return _begun(await anext(states), states)

    def close(self) -> None:
        """Ends all polls."""
        for poll in self._polls.values():
            poll.stop()
        self._polls.clear()


async def _begun(
    first: Record, others: AsyncGenerator[Record, None]
) -> AsyncGenerator[Record, None]:
    async with aclosing(others):
        yield first
        async for record in others:
            yield record


class _Poll:
    """Polls one source for all its watched tasks."""

    def __init__(self, source: Source, new_context: Callable[[], Context], pace: Pace) -> None:
        self._source, self._new_context, self._pace = source, new_context, pace
        self._sightings = Sightings(source)
        self._tasks: dict[Key, _Task] = {}
        self._loop: asyncio.Task[None] | None = None
        self._pause = pace.shortest
        self._wanted = asyncio.Event()  # a watcher came who has to be told something
        self._news = asyncio.Event()  # a new one for each poll
        self._held: tuple[float, UpstreamError] | None = None

    async def states(self, key: Key) -> AsyncGenerator[Record, None]:
        """What a watcher is told of one task."""
        task = self._tasks.setdefault(key, _Task())
        task.watchers += 1
        try:
            record = await self._present(task)
            while True:
                yield record
                if _is_final(record):
                    return
                record = await self._changed(task, record)
        finally:
            task.watchers -= 1
            if not task.watchers:
                self._forget(key)

    async def _present(self, task: _Task) -> Record:
        """The task as a poll told of it that began now, or no longer ago than a shortest pause."""
        now = asyncio.get_running_loop().time()
        if self._held is not None and now < self._held[0]:
            raise self._held[1]
        if task.polled_at < now - self._pace.shortest:
            self._poll_soon()
            while task.polled_at < now:
                await self._news.wait()
        if task.error is not None:
            raise task.error
        assert task.record is not None
        return task.record

    async def _changed(self, task: _Task, known: Record) -> Record:
        """The task once it is another than is known."""
        while True:
            if task.error is not None and not isinstance(task.error, UpstreamError):
                raise task.error
            if task.record is not None and _differ(task.record, known):
                return task.record
            await self._news.wait()

    def _poll_soon(self) -> None:
        self._wanted.set()
        if self._loop is None or self._loop.done():
            # It serves all who watch, so it is part of nobody's request.
            self._loop = asyncio.create_task(self._run(), context=contextvars.Context())

    def _forget(self, key: Key) -> None:
        del self._tasks[key]
        if not self._tasks:
            self.stop()

    def stop(self) -> None:
        """Polls no more, until somebody watches again."""
        if self._loop is not None:
            self._loop.cancel()
            self._loop = None

    async def _run(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            self._wanted.clear()
            began = clock()
            await self._poll(began)
            held = self._held[0] - clock() if self._held else 0
            await asyncio.sleep(max(began + self._pace.shortest - clock(), held))
            with suppress(TimeoutError):
                async with asyncio.timeout_at(began + self._pause):
                    await self._wanted.wait()

    async def _poll(self, began: float) -> None:
        """Asks once for all tasks that are watched now, and tells those who wait."""
        keys, self._held = tuple(self._tasks), None
        context = self._new_context()
        try:
            found = await self._sightings.look(context, keys)
        except Exception as error:  # noqa: BLE001 - it belongs to those who watch, not to this task
            found = dict.fromkeys(keys, error)
        finally:
            context.close()
        changes = [
            _note(self._tasks[key], result, began)
            for key, result in found.items()
            if key in self._tasks
        ]
        errors = [each for each in found.values() if isinstance(each, UpstreamError)]
        self._adapt(errors, changed=any(changes))
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _adapt(self, errors: Sequence[UpstreamError], *, changed: bool) -> None:
        """Sets the pause until the next poll."""
        pause = self._pause * (BACKOFF if errors else GROWTH)
        self._pause = self._pace.shortest if changed else min(pause, self._pace.longest)
        wait = max((each.retry_after_seconds or 0 for each in errors), default=0)
        if wait:
            self._held = asyncio.get_running_loop().time() + wait, errors[0]


def _note(task: _Task, found: Record | Exception | None, began: float) -> bool:
    """Keeps what a poll found. Whether that is another state than was known."""
    task.polled_at = began
    if isinstance(found, Exception):
        task.error = found
        return False
    if found is None:
        task.error = UserInputError("id: there is no such export task")
        return True
    known, task.record, task.error = task.record, found, None
    return known is None or _differ(found, known)


def _differ(one: Record, other: Record) -> bool:
    return one.origin.raw(one.at) != other.origin.raw(other.at)


def _is_final(record: Record) -> bool:
    try:
        return record.status in FINAL  # type: ignore[attr-defined]
    except UpstreamError:  # a value that cannot be read: those who select it are told
        return False
