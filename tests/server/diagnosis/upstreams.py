"""Upstreams as operators meet them: a Yume that is as it should be, or wrong in one way."""

import asyncio
import json
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from server.configuration import parse
from server.settings import Settings
from tests.providers.servers import Answer, Heard, http

SECRET = "s3cret-of-a-source"
NEWEST = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
Row = dict[str, Any]


def row(number: int, **fields: Any) -> Row:
    """An invoice; the greater its number the newer it is."""
    created = NEWEST - timedelta(hours=1000 - number)
    usual = {"id": number, "status": "confirmed", "currency": "KZT", "total": "1.00"}
    return {**usual, "created_at": created.isoformat(), **fields}


def invoices(count: int = 150) -> Sequence[Row]:
    """So many, newest first."""
    return [row(number) for number in range(count, 0, -1)]


def listing(rows: Sequence[Row], largest: int = 100, *headers: str) -> Answer:
    """Pages over these rows, as they are, with so many at most in one of them."""

    async def answer(heard: Heard, writer: asyncio.StreamWriter) -> None:
        asked = parse_qs(urlsplit(heard.target).query)
        size = min(int(asked["pageSize"][0]), largest)
        start = (int(asked["page"][0]) - 1) * size
        more = "page" if start + size < len(rows) else None
        page = {"count": len(rows), "next": more, "results": rows[start : start + size]}
        writer.write(http(json.dumps(page).encode(), 200, *headers))

    return answer


async def hung(_: Heard, __: asyncio.StreamWriter) -> None:
    """Accepts, listens, and says nothing."""


def source_at(address: str, **keys: Any) -> str:
    """A [[sources]] table for such an upstream."""
    usual = {"name": "rental", "provider": "yume", "base_url": address, "token": SECRET}
    lines = (f"{key} = {json.dumps(value)}" for key, value in {**usual, **keys}.items())
    return "\n".join(("[[sources]]", *lines, ""))


def settings_of(*tables: str) -> Settings:
    return parse("\n".join(tables), Path("pacioli.toml"), {})


class Authority:
    """A certification authority that nobody knows, and what it signs for 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority")])
        certificate = self._signed(self._name, self._key, 3650, _SIGNING)
        self.file = folder / "authority.pem"
        self.file.write_bytes(certificate.public_bytes(Encoding.PEM))

    def context(self, days: float, address: str = "127.0.0.1") -> ssl.SSLContext:
        """TLS as a server speaks it, with a certificate that is good for so many more days."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
        certificate = self._signed(name, key, days, [(names, False)])
        file = self._folder / f"server-{days}-{address}.pem"
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _signed(
        self,
        name: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        days: float,
        extensions: Sequence[tuple[x509.ExtensionType, bool]],
    ) -> x509.Certificate:
        """A certificate that is also strict enough for Python 3.13."""
        now, issuer = datetime.now(UTC), self._key.public_key()
        builder = x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=name,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=(now - timedelta(days=400)).replace(tzinfo=None),
            not_valid_after=(now + timedelta(days=days)).replace(tzinfo=None),
        )
        identifiers = [
            (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
            (x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), False),
        ]
        for extension, critical in [*extensions, *identifiers]:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self._key, hashes.SHA256())


_SIGNING = (
    (x509.BasicConstraints(ca=True, path_length=0), True),
    (
        x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        ),
        True,
    ),
)
