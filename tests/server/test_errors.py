"""How errors are told to clients."""

import logging

import pytest
from graphql import GraphQLError, OperationDefinitionNode, parse

from providers.errors import RateLimitedError
from resolvers.errors import AllSourcesError, UserInputError
from server.errors import coded, presented, refusal

SECRET = "the password is swordfish"


def located(cause: Exception) -> GraphQLError:
    """The error that a field fails with for this cause, as graphql-core makes it."""
    extensions = getattr(cause, "extensions", None)
    return GraphQLError(str(cause), path=["a", 0], original_error=cause, extensions=extensions)


def test_coded_keeps_what_was_there() -> None:
    error = coded(GraphQLError("x", extensions={"a": 1}), "CODE")
    assert error.extensions == {"a": 1, "code": "CODE"}


def test_errors_with_a_code_are_told_as_they_are() -> None:
    told = presented([coded(GraphQLError("Words."), "GRAPHQL_PARSE_FAILED")])
    assert told == [{"message": "Words.", "extensions": {"code": "GRAPHQL_PARSE_FAILED"}}]


def test_user_input_errors() -> None:
    (told,) = presented([located(UserInputError("first: must be ..."))])
    assert told["message"] == "first: must be ..."
    assert told["extensions"] == {"code": "BAD_USER_INPUT"}
    assert told["path"] == ["a", 0]


def test_upstream_errors_say_whose_they_are() -> None:
    error = RateLimitedError("slower", http_status=429, retry_after_seconds=2.5)
    (told,) = presented([located(error.attributed("rental", "YUME"))])
    assert told["message"] == "rental: slower"
    assert told["extensions"] == {
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
    (told,) = presented([located(AllSourcesError(lost))])
    code = "UPSTREAM_RATE_LIMITED"
    assert told["extensions"]["code"] == code
    assert told["extensions"]["source"] == "b"
    assert told["extensions"]["sources"] == [
        {"source": "b", "code": code},
        {"source": "a", "code": code},
    ]


def test_what_variables_are_refused_with() -> None:
    error = GraphQLError("Variable '$a' ...", original_error=GraphQLError("no number"))
    for each in (error, GraphQLError("Variable values are nested too deeply.")):
        (told,) = presented([each])
        assert told == {"message": each.message, "extensions": {"code": "BAD_USER_INPUT"}}


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
    (told,) = presented([error])
    incident = told["extensions"]["incident"]
    assert told["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "incident": incident}
    assert told.get("path") == error.path
    assert SECRET not in str(told)
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("pacioli", logging.ERROR)
    assert incident in record.message
    assert SECRET in caplog.text


def test_masked_errors_keep_their_place_in_the_document() -> None:
    document = parse("{ a }")
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    (told,) = presented(
        [GraphQLError(SECRET, nodes=list(operation.selection_set.selections), path=["a"])]
    )
    assert told["locations"] == [{"line": 1, "column": 3}]


def test_refusal() -> None:
    assert refusal("No.", "BAD_REQUEST") == {
        "errors": [{"message": "No.", "extensions": {"code": "BAD_REQUEST"}}]
    }
