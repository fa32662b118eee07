"""What holds for every provider: a further one is tested by being in the registry.

A listing has an example of a good answer in tests/providers/examples/<provider>_<listing>.json,
with at least one row and more than one value in it.
"""

import ast
import inspect
import json
import sys
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path as Folder
from typing import Any, NamedTuple, get_args
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import REGISTRY
from providers.base import Account, Key, Listing, Plan, Provider
from providers.errors import MalformedError, RateLimitedError, UpstreamError
from providers.origin import Origin
from providers.paginators import Offset, PageNumber, Slice, Stretch, Token
from providers.queries import (
    EVERYTHING,
    ExportTaskQuery,
    InvoiceQuery,
    PaymentQuery,
    SalesField,
    SalesOrder,
    SalesQuery,
)
from providers.records import (
    ExportTask,
    ExportTaskStatus,
    FiscalDocumentType,
    Invoice,
    InvoiceStatus,
    Payment,
    PaymentStatus,
    ProviderName,
    SalesAggregate,
    SalesInterval,
)
from providers.wire import Request, Response
from tests.providers.reading import Account as Owner
from tests.providers.reading import leaves, origin, replaced, shown, written

EXAMPLES = Folder(__file__).parent.parent / "providers" / "examples"
PROVIDERS = list(REGISTRY.values())
PERIOD = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
SALES: SalesQuery = EVERYTHING["sales"](NOW)


class Kind(NamedTuple):
    """A kind of rows: queries that no row can match, and others; what the graph reads of a row."""

    impossible: tuple[Any, ...]
    some: tuple[Any, ...]
    protocol: type[Any]


KINDS = {
    "invoices": Kind(
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
            InvoiceQuery(number="7"),
            InvoiceQuery(card_last_four="1234"),
        ),
        Invoice,
    ),
    "payments": Kind(
        (
            PaymentQuery(statuses=frozenset()),
            PaymentQuery(currencies=frozenset()),
            PaymentQuery(created_from=PERIOD[1], created_to=PERIOD[0]),
            PaymentQuery(paid_from=PERIOD[0], paid_to=PERIOD[0]),
            PaymentQuery(gross_from=Decimal(2), gross_to=Decimal(1)),
            PaymentQuery(statuses=frozenset({PaymentStatus.PAID}), currencies=frozenset()),
        ),
        (
            PaymentQuery(statuses=frozenset({PaymentStatus.PAID, PaymentStatus.FAILED})),
            PaymentQuery(created_from=PERIOD[0], created_to=PERIOD[1]),
            PaymentQuery(paid_from=PERIOD[0], paid_to=PERIOD[1]),
            PaymentQuery(gross_from=Decimal(1), gross_to=Decimal(1)),
            PaymentQuery(currencies=frozenset({"EUR", "RUB"})),
            PaymentQuery(invoice_number="7"),
            PaymentQuery(order_number="7"),
            PaymentQuery(afas_invoice_id="7"),
        ),
        Payment,
    ),
    "sales": Kind(
        (
            replace(SALES, start=PERIOD[1], end=PERIOD[0]),
            replace(SALES, start=PERIOD[0], end=PERIOD[0]),
            replace(SALES, company_ids=frozenset()),
            replace(SALES, retail_point_ids=frozenset()),
            replace(SALES, cashbox_ids=frozenset()),
            replace(SALES, document_types=frozenset()),
            replace(SALES, operation_types=frozenset()),
            replace(SALES, taxation_types=frozenset()),
        ),
        (
            replace(SALES, start=PERIOD[0], end=PERIOD[1], interval=SalesInterval.WEEK),
            replace(SALES, company_ids=frozenset({"5", "7"})),
            replace(SALES, document_types=frozenset({FiscalDocumentType.RECEIPT})),
            replace(SALES, orders=(SalesOrder(SalesField.INCOME, descending=True),)),
        ),
        SalesAggregate,
    ),
    "export_tasks": Kind(
        (
            ExportTaskQuery(statuses=frozenset()),
            ExportTaskQuery(report_types=frozenset()),
            ExportTaskQuery(created_from=PERIOD[1], created_to=PERIOD[0]),
            ExportTaskQuery(updated_from=PERIOD[0], updated_to=PERIOD[0]),
        ),
        (
            ExportTaskQuery(by_update=True),
            ExportTaskQuery(statuses=frozenset({ExportTaskStatus.QUEUED})),
            ExportTaskQuery(created_from=PERIOD[0], created_to=PERIOD[1]),
            ExportTaskQuery(updated_from=PERIOD[0], updated_to=PERIOD[1]),
            ExportTaskQuery(report_types=frozenset({"RevenueByPeriodsCSV"})),
        ),
        ExportTask,
    ),
}

