"""LIFE PAY: what its answers mean, what it is asked, what it refuses."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from providers import REGISTRY
from providers.base import Account, Key, Plan
from providers.errors import (
    MalformedError,
    RateLimitedError,
    RejectedError,
    UnauthorizedError,
    UnavailableError,
)
from providers.life_pay import LIFE_PAY, Credentials
from providers.origin import Origin
from providers.queries import Direction, ExportTaskQuery
from providers.records import ExportResolutionType, ExportTaskStatus, ProviderName
from providers.timestamps import micros
from providers.views import View
from providers.wire import Request, Response

EXAMPLES = Path(__file__).parent / "examples"
PRINTED = (EXAMPLES / "life_pay_export_tasks_printed.json").read_bytes()
ERROR = (EXAMPLES / "life_pay_error_printed.json").read_bytes()
DECODED = msgspec.json.decode(PRINTED)
ROW = DECODED["items"][0]
MOSCOW = ZoneInfo("Europe/Moscow")
MAIN = Account("main", Credentials(org_guid="guid", api_key="s3cret"), MOSCOW)
TASKS = LIFE_PAY.listings["export_tasks"]
PATH = "/orgs/guid/async/exports/revenuereports"
NEWEST = ("order_by", "created_at_desc")
WHOLE = Request("GET", PATH, (NEWEST,))
MOMENT = datetime(2025, 7, 7, 15, 36, 33, 810_000, UTC)


class Owner:
    """Stands for the source of rows that no source has read."""

    name = "main"
    provider = ProviderName.LIFE_PAY


def page(answer: Any) -> Any:
    raw = answer if isinstance(answer, bytes) else msgspec.json.encode(answer)
    origin = Origin(Owner(), MOSCOW, datetime(2026, 11, 20, tzinfo=UTC), WHOLE, raw, "items")
    return TASKS.page(Response(200, {}, raw), origin)


def task(**values: Any) -> Any:
    """The record of the printed row with other values."""
    return page({"items": [ROW, ROW | values]}).rows[1]


def bare(**values: Any) -> Any:
    """The record of the smallest row there can be, with further values."""
    return page({"items": [{"guid": "g"} | values]}).rows[0]


def shown(value: Any) -> Any:
    """All that a view shows, views in it as well."""
    if isinstance(value, msgspec.Raw):
        return msgspec.json.decode(value)
    if isinstance(value, list):
        return [shown(item) for item in value]
    if not isinstance(value, View):
        return value
    made = {name for kind in type(value).__mro__ for name in vars(kind) if name[0] != "_"}
    made -= {"source", "fetched_at", "raw", "origin", "outer", "row", "at", "place"}
    made -= {"own_payment", "own_invoice"}  # the same row once more
    return {
        name: shown(getattr(value, name))
        for name in made
        if not callable(getattr(type(value), name))
    }


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value that holds no other; an empty object is one."""
    inside: Any = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    for key, item in inside:
        yield from leaves(item, (*path, key))
    if not inside:
        yield path


def replaced(value: Any, path: tuple[Any, ...]) -> Any:
    """The JSON with another value of the same kind at the end of a path."""
    if path:
        copy = value.copy()
        copy[path[0]] = replaced(value[path[0]], path[1:])
        return copy
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return "1984-05-17T01:02:03.004Z" if value.endswith("Z") else "Warning"
    return {"other": 1} if isinstance(value, dict) else value + 1


def test_printed_answer() -> None:
    answer = page(PRINTED)
    (record,) = answer.rows
    assert (answer.total, answer.more, answer.token) == (None, True, "string")
    assert record.typename == "ExportTask"
    assert record.provider_id == record.organization_id == "3fa85f64-5717-4562-b3fc-2c963f66afa6"
    assert (record.status, record.provider_status) == (ExportTaskStatus.QUEUED, "InQueue")
    assert record.progress == 0
    assert record.created_at == record.updated_at == record.deleted_at == MOMENT
    assert msgspec.json.decode(record.metadata) == {}
    assert record.parameters.columns.outlet_name is True
    assert record.parameters.filters.revenue_by_periods_type == "Year"
    assert [each.type for each in record.resolutions] == [ExportResolutionType.INFORMATION]
    assert msgspec.json.decode(record.raw) == ROW


