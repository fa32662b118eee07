"""The contract of a provider is values: they do not change and do not tell secrets."""

from dataclasses import FrozenInstanceError
from datetime import UTC
from typing import Any

import msgspec
import pytest

from providers import REGISTRY
from providers.base import Account, Key, Page, Plan, by_request
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
        (Plan(()), "lanes"),
        (REGISTRY["yume"], "name"),
        (REGISTRY["yume"].listings["invoices"], "plan"),
    ],
)
def test_values_do_not_change(value: Any, name: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(value, name, "other")


def test_equal_plans_are_equal() -> None:
    lanes = (Request("GET", "/list/"),)
    assert Plan(lanes, frozenset({"statuses"})) == Plan(
        (Request("GET", "/list/"),), frozenset({"statuses"}), holds_others=False
    )
    assert Plan(lanes, frozenset({"statuses"})) != Plan(lanes)
    assert Plan(lanes, holds_others=True) != Plan(lanes)


def test_plan_promises_nothing_by_itself() -> None:
    plan = Plan(())
    assert (plan.applied, plan.holds_others) == (frozenset(), False)


def test_page_promises_nothing_by_itself() -> None:
    assert Page(()) == Page(rows=(), total=None, more=None, token=None, summary=None)


def test_keys_are_put_together_by_request() -> None:
    keys = [Key("1", "a"), Key("2", "b"), Key("3", "a"), Key("4")]

    def request(key: Key) -> Request | None:
        return Request("GET", f"/{key.hint}/") if key.hint else None

    assert by_request(keys, request) == {
        Request("GET", "/a/"): [Key("1", "a"), Key("3", "a")],
        Request("GET", "/b/"): [Key("2", "b")],
    }
    assert by_request([], request) == {}
