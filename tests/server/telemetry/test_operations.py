"""What is noted of an operation by those on its way, and what it comes to."""

from collections.abc import Iterator
from random import Random
from uuid import UUID

import pytest

from resolvers.explain import Explanation
from server.telemetry.operations import (
    ABANDONED,
    CURRENT,
    LONGEST_NAME,
    OK,
    Operation,
    note_answer,
    note_caller,
    note_document,
    note_error,
    request_id,
)


@pytest.fixture
def operation() -> Iterator[Operation]:
    """The operation under way."""
    operation = Operation("id", "http")
    before = CURRENT.set(operation)
    yield operation
    CURRENT.reset(before)


def error(code: str, **others: object) -> dict[str, dict[str, object]]:
    return {"extensions": {"code": code, **others}}


def test_without_an_operation_nothing_is_noted() -> None:
    note_document("{ a }", "query", None)
    note_caller("a", None)
    note_answer([error("FORBIDDEN")], {"cost": {"requested": 1}})
    note_error({"code": "RATE_LIMITED"})
    assert CURRENT.get() is None


def test_what_was_answered(operation: Operation) -> None:
    explanation = Explanation()
    note_document("query A { a }", "query", "A")
    note_caller("reporting", explanation)
    note_answer([], {"cost": {"requested": 3}})
    operation.end()
    assert operation.happened
    assert (operation.name, operation.kind, operation.caller) == ("A", "query", "reporting")
    assert (operation.outcome, operation.cost, operation.answers) == (OK, 3, 1)
    assert operation.explanation is explanation
    assert list(operation.calls) == []
    assert operation.seconds > 0


def test_nothing_happened_yet(operation: Operation) -> None:
    assert not operation.happened


def test_the_first_error_is_the_outcome(operation: Operation) -> None:
    note_answer([error("FORBIDDEN"), error("UPSTREAM_TIMEOUT")], None)
    assert (operation.outcome, operation.codes) == ("FORBIDDEN", ["FORBIDDEN", "UPSTREAM_TIMEOUT"])


@pytest.mark.parametrize(
    ("code", "limit"),
    [
        ("SERVICE_OVERLOADED", "max_operations_in_flight"),
        ("RATE_LIMITED", "operations_per_minute"),
        ("LIMIT_EXCEEDED", "max_body_bytes"),
        ("OPERATION_TIMEOUT", "operation_timeout_seconds"),
        ("READ_LIMIT_EXCEEDED", "max_rows_read"),
    ],
)
def test_limits_are_known_by_their_keys(operation: Operation, code: str, limit: str) -> None:
    note_error({"code": code})
    assert (operation.outcome, operation.limits) == (code, [limit])


def test_a_limit_says_its_key(operation: Operation) -> None:
    note_answer([error("LIMIT_EXCEEDED", key="max_depth"), error("FORBIDDEN")], None)
    assert operation.limits == ["max_depth"]


def test_a_client_that_goes_away(operation: Operation) -> None:
    note_document("{ a }", "query", None)
    assert operation.outcome == ABANDONED


def test_a_subscription_may_end_without_an_event(operation: Operation) -> None:
    note_document("subscription { a }", "subscription", None)
    assert operation.lasts
    assert operation.outcome == OK


def test_names_are_short_and_hold_no_card(operation: Operation) -> None:
    note_document("", "query", "A" * 1000)
    assert operation.name == "A" * LONGEST_NAME
    note_document("", "query", "A" * 10**6)  # for hours, if all of it were searched
    note_document("", "query", "C4111111111111111")
    assert operation.name == "C***"


@pytest.mark.parametrize("proposed", ["a", "0f-1.2_3", "A" * 64])
def test_a_request_keeps_its_id(proposed: str) -> None:
    assert request_id(proposed) == proposed


def test_ids_of_the_usual_shapes_are_kept_whatever_their_digits() -> None:
    random = Random(7)
    for _ in range(10_000):
        number = random.getrandbits(128)
        for proposed in (str(UUID(int=number, version=4)), f"{number:032x}", f"{number:032X}"):
            assert request_id(proposed) == proposed
    for proposed in ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "01111111111111111111111XYZ", "1" * 63 + "f"):
        assert request_id(proposed) == proposed


@pytest.mark.parametrize(
    "proposed", ["4111111111111111-x", "x4111111111111111", "card.4111-1111-1111-1111", "1" * 32]
)
def test_others_hold_no_card(proposed: str) -> None:
    assert request_id(proposed) != proposed


@pytest.mark.parametrize("proposed", [None, "", "a b", "a\nb", "é", "A" * 65, "4111111111111111"])
def test_or_is_given_one(proposed: str | None) -> None:
    given = request_id(proposed)
    assert given != proposed
    assert len(given) == 16
    assert given != request_id(proposed)
