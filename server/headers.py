"""The headers of a request, each looked for when it is wanted."""

from collections.abc import MutableMapping
from typing import Any


def header(scope: MutableMapping[str, Any], name: bytes) -> str | None:
    """The header of that name, which is in lower case; several are one list (RFC 9110, 5.3)."""
    found: list[bytes] = [value for key, value in scope["headers"] if key == name]
    return b", ".join(found).decode("latin-1") if found else None
