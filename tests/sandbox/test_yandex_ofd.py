"""Yandex OFD's report, against its document's example and against the receipts one by one."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox import yandex_ofd
from sandbox.app import SEED
from sandbox.receipts import OPERATIONS, PARTS, Receipt, Receipts
from sandbox.upstream import Scenario

EXAMPLES = Path(__file__).parent / "examples"
REQUEST = json.loads((EXAMPLES / "yandex_ofd_request.json").read_text())
PRINTED = json.loads((EXAMPLES / "yandex_ofd_sales.json").read_text())
REPORT = "/yandex_ofd/docs/aggregations/sales"
ROWS = "/control/yandex_ofd/receipts"
KEYS = {"X-Yandex-Key": yandex_ofd.YANDEX_KEY, "X-OFD-Key": yandex_ofd.OFD_KEY}
ALL = {"date_from": "2024-11-20", "date_to": "2026-11-20"}
Body = dict[str, Any]


def ask(client: httpx.Client, **body: object) -> Body:
    answer = client.post(REPORT, json=ALL | body, headers=KEYS)
    assert answer.status_code == 200, answer.text
    report: Body = answer.json()
    return report


def walk(client: httpx.Client, **body: object) -> list[Body]:
    """All intervals of two years, page by page."""
    rows: list[Body] = []
    while page := ask(client, offset=len(rows), **body)["data"]:
        rows += page
    return rows


@pytest.fixture(scope="module")
def receipts(now: datetime) -> list[Receipt]:
    """Every receipt behind the reports."""
    drawn = Receipts(Scenario(1, SEED, lambda: now))
    return [receipt for n in range(732) for receipt in drawn.on(date(2024, 11, 19) + timedelta(n))]


@pytest.fixture(scope="module")
def days(unchanged: httpx.Client) -> list[Body]:
    return walk(unchanged)


def figures(row: Body) -> Body:
    """What a row states, without its oddities: absent is nothing, a bare date has no time."""
    buckets: Body = {
        operation: {part: row.get(operation, {}).get(part, 0.0) for part in (*PARTS, "total")}
        for operation in OPERATIONS
    }
    counts = {key: row[key] for key in ("checks", "checks_income", "income_avg")}
    found: Body = {key: row[key][:10] for key in ("date_from", "date_to") if key in row}
    return {**buckets, **counts, **found}


def counted(receipts: list[Receipt]) -> Body:
    """The figures, one receipt after the other."""
    buckets: Body = {operation: dict.fromkeys((*PARTS, "total"), 0) for operation in OPERATIONS}
    for receipt in receipts:
        for part, amount in zip((*PARTS, "total"), receipt.amounts, strict=True):
            buckets[receipt.operation][part] += amount
    incomes = sum(receipt.operation == "income" for receipt in receipts)
    moments = sorted(receipt.moment for receipt in receipts)
    return {
        **{name: {part: sums[part] / 100 for part in sums} for name, sums in buckets.items()},
        "checks": len(receipts),
        "checks_income": incomes,
        "income_avg": round(buckets["income"]["total"] / incomes / 100, 1) if incomes else 0.0,
        "date_from": str(moments[0].date()),
        "date_to": str(moments[-1].date()),
    }


@cache
def bounds(interval: str, day: date) -> tuple[str, str]:
    """The first and the last day of the interval around a day, found by walking."""
    same = {
        "day": lambda other: other == day,
        "week": lambda other: other.isocalendar()[:2] == day.isocalendar()[:2],
        "month": lambda other: (other.year, other.month) == (day.year, day.month),
    }[interval]
    near = [day + timedelta(n) for n in range(-31, 32)]
    return str(min(filter(same, near))), str(max(filter(same, near)))


def test_printed_request_gets_the_printed_answer(sandbox: httpx.Client) -> None:
    sales = [("2018-06-09", 63, 63)] + [("2018-06-15", 63, 63)] * 8 + [("2018-06-20", 63, 64)]
    sales += [("2018-07-06", 70, 70)] * 4 + [("2018-07-25", 70, 70)]
    for day, cash, total in sales:
        receipt = {"date": f"{day} 12:00:00", "cashTotal": cash, "total": total}
        assert sandbox.post(ROWS, json=receipt).status_code == 201
    report = ask(sandbox, **REQUEST)
    assert report["total"] == PRINTED["total"]
    assert figures(report["full"]) == figures(PRINTED["full"])
    assert [figures(row) for row in report["data"]] == [figures(row) for row in PRINTED["data"]]
    for given, printed in zip(report["data"], PRINTED["data"], strict=True):
        assert {key: given[key] for key in ("start", "end")} == {
            key: printed[key] for key in ("start", "end")
        }


def types(value: Body, path: str = "") -> Iterator[tuple[str, str]]:
    """Every path of a row with the type of what stands there."""
    for key, item in value.items():
        if isinstance(item, dict):
            yield from types(item, f"{path}{key}.")
        else:
            yield path + key, type(item).__name__


def test_intervals_are_shaped_as_printed(days: list[Body]) -> None:
    printed = set(types(PRINTED["data"][0]))
    seen = {found for row in days for found in types(row)}
    assert seen - printed == {("_shard", "int")}
    assert printed <= seen


def test_answer_is_shaped_as_printed(unchanged: httpx.Client) -> None:
    report = ask(unchanged)
    assert report.keys() == {*PRINTED, "request_id"}
    assert set(types(report["full"])) == set(types(PRINTED["full"]))


@pytest.mark.parametrize("interval", ["day", "week", "month"])
@pytest.mark.parametrize(
    ("body", "counts"),
    [
        ({}, lambda r: True),
        ({"company_ids": ["303"]}, lambda r: r.cashbox == "906"),
        ({"company_ids": ["301", "302"]}, lambda r: r.cashbox < "906"),
        ({"retail_point_ids": ["728"]}, lambda r: r.cashbox in ("901", "902")),
        ({"cashbox_ids": ["903"], "company_ids": ["301"]}, lambda r: r.cashbox == "903"),
        ({"document_types": ["bso", "closeShift"]}, lambda r: r.document == "bso"),
        ({"operation_types": ["outcome_return"]}, lambda r: r.operation == "outcome_return"),
        ({"taxation_types": ["psn", "osn"]}, lambda r: r.taxation in ("psn", "osn")),
        ({"company_ids": []}, lambda r: True),
        (
            {"date_from": "2026-03-04 11:20:30", "date_to": "2026-04-15 14:00:00"},
            lambda r: "2026-03-04 11:20:30" <= str(r.moment) <= "2026-04-15 14:00:00",
        ),
        (
            {"date_from": "2025-12-30", "date_to": "2026-01-04"},
            lambda r: "2025-12-30" <= str(r.moment) < "2026-01-05",
        ),
    ],
)
def test_figures_are_those_of_the_receipts(
    unchanged: httpx.Client,
    receipts: list[Receipt],
    interval: str,
    body: Body,
    counts: Callable[[Receipt], bool],
) -> None:
    expected = defaultdict(list)
    for receipt in filter(counts, receipts):
        expected[bounds(interval, receipt.moment.date())].append(receipt)
    rows = walk(unchanged, interval=interval, **body)
    assert [(row["start"], row["end"]) for row in rows] == sorted(expected)
    assert [figures(row) for row in rows] == [
        counted(found) for _, found in sorted(expected.items())
    ]
    report = ask(unchanged, interval=interval, limit=1, **body)
    assert report["total"] == len(expected)
    assert figures(report["full"]) == counted([*chain.from_iterable(expected.values())])


def test_bounds_are_inclusive_to_the_second(
    unchanged: httpx.Client, receipts: list[Receipt]
) -> None:
    receipt = receipts[5_000]
    at = {"date_from": str(receipt.moment), "date_to": str(receipt.moment)}
    row = ask(unchanged, cashbox_ids=[receipt.cashbox], **at)["data"][0]
    assert figures(row) == counted([receipt])


def test_found_bounds_are_times_or_bare_dates(
    unchanged: httpx.Client, receipts: list[Receipt], days: list[Body]
) -> None:
    known = {str(receipt.moment) for receipt in receipts}
    stamps = [row[key] for row in days for key in ("date_from", "date_to")]
    exact = [stamp for stamp in stamps if " " in stamp]
    assert set(exact) <= known
    assert 0.2 < len(exact) / len(stamps) < 0.8


def test_nothing_was_sold_on_new_years_day(days: list[Body]) -> None:
    starts = [date.fromisoformat(row["start"]) for row in days]
    gaps = {later - timedelta(1) for earlier, later in pairwise(starts) if earlier.day == 31}
    assert gaps >= {date(2025, 1, 1), date(2026, 1, 1)}
    assert not {date(2025, 1, 1), date(2026, 1, 1)} & set(starts)


def test_elements_are_absent_now_and_then(days: list[Body]) -> None:
    assert any(operation not in row for row in days for operation in OPERATIONS)
    assert any(part not in row["income"] for row in days for part in PARTS)
    assert any(row.get("outcome", {}).get("total") == 0 for row in days)


def test_order_of_keys_varies(days: list[Body]) -> None:
    assert len({tuple(row) for row in days}) > 100
    assert len({tuple(row["income"]) for row in days}) > 50


def test_total_is_at_times_a_rouble_more_than_its_parts(days: list[Body]) -> None:
    def surplus(row: Body) -> int:
        buckets = figures(row)
        return sum(
            round(100 * buckets[name]["total"]) - sum(round(100 * buckets[name][p]) for p in PARTS)
            for name in OPERATIONS
        )

    assert {surplus(row) for row in days} == {0, 100}
    assert sum(surplus(row) > 0 for row in days) < 30


def shown(row: Body, order: str) -> tuple[bool, Any]:
    """What a caller may sort by; the absent comes first."""
    name, _, part = {
        "date": "start",
        "cash": "income.cashTotal",
        "ecash": "income.ecashTotal",
        "avg_receipt": "income_avg",
        "checks": "checks",
        "checks_income": "checks_income",
    }.get(order, f"{order}.total").partition(".")
    value = row.get(name, {}).get(part) if part else row[name]
    return (value is not None, value)


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("order", yandex_ofd.ORDERS)
def test_orders(unchanged: httpx.Client, days: list[Body], order: str, sign: str) -> None:
    expected = sorted(days, key=lambda row: shown(row, order), reverse=bool(sign))
    for offset in (0, 300, 680):
        page = ask(unchanged, orders=[sign + order], offset=offset)["data"]
        assert page == expected[offset : offset + 100]


@pytest.mark.parametrize(
    "orders",
    [["-checks", "income"], ["checks", "-date"], ["outcome_return", "-checks", "-avg_receipt"]],
)
def test_orders_apply_in_turn(unchanged: httpx.Client, days: list[Body], orders: list[str]) -> None:
    expected = days
    for order in reversed(orders):
        name = order.removeprefix("-")
        expected = sorted(expected, key=lambda r: shown(r, name), reverse=name != order)
    assert walk(unchanged, orders=orders) == expected


@pytest.mark.parametrize(
    ("page", "places"),
    [
        ({}, slice(0, 100)),
        ({"limit": 100}, slice(0, 100)),
        ({"limit": 101}, slice(0, 100)),
        ({"limit": 10**30, "offset": 700}, slice(700, None)),
        ({"limit": 7, "offset": 3}, slice(3, 10)),
        ({"limit": 1, "offset": 0}, slice(0, 1)),
        ({"limit": 0}, slice(0, 0)),
        ({"offset": 729}, slice(0, 0)),
        ({"offset": 10**30}, slice(0, 0)),
    ],
)
def test_page(unchanged: httpx.Client, days: list[Body], page: Body, places: slice) -> None:
    report, whole = ask(unchanged, **page), ask(unchanged)
    assert report["data"] == days[places]
    assert (report["total"], report["full"]) == (len(days), whole["full"]) == (729, whole["full"])


@pytest.mark.parametrize(
    "body",
    [
        {"date_from": "2019-01-01", "date_to": "2019-12-31"},
        {"date_from": "2026-11-20 18:30:01"},
        {"date_from": "2026-11-02", "date_to": "2026-11-01"},
        {"date_from": "2026-01-01", "date_to": "2026-01-01"},
        {"taxation_types": ["esn_agricultural"]},
        {"document_types": ["openShift"]},
        {"company_ids": ["301"], "cashbox_ids": ["906"]},
    ],
)
def test_nothing_found(unchanged: httpx.Client, body: Body) -> None:
    report = ask(unchanged, **body)
    assert (report["data"], report["total"]) == ([], 0)
    assert (report["full"]["checks"], report["full"]["income_avg"]) == (0, 0.0)
    assert not {"date_from", "date_to"} & report["full"].keys()
