"""Asks one source what can be known of it before anybody is served.

It is asked for one row of each of its lists, and where there are more for one page of the
configured size. Nothing is tried again, so at most two calls a list.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from time import monotonic

from providers.answers import Answer
from providers.client import Probe, Source
from providers.errors import UpstreamError
from providers.wire import Request
from server.diagnosis.lists import list_found, warnings
from server.diagnosis.reachability import Reached, reached
from server.diagnosis.report import ListFound, SourceFound
from server.settings import SourceSettings

SKEW_SECONDS = 5
_HALF = 0.5  # a Date header is cut to the second


async def source_found(source: Source, settings: SourceSettings) -> SourceFound:
    """How the source does. Never raises UpstreamError: that is what it tells."""
    connecting = asyncio.create_task(reached(settings.base_url))
    asked = _Asked(source, settings.page_size)
    try:
        for kind in _kinds(source):
            await asked.about(kind)
    except UpstreamError as error:
        asked.error = error
    return _told(asked, settings, await connecting)


class _Asked:
    """What was asked of a source, and what came of it."""

    def __init__(self, source: Source, page_size: int) -> None:
        self.source, self._page_size = source, page_size
        self.calls = 0
        self.error: UpstreamError | None = None
        self.lists: list[ListFound] = []
        self.milliseconds: int | None = None
        self.skew: float | None = None

    async def about(self, kind: str) -> None:
        """Asks for a row, then for a page. Raises UpstreamError."""
        probe = await self._probe(kind, 1)
        if _is_part(probe) and self._page_size > 1:
            probe = await self._probe(kind, self._page_size)
        self.lists.append(list_found(self.source, kind, probe, self._page_size))

    async def _probe(self, kind: str, rows: int) -> Probe:
        self.calls += 1
        begun = monotonic()
        probe = await self.source.probe(kind, rows)
        if self.milliseconds is None:
            self.milliseconds = round((monotonic() - begun) * 1000)
            self.skew = _skew(probe.answer)
        return probe


def _kinds(source: Source) -> Sequence[str]:
    """The kinds of rows that are in lists of their own: some providers show one list as two."""
    first: dict[Request, str] = {}
    for kind in source.spec.listings:
        first.setdefault(source.everything(kind), kind)
    return list(first.values())


def _is_part(probe: Probe) -> bool:
    """Whether more rows would come if more were asked for."""
    page, piece = probe.page, probe.piece
    ends = page.more is False or (page.total is not None and page.total <= len(page.rows))
    return piece is not None and len(page.rows) > 0 and not ends


def _skew(answer: Answer) -> float | None:
    """How many seconds the upstream's clock is ahead of ours; None where it does not tell."""
    try:
        theirs = parsedate_to_datetime(answer.response.headers["Date"])
    except (KeyError, ValueError, OverflowError):
        return None
    ahead = theirs.replace(tzinfo=theirs.tzinfo or UTC) - answer.fetched_at
    return round(ahead.total_seconds() + _HALF, 1)


def _told(asked: _Asked, settings: SourceSettings, connected: Reached) -> SourceFound:
    error = asked.error
    return SourceFound(
        name=settings.name,
        provider=settings.provider,
        ok=error is None,
        message="answers" if error is None else _message(error, connected),
        code=None if error is None else error.code,
        calls=asked.calls,
        milliseconds=asked.milliseconds,
        clock_skew_seconds=asked.skew,
        certificate_days=connected.certificate_days,
        lists=tuple(asked.lists),
        warnings=tuple(_warnings(asked, connected)),
    )


def _message(error: UpstreamError, connected: Reached) -> str:
    why = f"; {connected.problem}" if connected.problem else ""
    return f"{error.code}: {error.reason}{why}"


def _warnings(asked: _Asked, connected: Reached) -> Iterator[str]:
    yield from connected.warnings
    if asked.skew is not None and abs(asked.skew) > SKEW_SECONDS:
        side = "ahead of" if asked.skew > 0 else "behind"
        yield f"its clock is {abs(asked.skew):.0f} s {side} this machine's"
    for found in asked.lists:
        yield from warnings(found)
