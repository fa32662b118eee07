"""The configured accounts, how they are doing, and what each contributed to a list."""

from datetime import datetime
from typing import Any

import strawberry

from providers.errors import UpstreamError
from providers.records import OutcomeStatus, ProviderName, SourceState
from schema.binding import described, node_id, shows_records
from schema.composition import SHAREABLE, SOURCE_KEYS
from schema.node import Node

Provider = described(
    ProviderName,
    "The providers whose accounts the graph can show.",
    name="Provider",
    GOEDGEPLAATST="GoedGeplaatst: payments of a classified advertising site.",
    LIFE_PAY="LIFE PAY: export tasks of revenue reports.",
    SMARTPAY="Sber SmartPay: invoices with their payment.",
    YANDEX_OFD="Yandex OFD: sales aggregated by period.",
    YUME="Yume: billing invoices of a rental platform.",
)

described(
    SourceState,
    "How an account's upstream is doing, as far as its last answers tell.",
    HEALTHY="The last request was answered, or none was made yet.",
    DEGRADED="It answers, but refused the last request or does not list in the promised order.",
    UNAVAILABLE="The last request had no answer, or the credentials were not accepted.",
)

described(
    OutcomeStatus,
    "How one source did for one list.",
    OK="Its rows are as the provider gave them for this request.",
    STALE="The provider failed; rows that were read earlier are shown.",
    FAILED="The provider failed; its rows are missing here and come on a later page.",
)


@strawberry.type(description="What went wrong with a source.", directives=SHAREABLE)
class SourceError:
    """Copies providers.errors.UpstreamError: to GraphQL an exception as a value is a failure."""

    code: str = strawberry.field(
        description="A stable code: UPSTREAM_UNAVAILABLE, UPSTREAM_TIMEOUT, ..."
    )
    message: str = strawberry.field(description="What happened, in a sentence for people.")
    retryable: bool = strawberry.field(
        description="Whether the same request may succeed a little later."
    )
    retry_after_seconds: float | None = strawberry.field(
        description="How long the provider asks to wait, where it says so."
    )
    http_status: int | None = strawberry.field(
        description="The HTTP status of the provider's answer, where there was one."
    )
    provider_code: str | None = strawberry.field(
        description="The provider's own code for what went wrong, as text."
    )

    @classmethod
    def of(cls, error: UpstreamError | None) -> "SourceError | None":
        if error is None:
            return None
        return cls(
            code=error.code,
            message=error.message,
            retryable=error.retryable,
            retry_after_seconds=error.retry_after_seconds,
            http_status=error.http_status,
            provider_code=error.provider_code,
        )


def last_error(root: Any) -> SourceError | None:
    """What the last request of a source failed with."""
    return SourceError.of(root.last_error)


def outcome_error(root: Any) -> SourceError | None:
    """What a source failed with for one list."""
    return SourceError.of(root.error)


@strawberry.type(description="One configured account at one provider.", directives=SOURCE_KEYS)
@shows_records
class Source(Node):
    """Bound to providers.client.Source."""

    id: strawberry.ID = strawberry.field(resolver=node_id, description="Unique in the whole graph.")
    name: str = strawberry.field(
        description="The name that the configuration gives it; filters take it."
    )
    provider: ProviderName = strawberry.field(description="Whose account it is.")
    state: SourceState = strawberry.field(description="How its upstream is doing.")
    last_success_at: datetime | None = strawberry.field(
        description="When the upstream last answered as it should; null before the first answer."
    )
    last_error: SourceError | None = strawberry.field(
        resolver=last_error,
        description="What the last request failed with; null when it succeeded.",
    )


@strawberry.type(description="What one source contributed to one list.", directives=SHAREABLE)
class SourceOutcome:
    """Bound to resolvers.outcomes.Outcome."""

    source: Source = strawberry.field(description="The account.")
    status: OutcomeStatus = strawberry.field(description="How it did.")
    fetched_at: datetime | None = strawberry.field(
        description="When the oldest row shown was read from the provider; null if none is shown."
    )
    error: SourceError | None = strawberry.field(
        resolver=outcome_error, description="Why its rows are missing or stale."
    )
