"""Connections: who is asked, what is told of the page, of the whole list, and of each source."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from providers.errors import UnavailableError
from providers.queries import Direction
from providers.records import InvoiceStatus, OutcomeStatus, ProviderName
from resolvers.callers import TRUSTED
from resolvers.connections import Connection
from resolvers.context import Context, Limits
from resolvers.cursors import CursorCodec
from resolvers.errors import AllSourcesError, UserInputError
from resolvers.invoices import list_invoices
from tests.resolvers.model import ALL_FIELDS, Graph, Row, Upstream, keys, shown, source

COUNTED = ALL_FIELDS | {"totalCount"}


class Desk:
    """Two upstreams, of 300 and of 40 rows, and one that nobody should ask."""

    def __init__(self, **upstreams: Upstream) -> None:
        alpha = Upstream([Row(2 * minute, minute + 1) for minute in range(300)])
        beta = Upstream([Row(2 * minute + 1, minute + 1) for minute in range(40)])
        self.graph = Graph({"alpha": alpha, "beta": beta} | upstreams)
        self.upstreams = self.graph.upstreams

    @property
    def calls(self) -> dict[str, int]:
        return {name: len(each.requests) for name, each in self.upstreams.items()}

    def context(self) -> Context:
        for upstream in self.upstreams.values():
            upstream.requests.clear()
        return Context(self.graph.sources, self.graph.limits, self.graph.codec, caller=TRUSTED)

    async def ask(
        self,
        *selected: str,
        restrictions: dict[str, Any] | None = None,
        context: Context | None = None,
        **page: Any,
    ) -> Connection:
        return await list_invoices(
            context or self.context(),
            restrictions=restrictions or {},
            descending=True,
            page=page,
            fields=frozenset(selected),
        )


def statuses(page: Connection) -> dict[str, str]:
    return {outcome.source.name: outcome.status.value for outcome in page.sources}


# What is selected


@pytest.mark.parametrize("selected", [[], ["__typename"]])
async def test_what_is_not_selected_is_not_fetched(selected: Sequence[str]) -> None:
    desk = Desk()
    page = await desk.ask(*selected, first=5)
    assert desk.calls == {"alpha": 0, "beta": 0}
    assert page.total_count is None


@pytest.mark.parametrize(
    "selected", [["totalCount"], ["totalCount", "nodes"], [*COUNTED], ["pageInfo"], ["sources"]]
)
async def test_the_count_and_a_page_are_one_call_each_source(selected: Sequence[str]) -> None:
    desk = Desk()
    page = await desk.ask(*selected, first=20)
    assert desk.calls == {"alpha": 1, "beta": 1}
    assert page.total_count == (340 if "totalCount" in selected else None)


async def test_the_count_of_a_page_from_the_far_end_costs_nothing_more() -> None:
    desk = Desk()
    await desk.ask("nodes", last=20)
    apart = desk.calls
    await desk.ask("nodes", "totalCount", last=20)
    assert desk.calls == apart == {"alpha": 2, "beta": 2}


async def test_aliases_of_one_list_share_their_calls() -> None:
    desk = Desk()
    context = desk.context()
    pages = await asyncio.gather(
        *(desk.ask("nodes", context=context, first=size) for size in (10, 10, 30)),
        desk.ask("totalCount", context=context),
    )
    assert [len(page.nodes) for page in pages] == [10, 10, 30, 0]
    assert pages[-1].total_count == 340
    assert desk.calls == {"alpha": 1, "beta": 1}


async def test_one_page_after_another_in_one_operation_asks_nothing_twice() -> None:
    desk = Desk()
    context = desk.context()
    page = await desk.ask("nodes", context=context, first=20)
    await desk.ask("nodes", context=context, first=20, after=page.end_cursor)
    await desk.ask("nodes", context=context, first=40)
    for upstream in desk.upstreams.values():
        assert len(set(upstream.requests)) == len(upstream.requests)


# Who is asked


async def test_only_the_sources_of_the_filter_are_asked() -> None:
    desk = Desk()
    page = await desk.ask(*COUNTED, restrictions={"sources": ["beta"]}, first=5)
    assert desk.calls == {"alpha": 0, "beta": 1}
    assert {name for name, _ in shown(page)} == {"beta"}
    assert statuses(page) == {"beta": "OK"}
    assert page.total_count == 40


async def test_only_the_providers_of_the_filter_are_asked() -> None:
    desk = Desk()
    page = await desk.ask(*ALL_FIELDS, restrictions={"providers": [ProviderName.YUME]}, first=5)
    assert statuses(page) == {"alpha": "OK", "beta": "OK"}


MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
NOTHING: dict[str, dict[str, Any]] = {
    "no sources": {"sources": []},
    "no providers": {"providers": []},
    "no statuses": {"statuses": []},
    "no currencies": {"currencies": []},
    "a number, at Yume": {"number": "7"},
    "a card, at Yume": {"card_last_four": "1234"},
    "an empty period": {"created_from": MOMENT, "created_to": MOMENT},
    "a period backwards": {"created_from": MOMENT, "created_to": MOMENT - timedelta(days=1)},
    "amounts that exclude each other": {"total_from": Decimal(2), "total_to": Decimal(1)},
}


@pytest.mark.parametrize("restrictions", NOTHING.values(), ids=NOTHING.keys())
async def test_what_matches_nothing_costs_no_call(restrictions: dict[str, Any]) -> None:
    desk = Desk()
    page = await desk.ask(*COUNTED, restrictions=restrictions, first=5)
    assert desk.calls == {"alpha": 0, "beta": 0}
    assert (page.nodes, page.edges, page.total_count) == ([], [], 0)
    assert (page.has_next_page, page.has_previous_page) == (False, False)
    assert (page.start_cursor, page.end_cursor) == (None, None)
    assert set(statuses(page).values()) <= {"OK"}


async def test_without_sources_there_is_an_empty_connection() -> None:
    empty = Context([], Limits(), CursorCodec(b"secret"))
    page = await list_invoices(
        empty, restrictions={}, descending=True, page={"first": 5}, fields=COUNTED
    )
    assert (page.nodes, page.sources, page.total_count, page.has_next_page) == ([], [], 0, False)


BAD: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "an unknown source": ({"sources": ["gamma"]}, {}, "there is no source 'gamma' of this kind"),
    "one of several": ({"sources": ["alpha", "gamma"]}, {}, "there is no source 'gamma'"),
    "one in other letters": ({"sources": ["Alpha"]}, {}, "there is no source 'Alpha'"),
    "card digits": ({"card_last_four": "12"}, {}, "filter.cardLastFour: "),
    "a size": ({}, {"first": 101}, "first: "),
    "a mix": ({}, {"first": 1, "last": 1}, "not both at once"),
    "no cursor": ({}, {"after": "x"}, "after: this is not a cursor"),
    "no cursor, backwards": ({}, {"before": "x"}, "before: this is not a cursor"),
    "an empty cursor": ({}, {"after": ""}, "after: "),
}


@pytest.mark.parametrize(("restrictions", "page", "complaint"), BAD.values(), ids=BAD.keys())
async def test_bad_input_costs_no_call(
    restrictions: dict[str, Any], page: dict[str, Any], complaint: str
) -> None:
    desk = Desk()
    with pytest.raises(UserInputError) as refusal:
        await desk.ask(*COUNTED, restrictions=restrictions, **page)
    assert complaint in str(refusal.value)
    assert desk.calls == {"alpha": 0, "beta": 0}


async def test_a_source_without_such_rows_cannot_be_named_and_is_not_asked() -> None:
    desk = Desk()
    other = source("sales", Upstream([Row(1, 1)]))
    other.spec = replace(other.spec, listings={})
    desk.graph.sources.append(other)
    page = await desk.ask(*ALL_FIELDS, first=5)
    assert statuses(page) == {"alpha": "OK", "beta": "OK"}
    with pytest.raises(UserInputError, match="there is no source 'sales' of this kind"):
        await desk.ask(*ALL_FIELDS, restrictions={"sources": ["sales"]}, first=5)


# The length of the whole list


@pytest.mark.parametrize(
    "restrictions",
    [
        {"statuses": [InvoiceStatus.PAID]},
        {"currencies": ["EUR"]},
        {"total_from": Decimal(0)},
        {"created_from": datetime(2026, 1, 1, tzinfo=UTC)},
    ],
    ids=str,
)
async def test_a_list_that_is_filtered_here_has_no_count(restrictions: dict[str, Any]) -> None:
    desk = Desk()
    page = await desk.ask("totalCount", restrictions=restrictions)
    assert page.total_count is None
    assert desk.calls == {"alpha": 0, "beta": 0}


@pytest.mark.parametrize("selected", [["totalCount"], [*COUNTED]])
async def test_a_lost_source_leaves_no_count_but_is_named(selected: Sequence[str]) -> None:
    desk = Desk()
    desk.upstreams["beta"].down = True
    page = await desk.ask(*selected, first=5)
    assert page.total_count is None
    assert statuses(page) == {"alpha": "OK", "beta": "FAILED"}
    assert max(desk.calls.values()) == 1


async def test_the_count_is_of_the_list_and_not_of_what_follows_the_cursor() -> None:
    desk = Desk()
    page = await desk.ask(*COUNTED, first=20)
    following = await desk.ask(*COUNTED, first=20, after=page.end_cursor)
    assert following.total_count == 340


# What became of each source


async def test_each_asked_source_is_told_of_in_the_order_of_the_configuration() -> None:
    desk = Desk(aaa=Upstream([]))
    start = datetime.now(UTC)
    page = await desk.ask(*ALL_FIELDS, first=20)
    alpha, beta, empty = page.sources
    assert [each.source.name for each in page.sources] == ["alpha", "beta", "aaa"]
    assert {each.status for each in page.sources} == {OutcomeStatus.OK}
    assert {each.error for each in page.sources} == {None}
    assert alpha.fetched_at is not None
    assert start <= alpha.fetched_at <= datetime.now(UTC)
    assert (beta.fetched_at, empty.fetched_at) == (None, None)  # they gave no row to this page


async def test_an_outcome_tells_of_the_oldest_row_shown() -> None:
    desk = Desk(alpha=Upstream([Row(minute, minute) for minute in range(300)], limit=30))
    page = await desk.ask(*ALL_FIELDS, restrictions={"sources": ["alpha"]}, first=100)
    (alpha,) = page.sources
    times = {node.fetched_at for node in page.nodes}
    assert len(times) > 1
    assert alpha.fetched_at == min(times)


async def test_a_dead_source_takes_down_only_itself() -> None:
    desk = Desk()
    desk.upstreams["alpha"].down = True
    page = await desk.ask(*ALL_FIELDS, first=100)
    alpha, beta = page.sources
    assert isinstance(alpha.error, UnavailableError)
    assert (alpha.status, alpha.fetched_at) == (OutcomeStatus.FAILED, None)
    assert alpha.error.extensions["source"] == "alpha"
    assert (beta.status, beta.error) == (OutcomeStatus.OK, None)
    assert list(shown(page)) == [row for row in keys(desk.graph.model()) if row[0] == "beta"]
    assert not page.has_next_page  # it speaks for the sources that answered
    assert desk.calls["alpha"] == 1


@pytest.mark.parametrize("selected", [["nodes"], ["totalCount"], [*COUNTED]])
async def test_with_every_source_lost_the_field_fails(selected: Sequence[str]) -> None:
    desk = Desk()
    for upstream in desk.upstreams.values():
        upstream.down = True
    with pytest.raises(AllSourcesError) as failure:
        await desk.ask(*selected, first=5)
    assert failure.value.extensions["source"] == "alpha"
    assert failure.value.extensions["sources"] == [
        {"source": "alpha", "code": "UPSTREAM_UNAVAILABLE"},
        {"source": "beta", "code": "UPSTREAM_UNAVAILABLE"},
    ]


async def test_the_only_asked_source_lost_fails_the_field() -> None:
    desk = Desk()
    desk.upstreams["beta"].down = True
    with pytest.raises(AllSourcesError, match=r"^beta: "):
        await desk.ask(*ALL_FIELDS, restrictions={"sources": ["beta"]}, first=5)


# What is told of the page


async def ends(desk: Desk, **page: Any) -> tuple[int, bool, bool]:
    """How many rows a page has, and whether it says that there are some before and behind it."""
    found = await desk.ask(*ALL_FIELDS, **page)
    return len(found.nodes), found.has_previous_page, found.has_next_page


async def test_whether_there_are_rows_before_and_behind_a_page() -> None:
    desk = Desk()
    assert await ends(desk, first=20) == (20, False, True)
    assert await ends(desk, last=20) == (20, True, False)
    newest = await desk.ask(*ALL_FIELDS, first=20)
    assert await ends(desk, first=20, after=newest.end_cursor) == (20, True, True)
    assert await ends(desk, last=20, before=newest.end_cursor) == (19, False, True)
    oldest = await desk.ask(*ALL_FIELDS, last=20)
    assert await ends(desk, first=20, after=oldest.start_cursor) == (19, True, False)
    assert await ends(desk, last=20, before=oldest.start_cursor) == (20, True, True)


@pytest.mark.parametrize("native", [*Direction, None])
async def test_a_list_that_fills_the_page_exactly_has_no_further_page(
    native: Direction | None,
) -> None:
    desk = Desk(
        alpha=Upstream([Row(minute, minute + 1) for minute in range(7)], native),
        beta=Upstream([Row(100, 1)], native),
    )
    assert await ends(desk, first=8) == (8, False, False)
    assert await ends(desk, last=8) == (8, False, False)
    assert await ends(desk, first=7) == (7, False, True)
    assert await ends(desk, last=7) == (7, True, False)


async def test_no_rows_tell_whether_there_are_some() -> None:
    desk = Desk()
    assert await ends(desk, first=0) == (0, False, True)
    assert await ends(desk, last=0) == (0, True, False)
    empty = Desk(alpha=Upstream([]), beta=Upstream([]))
    assert await ends(empty, first=0) == (0, False, False)
    assert await ends(empty, last=0) == (0, False, False)


async def test_a_page_without_rows_repeats_the_cursor_it_was_given() -> None:
    desk = Desk()
    last = await desk.ask(*ALL_FIELDS, last=1)
    page = await desk.ask(*ALL_FIELDS, first=5, after=last.end_cursor)
    assert (page.start_cursor, page.end_cursor) == (None, last.end_cursor)
    assert (page.has_previous_page, page.has_next_page) == (True, False)
    first = await desk.ask(*ALL_FIELDS, first=1)
    page = await desk.ask(*ALL_FIELDS, last=5, before=first.start_cursor)
    assert (page.start_cursor, page.end_cursor) == (first.start_cursor, None)
    assert (page.has_previous_page, page.has_next_page) == (False, True)
    none = await desk.ask(*ALL_FIELDS, first=0)
    assert (none.start_cursor, none.end_cursor) == (None, None)


@pytest.mark.parametrize("page", [{"first": 7}, {"last": 7}])
async def test_edges_and_nodes_and_the_ends_of_the_page_agree(page: dict[str, Any]) -> None:
    desk = Desk()
    found = await desk.ask(*ALL_FIELDS, **page)
    assert [edge.node for edge in found.edges] == found.nodes
    cursors = [edge.cursor for edge in found.edges]
    assert (cursors[0], cursors[-1]) == (found.start_cursor, found.end_cursor)
    assert len(set(cursors)) == 7
    assert found.page_info is found


async def test_every_edge_is_a_place_to_go_on_from_in_both_directions() -> None:
    desk = Desk()
    model = keys(desk.graph.model())
    pages: list[dict[str, Any]] = [{"first": 100}, {"last": 100}]
    for page in pages:
        found = await desk.ask(*ALL_FIELDS, **page)
        for edge, row in list(zip(found.edges, shown(found), strict=True))[::9]:
            at = model.index(row)
            behind = await desk.ask(*ALL_FIELDS, first=5, after=edge.cursor)
            before = await desk.ask(*ALL_FIELDS, last=5, before=edge.cursor)
            assert list(shown(behind)) == model[at + 1 : at + 6]
            assert list(shown(before)) == model[max(at - 5, 0) : at]


async def test_a_source_that_joins_enters_at_the_cursors_place() -> None:
    desk = Desk()
    page = await desk.ask(*ALL_FIELDS, first=100)
    rows = [Row(minute, minute + 1) for minute in range(0, 600, 3)]
    wider = Desk(gamma=Upstream(rows))
    following = await wider.ask(*ALL_FIELDS, first=50, after=page.end_cursor)
    model = keys(wider.graph.model())
    at = model.index(shown(page)[-1])
    assert list(shown(following)) == model[at + 1 : at + 51]
    assert "gamma" in {name for name, _ in shown(following)}