@pytest.mark.parametrize("path", [path for path in leaves(ROW) if path[-1] != "type_of"])
def test_each_printed_value_is_shown(path: tuple[Any, ...]) -> None:
    changed = page({"items": [replaced(ROW, path)]}).rows[0]
    assert shown(changed) != shown(page(PRINTED).rows[0])


@pytest.mark.parametrize(
    ("wire", "attribute"),
    [
        ("include_outlet_name", "outlet_name"),
        ("include_employee_name", "employee_name"),
        ("include_period_column", "period"),
        ("include_start_column", "start"),
        ("include_end_column", "end"),
        ("include_selection_points_column", "selection_points"),
        ("include_comparison_period_column", "comparison_period"),
        ("include_revenue_column", "revenue"),
        ("include_average_column", "average"),
        ("include_refunds_column", "refunds"),
        ("include_payments_column", "payments"),
        ("include_number_of_payments_column", "number_of_payments"),
        ("include_number_of_refunds_column", "number_of_refunds"),
        ("include_number_of_transactions_column", "number_of_transactions"),
        ("include_median_payments_column", "median_payments"),
    ],
)
def test_each_column(wire: str, attribute: str) -> None:
    columns = bare(parameters={"attributes_for_export": {wire: False}}).parameters.columns
    found = {name: value for name, value in shown(columns).items() if value is not None}
    assert found == {attribute: False, "typename": "ExportColumns"}


def test_each_filter_of_a_report() -> None:
    filters = task(
        parameters={
            "filters_for_export": {
                "processed_at_from": "2025-01-01T00:00:00Z",
                "processed_at_to": "2025-01-02T00:00:00Z",
                "comparison_processed_at_from": "2025-01-03T00:00:00Z",
                "comparison_processed_at_to": "2025-01-04T00:00:00Z",
                "revenueByPeriodsType": "Hour",
                "outlet_guid": "o",
                "outlet_guids": ["o1", "o2"],
                "employee_guid": "e",
                "employee_guids": ["e1"],
            }
        }
    ).parameters.filters
    days = [datetime(2025, 1, day, tzinfo=UTC) for day in (1, 2, 3, 4)]
    assert [filters.processed_at_from, filters.processed_at_to] == days[:2]
    assert filters.comparison_processed_at_from == days[2]
    assert filters.comparison_processed_at_to == days[3]
    assert filters.revenue_by_periods_type == "Hour"
    assert (filters.outlet_id, filters.outlet_ids) == ("o", ["o1", "o2"])
    assert (filters.employee_id, filters.employee_ids) == ("e", ["e1"])


def test_what_is_absent_is_none() -> None:
    record = bare()
    assert record.status is ExportTaskStatus.UNKNOWN
    assert list(record.resolutions) == []
    nothing = (
        "provider_status",
        "progress",
        "report_type",
        "mime_type",
        "parameters",
        "organization_id",
        "created_at",
        "updated_at",
        "deleted_at",
        "meta",
        "metadata",
        "hint",
    )
    assert {name: getattr(record, name) for name in nothing} == dict.fromkeys(nothing)
    filters = bare(parameters={"filters_for_export": {}}).parameters.filters
    assert (filters.outlet_ids, filters.employee_ids, filters.outlet_id) == ([], [], None)
    assert bare(parameters={}).parameters.columns is None


@pytest.mark.parametrize("value", [None, ""])
def test_empty_is_none(value: Any) -> None:
    record = task(
        mime_type=value,
        report_export_type=value,
        created_at=value,
        deleted_at=value,
        meta=value,
        organization={"guid": value},
        resolutions=[{"message": value, "type": value}],
        status=value,
    )
    assert record.mime_type is record.report_type is record.meta is record.organization_id is None
    assert record.created_at is record.deleted_at is record.hint is None
    assert record.resolutions[0].message is None
    assert record.resolutions[0].type is ExportResolutionType.UNKNOWN
    assert (record.status, record.provider_status) == (ExportTaskStatus.UNKNOWN, None)


