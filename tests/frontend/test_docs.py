"""The pages for authors of frontends show code that the tests have run."""

import re
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from tests.frontend.programs import HERE

ROOT = HERE.parents[1]
PAGES = [*sorted((ROOT / "docs" / "clients").glob("*.md")), ROOT / "docs" / "dashboard.md"]
BLOCK = re.compile(r"^```(js|jsx|ts)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
OPERATION = re.compile(r"^```graphql(?: client)?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SOURCES = [
    path.read_text("utf-8")
    for path in [*HERE.rglob("*"), *(ROOT / "pages" / "dashboard").rglob("*")]
    if path.suffix in (".mjs", ".js", ".jsx", ".ts")
    and not {"node_modules", "__generated__"} & set(path.parts)
]
BLOCKS = [(page.stem, code) for page in PAGES for _, code in BLOCK.findall(page.read_text("utf-8"))]


def test_there_is_code() -> None:
    clients = {"apollo", "relay", "subscriptions", "types", "urql"}
    assert {page for page, _ in BLOCKS} == {*clients, "dashboard"}


@pytest.mark.parametrize(("page", "code"), BLOCKS, ids=[page for page, _ in BLOCKS])
def test_the_code_of_a_page_is_the_code_that_ran(page: str, code: str) -> None:
    assert any(code in source for source in SOURCES), page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_operations_and_links_are_right(page: Path) -> None:
    text = page.read_text("utf-8")
    schema = build_schema((ROOT / "schema" / "schema.graphql").read_text("utf-8"))
    for operation in OPERATION.findall(text):
        assert validate(schema, parse(operation)) == []
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (page.parent / target).exists(), target
