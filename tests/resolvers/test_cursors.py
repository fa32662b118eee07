"""Cursors: what is written is read again, by nobody else, and nothing that was tampered with."""

import string
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from providers.queries import InvoiceQuery
from providers.records import InvoiceStatus, ProviderName
from resolvers.arguments import Paging
from resolvers.connections import Wanted
from resolvers.cursors import Cursor, CursorCodec, Mark, Stand, fingerprint
from resolvers.errors import UserInputError
from resolvers.filters import canonical
from resolvers.ranks import MISSING, Rank, by_creation, identity
from tests.resolvers.model import ALL_FIELDS, Graph, Row, Upstream

CODEC = CursorCodec(b"secret")
LIST = fingerprint("invoices")
BASE64 = string.ascii_letters + string.digits + "-_"

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
ids = st.one_of(
    words,
    st.integers(0, 10**25).map(str),
    st.integers(0, 10**6).map(lambda number: f"{number:09}"),
    st.uuids().map(str),
    st.uuids().map(lambda each: str(each).upper()),
)
counts = st.integers(0, 2**31)
stands = st.sets(st.sampled_from([each for each in Stand if not each & (Stand.START | Stand.END)]))
marks = st.one_of(
    st.sampled_from([Mark(Stand.START), Mark(Stand.END | Stand.SORTED)]),
    st.builds(
        Mark,
        stand=stands.map(lambda flags: Stand(sum(flags))),
        position=counts,
        key=st.integers(MISSING, 2**63 - 1),
        provider_id=ids,
        before=counts,
        behind=counts,
        length=counts,
        early=st.one_of(st.just(""), ids),
    ),
)


@st.composite
def cursors(draw: st.DrawFn) -> Cursor:
    found = draw(st.dictionaries(words, marks, min_size=1, max_size=5))
    return Cursor(draw(words), draw(st.sampled_from(sorted(found))), found)


@given(cursors())
@example(Cursor("a", "a", {"a": Mark(Stand.NONE, 3, 5, "0")}))
@example(Cursor("a", "a", {"a": Mark(Stand.EARLY_FORWARDS, 3, 5, "7", early="0")}))
@example(Cursor("a", "a", {"a": Mark(Stand.NONE, 3, 5, "٣", early="00000000-0000-0000-0000-0")}))
def test_what_is_written_is_read_again(cursor: Cursor) -> None:
    place, found = CODEC.decode(CODEC.encode(cursor, LIST), LIST, cursor.marks)
    owner = cursor.marks[cursor.owner]
    assert found == cursor.marks
    assert all(isinstance(mark.stand, Stand) for mark in found.values())
    assert place == Rank(owner.key, cursor.source, identity(owner.provider_id))


def five_sources(provider_ids: Sequence[str], *, early: int = 0) -> Cursor:
    """A place of the largest numbers that come up, far into lists of a million rows."""
    names = [f"account-{at}-of-the-group" for at in range(5)]
    key = 1_800_000_000_000_000
    found = {
        f"{name}#0": Mark(
            Stand.BEHIND | Stand.LOST_BACKWARDS | Stand.EARLY_BACKWARDS,
            position=900_000 + at,
            key=key + at,
            provider_id=provider_ids[at],
            before=20,
            behind=30,
            length=1_000_000,
            early=provider_ids[at] if at < early else "",
        )
        for at, name in enumerate(names)
    }
    return Cursor(names[4], f"{names[4]}#0", found)


@pytest.mark.parametrize(
    "provider_ids",
    [[str(UUID(int=2**127 + at)) for at in range(5)], [f"INV-2026-{at:04}" for at in range(5)]],
    ids=["uuids", "13 characters"],
)
@pytest.mark.parametrize("early", [0, 5])
def test_a_cursor_of_five_sources_is_short(provider_ids: Sequence[str], early: int) -> None:
    assert len(CODEC.encode(five_sources(provider_ids, early=early), LIST)) < 400


def test_a_cursor_is_one_word_of_an_address() -> None:
    text = CODEC.encode(five_sources([str(number) for number in range(5)]), LIST)
    assert set(text) <= set(BASE64)


def test_a_cursor_holds_no_names_of_lanes() -> None:
    cursor = five_sources(["1"] * 5)
    longer = {f"{name}-{'x' * 100}": mark for name, mark in cursor.marks.items()}
    renamed = Cursor(cursor.source, next(iter(longer)), longer)
    assert len(CODEC.encode(renamed, LIST)) == len(CODEC.encode(cursor, LIST))


def refused(text: str, codec: CursorCodec = CODEC, about: bytes = LIST) -> bool:
    try:
        codec.decode(text, about, ["a", "b"])
    except UserInputError as error:
        return text not in str(error)
    return False


