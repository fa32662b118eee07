"""LIFE PAY: tasks that export revenue reports (GET /orgs/:org_guid/async/exports/revenuereports).

Oddities: the document lost the names of headers and parameters, these are those of its twin, the
list of import tasks; an API key is sent bare, a token as `Bearer`; pages have the upstream's own
size; `items` may be null, the token of the next page empty, and `items_total` absent or 0 although
there are items; one key is in camelCase. Whether a bound includes its moment is not known, and rows
may have more digits than bounds: these are sent a little too wide.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Annotated, Generic, TypeVar
from urllib.parse import quote

import msgspec
from msgspec import Meta

from providers.base import Account, Key, Listing, Page, Plan, Provider, by_request
from providers.errors import MalformedError, UpstreamError
from providers.origin import Origin
from providers.paginators import Token
from providers.queries import Direction, ExportTaskQuery
from providers.records import ExportResolutionType, ExportTaskStatus
from providers.timestamps import micros, moment_of, utc
from providers.views import (
    Record,
    View,
    identity,
    integer,
    json,
    lookup,
    moment,
    plain,
    text,
    texts,
    view,
    views,
)
from providers.wire import Request, Response, decode_rows, stated, status_refusal

T = TypeVar("T")
ROWS = "items"
MICROSECOND = timedelta(microseconds=1)
MILLISECOND = timedelta(milliseconds=1)
CODE = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9]{1,64}\Z")]

STATUSES = {
    "InQueue": ExportTaskStatus.QUEUED,
    "InProgress": ExportTaskStatus.IN_PROGRESS,
    "WaitingForFeedback": ExportTaskStatus.WAITING_FOR_FEEDBACK,
    "Completed": ExportTaskStatus.COMPLETED,
    "Canceled": ExportTaskStatus.CANCELLED,
}
RESOLUTIONS = {each.value.capitalize(): each for each in ExportResolutionType}


class Credentials(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Who asks, of which organization, and as what kind of client."""

    org_guid: str
    api_key: str | None = None
    token: str | None = None
    client_identifier: str = "pacioli"
    client_type: str = "Service"
    language: str = "ru"
    client_name: str | None = None
    client_os_name: str | None = None
    client_os_version: str | None = None
    client_screen_resolution: str | None = None
    client_model: str | None = None
    organization_alias: str | None = None
    client_extensions: str | None = None
    client_depersonalized_extensions: str | None = None

    def __post_init__(self) -> None:
        if (self.api_key is None) == (self.token is None):
            raise ValueError("either api_key or token must be there, and not both")


class ColumnsRow(msgspec.Struct):
    """Which columns the report has."""

    include_outlet_name: bool | None = None
    include_employee_name: bool | None = None
    include_period_column: bool | None = None
    include_start_column: bool | None = None
    include_end_column: bool | None = None
    include_selection_points_column: bool | None = None
    include_comparison_period_column: bool | None = None
    include_revenue_column: bool | None = None
    include_average_column: bool | None = None
    include_refunds_column: bool | None = None
    include_payments_column: bool | None = None
    include_number_of_payments_column: bool | None = None
    include_number_of_refunds_column: bool | None = None
    include_number_of_transactions_column: bool | None = None
    include_median_payments_column: bool | None = None


class FiltersRow(msgspec.Struct):
    """What `filters_for_export` says of the rows."""

    processed_at_from: str | None = None
    processed_at_to: str | None = None
    comparison_processed_at_from: str | None = None
    comparison_processed_at_to: str | None = None
    revenue_by_periods_type: str | None = msgspec.field(default=None, name="revenueByPeriodsType")
    outlet_guid: str | None = None
    outlet_guids: list[str] | None = None
    employee_guid: str | None = None
    employee_guids: list[str] | None = None


class ParametersRow(msgspec.Struct):
    """What was asked for when the task was made."""

    attributes_for_export: ColumnsRow | None = None
    filters_for_export: FiltersRow | None = None


class ResolutionRow(msgspec.Struct):
    """A remark."""

    message: str | None = None
    type: str | None = None


class OrganizationRow(msgspec.Struct):
    """A reference to an organization."""

    guid: str | None = None


class TaskRow(msgspec.Struct):
    """One element of `items`."""

    guid: str
    mime_type: str | None = None
    report_export_type: str | None = None
    parameters: ParametersRow | None = None
    status: str | None = None
    progress: int | None = None
    resolutions: list[ResolutionRow] | None = None
    organization: OrganizationRow | None = None
    created_at: str | None = None
    updated_at: str | None = None
    deleted_at: str | None = None
    meta: str | None = None
    meta_data: msgspec.Raw = msgspec.Raw(b"null")


class Envelope(msgspec.Struct, Generic[T]):
    """A page of the list."""

    rows: list[T] | None = msgspec.field(name=ROWS)
    next_page_token: str | None = None
    items_total: int | None = None


class ExportColumns(View):
    """Which columns the report has: all that the row says, as it is."""

    __slots__ = ()
    typename = "ExportColumns"


for _name in ColumnsRow.__struct_fields__:  # include_start_column says whether it has `start`
    setattr(ExportColumns, _name.removeprefix("include_").removesuffix("_column"), plain(_name))


class ExportFilters(View):
    """Which sales the report is about."""

    __slots__ = ()
    typename = "ExportFilters"
    processed_at_from = moment("processed_at_from")
    processed_at_to = moment("processed_at_to")
    comparison_processed_at_from = moment("comparison_processed_at_from")
    comparison_processed_at_to = moment("comparison_processed_at_to")
    revenue_by_periods_type = text("revenue_by_periods_type")
    outlet_id = text("outlet_guid")
    outlet_ids = texts("outlet_guids")
    employee_id = text("employee_guid")
    employee_ids = texts("employee_guids")


