"""What one operation shares, and that it shares nothing with the next."""

import asyncio
import gc
from dataclasses import replace
from typing import Any
from weakref import ref

from providers.queries import Direction
from providers.wire import Request
from providers.yume import LIST
from resolvers.context import Context, Limits
from resolvers.cursors import CursorCodec
from resolvers.loaders import records_by_key
from tests.resolvers.model import Row, Upstream, source

ORDER = Direction.DESCENDING
ALPHA, BETA = (source(name, Upstream([Row(1, 1), Row(2, 2)])) for name in ("alpha", "beta"))


def context() -> Context:
    return Context([ALPHA, BETA], Limits(max_rows_read=7), CursorCodec(b"secret"))


def test_equal_lists_of_a_source_are_one() -> None:
    operation = context()
    rows = operation.rows(ALPHA, "invoices", LIST, ORDER)
    assert operation.rows(ALPHA, "invoices", replace(LIST), ORDER) is rows
    assert operation.rows(ALPHA, "invoices", LIST.asking(status="paid"), ORDER) is not rows
    assert operation.rows(BETA, "invoices", LIST, ORDER) is not rows
    assert operation.rows(ALPHA, "invoices", Request("GET", "/elsewhere/"), ORDER) is not rows


def test_the_lists_of_a_source_share_its_budget() -> None:
    operation = context()
    one = operation.rows(ALPHA, "invoices", LIST, ORDER)
    other = operation.rows(ALPHA, "invoices", LIST.asking(status="paid"), ORDER)
    assert one._budget is other._budget
    assert one._budget.limit == 7
    assert operation.rows(BETA, "invoices", LIST, ORDER)._budget is not one._budget


def test_a_sources_loader_is_one() -> None:
    operation = context()
    loader = records_by_key(operation, ALPHA, "invoices")
    assert records_by_key(operation, ALPHA, "invoices") is loader
    assert records_by_key(operation, BETA, "invoices") is not loader


async def test_operations_share_nothing() -> None:
    one, other = context(), context()
    assert one.rows(ALPHA, "invoices", LIST, ORDER) is not other.rows(
        ALPHA, "invoices", LIST, ORDER
    )
    assert records_by_key(one, ALPHA, "invoices") is not records_by_key(other, ALPHA, "invoices")
    rows = one.rows(ALPHA, "invoices", LIST, ORDER)
    await rows.read(0, 2)
    assert other.rows(ALPHA, "invoices", LIST, ORDER).total is None
    rows._budget.spend(5)
    assert other.rows(ALPHA, "invoices", LIST, ORDER)._budget.spent == 0


async def test_what_was_read_does_not_wait_for_the_garbage_collector() -> None:
    operation = context()
    rows = operation.rows(ALPHA, "invoices", LIST, ORDER)
    await rows.read(0, 2)
    loader = records_by_key(operation, ALPHA, "invoices")
    gone: list[ref[Any]] = [ref(rows), ref(loader)]
    del rows, loader
    gc.collect()
    assert None not in [each() for each in gone]
    gc.disable()
    try:
        operation.close()
        await asyncio.sleep(0)  # the tasks that read are let go of by the loop
        assert [each() for each in gone] == [None, None]
    finally:
        gc.enable()