GENUINE = CODEC.encode(
    Cursor("a", "a", {"a": Mark(Stand.NONE, 3, 5, "7", 0, 1, 9), "b": Mark(Stand.START)}), LIST
)


def test_the_genuine_one_is_accepted() -> None:
    assert CODEC.decode(GENUINE, LIST, ["a"])[0] == Rank(5, "a", identity("7"))


def test_no_character_can_be_changed_left_out_or_added() -> None:
    for at, own in enumerate(GENUINE):
        head, tail = GENUINE[:at], GENUINE[at + 1 :]
        for other in BASE64 + "=+/ \n\0é":
            assert other == own or refused(head + other + tail)
        assert refused(head + tail)
        assert refused(f"{head}A{own}{tail}")


def test_no_beginning_or_ending_will_do() -> None:
    for at in range(1, len(GENUINE)):
        assert refused(GENUINE[:at])
        assert refused(GENUINE[at:])


@pytest.mark.parametrize("ending", ["=", "==", "A", "AAAA", " ", "\n", "."])
def test_nothing_can_follow(ending: str) -> None:
    assert refused(GENUINE + ending)


@given(st.one_of(st.text(), st.text(BASE64), st.binary().map(lambda raw: raw.decode("latin-1"))))
@example("")
@example("=")
@example("\ud800")
def test_no_other_text_is_a_cursor(text: str) -> None:
    with pytest.raises(UserInputError):
        CODEC.decode(text, LIST, ["a"])


def test_cursors_of_another_secret_are_refused() -> None:
    assert refused(GENUINE, CursorCodec(b"another"))
    assert refused(GENUINE, CursorCodec(b""))
    assert not refused(GENUINE, CursorCodec(b"secret"))


def test_cursors_of_another_list_are_refused() -> None:
    assert refused(GENUINE, about=fingerprint("payments"))
    assert refused(GENUINE, about=b"")


@given(cursors(), st.sets(words), st.data())
def test_only_lanes_that_are_asked_and_known_are_told(
    cursor: Cursor, joined: set[str], data: st.DataObject
) -> None:
    """A source that left is dropped, one that joined has no mark; the place stays."""
    stayed = data.draw(st.sets(st.sampled_from(sorted(cursor.marks))))
    place, found = CODEC.decode(CODEC.encode(cursor, LIST), LIST, stayed | joined)
    assert found == {name: cursor.marks[name] for name in cursor.marks if name in stayed | joined}
    assert place == cursor.marks[cursor.owner].rank(cursor.source)


async def test_a_walk_goes_on_after_its_rows_source_has_left() -> None:
    alpha = Upstream([Row(minute, minute) for minute in range(0, 20, 2)])
    beta = Upstream([Row(minute, minute) for minute in range(1, 20, 2)])
    both = Graph({"alpha": alpha, "beta": beta})
    first = await both.page(first=3)
    assert first.nodes[-1].source.name == "beta"
    rest = await Graph({"alpha": alpha}).page(first=100, after=first.end_cursor)
    assert [int(node.provider_id) for node in rest.nodes] == list(range(16, -1, -2))


# What a cursor is bound to

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANY = Wanted(
    kind="invoices",
    query=InvoiceQuery(),
    restrictions={},
    order=("CREATED_AT", "DESC"),
    key=by_creation,
    descending=True,
    paging=Paging(20),
    fields=ALL_FIELDS,
)


def wanted(filtered: Mapping[str, Any] | None = None, **parts: Any) -> Wanted:
    names = {name: parts.pop(name) for name in parts.keys() & {"sources", "providers"}}
    return replace(ANY, restrictions={**(filtered or {}), **names}, **parts)


