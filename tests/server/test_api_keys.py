"""API keys: found by their hash only."""

from hashlib import sha256

import pytest

from resolvers.callers import Caller, Scope
from server.api_keys import ApiKeys, hashed
from server.settings import ApiKeySettings

KEYS = ApiKeys(
    [
        ApiKeySettings(name="all", hash=hashed("first"), scopes=(Scope.RAW,), sources=("*",)),
        ApiKeySettings(name="one", hash=hashed("second"), sources=("rental",)),
    ]
)


def test_a_hash_is_that_of_the_text() -> None:
    assert hashed("first") == f"sha256:{sha256(b'first').hexdigest()}"


def test_a_key_is_its_owners() -> None:
    first, second = KEYS.caller("first"), KEYS.caller("second")
    assert first is not None
    assert second is not None
    assert first == Caller("key all", frozenset({Scope.RAW}), None)
    assert second == Caller("key one", frozenset(), frozenset({"rental"}))


@pytest.mark.parametrize("key", ["", "third", "First", "first ", hashed("first"), "é", "\x00"])
def test_anything_else_is_nobodys(key: str) -> None:
    assert KEYS.caller(key) is None
