"""What is read of a request, and which ones do not say what is meant. More: test_endpoint.py."""

import pytest
from cross_web import HTTPException
from strawberry.http import GraphQLRequestData

from server.persisted import Kept, Library
from server.requests import Parameters, from_body, from_query_string
from server.settings import DocumentSettings


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


TWO = "query A {a} query B {b}"


@pytest.mark.parametrize(
    "asked",
    [
        Parameters(),
        Parameters(""),
        Parameters(TWO),
        Parameters(TWO, operationName="C"),
        Parameters("{a}", operationName="A"),
        Parameters("fragment F on Query {a}"),
    ],
)
def test_no_operation_is_meant(asked: Parameters) -> None:
    with pytest.raises(HTTPException):
        asked.check()


async def test_what_is_known_by_an_id_is_completed() -> None:
    library = Library(DocumentSettings(trusted="allow", manifest={"one": "{a}"}), Kept())
    asked = Parameters(documentId="one", variables={"n": 1}, extensions={"x": 1})
    await asked.complete(library)
    assert asked.request("sse") == GraphQLRequestData("{a}", {"n": 1}, None, {"x": 1}, "sse")
    with pytest.raises(HTTPException):
        await Parameters().complete(library)


@pytest.mark.parametrize(
    "asked",
    [Parameters("{a}"), Parameters(TWO, operationName="B"), Parameters("{"), Parameters(" ")],
)
def test_one_operation_is_meant_or_the_document_is_no_document(asked: Parameters) -> None:
    asked.check()
