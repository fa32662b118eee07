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
LONGEST = 512  # of a text that is searched; the rest is not told
CUT = 64  # so much of the end of one that is cut is not told either: it may be half a secret
SENSITIVE = re.compile(
    r"""
      (?:bearer|basic)\s++[^\s"',;]+
    | eyJ[\w-]{1,512}+\.[\w-]*\.?[\w-]*                    # a token
    | (?:token|key|secret|password|authorization)["']?\s{0,9}+[=:]\s{0,9}+["']?[^\s"',;}\]]+
    | \w{1,32}+://[^\s/@:]{0,512}+:[^\s/@]{0,512}+@         # a password in an address
    | \d[ -]?\d{3}[ -]?\d{0,2}[*xX\u2022 ]{4,40}+\d{4}        # a masked card
    | \d(?:[ -]?\d){11,}                                   # a card, an account
    | \+\d[\d()\s-]{8,30}\d                                # a telephone
    | [\w.+-]{1,64}+@[\w-]{1,255}+\.[\w.-]+                 # an e-mail address
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What a match may still fail after is bounded and not gone back on (`++`): no text is looked at
again and again."""


def redacted(text: str) -> str:
    """The text without what looks like a secret, and no more of it than can be searched at once."""
    if len(text) <= LONGEST:
        return SENSITIVE.sub(MASK, text)
    return f"{SENSITIVE.sub(MASK, text[:LONGEST])[:-CUT]}..."


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
