"""The promises of walks where the upstream sorts: LIFE PAY's tokens, Yandex OFD's offsets."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from providers import REGISTRY
from providers.base import Account
from providers.client import Source
from providers.records import SalesInterval
from providers.wire import Request, Response
from resolvers.connections import Connection
from resolvers.context import Context, Limits
from resolvers.cursors import CursorCodec
from resolvers.export_tasks import list_export_tasks
from resolvers.sales import list_sales
from tests.resolvers.model import PLAIN

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
FIELDS = frozenset({"nodes", "pageInfo"})
sizes = st.lists(st.integers(1, 12), min_size=1, max_size=4)


class Task(NamedTuple):
    """A task as far as paging cares: milliseconds since EPOCH, None where it has no time."""

    milli: int | None
    number: int

    @property
    def created(self) -> datetime | None:
        return None if self.milli is None else EPOCH + timedelta(milliseconds=self.milli)

    @property
    def order(self) -> float:
        return float("-inf") if self.milli is None else self.milli

    @property
    def guid(self) -> str:
        return f"00000000-0000-0000-0000-{self.number:012}"


@dataclass
class Tasks:
    """Lists tasks as LIFE PAY does: pages of its own size, each naming the next by a token.

    Whether a task without a time is within bounds is up to `lets_in_timeless`.
    """

    rows: list[Task]
    size: int
    end_is_inclusive: bool
    lets_in_timeless: bool
    tokens: dict[str, tuple[Any, int]] = field(default_factory=dict)

    async def send(self, request: Request, _: float = 0) -> Response:
        asked = dict(request.query)
        token = asked.pop("page_token", None)
        filters, start = self.tokens[token] if token else (tuple(asked.items()), 0)
        assert filters == tuple(asked.items()), "filters are repeated with each token"
        rows = [row for row in self.rows if self._within(row, asked)]
        rows.sort(key=lambda row: row.order, reverse=asked["order_by"].endswith("desc"))
        page, end = rows[start : start + self.size], start + self.size
        following = f"token-{len(self.tokens)}" if end < len(rows) else None
        if following:
            self.tokens[following] = (filters, end)
        items = [{"guid": row.guid, "created_at": row.created} for row in page]
        body = {"items": items or None, "next_page_token": following}
        return Response(200, {}, msgspec.json.encode(body))

    def _within(self, row: Task, asked: dict[str, str]) -> bool:
        start, end = asked.get("created_from"), asked.get("created_to")
        if row.created is None:
            return self.lets_in_timeless or (start is None and end is None)
        if start and row.created < datetime.fromisoformat(start):
            return False
        last = datetime.fromisoformat(end) if end else row.created
        return row.created < last or (row.created == last and (self.end_is_inclusive or not end))


tasks = st.builds(
    lambda times, *how: Tasks([Task(milli, number) for number, milli in enumerate(times)], *how),
    st.lists(st.one_of(st.none(), st.integers(0, 8), st.integers(0, 10_000)), max_size=40),
    st.integers(1, 20),
    st.booleans(),
    st.booleans(),
)


def sources(provider: str, upstreams: Sequence[Any], credentials: Any) -> Sequence[Source]:
    spec = REGISTRY[provider]
    names = ("alpha", "beta", "gamma")
    return [
        Source(spec, Account(name, credentials, UTC), upstream, policy=PLAIN)
        for name, upstream in zip(names, upstreams, strict=False)
    ]


async def walk(
    ask: Callable[..., Any], counts: Sequence[int], between: Callable[[], None], *, backwards: bool
) -> Sequence[Any]:
    """Every row, in the list's order; each page is full until the last."""
    cursor, rows = None, list[Any]()
    for turn in range(1000):
        size = counts[turn % len(counts)]
        page = {"last": size, "before": cursor} if backwards else {"first": size, "after": cursor}
        found: Connection = await ask({k: v for k, v in page.items() if v is not None})
        nodes = list(found.nodes)
        rows = nodes + rows if backwards else rows + nodes
        more = found.has_previous_page if backwards else found.has_next_page
        assert len(nodes) == size or not more
        if not more:
            return rows
        cursor = found.start_cursor if backwards else found.end_cursor
        between()
    raise AssertionError("the walk does not end")


