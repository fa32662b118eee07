"""What is read of a request, and which ones do not say what is meant. More: test_endpoint.py."""

import pytest
from cross_web import HTTPException

from schema import build
from server.documents import Documents
from server.persisted import Kept, Library
from server.requests import Asked, Parameters, from_body, from_query_string
from server.settings import DocumentSettings, ServerSettings


def test_a_body_and_a_query_string_say_the_same() -> None:
    body = b'{"query": "{a}", "variables": {"n": 1}, "operationName": null, "other": 2}'
    parameters = {"query": "{a}", "variables": '{"n": 1}', "operationName": "", "other": "2"}
    expected = Parameters("{a}", {"n": 1})
    assert from_body(body) == expected
    assert from_query_string(parameters) == expected


def test_a_batch() -> None:
    assert from_body(b'[{"query": "{a}"}, {}]') == [Parameters("{a}"), Parameters()]
    assert from_body(b"[]") == []


@pytest.mark.parametrize("body", [b"", b"[1]", b'{"query": 1}', b'{"variables": []}', b"[" * 9999])
def test_what_is_no_request(body: bytes) -> None:
    with pytest.raises(HTTPException) as caught:
        from_body(body)
    assert caught.value.status_code == 400


DOCUMENTS = Documents(build(), ServerSettings())
OPEN = Library(DocumentSettings(), Kept())


async def asked(parameters: Parameters, library: Library = OPEN) -> Asked:
    return await parameters.asked(library, DOCUMENTS)


TWO = "query A {a} query B {b}"


@pytest.mark.parametrize(
    "parameters",
    [
        Parameters(),
        Parameters(""),
        Parameters(TWO),
        Parameters(TWO, operationName="C"),
        Parameters("{a}", operationName="A"),
        Parameters("fragment F on Query {a}"),
    ],
)
async def test_no_operation_is_meant(parameters: Parameters) -> None:
    with pytest.raises(HTTPException):
        await asked(parameters)


async def test_what_is_known_by_an_id_is_completed() -> None:
    library = Library(DocumentSettings(trusted="allow", manifest={"one": "{a}"}), Kept())
    found = await asked(
        Parameters(documentId="one", variables={"n": 1}, extensions={"x": 1}), library
    )
    assert (found.document.text, found.operation.kind) == ("{a}", "query")
    assert (found.variables, found.extensions) == ({"n": 1}, {"x": 1})
    with pytest.raises(HTTPException):
        await asked(Parameters(), library)


@pytest.mark.parametrize(
    ("parameters", "kind", "name"),
    [
        (Parameters("{a}"), "query", None),
        (Parameters("query A {a}"), "query", "A"),
        (Parameters(TWO, operationName="B"), "query", "B"),
        (Parameters("subscription {a}"), "subscription", None),
        (Parameters("{"), "", None),
        (Parameters("{", operationName="B"), "", None),
        (Parameters(" "), "", None),
    ],
)
async def test_one_operation_is_meant_or_the_document_is_no_document(
    parameters: Parameters, kind: str, name: str | None
) -> None:
    operation = (await asked(parameters)).operation
    assert (operation.kind, operation.name) == (kind, name)
    assert operation.lasts is (kind == "subscription")
