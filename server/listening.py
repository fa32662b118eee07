"""Where the server listens: a port of its own, and beyond this machine only with a locked door."""

import errno
import socket
from ipaddress import ip_address

OPEN_DOOR = """\
Pacioli does not listen at {host} without [auth]: whoever reached it could read everything.
Write into {file} who may get in:

    [auth]
    [[auth.api_keys]]
    name = "frontend"
    hash = "sha256:..."   # what pacioli hash-key prints
    scopes = []
    sources = ["*"]

or tokens' issuers under [[auth.issuers]], or listen at 127.0.0.1, for this machine only."""


class ListenError(Exception):
    """An address that cannot be listened at; the message says why."""


def loopback(host: str) -> str | None:
    """The address that a host stands for, if a server there is reached from this machine only.

    It is this that has to be bound: asked a second time, a name may stand for another.
    """
    try:
        found = {str(each[4][0]) for each in socket.getaddrinfo(host, None)} if host else set()
    except (OSError, UnicodeError):
        return None
    if not all(ip_address(each).is_loopback for each in found):
        return None
    return min(found, key=lambda each: ":" in each, default=None)


def bound(host: str, port: int) -> socket.socket:
    """A socket with the port, not listening yet. Raises ListenError if the port is taken."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise ListenError(
                f"Port {port} of {host} is in use; choose another one with --port"
            ) from None
        raise ListenError(f"Cannot listen at {host}, port {port}: {error.strerror}") from None
    return listener


def address_of(listener: socket.socket) -> str:
    """Where a socket is bound, as an address for a browser."""
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
