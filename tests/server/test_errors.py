"""How errors are told to clients."""

import json
import logging
from typing import Any
from uuid import UUID

import pytest
from cross_web import HTTPException
from graphql import GraphQLError, OperationDefinitionNode, parse

from providers.errors import RateLimitedError
from resolvers.errors import AllSourcesError, LimitError, UserInputError
from server.errors import (
    LONGEST_MESSAGE,
    RefusedError,
    coded,
    presented,
    response_to,
    status_of,
    told,
)
from server.telemetry.redaction import redacted

SECRET = "the password is swordfish"


def located(cause: Exception) -> GraphQLError:
    """The error that a field fails with for this cause, as graphql-core makes it."""
    extensions = getattr(cause, "extensions", None)
    return GraphQLError(str(cause), path=["a", 0], original_error=cause, extensions=extensions)


def test_coded_keeps_what_was_there() -> None:
    error = coded(GraphQLError("x", extensions={"a": 1}), "CODE")
    assert error.extensions == {"a": 1, "code": "CODE"}


def test_errors_with_a_code_are_told_as_they_are() -> None:
    shown = presented([coded(GraphQLError("Words."), "GRAPHQL_PARSE_FAILED")])
    assert shown == [{"message": "Words.", "extensions": {"code": "GRAPHQL_PARSE_FAILED"}}]


def test_long_messages_are_shortened() -> None:
    error = coded(GraphQLError("x" * 10**6), "CODE")
    (shown,) = presented([error])
    assert len(shown["message"]) == LONGEST_MESSAGE
    assert shown["extensions"] == {"code": "CODE"}
    assert len(error.message) == 10**6


def test_user_input_errors() -> None:
    (shown,) = presented([located(UserInputError("first: must be ..."))])
    assert shown["message"] == "first: must be ..."
    assert shown["extensions"] == {"code": "BAD_USER_INPUT"}
    assert shown["path"] == ["a", 0]


def test_upstream_errors_say_whose_they_are() -> None:
    error = RateLimitedError("slower", http_status=429, retry_after_seconds=2.5)
    (shown,) = presented([located(error.attributed("rental", "YUME"))])
    assert shown["message"] == "rental: slower"
    assert shown["extensions"] == {
        "code": "UPSTREAM_RATE_LIMITED",
        "source": "rental",
        "provider": "YUME",
        "retryable": True,
        "retryAfterSeconds": 2.5,
        "httpStatus": 429,
        "providerCode": None,
    }


def test_an_error_of_all_sources_lists_them() -> None:
    lost = [RateLimitedError("slower").attributed(name, "YUME") for name in ("b", "a")]
    (shown,) = presented([located(AllSourcesError(lost))])
    code = "UPSTREAM_RATE_LIMITED"
    assert shown["extensions"]["code"] == code
    assert shown["extensions"]["source"] == "b"
    assert shown["extensions"]["sources"] == [
        {"source": "b", "code": code},
        {"source": "a", "code": code},
    ]


def test_what_variables_are_refused_with() -> None:
    error = GraphQLError("Variable '$a' ...", original_error=GraphQLError("no number"))
    for each in (error, GraphQLError("Variable values are nested too deeply.")):
        (shown,) = presented([each])
        assert shown == {"message": each.message, "extensions": {"code": "BAD_USER_INPUT"}}


@pytest.mark.parametrize(
    "error",
    [
        located(KeyError(SECRET)),
        located(GraphQLError(SECRET)),  # of the library's own, for a value that is no such type
        GraphQLError(SECRET, path=["a", 0]),
        GraphQLError(SECRET, original_error=ValueError(SECRET)),
    ],
)
def test_everything_else_is_masked_and_logged(
    error: GraphQLError, caplog: pytest.LogCaptureFixture
) -> None:
    (shown,) = presented([error])
    incident = shown["extensions"]["incident"]
    assert shown["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "incident": incident}
    assert shown.get("path") == error.path
    assert SECRET not in str(shown)
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("pacioli", logging.ERROR)
    assert incident in record.message
    assert SECRET in caplog.text


def test_an_incident_is_found_in_a_log_that_hides_what_may_be_a_card(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("server.errors.uuid4", lambda: UUID(int=0x4111_1111_1111_1111))
    (shown,) = presented([GraphQLError(SECRET, path=["a"])])
    incident = shown["extensions"]["incident"]
    assert redacted(f"incident {incident}") == f"incident {incident}"


def test_masked_errors_keep_their_place_in_the_document() -> None:
    document = parse("{ a }")
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    (shown,) = presented(
        [GraphQLError(SECRET, nodes=list(operation.selection_set.selections), path=["a"])]
    )
    assert shown["locations"] == [{"line": 1, "column": 3}]


@pytest.mark.parametrize(
    ("error", "extensions"),
    [
        (HTTPException(400, "No."), {"code": "BAD_REQUEST"}),
        (RefusedError(401, "UNAUTHENTICATED", "No."), {"code": "UNAUTHENTICATED"}),
        (
            RefusedError.of(413, LimitError("bytes", 9, 8, "max_body_bytes")),
            {"code": "LIMIT_EXCEEDED", "value": 9, "limit": 8, "key": "max_body_bytes"},
        ),
    ],
)
def test_refusals(error: HTTPException, extensions: dict[str, Any]) -> None:
    assert told(error).formatted == {"message": error.reason, "extensions": extensions}
    response = response_to(error, {"X": "y"}, "a/b")
    assert (response.status_code, response.headers["x"]) == (error.status_code, "y")
    assert response.headers["content-type"] == "a/b"
    assert json.loads(bytes(response.body)) == {"errors": [told(error).formatted]}


@pytest.mark.parametrize(
    ("codes", "status"),
    [
        (["BAD_USER_INPUT"], 400),
        (["OPERATION_TIMEOUT"], 504),
        (["BAD_USER_INPUT", "INTERNAL_SERVER_ERROR"], 500),
    ],
)
def test_the_status_of_an_answer(codes: list[str], status: int) -> None:
    errors = [{"extensions": {"code": code}} for code in codes]
    assert status_of({"errors": errors}) == status
    assert status_of({"errors": errors, "data": None}) == 200
