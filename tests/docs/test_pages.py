"""What the pages say is so: their queries, configurations and commands do what they should."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from sandbox.configuration import toml
from server.cli import main
from tests.conftest import Stages, served_whole
from tests.docs.pages import (
    NOT_RUN,
    PAGES,
    ROOT,
    RUN,
    RUN_BY_CLIENTS,
    anchors,
    blocks,
    broken_tables,
    indented_code,
    links,
    name_of,
    prose,
)
from tests.docs.reading import Reader
from tests.programs import needed

ALIVE = [page for page in PAGES if any(block.language in RUN for block in blocks(page))]
COMMAND = re.compile(r"`pacioli ([a-z][a-z-]*)([^`]*)`")
TARGET = re.compile(r"`make ([a-z-]+)")


@pytest.fixture
def reader(stages: Stages, tmp_path: Path) -> Iterator[Reader]:
    """A reader with a sandbox that may be changed, and a configuration for it."""
    with served_whole(stages) as whole:
        sandbox = str(whole.sandbox.base_url).rstrip("/")
        (tmp_path / "pacioli.toml").write_text(toml(sandbox))
        yield Reader(whole.graph.address, sandbox, tmp_path)


@pytest.mark.parametrize("page", ALIVE, ids=name_of)
def test_what_a_page_says_to_do_works(page: Path, reader: Reader) -> None:
    if any(block.language == "sh" for block in blocks(page)):
        needed("curl")
    reader.read(blocks(page))


def test_nothing_goes_unrun_without_a_reason() -> None:
    found = Counter(
        (name_of(page), block.kind)
        for page in PAGES
        for block in blocks(page)
        if block.kind not in (RUN_BY_CLIENTS if page.parent.name == "clients" else ()) + RUN
    )
    assert dict(found) == {key: count for key, (count, _) in NOT_RUN.items()}
    assert all(reason for _, reason in NOT_RUN.values())


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_code_hides_in_an_indent(page: Path) -> None:
    assert indented_code(page) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_tables_are_whole(page: Path) -> None:
    assert broken_tables(page) == []


@pytest.mark.parametrize(
    ("table", "broken"),
    [
        ("| a | b |\n| --- | --- |\n| 1 | 2 |\n", 0),
        ("| a | b |\n| --- | --- |\n| 1 | 2 |\n\n| 3 | 4 |\n", 1),  # a blank line in it
        ("| a | b |\n| --- | --- |\n| 1 |\n| 1 | 2 | 3 |\n| 1 | 2\n", 3),
        ("| a | b |\n| 1 | 2 |\n", 2),  # no head
        ("| a | b |\n| --- |\n| 1 | 2 |\n", 1),
        ("```console\n| a\n```\n", 0),
    ],
)
def test_rows_that_are_not_are_found(tmp_path: Path, table: str, broken: int) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"Words.\n\n{table}", "utf-8")
    assert len(broken_tables(page)) == broken


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_in_the_text_exist(page: Path) -> None:
    for name, rest in COMMAND.findall(prose(page)):
        command = main.get_command(click.Context(main), name)
        assert command is not None, name
        options = {option for each in command.params for option in each.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= options | {"--help"}, f"{name}{rest}"
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(TARGET.findall(prose(page))) <= set(targets)


def test_every_page_is_reached_from_the_first() -> None:
    reached: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        reached.add(page)
        near = {(page.parent / link.partition("#")[0]).resolve() for link in links(page)}
        ahead += [each for each in near if each.suffix == ".md" and each not in reached]
    assert set(PAGES) <= reached
