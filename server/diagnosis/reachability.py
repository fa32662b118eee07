"""Whether a connection to an address comes about, and for how long its certificate is good.

A connection of its own, without a request: the transport says only that an upstream cannot be
reached, since what it says is shown to clients.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urlsplit

CONNECT_SECONDS = 5
FEW_DAYS = 21
_DAY = 86_400
_CERTIFICATES = {  # by OpenSSL's numbers; its own words may name the host
    9: "is not good yet: is this machine's clock right?",
    10: "has expired",
    18: "is signed by itself",
    19: "is signed by an authority that this machine does not trust",
    20: "is signed by an authority that this machine does not trust",
    62: "is that of another host",
    64: "is that of another address",
}


class Reached(NamedTuple):
    """Why there is no connection, if so, and what is to be said of the one that there is."""

    problem: str | None = None
    certificate_days: float | None = None
    readable: bool = False

    @property
    def warnings(self) -> Iterator[str]:
        """What is wrong without hindering the connection, or soon will be."""
        if self.readable:
            yield "it is asked by plain http: credentials can be read on the way"
        if self.certificate_days is not None and self.certificate_days < FEW_DAYS:
            yield f"its TLS certificate ends in {self.certificate_days:.0f} days"


async def reached(url: str) -> Reached:
    """What comes of connecting to an http or https address."""
    parts = urlsplit(url)
    secure = parts.scheme.lower() == "https"
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(
                parts.hostname,
                parts.port or (443 if secure else 80),
                ssl=_trusting() if secure else None,
            )
    except (OSError, TimeoutError, UnicodeError) as error:
        return Reached(_problem(error))
    peer = writer.get_extra_info("peername")[0]
    certificate: dict[str, Any] | None = writer.get_extra_info("peercert")
    writer.close()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(1):
            await writer.wait_closed()
    days = _days_left(certificate) if certificate else None
    return Reached(certificate_days=days, readable=not secure and is_elsewhere(peer))


def is_elsewhere(peer: str) -> bool:
    """Whether what is sent to an address leaves this machine."""
    return not ip_address(peer.partition("%")[0]).is_loopback


def _days_left(certificate: dict[str, Any]) -> float:
    left = ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time()
    return round(left / _DAY, 1)


@cache
def _trusting() -> ssl.SSLContext:
    """Trusts what the transport trusts: the machine's authorities, or those of SSL_CERT_FILE."""
    return ssl.create_default_context()


def _problem(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = _CERTIFICATES.get(error.verify_code, "is not trusted")
        return f"its TLS certificate {reason}"
    if isinstance(error, ssl.SSLError):
        return "it does not speak TLS as it should"
    if isinstance(error, socket.gaierror | UnicodeError):
        return "the name of its host is not known here"
    if isinstance(error, ConnectionRefusedError):
        return "its host refuses the connection"
    if isinstance(error, TimeoutError):
        return f"no connection within {CONNECT_SECONDS} s"
    return "no way leads to its host"
