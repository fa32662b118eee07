"""The rows of the unified model, as the graph reads them: their words and their attributes.

The protocols say what the graph relies on; a provider's views (see `views`) satisfy them. A
provider's own part hangs under `details`, whose `typename` names the graph type that shows it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, ClassVar, NamedTuple, Protocol

from providers.errors import UpstreamError
from providers.money import Money


class ProviderName(Enum):
    """The providers that clients can name."""

    GOEDGEPLAATST = "goedgeplaatst"
    LIFE_PAY = "life_pay"
    SMARTPAY = "smartpay"
    YANDEX_OFD = "yandex_ofd"
    YUME = "yume"


class SourceState(Enum):
    """How an account's upstream is doing, as far as its last answers tell."""

    HEALTHY = "HEALTHY"
    DEGRADED = "DEGRADED"
    UNAVAILABLE = "UNAVAILABLE"


class OutcomeStatus(Enum):
    """How one source did for one connection."""

    OK = "OK"
    STALE = "STALE"
    FAILED = "FAILED"


class Stale(NamedTuple):
    """That rows are older than was wished: for an error, or because they are just read anew."""

    error: UpstreamError | None = None


class InvoiceStatus(Enum):
    """Where an invoice stands, in words that are the same for every provider."""

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    AUTHORIZED = "AUTHORIZED"
    PAID = "PAID"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"
    REFUNDED = "REFUNDED"
    UNKNOWN = "UNKNOWN"


class PaymentStatus(Enum):
    """Where a payment stands, in words that are the same for every provider."""

    PENDING = "PENDING"
    AUTHORIZED = "AUTHORIZED"
    PAID = "PAID"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"
    REFUNDED = "REFUNDED"
    UNKNOWN = "UNKNOWN"


class ExportTaskStatus(Enum):
    """Where an export task stands."""

    QUEUED = "QUEUED"
    IN_PROGRESS = "IN_PROGRESS"
    WAITING_FOR_FEEDBACK = "WAITING_FOR_FEEDBACK"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"


class ExportResolutionType(Enum):
    """How grave a remark on an export task is."""

    INFORMATION = "INFORMATION"
    WARNING = "WARNING"
    ERROR = "ERROR"
    UNKNOWN = "UNKNOWN"


class SalesInterval(Enum):
    """The calendar intervals that sales are summed up by."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"


class FiscalDocumentType(Enum):
    """The documents of a cash register."""

    FISCAL_REPORT = "FISCAL_REPORT"
    FISCAL_REPORT_CORRECTION = "FISCAL_REPORT_CORRECTION"
    OPEN_SHIFT = "OPEN_SHIFT"
    CLOSE_SHIFT = "CLOSE_SHIFT"
    RECEIPT = "RECEIPT"
    RECEIPT_CORRECTION = "RECEIPT_CORRECTION"
    BSO = "BSO"
    BSO_CORRECTION = "BSO_CORRECTION"
    CURRENT_STATE_REPORT = "CURRENT_STATE_REPORT"
    CLOSE_ARCHIVE = "CLOSE_ARCHIVE"


class OperationType(Enum):
    """What a receipt records."""

    INCOME = "INCOME"
    INCOME_RETURN = "INCOME_RETURN"
    OUTCOME = "OUTCOME"
    OUTCOME_RETURN = "OUTCOME_RETURN"


class TaxationType(Enum):
    """The taxation that a receipt was issued under."""

    OSN = "OSN"
    USN_INCOME = "USN_INCOME"
    USN_INCOME_WO_EXPENDITURE = "USN_INCOME_WO_EXPENDITURE"
    ESN_AGRICULTURAL = "ESN_AGRICULTURAL"
    PSN = "PSN"


class Row(Protocol):
    """What every record has. `hint` is what finds it again beside its id and never changes.

    `key_id` is the id that never changes either: the provider's own, but for a row that gets that
    later. `present` is false where the upstream lists something that is no such row at all.
    """

    typename: ClassVar[str]
    source: Any
    fetched_at: datetime
    provider_id: str
    key_id: str
    hint: str | None
    present: bool
    raw: Any


class Invoice(Row, Protocol):
    """A demand for money. Amounts in major units, times with their offset."""

    number: str | None
    status: InvoiceStatus
    provider_status: str | None
    description: str | None
    created_at: datetime | None
    currency: str | None
    total: Money | None
    captured: Money | None
    refunded: Money | None
    card_last_four: str | None
    own_payment: Any
    details: Any


class Payment(Row, Protocol):
    """Money that was given, or should have been."""

    status: PaymentStatus
    provider_status: str | None
    net: Money | None
    vat: Money | None
    gross: Money | None
    invoice_number: str | None
    order_number: str | None
    afas_invoice_id: str | None
    created_at: datetime | None
    paid_at: datetime | None
    cancelled_at: datetime | None
    expired_at: datetime | None
    failed_at: datetime | None
    own_invoice: Any
    details: Any


class SalesTotals(Protocol):
    """Sales of one kind, by the way they were paid."""

    prepaid: Money | None
    cash: Money | None
    credit: Money | None
    ecash: Money | None
    provision: Money | None
    total: Money | None


class SalesAggregate(Row, Protocol):
    """The sales of one calendar interval; `date_from` and `date_to` say what is covered of it."""

    interval: SalesInterval
    start: date
    end: date
    date_from: datetime | None
    date_to: datetime | None
    income: SalesTotals | None
    income_return: SalesTotals | None
    outcome: SalesTotals | None
    outcome_return: SalesTotals | None
    checks: int | None
    checks_income: int | None
    income_average: Money | None


class ExportTask(Row, Protocol):
    """A report that a provider prepares."""

    status: ExportTaskStatus
    provider_status: str | None
    progress: int | None
    report_type: str | None
    mime_type: str | None
    parameters: Any
    resolutions: Sequence[Any]
    organization_id: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    meta: str | None
    metadata: Any
