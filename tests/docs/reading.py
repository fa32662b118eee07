"""Does what a page says, from its first block to its last, as a reader would."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from graphql import GraphQLSyntaxError, OperationType, parse

from server.configuration import parse as parse_configuration
from tests.docs.pages import Block

SERVER, SANDBOX = "http://127.0.0.1:8000", "http://127.0.0.1:8001"
GIVEN = re.compile(r"<([A-Za-z][A-Za-z0-9_.]*)>")
SECONDS = 60


class Environment(dict[str, str]):
    """The environment that a configuration asks for, whatever it asks for."""

    def __contains__(self, _: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return f"the-value-of-{name}-of-more-than-32-characters"


class Reader:
    """Someone with a server, its sandbox, and a folder of their own."""

    def __init__(self, server: str, sandbox: str, folder: Path) -> None:
        self._server, self._sandbox, self._folder = server, sandbox, folder
        self._data: Any = None

    def read(self, blocks: Sequence[Block]) -> None:
        """Does what each block says. Raises AssertionError with the line where that is wrong."""
        for block, following in zip(blocks, [*blocks[1:], None], strict=True):
            act = getattr(self, f"_{block.kind}", None)
            if act is None:
                continue
            try:
                act(block, following)
            except (AssertionError, ValueError, KeyError, IndexError) as error:
                raise AssertionError(f"line {block.line}: {error}") from error

    def _graphql(self, block: Block, following: Block | None) -> None:
        kind = _operation(block.text)
        if kind is None:  # types of another subgraph, which need only be written rightly
            return
        noted = following if following and following.note == "variables" else None
        variables = json.loads(self._filled(noted.text)) if noted else {}
        body = {"query": block.text, "variables": variables}
        headers = dict([block.note.split(": ")]) if ": " in block.note else {}
        watched = kind is OperationType.SUBSCRIPTION
        answer = self._first_event(body) if watched else self._answer(body, headers)
        codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
        assert codes == re.findall(r"fails (\w+)", block.note), answer.get("errors")
        self._data = answer

    def _answer(self, body: Mapping[str, Any], headers: Mapping[str, str]) -> Any:
        address = f"{self._server}/graphql"
        answer = httpx.post(address, json=body, headers=headers, timeout=SECONDS, trust_env=False)
        return answer.json()

    def _first_event(self, body: Mapping[str, Any]) -> Any:
        headers = {"Accept": "text/event-stream"}
        with httpx.stream(
            "POST",
            f"{self._server}/graphql",
            json=body,
            headers=headers,
            timeout=SECONDS,
            trust_env=False,
        ) as response:
            lines = (line for line in response.iter_lines() if line.startswith("data:"))
            return json.loads(next(lines).removeprefix("data:"))

    def _json(self, block: Block, _: Block | None) -> None:
        shown = json.loads(block.text)
        if block.note == "answer":
            differences = list(_different(shown, self._data, "answer"))
            assert not differences, differences

    def _toml(self, block: Block, _: Block | None) -> None:
        for name in re.findall(r'(?:"file:|manifest = ")([^"]+)"', block.text):
            assert not Path(name).is_absolute(), name
            (self._folder / name).write_text("{}" if name.endswith(".json") else "content")
        parse_configuration(block.text, self._folder / "pacioli.toml", Environment())

    def _sh(self, block: Block, _: Block | None) -> None:
        commands = self._filled(block.text).replace(SERVER, self._server)
        places = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        done = subprocess.run(
            ["sh", "-eu", "-c", commands.replace(SANDBOX, self._sandbox)],
            cwd=self._folder,
            env={**os.environ, "PATH": places, "NO_PROXY": "127.0.0.1"},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert '"errors":' not in done.stdout or "fails" in block.note, done.stdout

    def _filled(self, text: str) -> str:
        """The text with what the answer before gave in the place of `<a.b.c>`."""

        def given(found: re.Match[str]) -> str:
            value = self._data["data"]
            for step in found[1].split("."):
                value = value[int(step) if step.isdecimal() else step]
            assert isinstance(value, str), f"<{found[1]}> is {value}"
            return value

        return GIVEN.sub(given, text)


def _operation(text: str) -> OperationType | None:
    """What a document does; None where it has no operation. One that is wrong is a query."""
    try:
        definitions = parse(text).definitions
    except GraphQLSyntaxError:
        return OperationType.QUERY
    return next((each.operation for each in definitions if hasattr(each, "operation")), None)


def _different(shown: Any, real: Any, place: str) -> Any:
    """Where two JSON values are not of one shape; of lists the first elements stand for all."""
    if isinstance(shown, dict) and isinstance(real, dict):
        if shown.keys() != real.keys():
            yield f"{place} has {sorted(real)}"
        for key in shown.keys() & real.keys():
            yield from _different(shown[key], real[key], f"{place}.{key}")
    elif isinstance(shown, list) and isinstance(real, list):
        if shown and real:
            yield from _different(shown[0], real[0], f"{place}[0]")
    elif None not in (shown, real) and type(shown) is not type(real):
        yield f"{place} is {real!r}"
