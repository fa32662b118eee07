"""API keys: long random texts of which the configuration holds hashes only."""

import hmac
from collections.abc import Iterable
from hashlib import sha256

from resolvers.callers import Caller
from server.settings import ApiKeySettings


def hashed(key: str) -> str:
    """What the configuration says of a key.

    A plain hash will do: a key is not a password that people choose, so there is nothing to guess.
    """
    return f"sha256:{sha256(key.encode()).hexdigest()}"


class ApiKeys:
    """The keys that are accepted."""

    def __init__(self, keys: Iterable[ApiKeySettings]) -> None:
        self._callers = [(key.hash.encode(), _caller(key)) for key in keys]

    def caller(self, key: str) -> Caller | None:
        """Whose key it is. Takes as long for any key, right or wrong."""
        given = hashed(key).encode()
        found = [caller for known, caller in self._callers if hmac.compare_digest(known, given)]
        return found[0] if found else None


def _caller(key: ApiKeySettings) -> Caller:
    sources = None if "*" in key.sources else frozenset(key.sources)
    return Caller(f"key {key.name}", frozenset(key.scopes), sources)
