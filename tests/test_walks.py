"""Walks over the whole sandbox, in pages of 1 to 100 rows, while it adds and removes rows."""

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.app import create_app as create_sandbox
from sandbox.configuration import toml
from server.app import create_app
from server.configuration import parse
from tests.conftest import NOW, PLAIN, Stages, Whole, served_graph

CHANGED: Mapping[str, Sequence[tuple[str, str]]] = {
    "invoices": [("yume", "invoices"), ("smartpay", "invoices")],
    "payments": [("goedgeplaatst", "payments"), ("smartpay", "invoices")],
    "exportTasks": [("life_pay", "tasks")],
}
Row = tuple[str, str]


@pytest.fixture
def changing(stages: Stages) -> Iterator[Whole]:
    """A server over a sandbox of the test's own."""
    with (
        stages.show(create_sandbox(now=NOW)) as address,
        httpx.Client(base_url=address, **PLAIN) as sandbox,
    ):
        text = f'[server]\ncursor_secret = "good for one test"\n{toml(address)}'
        app = create_app(parse(text, Path("pacioli.toml"), {}))
        with served_graph(stages, app) as graph:
            yield Whole(graph, sandbox)


def page(whole: Whole, field: str, size: int, cursor: str | None, *, back: bool) -> Any:
    arguments = f"last: {size}" if back else f"first: {size}"
    if cursor is not None:
        arguments += f', {"before" if back else "after"}: "{cursor}"'
    query = f"""{{ rows: {field}({arguments}) {{
      nodes {{ providerId source {{ name }} }}
      pageInfo {{ startCursor endCursor hasNextPage hasPreviousPage }} sources {{ status }}
    }} }}"""
    found = whole.graph.data(query)["rows"]
    assert {each["status"] for each in found["sources"]} == {"OK"}
    return found


def walk(whole: Whole, field: str, sizes: Iterator[int], change: Any, *, back: bool) -> list[Row]:
    """Every row in the order of the list; `change` is called with the rows of each page."""
    seen: list[Row] = []
    cursor, more = None, True
    while more:
        size = next(sizes)
        found = page(whole, field, size, cursor, back=back)
        rows = [(node["source"]["name"], node["providerId"]) for node in found["nodes"]]
        info = found["pageInfo"]
        more = info["hasPreviousPage"] if back else info["hasNextPage"]
        cursor = info["startCursor"] if back else info["endCursor"]
        assert len(rows) == size or not more
        seen = rows + seen if back else seen + rows
        change(rows)
    return seen


def hundreds() -> Iterator[int]:
    while True:
        yield 100


def of_all_sizes(chance: random.Random) -> Iterator[int]:
    while True:
        yield from chance.sample(range(1, 101), 100)


def nothing(_: Sequence[Row]) -> None:
    """The list stays as it is."""


@pytest.mark.parametrize("back", [False, True], ids=["forwards", "backwards"])
@pytest.mark.parametrize("field", CHANGED)
def test_every_row_that_was_there_throughout_comes_once(
    changing: Whole, field: str, back: bool
) -> None:
    chance = random.Random(field)
    names = {"yume": "yume-rental", "smartpay": "sber-main", "goedgeplaatst": "goed-payments"}
    names["life_pay"] = "life-reports"
    before = walk(changing, field, hundreds(), nothing, back=False)
    pages = 0

    def change(rows: Sequence[Row]) -> None:
        """Adds a row somewhere; removes the page's last one, one shown, and one anywhere."""
        nonlocal pages
        pages += 1
        provider, kind = chance.choice(CHANGED[field])
        path = f"/control/{provider}/{kind}"
        changing.sandbox.post(path, json={}).raise_for_status()
        own = [*rows[-1:], *rows[:1], chance.choice(before)]
        for name, row in own if pages % 2 else own[2:]:
            if name == names[provider]:
                changing.sandbox.delete(f"{path}/{row}")

    seen = walk(changing, field, of_all_sizes(chance), change, back=back)
    after = set(walk(changing, field, hundreds(), nothing, back=False))
    throughout = [row for row in before if row in after]
    assert len(set(seen)) == len(seen)
    assert [row for row in seen if row in set(throughout)] == throughout
    assert len(before) > len(throughout) > 0.8 * len(before)
    assert pages > 2
