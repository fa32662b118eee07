"""What the sandbox suggests to configure is right, and its credentials are accepted."""

import tomllib
from pathlib import Path

import pytest

from sandbox.app import PROVIDERS, create_app
from sandbox.configuration import toml
from server.configuration import parse
from server.settings import Settings
from server.sources import open_sources
from tests.sandbox.conftest import Serve


@pytest.fixture
def suggested(serve: Serve) -> Settings:
    # Of today: sources are probed for the sales of yesterday.
    address = str(serve(create_app()).base_url).rstrip("/")
    return parse(toml(address), Path("pacioli.toml"), {})


def test_there_is_a_source_at_each_provider() -> None:
    sources = tomllib.loads(toml("http://127.0.0.1:8001"))["sources"]
    assert sorted(source["provider"] for source in sources) == sorted(PROVIDERS)
    assert len({source["name"] for source in sources}) == len(sources)
    for source in sources:
        assert source["base_url"] == f"http://127.0.0.1:8001/{source['provider']}"


def test_payments_settle_invoices_of_another_source(suggested: Settings) -> None:
    settles = {source.provider: source.settles for source in suggested.sources if source.settles}
    assert settles == {"goedgeplaatst": ("sber-main",)}


async def test_every_list_of_every_source_can_be_read(suggested: Settings) -> None:
    async with open_sources(suggested) as sources:
        probed = [await source.probe(kind) for source in sources for kind in source.spec.listings]
    assert len(probed) == 6
    assert all(page.rows for page in probed)
