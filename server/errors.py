"""What clients are told of errors: a stable code for each, and nothing of our insides."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Self
from uuid import uuid4

import msgspec
from cross_web import HTTPException
from graphql import GraphQLError
from starlette.responses import Response

from resolvers.errors import LimitError
from server.telemetry.operations import note_error

VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
MASKED = "INTERNAL_SERVER_ERROR"
"""The code of what is our fault: nothing else is told of it."""
STATUSES = {"OPERATION_TIMEOUT": 504, MASKED: 500}
"""What is not the client's fault, though there is no data."""
LONGEST_MESSAGE = 1000
"""Characters: what is quoted in a message may be a client's, and as long as it likes."""
logger = logging.getLogger("pacioli")


class RefusedError(HTTPException):
    """A request that goes no further; the message may be shown."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(status, message)
        self.extensions = {"code": code, **more}

    @classmethod
    def of(cls, status: int, limit: LimitError) -> Self:
        """The refusal of a request that is past a limit."""
        return cls(status, limit.code, str(limit), **limit.measured)


def coded(error: GraphQLError, code: str) -> GraphQLError:
    """The same error with a code."""
    error.extensions = {**(error.extensions or {}), "code": code}
    return error


def told(error: HTTPException) -> GraphQLError:
    """The error of a request that goes no further; those who watch operations learn of it, too."""
    extensions = error.extensions if isinstance(error, RefusedError) else {"code": "BAD_REQUEST"}
    note_error(extensions)
    return GraphQLError(error.reason, extensions=extensions)


def presented(errors: Sequence[GraphQLError], most: int | None = None) -> list[Mapping[str, Any]]:
    """The errors of an operation as its answer shows them: `most` of them, and how many more."""
    shown: list[Mapping[str, Any]] = [_shortened(_presented(each)) for each in errors[:most]]
    if most is not None and len(errors) > most:
        limit = LimitError("errors, not all told", len(errors), most, "max_errors")
        shown.append(GraphQLError(str(limit), extensions=limit.extensions).formatted)
    return shown


def _presented(error: GraphQLError) -> GraphQLError:
    code = code_of(error)
    return _masked(error) if code == MASKED else coded(error, code)


def _shortened(error: GraphQLError) -> Mapping[str, Any]:
    shown: dict[str, Any] = {**error.formatted}
    if len(error.message) > LONGEST_MESSAGE:
        shown["message"] = error.message[: LONGEST_MESSAGE - 1] + "…"
    return shown


def code_of(error: GraphQLError) -> str:
    """The code that an error has, or will be shown with."""
    own = (error.extensions or {}).get("code")
    return own or ("BAD_USER_INPUT" if is_of_variables(error) else MASKED)


def status_of(answer: Mapping[str, Any]) -> int:
    """The HTTP status of an answer: without data the client is at fault, but for some errors."""
    if "data" in answer:
        return 200
    codes = (error["extensions"]["code"] for error in answer["errors"])
    return max(STATUSES.get(code, 400) for code in codes)


def is_of_variables(error: GraphQLError) -> bool:
    """Past parsing and validation only the coercion of variables fails outside of any field."""
    cause = error.original_error
    own = cause is None or isinstance(cause, GraphQLError)
    return error.path is None and own and "code" not in (error.extensions or {})


_LETTERS = str.maketrans("0123456789", "ghijklmnop")
"""Of an id with many digits in a row the log would take them for a card's, and not show it."""


def _masked(error: GraphQLError) -> GraphQLError:
    """An error that says no more than where its cause is written down."""
    incident = uuid4().hex.translate(_LETTERS)
    logger.error("incident %s", incident, exc_info=error.original_error or error)
    message = f"Something went wrong here that is not your fault. It is logged as {incident}."
    extensions = {"code": MASKED, "incident": incident}
    return GraphQLError(message, nodes=error.nodes, path=error.path, extensions=extensions)


def refused(
    status: int,
    message: str,
    code: str,
    headers: Mapping[str, str] | None = None,
    media_type: str = "application/json",
) -> Response:
    """The response to a request that goes no further."""
    return response_to(RefusedError(status, code, message), headers, media_type)


def response_to(
    error: HTTPException,
    headers: Mapping[str, str] | None = None,
    media_type: str = "application/json",
) -> Response:
    """The response to a request that goes no further because of an error."""
    body = msgspec.json.encode({"errors": [told(error).formatted]})
    return Response(body, error.status_code, headers, media_type=media_type)
