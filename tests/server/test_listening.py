"""Where the server may listen."""

import socket
from typing import Any

import pytest

from server.listening import ListenError, address_of, bound, loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1"])
def test_loopback(host: str) -> None:
    assert loopback(host) == host


def test_of_a_name_that_is_bound_which_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolved(*_: Any) -> Any:
        return [(socket.AF_INET6, 1, 6, "", ("::1", 0)), (socket.AF_INET, 1, 6, "", (known, 0))]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    known = "127.0.0.3"
    assert loopback("a.name") == "127.0.0.3"
    known = "192.0.2.1"
    assert loopback("a.name") is None


def test_localhost() -> None:
    assert loopback("localhost") in ("127.0.0.1", "::1")


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "", "192.0.2.1", "2001:db8::1", "10.0.0.1", "nowhere.invalid", "a" * 300],
)
def test_beyond_this_machine(host: str) -> None:
    assert loopback(host) is None


def test_bound() -> None:
    with bound("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        assert address_of(listener) == f"http://127.0.0.1:{port}"


def test_a_taken_port_and_a_foreign_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ListenError, match=f"Port {port} of 127.0.0.1 is in use"):
            bound("127.0.0.1", port)
    with pytest.raises(ListenError, match=r"Cannot listen at 192\.0\.2\.1"):
        bound("192.0.2.1", 0)
