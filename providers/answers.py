"""What an upstream answers: read now, shared by all who ask it at once, or kept from before."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from functools import partial
from typing import Any, NamedTuple

from providers.cache import AccountCache, Kept
from providers.channel import Channel
from providers.deadline import Deadline
from providers.errors import UpstreamError
from providers.flights import Flights
from providers.observer import Observer, Unobserved
from providers.records import Stale
from providers.wire import Request, Response

_REFRESH_SECONDS = 60.0  # until when a refresh is worth while that no operation waits for


class Found(Enum):
    """Where an answer came from."""

    HIT = "hit"
    MISS = "miss"
    STALE = "stale"


@dataclass(slots=True, eq=False)
class Answer:
    """What an upstream said to a request, and when.

    `refusal` is what it refuses. `stale` is set where a new answer was wanted but not had.
    `attempts` is how often it was asked for. `judged`: somebody has seen already whether it is as
    it should be. `reading` names the operation that it was read for.
    """

    request: Request
    response: Response
    fetched_at: datetime
    refusal: UpstreamError | None = None
    found: Found = Found.MISS
    stale: Stale | None = None
    attempts: int = 0
    judged: bool = False
    reading: str = ""

    @property
    def is_refreshed(self) -> bool:
        """Whether it is shown while it is read anew, and not for an error."""
        return self.stale is not None and self.stale.error is None


class Terms(NamedTuple):
    """How an operation reads: what kind of rows, until when, and whether by all means `anew`.

    `reading` is its name: what was read by the name fits together.
    """

    kind: str
    deadline: Deadline
    anew: bool = False
    reading: str = ""


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old an answer may be, in seconds.

    Up to `seconds`, of its kind if that is named, it is as good as a new one; for `refresh` more it
    is shown as a stale one while it is read anew; up to `stale` when the upstream fails.
    """

    seconds: float | Mapping[Any, float] = 0
    refresh: float = 0
    stale: float = 0

    def of(self, kind: str) -> float:
        """How long answers with this kind of rows are good."""
        return self.seconds.get(kind, 0) if isinstance(self.seconds, Mapping) else self.seconds

    @property
    def longest(self) -> float:
        """For how long an answer is of any use."""
        each = self.seconds.values() if isinstance(self.seconds, Mapping) else [self.seconds]
        return max(max(each, default=0) + self.refresh, self.stale)


@dataclass(slots=True)
class Answers:
    """The answers of one upstream to one account; none is kept without a `cache` or a use of it."""

    channel: Channel
    freshness: Freshness = Freshness()
    cache: AccountCache | None = None
    observer: Observer = field(default_factory=Unobserved)
    _flights: Flights[Answer] = field(default_factory=Flights)
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def __post_init__(self) -> None:
        if not self.freshness.longest:
            self.cache = None

    def get(
        self, request: Request, terms: Terms, judge: Callable[[Answer], object]
    ) -> asyncio.Future[Answer]:
        """An answer as fresh as it must be, or UpstreamError.

        `judge` says of one that is read while nobody waits for it whether it is worth keeping: it
        raises UpstreamError if not.
        """
        read = partial(self._read, request, terms, judge)
        key = (request, self.freshness.of(terms.kind))
        deadline = terms.deadline.of_one_read()
        return self._flights.join(key, read, deadline, anew=terms.anew)

    async def older(self, answer: Answer, error: UpstreamError) -> Answer | None:
        """What may be shown in place of an answer that turned out to be no good."""
        kept = await self._kept(answer.request) if answer.found is Found.MISS else None
        error.attempts = answer.attempts
        return self._in_place(answer.request, kept, error)

    def keep(self, answer: Answer) -> None:
        """Keeps an answer that is as it should be."""
        if self.cache is not None:
            self._start(
                self.cache.put(
                    answer.request,
                    answer.response,
                    answer.fetched_at,
                    self.freshness.longest,
                    answer.reading,
                )
            )

    async def _read(
        self,
        request: Request,
        terms: Terms,
        judge: Callable[[Answer], object],
        deadline: Deadline,
    ) -> Answer:
        kept = None if terms.anew else await self._kept(request)
        if kept is not None:
            good = self.freshness.of(terms.kind)
            if kept.age < good:
                return _answer(request, kept)
            if kept.age < good + self.freshness.refresh:
                self._start(self._refresh(request, terms, judge))
                return _answer(request, kept, Stale())
        try:
            return await self._ask(request, terms, deadline)
        except UpstreamError as error:
            if (older := self._in_place(request, kept, error)) is None:
                raise
            return older

    async def _ask(self, request: Request, terms: Terms, deadline: Deadline) -> Answer:
        with self.observer.call(terms.kind) as call:
            response, refusal, attempts = await self.channel.send(request, deadline)
            call.attempts, call.status = attempts, response.status
        return Answer(
            request,
            response,
            datetime.now(UTC),
            refusal,
            attempts=attempts,
            reading=terms.reading,
        )

    async def _refresh(
        self, request: Request, terms: Terms, judge: Callable[[Answer], object]
    ) -> None:
        read = partial(self._ask, request, terms)
        deadline = Deadline(_REFRESH_SECONDS)
        with suppress(UpstreamError):  # whoever asks when nothing is good any more will be told
            judge(await self._flights.join((request, "refresh"), read, deadline))

    async def _kept(self, request: Request) -> Kept | None:
        return None if self.cache is None else await self.cache.get(request)

    def _in_place(self, request: Request, kept: Kept | None, error: UpstreamError) -> Answer | None:
        """What is shown instead where the upstream is out of order; a refusal is final."""
        excused = error.retryable or error.upstream_failed
        if kept is None or not excused or kept.age >= self.freshness.stale:
            return None
        return _answer(request, kept, Stale(error))

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _answer(request: Request, kept: Kept, stale: Stale | None = None) -> Answer:
    found = Found.STALE if stale else Found.HIT
    return Answer(
        request,
        kept.response,
        kept.fetched_at,
        found=found,
        stale=stale,
        judged=True,
        attempts=stale.error.attempts if stale and stale.error else 0,
        reading=kept.reading,
    )
