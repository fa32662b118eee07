"""A time limit ends what it is around, and nothing else."""

import asyncio

import pytest

from server.time_limits import TimeLimit


async def for_ever() -> None:
    await asyncio.Event().wait()


async def test_what_takes_too_long() -> None:
    with pytest.raises(TimeoutError), TimeLimit(0.01) as limit:
        await for_ever()
    assert limit.expired
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_what_is_in_time() -> None:
    with TimeLimit(60) as limit:
        await asyncio.sleep(0)
    assert not limit.expired


async def test_an_error_stays_what_it_is() -> None:
    with pytest.raises(LookupError), TimeLimit(60):
        raise LookupError


async def test_an_error_of_what_was_cancelled_stays_what_it_is() -> None:
    async def broken() -> None:
        try:
            await for_ever()
        except asyncio.CancelledError:
            raise LookupError from None

    with pytest.raises(LookupError), TimeLimit(0.01):
        await broken()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_who_is_cancelled_by_others_is_not_late() -> None:
    async def limited() -> None:
        with TimeLimit(60):
            await for_ever()

    task = asyncio.ensure_future(limited())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_of_two_limits_the_outer_one_may_be_the_first() -> None:
    inner = TimeLimit(60)
    with pytest.raises(TimeoutError), TimeLimit(0.01) as outer, inner:
        await for_ever()
    assert (outer.expired, inner.expired) == (True, False)


async def test_both_a_limit_and_somebody_else() -> None:
    async def limited() -> None:
        task = asyncio.current_task()
        assert task is not None
        with TimeLimit(0):
            asyncio.get_running_loop().call_later(0.001, task.cancel)
            try:
                await for_ever()
            except asyncio.CancelledError:
                await for_ever()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.ensure_future(limited())
