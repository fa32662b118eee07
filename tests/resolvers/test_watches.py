"""Watched tasks: what watchers are told, and what that costs the upstream and when."""

import asyncio
from collections.abc import AsyncGenerator
from contextvars import ContextVar
from itertools import pairwise
from typing import Any

import pytest

from providers.base import Key
from providers.client import Source
from providers.errors import RateLimitedError, UnavailableError
from providers.views import Record
from resolvers.context import Context
from resolvers.errors import UserInputError
from resolvers.watches import Pace, Watches
from tests.resolvers.exports import Exports, context, in_virtual_time

PACE = Pace(shortest=1, longest=10)


class Office:
    """A source with tasks, and watchers of them who write down what they are told."""

    def __init__(self) -> None:
        self.exports = Exports()
        self.source: Source = self.exports.source()
        self.watches = Watches(context, PACE)
        self.told: dict[str, list[tuple[Any, Any]]] = {}
        self._watchers: dict[str, asyncio.Task[None]] = {}

    async def watch(self, name: str, key: Key) -> None:
        """A watcher who has been told of the task as it is."""
        stream = await self.watches.watch(self.source, key)
        self.told[name] = []
        self._watchers[name] = asyncio.create_task(self._write_down(name, stream))
        await asyncio.sleep(0)

    async def leave(self, name: str) -> None:
        watcher = self._watchers.pop(name)
        watcher.cancel()
        await asyncio.wait([watcher])

    async def end(self, name: str) -> None:
        await self._watchers.pop(name)

    async def _write_down(self, name: str, stream: AsyncGenerator[Record, None]) -> None:
        async for record in stream:
            self.told[name].append((record.provider_status, record.progress))  # type: ignore[attr-defined]


def pauses(times: list[float]) -> list[float]:
    return [round(after - before, 3) for before, after in pairwise(times)]


def test_the_present_state_comes_at_once_then_each_change_up_to_the_end() -> None:
    async def test() -> None:
        office = Office()
        key = office.exports.add("a", 1, progress=5)
        await office.watch("x", key)
        assert office.told["x"] == [("InProgress", 5)]
        office.exports.change("a", 2, progress=10)
        await asyncio.sleep(2)
        office.exports.change("a", 3, status="Completed", progress=100)
        await office.end("x")
        assert office.told["x"] == [("InProgress", 5), ("InProgress", 10), ("Completed", 100)]
        calls = len(office.exports.requests)
        await asyncio.sleep(100)
        assert len(office.exports.requests) == calls

    in_virtual_time(test())


def test_a_poll_is_part_of_nobodys_request() -> None:
    """What is traced or logged of it must not be told as the first watcher's."""
    request: ContextVar[str] = ContextVar("request", default="nobody's")
    seen: list[str] = []

    def noted() -> Context:
        seen.append(request.get())
        return context()

    async def test() -> None:
        office = Office()
        office.watches = Watches(noted, PACE)
        request.set("the first watcher's")
        await office.watch("x", office.exports.add("a", 1, "Completed", 40))
        await office.end("x")
        assert set(seen) == {"nobody's"}

    in_virtual_time(test())


@pytest.mark.parametrize("status", ["Completed", "Canceled"])
def test_a_task_at_its_end_is_told_of_once(status: str) -> None:
    async def test() -> None:
        office = Office()
        await office.watch("x", office.exports.add("a", 1, status, 40))
        await office.end("x")
        assert office.told["x"] == [(status, 40)]
        assert len(office.exports.requests) == 1

    in_virtual_time(test())


def test_one_poll_serves_all_watchers_of_all_tasks() -> None:
    async def test() -> None:
        office = Office()
        keys = [office.exports.add(f"task {n}", n) for n in range(12)]
        names = [f"{n}" for n in range(48)]
        await asyncio.gather(*(office.watch(name, keys[int(name) % 12]) for name in names))
        assert len(office.exports.requests) <= 2  # some came while the first poll was under way
        assert all(told == [("InProgress", 0)] for told in office.told.values())
        office.exports.requests.clear()
        office.exports.change("task 3", 99, progress=50)
        await asyncio.sleep(1.2)
        assert len(office.exports.requests) == 1
        heard = {name for name in names if ("InProgress", 50) in office.told[name]}
        assert heard == {"3", "15", "27", "39"}
        for name in names:
            await office.leave(name)

    in_virtual_time(test())


def test_who_comes_right_after_a_poll_causes_none() -> None:
    async def test() -> None:
        office = Office()
        key = office.exports.add("a", 1)
        await office.watch("x", key)
        await office.watch("y", key)
        assert office.told["y"] == [("InProgress", 0)]
        assert len(office.exports.requests) == 1
        await office.leave("x")
        await office.leave("y")

    in_virtual_time(test())


