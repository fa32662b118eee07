"""Streams of events end by themselves or with the server."""

import asyncio
import time
from collections.abc import AsyncGenerator

import msgspec

from server.event_streams import events, one_line, until


async def test_answers_are_events_and_the_last_one_says_so() -> None:
    async def answers() -> AsyncGenerator[object, None]:
        yield {"data": {"a": 1}}

    assert [event async for event in events(answers())] == [
        'event: next\r\ndata: {"data":{"a":1}}\r\n\r\n',
        "event: complete\r\ndata: \r\n\r\n",
    ]


def test_a_value_with_lines_of_its_own_is_one_line_of_a_stream() -> None:
    received = msgspec.Raw(b'{\r\n  "a": "x\\n\xe2\x80\xa8"\n}')
    text = one_line({"raw": received})
    assert not {"\r", "\n"} & set(text)
    assert msgspec.json.decode(text) == {"raw": {"a": "x\n\u2028"}}


async def test_events_pass_until_there_are_no_more() -> None:
    async def events() -> AsyncGenerator[str, None]:
        yield "a"
        yield "b"

    assert [event async for event in until(asyncio.Event(), events())] == ["a", "b"]


async def test_lines_end_in_one_character() -> None:
    async def events() -> AsyncGenerator[str, None]:
        yield "event: next\r\ndata: {}\r\n\r\n"

    assert [event async for event in until(asyncio.Event(), events())] == [
        "event: next\ndata: {}\n\n"
    ]


async def test_a_stop_ends_a_stream_that_waits() -> None:
    stopping, closed = asyncio.Event(), asyncio.Event()

    async def events() -> AsyncGenerator[str, None]:
        try:
            yield "a"
            await asyncio.get_running_loop().create_future()
        finally:
            closed.set()

    stream = until(stopping, events())
    assert await anext(stream) == "a"
    waiting = asyncio.ensure_future(anext(stream, "the end"))
    await asyncio.sleep(0)
    assert not waiting.done()
    stopping.set()
    assert await waiting == "the end"
    await closed.wait()


async def test_a_stream_ends_with_what_its_listener_proved_itself_with() -> None:
    async def events() -> AsyncGenerator[str, None]:
        yield "a"
        await asyncio.get_running_loop().create_future()

    stream = until(asyncio.Event(), events(), time.time() + 0.2)
    assert [event async for event in stream] in (["a"], [])  # none on a machine that slept
    past = until(asyncio.Event(), events(), time.time() - 1)
    assert [event async for event in past] == []


async def test_a_stop_before_the_beginning() -> None:
    async def events() -> AsyncGenerator[str, None]:
        yield "a"

    stopping = asyncio.Event()
    stopping.set()
    assert [event async for event in until(stopping, events())] == []


async def test_a_stream_that_is_left_in_the_middle_is_closed_at_once() -> None:
    closed = asyncio.Event()

    async def events() -> AsyncGenerator[str, None]:
        try:
            yield "a"
        finally:
            closed.set()

    source = events()
    stream = until(asyncio.Event(), source)
    assert await anext(stream) == "a"
    await stream.aclose()
    assert closed.is_set()
