"""The tree of errors is as drawn and says what clients are promised."""

import re

import pytest

from providers import errors
from providers.errors import RateLimitedError, UnavailableError, UpstreamError

DRAWN = re.findall(r"[├└]── (\w+) +([A-Z_]+) +(.*)", errors.__doc__ or "")
RETRYABLE = {"UPSTREAM_UNAVAILABLE", "UPSTREAM_TIMEOUT", "UPSTREAM_RATE_LIMITED"}
CODES = RETRYABLE | {
    "UPSTREAM_UNAUTHORIZED",
    "UPSTREAM_REJECTED",
    "UPSTREAM_MALFORMED",
    "UPSTREAM_UNORDERED",
    "READ_LIMIT_EXCEEDED",
}
KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, UpstreamError) and kind is not UpstreamError
]


def test_tree_is_as_drawn() -> None:
    drawn = {(name, code, text.endswith("retryable")) for name, code, text in DRAWN}
    assert drawn == {(kind.__name__, kind.code, kind.retryable) for kind in KINDS}


def test_codes_are_those_of_the_contract() -> None:
    assert {kind.code for kind in KINDS} == CODES
    assert len(KINDS) == len(CODES), "two errors share a code"


def test_only_what_may_succeed_later_is_retryable() -> None:
    assert {kind.code for kind in KINDS if kind.retryable} == RETRYABLE


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_is_an_upstream_error_of_its_own_words(kind: type[UpstreamError]) -> None:
    assert kind.__bases__ == (UpstreamError,)
    assert kind.__doc__ != UpstreamError.__doc__


def test_extensions() -> None:
    error = RateLimitedError(
        "slower", http_status=429, provider_code="TooManyRequests", retry_after_seconds=1.5
    ).attributed("main", "YUME")
    assert error.extensions == {
        "code": "UPSTREAM_RATE_LIMITED",
        "source": "main",
        "provider": "YUME",
        "retryable": True,
        "retryAfterSeconds": 1.5,
        "httpStatus": 429,
        "providerCode": "TooManyRequests",
    }


def test_extensions_without_particulars() -> None:
    shown = UnavailableError("no connection").extensions
    assert {name for name, value in shown.items() if value is not None} == {"code", "retryable"}


def test_message_names_the_source_once_it_is_known() -> None:
    error = UnavailableError("no connection")
    assert (error.message, str(error)) == ("no connection", "no connection")
    assert error.attributed("main", "YUME") is error
    assert (error.message, str(error)) == ("main: no connection", "main: no connection")
    assert error.reason == "no connection"