@given(
    st.lists(tasks, min_size=1, max_size=3),
    sizes,
    st.booleans(),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 10_000), st.integers(0, 50)), max_size=6),
)
@settings(max_examples=300, deadline=None)
def test_tasks_come_once_and_in_order_whatever_comes_and_goes(
    upstreams: Sequence[Tasks],
    counts: Sequence[int],
    descending: bool,
    backwards: bool,
    changes: Sequence[tuple[int, int, int]],
) -> None:
    life_pay = REGISTRY["life_pay"].credentials(org_guid="org", api_key="key")
    accounts = sources("life_pay", upstreams, life_pay)
    for account in accounts:
        account.ties = True
    pending = list(changes)

    def between() -> None:
        if pending:
            which, milli, gone = pending.pop()
            rows = upstreams[which % len(upstreams)].rows
            rows.append(Task(milli, 1000 + len(pending)))
            del rows[gone % len(rows)]

    async def ask(page: dict[str, Any]) -> Connection:
        context = Context(accounts, Limits(), CursorCodec(b"secret"))
        return await list_export_tasks(
            context,
            restrictions={},
            by_update_time=False,
            descending=descending,
            page=page,
            fields=FIELDS,
        )

    before = _tasks(accounts, upstreams, descending=descending)
    walked = asyncio.run(walk(ask, counts, between, backwards=backwards))
    found = [(node.source.name, node.provider_id) for node in walked]
    after = set(_tasks(accounts, upstreams, descending=descending))
    stayed = [row for row in before if row in after]
    assert [row for row in found if row in set(stayed)] == stayed
    assert len(found) == len(set(found))


def _tasks(
    accounts: Sequence[Source], upstreams: Sequence[Tasks], *, descending: bool
) -> Sequence[tuple[str, str]]:
    rows = [
        (row.order, account.name, row.guid)
        for account, upstream in zip(accounts, upstreams, strict=True)
        for row in upstream.rows
    ]
    return [(name, guid) for _, name, guid in sorted(rows, reverse=descending)]


class Day(NamedTuple):
    """The sales of a day, as far as order cares."""

    day: int
    income: int | None
    checks: int | None


@dataclass
class Shop:
    """Lists days as Yandex OFD does: sorted on request, any stretch of them; it may not count."""

    days: list[Day]
    limit: int
    counts: bool

    async def send(self, request: Request, _: float = 0) -> Response:
        asked = dict(request.body)
        rows = list(self.days)
        for order in reversed(asked["orders"]):
            rows.sort(key=partial(_figure, by=order.lstrip("-")), reverse=order[0] == "-")
        stretch = rows[asked["offset"] : asked["offset"] + min(asked["limit"], self.limit)]
        body: dict[str, Any] = {"data": [_wire(row) for row in stretch], "full": {}}
        if self.counts:
            body["total"] = len(rows)
        return Response(200, {}, msgspec.json.encode(body))


def _figure(row: Day, by: str) -> float:
    value = {"date": row.day, "income": row.income, "checks": row.checks}[by]
    return float("-inf") if value is None else value


def _wire(row: Day) -> dict[str, Any]:
    day = (date(2026, 1, 1) + timedelta(days=row.day)).isoformat()
    income = None if row.income is None else {"total": row.income / 4}
    return {"start": day, "end": day, "income": income, "checks": row.checks}


figures = st.one_of(st.none(), st.integers(0, 3), st.integers(0, 10_000))
shops = st.builds(
    Shop,
    st.lists(
        st.builds(Day, st.integers(0, 400), figures, figures),
        max_size=30,
        unique_by=lambda d: d.day,
    ),
    st.sampled_from([1, 3, 10, 100]),
    st.booleans(),
)
orders = st.lists(
    st.sampled_from(
        [f"{by}_{to}" for by in ("DATE", "INCOME", "CHECKS") for to in ("ASC", "DESC")]
    ),
    max_size=3,
)


@given(st.lists(shops, min_size=1, max_size=3), sizes, orders, st.booleans())
@settings(max_examples=300, deadline=None)
def test_sales_come_once_and_in_the_asked_order(
    upstreams: Sequence[Shop], counts: Sequence[int], asked: Sequence[str], backwards: bool
) -> None:
    yandex = REGISTRY["yandex_ofd"].credentials(yandex_key="key", ofd_key="key")
    accounts = sources("yandex_ofd", upstreams, yandex)
    for account in accounts:
        account.ties = True

    async def ask(page: dict[str, Any]) -> Any:
        context = Context(accounts, Limits(), CursorCodec(b"secret"))
        period = {"start": EPOCH, "end": EPOCH + timedelta(days=500), "interval": SalesInterval.DAY}
        return await list_sales(
            context, restrictions=period, orders=asked, page=page, fields=FIELDS
        )

    walked = asyncio.run(walk(ask, counts, lambda: None, backwards=backwards))
    found = [(node.source.name, node.start.isoformat()) for node in walked]
    assert found == _sorted_days(accounts, upstreams, asked or ["DATE_ASC"])


def _sorted_days(
    accounts: Sequence[Source], upstreams: Sequence[Shop], asked: Sequence[str]
) -> Sequence[tuple[str, str]]:
    rows = [
        (account.name, row)
        for account, upstream in zip(accounts, upstreams, strict=True)
        for row in upstream.days
    ]
    rows.sort(key=lambda each: (each[0], each[1].day))
    for order in reversed(asked):
        by, _, direction = order.lower().rpartition("_")
        rows.sort(key=partial(_named_figure, by=by), reverse=direction == "desc")
    return [(name, str(_wire(row)["start"])) for name, row in rows]


def _named_figure(row: tuple[str, Day], by: str) -> float:
    return _figure(row[1], by)
