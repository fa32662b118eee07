"""What clients are told of errors: a stable code for each, and nothing of our insides."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import msgspec
from cross_web import HTTPException
from graphql import GraphQLError
from starlette.responses import Response

from resolvers.errors import LimitError
from server.telemetry.operations import note_error

VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
logger = logging.getLogger("pacioli")


class RefusedError(HTTPException):
    """A request that goes no further; the message may be shown."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, message)
        self.code = code


def coded(error: GraphQLError, code: str) -> GraphQLError:
    """The same error with a code."""
    error.extensions = {**(error.extensions or {}), "code": code}
    return error


def presented(errors: Sequence[GraphQLError], most: int | None = None) -> list[Mapping[str, Any]]:
    """The errors of an operation as its answer shows them: `most` of them, and how many more."""
    shown: list[Mapping[str, Any]] = [_presented(error).formatted for error in errors[:most]]
    if most is not None and len(errors) > most:
        limit = LimitError("errors, not all told", len(errors), most, "max_errors")
        shown.append(GraphQLError(str(limit), extensions=limit.extensions).formatted)
    return shown


def _presented(error: GraphQLError) -> GraphQLError:
    if "code" in (error.extensions or {}):
        return error
    return coded(error, "BAD_USER_INPUT") if is_of_variables(error) else _masked(error)


def is_of_variables(error: GraphQLError) -> bool:
    """Past parsing and validation only the coercion of variables fails outside of any field."""
    cause = error.original_error
    own = cause is None or isinstance(cause, GraphQLError)
    return error.path is None and own and "code" not in (error.extensions or {})


def _masked(error: GraphQLError) -> GraphQLError:
    """An error that says no more than where its cause is written down."""
    incident = uuid4().hex
    logger.error("incident %s", incident, exc_info=error.original_error or error)
    message = f"Something went wrong here that is not your fault. It is logged as {incident}."
    extensions = {"code": "INTERNAL_SERVER_ERROR", "incident": incident}
    return GraphQLError(message, nodes=error.nodes, path=error.path, extensions=extensions)


def refused(
    status: int,
    message: str,
    code: str,
    headers: Mapping[str, str] | None = None,
    media_type: str = "application/json",
) -> Response:
    """The response to a request that goes no further."""
    note_error({"code": code})
    body = msgspec.json.encode(refusal(message, code))
    return Response(body, status, headers, media_type=media_type)


def refusal(message: str, code: str) -> Mapping[str, Any]:
    """The answer to a request that is not executed at all."""
    return {"errors": [{"message": message, "extensions": {"code": code}}]}
