"""The store and the issuers are asked, and say whether they can be relied on."""

import pytest

from server.diagnosis.services import issuer_found, store_found
from server.settings import IssuerSettings
from tests.conftest import Stages
from tests.programs import RedisServer, free_port
from tests.providers.servers import Server, http, saying
from tests.server.issuers import ISSUER, Issuer, jwk


def issuer(address: str) -> IssuerSettings:
    return IssuerSettings(
        issuer=ISSUER, audience="pacioli", jwks_url=address, algorithms=("RS256",)
    )


async def test_a_store_that_answers(redis: RedisServer) -> None:
    found = await store_found(redis.url)
    assert (found.name, found.ok, found.message) == ("cache", True, "answers")


async def test_a_store_that_is_away_or_something_else() -> None:
    async with Server(saying(b"HTTP/1.1 400 Bad\r\n\r\n")) as server:
        for address in (
            server.address.replace("http", "redis"),
            f"redis://127.0.0.1:{free_port()}",
        ):
            found = await store_found(address)
            assert not found.ok
            assert "does not answer" in found.message
            assert "127.0.0.1" not in found.message


async def test_an_issuer_with_a_key(stages: Stages) -> None:
    with stages.show(Issuer(jwk(), jwk(kid="two"), jwk(use="enc")).app) as address:
        found = await issuer_found(issuer(f"{address}/jwks.json"))
    assert (found.name, found.ok) == (ISSUER, True)
    assert found.message == "keys to verify signatures with: 2"


@pytest.mark.parametrize("body", [b"", b"<h1>hello</h1>", b'{"keys": 1}', b'{"keys": []}'])
async def test_an_issuer_without_keys(body: bytes) -> None:
    async with Server(saying(http(body))) as server:
        found = await issuer_found(issuer(server.address))
    assert not found.ok


async def test_an_issuer_that_is_away() -> None:
    found = await issuer_found(issuer(f"http://127.0.0.1:{free_port()}"))
    assert not found.ok
    assert found.message == "the issuer cannot be reached; its host refuses the connection"
