"""What holds for every provider: a further one is tested by being in the registry.

A listing has an example of a good answer in tests/providers/examples/<provider>_<listing>.json,
with at least one row and more than one value in it.
"""

import ast
import inspect
import json
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path as Folder
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import REGISTRY
from providers.base import Listing, Plan, Provider
from providers.errors import MalformedError, RateLimitedError, UpstreamError
from providers.paginators import Slice
from providers.queries import InvoiceQuery
from providers.records import InvoiceStatus, ProviderName
from providers.wire import Response
from tests.providers.reading import Account, leaves, origin, replaced, shown, written

EXAMPLES = Folder(__file__).parent.parent / "providers" / "examples"
PROVIDERS = list(REGISTRY.values())
PERIOD = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


class Kind(NamedTuple):
    """A kind of rows: its query without restrictions, and queries that no row can match."""

    everything: Any
    impossible: tuple[Any, ...]
    some: tuple[Any, ...]


KINDS = {
    "invoices": Kind(
        InvoiceQuery(),
        (
            InvoiceQuery(statuses=frozenset()),
            InvoiceQuery(currencies=frozenset()),
            InvoiceQuery(created_from=PERIOD[1], created_to=PERIOD[0]),
            InvoiceQuery(created_from=PERIOD[0], created_to=PERIOD[0]),
            InvoiceQuery(total_from=Decimal(2), total_to=Decimal(1)),
            InvoiceQuery(statuses=frozenset({InvoiceStatus.PAID}), currencies=frozenset()),
        ),
        (
            InvoiceQuery(statuses=frozenset({InvoiceStatus.PAID})),
            InvoiceQuery(created_from=PERIOD[0], created_to=PERIOD[1]),
            InvoiceQuery(total_from=Decimal(1), total_to=Decimal(1)),
            InvoiceQuery(currencies=frozenset({"KZT", "RUB"})),
        ),
    )
}


class Case(NamedTuple):
    """One list of one provider, with an example of its answer."""

    provider: Provider
    listing: Listing
    kind: Kind
    example: bytes

    @property
    def id_path(self) -> tuple[str, ...]:
        """Where the id of a row is in it."""
        where = origin(self.example, self.listing.rows)
        (row, *_) = self.listing.page(Response(200, {}, self.example), where).rows
        (first, *_) = json.loads(self.example)[self.listing.rows]
        paths = [path for path, value in leaves(first) if str(value) == row.provider_id]
        return tuple(map(str, paths[0]))


CASES = [
    pytest.param(
        Case(
            provider,
            listing,
            KINDS[kind],
            (EXAMPLES / f"{provider.name}_{kind}.json").read_bytes(),
        ),
        id=f"{provider.name}-{kind}",
    )
    for provider in PROVIDERS
    for kind, listing in provider.listings.items()
]
each_provider = pytest.mark.parametrize("provider", PROVIDERS, ids=lambda each: each.name)
each_listing = pytest.mark.parametrize("case", CASES)


def credentials(provider: Provider, *, complete: bool = True) -> tuple[Any, dict[str, str]]:
    """Credentials whose values are all different, and those values."""
    fields = msgspec.structs.fields(provider.credentials)
    values = {
        field.encode_name: f"s3cret-{field.name}" for field in fields if complete or field.required
    }
    return msgspec.convert(values, provider.credentials), values


def page(case: Case, body: bytes) -> list[Any]:
    """The rows of an answer, read to the last value."""
    where = origin(body, case.listing.rows, source=Account(ProviderName(case.provider.name)))
    rows = case.listing.page(Response(200, {}, body), where).rows
    return [(row.provider_id, shown(row), row) for row in rows]


def outcome(case: Case, body: bytes) -> list[Any] | str:
    """The rows of an answer, or what is wrong with it."""
    try:
        return page(case, body)
    except MalformedError as error:
        return error.reason


# ---------------------------------------------------------------- who it is


def test_there_are_providers() -> None:
    assert PROVIDERS
    assert CASES


@pytest.mark.parametrize("key", REGISTRY)
def test_name(key: str) -> None:
    assert REGISTRY[key].name == ProviderName(key).value == key


def test_every_provider_that_clients_can_name_is_registered() -> None:
    assert {name.value for name in ProviderName} == set(REGISTRY)


@each_provider
def test_time_zone_exists(provider: Provider) -> None:
    assert ZoneInfo(provider.time_zone).key == provider.time_zone


@each_provider
def test_credentials_refuse_other_keys(provider: Provider) -> None:
    _, values = credentials(provider)
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.convert({**values, "passphrase": "x"}, provider.credentials)


@each_provider
def test_credentials_miss_no_required_key(provider: Provider) -> None:
    required = [f for f in msgspec.structs.fields(provider.credentials) if f.required]
    _, values = credentials(provider)
    for field in required:
        fewer = {key: value for key, value in values.items() if key != field.encode_name}
        with pytest.raises(msgspec.ValidationError, match=f"`{field.encode_name}`"):
            msgspec.convert(fewer, provider.credentials)


