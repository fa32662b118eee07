"""The contract of a provider is values: they do not change and do not tell secrets."""

from dataclasses import FrozenInstanceError
from datetime import UTC
from typing import Any

import msgspec
import pytest

from providers import REGISTRY
from providers.base import Account, Page, Plan
from providers.wire import Request


class Credentials(msgspec.Struct):
    """A secret as it comes from anywhere."""

    token: str


def test_account_does_not_show_its_credentials() -> None:
    account = Account("main", Credentials("s3cret"), UTC)
    assert "main" in repr(account)
    assert "s3cret" not in repr(account)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Account("main", None, UTC), "name"),
        (Plan((), exact=True), "lanes"),
        (REGISTRY["yume"], "name"),
        (REGISTRY["yume"].listings["invoices"], "plan"),
    ],
)
def test_values_do_not_change(value: Any, name: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(value, name, "other")


def test_equal_plans_are_equal() -> None:
    lanes = (Request("GET", "/list/"),)
    assert Plan(lanes, exact=True) == Plan((Request("GET", "/list/"),), exact=True)
    assert Plan(lanes, exact=True) != Plan(lanes, exact=False)


def test_page_promises_nothing_by_itself() -> None:
    assert Page(()) == ((), None, None)
