"""What looks like a secret is masked, what does not is left."""

from typing import Any

import pytest

from server.telemetry import redaction
from server.telemetry.redaction import (
    LONGEST,
    MASK,
    SENSITIVE,
    Redaction,
    redacted,
    secrets_of,
)
from tests.conftest import settings

CARD = "4111111111111111"


@pytest.mark.parametrize(
    "secret",
    [
        CARD,
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "411111******1111",
        "4111 11** **** 1111",
        "4111XXXXXXXX1111",
        "Bearer abc.def-123",
        "bearer abc",
        "Basic dXNlcjpwYXNz",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln",
        'token="abc123"',
        "X-Yandex-Key: 0123abc",
        "password=hunter2",
        "redis://user:hunter2@127.0.0.1",
        "anna.de.vries@example.nl",
        "+31 6 1234 5678",
        "+7 (912) 345-67-89",
    ],
)
def test_secrets(secret: str) -> None:
    shown = redacted(f"before {secret} after")
    assert MASK in shown
    assert shown.startswith("before ")
    assert shown.endswith("after")
    kept = [part for part in secret.replace('"', " ").split() if part in shown.split()]
    assert kept in ([], ["Bearer"], ["X-Yandex-Key:"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "query InvoicesOfAMonth",
        "2026-11-21T15:17:23.272192Z",
        "server/endpoint.py:203 results",
        "12345.67 RUB",
        "the provider refused the request (HTTP 429)",
        "127.0.0.1:8000",
        "sber-main, yume-rental",
    ],
)
def test_what_is_none(text: str) -> None:
    assert redacted(text) == text


class Counted:
    """The patterns; notes how much they are given to search."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def sub(self, mask: str, text: str) -> str:
        self.sizes.append(len(text))
        return SENSITIVE.sub(mask, text)


@pytest.mark.parametrize("part", ["a", "+1", "eyJ", "a://", "a:", "1 ", "bearer ", "a@", "key ="])
def test_however_long_a_text_is_its_search_has_an_end(
    monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """What is searched is never longer than LONGEST, whoever asks."""
    counted = Counted()
    monkeypatch.setattr(redaction, "SENSITIVE", counted)
    for count in (10, 10**3, 10**6):
        text = part * count
        assert len(redacted(text)) <= LONGEST
        shown = Redaction(["a secret of ours"])({"event": text, "list": [text]})
        assert len(shown["event"]) == len(shown["list"][0]) <= LONGEST
    assert max(counted.sizes) == LONGEST


@pytest.mark.parametrize("at", range(LONGEST - 24, LONGEST + 1))
@pytest.mark.parametrize("secret", [CARD, "4111 1111 1111 1111", "anna.de.vries@example.nl"])
def test_no_half_of_a_secret_is_left_where_a_text_is_cut(secret: str, at: int) -> None:
    shown = redacted("x " * (at // 2) + " " * (at % 2) + secret + " after" * 100)
    assert shown.endswith("...")
    assert not set("4annde") & set(shown)


def test_long_names_and_tokens_are_masked_none_the_less() -> None:
    assert MASK in redacted(f"eyJ{'a' * 400}.b.c")
    assert "@" not in redacted(f"{'a' * 300}@example.nl")


def test_credentials_of_the_configuration_are_masked_wherever_they_are() -> None:
    keys = {"provider": "yume", "base_url": "http://127.0.0.1:1", "name": "a"}
    chosen = settings({**keys, "token": "correct horse"}, cursor_secret="battery staple")
    masked = Redaction(secrets_of(chosen))
    line: Any = {"a": ["x correct horse", {"b": "battery staple!"}], "n": 5, "f": None}
    assert masked(line) == {"a": ["x ***", {"b": "***!"}], "n": 5, "f": None}


def test_short_words_are_no_secrets() -> None:
    assert Redaction(["ru"])("true") == "true"