@each_provider
@pytest.mark.parametrize("complete", [False, True])
def test_sign_uses_the_credentials(provider: Provider, complete: bool) -> None:
    given_credentials, values = credentials(provider, complete=complete)
    headers = provider.sign(given_credentials)
    assert headers
    assert all(type(name) is str and type(value) is str for name, value in headers.items())
    written = "\n".join(headers.values())
    assert [value for value in values.values() if value not in written] == []
    assert provider.sign(given_credentials) == headers


# ---------------------------------------------------------------- what it asks


@each_listing
def test_query_without_restrictions_is_exact(case: Case) -> None:
    plan = case.listing.plan(case.kind.everything)
    assert isinstance(plan, Plan)
    assert plan.exact
    assert len(plan.lanes) >= 1


@each_listing
def test_plan_is_a_pure_function(case: Case) -> None:
    for query in (case.kind.everything, *case.kind.some):
        plan, again = case.listing.plan(query), case.listing.plan(query)
        assert plan == again
        assert len(set(plan.lanes)) == len(plan.lanes), "a lane twice gives its rows twice"
        assert set(plan.lanes) == set(again.lanes)


@each_listing
def test_nobody_is_asked_for_what_cannot_be(case: Case) -> None:
    for query in case.kind.impossible:
        assert case.listing.plan(query).lanes == ()


@each_listing
def test_requests_have_no_secret_and_no_address(case: Case) -> None:
    for lane in case.listing.plan(case.kind.everything).lanes:
        request = case.listing.paginator.request(lane, Slice(0, 20))
        assert "s3cret" not in repr(request)
        assert request.method in {"GET", "POST"}
        assert request.path.startswith("/")
        assert "//" not in request.path
        assert "?" not in request.path


@each_listing
def test_page_and_size_are_in_the_request(case: Case) -> None:
    (lane, *_) = case.listing.plan(case.kind.everything).lanes
    request = case.listing.paginator.request(lane, Slice(7, 43))
    added = [pair for pair in (*request.query, *request.body) if pair not in lane.query + lane.body]
    assert "43" in {str(value) for _, value in added}
    assert len(added) == 2
    assert (request.method, request.path) == (lane.method, lane.path)


slices = st.builds(Slice, st.integers(0, 1000), st.integers(1, 100))


@each_listing
@given(one=slices, other=slices)
def test_every_slice_is_a_request_of_its_own(case: Case, one: Slice, other: Slice) -> None:
    (lane, *_) = case.listing.plan(case.kind.everything).lanes
    paginate = case.listing.paginator.request
    assert (paginate(lane, one) == paginate(lane, other)) == (one == other)
    assert hash(paginate(lane, one)) == hash(paginate(lane, Slice(*one)))


# ---------------------------------------------------------------- what is refused

REFUSALS = {
    **dict.fromkeys((301, 302, 400, 404, 418), "UPSTREAM_REJECTED"),
    **dict.fromkeys((401, 403), "UPSTREAM_UNAUTHORIZED"),
    429: "UPSTREAM_RATE_LIMITED",
    **dict.fromkeys((500, 502, 503, 504), "UPSTREAM_UNAVAILABLE"),
}
BODIES = (
    b"",
    b"<html>s3cret</html>",
    b'{"detail": "s3cret"}',
    b"null",
    b"[]",
    b"\xff",
    b"[" * 9_999,
)


@each_provider
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("status", REFUSALS)
def test_refusal(provider: Provider, status: int, body: bytes) -> None:
    refusal = provider.refusal(Response(status, {}, body))
    assert isinstance(refusal, UpstreamError)
    assert (refusal.code, refusal.http_status) == (REFUSALS[status], status)
    assert refusal.retryable == (status == 429 or status >= 500)
    assert "s3cret" not in f"{refusal} {refusal.extensions}"
    assert refusal.retry_after_seconds is None


@each_listing
def test_answer_as_documented_is_no_refusal(case: Case) -> None:
    assert case.provider.refusal(Response(200, {}, case.example)) is None


@each_provider
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after(provider: Provider, status: int) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    seconds = provider.refusal(Response(status, {"Retry-After": "120"}, b""))
    date = provider.refusal(Response(status, {"Retry-After": later}, b""))
    assert seconds is not None
    assert seconds.retry_after_seconds == 120
    assert date is not None
    assert date.retry_after_seconds is not None
    assert 0 < date.retry_after_seconds <= 3600
    assert isinstance(date, RateLimitedError) == (status == 429)


# ---------------------------------------------------------------- what it reads


@each_listing
def test_example_is_read_without_a_complaint(case: Case) -> None:
    rows = page(case, case.example)
    assert rows
    assert len({provider_id for provider_id, _, _ in rows}) == len(rows)
    received = json.loads(case.example)[case.listing.rows]
    assert [json.loads(bytes(record.raw)) for *_, record in rows] == received
    told = [text for *_, value, _ in rows for _, text in leaves(value) if isinstance(text, str)]
    assert [text for text in told if text.startswith("main: ")] == []


