"""A source is asked little, and what it answers is told whole."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import msgspec
import pytest

from server.diagnosis.report import SourceFound
from server.diagnosis.sources import source_found
from server.sources import open_sources
from tests.programs import free_port
from tests.providers.servers import Answer, Server, http, saying
from tests.server.diagnosis.upstreams import (
    SECRET,
    hung,
    invoices,
    listing,
    row,
    settings_of,
    source_at,
)


async def found_at(address: str, **keys: Any) -> SourceFound:
    settings = settings_of(source_at(address, **{"retries": 0, **keys}))
    async with open_sources(settings) as (source,):
        return await source_found(source, settings.sources[0])


async def found(answer: Answer, **keys: Any) -> tuple[SourceFound, list[str]]:
    """What is told of an upstream, and what it was asked."""
    async with Server(answer) as server:
        told = await found_at(server.address, **keys)
    text = msgspec.json.encode(told).decode()
    assert SECRET not in text
    assert server.address not in text
    return told, [heard.target.partition("?")[2] for heard in server.heard]


async def test_a_source_as_it_should_be() -> None:
    told, asked = await found(listing(invoices()))
    assert asked == ["page=1&pageSize=1", "page=1&pageSize=100"]
    assert (told.ok, told.message, told.code, told.calls) == (True, "answers", None, 2)
    assert told.warnings == ()
    (listed,) = told.lists
    assert (listed.kind, listed.rows, listed.total) == ("invoices", 100, 150)
    assert (listed.order, listed.shows_order) == ("created_at_desc", "created_at_desc")
    assert (listed.page_size, listed.shows_page_size) == (100, None)


@pytest.mark.parametrize("rows", [0, 1])
async def test_a_list_that_is_known_is_not_asked_for_again(rows: int) -> None:
    told, asked = await found(listing(invoices(rows)))
    assert len(asked) == told.calls == 1
    assert told.ok


async def test_an_upstream_that_lists_the_other_way_round() -> None:
    told, _ = await found(listing(invoices()[::-1]))
    assert told.ok
    assert told.warnings == ("invoices: configured created_at_desc, shows created_at_asc",)
    told, _ = await found(listing(invoices()[::-1]), order="created_at_asc")
    assert told.warnings == ()


async def test_an_upstream_of_small_pages() -> None:
    told, _ = await found(listing(invoices(), largest=20))
    assert told.warnings == ("invoices: gives 20 rows where 100 are configured",)
    told, asked = await found(listing(invoices(), largest=20), page_size=20)
    assert (told.warnings, asked[-1]) == ((), "page=1&pageSize=20")


@pytest.mark.parametrize(("seconds", "words"), [(3600, "ahead of"), (-3600, "behind")])
async def test_a_wrong_clock(seconds: int, words: str) -> None:
    shown = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    told, _ = await found(listing(invoices(), 100, f"Date: {shown}"))
    assert told.ok
    assert told.clock_skew_seconds == pytest.approx(seconds, abs=30)
    (warning,) = told.warnings
    assert f" s {words} this machine's" in warning


@pytest.mark.parametrize("header", ["Date: noon", "Server: none"])
async def test_a_clock_that_is_not_told(header: str) -> None:
    told, _ = await found(listing(invoices(), 100, header))
    assert (told.ok, told.clock_skew_seconds, told.warnings) == (True, None, ())


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (saying(http(b"", 401)), "UPSTREAM_UNAUTHORIZED"),
        (saying(http(b"<h1>hello</h1>")), "UPSTREAM_MALFORMED"),
        (saying(http(b"", 429, "Retry-After: 60")), "UPSTREAM_RATE_LIMITED"),
        (saying(http(b"", 503)), "UPSTREAM_UNAVAILABLE"),
        (saying(http(b"", 302, "Location: /login")), "UPSTREAM_REJECTED"),
    ],
)
async def test_a_failure_is_told_with_its_code_after_one_call(answer: Answer, code: str) -> None:
    told, asked = await found(answer)
    assert (told.ok, told.code, told.calls, len(asked)) == (False, code, 1, 1)
    assert told.message.startswith(f"{code}: ")
    assert told.lists == ()


async def test_one_that_hangs() -> None:
    told, _ = await found(hung, timeout_seconds=0.2)
    assert (told.ok, told.code) == (False, "UPSTREAM_TIMEOUT")


async def test_one_that_is_not_there() -> None:
    told = await found_at(f"http://127.0.0.1:{free_port()}")
    assert told.code == "UPSTREAM_UNAVAILABLE"
    assert told.message.endswith("; its host refuses the connection")


async def test_rows_that_no_list_can_hold() -> None:
    told, _ = await found(listing([row(1, created_at="noon"), row(2)]))
    assert (told.ok, told.code) == (False, "UPSTREAM_MALFORMED")
    assert "results[0].created_at" in told.message
    told, _ = await found(listing([row(2), {"id": ""}]))
    assert (told.ok, told.code) == (False, "UPSTREAM_MALFORMED")
    assert "results[1].id" in told.message


async def test_fields_that_are_not_as_documented() -> None:
    told, _ = await found(listing([row(2), row(1, total="many", status="asleep")]))
    assert told.ok
    assert told.warnings == (
        "invoices: not as documented, so UPSTREAM_MALFORMED: total",
        "invoices: words that are shown as UNKNOWN: status",
    )
