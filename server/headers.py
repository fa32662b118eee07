"""The headers of a request, each looked for when it is wanted."""

from collections.abc import MutableMapping
from typing import Any


def header(scope: MutableMapping[str, Any], name: bytes) -> str | None:
    """The first header of that name, which is in lower case."""
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1")
            return text
    return None
