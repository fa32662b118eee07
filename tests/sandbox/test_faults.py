"""Upstreams that misbehave as told."""

import json

import httpx
import msgspec
import pytest

from sandbox.app import PROVIDERS
from sandbox.faults import FIELDS, Fault, RateWindow

LIST = "/yume/v1/billing/invoices/"
FAULT = "/control/faults/yume"


def test_words_describe_every_field() -> None:
    assert list(FIELDS) == [field.name for field in msgspec.structs.fields(Fault)]


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        ({"status": 503}, 503, b"<h1>Server Error (503)</h1>\n"),
        ({"status": 403}, 403, b'{"detail":"You do not have permission to perform this action."}'),
        ({"status": 429}, 429, b'{"detail":"Request was throttled."}'),
        ({"status": 204}, 204, b""),
        ({"malformed": "html"}, 200, b"<html><body><h1>502 Bad Gateway</h1></body></html>\n"),
        ({"malformed": "empty"}, 200, b""),
        ({"malformed": "null"}, 200, b"null"),
        ({"malformed": "list"}, 200, b"[]"),
        ({"malformed": "null", "status": 500}, 500, b"null"),
        ({"malformed": "truncated", "status": 404}, 404, b'{"detail":"'),
    ],
)
def test_answer(sandbox: httpx.Client, fault: dict[str, object], status: int, body: bytes) -> None:
    assert sandbox.put(FAULT, json=fault).json() == fault
    answer = sandbox.get(LIST)
    assert (answer.status_code, answer.content) == (status, body)


@pytest.mark.parametrize("malformed", [{}, {"malformed": "html"}, {"malformed": "truncated"}])
def test_retry_after(sandbox: httpx.Client, malformed: dict[str, str]) -> None:
    sandbox.put(FAULT, json={"status": 503, "retry_after": 2, **malformed})
    assert sandbox.get(LIST).headers["Retry-After"] == "2"


def test_truncated_answer_is_half_of_the_true_one(sandbox: httpx.Client) -> None:
    whole = sandbox.get(LIST).content
    sandbox.put(FAULT, json={"malformed": "truncated"})
    answer = sandbox.get(LIST)
    assert (answer.status_code, answer.content) == (200, whole[: len(whole) // 2])
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_fault_goes_away_after_its_times(sandbox: httpx.Client) -> None:
    sandbox.put(FAULT, json={"status": 503, "times": 2})
    assert [sandbox.get(LIST).status_code for _ in range(3)] == [503, 503, 200]
    assert sandbox.get("/control").json()["faults"]["yume"] is None


def test_times_left_are_shown(sandbox: httpx.Client) -> None:
    sandbox.put(FAULT, json={"status": 503, "times": 3})
    sandbox.get(LIST)
    shown = sandbox.get("/control").json()["faults"]
    assert shown == dict.fromkeys(PROVIDERS) | {"yume": {"status": 503, "times": 2}}


def test_fault_stays_until_cleared(sandbox: httpx.Client) -> None:
    sandbox.put(FAULT, json={"status": 503})
    assert {sandbox.get(LIST).status_code for _ in range(5)} == {503}
    assert sandbox.delete(FAULT).status_code == 204
    assert sandbox.get(LIST).status_code == 200


def test_new_fault_replaces_the_old(sandbox: httpx.Client) -> None:
    sandbox.put(FAULT, json={"status": 503, "retry_after": 9})
    sandbox.put(FAULT, json={"malformed": "list"})
    answer = sandbox.get(LIST)
    assert (answer.status_code, answer.json()) == (200, [])


def test_delayed_answer_outlasts_an_impatient_caller(sandbox: httpx.Client) -> None:
    sandbox.put(FAULT, json={"delay_seconds": 1, "times": 1})
    with pytest.raises(httpx.ReadTimeout):
        sandbox.get(LIST, timeout=httpx.Timeout(30, read=0.05))
    assert sandbox.get(LIST).status_code == 200


def test_delayed_answer_is_the_true_one(sandbox: httpx.Client) -> None:
    whole = sandbox.get(LIST).json()
    sandbox.put(FAULT, json={"delay_seconds": 0.01})
    assert sandbox.get(LIST).json() == whole


def test_rate_limit_refuses_a_burst(sandbox: httpx.Client) -> None:
    sandbox.put(FAULT, json={"rate_limit_per_second": 1, "retry_after": 3})
    answers = [sandbox.get(LIST) for _ in range(20)]
    assert answers[0].status_code == 200
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert {answer.headers["Retry-After"] for answer in refused} == {"3"}


@pytest.mark.parametrize(
    ("limit", "moments", "admitted"),
    [
        (1, [0, 0.5, 0.99, 1.0], [True, False, False, True]),
        (2, [0, 0.5, 0.9, 1.0, 1.2], [True, True, False, True, False]),
        (3, [0, 10, 20, 30], [True, True, True, True]),
    ],
)
def test_rate_window(limit: int, moments: list[float], admitted: list[bool]) -> None:
    window = RateWindow()
    assert [window.admits(limit, moment) for moment in moments] == admitted