NO_ANSWERS = (
    *(b"", b" ", b"null", b"[]", b"5", b'"s3cret"', b"true", b"{}", b"NaN", b"Infinity"),
    *(b"<html><body>s3cret</body></html>", b"\xff\xfe", b'"\xff"', b"\xef\xbb\xbf{}"),
    *(b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000),
    *(b"1" * 5_000, b'{"a": %s}' % (b"1" * 5_000), b'{"error": "s3cret"}', b"{'a': 1}"),
)


def named(body: bytes) -> str:
    return f"{body[:20].decode('latin-1')} ({len(body)})"


@each_listing
@pytest.mark.parametrize("body", NO_ANSWERS, ids=named)
def test_what_is_no_answer_is_malformed(case: Case, body: bytes) -> None:
    with pytest.raises(MalformedError) as raised:
        page(case, body)
    assert "s3cret" not in f"{raised.value} {raised.value.__cause__!r}"


@each_listing
@pytest.mark.parametrize("body", NO_ANSWERS, ids=named)
def test_what_is_no_row_is_malformed(case: Case, body: bytes) -> None:
    if case.listing.single is None:
        return
    with pytest.raises(MalformedError) as raised:
        _ = case.listing.single.record(Response(200, {}, body), origin(body)).provider_id
    assert "s3cret" not in f"{raised.value} {raised.value.__cause__!r}"


@each_listing
def test_answer_cut_anywhere_is_malformed(case: Case) -> None:
    whole = case.example.rstrip()
    for length in range(len(whole)):
        with pytest.raises(MalformedError):
            page(case, whole[:length])


@each_listing
@pytest.mark.parametrize("key", [None, "rows"])
def test_envelope_without_rows_names_them(case: Case, key: str | None) -> None:
    answer = json.loads(case.example)
    rows = answer.pop(case.listing.rows)
    if key is not None:
        answer[case.listing.rows] = {"s3cret": rows}
    with pytest.raises(MalformedError, match=rf"^{case.listing.rows} is "):
        page(case, json.dumps(answer).encode())


POISONS = {
    "long": b"1" * 5_000,
    "huge": b"1e99999999999999999999",
    "utf8": b'"\xff"',
    "nested": b"[" * 300 + b"]" * 300,
    "object": b'{"s3cret": [{"s3cret": 1.5}]}',
    "fraction": b"-0.5",
    "text": b'"s3cret\\u0000"',
    "null": b"null",
    "true": b"true",
}


@each_listing
@pytest.mark.parametrize("poison", POISONS)
def test_bad_value_anywhere_is_malformed_at_most(case: Case, poison: str) -> None:
    """And it costs no other row, unless it stands in the envelope."""
    answer = json.loads(case.example)
    others = {provider_id: told for provider_id, told, _ in page(case, case.example)}
    for path, _ in leaves(answer):
        body = json.dumps(replaced(answer, path, "@poison@")).encode()
        read = outcome(case, body.replace(b'"@poison@"', POISONS[poison]))
        if isinstance(read, str):
            assert path[0] != case.listing.rows or path[2:] == case.id_path
            assert read.startswith(written(path))
            continue
        for at, (provider_id, told, _) in enumerate(read):
            assert path[:2] == (case.listing.rows, at) or told == others[provider_id]


# ---------------------------------------------------------------- how it is written

ALLOWED = {
    *("base", "paginators", "records", "queries", "wire", "errors", "money", "timestamps"),
}


def modules() -> list[Any]:
    """The modules of the providers."""
    names = {provider.sign.__module__ for provider in PROVIDERS}
    names |= {case.values[0].listing.page.__module__ for case in CASES}  # type: ignore[union-attr]
    return [pytest.param(ast.parse(inspect.getsource(sys.modules[n])), id=n) for n in sorted(names)]


each_module = pytest.mark.parametrize("module", modules())


@each_module
def test_nothing_waits(module: ast.Module) -> None:
    waits = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)
    assert [node.lineno for node in ast.walk(module) if isinstance(node, waits)] == []


@each_module
def test_no_float(module: ast.Module) -> None:
    named = [n for n in ast.walk(module) if isinstance(n, ast.Name) and n.id == "float"]
    constants = [n for n in ast.walk(module) if isinstance(n, ast.Constant)]
    assert named == []
    assert [n.value for n in constants if isinstance(n.value, float)] == []


@each_module
def test_no_clock(module: ast.Module) -> None:
    names = [node.attr for node in ast.walk(module) if isinstance(node, ast.Attribute)]
    assert {"now", "utcnow", "today", "time", "monotonic"}.isdisjoint(names)


@each_module
def test_imports(module: ast.Module) -> None:
    for node in ast.walk(module):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            top, _, inner = name.partition(".")
            assert (
                top in sys.stdlib_module_names
                or top == "msgspec"
                or (top == "providers" and inner in ALLOWED)
            ), name
            assert top not in {"asyncio", "socket", "ssl", "http", "urllib", "subprocess", "os"}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
