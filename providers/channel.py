"""The way to one upstream: when a request may go out, and how often it is tried."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import NamedTuple, Protocol

from providers.breaker import Breaker
from providers.deadline import Deadline
from providers.errors import NoAnswerError, UpstreamError
from providers.observer import Observer, Unobserved
from providers.pace import Pace
from providers.retries import Budget, tried
from providers.wire import Request, Response

_FAIR_SECONDS = 1.0  # an upstream that was not given as long is not blamed for its silence
_LONGEST_HOLD = 2.0  # seconds for which a Retry-After keeps others waiting, too


class Link(Protocol):
    """What carries a request to an upstream: `transport.Transport`."""

    async def send(self, request: Request, seconds: float) -> Response:
        """The answer, whatever its status. Raises UpstreamError where there is none in time."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How a source is treated: seconds, requests at a time, retries, and when it is left alone."""

    timeout: float = 10
    concurrency: int = 8
    pace: Pace | None = None
    retries: int = 2
    breaker_failures: int = 10
    breaker_seconds: float = 30


class Sent(NamedTuple):
    """An answer, what it refuses if it is a refusal, and in how many attempts it was had."""

    response: Response
    refusal: UpstreamError | None
    attempts: int


class Channel:
    """Sends requests so that neither side is overrun.

    A request waits for a place among those at work and for its turn in the configured pace. That
    is no failure of the upstream: only what happens from then on is told to the breaker. An answer
    without a retryable refusal is not judged here: the caller tells the breaker.
    """

    def __init__(
        self,
        link: Link,
        refusal: Callable[[Response], UpstreamError | None],
        policy: Policy,
        observer: Observer | None = None,
    ) -> None:
        self._observer = observer or Unobserved()
        self.breaker = Breaker(
            policy.breaker_failures,
            policy.breaker_seconds,
            policy.timeout,
            observer=self._observer,
        )
        self._link, self._refusal, self._policy = link, refusal, policy
        self._places = asyncio.Semaphore(policy.concurrency)
        self._budget = Budget()
        self._held_until = 0.0

    async def send(self, request: Request, deadline: Deadline) -> Sent:
        """The upstream's answer. Raises UpstreamError: what the last attempt failed with."""
        attempt = partial(self._once, request, deadline)
        retries = 0 if self.breaker.is_open else self._policy.retries  # a probe is one call
        try:
            (response, refusal), made = await tried(attempt, retries, self._budget, deadline)
        except UpstreamError as error:
            if not error.ours:
                self.breaker.failed()
            raise
        return Sent(response, refusal, made)

    async def _once(
        self, request: Request, deadline: Deadline
    ) -> tuple[Response, UpstreamError | None]:
        began = monotonic()
        await self._take_place(deadline)
        try:
            self.breaker.admit()
            await self._turn(deadline)
            self._observer.waited(monotonic() - began)
            seconds = min(self._policy.timeout, deadline.left())
            if not seconds:
                raise _late("not asked, since the operation's time is used up")
            try:
                return await self._exchange(request, seconds)
            except UpstreamError as error:
                error.late = isinstance(error, NoAnswerError) and seconds < self._policy.timeout
                error.ours = error.late and seconds < _FAIR_SECONDS
                raise
        finally:
            self._places.release()

    async def _exchange(
        self, request: Request, seconds: float
    ) -> tuple[Response, UpstreamError | None]:
        response = await self._link.send(request, seconds)
        self._observer.received(len(response.body))
        refusal = self._refusal(response)
        if refusal is not None and refusal.retryable:
            hold = min(refusal.retry_after_seconds or 0, _LONGEST_HOLD)
            self._held_until = max(self._held_until, monotonic() + hold)
            raise refusal
        return response, refusal

    async def _take_place(self, deadline: Deadline) -> None:
        """A place among the requests at work. Raises NoAnswerError when none is free in time."""
        if not self._places.locked():
            await self._places.acquire()  # at once
            return
        try:
            with self._observer.queued():
                async with asyncio.timeout(deadline.left()):
                    await self._places.acquire()
        except TimeoutError:
            raise _late("too many requests are waiting for it (max_concurrency)") from None

    async def _turn(self, deadline: Deadline) -> None:
        """Waits for the turn. Raises NoAnswerError when that comes too late.

        Behind a Retry-After others wait as well, but no more than a moment: how long an upstream
        stays shut is better learnt by asking than taken on trust, and is the breaker's to bound.
        """
        hold = self._held_until - monotonic()
        if hold > 0:
            with self._observer.queued():
                await asyncio.sleep(min(hold, deadline.left()))
        if self._policy.pace is None:
            return
        wait = await self._policy.pace.turn(deadline.left())
        if wait is None:
            raise _late("too many requests are waiting for it (requests_per_second)")
        with self._observer.queued():
            await asyncio.sleep(wait)


def _late(reason: str) -> NoAnswerError:
    return NoAnswerError(reason, ours=True, late=True)
