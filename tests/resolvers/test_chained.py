"""Reads of a list whose pages each name the next one."""

import asyncio
from typing import Any

import pytest

from providers.base import Page
from providers.errors import UnavailableError
from resolvers.chained import ChainedRows
from resolvers.rows import Budget, State
from tests.resolvers import model
from tests.resolvers.model import Upstream

PAGES = {None: ("a", "b"), "2": ("c", "d"), "3": ("e",)}
FOLLOWING = {None: "2", "2": "3", "3": None}


class Chain:
    """Gives the pages, and keeps what it was asked. The first may be another operation's."""

    def __init__(self, *, own: bool = True, down: bool = False) -> None:
        self.asked: list[tuple[str | None, int]] = []
        self._own, self.down = own, down

    async def page(self, token: str | None, state: State) -> Page:
        self.asked.append((token, state.changes))
        await asyncio.sleep(0)
        if self.down:
            raise UnavailableError("down")
        rows: Any = PAGES[token]
        own = self._own or state.changes > 0
        return Page(rows, token=FOLLOWING[token], own=own)

    def rows(self) -> ChainedRows:
        account = model.source("alpha", Upstream([]))
        return ChainedRows(account, "invoices", self.page, Budget(100), None)


async def given(rows: ChainedRows, start: int, stop: int) -> list[Any]:
    return list(await rows.read(start, stop))


async def test_it_is_read_as_far_as_needed_and_no_page_twice() -> None:
    chain = Chain()
    rows = chain.rows()
    both: Any = await asyncio.gather(rows.read(0, 3), rows.read(1, 4))
    assert both == [[(0, "a"), (1, "b"), (2, "c")], [(1, "b"), (2, "c"), (3, "d")]]
    assert chain.asked == [(None, 0), ("2", 0)]
    assert await given(rows, 3, 9) == [(3, "d"), (4, "e")]
    assert rows.total == 5
    assert await rows.some(5) == []
    assert len(chain.asked) == 3


async def test_with_the_token_of_another_operation_it_begins_anew() -> None:
    chain = Chain(own=False)
    rows = chain.rows()
    assert await given(rows, 0, 2) == [(0, "a"), (1, "b")]
    assert await given(rows, 0, 3) == [(0, "a"), (1, "b"), (2, "c")]
    assert chain.asked == [(None, 0), (None, 1), ("2", 1)]


async def test_a_failure_is_not_asked_for_again() -> None:
    chain = Chain(down=True)
    rows = chain.rows()
    for _ in range(2):
        with pytest.raises(UnavailableError):
            await rows.read(0, 1)
    assert len(chain.asked) == 1
