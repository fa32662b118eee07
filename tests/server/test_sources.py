"""The accounts are open for as long as they are used, each by itself."""

from typing import cast

from providers.transport import Transport
from server.sources import open_sources
from tests.conftest import Yume, settings, source


async def test_sources_are_open_until_the_context_ends(still_yume: Yume) -> None:
    async with open_sources(settings(source(still_yume), source(still_yume, "second"))) as opened:
        assert [each.name for each in opened] == ["rental", "second"]
        sessions = [cast(Transport, each._channel._link)._session for each in opened]
        assert len({id(session) for session in sessions}) == 2
        assert not any(session is None or session.closed for session in sessions)
    assert all(session is not None and session.closed for session in sessions)