def test_who_comes_later_is_told_of_the_task_as_it_is_then() -> None:
    async def test() -> None:
        office = Office()
        key = office.exports.add("a", 1)
        await office.watch("x", key)
        await asyncio.sleep(60)  # the pauses are long by now
        before = len(office.exports.requests)
        office.exports.change("a", 2, progress=70)
        await office.watch("y", key)
        assert office.told["y"] == [("InProgress", 70)]
        assert len(office.exports.requests) == before + 1
        assert office.told["x"] == [("InProgress", 0), ("InProgress", 70)]
        await office.leave("x")
        await office.leave("y")

    in_virtual_time(test())


def test_pauses_grow_while_nothing_moves_and_shrink_when_something_does() -> None:
    async def test() -> None:
        office = Office()
        await office.watch("x", office.exports.add("a", 1))
        await asyncio.sleep(40)
        quiet = pauses(office.exports.times)
        assert quiet == [1, 1.5, 2.25, 3.375, 5.062, 7.594, 10]
        office.exports.change("a", 2, progress=50)
        await asyncio.sleep(12)
        assert pauses(office.exports.times)[len(quiet) :][:3] == [10, 1, 1.5]
        await office.leave("x")

    in_virtual_time(test())


def test_a_failure_changes_nothing_of_what_is_known() -> None:
    async def test() -> None:
        office = Office()
        key = office.exports.add("a", 1, progress=5)
        await office.watch("x", key)
        office.exports.failure = UnavailableError("is down")
        await asyncio.sleep(60)
        assert office.told["x"] == [("InProgress", 5)]
        with pytest.raises(UnavailableError):  # nobody can say how it is now
            await office.watches.watch(office.source, key)
        office.exports.failure = None
        office.exports.change("a", 2, progress=90)
        await asyncio.sleep(11)
        assert office.told["x"] == [("InProgress", 5), ("InProgress", 90)]
        await office.leave("x")

    in_virtual_time(test())


def test_an_upstream_that_wants_to_be_left_alone_is() -> None:
    async def test() -> None:
        office = Office()
        key = office.exports.add("a", 1)
        await office.watch("x", key)
        office.exports.failure = RateLimitedError("slow down", retry_after_seconds=45)
        await asyncio.sleep(1.5)
        assert len(office.exports.requests) == 2
        for _ in range(3):
            with pytest.raises(RateLimitedError):
                await office.watches.watch(office.source, key)
            await asyncio.sleep(10)
        assert len(office.exports.requests) == 2
        office.exports.failure = None
        await asyncio.sleep(16)
        assert pauses(office.exports.times) == [1, 45]
        await office.leave("x")

    in_virtual_time(test())


def test_polling_ends_with_the_last_watcher_and_begins_anew() -> None:
    async def test() -> None:
        office = Office()
        key = office.exports.add("a", 1)
        await office.watch("x", key)
        await office.leave("x")
        calls = len(office.exports.requests)
        await asyncio.sleep(100)
        assert len(office.exports.requests) == calls
        office.exports.change("a", 2, progress=20)
        await office.watch("y", key)
        assert office.told["y"] == [("InProgress", 20)]
        await office.leave("y")

    in_virtual_time(test())


def test_who_never_listens_is_not_waited_for() -> None:
    async def test() -> None:
        office = Office()
        key = office.exports.add("a", 1)
        waiting = asyncio.create_task(office.watches.watch(office.source, key))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        stream = await office.watches.watch(office.source, key)
        del stream
        await asyncio.sleep(0.1)
        calls = len(office.exports.requests)
        await asyncio.sleep(100)
        assert len(office.exports.requests) == calls

    in_virtual_time(test())


def test_what_is_not_there_cannot_be_watched() -> None:
    async def test() -> None:
        office = Office()
        key = office.exports.add("a", 1)
        with pytest.raises(UserInputError):
            await office.watches.watch(office.source, Key("b", key.hint))
        calls = len(office.exports.requests)
        await asyncio.sleep(100)
        assert len(office.exports.requests) == calls == 1

    in_virtual_time(test())


def test_a_task_that_goes_away_ends_its_watching_alone() -> None:
    async def test() -> None:
        office = Office()
        gone, kept = office.exports.add("a", 1), office.exports.add("b", 2)
        await office.watch("x", gone)
        await office.watch("y", kept)
        del office.exports.tasks["a"]
        with pytest.raises(UserInputError):
            await office.end("x")
        office.exports.change("b", 3, progress=1)
        await asyncio.sleep(11)
        assert office.told["y"] == [("InProgress", 0), ("InProgress", 1)]
        await office.leave("y")

    in_virtual_time(test())


def test_a_mistake_of_ours_reaches_those_who_watch() -> None:
    async def test() -> None:
        office = Office()
        key = office.exports.add("a", 1)
        await office.watch("x", key)
        office.exports.failure = RuntimeError("a mistake")  # type: ignore[assignment]
        with pytest.raises(RuntimeError):
            await office.end("x")

    in_virtual_time(test())


def test_closing_ends_all_polls() -> None:
    async def test() -> None:
        office = Office()
        await office.watch("x", office.exports.add("a", 1))
        office.watches.close()
        calls = len(office.exports.requests)
        await asyncio.sleep(100)
        assert len(office.exports.requests) == calls
        await office.leave("x")

    in_virtual_time(test())
