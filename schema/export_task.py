"""Export tasks: reports that a provider prepares."""

from datetime import datetime
from enum import Enum

import strawberry

from providers.records import ExportResolutionType, ExportTaskStatus
from schema.binding import described, node_id, shows_records
from schema.composition import ROW_KEYS, SHAREABLE
from schema.connection import CURSOR, SOURCES, TOTAL, PageInfo
from schema.node import Node
from schema.scalars import JSON
from schema.scopes import REQUIRES_RAW
from schema.source import Source, SourceOutcome

UNSET = strawberry.UNSET

described(
    ExportTaskStatus,
    "Where an export task stands.",
    QUEUED="It waits for its turn.",
    IN_PROGRESS="It is being worked on.",
    WAITING_FOR_FEEDBACK="It waits for an answer of its owner.",
    COMPLETED="It is done.",
    CANCELLED="It was given up.",
    UNKNOWN="A word that is not known here; see providerStatus.",
)
described(
    ExportResolutionType,
    "How grave a remark on an export task is.",
    INFORMATION="Good to know.",
    WARNING="Something may be missing.",
    ERROR="Something failed.",
    UNKNOWN="A word that is not known here.",
)


@strawberry.enum(description="The orders that export tasks can be listed in.")
class ExportTaskOrder(Enum):
    """By a time, then source name, then the provider's id."""

    CREATED_AT_ASC = strawberry.enum_value("CREATED_AT_ASC", description="Oldest first.")
    CREATED_AT_DESC = strawberry.enum_value("CREATED_AT_DESC", description="Newest first.")
    UPDATED_AT_ASC = strawberry.enum_value(
        "UPDATED_AT_ASC", description="Those that changed longest ago first."
    )
    UPDATED_AT_DESC = strawberry.enum_value(
        "UPDATED_AT_DESC", description="Those that changed last first."
    )


@strawberry.type(description="Which columns a report is to have.", directives=SHAREABLE)
class ExportColumns:
    """Bound to the view of that typename, as all parts here."""

    outlet_name: bool | None = strawberry.field(description="The outlet's name.")
    employee_name: bool | None = strawberry.field(description="The employee's name.")
    period: bool | None = strawberry.field(description="The period.")
    start: bool | None = strawberry.field(description="The period's start.")
    end: bool | None = strawberry.field(description="The period's end.")
    selection_points: bool | None = strawberry.field(description="The points of selection.")
    comparison_period: bool | None = strawberry.field(description="The period compared with.")
    revenue: bool | None = strawberry.field(description="The revenue.")
    average: bool | None = strawberry.field(description="The average payment.")
    refunds: bool | None = strawberry.field(description="The refunds.")
    payments: bool | None = strawberry.field(description="The payments.")
    number_of_payments: bool | None = strawberry.field(description="How many payments.")
    number_of_refunds: bool | None = strawberry.field(description="How many refunds.")
    number_of_transactions: bool | None = strawberry.field(description="How many transactions.")
    median_payments: bool | None = strawberry.field(description="The median payment.")


@strawberry.type(description="Which transactions a report is about.", directives=SHAREABLE)
class ExportFilters:
    """Bound to the view of that typename."""

    processed_at_from: datetime | None = strawberry.field(description="Processed from then on.")
    processed_at_to: datetime | None = strawberry.field(description="Processed until then.")
    comparison_processed_at_from: datetime | None = strawberry.field(
        description="The compared ones: processed from then on."
    )
    comparison_processed_at_to: datetime | None = strawberry.field(
        description="The compared ones: processed until then."
    )
    revenue_by_periods_type: str | None = strawberry.field(
        description='By which periods, in the provider\'s words: "Month".'
    )
    outlet_id: strawberry.ID | None = strawberry.field(description="Of this outlet.")
    outlet_ids: list[strawberry.ID] = strawberry.field(description="Of these outlets.")
    employee_id: strawberry.ID | None = strawberry.field(description="Of this employee.")
    employee_ids: list[strawberry.ID] = strawberry.field(description="Of these employees.")


