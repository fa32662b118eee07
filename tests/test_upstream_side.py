"""What an upstream, or somebody who poses as one, cannot do to us."""

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from providers.errors import UnavailableError
from providers.transport import Transport
from providers.wire import Request
from tests.conftest import Stages, StartGraph, Yume, settings


def self_signed(folder: Path) -> ssl.SSLContext:
    """TLS as somebody has it who is not who he says."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (folder / "both.pem").write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context


@pytest.fixture
async def impostor(tmp_path: Path) -> AsyncIterator[tuple[str, list[bytes]]]:
    """The address of an upstream whose certificate nobody vouches for, and what it was told."""
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1000))
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=self_signed(tmp_path))
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", heard


async def test_an_impostor_is_told_nothing(impostor: tuple[str, list[bytes]]) -> None:
    address, heard = impostor
    headers = {"Authorization": "Bearer s3cr3t"}
    async with Transport(address, headers) as transport:
        with pytest.raises(UnavailableError):
            await transport.send(Request("GET", "/invoices/"), 5)
    assert not [each for each in heard if b"s3cr3t" in each]


DEEP = b'{"count": 1, "next": null, "results": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


def yume_at(address: str) -> dict[str, str]:
    return {"name": "rental", "provider": "yume", "base_url": address, "token": "s3cr3t"}


@pytest.mark.parametrize("body", [DEEP, b'{"count": ' + b"9" * 5000 + b"}", b"\xff\xfe", b"NaN"])
def test_a_malformed_answer_is_told_as_such(
    stages: Stages, start_graph: StartGraph, body: bytes
) -> None:
    app = Starlette(routes=[Route("/{path:path}", lambda _: Response(body))])
    with stages.show(app) as address:
        graph = start_graph(settings(yume_at(address)))
        error = graph.error("{ invoices(first: 1) { nodes { id } } }")
        assert error["extensions"]["code"] == "UPSTREAM_MALFORMED"
        assert graph.data("{ __typename }") == {"__typename": "Query"}


def test_a_redirect_takes_no_credential_along(
    stages: Stages, start_graph: StartGraph, still_yume: Yume
) -> None:
    target = f"{still_yume.base_url}/v1/billing/invoices/"
    app = Starlette(routes=[Route("/{path:path}", lambda _: RedirectResponse(target))])
    with stages.show(app) as address, still_yume.counted() as calls:
        error = start_graph(settings(yume_at(address))).error("{ invoices { nodes { id } } }")
    assert error["extensions"]["code"] == "UPSTREAM_REJECTED"
    assert calls == []


def test_a_foreign_next_link_is_not_followed(
    stages: Stages, start_graph: StartGraph, still_yume: Yume
) -> None:
    """Of a link only the page is taken; the address stays that of the configuration."""
    asked: list[str] = []
    foreign = f'"{still_yume.base_url}/v1/billing/invoices/?page=2"'
    body = f'{{"count": 3, "next": {foreign}, "previous": null, "results": []}}'.encode()

    async def answer(request: object) -> Response:
        asked.append(str(request))
        return Response(body, media_type="application/json")

    app = Starlette(routes=[Route("/{path:path}", answer)])
    with stages.show(app) as address, still_yume.counted() as calls:
        start_graph(settings(yume_at(address))).ask("{ invoices { nodes { id } } }")
    assert asked
    assert calls == []
