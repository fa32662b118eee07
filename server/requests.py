"""GraphQL requests as clients send them: JSON bodies, query strings, messages of a socket."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec
from cross_web import HTTPException

from server.documents import Document, Documents, Operation
from server.persisted import Library
from server.telemetry.operations import CURRENT, note_document

T = TypeVar("T")


class Asked(NamedTuple):
    """What a client wants executed: an operation of a document, and what it is filled in with."""

    document: Document
    operation: Operation
    variables: dict[str, Any] | None
    extensions: dict[str, Any] | None


class Parameters(msgspec.Struct):
    """A GraphQL request, as the members of a JSON body or the parameters of a query string."""

    query: str | None = None
    variables: dict[str, Any] | None = None
    operationName: str | None = None  # noqa: N815 - its name on the wire
    documentId: str | None = None  # noqa: N815
    extensions: dict[str, Any] | None = None

    async def asked(self, library: Library, documents: Documents) -> Asked:
        """What is asked; the document is fetched where only its id was sent.

        Those who watch operations are told. Raises HTTPException where it cannot be told which
        operation is meant.
        """
        text = await library.text(self)
        if not text:
            raise HTTPException(400, "The request has no query.")
        document = documents.find(text)
        operation = document.operation(self.operationName)
        if CURRENT.get() is not None:
            kind, name = (operation.kind, operation.name) if operation else ("", None)
            note_document(text, kind, name)
        if self.operationName is None and document.is_ambiguous:
            raise HTTPException(
                400, "The document has several operations: name one, operationName."
            )
        if operation is None:
            raise HTTPException(400, "The document has no operation of that name.")
        return Asked(document, operation, self.variables, self.extensions)


PARAMETERS = Parameters.__struct_fields__


_body = msgspec.json.Decoder(Parameters | list[Parameters])
_members = msgspec.json.Decoder(dict[str, Any] | None)


def from_body(body: bytes) -> Parameters | Sequence[Parameters]:
    """The request of a POST, or the requests of a batch. Raises HTTPException."""
    asked: Parameters | Sequence[Parameters] = decoded(body, _body)
    return asked


def from_query_string(parameters: Mapping[str, Any]) -> Parameters:
    """The request of a GET: its variables and extensions are JSON texts. Raises HTTPException."""
    parts = {name: parameters[name] for name in PARAMETERS if parameters.get(name)}
    for name in parts.keys() & {"variables", "extensions"}:
        parts[name] = decoded(parts[name].encode(), _members)
    return Parameters(**parts)


def decoded(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """What a JSON text says. Raises HTTPException."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise HTTPException(400, f"This is not a GraphQL request: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise HTTPException(400, "The request is not JSON.") from None
