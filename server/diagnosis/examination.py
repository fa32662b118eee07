"""Examines all that a configuration names, everything at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import msgspec

from server.diagnosis.report import Report
from server.diagnosis.services import issuer_found, store_found
from server.diagnosis.sources import source_found
from server.settings import SHORT_SECRET, CacheSettings, Settings
from server.sources import open_sources

T = TypeVar("T")


def remarks(settings: Settings) -> Iterator[str]:
    """What is allowed in a configuration, but seldom meant."""
    secret = settings.server.cursor_secret
    if secret is None:
        yield "server.cursor_secret is not set: cursors end with the process that made them"
    elif len(secret) < SHORT_SECRET:
        yield f"server.cursor_secret is short: take {SHORT_SECRET} random characters or more"


def steps(settings: Settings) -> int:
    """How many things will be asked."""
    auth = settings.auth
    return len(settings.sources) + len(auth.issuers if auth else ()) + bool(settings.cache.url)


async def examined(file: str, settings: Settings, done: Callable[[], None]) -> Report:
    """What all that is configured says; `done` is called after each of the steps."""

    async def step(asked: Awaitable[T]) -> T:
        try:
            return await asked
        finally:
            done()

    issuers = settings.auth.issuers if settings.auth else ()
    services = [step(issuer_found(issuer)) for issuer in issuers]
    if settings.cache.url:
        services.append(step(store_found(settings.cache.url)))
    async with open_sources(_plain(settings)) as sources:
        pairs = zip(sources, settings.sources, strict=True)
        answers = asyncio.gather(*(step(source_found(*pair)) for pair in pairs))
        others = asyncio.gather(*services)
        sources_found, services_found = await answers, await others
    return Report(
        file=file,
        ok=all(each.ok for each in sources_found) and all(each.ok for each in services_found),
        warnings=tuple(remarks(settings)),
        sources=tuple(sources_found),
        services=tuple(services_found),
    )


def _plain(settings: Settings) -> Settings:
    """The same sources without what would hide how they answer: retries and a cache."""
    plain = {"retries": 0, "cache_seconds": 0, "refresh_seconds": 0, "stale_seconds": 0}
    sources = tuple(msgspec.structs.replace(each, **plain) for each in settings.sources)
    return msgspec.structs.replace(settings, sources=sources, cache=CacheSettings())
