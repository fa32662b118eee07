"""What must not be in what operators are told: credentials, tokens, cards, personal data.

Nothing of that kind is told on purpose. This is for texts of others: messages of libraries, names
that clients chose.
"""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from server.settings import Settings

MASK = "***"
SHORTEST = 8  # of what is a secret among the credentials; the others are words like "ru"
SENSITIVE = re.compile(
    r"""
      (?:bearer|basic)\s+[^\s"',;]+
    | eyJ[\w-]+\.[\w-]*\.?[\w-]*                           # a token
    | (?:token|key|secret|password|authorization)["']?\s*[=:]\s*["']?[^\s"',;}\]]+
    | \w+://[^\s/@:]*:[^\s/@]*@                             # a password in an address
    | \d[ -]?\d{3}[ -]?\d{0,2}[*xX\u2022 ]{4,}\d{4}           # a masked card
    | \d(?:[ -]?\d){11,}                                   # a card, an account
    | \+\d[\d()\s-]{8,}\d                                  # a telephone
    | [\w.+-]+@[\w-]+\.[\w.-]+                              # an e-mail address
    """,
    re.IGNORECASE | re.VERBOSE,
)


def redacted(text: str) -> str:
    """The text without what looks like a secret."""
    return SENSITIVE.sub(MASK, text)


class Redaction:
    """Masks what looks like a secret, and what is one by the configuration."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({each for each in secrets if len(each) >= SHORTEST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, value: Any) -> Any:
        """The value with all its texts masked."""
        if isinstance(value, str):
            text = value if self._known is None else self._known.sub(MASK, value)
            return redacted(text)
        if isinstance(value, dict):
            return {key: self(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self(each) for each in value]
        return value


def secrets_of(settings: Settings) -> Iterable[str]:
    """All credentials of a configuration."""
    yield from filter(None, (settings.server.cursor_secret, settings.cache.url))
    for source in settings.sources:
        values = msgspec.structs.astuple(source.credentials)
        yield from (value for value in values if isinstance(value, str))