@strawberry.type(description="What a report was asked to be.", directives=SHAREABLE)
class ExportParameters:
    """Bound to the view of that typename."""

    columns: ExportColumns | None = strawberry.field(description="Its columns.")
    filters: ExportFilters | None = strawberry.field(description="What it is about.")


@strawberry.type(
    description="A remark that a provider makes on an export task.", directives=SHAREABLE
)
class ExportResolution:
    """Bound to the view of that typename."""

    type: ExportResolutionType = strawberry.field(description="How grave it is.")
    message: str | None = strawberry.field(description="What it says, in the provider's words.")


@strawberry.type(description="A report that a provider prepares.", directives=ROW_KEYS)
@shows_records
class ExportTask(Node):
    """Bound to providers.records.ExportTask."""

    id: strawberry.ID = strawberry.field(resolver=node_id, description="Unique in the whole graph.")
    source: Source = strawberry.field(description="The account that it was read from.")
    fetched_at: datetime = strawberry.field(description="When it was read from the provider.")
    provider_id: strawberry.ID = strawberry.field(
        description="The id that the provider itself gives it; unique within the source only."
    )
    status: ExportTaskStatus = strawberry.field(description="Where it stands.")
    provider_status: str | None = strawberry.field(
        description="The provider's own word for the status."
    )
    progress: int | None = strawberry.field(description="Percent, 0 to 100.")
    report_type: str | None = strawberry.field(
        description='The kind of report, in the provider\'s words: "RevenueByPeriodsCSV".'
    )
    mime_type: str | None = strawberry.field(description='The kind of file: "text/csv".')
    parameters: ExportParameters | None = strawberry.field(description="What was asked for.")
    resolutions: list[ExportResolution] = strawberry.field(
        description="What the provider remarks on it."
    )
    organization_id: strawberry.ID | None = strawberry.field(
        description="The provider's id of the organisation that it is for."
    )
    created_at: datetime | None = strawberry.field(description="When it was asked for.")
    updated_at: datetime | None = strawberry.field(description="When it last changed.")
    deleted_at: datetime | None = strawberry.field(description="When it was deleted.")
    meta: str | None = strawberry.field(description="A note on it.")
    metadata: JSON | None = strawberry.field(description="Whatever else the provider notes of it.")
    raw: JSON | None = strawberry.field(
        extensions=[REQUIRES_RAW],
        description="The provider's record as received. Needs the scope `raw:read`.",
    )


@strawberry.type(description="An export task at its place in a list.")
class ExportTaskEdge:
    """Bound to resolvers.connections.Edge."""

    cursor: str = strawberry.field(description=CURSOR)
    node: ExportTask = strawberry.field(description="The export task.")


@strawberry.type(description="A page of a list of export tasks.")
class ExportTaskConnection:
    """Bound to resolvers.connections.Connection."""

    edges: list[ExportTaskEdge] = strawberry.field(description="The tasks with their cursors.")
    nodes: list[ExportTask] = strawberry.field(description="The tasks, without cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int | None = strawberry.field(description=TOTAL)
    sources: list[SourceOutcome] = strawberry.field(description=SOURCES)


@strawberry.input(description="Which export tasks to list. Null sets no condition.")
class ExportTaskFilter:
    """What a list of export tasks can be restricted by."""

    sources: list[str] | None = strawberry.field(
        default=UNSET, description="Only of these accounts, by Source.name."
    )
    statuses: list[ExportTaskStatus] | None = strawberry.field(
        default=UNSET, description="Only in one of these states; none with an empty list."
    )
    created_from: datetime | None = strawberry.field(
        default=UNSET, description="Asked for at this moment or later."
    )
    created_to: datetime | None = strawberry.field(
        default=UNSET, description="Asked for before this moment."
    )
    updated_from: datetime | None = strawberry.field(
        default=UNSET, description="Changed at this moment or later."
    )
    updated_to: datetime | None = strawberry.field(
        default=UNSET, description="Changed before this moment."
    )
    report_types: list[str] | None = strawberry.field(
        default=UNSET, description="Only reports of these kinds, in the provider's words."
    )
