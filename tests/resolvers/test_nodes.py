"""Things by their global ids."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from providers.client import Source
from providers.errors import UnavailableError
from providers.wire import Request, Response
from resolvers.context import Context, Limits
from resolvers.cursors import CursorCodec
from resolvers.errors import UserInputError
from resolvers.identifiers import GlobalId, global_id
from resolvers.nodes import load_node, load_nodes
from tests.resolvers.model import Upstream, source
from tests.resolvers.test_loaders import Desk, desk


def context(*upstreams: Upstream) -> Context:
    names = ("alpha", "beta")
    sources = [source(name, each) for name, each in zip(names, upstreams, strict=False)]
    return Context(sources, Limits(), CursorCodec(b"secret"))


def invoice(provider_id: object, name: str = "alpha") -> str:
    return str(GlobalId("Invoice", name, "", str(provider_id)))


def found(results: Sequence[object]) -> list[object]:
    """The provider's ids of records; the types of errors; None as it is."""
    return [
        type(each) if isinstance(each, Exception) else each and getattr(each, "provider_id", each)
        for each in results
    ]


async def test_a_record_is_found_again_by_the_id_it_has() -> None:
    operation = context(desk(range(9)))
    record = await load_node(operation, invoice(7))
    assert record.provider_id == "7"
    assert global_id(record) == invoice(7)
    assert await load_node(operation, global_id(record), typename="Invoice") is record


async def test_a_source_is_found_by_its_id_without_a_call() -> None:
    upstream = desk([7])
    operation = context(upstream)
    (alpha,) = operation.sources
    assert await load_node(operation, global_id(alpha)) is alpha
    assert await load_node(operation, global_id(alpha), typename="Source") is alpha
    assert isinstance(alpha, Source)
    assert (upstream.asked, upstream.requests) == ([], [])


async def test_what_is_well_formed_but_unknown_is_none() -> None:
    upstream = desk([7])
    operation = context(upstream)
    assert await load_node(operation, invoice(8)) is None
    assert upstream.asked == ["8"]
    for text in (invoice(7, "gamma"), str(GlobalId("Source", "gamma")), invoice("x")):
        assert await load_node(operation, text) is None
    assert upstream.asked == ["8"]


async def test_a_source_that_the_caller_may_not_read_is_unknown() -> None:
    upstream = desk([7])
    hidden = Context([], Limits(), CursorCodec(b"secret"))
    alpha = source("alpha", upstream)
    assert await load_node(hidden, invoice(7)) is None
    assert await load_node(hidden, global_id(alpha)) is None
    assert upstream.asked == []


async def test_a_source_without_such_rows_has_none() -> None:
    operation = context(desk([7]))
    (alpha,) = operation.sources
    alpha.spec = replace(alpha.spec, listings={})
    assert await load_node(operation, invoice(7)) is None


@pytest.mark.parametrize(
    "text", ["", "7", "!!", urlsafe_b64encode(b"User:7").decode().rstrip("="), invoice("")]
)
async def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(UserInputError, match=r"^id: this is not an id of this graph$"):
        await load_node(context(desk([7])), text)


async def test_a_type_that_the_graph_does_not_have_is_no_id() -> None:
    with pytest.raises(UserInputError, match=r"^id: this is not an id of this graph$"):
        await load_node(context(desk([7])), str(GlobalId("Refund", "alpha", "", "7")))


@pytest.mark.parametrize(
    ("text", "typename", "complaint"),
    [
        (invoice(7), "Source", "id: this is the id of a Invoice, not Source"),
        (
            str(GlobalId("Source", "alpha")),
            "Invoice",
            "id: this is the id of a Source, not Invoice",
        ),
    ],
)
async def test_the_id_of_another_type_is_refused(text: str, typename: str, complaint: str) -> None:
    upstream = desk([7])
    with pytest.raises(UserInputError) as refusal:
        await load_node(context(upstream), text, typename=typename)
    assert str(refusal.value) == complaint
    assert upstream.asked == []


async def test_many_come_in_their_order_and_each_fails_in_its_place() -> None:
    upstream = desk(range(9), broken=["4"])
    operation = context(upstream, desk([1]))
    (alpha, _) = operation.sources
    results = await load_nodes(
        operation,
        [invoice(5), invoice(4), "!!", invoice(99), global_id(alpha), invoice(1, "beta")],
    )
    assert found(results) == ["5", UnavailableError, UserInputError, None, alpha, "1"]
    assert str(results[2]).startswith("ids[2]: ")


async def test_one_id_under_many_names_is_one_call() -> None:
    upstream = desk(range(1, 40))
    operation = context(upstream)
    texts = [invoice(number) for number in range(1, 31)]
    results, again, single = await asyncio.gather(
        load_nodes(operation, texts), load_nodes(operation, texts), load_node(operation, texts[3])
    )
    assert found(results) == found(again) == [str(number) for number in range(1, 31)]
    assert single is results[3]
    assert len(upstream.asked) == 30


async def test_a_dead_source_fails_its_own_ids_alone() -> None:
    upstream = desk([1, 2])
    upstream.down = True
    results = await load_nodes(
        context(upstream, desk([1])), [invoice(1), invoice(1, "beta"), invoice(2)]
    )
    assert found(results) == [UnavailableError, "1", UnavailableError]


@dataclass
class Slow(Desk):
    """Answers when the gate is open."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, request: Request, _: float = 0) -> Response:
        self.came.set()
        await self.gate.wait()
        return await super().send(request)


async def test_one_waiter_that_is_cancelled_hurts_no_other() -> None:
    upstream = Slow(desk([7]).rows)
    operation = context(upstream)
    one, other = (asyncio.create_task(load_node(operation, invoice(7))) for _ in range(2))
    await upstream.came.wait()
    one.cancel()
    await asyncio.wait([one])
    upstream.gate.set()
    assert (await other).provider_id == "7"
    assert upstream.asked == ["7"]


async def test_no_ids_are_no_calls() -> None:
    assert await load_nodes(context(desk([7])), []) == []
