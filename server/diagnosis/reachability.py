"""Whether a connection to an address comes about, and for how long its certificate is good.

A connection of its own, without a request: the transport says only that an upstream cannot be
reached, since what it says is shown to clients.
"""

import asyncio
import socket
import ssl
import time
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from server.listening import is_loopback

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
    """Why there is no connection, if so, and how many days the certificate is still good."""

    problem: str | None = None
    certificate_days: float | None = None

    @property
    def warning(self) -> str | None:
        """What will be a problem soon."""
        if self.certificate_days is None or self.certificate_days >= FEW_DAYS:
            return None
        return f"its TLS certificate ends in {self.certificate_days:.0f} days"


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
    certificate: dict[str, Any] = writer.get_extra_info("peercert") or {}
    writer.close()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(1):
            await writer.wait_closed()
    if "notAfter" not in certificate:
        return Reached()
    left = ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time()
    return Reached(certificate_days=round(left / _DAY, 1))


def in_the_clear(url: str) -> bool:
    """Whether credentials that are sent to an address can be read on the way."""
    parts = urlsplit(url)
    return parts.scheme.lower() == "http" and not is_loopback(parts.hostname or "")


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
