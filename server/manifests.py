"""Manifests of trusted documents, in the formats that the clients' tools write.

GraphQL Code Generator's client preset and Relay write one object of ids and documents, Apollo a
list of operations.
"""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct


class _Operation(Struct):
    id: str
    body: str


class _Apollo(Struct, tag_field="format", tag="apollo-persisted-query-manifest"):
    operations: Sequence[_Operation]


def read_manifest(text: bytes) -> Mapping[str, str]:
    """The documents of a manifest by their ids. Raises ValueError for anything else."""
    try:
        if b'"apollo-persisted-query-manifest"' in text:
            manifest = msgspec.json.decode(text, type=_Apollo)
            return {each.id: each.body for each in manifest.operations}
        return msgspec.json.decode(text, type=dict[str, str])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError("which is no manifest: ids and documents in a JSON object") from None