def test_nulls() -> None:
    nulls = {name: None for name in ROW if name != "guid"}
    assert shown(task(**nulls)) == shown(page({"items": [{"guid": ROW["guid"]}]}).rows[0])


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("InQueue", ExportTaskStatus.QUEUED),
        ("InProgress", ExportTaskStatus.IN_PROGRESS),
        ("WaitingForFeedback", ExportTaskStatus.WAITING_FOR_FEEDBACK),
        ("Completed", ExportTaskStatus.COMPLETED),
        ("Canceled", ExportTaskStatus.CANCELLED),
        ("Cancelled", ExportTaskStatus.UNKNOWN),
        ("completed", ExportTaskStatus.UNKNOWN),
    ],
)
def test_each_status(word: str, status: ExportTaskStatus) -> None:
    assert (task(status=word).status, task(status=word).provider_status) == (status, word)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Information", ExportResolutionType.INFORMATION),
        ("Warning", ExportResolutionType.WARNING),
        ("Error", ExportResolutionType.ERROR),
        ("Fatal", ExportResolutionType.UNKNOWN),
        ("ERROR", ExportResolutionType.UNKNOWN),
        (5, ExportResolutionType.UNKNOWN),
    ],
)
def test_each_resolution(word: Any, kind: ExportResolutionType) -> None:
    (resolution,) = task(resolutions=[{"type": word, "message": "m"}]).resolutions
    assert (resolution.type, resolution.message) == (kind, "m")


@pytest.mark.parametrize(
    ("values", "attribute", "place"),
    [
        ({"progress": -1}, "progress", "progress"),
        ({"progress": 101}, "progress", "progress"),
        ({"progress": 50.5}, "progress", "progress"),
        ({"progress": "50"}, "progress", "progress"),
        ({"created_at": "soon"}, "created_at", "created_at"),
        ({"created_at": 5}, "created_at", "created_at"),
        ({"guid": ""}, "provider_id", "guid"),
        ({"guid": None}, "provider_id", "guid"),
        ({"guid": 5}, "provider_id", "guid"),
        ({"organization": {"guid": 5}}, "organization_id", "organization.guid"),
        ({"organization": []}, "organization_id", "organization"),
        ({"parameters": 5}, "parameters", "parameters"),
        ({"meta": {}}, "meta", "meta"),
    ],
)
def test_a_bad_value_costs_its_field(values: Any, attribute: str, place: str) -> None:
    record = task(**values)
    assert record.report_type == "RevenueByPeriodsExcel"
    with pytest.raises(MalformedError, match=rf"^main: items\[1\]\.{place} "):
        getattr(record, attribute)


def test_bad_values_inside() -> None:
    record = task(
        parameters={
            "attributes_for_export": {"include_end_column": "yes", "include_start_column": True},
            "filters_for_export": {"revenueByPeriodsType": 5, "outlet_guids": [1]},
        }
    )
    assert record.parameters.columns.start is True
    with pytest.raises(MalformedError, match=r"attributes_for_export\.include_end_column "):
        _ = record.parameters.columns.end
    with pytest.raises(MalformedError, match=r"filters_for_export\.revenueByPeriodsType "):
        _ = record.parameters.filters.revenue_by_periods_type
    with pytest.raises(MalformedError, match=r"filters_for_export\.outlet_guids "):
        _ = record.parameters.filters.outlet_ids


@pytest.mark.parametrize("progress", [0, 1, 99, 100])
def test_progress(progress: int) -> None:
    assert task(progress=progress).progress == progress


def test_metadata_is_as_it_was_sent() -> None:
    raw = b'{"items": [{"guid": "g", "meta_data": {"b": 1.10, "a": [null]}}]}'
    assert bytes(page(raw).rows[0].metadata) == b'{"b": 1.10, "a": [null]}'
    assert bytes(task(meta_data=0).metadata) == b"0"


@pytest.mark.parametrize("missing", [{}, {"next_page_token": None}, {"next_page_token": ""}])
def test_the_end(missing: Any) -> None:
    answer = page({"items": [ROW], **missing})
    assert (answer.token, answer.more) == (None, False)
    answer = page({"items": None, **missing})
    assert (list(answer.rows), answer.token, answer.total) == ([], None, None)