PAID, FAILED = InvoiceStatus.PAID, InvoiceStatus.FAILED
EQUAL = {
    "sources in another order": (wanted(sources=["a", "b"]), wanted(sources=["b", "a"])),
    "a source twice": (wanted(sources=["a", "b"]), wanted(sources=("a", "b", "a"))),
    "a provider twice": (
        wanted(providers=[ProviderName.YUME]),
        wanted(providers=[ProviderName.YUME] * 2),
    ),
    "statuses in another order": (
        wanted({"statuses": frozenset([PAID, FAILED])}),
        wanted({"statuses": frozenset([FAILED, PAID])}),
    ),
    "another offset of one instant": (
        wanted({"created_from": MOMENT}),
        wanted({"created_from": MOMENT.astimezone(timezone(timedelta(hours=3)))}),
    ),
    "more decimals": (
        wanted({"total_from": Decimal(1)}),
        wanted({"total_from": Decimal("1.00")}),
    ),
    "an exponent": (
        wanted({"total_to": Decimal(1000)}),
        wanted({"total_to": Decimal("1E+3")}),
    ),
    "a negative zero": (wanted({"total_to": Decimal(0)}), wanted({"total_to": Decimal("-0.0")})),
    "another page size": (wanted(), wanted(paging=Paging(50))),
    "the other direction of paging": (
        wanted(),
        wanted(paging=Paging(5, backwards=True, cursor="x")),
    ),
    "another selection": (wanted(), wanted(fields=frozenset({"totalCount"}))),
}
DIFFERENT = {
    "nothing": wanted(),
    "field": wanted(kind="payments"),
    "order": wanted(order=("CREATED_AT", "ASC")),
    "no sources": wanted(sources=[]),
    "a source": wanted(sources=["a"]),
    "two sources": wanted(sources=["a", "b"]),
    "a source of another name": wanted(sources=["a,b"]),
    "no providers": wanted(providers=[]),
    "a provider": wanted(providers=[ProviderName.YUME]),
    "a source named as a provider": wanted(sources=["yume"]),
    "no statuses": wanted({"statuses": frozenset()}),
    "a status": wanted({"statuses": frozenset([PAID])}),
    "another status": wanted({"statuses": frozenset([FAILED])}),
    "two statuses": wanted({"statuses": frozenset([PAID, FAILED])}),
    "a currency of that name": wanted({"currencies": frozenset(["PAID"])}),
    "from": wanted({"created_from": MOMENT}),
    "to": wanted({"created_to": MOMENT}),
    "a microsecond later": wanted({"created_from": MOMENT + timedelta(microseconds=1)}),
    "the same clock elsewhere": wanted(
        {"created_from": MOMENT.replace(tzinfo=timezone(timedelta(hours=3)))}
    ),
    "at least": wanted({"total_from": Decimal(1)}),
    "at most": wanted({"total_to": Decimal(1)}),
    "a hundredth more": wanted({"total_from": Decimal("1.01")}),
    "a large amount": wanted({"total_from": Decimal("1234567890123456789012345678.01")}),
    "and a little more": wanted({"total_from": Decimal("1234567890123456789012345678.02")}),
    "a number": wanted({"number": "1"}),
    "an empty number": wanted({"number": ""}),
    "another number": wanted({"number": "01"}),
    "a card": wanted({"card_last_four": "0001"}),
    "a number like a card": wanted({"number": "0001"}),
}


@pytest.mark.parametrize("pair", EQUAL.values(), ids=EQUAL.keys())
def test_equal_filters_in_other_words_are_equal(pair: tuple[Wanted, Wanted]) -> None:
    one, other = pair
    assert one.fingerprint == other.fingerprint


def test_lists_that_differ_in_anything_differ() -> None:
    for (one, left), (other, right) in combinations(DIFFERENT.items(), 2):
        assert left.fingerprint != right.fingerprint, f"{one} / {other}"


@given(*[st.decimals(allow_nan=False, allow_infinity=False, places=None)] * 2)
def test_amounts_have_one_plain_form_each(one: Decimal, other: Decimal) -> None:
    assert (canonical(one) == canonical(other)) == (one == other)


@given(st.decimals(-(10**30), 10**30, places=4), st.integers(0, 20))
def test_an_amount_with_more_zeros_is_the_same(amount: Decimal, zeros: int) -> None:
    assert canonical(Decimal(f"{amount:f}{'0' * zeros}")) == canonical(amount)


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-23 * 60, 23 * 60))
def test_an_instant_has_one_plain_form(moment: datetime, offset: int) -> None:
    zone = timezone(timedelta(minutes=offset))
    try:
        elsewhere = moment.astimezone(zone)
    except OverflowError:
        return
    assert canonical(elsewhere) == canonical(moment)


async def test_a_cursor_serves_the_list_it_came_from_and_no_other() -> None:
    graph = Graph({"alpha": Upstream([Row(minute, minute) for minute in range(10)])})
    paid = {"statuses": [PAID]}
    cursor = (await graph.page(first=3, restrictions=paid)).end_cursor
    again = await graph.page(first=3, restrictions={"statuses": [PAID, PAID]}, after=cursor)
    assert [node.provider_id for node in again.nodes] == ["6", "5", "4"]
    others: Sequence[Any] = [{}, {"statuses": [PAID, FAILED]}, {**paid, "sources": ["alpha"]}]
    for other in others:
        with pytest.raises(UserInputError, match=r"^after: this cursor belongs to another"):
            await graph.page(first=3, restrictions=other, after=cursor)
    with pytest.raises(UserInputError, match=r"^before: this cursor belongs to another"):
        await graph.page(last=3, restrictions=paid, descending=False, before=cursor)
