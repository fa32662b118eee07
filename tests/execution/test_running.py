"""What runs when: levels, cancellation, time limits, and what failures leave behind."""

import asyncio
from functools import partial
from typing import Any

import pytest
from graphql import ExecutionResult, build_schema, execute, parse

from tests.execution.examples import Compiled

SDL = """
  type Query { rows: [Row] one: Row strict: Row! quick: Row slow: String }
  type Row { id: Int value: Int must: Int! next: Row }
"""


class Loader:
    """Collects the keys that are asked for in one turn of the event loop."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self._waiting: list[tuple[int, asyncio.Future[int]]] = []

    async def load(self, key: int) -> int:
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._answer)
        future: asyncio.Future[int] = loop.create_future()
        self._waiting.append((key, future))
        return await future

    def _answer(self) -> None:
        waiting, self._waiting = self._waiting, []
        self.batches.append([key for key, _ in waiting])
        for key, future in waiting:
            if not future.done():
                future.set_result(key * 10)


def start(query: str, root: Any) -> Any:
    return execute(build_schema(SDL), parse(query), root, executor_class=Compiled)


def row(loader: Loader, key: int, next_: Any = None) -> dict[str, Any]:
    return {"id": key, "value": lambda _: loader.load(key), "next": next_}


async def test_a_loader_sees_whole_levels() -> None:
    loader = Loader()
    inner = [partial(later, row(loader, key)) for key in range(4)]
    rows = [row(loader, key + 10, next_) for key, next_ in enumerate(inner)]
    root = {"rows": rows, "one": row(loader, 9)}
    result = await start("{ rows { value next { value } } one { value } }", root)
    assert result.errors is None
    assert sorted(loader.batches[0]) == [9, 10, 11, 12, 13]
    assert sorted(loader.batches[1]) == [0, 1, 2, 3]
    assert len(loader.batches) == 2


async def later(value: Any, _: Any = None) -> Any:
    await asyncio.sleep(0)
    return value


async def test_the_quick_does_not_wait_for_the_slow() -> None:
    asked = asyncio.Event()

    async def slow(_: Any) -> str:
        await asked.wait()  # which only the row inside of `quick` sets
        return "done"

    async def quick(_: Any) -> dict[str, Any]:
        asked.set()
        return {"value": None}

    async with asyncio.timeout(5):
        result = await start("{ slow quick { value } }", {"slow": slow, "quick": quick})
    assert result.data == {"slow": "done", "quick": {"value": None}}


async def test_a_failure_cancels_what_it_makes_pointless() -> None:
    cancelled = []

    async def endless(_: Any) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(1)
            raise

    async def failing(_: Any) -> None:
        raise ValueError("no")

    one = {"must": failing, "value": endless, "id": 1}
    async with asyncio.timeout(5):
        result = await start(
            "{ one { id must value } quick { id } }", {"one": one, "quick": {"id": 2}}
        )
    assert result.data == {"one": None, "quick": {"id": 2}}
    assert [error.message for error in result.errors] == ["no"]
    assert cancelled == [1]


@pytest.mark.parametrize("fields", ["value", "value id next { value }"])
async def test_a_time_limit_stops_all_of_it(fields: str) -> None:
    running, begun = 0, asyncio.Event()

    async def endless(_: Any) -> None:
        nonlocal running
        running += 1
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            running -= 1

    rows = [{"value": endless, "id": 1, "next": {"value": endless}} for _ in range(3)]
    waiting = asyncio.create_task(start(f"{{ rows {{ {fields} }} }}", {"rows": rows}))
    await begun.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert running == 0
    assert len(asyncio.all_tasks()) == 1


async def test_a_resolver_that_is_cancelled_cancels_the_operation() -> None:
    async def cancelled(_: Any) -> None:
        raise asyncio.CancelledError

    rows = [{"value": cancelled}, {"value": partial(later, 1)}]
    with pytest.raises(asyncio.CancelledError):
        await start("{ rows { value } }", {"rows": rows})
    assert len(asyncio.all_tasks()) == 1


async def test_a_resolver_may_limit_its_own_time() -> None:
    async def limited(_: Any) -> int:
        try:
            async with asyncio.timeout(0):
                await asyncio.Event().wait()
        except TimeoutError:
            return 7
        return 8

    result = await start("{ rows { value } }", {"rows": [{"value": limited}] * 3})
    assert result.data == {"rows": [{"value": 7}] * 3}


async def test_nothing_to_wait_for_is_no_coroutine() -> None:
    assert isinstance(start("{ one { id } }", {"one": {"id": 1}}), ExecutionResult)
