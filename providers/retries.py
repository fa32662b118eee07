"""Which failed calls are tried again, and when."""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

import stamina

from providers.deadline import Deadline
from providers.errors import UpstreamError

T = TypeVar("T")
_FIRST_WAIT = 0.1  # seconds, doubled for each further attempt
_JITTER = 0.1
_LONGEST_WAIT = 5.0
_RESERVE = 20.0  # retries that a source may make at once
_PER_SECOND = 2.0  # retries that it regains
_PER_CALL = 0.2  # and with each call: retries are at most a fifth of the load that lasts

stamina.instrumentation.set_on_retry_hooks(())  # what it would log does not say what is retried


class Budget:
    """How many retries a source may still make, so that they never multiply an outage."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._left = _RESERVE
        self._seen = clock()

    def earn(self) -> None:
        """A first attempt is made."""
        self._left = min(_RESERVE, self._left + _PER_CALL)

    def spend(self) -> bool:
        """Whether a retry may be made; it is counted if so."""
        now = self._clock()
        self._left = min(_RESERVE, self._left + (now - self._seen) * _PER_SECOND)
        self._seen = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


async def tried(
    call: Callable[[], Awaitable[T]], retries: int, budget: Budget, deadline: Deadline
) -> tuple[T, int]:
    """What a call gives at the first attempt, or at up to `retries` more after what is retryable.

    And how many attempts that took; an error that is raised says so as well. The waits between them
    grow and are spread by chance; a Retry-After is kept. None is begun that could not end before
    the deadline, going by how long the last one took.
    """
    began = deadline.left()
    budget.earn()
    try:
        return await call(), 1  # mostly all that there is to it
    except UpstreamError as error:
        error.attempts = 1
        first = error
    return await _again(call, first, retries, _waits(budget, deadline, began))


async def _again(
    call: Callable[[], Awaitable[T]],
    failure: UpstreamError | None,
    retries: int,
    wait_before: Callable[[Exception], bool | float],
) -> tuple[T, int]:
    async for attempt in stamina.retry_context(
        wait_before,
        attempts=retries + 1,
        timeout=None,
        wait_initial=_FIRST_WAIT,
        wait_max=_LONGEST_WAIT,
        wait_jitter=_JITTER,
    ):
        with attempt:
            if failure is not None:  # of the first attempt, which was made already
                first, failure = failure, None
                raise first
            try:
                result = await call()
            except UpstreamError as error:
                error.attempts = attempt.num
                raise
    return result, attempt.num


def _waits(budget: Budget, deadline: Deadline, began: float) -> Callable[[Exception], bool | float]:
    """Says after an error whether to try again, or after how long where the upstream says so."""

    def wait_before(error: Exception) -> bool | float:
        nonlocal began
        if not isinstance(error, UpstreamError) or error.ours or not error.retryable:
            return False
        left = deadline.left()
        wait, took = error.retry_after_seconds, began - left
        if (wait or 0) + took > left or not budget.spend():
            return False
        began = left
        return True if wait is None else wait

    return wait_before
