"""Where the server may listen."""

import socket

import pytest

from server.listening import ListenError, address_of, bound, is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "", "192.0.2.1", "2001:db8::1", "10.0.0.1", "nowhere.invalid", "a" * 300],
)
def test_beyond_this_machine(host: str) -> None:
    assert not is_loopback(host)


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
