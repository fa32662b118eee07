"""What clients are told of errors: a stable code for each, and nothing of our insides."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

import msgspec
from graphql import GraphQLError
from starlette.responses import Response

logger = logging.getLogger("pacioli")


def coded(error: GraphQLError, code: str) -> GraphQLError:
    """The same error with a code."""
    error.extensions = {**(error.extensions or {}), "code": code}
    return error


def presented(errors: Iterable[GraphQLError]) -> list[Mapping[str, Any]]:
    """The errors of an operation as its answer shows them."""
    return [_presented(error).formatted for error in errors]


def _presented(error: GraphQLError) -> GraphQLError:
    if "code" in (error.extensions or {}):
        return error
    cause = error.original_error
    if error.path is None and (cause is None or isinstance(cause, GraphQLError)):
        # Past parsing and validation only the coercion of variables fails outside of any field.
        return coded(error, "BAD_USER_INPUT")
    return _masked(error)


def _masked(error: GraphQLError) -> GraphQLError:
    """An error that says no more than where its cause is written down."""
    incident = uuid4().hex
    logger.error("incident %s", incident, exc_info=error.original_error or error)
    message = f"Something went wrong here that is not your fault. It is logged as {incident}."
    extensions = {"code": "INTERNAL_SERVER_ERROR", "incident": incident}
    return GraphQLError(message, nodes=error.nodes, path=error.path, extensions=extensions)


def refused(
    status: int, message: str, code: str, headers: Mapping[str, str] | None = None
) -> Response:
    """The response to a request that goes no further."""
    body = msgspec.json.encode(refusal(message, code))
    return Response(body, status, headers, media_type="application/json")


def refusal(message: str, code: str) -> Mapping[str, Any]:
    """The answer to a request that is not executed at all."""
    return {"errors": [{"message": message, "extensions": {"code": code}}]}
