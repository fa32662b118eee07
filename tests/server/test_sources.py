"""The accounts are open for as long as they are used, each by itself."""

from pathlib import Path
from typing import cast

import pytest

from providers.transport import Transport
from server.configuration import parse
from server.sources import open_sources
from tests.conftest import Yume, settings, source


async def test_sources_are_open_until_the_context_ends(still_yume: Yume) -> None:
    async with open_sources(settings(source(still_yume), source(still_yume, "second"))) as opened:
        assert [each.name for each in opened] == ["rental", "second"]
        sessions = [cast(Transport, each._channel._link)._session for each in opened]
        assert len({id(session) for session in sessions}) == 2
        assert not any(session is None or session.closed for session in sessions)
    assert all(session is not None and session.closed for session in sessions)


SHOPS = """
[[sources]]
name = "one"
provider = "smartpay"
token = "t"
{one}

[[sources]]
name = "two"
provider = "smartpay"
token = "t"

[[sources]]
name = "bills"
provider = "yume"
base_url = "http://127.0.0.1:1"
token = "t"
{bills}
"""


@pytest.mark.parametrize(
    ("one", "bills", "settled"),
    [
        ("", "", set()),
        ('settles = ["one"]', "", {"one"}),
        ('settles = ["bills", "two"]', "", {"bills", "two"}),
        ("", 'settles = ["one", "two"]', set()),  # it has no payments
    ],
)
async def test_a_source_knows_whether_any_payments_may_settle_its_invoices(
    one: str, bills: str, settled: set[str]
) -> None:
    configuration = parse(SHOPS.format(one=one, bills=bills), Path("pacioli.toml"), {})
    async with open_sources(configuration) as opened:
        assert {each.name for each in opened if each.settled} == settled