# Keys that say whose rows are asked for: they are part of what is asked. All others are headers.
ADDRESSING = {
    "goedgeplaatst": {"user_id"},
    "life_pay": {"org_guid"},
    "smartpay": {
        *("partner_client_id", "user_uid"),
        *("encrypted_sub_id", "partner_client_sub_id"),
    },
}
# Keys of which there must be one.
EITHER = {"life_pay": ("api_key", "token")}
# What a row is none without, beside its id.
NEEDED = {"yandex_ofd": {("end",)}}


class Case(NamedTuple):
    """One list of one provider, with an example of its answer."""

    provider: Provider
    name: str
    listing: Listing
    kind: Kind
    example: bytes

    @property
    def account(self) -> Account:
        """An account with all credentials that there may be."""
        given, _ = sound_credentials(self.provider)[-1]
        return Account("main", given, ZoneInfo(self.provider.time_zone))

    @property
    def everything(self) -> Any:
        """A query that leaves nothing out."""
        return EVERYTHING[self.name](NOW)

    @property
    def lane(self) -> Request:
        """The first list that holds everything."""
        return self.plan(self.everything).lanes[0]

    def plan(self, query: Any) -> Plan:
        return self.listing.plan(query, self.account)

    def origin(self, body: bytes) -> Origin:
        """Where the rows of an answer to the first list come from."""
        owner = Owner(ProviderName(self.provider.name))
        zone = self.account.zone
        return origin(body, self.listing.rows, source=owner, zone=zone, request=self.lane)

    @property
    def id_path(self) -> tuple[str, ...]:
        """Where the id of a row is in it."""
        where = self.origin(self.example)
        (row, *_) = self.listing.page(Response(200, {}, self.example), where).rows
        (first, *_) = json.loads(self.example)[self.listing.rows]
        paths = [path for path, value in leaves(first) if str(value) == row.provider_id]
        return tuple(map(str, paths[0]))


