"""What an operation reads of an object is computed once, in the order in which it is needed."""

from collections.abc import Mapping
from itertools import count
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from execution.scopes import Block, Scope, UnreadableError


def said(expression: str = "", **more: Any) -> Any:
    usual: dict[str, Any] = {"names": {}, "kind": None, "forms": {}, "written": {}, "parts": {}}
    return SimpleNamespace(expression=expression, **usual | {"one": ""} | more)


class Row:
    """What a class can have."""

    typename = "Row"
    never = None
    __parts__: ClassVar[Mapping[str, str]] = {"w": "{s}"}
    currency = SimpleNamespace(inline=said("{w}.currency or 'RUB'"))
    price = SimpleNamespace(inline=said("({w}.price, {currency})"))
    pair = SimpleNamespace(inline=said(parts={"b": "{w}.both"}))
    nothing = SimpleNamespace(inline=said("None"))
    called = SimpleNamespace(inline=said("{twice}({w}.price)", names={"twice": lambda n: 2 * n}))

    @property
    def silent(self) -> int:
        return 1


class Empty:
    """What has no attributes."""


@pytest.fixture
def scope() -> Scope:
    bound: dict[str, object] = {}

    def bind(value: object, hint: str) -> str:
        bound[hint] = value
        return f"{hint}_0"

    return Scope({"w": "w"}, Row, Block(count(), {}), bind)


def test_attributes_of_an_expression_are_computed_once(scope: Scope) -> None:
    price = scope.block.value("f", scope.said(scope.inline("price")))
    again = scope.block.value("f", scope.said(scope.inline("price")))
    currency = scope.block.value("f", scope.said(scope.inline("currency")))
    assert price == again
    assert scope.block.lines == [
        f"{currency} = w.currency or 'RUB'",
        f"{price} = (w.price, {currency})",
    ]


def test_names_of_an_expression_are_bound(scope: Scope) -> None:
    assert scope.said(scope.inline("called")) == "twice_0(w.price)"


def test_a_class_says_what_is_the_same_for_all_and_what_is_never_there(scope: Scope) -> None:
    assert scope.said(said("{typename}")) == "'Row'"
    assert scope.is_never("never")
    assert not scope.is_never("price")
    assert not scope.is_never(None)


@pytest.mark.parametrize("name", ["silent", "absent", None])
def test_what_says_nothing_of_itself_cannot_be_read(scope: Scope, name: str | None) -> None:
    with pytest.raises(UnreadableError):
        scope.inline(name)


def test_an_inner_block_knows_what_was_computed_around_it_but_not_the_reverse(
    scope: Scope,
) -> None:
    outside = scope.block.value("f", "1 + 1")
    inner = scope.block.inner()
    assert inner.value("f", "1 + 1") == outside
    inside = inner.value("f", "2 + 2")
    assert scope.block.value("f", "2 + 2") != inside
    assert inner.lines == [f"{inside} = 2 + 2"]


def test_a_name_needs_no_line(scope: Scope) -> None:
    assert scope.block.value("f", "w") == "w"
    assert scope.block.lines == []


def test_of_what_cannot_be_read_nothing_is_left(scope: Scope) -> None:
    block = scope.block

    def written() -> str:
        block.value("f", "1 + 1")
        raise UnreadableError

    assert block.attempt(written) is None
    assert block.lines == []
    name = block.attempt(lambda: block.value("f", "1 + 1"))
    assert block.lines == [f"{name} = 1 + 1"]


def test_an_object_inside_has_parts_of_its_own(scope: Scope) -> None:
    inline = said(parts={"i": "{w}.inner", "c": "{currency}"}, of=Row)
    inside = scope.inside(inline, "i1", scope.block)
    assert inside.whole == "i1"
    assert list(inside) == ["i", "c"]
    assert scope.block.lines == [f"{inside['c']} = w.currency or 'RUB'"]


def test_one_of_the_object_around_is_counted_and_found(scope: Scope) -> None:
    inside = scope.inside(said(parts={"i": "{w}.inner"}, of=Empty), "i1", scope.block)
    assert inside.having("pair").inline("pair") is Row.pair.inline
    assert scope.having("pair") is scope
    assert inside.said(said("{one} is None", one="pair")) == "b0 is None"
    assert inside.said(said("{one} is None", one="nothing")) == "None is None"
    assert scope.block.lines == ["b0 = w.both"]


def test_a_serializer_is_known_to_what_it_writes(scope: Scope) -> None:
    inline = said(names={}, written={"digits": lambda write: (write,)})
    assert scope.said(inline, "{digits}({w}, {write})", str) == "digits_0(w, write_0)"
