"""Things by the representations of a federated gateway."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from providers.errors import UnavailableError
from resolvers.context import Context, Limits
from resolvers.cursors import CursorCodec
from resolvers.entities import load_entities
from resolvers.errors import LimitError, UserInputError
from resolvers.identifiers import GlobalId, global_id
from tests.resolvers.model import source
from tests.resolvers.test_loaders import desk
from tests.resolvers.test_nodes import context, found, invoice


def by_id(provider_id: object, name: str = "alpha") -> Mapping[str, Any]:
    return {"__typename": "Invoice", "id": invoice(provider_id, name)}


def by_nature(provider_id: object, name: str = "alpha") -> Mapping[str, Any]:
    return {"__typename": "Invoice", "source": {"name": name}, "providerId": str(provider_id)}


async def test_each_key_finds_the_same() -> None:
    operation = context(desk(range(9)), desk([7]))
    alpha, beta = operation.sources
    results = await load_entities(
        operation,
        [
            by_nature(7, "beta"),
            by_id(7),
            {"__typename": "Source", "id": global_id(alpha)},
            {"__typename": "Source", "name": "beta"},
        ],
    )
    assert [getattr(each, "source", each) for each in results] == [beta, alpha, alpha, beta]
    assert found(results)[:2] == ["7", "7"]


async def test_what_is_well_formed_but_unknown_is_none() -> None:
    upstream = desk([7])
    operation = context(upstream)
    unknown = [by_id(8), by_nature(9), by_nature(7, "gamma"), by_nature("x")]
    sources = [{"__typename": "Source", "name": name} for name in ("gamma", "!")]
    assert await load_entities(operation, [*unknown, *sources]) == [None] * 6
    assert sorted(upstream.asked) == ["8", "9"]


async def test_a_source_without_such_rows_has_none() -> None:
    operation = context(desk([7]))
    (alpha,) = operation.sources
    alpha.spec = replace(alpha.spec, listings={})
    assert await load_entities(operation, [by_nature(7), by_id(7)]) == [None, None]


async def test_a_source_that_the_caller_may_not_read_is_unknown() -> None:
    upstream = desk([7])
    hidden = Context([], Limits(), CursorCodec(b"secret"))
    alpha = source("alpha", upstream)
    asked = [by_id(7), by_nature(7), {"__typename": "Source", "name": alpha.name}]
    assert await load_entities(hidden, asked) == [None] * 3
    assert upstream.asked == []


MISTAKES = [
    (5, ""),
    ("Invoice", ""),
    ([by_id(7)], ""),
    ({}, ".__typename"),
    ({"id": invoice(7)}, ".__typename"),
    ({"__typename": None, "id": invoice(7)}, ".__typename"),
    ({"__typename": ["Invoice"], "id": invoice(7)}, ".__typename"),
    ({"__typename": "Money", "amount": "1"}, ".__typename"),
    ({"__typename": "__class__", "id": "7"}, ".__typename"),
    ({"__typename": "Invoice"}, ""),
    ({"__typename": "Invoice", "number": "7"}, ""),
    ({**by_id(7), "info": 1}, ""),
    ({**by_id(7), **by_nature(7)}, ""),
    ({"__typename": "Invoice", "providerId": "7"}, ""),
    ({"__typename": "SalesAggregate", "source": {"name": "alpha"}, "providerId": "7"}, ""),
    ({"__typename": "Invoice", "name": "alpha"}, ""),
    ({"__typename": "Invoice", "id": None}, ".id"),
    ({"__typename": "Invoice", "id": 7}, ".id"),
    ({"__typename": "Invoice", "id": "7"}, ".id"),
    ({"__typename": "Payment", "id": invoice(7)}, ".id"),
    ({"__typename": "Invoice", "id": str(GlobalId("Source", "alpha"))}, ".id"),
    ({**by_nature(7), "providerId": ["7"]}, ".providerId"),
    ({**by_nature(7), "providerId": ""}, ".providerId"),
    ({**by_nature(7), "source": "alpha"}, ".source"),
    ({**by_nature(7), "source": {}}, ".source"),
    ({**by_nature(7), "source": {"name": "alpha", "id": "1"}}, ".source"),
    ({**by_nature(7), "source": {"name": {}}}, ".source.name"),
    ({**by_nature(7), "source": {"name": "alpha", "__typename": "User"}}, ".source.__typename"),
    ({"__typename": "Source", "name": None}, ".name"),
]


@pytest.mark.parametrize(("wrong", "place"), MISTAKES)
async def test_what_stands_for_nothing_fails_alone(wrong: Any, place: str) -> None:
    upstream = desk([7])
    good, bad, again = await load_entities(context(upstream), [by_id(7), wrong, by_id(7)])
    assert found([good, again]) == ["7", "7"]
    assert isinstance(bad, UserInputError)
    assert str(bad).startswith(f"representations[1]{place}: ")
    assert upstream.asked == ["7"]


async def test_a_gateway_may_say_what_the_source_is() -> None:
    named = {"name": "alpha", "__typename": "Source"}
    results = await load_entities(context(desk([7])), [{**by_nature(7), "source": named}])
    assert found(results) == ["7"]


async def test_a_dead_source_fails_its_own_alone() -> None:
    upstream = desk([1, 2])
    upstream.down = True
    asked = [by_id(1), by_nature(1, "beta"), by_nature(2)]
    results = await load_entities(context(upstream, desk([1])), asked)
    assert found(results) == [UnavailableError, "1", UnavailableError]


async def test_there_is_a_limit() -> None:
    upstream = desk([7])
    operation = Context([source("alpha", upstream)], Limits(max_ids=2), CursorCodec(b"secret"))
    assert len(await load_entities(operation, [by_id(7)] * 2)) == 2
    with pytest.raises(LimitError, match=r"^representations: 3, but the limit is 2"):
        await load_entities(operation, [by_id(7)] * 3)
    assert upstream.asked == ["7"]
