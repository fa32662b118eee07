"""Why there is no connection, in words of ours, and how long a certificate is good."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.diagnosis import reachability
from server.diagnosis.reachability import Reached, is_elsewhere, reached
from tests.programs import free_port
from tests.providers.servers import Server, saying
from tests.server.diagnosis.upstreams import Authority


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """An authority that is trusted for the length of a test."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    reachability._trusting.cache_clear()
    yield made
    reachability._trusting.cache_clear()


async def test_what_is_there_is_reached() -> None:
    async with Server(saying(b"")) as server:
        assert await reached(server.address) == Reached()
    assert server.heard == []  # a connection, not a request


async def test_what_is_not_there() -> None:
    answer = await reached(f"http://127.0.0.1:{free_port()}/path")
    assert answer == Reached("its host refuses the connection")


async def test_a_name_that_nobody_has() -> None:
    answer = await reached("http://nobody.invalid")
    assert answer.problem == "the name of its host is not known here"


async def test_what_never_accepts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reachability, "CONNECT_SECONDS", 0.05)
    with socket.socket() as full:  # whoever speaks TLS to it is never answered
        full.bind(("127.0.0.1", 0))
        full.listen(1)
        answer = await reached(f"https://127.0.0.1:{full.getsockname()[1]}")
    assert answer == Reached("no connection within 0.05 s")


@pytest.mark.parametrize("days", [10, 90])
async def test_how_long_a_certificate_is_good(authority: Authority, days: int) -> None:
    async with Server(saying(b""), authority.context(days)) as server:
        answer = await reached(server.address)
    assert answer.problem is None
    assert answer.certificate_days == pytest.approx(days, abs=0.1)
    soon = [f"its TLS certificate ends in {days} days"] if days == 10 else []
    assert list(answer.warnings) == soon


@pytest.mark.parametrize(
    ("days", "address", "why"),
    [
        (-1, "127.0.0.1", "its TLS certificate has expired"),
        (90, "127.0.0.2", "its TLS certificate is that of another address"),
    ],
)
async def test_a_certificate_that_is_no_good(
    authority: Authority, days: float, address: str, why: str
) -> None:
    async with Server(saying(b""), authority.context(days, address)) as server:
        assert await reached(server.address) == Reached(why)


async def test_an_authority_that_nobody_trusts(tmp_path: Path) -> None:
    async with Server(saying(b""), Authority(tmp_path).context(90)) as server:
        answer = await reached(server.address)
    assert answer.problem is not None
    assert "authority that this machine does not trust" in answer.problem


async def test_what_speaks_no_tls(tmp_path: Path) -> None:
    async with Server(saying(b"")) as server:
        answer = await reached(server.address.replace("http", "https"))
    assert answer.problem is not None


@pytest.mark.parametrize(
    ("peer", "elsewhere"),
    [
        ("192.0.2.1", True),
        ("2001:db8::1", True),
        ("fe80::1%eth0", True),
        ("127.0.0.1", False),
        ("::1", False),
    ],
)
def test_what_leaves_this_machine(peer: str, elsewhere: bool) -> None:
    assert is_elsewhere(peer) is elsewhere


def test_credentials_that_can_be_read_are_warned_of() -> None:
    assert list(Reached().warnings) == []
    (warning,) = Reached(readable=True).warnings
    assert "plain http" in warning
