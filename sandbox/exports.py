"""What export tasks are about: a report, its columns, its period and whose sales it covers."""

from collections.abc import Mapping, Sequence
from random import Random
from uuid import UUID

from sandbox.ledger import utc
from sandbox.upstream import Row

DAY = 86_400_000  # all times here are Unix times in milliseconds
MOSCOW = DAY // 8  # east of Greenwich
CSV = "text/csv"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REPORTS = {  # each type in a hundred; "Emploees" is how the provider spells it
    "RevenueByPeriodsExcel": 26,
    "RevenueByOutletsPeriodsExcel": 18,
    "RevenueByEmploeesPeriodsExcel": 14,
    "RevenueByPeriodsCSV": 12,
    "RevenueByOutletsPeriodsCSV": 9,
    "RevenueByEmploeesPeriodsCSV": 7,
    "ReportTransactionExcel": 4,
    "ReportTransactionCSV": 3,
    "ReportFiscalDocumentExcel": 2,
    "ReportMoneyOperationCSV": 2,
    "ReportPaymentAndRefundExcel": 2,
    "ReportCombinedExcel": 1,
}
ORG_GUID = "6f1c2a52-9c1e-4f0a-8a57-6d2c3b5e7a10"
PERIODS = ("Year", "Quarter", "Month", "Week", "Day", "Hour")
COLUMNS = (
    "outlet_name",
    "employee_name",
    "period_column",
    "start_column",
    "end_column",
    "selection_points_column",
    "comparison_period_column",
    "revenue_column",
    "average_column",
    "refunds_column",
    "payments_column",
    "number_of_payments_column",
    "number_of_refunds_column",
    "number_of_transactions_column",
    "median_payments_column",
)


def pick(draw: Random, shares: Mapping[str, int]) -> str:
    """One of the names, as often as its share says."""
    return draw.choices(tuple(shares), tuple(shares.values()))[0]


def new_guid(draw: Random) -> str:
    """A random guid that looks like any other."""
    return str(UUID(int=draw.getrandbits(128), version=4))


OUTLETS = tuple(new_guid(Random(f"outlet {n}")) for n in range(5))
EMPLOYEES = tuple(new_guid(Random(f"employee {n}")) for n in range(8))


def stamp(moment: int) -> str:
    """A Unix time in milliseconds as `2026-11-20T05:31:56.120Z`."""
    return f"{utc(moment // 1_000)[:-1]}.{moment % 1_000:03}Z"


def new_task(draw: Random, guid: str, created: int) -> Row:
    """A task as it is made, with all keys in the order of the document."""
    report = pick(draw, REPORTS)
    return {
        "mime_type": CSV if report.endswith("CSV") else EXCEL,
        "report_export_type": report,
        "parameters": {
            "attributes_for_export": {f"include_{name}": draw.random() < 0.7 for name in COLUMNS},
            "filters_for_export": _filters(draw, created),
        },
        "status": "InQueue",
        "progress": 0,
        "resolutions": [],
        "organization": {"guid": ORG_GUID, "type_of": "Organization"},
        "created_at": stamp(created),
        "updated_at": stamp(created),
        "deleted_at": None,
        "meta": draw.choice((None, "", "dashboard", "Ежедневная выгрузка для бухгалтерии")),
        "meta_data": draw.choice(
            (None, {}, {"requested_by": draw.choice(EMPLOYEES), "retries": 0})
        ),
        "guid": guid,
        "type_of": "RevenueReportsExportTask",
    }


def _filters(draw: Random, created: int) -> Row:
    """The period is of whole days in Moscow; an outlet may be named alone, in a list or in both."""
    end = (created + MOSCOW) // DAY * DAY - MOSCOW
    length = draw.choice((1, 7, 30, 91, 365)) * DAY
    compared = draw.random() < 0.25
    return {
        "processed_at_from": stamp(end - length),
        "processed_at_to": stamp(end - 1),
        "comparison_processed_at_from": stamp(end - 2 * length) if compared else None,
        "comparison_processed_at_to": stamp(end - length - 1) if compared else None,
        "revenueByPeriodsType": draw.choice(PERIODS),
        **_chosen(draw, "outlet", OUTLETS),
        **_chosen(draw, "employee", EMPLOYEES),
    }


def _chosen(draw: Random, name: str, guids: Sequence[str]) -> Row:
    one, many = draw.choice(((False, False), (True, False), (False, True), (True, True)))
    return {
        f"{name}_guid": draw.choice(guids) if one else None,
        f"{name}_guids": draw.sample(guids, draw.randrange(1, 4)) if many else [],
    }
