"""What clients say reaches upstreams as whole values, or not at all: compared byte by byte."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import pytest
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from resolvers.identifiers import GlobalId
from sandbox.app import create_app as create_sandbox
from sandbox.configuration import toml
from server.app import create_app
from server.configuration import parse
from tests.conftest import NOW, Stages, served_graph
from tests.server.test_authorization import SOURCES

SMUGGLED = [
    *("x\r\nX-Injected: 1", "x\nAuthorization: Bearer other", "x&token=1", "../../admin", "x#y"),
    *("%0d%0a", 'x", "user_id": 1, "y": "', "x\0y", "x?y=z", "x;y=z"),
]
HARMLESS = "harmless1"


class Told(NamedTuple):
    """What an upstream received: the values in it decoded, all else byte by byte."""

    line: str
    headers: frozenset[tuple[bytes, bytes]]
    query: tuple[tuple[str, str], ...]
    body: Any

    def saying(self, text: str) -> "Told":
        """The same with another text in place of the harmless one, as a whole value."""

        def changed(value: Any) -> Any:
            if isinstance(value, dict):
                return {key: changed(each) for key, each in value.items()}
            return text if value == HARMLESS else value

        query = tuple((key, changed(value)) for key, value in self.query)
        return self._replace(query=query, body=changed(self.body))


class Upstreams:
    """A sandbox that writes down what it receives."""

    def __init__(self) -> None:
        self._sandbox = create_sandbox(now=NOW)
        self.told: list[Told] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        self.told.append(
            Told(
                f"{scope['method']} {scope['raw_path']!r}",
                frozenset(pair for pair in scope["headers"] if pair[0] != b"content-length"),
                tuple(parse_qsl(scope["query_string"].decode("ascii"), strict_parsing=True))
                if scope["query_string"]
                else (),
                json.loads(body) if body else None,
            )
        )

        async def again() -> Message:
            return {"type": "http.request", "body": body}

        await self._sandbox(scope, again, send)


@pytest.fixture(scope="module")
def listening(stages: Stages) -> Iterator[Callable[..., list[Told]]]:
    """What upstreams are told because of an operation."""
    upstreams = Upstreams()
    with stages.show(upstreams) as address:
        app = create_app(parse(toml(address), Path("pacioli.toml"), {}))
        with served_graph(stages, app) as graph:

            def told(query: str, **variables: Any) -> list[Told]:
                upstreams.told.clear()
                assert "INTERNAL_SERVER_ERROR" not in graph.ask(query, **variables).codes
                return [*upstreams.told]

            yield told


FILTERED = {
    "PaymentFilter": ("payments", ["invoiceNumber", "orderNumber", "afasInvoiceId", "currencies"]),
    "InvoiceFilter": ("invoices", ["number", "currencies"]),
}
SENT = {"invoiceNumber", "afasInvoiceId", "number"}  # others are compared here, or are not numbers
CASES = [(kind, field) for kind, (_, fields) in FILTERED.items() for field in fields]


@pytest.mark.parametrize("smuggled", SMUGGLED)
@pytest.mark.parametrize(("kind", "field"), CASES)
def test_filters_smuggle_nothing_into_upstream_calls(
    listening: Callable[..., list[Told]], kind: str, field: str, smuggled: str
) -> None:
    root, _ = FILTERED[kind]
    query = f"query ($f: {kind}) {{ {root}(first: 1, filter: $f) {{ nodes {{ id }} }} }}"

    def told(text: str) -> list[Told]:
        return listening(query, f={field: [text] if field == "currencies" else text})

    usual = told(HARMLESS)
    assert (HARMLESS in repr(usual)) is (field in SENT)
    assert Counter(map(repr, told(smuggled))) == Counter(
        repr(each.saying(smuggled)) for each in usual
    )


@pytest.mark.parametrize("smuggled", SMUGGLED)
def test_ids_smuggle_nothing_into_upstream_calls(
    listening: Callable[..., list[Told]], smuggled: str
) -> None:
    """Ids are not signed: whoever knows how they are made may have anything looked up."""
    query = "query ($i: ID!) { node(id: $i) { id } }"
    period = 'filter: {createdFrom: "2026-11-01T00:00:00Z", createdTo: "2026-11-02T00:00:00Z"}'
    listed = {
        (root, given): listening(f"{{ {root}(first: 1 {given}) {{ nodes {{ id }} }} }}")
        for root in ("invoices", "payments", "exportTasks")
        for given in ("", period)
    }
    lines = {each.line for told in listed.values() for each in told}
    headers = {each.headers for told in listed.values() for each in told}
    keys = {key for told in listed.values() for each in told for key, _ in each.query}
    keys.add("page_token")  # the upstream's own
    looked_up = 0
    kinds = ("Invoice", "Payment", "ExportTask", "SalesAggregate")
    for kind, name in product(kinds, SOURCES):
        for hint in (smuggled, "1.20261101000000", "20261101000000", "1", ""):
            told = listening(query, i=str(GlobalId(kind, name, hint, smuggled)))
            looked_up += bool(told)
            for each in told:
                assert each.headers in headers
                assert each.line in lines
                assert {key for key, _ in each.query} <= keys
                assert all(value == smuggled for _, value in each.query if smuggled in value)
    assert looked_up
