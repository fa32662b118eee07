"""What is tried again, how often and when."""

import asyncio

import pytest

from providers.deadline import Deadline
from providers.errors import (
    MalformedError,
    NoAnswerError,
    RateLimitedError,
    RejectedError,
    UnauthorizedError,
    UnavailableError,
    UpstreamError,
)
from providers.retries import Budget, tried


class Clock:
    """A time that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def attempted(
    *errors: Exception | None,
    retries: int = 2,
    seconds: float = 10,
    takes: float = 0,
    budget: Budget | None = None,
) -> int:
    """How many attempts are made when these are their ends."""
    made = 0

    async def call() -> int:
        nonlocal made
        error = errors[min(made, len(errors) - 1)]
        made += 1
        await asyncio.sleep(takes)
        if error is not None:
            raise error
        return made

    result, attempts = await tried(call, retries, budget or Budget(), Deadline(seconds))
    assert attempts == result
    return result


async def failing(error: Exception, **settings: object) -> int:
    """How many attempts are made until one gives up."""
    made = 0

    async def call() -> None:
        nonlocal made
        made += 1
        raise error

    with pytest.raises(type(error)):
        await tried(call, 2, Budget(), Deadline(10))
    assert getattr(error, "attempts", made) == made
    return made


@pytest.mark.parametrize("kind", [UnavailableError, NoAnswerError, RateLimitedError])
async def test_what_is_retryable_is_tried_again(kind: type[UpstreamError]) -> None:
    assert await attempted(kind("no"), None) == 2
    assert await attempted(kind("no"), kind("no"), None) == 3
    assert await failing(kind("no")) == 3


@pytest.mark.parametrize(
    "error",
    [
        MalformedError("no"),
        RejectedError("no"),
        UnauthorizedError("no"),
        UnavailableError("not asked", ours=True),
        ZeroDivisionError(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_is_not_retryable_is_tried_once(error: Exception) -> None:
    assert await failing(error) == 1


async def test_no_retries_when_none_are_wanted() -> None:
    with pytest.raises(UnavailableError):
        await attempted(UnavailableError("no"), retries=0)


async def test_retry_after_is_kept() -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert await attempted(RateLimitedError("slower", retry_after_seconds=0.4), None) == 2
    assert loop.time() - began >= 0.4


async def test_a_retry_after_beyond_the_deadline_is_not_waited_for() -> None:
    with pytest.raises(RateLimitedError):
        await asyncio.wait_for(
            attempted(RateLimitedError("slower", retry_after_seconds=60), None, seconds=30), 5
        )


async def test_no_retry_that_could_not_end_in_time() -> None:
    budget = Budget()
    with pytest.raises(NoAnswerError):
        await attempted(NoAnswerError("slow"), None, seconds=0.5, takes=0.3, budget=budget)
    assert await attempted(NoAnswerError("slow"), None, seconds=5, takes=0.3, budget=budget) == 2


def test_the_budget_ends_and_grows_again() -> None:
    clock = Clock()
    budget = Budget(clock)
    assert [budget.spend() for _ in range(21)] == [True] * 20 + [False]
    clock.now += 0.5
    assert [budget.spend() for _ in range(2)] == [True, False]
    for _ in range(5):
        budget.earn()
    assert [budget.spend() for _ in range(2)] == [True, False]
    clock.now += 1000
    assert [budget.spend() for _ in range(21)] == [True] * 20 + [False]


async def test_without_a_budget_there_is_one_attempt() -> None:
    clock = Clock()
    budget = Budget(clock)
    while budget.spend():
        pass
    with pytest.raises(UnavailableError):
        await attempted(UnavailableError("no"), None, budget=budget)
