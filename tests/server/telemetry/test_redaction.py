"""What looks like a secret is masked, what does not is left."""

from typing import Any

import pytest

from server.telemetry.redaction import MASK, Redaction, redacted, secrets_of
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


def test_credentials_of_the_configuration_are_masked_wherever_they_are() -> None:
    keys = {"provider": "yume", "base_url": "http://127.0.0.1:1", "name": "a"}
    chosen = settings({**keys, "token": "correct horse"}, cursor_secret="battery staple")
    redaction = Redaction(secrets_of(chosen))
    line: Any = {"a": ["x correct horse", {"b": "battery staple!"}], "n": 5, "f": None}
    assert redaction(line) == {"a": ["x ***", {"b": "***!"}], "n": 5, "f": None}


def test_short_words_are_no_secrets() -> None:
    assert Redaction(["ru"])("true") == "true"
