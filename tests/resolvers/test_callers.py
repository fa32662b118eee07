"""What callers may."""

import pytest

from resolvers.callers import NOBODY, RAW, TRUSTED, Caller, Scope
from resolvers.errors import ForbiddenError


def test_nobody_may_nothing() -> None:
    assert not any(NOBODY.may(scope) for scope in Scope)
    assert not NOBODY.reads("rental")


def test_the_trusted_may_everything() -> None:
    assert TRUSTED.may(*Scope)
    assert TRUSTED.reads("rental")


def test_raw_needs_what_it_holds() -> None:
    assert not Caller("a", frozenset({Scope.RAW})).may(*RAW)
    assert not Caller("a", frozenset({Scope.RAW, Scope.CARD})).may(*RAW)
    assert Caller("a", frozenset(RAW)).may(*RAW)


def test_sources_are_those_that_are_named() -> None:
    caller = Caller("a", sources=frozenset({"rental"}))
    assert caller.reads("rental")
    assert not caller.reads("rental2")
    assert not caller.reads("*")


def test_what_is_missing_is_named() -> None:
    caller = Caller("a", frozenset({Scope.RAW}))
    caller.demand(Scope.RAW, what="this")
    with pytest.raises(ForbiddenError) as caught:
        caller.demand(*RAW, what="raw")
    assert str(caught.value) == "raw needs the scope card:read, personal:read"
    assert caught.value.extensions == {"code": "FORBIDDEN"}