@pytest.mark.parametrize(
    ("rows", "said", "total"),
    [
        (2, {}, None),
        (2, {"items_total": None}, None),
        (2, {"items_total": 0}, None),
        (2, {"items_total": 1}, None),
        (2, {"items_total": 2}, 2),
        (2, {"items_total": 150}, 150),
        (2, {"items_total": -1}, None),
        (2, {"items_total": 2**31}, None),
        (0, {"items_total": 0}, 0),
    ],
)
def test_totals(rows: int, said: Any, total: int | None) -> None:
    assert page({"items": [ROW] * rows, **said}).total == total


@pytest.mark.parametrize(
    "answer",
    [b"", b"[]", b"{}", {"items": 5}, {"items": [], "next_page_token": 5}, ERROR],
)
def test_bad_envelope(answer: Any) -> None:
    with pytest.raises(MalformedError):
        page(answer)


# ---------------------------------------------------------------- asking


def asked(query: ExportTaskQuery) -> list[tuple[str, str]]:
    (request,) = TASKS.plan(query, MAIN).lanes
    assert (request.method, request.path, request.body) == ("GET", PATH, ())
    return list(request.query)


@pytest.mark.parametrize(
    ("by_update", "direction", "word"),
    [
        (False, Direction.ASCENDING, "created_at_asc"),
        (False, Direction.DESCENDING, "created_at_desc"),
        (True, Direction.ASCENDING, "updated_at_asc"),
        (True, Direction.DESCENDING, "updated_at_desc"),
    ],
)
def test_each_order(by_update: bool, direction: Direction, word: str) -> None:
    query = ExportTaskQuery(by_update, direction)
    assert asked(query) == [("order_by", word)]
    assert TASKS.plan(query, MAIN).applied == frozenset()
    assert TASKS.sorts


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        ({ExportTaskStatus.QUEUED}, ["InQueue"]),
        ({ExportTaskStatus.IN_PROGRESS}, ["InProgress"]),
        ({ExportTaskStatus.WAITING_FOR_FEEDBACK}, ["WaitingForFeedback"]),
        ({ExportTaskStatus.CANCELLED, ExportTaskStatus.COMPLETED}, ["Completed", "Canceled"]),
        (
            set(ExportTaskStatus) - {ExportTaskStatus.UNKNOWN},
            ["InQueue", "InProgress", "WaitingForFeedback", "Completed", "Canceled"],
        ),
    ],
)
def test_each_status_is_asked_for(statuses: Any, words: list[str]) -> None:
    query = ExportTaskQuery(statuses=frozenset(statuses))
    assert asked(query) == [NEWEST, *(("task_status", word) for word in words)]
    assert TASKS.plan(query, MAIN).applied == {"statuses"}


@pytest.mark.parametrize("others", [set(), {ExportTaskStatus.QUEUED}])
def test_there_is_no_word_for_unknown(others: set[ExportTaskStatus]) -> None:
    query = ExportTaskQuery(statuses=frozenset({ExportTaskStatus.UNKNOWN, *others}))
    assert TASKS.plan(query, MAIN) == Plan((WHOLE,))


@pytest.mark.parametrize("restriction", ["statuses", "report_types"])
def test_nothing_is_asked_for_nothing(restriction: str) -> None:
    nothing: dict[str, Any] = {restriction: frozenset()}
    assert TASKS.plan(ExportTaskQuery(**nothing), MAIN) == Plan(lanes=())


def test_report_types_are_not_asked_for() -> None:
    query = ExportTaskQuery(report_types=frozenset({"RevenueByPeriodsCSV"}))
    assert TASKS.plan(query, MAIN) == Plan((WHOLE,))


