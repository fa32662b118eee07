"""What one operation shares, and that it shares nothing with the next."""

from dataclasses import replace

import pytest

from providers.wire import Request
from providers.yume import LIST, YUME
from resolvers.context import Context, Limits
from resolvers.cursors import CursorCodec
from tests.resolvers.model import Row, Upstream, source

INVOICES = YUME.listings["invoices"]
ALPHA, BETA = (source(name, Upstream([Row(1, 1), Row(2, 2)])) for name in ("alpha", "beta"))


def context() -> Context:
    return Context([ALPHA, BETA], Limits(max_rows_read=7), CursorCodec(b"secret"))


def test_equal_lists_of_a_source_are_one() -> None:
    operation = context()
    rows = operation.rows(ALPHA, INVOICES, LIST)
    assert operation.rows(ALPHA, INVOICES, replace(LIST)) is rows
    assert operation.rows(ALPHA, INVOICES, LIST.asking(status="paid")) is not rows
    assert operation.rows(BETA, INVOICES, LIST) is not rows
    assert operation.rows(ALPHA, INVOICES, Request("GET", "/elsewhere/")) is not rows


def test_the_lists_of_a_source_share_its_budget() -> None:
    operation = context()
    one = operation.rows(ALPHA, INVOICES, LIST)
    other = operation.rows(ALPHA, INVOICES, LIST.asking(status="paid"))
    assert one.budget is other.budget
    assert one.budget.limit == 7
    assert operation.rows(BETA, INVOICES, LIST).budget is not one.budget


def test_a_sources_loader_is_one() -> None:
    operation = context()
    loader = operation.singles(ALPHA, "invoices")
    assert operation.singles(ALPHA, "invoices") is loader
    assert operation.singles(BETA, "invoices") is not loader


async def test_operations_share_nothing() -> None:
    one, other = context(), context()
    assert one.rows(ALPHA, INVOICES, LIST) is not other.rows(ALPHA, INVOICES, LIST)
    assert one.singles(ALPHA, "invoices") is not other.singles(ALPHA, "invoices")
    rows = one.rows(ALPHA, INVOICES, LIST)
    await rows.read(0, 2)
    assert other.rows(ALPHA, INVOICES, LIST).total is None
    rows.budget.spend(5)
    assert other.rows(ALPHA, INVOICES, LIST).budget.spent == 0


def test_a_list_without_single_rows_has_no_loader() -> None:
    account = source("gamma", Upstream([]))
    account.spec = replace(YUME, listings={"invoices": replace(INVOICES, single=None)})
    with pytest.raises(AssertionError, match="yume has no look-up of single invoices"):
        context().singles(account, "invoices")
