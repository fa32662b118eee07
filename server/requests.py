"""GraphQL requests as clients send them: JSON bodies, query strings, messages of a socket."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from cross_web import HTTPException
from strawberry.http import GraphQLRequestData, GraphQLRequestProtocol

from server.documents import described, is_ambiguous, lacks_operation
from server.persisted import Library
from server.telemetry.operations import CURRENT, note_document


class Parameters(msgspec.Struct):
    """A GraphQL request, as the members of a JSON body or the parameters of a query string."""

    query: str | None = None
    variables: dict[str, Any] | None = None
    operationName: str | None = None  # noqa: N815 - its name on the wire
    documentId: str | None = None  # noqa: N815
    extensions: dict[str, Any] | None = None

    async def complete(self, library: Library) -> None:
        """Fetches the document where only its id was sent. Raises HTTPException, as `check`."""
        self.query = await library.text(self)
        self._note()
        self.check()

    def _note(self) -> None:
        """Tells those who watch operations what is asked."""
        if self.query and CURRENT.get() is not None:
            note_document(self.query, *described(self.query, self.operationName))

    def check(self) -> None:
        """Raises HTTPException where it cannot be told which operation is meant."""
        if not self.query:
            raise HTTPException(400, "The request has no query.")
        if self.operationName is None and is_ambiguous(self.query):
            raise HTTPException(
                400, "The document has several operations: name one, operationName."
            )
        if lacks_operation(self.query, self.operationName):
            raise HTTPException(400, "The document has no operation of that name.")

    def request(self, protocol: GraphQLRequestProtocol = "http") -> GraphQLRequestData:
        """The same for Strawberry."""
        return GraphQLRequestData(
            self.query, self.variables, self.operationName, self.extensions, protocol
        )


PARAMETERS = Parameters.__struct_fields__


def from_body(body: bytes) -> Parameters | Sequence[Parameters]:
    """The request of a POST, or the requests of a batch. Raises HTTPException."""
    asked: Parameters | Sequence[Parameters] = decoded(body, Parameters | list[Parameters])
    return asked


def from_query_string(parameters: Mapping[str, Any]) -> Parameters:
    """The request of a GET: its variables and extensions are JSON texts. Raises HTTPException."""
    parts = {name: parameters[name] for name in PARAMETERS if parameters.get(name)}
    for name in parts.keys() & {"variables", "extensions"}:
        parts[name] = decoded(parts[name].encode(), dict[str, Any] | None)
    return Parameters(**parts)


def decoded(body: bytes, kind: Any) -> Any:
    """A JSON text as a value of that kind. Raises HTTPException."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise HTTPException(400, f"This is not a GraphQL request: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise HTTPException(400, "The request is not JSON.") from None
