"""Whom and what LIFE PAY refuses, and what the control endpoint does to its tasks."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from sandbox import life_pay
from sandbox.exports import ORG_GUID

PRINTED_ERROR = json.loads((Path(__file__).parent / "examples/life_pay_error.json").read_text())
LIST = f"/life_pay/orgs/{ORG_GUID}/async/exports/revenuereports"
ROWS = "/control/life_pay/tasks"
FAULT = "/control/faults/life_pay"
HEADERS = {
    "Authorization": life_pay.API_KEY,
    "X-LP-Client-Identifier": "tests",
    "X-LP-Client-Type": "Service",
    "Accept-Language": "ru",
}
Body = dict[str, Any]


def ask(client: httpx.Client, **query: str) -> list[Body]:
    items: list[Body] = client.get(LIST, params=query, headers=HEADERS).json()["items"]
    return items


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (life_pay.API_KEY, 200),
        (f"Bearer {life_pay.TOKEN}", 200),
        (f"bearer  {life_pay.TOKEN}", 200),
        ("", 401),
        (life_pay.TOKEN, 401),
        (f"Bearer {life_pay.API_KEY}", 401),
        (f"Basic {life_pay.TOKEN}", 401),
        ("Bearer", 401),
        ("other", 401),
    ],
)
def test_credentials(unchanged: httpx.Client, authorization: str, status: int) -> None:
    answer = unchanged.get(LIST, headers=HEADERS | {"Authorization": authorization})
    assert answer.status_code == status
    if status == 401:
        assert answer.json().keys() == PRINTED_ERROR.keys()
        assert answer.json()["code"] == "Unauthorized"


@pytest.mark.parametrize("org", ["other", "3fa85f64-5717-4562-b3fc-2c963f66afa6"])
def test_other_organisation_is_not_found(unchanged: httpx.Client, org: str) -> None:
    answer = unchanged.get(LIST.replace(ORG_GUID, org), headers=HEADERS)
    assert (answer.status_code, answer.json()["code"]) == (404, "NotFound")


def test_case_of_the_organisation_is_free(unchanged: httpx.Client) -> None:
    assert unchanged.get(LIST.replace(ORG_GUID, ORG_GUID.upper()), headers=HEADERS).is_success


@pytest.mark.parametrize("path", ["/life_pay/", f"{LIST}/", "/life_pay/v6/orgs"])
def test_unknown_path(unchanged: httpx.Client, path: str) -> None:
    answer = unchanged.get(path, headers=HEADERS)
    assert (answer.status_code, answer.json()["code"]) == (404, "NotFound")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods(unchanged: httpx.Client, method: str) -> None:
    answer = unchanged.request(method, LIST, headers=HEADERS)
    assert (answer.status_code, answer.json()["code"]) == (405, "NotAllowed")


@pytest.mark.parametrize("value", ["", None])
@pytest.mark.parametrize("name", ["X-LP-Client-Identifier", "X-LP-Client-Type", "Accept-Language"])
def test_required_headers(unchanged: httpx.Client, name: str, value: str | None) -> None:
    request = unchanged.build_request("GET", LIST, headers=HEADERS)
    del request.headers[name]
    if value is not None:
        request.headers[name] = value
    answer = unchanged.send(request)
    assert (answer.status_code, answer.json()["code"]) == (422, "RequestIsNotValid")
    assert answer.json()["info"] == f"Header {name} is required"


@pytest.mark.parametrize("kind", ["Unknown", "App", "WebApp", "Service", "Android"])
def test_known_client_types(unchanged: httpx.Client, kind: str) -> None:
    assert unchanged.get(LIST, headers=HEADERS | {"X-LP-Client-Type": kind}).is_success


@pytest.mark.parametrize("kind", ["service", "Browser"])
def test_unknown_client_types(unchanged: httpx.Client, kind: str) -> None:
    answer = unchanged.get(LIST, headers=HEADERS | {"X-LP-Client-Type": kind})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("ru", "Запрос не прошёл проверку"),
        ("en-GB", "The request is not valid"),
        ("nl", "Запрос не прошёл проверку"),
    ],
)
def test_language_of_messages(unchanged: httpx.Client, language: str, message: str) -> None:
    headers = HEADERS | {"Accept-Language": language}
    answer = unchanged.get(LIST, params={"order_by": "guid"}, headers=headers)
    assert answer.json()["message"] == message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page_token", "abc"),
        ("page_token", "токен"),
        ("page_token", "AAAAAAAAAAAAAAAA"),
        ("presentation", "Full"),
        ("order_by", "guid"),
        ("order_by", "created_at"),
        ("task_status", "Cancelled"),
        ("task_status", "InQueue,Completed"),
        ("created_from", "yesterday"),
        ("created_from", "2026-11-20"),
        ("created_to", "2026-11-20T00:00:00"),
        ("updated_from", "2026-13-20T00:00:00Z"),
        ("updated_to", "2026-11-20T00:00:00 03:00"),
        ("created_from", "0001-01-01T00:00:00+03:00"),
    ],
)
def test_refused_query(unchanged: httpx.Client, name: str, value: str) -> None:
    answer = unchanged.get(LIST, params={name: value}, headers=HEADERS)
    assert (answer.status_code, answer.json()["code"]) == (422, "RequestIsNotValid")
    assert answer.json()["info"]


@pytest.mark.parametrize(
    "name", ["page_token", "presentation", "order_by", "task_status", "created_from", "colour"]
)
def test_empty_and_unknown_parameters_are_none(unchanged: httpx.Client, name: str) -> None:
    assert ask(unchanged, **{name: ""}) == ask(unchanged)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "BadRequest"),
        (401, "Unauthorized"),
        (403, "NoPermissions"),
        (404, "NotFound"),
        (422, "RequestIsNotValid"),
        (429, "TooManyRequests"),
        (500, "InternalServerError"),
        (503, "InternalServerError"),
    ],
)
def test_faults_are_worded_as_its_own(sandbox: httpx.Client, status: int, code: str) -> None:
    sandbox.put(FAULT, json={"status": status, "retry_after": 3, "times": 1})
    answer = sandbox.get(LIST, headers=HEADERS)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json().keys() == PRINTED_ERROR.keys()
    assert answer.headers["Retry-After"] == "3"
    assert sandbox.get(LIST, headers=HEADERS).is_success


def test_inserted_task_waits_and_is_the_newest(sandbox: httpx.Client, now: datetime) -> None:
    before = ask(sandbox)
    answer = sandbox.post(ROWS)
    assert answer.status_code == 201
    task = answer.json()
    assert task.keys() == before[0].keys()
    assert (task["status"], task["progress"], task["deleted_at"]) == ("InQueue", 0, None)
    assert datetime.fromisoformat(task["created_at"]) == now
    assert str(UUID(task["guid"])) == task["guid"]
    assert ask(sandbox) == [task, *before[:-1]]


def test_inserted_task_takes_the_given_fields_and_the_place_they_give(
    sandbox: httpx.Client,
) -> None:
    oldest = ask(sandbox, order_by="created_at_asc")[0]
    fields = {"created_at": "2020-01-01T00:00:00.000Z", "status": "Paused", "progress": None}
    task = sandbox.post(ROWS, json=fields).json()
    assert {key: task[key] for key in fields} == fields
    assert ask(sandbox, order_by="created_at_asc")[:2] == [task, oldest]
    assert ask(sandbox, created_to="2020-01-01T00:00:00Z") == [task]


@pytest.mark.parametrize("stamp", [None, "soon", "2026-11-20T15:30:00"])
def test_task_without_a_proper_time_is_in_its_place_by_now(
    sandbox: httpx.Client, stamp: str | None
) -> None:
    task = sandbox.post(ROWS, json={"created_at": stamp, "updated_at": stamp}).json()
    assert ask(sandbox)[0] == ask(sandbox, order_by="updated_at_desc")[0] == task


def test_changed_task_moves(sandbox: httpx.Client) -> None:
    oldest = ask(sandbox, order_by="created_at_asc")[0]
    fields = {"status": "InProgress", "progress": 55}
    changed = sandbox.patch(f"{ROWS}/{oldest['guid']}", json=fields).json()
    assert changed == {**oldest, **fields, "updated_at": "2026-11-20T15:30:00.000Z"}
    assert ask(sandbox, order_by="updated_at_desc")[0] == changed
    assert ask(sandbox, order_by="created_at_asc")[0] == changed
    assert changed in ask(sandbox, task_status="InProgress")
    again = sandbox.patch(f"{ROWS}/{oldest['guid']}", json={"updated_at": "2026-01-01T00:00:00Z"})
    assert again.json() == {**changed, "updated_at": "2026-01-01T00:00:00Z"}


def test_removed_task_is_gone(sandbox: httpx.Client) -> None:
    gone, *others = ask(sandbox)
    assert sandbox.delete(f"{ROWS}/{gone['guid']}").status_code == 204
    assert ask(sandbox)[:-1] == others
    assert sandbox.delete(f"{ROWS}/{gone['guid']}").status_code == 404
    assert sandbox.patch(f"{ROWS}/{gone['guid']}", json={}).status_code == 404


@pytest.mark.parametrize("name", ["guid", "colour"])
def test_what_is_no_field_of_a_task(sandbox: httpx.Client, name: str) -> None:
    guid = ask(sandbox)[0]["guid"]
    for answer in (
        sandbox.post(ROWS, json={name: "x"}),
        sandbox.patch(f"{ROWS}/{guid}", json={name: "x"}),
    ):
        assert answer.status_code == 400
        assert answer.json() == {"error": f"This is not a row: a task has no {name} to set."}
