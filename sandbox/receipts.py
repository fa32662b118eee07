"""Two years of receipts from the group's cashboxes in Russia, drawn day by day when asked for.

Times are Moscow's and have no zone, money is in kopecks. However large the scale, there are
no more of them: callers see days, weeks and months, and more receipts make no more of those.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Annotated, Literal, NamedTuple, get_args

import msgspec
from msgspec import Meta

from sandbox.ledger import HOURS, WEEKDAYS
from sandbox.upstream import Row, Scenario

Document = Literal["receipt", "receiptCorrection", "bso", "bsoCorrection"]
Operation = Literal["income", "income_return", "outcome", "outcome_return"]
Taxation = Literal["osn", "usn_income", "usn_income_wo_expenditure", "esn_agricultural", "psn"]
OPERATIONS: tuple[Operation, ...] = get_args(Operation)
PARTS = ("prepaid", "cashTotal", "credit", "ecashTotal", "provision")

MOSCOW = timezone(timedelta(hours=3))
HISTORY_DAYS = 731
RECEIPTS = (14, 26)  # of an ordinary day, from and up to
ODD_TOTAL_EVERY = 40  # days; the total of one receipt is then a rouble more than its parts
KEPT_TOTALS = 40_000  # one for each day and selection
LAST_SECOND = time(23, 59, 59)
EXACTLY = "%Y-%m-%d %H:%M:%S"


class Cashbox(NamedTuple):
    """A cashbox, the months in which it is in use, and its part of the business in percent."""

    id: str
    retail_point: str
    company: str
    taxations: tuple[Taxation, ...]
    months: range
    share: int


YEAR, SUMMER = range(1, 13), range(5, 10)
CASHBOXES = (
    Cashbox("901", "728", "301", ("osn",), YEAR, 27),  # Moscow, hire
    Cashbox("902", "728", "301", ("osn",), YEAR, 18),
    Cashbox("903", "729", "301", ("osn", "usn_income"), YEAR, 15),  # Moscow, workshop
    Cashbox("904", "730", "302", ("usn_income",), YEAR, 20),  # Kazan
    Cashbox("905", "730", "302", ("usn_income", "usn_income_wo_expenditure"), YEAR, 12),
    Cashbox("906", "731", "303", ("psn",), SUMMER, 8),  # boats on the Volga
)
KINDS: dict[tuple[Document, Operation], int] = {
    ("receipt", "income"): 820,
    ("bso", "income"): 80,
    ("receipt", "income_return"): 52,
    ("receiptCorrection", "income"): 10,
    ("bsoCorrection", "income_return"): 3,
    ("receipt", "outcome"): 27,
    ("receipt", "outcome_return"): 8,
}
PAYMENTS = {  # percent of a receipt by each of PARTS, and how often it is paid so
    (0, 100, 0, 0, 0): 34,
    (0, 0, 0, 100, 0): 50,
    (0, 40, 0, 60, 0): 6,
    (30, 0, 0, 70, 0): 4,
    (100, 0, 0, 0, 0): 2,
    (0, 0, 100, 0, 0): 3,
    (0, 50, 0, 0, 50): 1,
}


class Receipt(NamedTuple):
    """One receipt; `amounts` are its PARTS, then its total."""

    moment: datetime
    cashbox: str
    document: Document
    operation: Operation
    taxation: Taxation
    amounts: tuple[int, ...]


class Selection(NamedTuple):
    """Which receipts to count, by what they must be one of."""

    cashboxes: frozenset[str]
    documents: frozenset[str]
    operations: frozenset[str]
    taxations: frozenset[str]

    def has(self, receipt: Receipt) -> bool:
        """Whether the receipt counts."""
        return (
            receipt.cashbox in self.cashboxes
            and receipt.document in self.documents
            and receipt.operation in self.operations
            and receipt.taxation in self.taxations
        )


class Totals:
    """What some receipts come to, and from when to when they are."""

    def __init__(self) -> None:
        self.amounts = {operation: [0] * (len(PARTS) + 1) for operation in OPERATIONS}
        self.checks = dict.fromkeys(OPERATIONS, 0)
        self.span: tuple[datetime, datetime] | None = None

    def add(self, receipt: Receipt) -> None:
        """Count one more receipt."""
        self._add(receipt.operation, receipt.amounts, 1)
        self._widen(receipt.moment, receipt.moment)

    def include(self, other: "Totals") -> None:
        """Count what another has counted."""
        for operation, amounts in other.amounts.items():
            self._add(operation, amounts, other.checks[operation])
        if other.span:
            self._widen(*other.span)

    def _add(self, operation: Operation, amounts: Sequence[int], checks: int) -> None:
        sums = self.amounts[operation]
        for n, amount in enumerate(amounts):
            sums[n] += amount
        self.checks[operation] += checks

    def _widen(self, first: datetime, last: datetime) -> None:
        known = self.span or (first, last)
        self.span = (min(known[0], first), max(known[1], last))


Roubles = Annotated[float, Meta(ge=0, le=1e9)]


class Given(msgspec.Struct, forbid_unknown_fields=True):
    """A receipt as the control endpoint is given it, with the names of the report."""

    date: str = ""
    cashbox_id: str = CASHBOXES[0].id
    document_type: Document = "receipt"
    operation_type: Operation = "income"
    taxation_type: Taxation = "osn"
    prepaid: Roubles = 0
    cashTotal: Roubles = 0  # noqa: N815
    credit: Roubles = 0
    ecashTotal: Roubles = 0  # noqa: N815
    provision: Roubles = 0
    total: Roubles | None = None

    def __post_init__(self) -> None:
        known = [cashbox.id for cashbox in CASHBOXES]
        if self.cashbox_id not in known:
            raise ValueError(f"there is no cashbox {self.cashbox_id}, only {', '.join(known)}")


class Receipts:
    """The receipts up to the present, and those that the control endpoint has added."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._first = self.now().date() - timedelta(HISTORY_DAYS - 1)
        self._added: dict[str, Receipt] = {}
        self._changes = 0
        self._drawn = lru_cache(2 * HISTORY_DAYS)(self._draw)
        self._known_totals = lru_cache(KEPT_TOTALS)(self._totals)  # of days that are over

    def now(self) -> datetime:
        """The present in Moscow."""
        return datetime.fromtimestamp(self._scenario.now(), MOSCOW).replace(tzinfo=None)

    @property
    def version(self) -> tuple[datetime, int]:
        """What changes whenever receipts may have come or gone."""
        return self.now(), self._changes

    def on(self, day: date) -> list[Receipt]:
        """The receipts of one day, as far as it has come."""
        now = self.now()
        drawn = self._drawn(day) if self._first <= day <= now.date() else []
        added = [receipt for receipt in self._added.values() if receipt.moment.date() == day]
        return [receipt for receipt in drawn if receipt.moment <= now] + added

    def totals(
        self, start: datetime, end: datetime, selection: Selection
    ) -> Iterator[tuple[date, Totals]]:
        """What each day from `start` to `end`, both included, comes to; empty days are left out."""
        today = self.now().date()
        for day in self._days(start.date(), end.date()):
            first = max(start, datetime.combine(day, time.min))
            last = min(end, datetime.combine(day, LAST_SECOND))
            totals = (self._known_totals if day < today else self._totals)(first, last, selection)
            if totals.span:
                yield day, totals

    def insert(self, fields: Mapping[str, object]) -> Row:
        """Add a receipt; it is of this moment unless it has a date, and 350 roubles in cash."""
        amountless = not fields.keys() & {*PARTS, "total"}
        given = msgspec.convert({**fields, **({"cashTotal": 350.0} if amountless else {})}, Given)
        given.date = given.date or self.now().strftime(EXACTLY)
        parts = [round(100 * getattr(given, part)) for part in PARTS]
        total = sum(parts) if given.total is None else round(100 * given.total)
        self._changed()
        row_id = f"added-{self._changes}"
        self._added[row_id] = Receipt(
            datetime.strptime(given.date, EXACTLY),  # noqa: DTZ007
            given.cashbox_id,
            given.document_type,
            given.operation_type,
            given.taxation_type,
            (*parts, total),
        )
        return {"id": row_id, **msgspec.structs.asdict(given), "total": total / 100}

    def remove(self, row_id: str) -> bool:
        """Take away a receipt that was added; False if there is none."""
        self._changed()
        return self._added.pop(row_id, None) is not None

    def _changed(self) -> None:
        self._changes += 1
        self._known_totals.cache_clear()

    def _days(self, start: date, end: date) -> list[date]:
        """The days of a period on which there may be receipts."""
        first, last = max(start, self._first), min(end, self.now().date())
        days = {first + timedelta(n) for n in range((last - first).days + 1)}
        days.update(receipt.moment.date() for receipt in self._added.values())
        return sorted(day for day in days if start <= day <= end)

    def _totals(self, start: datetime, end: datetime, selection: Selection) -> Totals:
        """What the receipts from `start` to `end`, on one day, come to."""
        totals = Totals()
        for receipt in self.on(start.date()):
            if start <= receipt.moment <= end and selection.has(receipt):
                totals.add(receipt)
        return totals

    def _draw(self, day: date) -> list[Receipt]:
        """All receipts of a day, by time. On New Year's Day everything is closed."""
        if (day.month, day.day) == (1, 1):
            return []
        draw = self._scenario.draw("yandex_ofd", day)
        boxes = {cashbox: cashbox.share for cashbox in CASHBOXES if day.month in cashbox.months}
        count = draw.randrange(*RECEIPTS) * WEEKDAYS[day.weekday()] // WEEKDAYS[0]
        chosen = zip(
            draw.choices(tuple(boxes), tuple(boxes.values()), k=count),
            draw.choices(tuple(KINDS), tuple(KINDS.values()), k=count),
            draw.choices(tuple(PAYMENTS), tuple(PAYMENTS.values()), k=count),
            draw.choices(range(24), HOURS, k=count),
            strict=True,
        )
        midnight = datetime.combine(day, time.min)
        receipts = []
        for n, (box, (document, operation), shares, hour) in enumerate(chosen):
            moment = midnight + timedelta(seconds=hour * 3_600 + int(draw.random() * 3_600))
            # Most hire is cheap, some of it dear.
            price = 9_000 + int(draw.random() ** 3 * 1_200_000)
            odd = 100 if n == 0 and day.toordinal() % ODD_TOTAL_EVERY == 0 else 0
            taxation = box.taxations[n % len(box.taxations)]
            amounts = _amounts(price, shares, odd)
            receipts.append(Receipt(moment, box.id, document, operation, taxation, amounts))
        return sorted(receipts)


def _amounts(price: int, shares: tuple[int, ...], odd: int) -> tuple[int, ...]:
    """The parts of a price, the largest being the rest, and a total `odd` above their sum."""
    parts = [price * share // 100 for share in shares]
    parts[shares.index(max(shares))] += price - sum(parts)
    return (*parts, price + odd)
