"""LIFE PAY's list of export tasks, against the example from its schema."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from sandbox import life_pay
from sandbox.app import create_app
from sandbox.export_tasks import TASKS
from sandbox.exports import ORG_GUID

EXAMPLES = Path(__file__).parent / "examples"
PRINTED = json.loads((EXAMPLES / "life_pay_export_tasks.json").read_text())
LIST = f"/life_pay/orgs/{ORG_GUID}/async/exports/revenuereports"
ROWS = "/control/life_pay/tasks"
HEADERS = {
    "Authorization": life_pay.API_KEY,
    "X-LP-Client-Identifier": "tests",
    "X-LP-Client-Type": "Service",
    "Accept-Language": "ru",
}
STATUSES = ["InQueue", "InProgress", "WaitingForFeedback", "Completed", "Canceled"]
Body = dict[str, Any]
Query = dict[str, str | list[str]]
Serve = Callable[[ASGIApp], httpx.Client]


def page(client: httpx.Client, query: Query | None = None) -> Body:
    answer = client.get(LIST, params=query, headers=HEADERS)
    assert answer.status_code == 200, answer.text
    body: Body = answer.json()
    return body


def pages(client: httpx.Client, query: Query | None = None) -> list[Body]:
    """All pages, by the token in each."""
    bodies = [page(client, query)]
    while token := bodies[-1].get("next_page_token"):
        bodies.append(page(client, {**(query or {}), "page_token": token}))
    return bodies


def walk(client: httpx.Client, query: Query | None = None) -> list[Body]:
    return [task for body in pages(client, query) for task in body["items"] or []]


@pytest.fixture(scope="module")
def tasks(unchanged: httpx.Client) -> list[Body]:
    return walk(unchanged)


def differences(printed: object, given: object, path: str = "") -> list[str]:
    """Where the given JSON has other keys or other types than the printed one; null is free."""
    if printed is None or given is None:
        return []
    if type(printed) is not type(given):
        return [f"{path}: {type(given).__name__}"]
    if isinstance(printed, dict) and isinstance(given, dict) and printed:
        if list(printed) != list(given):
            return [f"{path}: {list(given)}"]
        return [
            d for key in printed for d in differences(printed[key], given[key], f"{path}.{key}")
        ]
    if isinstance(printed, list) and isinstance(given, list):
        return [d for item in given for d in differences(printed[0], item, f"{path}[]")]
    return []


def test_tasks_are_shaped_as_printed(tasks: list[Body]) -> None:
    assert [d for task in tasks for d in differences(PRINTED["items"][0], task)] == []


def test_page_is_shaped_as_printed(unchanged: httpx.Client) -> None:
    optional = {"next_page_token", "items_total", "pages_total"}
    for body in pages(unchanged):
        assert body.keys() | optional == PRINTED.keys()
        assert {
            type(body[key]) for key in body.keys() - {"items", "type_of", "next_page_token"}
        } == {int}


@pytest.mark.parametrize(
    "path",
    [
        "parameters.filters_for_export.comparison_processed_at_from",
        "parameters.filters_for_export.outlet_guid",
        "parameters.filters_for_export.employee_guid",
        "deleted_at",
        "meta",
        "meta_data",
    ],
)
def test_fields_that_may_be_null(tasks: list[Body], path: str) -> None:
    values: list[Any] = tasks
    for name in path.split("."):
        values = [value[name] for value in values]
    assert {value is None for value in values} == {True, False}


@pytest.mark.parametrize("name", ["outlet", "employee"])
def test_guids_may_be_given_singly_in_a_list_or_both(tasks: list[Body], name: str) -> None:
    filters = [task["parameters"]["filters_for_export"] for task in tasks]
    ways = {(row[f"{name}_guid"] is None, row[f"{name}_guids"] == []) for row in filters}
    assert ways == {(True, True), (True, False), (False, True), (False, False)}


def test_every_status_type_and_resolution_occurs(tasks: list[Body]) -> None:
    assert {task["status"] for task in tasks} == set(STATUSES)
    assert "RevenueByEmploeesPeriodsExcel" in {task["report_export_type"] for task in tasks}
    kinds = {resolution["type"] for task in tasks for resolution in task["resolutions"]}
    assert kinds == {"Information", "Warning", "Error"}
    periods = {task["parameters"]["filters_for_export"]["revenueByPeriodsType"] for task in tasks}
    assert periods == {"Year", "Quarter", "Month", "Week", "Day", "Hour"}


def test_walk_meets_every_task_once(unchanged: httpx.Client, tasks: list[Body]) -> None:
    assert len({task["guid"] for task in tasks}) == len(tasks) == TASKS >= 150
    bodies = pages(unchanged)
    assert [len(body["items"]) for body in bodies] == [20] * (TASKS // 20)
    assert [body["page_number"] for body in bodies] == list(range(1, len(bodies) + 1))
    assert {body["items_per_page"] for body in bodies} == {20}


@pytest.mark.parametrize("name", ["items_per_page", "page_size", "limit"])
def test_size_of_a_page_is_not_the_callers(unchanged: httpx.Client, name: str) -> None:
    assert len(page(unchanged, {name: "5"})["items"]) == 20


@pytest.mark.parametrize(
    "order", ["created_at_asc", "created_at_desc", "updated_at_asc", "updated_at_desc"]
)
def test_orders(unchanged: httpx.Client, tasks: list[Body], order: str) -> None:
    field, _, direction = order.rpartition("_")
    rows = walk(unchanged, {"order_by": order})
    stamps = [row[field] for row in rows]
    assert stamps == sorted(stamps, reverse=direction == "desc")
    assert sorted(row["guid"] for row in rows) == sorted(task["guid"] for task in tasks)


def test_newest_come_first_unless_asked(unchanged: httpx.Client, tasks: list[Body]) -> None:
    assert walk(unchanged, {"order_by": "created_at_desc"}) == tasks
    assert walk(unchanged, {"order_by": "created_at_asc"}) == tasks[::-1]


def test_some_tasks_were_created_at_once(tasks: list[Body]) -> None:
    assert len(tasks) - len({task["created_at"] for task in tasks}) == 4


@pytest.mark.parametrize("statuses", [[status] for status in STATUSES] + [STATUSES[2:], STATUSES])
def test_filter_by_status(unchanged: httpx.Client, tasks: list[Body], statuses: list[str]) -> None:
    expected = [task for task in tasks if task["status"] in statuses]
    assert walk(unchanged, {"task_status": statuses}) == expected != []


@pytest.mark.parametrize("field", ["created", "updated"])
def test_bounds_are_inclusive(unchanged: httpx.Client, tasks: list[Body], field: str) -> None:
    ordered = sorted(tasks, key=lambda task: str(task[f"{field}_at"]))
    bounds = ordered[40][f"{field}_at"], ordered[110][f"{field}_at"]
    rows = walk(unchanged, {f"{field}_from": bounds[0], f"{field}_to": bounds[1]})
    expected = [task for task in tasks if bounds[0] <= task[f"{field}_at"] <= bounds[1]]
    assert rows == expected
    assert len(rows) >= 71


@pytest.mark.parametrize("bound", ["2026-10-01T00:00:00+03:00", "2026-09-30T21:00:00.000Z"])
def test_bounds_may_have_any_offset(unchanged: httpx.Client, tasks: list[Body], bound: str) -> None:
    rows = walk(unchanged, {"created_from": bound, "task_status": ["Completed"]})
    done = [task for task in tasks if task["status"] == "Completed"]
    assert rows == [task for task in done if task["created_at"] >= "2026-09-30T21:00:00.000Z"]


def test_empty_page(unchanged: httpx.Client) -> None:
    body = page(unchanged, {"created_from": "2027-01-01T00:00:00Z"})
    assert body["items"] is None
    assert not body.get("next_page_token")
    assert (body["page_number"], body.get("items_total", 0)) == (1, 0)


def test_ends_and_totals_vary(unchanged: httpx.Client, tasks: list[Body]) -> None:
    ends, totals = set(), set()
    for status in STATUSES:
        for order in ("created_at_asc", "created_at_desc", "updated_at_asc", "updated_at_desc"):
            bodies = pages(unchanged, {"task_status": status, "order_by": order})
            ends.add(bodies[-1].get("next_page_token", "absent"))
            count = sum(task["status"] == status for task in tasks)
            for body in bodies:
                stated = body.get("items_total"), body.get("pages_total")
                assert stated in [(None, None), (0, 0), (count, -(-count // 20))]
                totals.add("none" if stated[0] is None else stated[0] > 0)
    assert ends == {None, "", "absent"}
    assert totals == {"none", True, False}


@pytest.mark.parametrize("order", ["created_at_asc", "updated_at_desc"])
def test_compact_leaves_fields_out(unchanged: httpx.Client, order: str) -> None:
    left_out = {"parameters", "resolutions", "organization", "meta", "meta_data"}
    full = walk(unchanged, {"order_by": order, "presentation": "full"})
    assert walk(unchanged, {"order_by": order, "presentation": "compact"}) == [
        {key: value for key, value in task.items() if key not in left_out} for task in full
    ]


def test_token_holds_its_place_when_tasks_come_and_go(sandbox: httpx.Client) -> None:
    before = walk(sandbox)
    token = page(sandbox)["next_page_token"]
    sandbox.post(ROWS)
    sandbox.delete(f"{ROWS}/{before[19]['guid']}")
    assert page(sandbox, {"page_token": token})["items"] == before[20:40]


def test_presentation_may_change_between_pages(unchanged: httpx.Client) -> None:
    token = page(unchanged)["next_page_token"]
    assert (
        "meta" not in page(unchanged, {"page_token": token, "presentation": "compact"})["items"][0]
    )


@pytest.mark.parametrize(
    "query",
    [
        {"order_by": "created_at_asc"},
        {"task_status": STATUSES},
        {"created_from": "2020-01-01T00:00:00Z"},
        {"updated_to": "2030-01-01T00:00:00Z"},
    ],
)
def test_token_belongs_to_its_filters_and_order(unchanged: httpx.Client, query: Query) -> None:
    for asked, other in ((query, {}), ({}, query)):
        token = page(unchanged, asked)["next_page_token"]
        answer = unchanged.get(LIST, params={**other, "page_token": token}, headers=HEADERS)
        assert (answer.status_code, answer.json()["code"]) == (422, "RequestIsNotValid")
        assert "page_token" in answer.json()["info"]


def test_equal_filters_in_other_words_share_a_token(unchanged: httpx.Client) -> None:
    asked: Query = {"task_status": STATUSES, "created_from": "2026-01-01T00:00:00Z"}
    same: Query = {"task_status": STATUSES[::-1], "created_from": "2026-01-01T03:00:00+03:00"}
    token = page(unchanged, asked)["next_page_token"]
    repeated = page(unchanged, {**asked, "page_token": token})
    assert page(unchanged, {**same, "page_token": token}) == repeated


def test_token_of_another_sandbox_is_unknown(serve: Serve, now: datetime) -> None:
    other = serve(create_app(now=now, seed=7))
    token = page(other)["next_page_token"]
    client = serve(create_app(now=now))
    answer = client.get(LIST, params={"page_token": token}, headers=HEADERS)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t + "A", lambda t: t + "!", str.lower]
)
def test_altered_token_is_unknown(unchanged: httpx.Client, change: Callable[[str], str]) -> None:
    query = {"page_token": change(page(unchanged)["next_page_token"])}
    assert unchanged.get(LIST, params=query, headers=HEADERS).status_code == 422


def test_equal_seeds_give_equal_tasks(now: datetime, tasks: list[Body], serve: Serve) -> None:
    assert walk(serve(create_app(now=now))) == tasks
    other = walk(serve(create_app(now=now, seed=7)))
    assert not {task["guid"] for task in other} & {task["guid"] for task in tasks}


def test_scale_multiplies_the_tasks(now: datetime, serve: Serve) -> None:
    assert len(walk(serve(create_app(scale=3, now=now)))) == 3 * TASKS