class ExportParameters(View):
    """What was asked for when the task was made."""

    __slots__ = ()
    typename = "ExportParameters"
    columns = view("attributes_for_export", ExportColumns)
    filters = view("filters_for_export", ExportFilters)


class ExportResolution(View):
    """A remark on the task."""

    __slots__ = ()
    typename = "ExportResolution"
    type = lookup("type", RESOLUTIONS, ExportResolutionType.UNKNOWN)
    message = text("message")


class ExportTask(Record):
    """A task as the graph's."""

    __slots__ = ()
    typename = "ExportTask"
    provider_id = identity("guid")
    status = lookup("status", STATUSES, ExportTaskStatus.UNKNOWN)
    provider_status = text("status")
    progress = integer("progress", within=range(101))
    report_type = text("report_export_type")
    mime_type = text("mime_type")
    parameters = view("parameters", ExportParameters)
    resolutions = views("resolutions", ExportResolution)
    created_at = moment("created_at")
    updated_at = moment("updated_at")
    deleted_at = moment("deleted_at")
    meta = text("meta")
    metadata = json("meta_data")

    @property
    def organization_id(self) -> str | None:
        organization = self.row.organization
        return None if organization is None else organization.guid or None

    @property
    def hint(self) -> str | None:
        try:
            return str(micros(self.created_at)) if self.created_at else None
        except MalformedError:
            return None


def sign(credentials: Credentials) -> Mapping[str, str]:
    """The headers that say who asks: `client_os_name` is `X-LP-Client-OS-Name`."""
    bearer = f"Bearer {credentials.token}"
    headers = {
        "Authorization": bearer if credentials.api_key is None else credentials.api_key,
        "Accept-Language": credentials.language,
    }
    for name, value in msgspec.structs.asdict(credentials).items():
        if value is not None and name.startswith(("client_", "organization_")):
            words = ("OS" if word == "os" else word.capitalize() for word in name.split("_"))
            headers["-".join(("X-LP", *words))] = value
    return headers


def plan(query: ExportTaskQuery, account: Account) -> Plan:
    """The list. LIFE PAY applies the statuses that it has a word for, and the times roughly."""
    if query.empty:
        return Plan(lanes=())
    by = "updated_at" if query.by_update else "created_at"
    asked = [("order_by", f"{by}_{'asc' if query.direction is Direction.ASCENDING else 'desc'}")]
    applied = query.statuses is not None and query.statuses.issubset(STATUSES.values())
    if query.statuses is not None and applied:
        asked += [
            ("task_status", word) for word, each in STATUSES.items() if each in query.statuses
        ]
    asked += _bounds("created", query.created_from, query.created_to)
    asked += _bounds("updated", query.updated_from, query.updated_to)
    return Plan((_list(account, asked),), frozenset({"statuses"} if applied else ()))


def _list(account: Account, asked: Iterable[tuple[str, str]]) -> Request:
    organization = quote(account.credentials.org_guid, safe="")
    return Request("GET", f"/orgs/{organization}/async/exports/revenuereports", tuple(asked))


def _bounds(name: str, start: datetime | None, end: datetime | None) -> Iterator[tuple[str, str]]:
    """Bounds, whole milliseconds, that let in all from `start` on and before `end`."""
    wide = (("from", start, -MICROSECOND), ("to", end, MILLISECOND - MICROSECOND))
    for side, bound, shift in wide:
        with suppress(OverflowError):  # at the end of the calendar there is nothing beyond
            if bound is not None:
                yield f"{name}_{side}", utc(bound + shift)


def page(response: Response, origin: Origin) -> Page:
    """The tasks of an answer. A total that is less than what is there was not counted."""
    answer = decode_rows(response.body, Envelope, TaskRow, ROWS, origin.malformed)
    tasks = [ExportTask(row, origin, at) for at, row in enumerate(answer.rows or ())]
    total, token = answer.items_total, answer.next_page_token or None
    counted = total is not None and len(tasks) <= total < 2**31
    return Page(tasks, total if counted else None, token is not None, token)


def find(keys: Sequence[Key], account: Account) -> Mapping[Request, Sequence[Key]]:
    """The list around the time of each key, whole for those that have none."""
    return by_request(keys, lambda key: _around(key.hint, account))


def _around(hint: str | None, account: Account) -> Request | None:
    """The list around a creation time, the whole one without; None for what is no hint."""
    asked = [("order_by", "created_at_desc")]
    if not hint:
        return _list(account, asked)
    try:
        period = moment_of(int(hint)), moment_of(int(hint) + 1)
    except (ValueError, OverflowError):
        return None
    request = _list(account, [*asked, *_bounds("created", *period)])
    return request if hint == str(micros(period[0])) else None


def refusal(response: Response) -> UpstreamError | None:
    """What a status says, with the word in the body."""
    code = None if response.status == 200 else stated(response.body, "code", CODE)
    return status_refusal(response, code)


LIFE_PAY = Provider(
    name="life_pay",
    time_zone="Europe/Moscow",
    credentials=Credentials,
    sign=sign,
    refusal=refusal,
    listings={
        "export_tasks": Listing(ROWS, plan, Token("page_token"), page, sorts=True, find=find)
    },
    base_url="https://api.life-pos.ru",
)
