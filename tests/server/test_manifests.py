"""Manifests, as the clients' tools write them."""

import json

import pytest

from server.manifests import read_manifest


def test_code_generator_and_relay() -> None:
    assert read_manifest(b'{"a1": "query A { a }", "b2": "query B { b }"}') == {
        "a1": "query A { a }",
        "b2": "query B { b }",
    }


def test_apollo() -> None:
    operation = {"id": "a1", "name": "A", "type": "query", "body": "query A { a }"}
    manifest = {
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [operation],
    }
    assert read_manifest(json.dumps(manifest).encode()) == {"a1": "query A { a }"}


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"[]", b"null", b'{"a": 1}', b'{"a": {"b": "c"}}', b"\xff", b"[" * 10_000),
        b'{"format": "apollo-persisted-query-manifest"}',
    ],
)
def test_anything_else(text: bytes) -> None:
    with pytest.raises(ValueError, match="no manifest"):
        read_manifest(text)
