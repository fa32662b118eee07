"""All that is configured is examined at once, and one thing that fails hides no other."""

import asyncio
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from sandbox.configuration import toml
from server.diagnosis.examination import examined, remarks, steps
from tests.conftest import Whole
from tests.programs import free_port
from tests.providers.servers import Server, http, saying
from tests.server.diagnosis.upstreams import hung, invoices, listing, settings_of, source_at

LONG = "a-secret-of-thirty-two-characters-or-more"
SECRET = f'[server]\ncursor_secret = "{LONG}"\n'


def nothing() -> None:
    """Who does not watch the steps."""


def nowhere() -> str:
    return f"127.0.0.1:{free_port()}"


async def test_everything_well() -> None:
    async with Server(listing(invoices())) as server:
        report = await examined("x.toml", settings_of(SECRET, source_at(server.address)), nothing)
    assert (report.file, report.ok, report.mistakes, report.warnings) == ("x.toml", True, (), ())
    assert [source.message for source in report.sources] == ["answers"]
    assert report.services == ()


async def test_failures_stay_apart_and_each_step_is_told() -> None:
    issuer = '[[auth.issuers]]\nissuer = "id"\naudience = "p"\nalgorithms = ["RS256"]\n'
    done: list[int] = []
    async with Server(listing(invoices())) as well, Server(hung) as away:
        settings = settings_of(
            SECRET,
            f'[cache]\nurl = "redis://{nowhere()}"',
            f'{issuer}jwks_url = "http://{nowhere()}"',
            source_at(well.address, name="well", cache_seconds=60),
            source_at(away.address, name="away", timeout_seconds=0.2),
        )
        report = await examined("x.toml", settings, lambda: done.append(1))
    assert not report.ok
    assert [(each.name, each.ok) for each in report.sources] == [("well", True), ("away", False)]
    assert [(each.name, each.ok) for each in report.services] == [("id", False), ("cache", False)]
    assert len(done) == steps(settings) == 4


@pytest.mark.parametrize("services_fail", [True, False])
async def test_one_failure_is_enough(services_fail: bool) -> None:
    cache = f'[cache]\nurl = "redis://{nowhere()}"' if services_fail else ""
    async with Server(listing(invoices()) if services_fail else saying(http(b"", 401))) as server:
        settings = settings_of(SECRET, cache, source_at(server.address))
        assert not (await examined("x.toml", settings, nothing)).ok


async def test_nothing_is_tried_again() -> None:
    async with Server(saying(http(b"", 503))) as server:
        await examined("x.toml", settings_of(SECRET, source_at(server.address, retries=5)), nothing)
    assert len(server.heard) == 1


def test_what_is_seldom_meant_is_remarked_upon() -> None:
    (unset,) = remarks(settings_of(""))
    assert unset.startswith("server.cursor_secret is not set")
    (short,) = remarks(settings_of('[server]\ncursor_secret = "s3cret"'))
    assert short.startswith("server.cursor_secret is short")
    assert "s3cret" not in short
    assert list(remarks(settings_of(SECRET))) == []


ROWS = """{
  invoices(first: 100, filter: { sources: ["sber-main"] }) { nodes { raw } }
  payments(first: 100, filter: { sources: ["goed-payments"] }, orderBy: CREATED_AT_ASC) {
    nodes { raw }
  }
}"""


def texts(value: Any) -> Iterator[str]:
    """All texts and numbers in a JSON value."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def test_the_sandbox_is_well_asked_little_and_none_of_its_values_are_told(whole: Whole) -> None:
    address = str(whole.sandbox.base_url).rstrip("/")
    with whole.counted() as calls:
        report = asyncio.run(examined("x.toml", settings_of(SECRET, toml(address)), nothing))
    assert report.ok
    assert dict(calls) == {source.provider: source.calls for source in report.sources}
    assert max(calls.values()) <= 2
    told = msgspec.json.encode(report).decode()
    data = whole.graph.data(ROWS)
    values = {text for text in texts(data) if len(text) > 5} - {"refunded"}  # it names a field, too
    assert len(values) > 1000
    assert [value for value in values if f'"{value}"' in told or f" {value}" in told] == []
