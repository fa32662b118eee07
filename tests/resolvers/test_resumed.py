"""Lists asked from a sort key on; `test_styles` proves whole walks over them."""

from typing import Any

import pytest

from providers.queries import Direction
from providers.yume import LIST
from resolvers.context import Context, Limits
from resolvers.cursors import CursorCodec
from resolvers.ranks import MISSING, by_creation
from resolvers.resumed import resumed
from resolvers.rows import Rows
from tests.resolvers.model import Row, Upstream, source

ROWS = [*(Row(None, number) for number in range(3)), *(Row(number, number) for number in (7, 8, 9))]


class Lists:
    """The lists that can be asked for, as `resumed` wants them, and how they were asked."""

    def __init__(self, limit: int = 100) -> None:
        self.upstreams = {
            Direction.ASCENDING: Upstream(ROWS, Direction.ASCENDING, limit),
            Direction.DESCENDING: Upstream(ROWS[3:], Direction.DESCENDING, limit),
        }
        self.asked: list[tuple[Direction, int | None]] = []

    def __call__(self, towards: Direction, key: int | None) -> Rows:
        self.asked.append((towards, key))
        account = source(towards.name, self.upstreams[towards])
        context = Context([account], Limits(), CursorCodec(b"secret"))
        return context.rows(account, "invoices", LIST, towards)

    @property
    def calls(self) -> int:
        return sum(len(upstream.requests) for upstream in self.upstreams.values())


async def numbers(rows: Rows, start: int, stop: int) -> list[Any]:
    return [(at, int(record.provider_id)) for at, record in await rows.read(start, stop)]


@pytest.mark.parametrize("towards", Direction)
async def test_without_a_key_it_is_the_list_itself(towards: Direction) -> None:
    lists = Lists()
    resumed(lists, None, towards=towards, keyless=by_creation)
    assert lists.asked == [(towards, None)]


async def test_rows_without_a_key_are_before_all_others_on_the_way_up() -> None:
    lists = Lists()
    resumed(lists, 5, towards=Direction.ASCENDING, keyless=by_creation)
    assert lists.asked == [(Direction.ASCENDING, 5)]


async def test_rows_without_a_key_may_not_be_wanted() -> None:
    lists = Lists()
    rows = resumed(lists, 5, towards=Direction.DESCENDING, keyless=None)
    assert lists.asked == [(Direction.DESCENDING, 5)]
    assert await numbers(rows, 0, 9) == [(0, 9), (1, 8), (2, 7)]


async def test_rows_without_a_key_come_last_and_only_cost_where_they_are_reached() -> None:
    lists = Lists()
    rows = resumed(lists, 5, towards=Direction.DESCENDING, keyless=by_creation)
    assert await numbers(rows, 0, 2) == [(0, 9), (1, 8)]
    assert (rows.total, lists.calls) == (None, 1)
    assert await numbers(rows, 1, 5) == [(1, 8), (2, 7), (3, 0), (4, 1)]
    assert (rows.total, lists.calls) == (6, 3)
    assert await numbers(rows, 5, 9) == [(5, 2)]
    assert lists.calls == 3


async def test_only_rows_without_a_key_follow_one_without() -> None:
    lists = Lists(limit=2)
    rows = resumed(lists, MISSING, towards=Direction.DESCENDING, keyless=by_creation)
    assert lists.asked == [(Direction.ASCENDING, None)]
    assert await numbers(rows, 0, 9) == [(0, 0), (1, 1), (2, 2)]
    assert rows.total == 3
