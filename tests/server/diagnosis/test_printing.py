"""What people see: plain text in a pipe, colours and a bar on a terminal."""

import asyncio
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from server.diagnosis.printing import print_report
from server.diagnosis.report import FieldsFound, ListFound, Report, ServiceFound, SourceFound
from tests.providers.servers import Server
from tests.server.diagnosis.upstreams import Authority, invoices, listing, source_at

ROOT = Path(__file__).parents[3]
ESCAPE = "\x1b["
LISTED = ListFound(
    kind="export_tasks",
    rows=20,
    total=None,
    order="created_at_desc",
    shows_order="created_at_desc",
    page_size=None,
    shows_page_size=20,
    fields=FieldsFound(filled=("a", "b"), empty=("c",)),
)
WELL = SourceFound(
    name="reports",
    provider="life_pay",
    ok=True,
    message="answers",
    calls=1,
    milliseconds=12,
    clock_skew_seconds=-2.4,
    certificate_days=60.2,
    lists=(LISTED,),
)
AWAY = SourceFound(
    name="away",
    provider="yume",
    ok=False,
    message="CODE: why",
    clock_skew_seconds=-1.9,  # may be nothing
    warnings=("look",),
)
CACHE = ServiceFound(name="cache", ok=False, message="does not answer")


def environment(**added: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    return {**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm", **added}


def seen_on_a_terminal(folder: Path, **added: str) -> str:
    """What `pacioli check` writes to a terminal."""
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "server.cli", "check"],
        cwd=folder,
        env=environment(**added),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not part:
            break
        seen += part
    os.close(ours)
    assert program.wait(60) == 1
    return seen.decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration of which one source cannot be reached."""
    (tmp_path / "pacioli.toml").write_text(source_at("http://127.0.0.1:9"))
    return tmp_path


def test_a_terminal_has_colours_and_a_bar(folder: Path) -> None:
    seen = seen_on_a_terminal(folder)
    assert "\x1b[31m" in seen  # red
    assert "\x1b[33mwarning" in seen
    assert re.search(r"Asking  \[#+\]", seen)
    assert "100%" in seen


def test_colours_can_be_switched_off(folder: Path) -> None:
    seen = seen_on_a_terminal(folder, NO_COLOR="1")
    assert "rental: UPSTREAM_UNAVAILABLE" in seen
    assert not re.search(r"\x1b\[[0-9;]*m", seen)


def test_a_pipe_has_plain_text_and_no_bar(folder: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "server.cli", "check"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (result.returncode, result.stderr) == (1, "")
    assert ESCAPE not in result.stdout
    assert "Asking" not in result.stdout


def test_a_report_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(
        file="x.toml", ok=False, warnings=("beware",), sources=(WELL, AWAY), services=(CACHE,)
    )
    print_report(report, 2)
    assert capsys.readouterr().out.splitlines() == [
        "x.toml: no mistakes, sources: 2",
        "warning: beware",
        "reports: answers",
        "  life_pay, calls: 1, 12 ms, clock -2 s, TLS certificate good for 60 days",
        "  export_tasks: 20 rows read; order created_at_desc; pages of 20; "
        "2 fields filled, 1 empty",
        "away: CODE: why",
        "  yume, calls: 0",
        "  warning: look",
        "cache: does not answer",
    ]


async def test_over_tls(tmp_path: Path) -> None:
    """The whole command, with an authority that only SSL_CERT_FILE names."""
    authority = Authority(tmp_path)
    async with Server(listing(invoices()), authority.context(days=9)) as server:
        (tmp_path / "pacioli.toml").write_text(source_at(server.address))
        trusting = await _checked(tmp_path, SSL_CERT_FILE=str(authority.file))
        doubting = await _checked(tmp_path)
    assert "rental: answers" in trusting
    assert "TLS certificate good for 9 days" in trusting
    assert "warning: its TLS certificate ends in 9 days" in trusting
    assert "rental: UPSTREAM_UNAVAILABLE" in doubting
    assert (
        "its TLS certificate is signed by an authority that this machine does not trust" in doubting
    )


async def _checked(folder: Path, **added: str) -> str:
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server.cli", "check"),
        cwd=folder,
        env=environment(**added),
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        output, _ = await program.communicate()
    return output.decode()
