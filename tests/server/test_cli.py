import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Timer
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from providers import REGISTRY
from server.cli import main

ROOT = Path(__file__).parents[2]
SOURCE = """
[[sources]]
name = "rental"
provider = "yume"
base_url = "{address}"
token = "{token}"
"""
LOCKED = f"""
[[auth.api_keys]]
name = "frontend"
hash = "sha256:{"0" * 64}"
"""
SANDBOX = ["sber-main", "yume-rental", "goed-payments", "ofd-shops", "life-reports"]
UNREACHABLE = "http://127.0.0.1:9"  # the discard service, which nobody runs
Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PACIOLI_CONFIG", raising=False)
    return tmp_path


@pytest.fixture
def run() -> Run:
    """Runs a command in this process."""
    return lambda *arguments: CliRunner().invoke(main, arguments)


class Program:
    """The command in a process of its own."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )

    def until(self, pattern: str) -> str:
        """The first group of the first line of the output that the pattern matches."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(pattern, line):
                return found[1]
        raise AssertionError(f"The program ended and never said {pattern}")

    def rest(self, sent: int) -> tuple[int, str]:
        """The exit code after a signal, and what was printed before."""
        self.process.send_signal(sent)
        output, _ = self.process.communicate()
        return self.process.returncode, output


@contextmanager
def program(*arguments: str) -> Iterator[Program]:
    """A running command; one that hangs is ended after ten minutes."""
    running = Program(*arguments)
    timer = Timer(600, running.process.kill)
    timer.start()
    try:
        yield running
    finally:
        timer.cancel()
        running.process.kill()
        with running.process:  # which waits for it and closes its output
            pass


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a sandbox, and with it a test that it ends well."""
    with program("sandbox", "--port", "0") as running:
        yield running.until(r"ready at (http://127\.0\.0\.1:\d+),")
        code, output = running.rest(signal.SIGTERM)
    assert code == 0
    assert "pacioli.toml" in output


def config(folder: Path, address: str, token: str = "t", name: str = "pacioli.toml") -> Path:
    file = folder / name
    file.write_text(SOURCE.format(address=address, token=token))
    return file


def ask(address: str, query: str) -> Any:
    answer = httpx.post(address, json={"query": query}, trust_env=False)
    assert answer.status_code == 200
    return answer.json()


def test_check_finds_nothing_wrong(run: Run, folder: Path) -> None:
    config(folder, UNREACHABLE)
    result = run("check", "--offline")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "no mistakes" in result.stdout


def test_check_names_every_mistake(run: Run, folder: Path) -> None:
    file = folder / "other.toml"
    file.write_text("[server]\nprot = 1\n[[sources]]\nprovider = 'yume'")
    result = run("check", "--config", str(file))
    assert (result.exit_code, result.stdout) == (2, "")
    for key in ("server.prot", "sources[0].name", "sources[0].base_url", "sources[0].token"):
        assert f"{file}: {key} " in result.stderr


def test_check_tells_mistakes_as_json(run: Run, folder: Path) -> None:
    file = config(folder, "nowhere")
    result = run("check", "--json")
    assert result.exit_code == 2
    report = json.loads(result.stdout)
    (mistake,) = report["mistakes"]
    assert (report["file"], report["ok"], report["sources"]) == (file.name, False, [])
    assert (mistake["key"], mistake["source"]) == ("sources[0].base_url", "rental")
    assert "http" in mistake["problem"]


def test_check_needs_a_source(run: Run, folder: Path) -> None:
    (folder / "pacioli.toml").write_text("[server]\nport = 1")
    result = run("check")
    assert result.exit_code == 2
    assert "pacioli.toml: sources are missing" in result.stderr


def test_check_needs_a_file(run: Run) -> None:
    result = run("check")
    assert result.exit_code == 2
    assert "pacioli.toml: the file cannot be read" in result.stderr


def test_the_file_that_is_named_must_exist(run: Run) -> None:
    for command in ("check", "serve"):
        result = run(command, "--config", "absent.toml")
        assert result.exit_code == 2
        assert "absent.toml" in result.stderr


def test_the_option_goes_before_the_environment_and_that_before_the_folder(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = config(folder, "wrong")
    other = config(folder, "wrong", name="other.toml")
    third = config(folder, "wrong", name="third.toml")
    assert f"{usual.name}: sources[0]" in run("check").stderr
    monkeypatch.setenv("PACIOLI_CONFIG", str(other))
    assert f"{other}: sources[0]" in run("check").stderr
    assert f"{third}: sources[0]" in run("check", "--config", str(third)).stderr


def test_check_asks_each_source(run: Run, folder: Path, sandbox: str) -> None:
    good = config(folder, f"{sandbox}/yume", "sandbox-yume-token").read_text()
    result = run("check")
    assert result.exit_code == 0, result.output
    assert "rental: answers" in result.stdout
    bad = SOURCE.replace("rental", "bad").format(address=f"{sandbox}/yume", token="s3cr3t")
    away = SOURCE.replace("rental", "away").format(address=UNREACHABLE, token="t")
    (folder / "pacioli.toml").write_text(good + bad + away)
    result = run("check")
    assert result.exit_code == 1
    assert "rental: answers" in result.stdout
    assert "bad: UPSTREAM_UNAUTHORIZED" in result.stdout
    assert "away: UPSTREAM_UNAVAILABLE" in result.stdout
    assert "s3cr3t" not in result.output
    assert UNREACHABLE not in result.output


def test_check_reports_sources_as_json(run: Run, folder: Path) -> None:
    config(folder, UNREACHABLE)
    result = run("check", "--json")
    report = json.loads(result.stdout)
    (answer,) = report["sources"]
    assert (result.exit_code, report["ok"], report["mistakes"]) == (1, False, [])
    assert (answer["name"], answer["provider"], answer["ok"]) == ("rental", "yume", False)
    assert answer["code"] == "UPSTREAM_UNAVAILABLE"


def test_check_asks_for_one_row_and_then_for_a_page(run: Run, folder: Path, sandbox: str) -> None:
    config(folder, f"{sandbox}/yume", "sandbox-yume-token")
    httpx.delete(f"{sandbox}/control/requests/yume", trust_env=False)
    assert run("check").exit_code == 0
    seen = httpx.get(f"{sandbox}/control/requests/yume", trust_env=False).json()
    assert [entry["query"] for entry in seen["requests"]] == [
        "page=1&pageSize=1",
        "page=1&pageSize=100",
    ]


def test_the_schema_is_printed(run: Run) -> None:
    result = run("schema")
    assert result.exit_code == 0
    assert "\ntype Query" in result.stdout
    assert result.stdout.endswith("}\n")


def test_the_schema_of_the_subgraph_is_printed(run: Run) -> None:
    portable, scoped = run("schema", "--federation"), run("schema", "--federation", "--scopes")
    for result in (portable, scoped):
        assert result.exit_code == 0
        assert '@key(fields: "id")' in result.stdout
        assert "@requiresScopes(" in result.stdout
    assert '"@requiresScopes"' in scoped.stdout
    assert '"@requiresScopes"' not in portable.stdout
    assert run("schema", "--scopes").exit_code == 2


def test_serve_stops_at_a_mistake(run: Run, folder: Path) -> None:
    config(folder, "nowhere")
    result = run("serve")
    assert result.exit_code == 2
    assert "sources[0].base_url" in result.stderr


def test_serve_refuses_an_unknown_source(run: Run, folder: Path) -> None:
    config(folder, UNREACHABLE)
    result = run("serve", "--sources", "rental,rentel")
    assert result.exit_code == 2
    assert '--sources names "rentel"' in result.stderr
    assert "rental" in result.stderr


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_serve_refuses_an_impossible_port(run: Run, port: str) -> None:
    result = run("serve", "--port", port)
    assert result.exit_code == 2
    assert "--port" in result.stderr


def test_a_taken_port_is_told(run: Run, folder: Path) -> None:
    config(folder, UNREACHABLE)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for command in ("serve", "sandbox"):
            result = run(command, "--port", str(port))
            assert result.exit_code == 1
            assert f"Port {port} of 127.0.0.1 is in use" in result.stderr


def test_an_address_of_another_machine_is_told(run: Run, folder: Path) -> None:
    file = config(folder, UNREACHABLE)
    file.write_text(LOCKED + file.read_text())
    result = run("serve", "--host", "192.0.2.1", "--port", "0")
    assert result.exit_code == 1
    assert "Cannot listen at 192.0.2.1" in result.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_without_auth_only_this_machine_is_served(run: Run, folder: Path, host: str) -> None:
    file = config(folder, UNREACHABLE)
    from_file = f'[server]\nhost = "{host}"\n' + file.read_text()
    for text, options in ((file.read_text(), ["--host", host]), (from_file, [])):
        file.write_text(text)
        result = run("serve", "--port", "0", *options)
        assert result.exit_code == 2
        for words in (host, "[[auth.api_keys]]", "pacioli hash-key", "pacioli.toml"):
            assert words in result.stderr


def test_the_sandbox_too_is_for_this_machine_only(run: Run) -> None:
    assert run("serve", "--sandbox", "--host", "0.0.0.0").exit_code == 2


def test_with_auth_every_address_may_be_served(folder: Path) -> None:
    file = config(folder, UNREACHABLE)
    file.write_text(LOCKED + file.read_text())
    with program("serve", "--host", "0.0.0.0", "--port", "0") as running:
        port = running.until(r"^Pacioli is ready at http://0\.0\.0\.0:(\d+)/graphql$")
        answer = httpx.post(
            f"http://127.0.0.1:{port}/graphql", json={"query": "{__typename}"}, trust_env=False
        )
        assert answer.status_code == 401


def test_a_key_is_hashed(folder: Path) -> None:
    key = "kP4mVbS0yQz9tE7rXw2uJc5nAh8dLf3g"
    result = CliRunner().invoke(main, ["hash-key"], input=f"{key}\n")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"sha256:{sha256(key.encode()).hexdigest()}\n"


def test_a_short_key_is_remarked_upon() -> None:
    result = CliRunner().invoke(main, ["hash-key"], input="secret")
    assert result.exit_code == 0
    assert result.stdout == f"sha256:{sha256(b'secret').hexdigest()}\n"
    assert "short" in result.stderr
    assert "secret" not in result.stderr


@pytest.mark.parametrize("key", ["", "\n", "a b", "a\tb", "schlüssel"])
def test_what_cannot_be_a_key(key: str) -> None:
    result = CliRunner().invoke(main, ["hash-key"], input=key)
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_serve_without_a_file_is_on_the_sandbox(stop: signal.Signals) -> None:
    with program("serve", "--port", "0") as running:
        control = running.until(r"(http://127\.0\.0\.1:\d+/control)$")
        address = running.until(r"^Pacioli is ready at (http://127\.0\.0\.1:\d+/graphql)$")
        assert httpx.get(control, trust_env=False).json()["requests"] == dict.fromkeys(REGISTRY, 0)
        health = httpx.get(address.replace("/graphql", "/healthz"), trust_env=False)
        assert health.status_code == 200
        answer = ask(address, "{ sources { name } invoices(first: 2) { edges { node { id } } } }")
        assert "errors" not in answer
        assert [each["name"] for each in answer["data"]["sources"]] == SANDBOX
        assert len(answer["data"]["invoices"]["edges"]) == 2
        assert running.rest(stop) == (0, "")


def test_serve_on_the_sandbox_keeps_the_rest_of_the_file(folder: Path) -> None:
    text = config(folder, UNREACHABLE).read_text()
    limits = "[server]\nport = 0\n[server.limits]\nmax_page_size = 3\n"
    (folder / "pacioli.toml").write_text(limits + text)
    with program("serve", "--sandbox") as running:
        address = running.until(r"^Pacioli is ready at (.+)$")
        answer = ask(address, "{ sources { name } invoices { edges { node { id } } } }")
        assert [each["name"] for each in answer["data"]["sources"]] == SANDBOX
        assert len(answer["data"]["invoices"]["edges"]) == 3
        assert ask(address, "{ invoices(first: 4) { edges { cursor } } }")["errors"]
        assert running.rest(signal.SIGTERM)[0] == 0


def test_serve_is_for_the_named_sources(folder: Path, sandbox: str) -> None:
    first = config(folder, f"{sandbox}/yume", "sandbox-yume-token").read_text()
    other = SOURCE.replace("rental", "other").format(address=UNREACHABLE, token="t")
    (folder / "pacioli.toml").write_text(first + other)
    with program("serve", "--port", "0", "--sources", "rental") as running:
        address = running.until(r"^Pacioli is ready at (.+)$")
        answer = ask(address, "{ sources { name } invoices(first: 1) { edges { node { id } } } }")
        assert answer["data"]["sources"] == [{"name": "rental"}]
        assert len(answer["data"]["invoices"]["edges"]) == 1
        assert running.rest(signal.SIGTERM)[0] == 0


def test_an_open_stream_does_not_hold_up_the_end() -> None:
    with program("serve", "--port", "0") as running:
        address = running.until(r"^Pacioli is ready at (.+)$")
        statuses = "[QUEUED, IN_PROGRESS, WAITING_FOR_FEEDBACK]"
        unfinished = (
            f"{{ exportTasks(first: 1, filter: {{statuses: {statuses}}}) {{ nodes {{ id }} }} }}"
        )
        export_id = ask(address, unfinished)["data"]["exportTasks"]["nodes"][0]["id"]
        asked = {"query": f'subscription {{ exportTask(id: "{export_id}") {{ id }} }}'}
        headers = {"Accept": "text/event-stream"}
        with httpx.stream(
            "POST", address, json=asked, headers=headers, trust_env=False, timeout=30
        ) as response:
            lines = response.iter_lines()
            assert next(lines) == "event: next"
            running.process.send_signal(signal.SIGTERM)
            # It ends whole, not cut off, and yet without its last event: clients come again.
            assert "event: complete" not in list(lines)
        assert running.process.wait() == 0


def test_serve_listens_at_the_host_that_is_named() -> None:
    with program("serve", "--host", "127.0.0.2", "--port", "0") as running:
        address = running.until(r"^Pacioli is ready at (http://127\.0\.0\.2:\d+/graphql)$")
        assert ask(address, "{ __typename }") == {"data": {"__typename": "Query"}}


def test_the_help_names_the_commands(run: Run) -> None:
    result = run("--help")
    assert result.exit_code == 0
    for command in ("serve", "check", "schema", "sandbox"):
        assert f"\n  {command} " in result.stdout
