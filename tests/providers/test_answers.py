"""Answers are shared while they are read, used again while they are good, and excused if stale."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from providers.answers import Answer, Answers, Found, Freshness, Terms
from providers.cache import AccountCache, MemoryCache
from providers.channel import Channel, Policy
from providers.deadline import Deadline
from providers.errors import MalformedError, RejectedError, UnavailableError, UpstreamError
from providers.wire import Request, Response, status_refusal

LIST = Request("GET", "/list/")


class Upstream:
    """Answers with how often it was asked, or with an error."""

    def __init__(self) -> None:
        self.asked = 0
        self.status = 200
        self.gate: asyncio.Event | None = None

    async def send(self, request: Request, seconds: float) -> Response:
        self.asked += 1
        number = self.asked
        if self.gate is not None:
            await self.gate.wait()
        return Response(self.status, {}, str(number).encode())


class Reader:
    """An account that reads, and keeps what it read."""

    def __init__(self, upstream: Upstream, cache: AccountCache | None = None, **age: Any) -> None:
        self.upstream = upstream
        policy = Policy(retries=0, breaker_failures=10**9)
        channel = Channel(upstream, status_refusal, policy)
        self.answers = Answers(channel, Freshness(**age), cache or cache_of("one"))

    async def read(self, *, kind: str = "invoices", anew: bool = False) -> Answer:
        terms = Terms(kind, Deadline(10), anew)
        answer = await self.answers.get(LIST, terms, self.judge)
        if not answer.judged:
            self.judge(answer)
        await asyncio.sleep(0)
        return answer

    def judge(self, answer: Answer) -> None:
        answer.judged = True
        self.answers.keep(answer)


def cache_of(account: str, memory: MemoryCache | None = None) -> AccountCache:
    return AccountCache(memory or MemoryCache(10_000), account)


def shown(answer: Answer) -> tuple[bytes, Found]:
    return answer.response.body, answer.found


async def test_reads_at_the_same_time_are_one() -> None:
    upstream = Upstream()
    upstream.gate = asyncio.Event()
    reader = Reader(upstream)
    tasks = [asyncio.create_task(reader.read()) for _ in range(24)]
    await asyncio.sleep(0.01)
    upstream.gate.set()
    assert {shown(answer) for answer in await asyncio.gather(*tasks)} == {(b"1", Found.MISS)}
    assert shown(await reader.read()) == (b"2", Found.MISS), "nothing is kept unless wished"


async def test_an_answer_says_for_whom_it_was_read() -> None:
    upstream = Upstream()
    reader = Reader(upstream, seconds=60)
    terms = Terms("invoices", Deadline(10), reading="mine")
    answer = await reader.answers.get(LIST, terms, reader.judge)
    reader.judge(answer)
    assert (answer.reading, answer.found) == ("mine", Found.MISS)
    await asyncio.sleep(0)
    kept = await reader.read()
    assert (kept.reading, kept.found) == ("mine", Found.HIT)


async def test_what_is_good_is_used_again() -> None:
    reader = Reader(Upstream(), seconds=60)
    first, second = await reader.read(), await reader.read()
    assert [shown(first), shown(second)] == [(b"1", Found.MISS), (b"1", Found.HIT)]
    assert second.fetched_at == first.fetched_at
    assert (second.stale, second.judged, second.attempts) == (None, True, 0)


async def test_how_long_it_is_good_may_depend_on_the_kind() -> None:
    reader = Reader(Upstream(), seconds={"invoices": 60})
    await reader.read()
    assert shown(await reader.read(kind="invoices")) == (b"1", Found.HIT)
    assert shown(await reader.read(kind="payments")) == (b"2", Found.MISS)


async def test_no_cache_reads_anew_and_others_profit() -> None:
    reader = Reader(Upstream(), seconds=60)
    await reader.read()
    assert shown(await reader.read(anew=True)) == (b"2", Found.MISS)
    assert shown(await reader.read()) == (b"2", Found.HIT)


async def test_nothing_is_shared_between_accounts() -> None:
    memory, upstream = MemoryCache(10_000), Upstream()
    one = Reader(upstream, cache_of("one", memory), seconds=60)
    two = Reader(upstream, cache_of("two", memory), seconds=60)
    replica = Reader(upstream, cache_of("one", memory), seconds=60)
    assert [(await each.read()).response.body for each in (one, two, replica)] == [
        *(b"1", b"2", b"1"),
    ]


@pytest.mark.parametrize("status", [500, 429])
async def test_what_is_old_is_shown_when_the_upstream_is_out_of_order(status: int) -> None:
    upstream = Upstream()
    reader = Reader(upstream, stale=60)
    fresh = await reader.read()
    upstream.status = status
    old = await reader.read()
    assert shown(old) == (b"1", Found.STALE)
    assert old.fetched_at == fresh.fetched_at
    assert old.stale is not None
    assert old.stale.error is not None
    assert old.stale.error.http_status == status
    with pytest.raises(UpstreamError):
        await reader.read(anew=True)
    upstream.status = 200
    assert (await reader.read()).stale is None


async def test_a_refusal_is_final() -> None:
    upstream = Upstream()
    reader = Reader(upstream, stale=60)
    await reader.read()
    upstream.status = 401
    answer = await reader.read()
    assert answer.refusal is not None
    assert shown(answer) == (b"2", Found.MISS)


async def test_what_is_too_old_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    upstream = Upstream()
    reader = Reader(upstream, seconds=60, stale=0.05)
    await reader.read()
    await asyncio.sleep(0.1)
    upstream.status = 500
    assert shown(await reader.read()) == (b"1", Found.HIT), "it is good still"
    late = Reader(upstream, reader.answers.cache, stale=0.05)
    with pytest.raises(UnavailableError):
        await late.read()


async def test_what_is_read_anew_is_shown_meanwhile() -> None:
    reader = Reader(Upstream(), refresh=60)
    await reader.read()
    meanwhile = await reader.read()
    assert shown(meanwhile) == (b"1", Found.STALE)
    assert meanwhile.stale is not None
    assert meanwhile.stale.error is None
    await asyncio.gather(*reader.answers._tasks)
    await asyncio.gather(*reader.answers._tasks)
    assert (await reader.read()).response.body == b"2"


async def test_a_refresh_that_fails_is_nobodys_error() -> None:
    upstream = Upstream()
    reader = Reader(upstream, refresh=60)
    await reader.read()
    upstream.status = 500
    assert shown(await reader.read()) == (b"1", Found.STALE)
    await asyncio.gather(*reader.answers._tasks)
    assert shown(await reader.read()) == (b"1", Found.STALE)


async def test_what_may_stand_in_for_an_answer_that_is_no_good() -> None:
    reader = Reader(Upstream(), stale=60)
    good = await reader.read()
    bad = Answer(LIST, Response(200, {}, b"<html>"), good.fetched_at)
    older = await reader.answers.older(bad, MalformedError("no"))
    assert older is not None
    assert shown(older) == (b"1", Found.STALE)
    assert await reader.answers.older(bad, RejectedError("no")) is None
    assert await reader.answers.older(older, MalformedError("no")) is None
    strict = Reader(reader.upstream, reader.answers.cache)
    assert await strict.answers.older(bad, MalformedError("no")) is None


@pytest.mark.parametrize(
    ("settings", "longest"),
    [({}, 0), ({"seconds": 5, "stale": 3}, 5), ({"seconds": {"a": 1, "b": 9}, "refresh": 2}, 11)],
)
def test_for_how_long_an_answer_is_of_use(settings: Mapping[str, Any], longest: float) -> None:
    assert Freshness(**settings).longest == longest
