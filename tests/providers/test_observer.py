"""What an observer is told on the way to an upstream, and that none is needed."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest

from providers.answers import Answers, Terms
from providers.breaker import Breaker
from providers.channel import Channel, Policy
from providers.deadline import Deadline
from providers.errors import UnavailableError, UpstreamError
from providers.observer import Call, Observer, Unobserved
from providers.wire import Request, Response, status_refusal

LIST = Request("GET", "/list")


class Notes(Unobserved):
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    @contextmanager
    def call(self, kind: str) -> Iterator[Call]:
        call = Call()
        try:
            yield call
        except UpstreamError as error:
            self.told.append((kind, error.attempts, error.code))
            raise
        self.told.append((kind, call.attempts, call.status))

    def received(self, size: int) -> None:
        self.told.append(size)

    def left_alone(self, seconds: float) -> None:
        self.told.append(seconds)


class Link:
    """Gives these statuses, one after the other."""

    def __init__(self, *statuses: int) -> None:
        self._statuses = iter(statuses)

    async def send(self, request: Request, seconds: float) -> Response:
        return Response(next(self._statuses), {"Retry-After": "0"}, b"12345")


async def ask(link: Link, observer: Observer, retries: int = 2) -> None:
    channel = Channel(link, status_refusal, Policy(retries=retries), observer)
    terms = Terms("invoices", Deadline(10))
    await Answers(channel, observer=observer).get(LIST, terms, lambda _: None)


async def test_a_call_is_told_of_as_a_whole() -> None:
    notes = Notes()
    await ask(Link(503, 200), notes)
    assert notes.told == [5, 5, ("invoices", 2, 200)]


async def test_a_call_that_fails() -> None:
    notes = Notes()
    with pytest.raises(UnavailableError):
        await ask(Link(503), notes, retries=0)
    assert notes.told == [5, ("invoices", 1, "UPSTREAM_UNAVAILABLE")]


async def test_the_breaker_tells_of_its_changes_only() -> None:
    notes = Notes()
    channel = Channel(Link(), status_refusal, Policy(breaker_failures=2), notes)
    for succeeds in (True, False, False, False, True, True):
        (channel.breaker.succeeded if succeeds else channel.breaker.failed)()
    assert notes.told == [1, 0]


async def test_the_breaker_tells_for_how_long_each_time() -> None:
    notes = Notes()
    breaker = Breaker(1, 3, 10, count(step=3).__next__, notes)  # each look at the clock 3 s later
    breaker.failed()
    for _ in range(3):
        breaker.admit()
        breaker.failed()
    assert notes.told == [1, 10, 2, 10, 3, 10, 3]


async def test_nobody_need_be_told() -> None:
    await ask(Link(200), Unobserved())
