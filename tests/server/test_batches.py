"""Several operations in one body, over HTTP."""

import json
from collections import Counter
from typing import Any

import httpx
import pytest

from server.api_keys import hashed
from server.documents import Document, Documents
from server.persisted import hashed as documents_hash
from tests.conftest import Graph, StartGraph, StartYume, answer, settings, source

TYPENAME = {"query": "{ __typename }"}
GOOD = {"data": {"__typename": "Query"}}


def send(graph: Graph, *operations: Any, **headers: str) -> httpx.Response:
    return graph.http.post("/graphql", json=operations, headers=headers)


def told(graph: Graph, *operations: Any, **headers: str) -> list[Any]:
    """The answers to the operations of a batch."""
    response = send(graph, *operations, **headers)
    assert response.status_code == 200
    answers: list[Any] = response.json()
    assert len(answers) == len(operations)
    return answers


def code(told: Any) -> str:
    (error,) = told["errors"]
    assert "data" not in told
    return str(error["extensions"]["code"])


def test_each_operation_is_answered_in_its_place(graph: Graph) -> None:
    named = {"query": "query ($on: Boolean!) { a: __typename @include(if: $on) }"}
    operations = [TYPENAME, *({**named, "variables": {"on": on}} for on in (True, False))]
    assert told(graph, *operations) == [GOOD, {"data": {"a": "Query"}}, {"data": {}}]


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
def test_one_that_is_wrong_harms_no_other(graph: Graph, accept: str) -> None:
    wrong = {
        "GRAPHQL_PARSE_FAILED": {"query": "{"},
        "GRAPHQL_VALIDATION_FAILED": {"query": "{ nope }"},
        "BAD_USER_INPUT": {"query": "query ($n: Int!) { invoices(first: $n) { totalCount } }"},
        "BAD_REQUEST": {},
        "PERSISTED_QUERY_NOT_FOUND": {"documentId": "unknown"},
    }
    first, *others, last = told(graph, TYPENAME, *wrong.values(), TYPENAME, Accept=accept)
    assert first == last == GOOD
    assert [code(each) for each in others] == list(wrong)


def test_an_error_of_ours_ends_one_operation_and_no_other(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Documents.mistakes

    def broken(self: Documents, document: Document, variables: Any) -> Any:
        if "broken" in document.text:
            raise RuntimeError("our insides")
        return known(self, document, variables)

    monkeypatch.setattr(Documents, "mistakes", broken)
    first, masked, last = told(graph, TYPENAME, {"query": "{ broken: __typename }"}, TYPENAME)
    assert first == last == GOOD
    assert code(masked) == "INTERNAL_SERVER_ERROR"


def test_subscriptions_are_no_part_of_it(graph: Graph) -> None:
    subscription = {"query": 'subscription { exportTask(id: "x") { id } }'}
    refused, other = told(graph, subscription, TYPENAME, Accept="*/*")
    assert code(refused) == "BAD_REQUEST"
    assert "subscription" in refused["errors"][0]["message"]
    assert other == GOOD


@pytest.mark.parametrize("accept", ["image/png", "text/event-stream"])
def test_it_is_answered_as_json_or_not_at_all(graph: Graph, accept: str) -> None:
    response = send(graph, TYPENAME, Accept=accept)
    assert response.status_code == 406
    assert answer(response).codes == ["BAD_REQUEST"]
    assert told(graph, TYPENAME, Accept=f"{accept}, */*;q=0.1") == [GOOD]


@pytest.mark.parametrize("body", [[], [1], [[TYPENAME]], [None], ["{ __typename }"]])
def test_what_is_no_batch(graph: Graph, body: Any) -> None:
    response = graph.http.post("/graphql", json=body)
    assert response.status_code == 400
    assert answer(response).codes == ["BAD_REQUEST"]


def test_the_limit_is_a_setting(start_graph: StartGraph) -> None:
    graph = start_graph(settings(limits={"max_batch_operations": 1}))
    assert told(graph, TYPENAME) == [GOOD]
    response = send(graph, TYPENAME, TYPENAME)
    (error,) = answer(response).errors
    assert response.status_code == 400
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert "server.limits.max_batch_operations" in error["message"]


def test_each_counts_like_one_that_comes_alone(start_graph: StartGraph) -> None:
    keys = [{"name": "ada", "hash": hashed("ada")}]
    limits = {"operations_per_minute": 3}
    graph = start_graph(settings(auth={"api_keys": keys}, limits=limits))
    answers = told(graph, *[TYPENAME] * 5, Authorization="Bearer ada")
    assert Counter(json.dumps(each) for each in answers)[json.dumps(GOOD)] == 3
    assert [code(each) for each in answers if each != GOOD] == ["RATE_LIMITED"] * 2
    after = graph.http.post("/graphql", json=TYPENAME, headers={"Authorization": "Bearer ada"})
    assert after.status_code == 429


def test_a_place_is_needed_for_each(start_graph: StartGraph, start_yume: StartYume) -> None:
    yume = start_yume()
    graph = start_graph(settings(source(yume), limits={"max_operations_in_flight": 2}))
    lists = [{"query": f"{{ invoices(first: {n}) {{ nodes {{ id }} }} }}"} for n in (1, 2, 3)]
    answers = told(graph, *lists)
    assert [code(each) for each in answers if "errors" in each] == ["SERVICE_OVERLOADED"]
    assert "errors" not in answers[0]


def test_each_has_a_context_of_its_own(start_graph: StartGraph, start_yume: StartYume) -> None:
    yume = start_yume()
    graph = start_graph(settings(source(yume)))
    query = {"query": "{ invoices(first: 1) { nodes { id } } }"}
    headers = {"X-Pacioli-Explain": "1", "X-Pacioli-Cost": "1"}
    answers = told(graph, TYPENAME, query, **headers)
    calls = [each["extensions"]["pacioli"]["calls"] for each in answers]
    assert [len(each) for each in calls] == [0, 1]
    assert answers[0]["extensions"]["cost"] != answers[1]["extensions"]["cost"]


def test_documents_by_their_ids(graph: Graph) -> None:
    query = "{ __typename sources { name } }"
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": documents_hash(query)}}
    (first,) = told(graph, {"query": query, "extensions": persisted})
    assert told(graph, TYPENAME, {"extensions": persisted}) == [GOOD, first]
