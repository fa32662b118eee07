"""The configured accounts, put together: each with its connections, its policy and its cache."""

from collections.abc import AsyncIterator, Sequence, Set
from contextlib import AsyncExitStack, asynccontextmanager

from providers import REGISTRY
from providers.answers import Freshness
from providers.base import Account
from providers.cache import AccountCache, Cache, MemoryCache, account_digest
from providers.channel import Policy
from providers.client import Source
from providers.pace import LocalPace, Pace
from providers.transport import Transport
from server.redis_pool import closing, pool
from server.settings import Settings, SourceSettings
from server.shared import SharedCache, SharedPace, Store
from server.telemetry.watching import Telemetry


@asynccontextmanager
async def open_sources(
    settings: Settings, telemetry: Telemetry | None = None
) -> AsyncIterator[tuple[Source, ...]]:
    """The configured accounts, ready to be asked; their connections end with the context."""
    told = telemetry or Telemetry()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(told.opened())
        connections = pool(settings.cache.url)
        await stack.enter_async_context(closing(connections))
        store = None if connections is None else Store(connections)
        cache = MemoryCache(settings.cache.max_bytes) if store is None else SharedCache(store)
        settled = _settled(settings.sources)
        yield tuple(
            [
                await _open(each, each.name in settled, stack, cache, store, told)
                for each in settings.sources
            ]
        )


async def _open(
    settings: SourceSettings,
    settled: bool,
    stack: AsyncExitStack,
    cache: Cache,
    store: Store | None,
    telemetry: Telemetry,
) -> Source:
    spec = REGISTRY[settings.provider]
    headers = spec.sign(settings.credentials)
    account = account_digest(settings.base_url, headers)
    link = Transport(settings.base_url, headers, telemetry.outgoing)
    return Source(
        spec,
        Account(settings.name, settings.credentials, settings.time_zone),
        await stack.enter_async_context(link),
        order=settings.direction,
        page_size=settings.page_size,
        settles=settings.settles,
        settles_by=settings.settles_by,
        settled=settled,
        policy=Policy(
            timeout=settings.timeout_seconds,
            concurrency=settings.max_concurrency,
            pace=_pace(settings.requests_per_second, account, store),
            retries=settings.retries,
            breaker_failures=settings.breaker_failures,
            breaker_seconds=settings.breaker_seconds,
        ),
        freshness=Freshness(
            settings.cache_seconds, settings.refresh_seconds, settings.stale_seconds
        ),
        cache=AccountCache(cache, account),
        observer=telemetry.observer(settings),
    )


def _settled(sources: Sequence[SourceSettings]) -> Set[str]:
    """The names of the sources whose invoices payments of others, or of their own, may settle."""
    paying = (each for each in sources if "payments" in REGISTRY[each.provider].listings)
    return {name for each in paying for name in each.settles}


def _pace(per_second: float | None, account: str, store: Store | None) -> Pace | None:
    if per_second is None:
        return None
    return LocalPace(per_second) if store is None else SharedPace(store, account, per_second)
