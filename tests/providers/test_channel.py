"""How requests go out: places, pace, retries and the breaker, over real connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from providers.channel import Channel, Policy
from providers.deadline import Deadline
from providers.errors import NoAnswerError, RateLimitedError, UnavailableError, UpstreamError
from providers.pace import LocalPace
from providers.transport import Transport
from providers.wire import Request, status_refusal
from tests.providers.servers import Answer, Heard, Server, hanging_up, http, saying

LIST = Request("GET", "/v1/list/")


@asynccontextmanager
async def asking(answer: Answer, **policy: Any) -> AsyncIterator[tuple[Server, Channel]]:
    """A server and a channel to it."""
    async with Server(answer) as server, Transport(server.address, {}) as link:
        yield server, Channel(link, status_refusal, Policy(**policy))


async def sent(channel: Channel, seconds: float = 10) -> Any:
    return await asyncio.wait_for(channel.send(LIST, Deadline(seconds)), 20)


async def failure(channel: Channel, seconds: float = 10) -> UpstreamError:
    with pytest.raises(UpstreamError) as raised:
        await sent(channel, seconds)
    return raised.value


async def forever(_: Heard, __: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def test_an_answer_and_how_often_it_was_asked_for() -> None:
    async with asking(saying(http(b"", 503), http(b"[1]"))) as (server, channel):
        response, refusal, attempts = await sent(channel)
    assert (response.body, refusal, attempts, len(server.heard)) == (b"[1]", None, 2, 2)


async def test_a_refusal_that_is_final_is_an_answer() -> None:
    async with asking(saying(http(b"", 403))) as (server, channel):
        response, refusal, attempts = await sent(channel)
    assert (response.status, refusal.code) == (403, "UPSTREAM_UNAUTHORIZED")
    assert (attempts, len(server.heard)) == (1, 1)


async def test_what_fails_to_the_end_says_how_often_it_was_tried() -> None:
    async with asking(saying(http(b"", 503)), retries=3) as (server, channel):
        error = await failure(channel)
    assert (error.code, error.http_status, error.attempts) == ("UPSTREAM_UNAVAILABLE", 503, 4)
    assert len(server.heard) == 4


async def test_no_more_requests_at_once_than_allowed() -> None:
    present, most = 0, 0
    full, release = asyncio.Event(), asyncio.Event()

    async def answer(heard: Heard, writer: asyncio.StreamWriter) -> None:
        nonlocal present, most
        if heard.target != "/v1/list/":
            return writer.write(http())
        present += 1
        most = max(most, present)
        if present == 3:
            full.set()
        await release.wait()
        present -= 1
        return writer.write(http())

    async with (
        asking(answer, concurrency=3) as (server, channel),
        Transport(server.address, {}) as other,
    ):
        tasks = [asyncio.ensure_future(sent(channel)) for _ in range(9)]
        await asyncio.wait_for(full.wait(), 10)
        for _ in range(5):  # a fourth request, were there one, would be through before these
            await other.send(Request("GET", "/elsewhere"), 10)
        release.set()
        assert [each.response.status for each in await asyncio.gather(*tasks)] == [200] * 9
    assert most == 3


async def test_waiting_for_a_place_is_not_the_upstreams_time() -> None:
    async def answer(_: Heard, writer: asyncio.StreamWriter) -> None:
        if len(server.heard) == 1:
            await asyncio.Event().wait()
        writer.write(http())

    async with asking(answer, timeout=0.3, concurrency=1, retries=0) as (server, channel):
        tasks = [asyncio.ensure_future(sent(channel)) for _ in range(2)]
        await asyncio.wait(tasks)
    assert isinstance(tasks[0].exception(), NoAnswerError)
    assert tasks[1].result().response.status == 200


async def test_who_gets_no_place_in_time_does_not_blame_the_upstream() -> None:
    policy = {"concurrency": 1, "retries": 0, "breaker_failures": 2}
    async with asking(forever, **policy) as (server, channel):
        first = asyncio.ensure_future(sent(channel))
        await asyncio.sleep(0.1)
        errors = [await failure(channel, 0.05) for _ in range(5)]
        assert {(each.code, each.ours, each.late) for each in errors} == {
            ("UPSTREAM_TIMEOUT", True, True)
        }
        assert not channel.breaker.is_open
        assert len(server.heard) == 1
        first.cancel()


async def test_failures_give_their_place_back() -> None:
    async with asking(hanging_up(b""), concurrency=1) as (_, channel):
        for _ in range(3):
            assert isinstance(await failure(channel), UnavailableError)


async def test_given_up_request_gives_its_place_back() -> None:
    started = asyncio.Event()

    async def answer(_: Heard, writer: asyncio.StreamWriter) -> None:
        if len(server.heard) == 1:
            started.set()
            await asyncio.Event().wait()
        writer.write(http())

    async with asking(answer, concurrency=1) as (server, channel):
        task = asyncio.ensure_future(sent(channel))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await sent(channel)).response.status == 200


async def test_the_operations_end_is_the_end_of_the_wait() -> None:
    async with asking(forever, timeout=10) as (_, channel):
        error = await asyncio.wait_for(failure(channel, 0.2), 5)
        assert (error.code, error.ours, error.late) == ("UPSTREAM_TIMEOUT", True, True)
        error = await asyncio.wait_for(failure(channel, 1.1), 5)
        assert (error.code, error.ours, error.late) == ("UPSTREAM_TIMEOUT", False, True)
    async with asking(forever, timeout=0.1, retries=0) as (_, channel):
        assert not (await failure(channel)).late


async def test_nothing_is_asked_when_the_time_is_up() -> None:
    async with asking(saying(http())) as (server, channel):
        error = await failure(channel, 0)
    assert (error.code, error.late, server.heard) == ("UPSTREAM_TIMEOUT", True, [])


async def test_an_upstream_that_keeps_failing_is_left_alone() -> None:
    async with asking(saying(http(b"", 500)), retries=0, breaker_failures=3) as (server, channel):
        errors = [await failure(channel) for _ in range(8)]
    assert len(server.heard) == 3
    assert [each.ours for each in errors] == [False] * 3 + [True] * 5
    assert {each.code for each in errors} == {"UPSTREAM_UNAVAILABLE"}
    assert errors[-1].attempts == 1
    assert errors[-1].retry_after_seconds is not None


async def test_only_one_looks_whether_it_is_back() -> None:
    async with asking(saying(http(b"", 500)), retries=0, breaker_failures=2) as (server, channel):
        for _ in range(2):
            await failure(channel)
        server.answer = forever
        await asyncio.sleep(1)
        tasks = [asyncio.ensure_future(sent(channel)) for _ in range(6)]
        done, waiting = await asyncio.wait(tasks, timeout=1)
        assert (len(done), len(waiting), len(server.heard)) == (5, 1, 3)
        for task in waiting:
            task.cancel()


async def test_retry_after_holds_back_others_as_well() -> None:
    loop = asyncio.get_running_loop()
    times: list[float] = []

    async def answer(_: Heard, writer: asyncio.StreamWriter) -> None:
        times.append(loop.time())
        writer.write(http() if len(times) > 1 else http(b"", 429, "Retry-After: 1"))

    async with asking(answer) as (_, channel):
        first = asyncio.ensure_future(sent(channel))
        await asyncio.sleep(0.2)
        await sent(channel)
        assert (await first).attempts == 2
    assert min(times[1:]) - times[0] >= 1


async def test_a_retry_after_that_is_too_long_fails_at_once() -> None:
    async with asking(saying(http(b"", 429, "Retry-After: 60"))) as (server, channel):
        errors = [await asyncio.wait_for(failure(channel), 5) for _ in range(2)]
        server.answer = saying(http())
        assert (await asyncio.wait_for(sent(channel), 5)).response.status == 200
    assert [type(each) for each in errors] == [RateLimitedError] * 2
    assert [(each.retry_after_seconds, each.attempts) for each in errors] == [(60, 1)] * 2
    assert len(server.heard) == 3


async def test_a_call_counts_once_however_often_it_was_tried() -> None:
    async with asking(saying(http(b"", 500)), retries=2, breaker_failures=2) as (server, channel):
        opened = [(await failure(channel), channel.breaker.is_open)[1] for _ in range(2)]
        assert (opened, len(server.heard)) == ([False, True], 6)
        await asyncio.sleep(1)
        assert (await failure(channel)).http_status == 500
        assert len(server.heard) == 7, "a probe is one attempt"


async def test_requests_keep_the_pace_and_queue() -> None:
    loop = asyncio.get_running_loop()
    times: list[float] = []

    async def answer(_: Heard, writer: asyncio.StreamWriter) -> None:
        times.append(loop.time())
        writer.write(http())

    async with asking(answer, pace=LocalPace(20)) as (_, channel):
        ends = await asyncio.gather(*(sent(channel) for _ in range(11)))
    assert [each.attempts for each in ends] == [1] * 11
    assert times[-1] - times[0] >= 0.45


async def test_a_turn_that_comes_too_late_is_not_waited_for() -> None:
    async with asking(saying(http()), pace=LocalPace(0.1)) as (server, channel):
        await sent(channel)
        error = await asyncio.wait_for(failure(channel, 5), 2)
    assert (error.code, error.ours, error.late, len(server.heard)) == (
        *("UPSTREAM_TIMEOUT", True, True, 1),
    )
    assert "requests_per_second" in error.reason
