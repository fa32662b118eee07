"""Headers are found by their names."""

import pytest

from server.headers import header

SCOPE = {"headers": [(b"host", b"a"), (b"x-name", b"\xe9"), (b"host", b"b"), (b"empty", b"")]}


@pytest.mark.parametrize(
    ("name", "value"),
    [(b"host", "a, b"), (b"x-name", "\xe9"), (b"empty", ""), (b"hos", None), (b"Host", None)],
)
def test_all_of_a_name(name: bytes, value: str | None) -> None:
    assert header(SCOPE, name) == value
