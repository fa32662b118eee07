"""Global ids: type, source, what finds the row again, and the provider's own id, in one text."""

import re
from base64 import b64decode
from binascii import b2a_base64
from typing import Any, NamedTuple

from providers.inlining import Inline
from resolvers.errors import UserInputError

_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class GlobalId(NamedTuple):
    """What a global id says. A Source has neither hint nor provider's id."""

    typename: str
    source: str
    hint: str = ""
    provider_id: str = ""

    def __str__(self) -> str:
        return _sealed(self)


def _sealed(parts: tuple[str, ...]) -> str:
    text = b2a_base64(":".join(parts).encode(), newline=False)
    return text.translate(_URL_SAFE).rstrip(b"=").decode()


def global_id(node: Any) -> str:
    """The global id of a record or of a source."""
    if node.typename == "Source":
        return str(GlobalId("Source", node.name))
    return _sealed((node.typename, node.source.name, node.hint or "", node.key_id))


GLOBAL_ID = Inline(
    "{sealed}(({typename}, {source}.name, {hint} or '', {key_id}))", {"sealed": _sealed}, str
)
"""The same of a record, in place."""


def parse(text: str, argument: str) -> GlobalId:
    """The parts of a global id. Raises UserInputError, naming the argument, for any other text."""
    try:
        raw = b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True).decode()
        parts = GlobalId(*raw.split(":", 3))
    except (ValueError, TypeError):
        raise _malformed(argument) from None
    own = bool(parts.provider_id) or bool(parts.hint)
    named = not own if parts.typename == "Source" else bool(parts.provider_id)
    if str(parts) != text or not named or not _SOURCE.fullmatch(parts.source):
        raise _malformed(argument)
    return parts


def _malformed(argument: str) -> UserInputError:
    return UserInputError(f"{argument}: this is not an id of this graph")
