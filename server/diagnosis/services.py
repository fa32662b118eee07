"""Asks what else the server needs: the store of `[cache]`, and the keys of `[auth]`'s issuers."""

import asyncio

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from providers.errors import UpstreamError
from providers.transport import Transport
from server.diagnosis.reachability import reached
from server.diagnosis.report import ServiceFound
from server.key_sets import Fetch, KeySetDocument, fetcher
from server.redis_pool import closing, pool
from server.settings import IssuerSettings

_STORE_SECONDS = 2


async def store_found(url: str) -> ServiceFound:
    """Whether the store answers."""
    connections = pool(url)
    async with closing(connections):
        try:
            async with asyncio.timeout(_STORE_SECONDS):
                await Redis(connection_pool=connections).ping()
        except (RedisError, OSError, TimeoutError, ValueError) as error:
            return ServiceFound(name="cache", ok=False, message=_store_problem(error))
    return ServiceFound(name="cache", ok=True, message="answers")


def _store_problem(error: Exception) -> str:
    """In words of ours: those of the library name the address."""
    kind = type(error).__name__.removesuffix("Error")
    return f"does not answer ({kind}); the server would run without it, each process by itself"


async def issuer_found(issuer: IssuerSettings) -> ServiceFound:
    """Whether the issuer publishes keys that its tokens could be signed with."""
    connecting = asyncio.create_task(reached(issuer.jwks_url))
    async with Transport(issuer.jwks_url, {}) as transport:
        ok, message = await _keys(fetcher(transport))
    connected = await connecting
    if connected.problem:
        message += f"; {connected.problem}"
    warnings = tuple(connected.warnings)
    return ServiceFound(name=issuer.issuer, ok=ok, message=message, warnings=warnings)


async def _keys(fetch: Fetch) -> tuple[bool, str]:
    try:
        keys = msgspec.json.decode(await fetch(), type=KeySetDocument).signing
    except UpstreamError as error:
        return False, error.reason.replace("provider", "issuer")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False, "what is at jwks_url is no key set"
    return bool(keys), f"keys to verify signatures with: {len(keys)}"