CASES = [
    pytest.param(
        Case(
            provider,
            kind,
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


def sound_credentials(provider: Provider) -> list[tuple[Any, dict[str, Any]]]:
    """Credentials, first as few and last as many as may be, with their values: all different."""
    keys = {field.encode_name: field for field in msgspec.structs.fields(provider.credentials)}
    values: dict[str, Any] = {
        name: 7_310_000 + at if int in (field.type, *get_args(field.type)) else f"s3cret-{name}"
        for at, (name, field) in enumerate(keys.items())
    }
    either = EITHER.get(provider.name, ())
    chosen = [
        {name for name, field in keys.items() if required <= field.required and name not in either}
        | {one}.intersection(keys)
        for required in (True, False)
        for one in (either or ("",))
    ]
    told = [{name: values[name] for name in keys if name in names} for names in chosen]
    return [(msgspec.convert(each, provider.credentials), each) for each in told]


def page(case: Case, body: bytes) -> list[Any]:
    """The rows of an answer, read to the last value."""
    rows: Any = case.listing.page(Response(200, {}, body), case.origin(body)).rows
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
    for _, values in sound_credentials(provider):
        with pytest.raises(msgspec.ValidationError, match="unknown field"):
            msgspec.convert({**values, "passphrase": "x"}, provider.credentials)


@each_provider
def test_credentials_miss_no_required_key(provider: Provider) -> None:
    required = [f for f in msgspec.structs.fields(provider.credentials) if f.required]
    for _, values in sound_credentials(provider):
        for field in required:
            fewer = {key: value for key, value in values.items() if key != field.encode_name}
            with pytest.raises(msgspec.ValidationError, match=f"`{field.encode_name}`"):
                msgspec.convert(fewer, provider.credentials)


@pytest.mark.parametrize("name", EITHER)
def test_credentials_of_which_there_must_be_one(name: str) -> None:
    provider, either = REGISTRY[name], EITHER[name]
    _, values = sound_credentials(provider)[-1]
    both = {**values, **dict.fromkeys(either, "s3cret")}
    none = {key: value for key, value in values.items() if key not in either}
    for wrong in (both, none):
        with pytest.raises(msgspec.ValidationError, match=" or ".join(either)) as raised:
            msgspec.convert(wrong, provider.credentials)
        assert "s3cret" not in str(raised.value)


@each_provider
def test_every_credential_is_used_where_it_belongs(provider: Provider) -> None:
    addressing = ADDRESSING.get(provider.name, set())
    for given_credentials, values in sound_credentials(provider):
        headers = provider.sign(given_credentials)
        assert headers
        assert all(type(name) is str and type(value) is str for name, value in headers.items())
        written = "\n".join(headers.values())
        account = Account("main", given_credentials, ZoneInfo(provider.time_zone))
        for kind, listing in provider.listings.items():
            for lane in listing.plan(EVERYTHING[kind](NOW), account).lanes:
                for name, value in values.items():
                    assert (str(value) in written) == (name not in addressing), name
                    assert (str(value) in repr(lane)) == (name in addressing), name
        assert provider.sign(given_credentials) == headers


# ---------------------------------------------------------------- what it asks


@each_listing
def test_query_without_restrictions_is_asked(case: Case) -> None:
    plan = case.plan(case.everything)
    assert isinstance(plan, Plan)
    assert len(plan.lanes) >= 1


@each_listing
def test_only_restrictions_are_applied(case: Case) -> None:
    for query in (case.everything, *case.kind.some, *case.kind.impossible):
        assert case.plan(query).applied <= {field.name for field in fields(query)}


@each_listing
def test_plan_is_a_pure_function(case: Case) -> None:
    for query in (case.everything, *case.kind.some):
        plan, again = case.plan(query), case.plan(query)
        assert plan == again
        assert len(set(plan.lanes)) == len(plan.lanes), "a lane twice gives its rows twice"
        assert set(plan.lanes) == set(again.lanes)


@each_listing
def test_nobody_is_asked_for_what_cannot_be(case: Case) -> None:
    for query in case.kind.impossible:
        assert case.plan(query).lanes == ()


@each_listing
def test_requests_have_no_secret_and_no_address(case: Case) -> None:
    _, values = sound_credentials(case.provider)[-1]
    secret = values.keys() - ADDRESSING.get(case.provider.name, set())
    assert secret
    for query in (case.everything, *case.kind.some):
        for lane in case.plan(query).lanes:
            request = case.listing.paginator.request(lane, case.listing.paginator.first_row)
            assert [name for name in secret if str(values[name]) in repr(request)] == []
            assert request.method in {"GET", "POST"}
            assert request.path.startswith("/")
            assert "//" not in request.path
            assert "?" not in request.path


def added(case: Case, position: Any) -> list[Any]:
    """The values that a position adds to a request, which stays the same but for them."""
    request = case.listing.paginator.request(case.lane, position)
    assert (request.method, request.path) == (case.lane.method, case.lane.path)
    assert request.query[: len(case.lane.query)] == case.lane.query
    assert request.body[: len(case.lane.body)] == case.lane.body
    more = (*request.query[len(case.lane.query) :], *request.body[len(case.lane.body) :])
    return [str(value) for _, value in more]


@each_listing
def test_position_is_in_the_request(case: Case) -> None:
    paginator = case.listing.paginator
    if isinstance(paginator, PageNumber):
        assert sorted(added(case, Slice(7, 43))) == sorted([str(7 + paginator.first), "43"])
    elif isinstance(paginator, Offset):
        assert sorted(added(case, Stretch(7, 43))) == ["43", "7"]
    else:
        assert isinstance(paginator, Token)
        assert (added(case, None), added(case, "7/a+b")) == ([], ["7/a+b"])


POSITIONS: dict[type[Any], st.SearchStrategy[Any]] = {
    PageNumber: st.builds(Slice, st.integers(0, 1000), st.integers(1, 100)),
    Offset: st.builds(Stretch, st.integers(0, 1000), st.integers(1, 100)),
    Token: st.none() | st.text(max_size=3),
}


@each_listing
@given(data=st.data())
def test_every_position_is_a_request_of_its_own(case: Case, data: st.DataObject) -> None:
    positions = POSITIONS[type(case.listing.paginator)]
    one, other = data.draw(positions), data.draw(positions)
    paginate, lane = case.listing.paginator.request, case.lane
    assert (paginate(lane, one) == paginate(lane, other)) == (one == other)
    assert hash(paginate(lane, one)) == hash(paginate(lane, one))


@each_listing
def test_rows_are_found_again_in_one_way(case: Case) -> None:
    assert (case.listing.single is None) != (case.listing.find is None)


@each_listing
def test_every_row_is_looked_for_once(case: Case) -> None:
    rows = [record for *_, record in page(case, case.example)]
    assert len({row.key_id for row in rows}) == len(rows) > 1
    if case.listing.find is None:
        return
    keys = [Key(row.key_id, row.hint) for row in rows]
    found = case.listing.find(keys, case.account)
    assert sorted(key for some in found.values() for key in some) == sorted(keys)
    assert case.listing.find(keys, case.account) == found
    assert case.listing.find([], case.account) == {}
    for request in found:
        assert (request.method, request.path) == (case.lane.method, case.lane.path)
        assert hash(request) == hash(replace(request))


@each_listing
@pytest.mark.parametrize("hint", ["x", ".", "-", "0x1", " ", "\x00", "é", "9" * 400, "2026-13-45"])
def test_hint_without_sense_is_left_out(case: Case, hint: str) -> None:
    if case.listing.find is not None:
        assert case.listing.find([Key("7", hint)], case.account) == {}


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
def test_rows_have_all_that_the_graph_reads(case: Case) -> None:
    protocol = {
        name
        for kind in case.kind.protocol.__mro__
        for name in vars(kind).get("__annotations__", ())
    }
    assert {"provider_id", "raw", "typename"} < protocol
    for *_, record in page(case, case.example):
        assert [name for name in protocol if not hasattr(record, name)] == []
        assert record.typename == case.kind.protocol.__name__


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
    with pytest.raises(MalformedError) as raised:
        page(case, json.dumps(answer).encode())
    assert raised.value.reason.startswith(f"{case.listing.rows} is ")
    assert "s3cret" not in raised.value.reason


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
            needed = {case.id_path, *NEEDED.get(case.provider.name, ())}
            assert path[0] != case.listing.rows or path[2:] in needed
            if poison == "utf8" and path[0] != case.listing.rows:  # then it is no JSON at all
                assert read == "the answer is not JSON" or read.startswith(written(path))
                continue
            assert read.startswith(written(path))
            continue
        for at, (provider_id, told, _) in enumerate(read):
            assert path[:2] == (case.listing.rows, at) or told == others[provider_id]


# ---------------------------------------------------------------- how it is written

ALLOWED = {
    *("base", "origin", "paginators", "records", "queries", "wire", "errors", "money"),
    *("amounts", "inlining", "narrowing", "timestamps", "views"),
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
            if name == "urllib.parse":  # which only makes texts of texts
                continue
            assert top not in {"asyncio", "socket", "ssl", "http", "urllib", "subprocess", "os"}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