@pytest.mark.parametrize(
    ("name", "bound", "sent"),
    [
        ("from", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59.999Z"),
        ("from", "2026-01-01T03:00:00.0105+03:00", "2026-01-01T00:00:00.010Z"),
        ("from", "2026-01-01T00:00:00.000001Z", "2026-01-01T00:00:00.000Z"),
        ("to", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z"),
        ("to", "2026-01-01T03:00:00.0105+03:00", "2026-01-01T00:00:00.011Z"),
        ("to", "2026-01-01T00:00:00.000001Z", "2026-01-01T00:00:00.001Z"),
        ("from", "0001-01-01T00:00:00Z", None),
        ("from", "0001-01-01T00:00:00+14:00", None),
        ("to", "9999-12-31T23:59:59.9999Z", None),
        ("to", "9999-12-31T23:59:59-14:00", None),
    ],
)
@pytest.mark.parametrize("kind", ["created", "updated"])
def test_bounds(kind: str, name: str, bound: str, sent: str | None) -> None:
    restriction: dict[str, Any] = {f"{kind}_{name}": datetime.fromisoformat(bound)}
    query = ExportTaskQuery(**restriction)
    assert asked(query) == [NEWEST, *([(f"{kind}_{name}", sent)] if sent else [])]
    assert TASKS.plan(query, MAIN).applied == frozenset()


def test_everything_at_once() -> None:
    days = [datetime(2026, 1, day, tzinfo=UTC) for day in (2, 3, 4, 5)]
    query = ExportTaskQuery(
        by_update=True,
        direction=Direction.ASCENDING,
        statuses=frozenset({ExportTaskStatus.COMPLETED}),
        created_from=days[0],
        created_to=days[1],
        updated_from=days[2],
        updated_to=days[3],
        report_types=frozenset({"x"}),
    )
    assert asked(query) == [
        ("order_by", "updated_at_asc"),
        ("task_status", "Completed"),
        ("created_from", "2026-01-01T23:59:59.999Z"),
        ("created_to", "2026-01-03T00:00:00.000Z"),
        ("updated_from", "2026-01-03T23:59:59.999Z"),
        ("updated_to", "2026-01-05T00:00:00.000Z"),
    ]


def test_paging() -> None:
    assert TASKS.paginator.request(WHOLE, None) == WHOLE
    assert TASKS.paginator.request(WHOLE, "next").query == (NEWEST, ("page_token", "next"))


def test_the_organization_is_quoted() -> None:
    account = Account("main", Credentials(org_guid="a/b?c d", token="t"), UTC)
    (request,) = TASKS.plan(ExportTaskQuery(), account).lanes
    assert request.path == "/orgs/a%2Fb%3Fc%20d/async/exports/revenuereports"


MOMENTS = st.datetimes(timezones=st.just(UTC))


@given(MOMENTS, MOMENTS, st.floats(0, 1, exclude_max=True))
def test_no_wanted_row_is_cut_off(one: datetime, two: datetime, part: float) -> None:
    start, end = sorted((one, two))
    wanted = start + part * (end - start)
    assume(wanted < end)
    bounds = dict(asked(ExportTaskQuery(created_from=start, created_to=end)))
    if lower := bounds.get("created_from"):
        assert datetime.fromisoformat(lower) < wanted
    if upper := bounds.get("created_to"):
        assert wanted < datetime.fromisoformat(upper)


# ---------------------------------------------------------------- finding rows again


def find(*keys: Key) -> Any:
    assert TASKS.find is not None
    return TASKS.find(keys, MAIN)


def test_a_hint() -> None:
    record = page(PRINTED).rows[0]
    assert record.hint == str(micros(MOMENT)) == "1751902593810000"
    request = Request(
        "GET",
        PATH,
        (
            NEWEST,
            ("created_from", "2025-07-07T15:36:33.809Z"),
            ("created_to", "2025-07-07T15:36:33.811Z"),
        ),
    )
    key = Key(record.provider_id, record.hint)
    assert find(key) == {request: [key]}


@given(MOMENTS)
def test_a_hint_finds_the_row_again(created_at: datetime) -> None:
    record = task(created_at=created_at.isoformat())
    key = Key("guid", record.hint)
    ((request, keys),) = find(key).items()
    assert keys == [key]
    assert request.query[0] == NEWEST
    bounds = {name: datetime.fromisoformat(text) for name, text in request.query[1:]}
    assert bounds.keys() <= {"created_from", "created_to"}
    for name, bound in bounds.items():
        assert bound < created_at if name == "created_from" else created_at < bound
        assert abs(bound - created_at) <= timedelta(milliseconds=1)


def test_a_hint_does_not_depend_on_the_offset() -> None:
    assert task(created_at="2025-07-07T18:36:33.81+03:00").hint == page(PRINTED).rows[0].hint
    assert task(created_at="2025-07-07 18:36:33.81").hint == page(PRINTED).rows[0].hint


def test_a_bad_time_gives_no_hint() -> None:
    assert task(created_at="soon").hint is None
    assert task(created_at=5).hint is None


def test_keys_of_one_time_share_a_request() -> None:
    keys = [Key("a", "1000"), Key("b"), Key("c", "1000"), Key("d", "2000"), Key("e", "")]
    found = find(*keys)
    assert list(found.values()) == [[keys[0], keys[2]], [keys[1], keys[4]], [keys[3]]]
    assert list(found)[1] == WHOLE


@pytest.mark.parametrize(
    "hint",
    ["x", "01", "+1", "-0", " 1", "1 ", "1_0", "1.0", "1e3", "٣", "9" * 30, "9" * 5000, "-" * 9],
)
def test_forged_hints_are_left_out(hint: str) -> None:
    good = Key("b", "1000")
    assert list(find(Key("a", hint), good).values()) == [[good]]


# ---------------------------------------------------------------- credentials and refusals


def test_headers() -> None:
    assert LIFE_PAY.sign(Credentials(org_guid="guid", api_key="key")) == {
        "Authorization": "key",
        "X-LP-Client-Identifier": "pacioli",
        "X-LP-Client-Type": "Service",
        "Accept-Language": "ru",
    }


def test_all_headers() -> None:
    credentials = Credentials(
        org_guid="guid",
        token="t",
        client_identifier="id",
        client_type="App",
        language="en",
        client_name="name",
        client_os_name="os",
        client_os_version="1",
        client_screen_resolution="1x1",
        client_model="model",
        organization_alias="alias",
        client_extensions="a,b",
        client_depersonalized_extensions="c",
    )
    assert LIFE_PAY.sign(credentials) == {
        "Authorization": "Bearer t",
        "Accept-Language": "en",
        "X-LP-Client-Identifier": "id",
        "X-LP-Client-Type": "App",
        "X-LP-Client-Name": "name",
        "X-LP-Client-OS-Name": "os",
        "X-LP-Client-OS-Version": "1",
        "X-LP-Client-Screen-Resolution": "1x1",
        "X-LP-Client-Model": "model",
        "X-LP-Organization-Alias": "alias",
        "X-LP-Client-Extensions": "a,b",
        "X-LP-Client-Depersonalized-Extensions": "c",
    }


@pytest.mark.parametrize("secrets", [{}, {"api_key": "s3cret", "token": "s3cret"}])
def test_one_secret_is_needed(secrets: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="either api_key or token") as caught:
        Credentials(org_guid="guid", **secrets)
    assert "s3cret" not in str(caught.value)


def test_provider() -> None:
    assert LIFE_PAY.time_zone == "Europe/Moscow"
    assert LIFE_PAY.base_url == "https://api.life-pos.ru"
    assert REGISTRY["life_pay"] is LIFE_PAY


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RejectedError),
        (401, UnauthorizedError),
        (403, UnauthorizedError),
        (404, RejectedError),
        (422, RejectedError),
        (429, RateLimitedError),
        (500, UnavailableError),
    ],
)
def test_refusals(status: int, kind: Any) -> None:
    error: Any = LIFE_PAY.refusal(Response(status, {"Retry-After": "7"}, ERROR))
    assert type(error) is kind
    assert error.http_status == status
    assert error.provider_code == "InternalServerError"
    assert error.retry_after_seconds == 7


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b'{"code": "LegalEntityCrptTokenNotSpecified"}', "LegalEntityCrptTokenNotSpecified"),
        (b'{"code": "NotFound", "message": {}}', "NotFound"),
        (b'{"code": "Not Found"}', None),
        (b'{"code": "NotFound\\n"}', None),
        (b'{"code": ""}', None),
        (b'{"code": "' + b"a" * 65 + b'"}', None),
        (b'{"code": 404}', None),
        (b'{"code": null}', None),
        ('{"code": "Ошибка"}'.encode(), None),
        (b"{}", None),
        (b"", None),
        (b"<html>", None),
        (b"\xff", None),
        (b"[" * 100_000, None),
    ],
)
def test_codes(said: bytes, code: str | None) -> None:
    error: Any = LIFE_PAY.refusal(Response(422, {}, said))
    assert isinstance(error, RejectedError)
    assert error.provider_code == code


def test_an_answer_is_no_refusal() -> None:
    assert LIFE_PAY.refusal(Response(200, {}, PRINTED)) is None
