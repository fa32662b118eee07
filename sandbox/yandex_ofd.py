"""Yandex OFD: the sales report, added up from receipts over days, weeks or months.

Its oddities, kept on purpose: empty intervals are left out; keys come in any order, some
zeros not at all, and there are keys that no document names; the bounds of what was found
are now times, now bare dates; a total may be a rouble more than its parts; what is not
found is a 403, and 0 is the code of an error.
"""

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from itertools import permutations
from random import Random
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from sandbox.receipts import (
    CASHBOXES,
    EXACTLY,
    LAST_SECOND,
    OPERATIONS,
    PARTS,
    Cashbox,
    Operation,
    Receipts,
    Selection,
    Taxation,
    Totals,
)
from sandbox.upstream import Row, Scenario, Upstream, json_response

# No secrets: they open nothing but this sandbox.
YANDEX_KEY = "sandbox-yandex-key"
OFD_KEY = "sandbox-ofd-key"
REPORT = "/docs/aggregations/sales"
MAX_LIMIT = 100
KEPT_REPORTS = 16

REFUSALS = {  # of each status and code: the message and the description
    (400, 5): ("Bad Request", "Некорректный запрос"),
    (401, 1): ("Incorrect Yandex Key", "Неверный аутентификационный ключ"),
    (401, 2): ("Incorrect Ofd Key", "Неверный авторизационный ключ"),
    (403, 3): ("Company not found", "Компания не найдена"),
    (403, 4): ("Cash Register not found", "Кассовый аппарат не найден"),
    (403, 22): ("Retail point was not found", "Точка продаж не найдена"),
    (405, 0): ("The method is not allowed for the requested URL", "Метод не поддерживается"),
    (422, 7): ("Invalid payload structure", "Неверная структура запроса"),
    (500, 26): ("Nalog.ru error", "Ошибка сервиса налоговой службы"),
}
AMOUNTS = (*PARTS, "total")
ORDERS_OF_AMOUNTS = tuple(permutations(AMOUNTS))
# Where the value of each order stands in a row.
ORDERS = {
    "date": ("start",),
    "income": ("income", "total"),
    "income_return": ("income_return", "total"),
    "cash": ("income", "cashTotal"),
    "ecash": ("income", "ecashTotal"),
    "checks": ("checks",),
    "checks_income": ("checks_income",),
    "avg_receipt": ("income_avg",),
    "outcome": ("outcome", "total"),
    "outcome_return": ("outcome_return", "total"),
}
INTERVALS: dict[str, Callable[[date], tuple[date, date]]] = {  # the first and the last day
    "day": lambda day: (day, day),
    "week": lambda day: (day - timedelta(day.weekday()), day + timedelta(6 - day.weekday())),
    "month": lambda day: (day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])),
}

Document = Literal[
    "fiscalReport",
    "fiscalReportCorrection",
    "openShift",
    "closeShift",
    "receipt",
    "receiptCorrection",
    "bso",
    "bsoCorrection",
    "currentStateReport",
    "closeArchive",
]
Stamp = Annotated[
    str, Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2})?\Z")
]
Order = Annotated[str, Meta(pattern=rf"\A-?({'|'.join(ORDERS)})\Z")]
Count = Annotated[int, Meta(ge=0)]
Period = tuple[datetime, datetime]


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a request. An empty list restricts as little as an absent one."""

    date_from: Stamp
    date_to: Stamp
    limit: Count = MAX_LIMIT
    offset: Count = 0
    company_ids: list[str] = []
    retail_point_ids: list[str] = []
    cashbox_ids: list[str] = []
    document_types: list[Document] = []
    operation_types: list[Operation] = []
    taxation_types: list[Taxation] = []
    interval: Literal["day", "week", "month"] = "day"
    orders: list[Order] = []

    def __post_init__(self) -> None:
        _ = self.period  # a day that no calendar has is refused here

    @property
    def period(self) -> Period:
        """The first and the last second to count."""
        start, end = map(datetime.fromisoformat, (self.date_from, self.date_to))
        bare = len(self.date_to) == len("YYYY-MM-DD")
        return start, datetime.combine(end, LAST_SECOND) if bare else end


def simulate(scenario: Scenario) -> Upstream:
    """The upstream and its receipts."""
    receipts = Receipts(scenario)
    report = View(Reports(receipts, scenario).answer)
    router = Router([Route(REPORT, report)], redirect_slashes=False, default=_not_found)
    return Upstream(router, refusal, {"receipts": receipts})


def refusal(status: int, retry_after: int | None = None, code: int | None = None) -> Response:
    """What is said with this status, and with this code if the status has several."""
    listed = [found for s, found in REFUSALS if s == status and code in (None, found)]
    code = listed[0] if listed else 0
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error"
    message, description = REFUSALS.get((status, code), (phrase, "Ошибка при обработке запроса"))
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    body = {"code": code, "message": message, "description": description}
    return json_response(body, status, headers)


async def _not_found(scope: AsgiScope, receive: Receive, send: Send) -> None:
    await refusal(404)(scope, receive, send)


class View:
    """Reads a request for the report: its method first, then the keys, then the body."""

    def __init__(self, answer: Callable[[Asked], Response]) -> None:
        self._answer = answer

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer = _refused(request) or self._read(request, await request.body())
        await answer(scope, receive, send)

    def _read(self, request: Request, body: bytes) -> Response:
        media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            return refusal(400)
        try:
            return self._answer(msgspec.json.decode(body, type=Asked))
        except msgspec.ValidationError:
            return refusal(422)
        except msgspec.DecodeError:
            return refusal(400)


def _refused(request: Request) -> Response | None:
    if request.method != "POST":
        return refusal(405)
    if request.headers.get("X-Yandex-Key") != YANDEX_KEY:
        return refusal(401, code=1)
    return refusal(401, code=2) if request.headers.get("X-OFD-Key") != OFD_KEY else None


class Reports:
    """Reports on request; the latest are kept, since callers take them page by page."""

    def __init__(self, receipts: Receipts, scenario: Scenario) -> None:
        self._receipts = receipts
        self._scenario = scenario
        self._kept = lru_cache(KEPT_REPORTS)(self._compute)

    def answer(self, asked: Asked) -> Response:
        """One page of the intervals, and the whole period."""
        code = _unknown(asked)
        if code is not None:
            return refusal(403, code=code)
        interval = asked.interval
        rows, full = self._kept(self._receipts.version, asked.period, _selection(asked), interval)
        draw = self._scenario.draw("yandex_ofd", interval, "answer")
        page = _ordered(rows, asked.orders)[asked.offset :][: min(asked.limit, MAX_LIMIT)]
        body = {"data": page, "full": full, "total": len(rows)}
        return json_response(_shuffled(body | {"request_id": f"{draw.getrandbits(64):016x}"}, draw))

    def _compute(
        self, version: object, period: Period, selection: Selection, interval: str
    ) -> tuple[list[Row], Row]:
        """The intervals by date and the whole, as long as the receipts are of this version."""
        full, intervals = Totals(), dict[date, Totals]()
        for day, totals in self._receipts.totals(*period, selection):
            start, _ = INTERVALS[interval](day)
            intervals.setdefault(start, Totals()).include(totals)
            full.include(totals)
        rows = [
            _row(interval, start, totals, self._scenario.draw("yandex_ofd", interval, start))
            for start, totals in intervals.items()
        ]
        draw = self._scenario.draw("yandex_ofd", interval, "full")
        return rows, _shuffled(_figures(full, draw), draw)


def _unknown(asked: Asked) -> int | None:
    """The code for what was asked but does not exist."""
    known = {
        3: (asked.company_ids, {cashbox.company for cashbox in CASHBOXES}),
        22: (asked.retail_point_ids, {cashbox.retail_point for cashbox in CASHBOXES}),
        4: (asked.cashbox_ids, {cashbox.id for cashbox in CASHBOXES}),
    }
    return next((code for code, (ids, found) in known.items() if not found.issuperset(ids)), None)


def _selection(asked: Asked) -> Selection:
    return Selection(
        frozenset(cashbox.id for cashbox in CASHBOXES if _wanted(cashbox, asked)),
        frozenset(asked.document_types or get_args(Document)),
        frozenset(asked.operation_types or OPERATIONS),
        frozenset(asked.taxation_types or get_args(Taxation)),
    )


def _wanted(cashbox: Cashbox, asked: Asked) -> bool:
    return (
        cashbox.company in (asked.company_ids or [cashbox.company])
        and cashbox.retail_point in (asked.retail_point_ids or [cashbox.retail_point])
        and cashbox.id in (asked.cashbox_ids or [cashbox.id])
    )


def _row(interval: str, start: date, totals: Totals, draw: Random) -> Row:
    first, last = INTERVALS[interval](start)
    service: Row = {"_shard": draw.randrange(8)} if draw.random() < 0.3 else {}
    row = {"start": str(first), "end": str(last), **_figures(totals, draw), **service}
    return _shuffled(row, draw)


def _figures(totals: Totals, draw: Random) -> Row:
    """What rows and the whole have in common. `draw` decides on the oddities."""
    buckets = {operation: _bucket(totals, operation, draw) for operation in OPERATIONS}
    figures: Row = {
        name: bucket for name, bucket in buckets.items() if bucket["total"] or _is_stated(draw)
    }
    checks = totals.checks["income"]
    total = totals.amounts["income"][-1]
    figures["checks"] = sum(totals.checks.values())
    figures["checks_income"] = checks
    figures["income_avg"] = round(total / checks / 100, 1) if checks else 0.0
    form = "%Y-%m-%d" if draw.random() < 0.4 else EXACTLY
    bounds = zip(("date_from", "date_to"), totals.span or (), strict=False)
    return figures | {name: moment.strftime(form) for name, moment in bounds}


def _bucket(totals: Totals, operation: Operation, draw: Random) -> Row:
    kopecks = dict(zip(AMOUNTS, totals.amounts[operation], strict=True))
    order = draw.choice(ORDERS_OF_AMOUNTS)
    stated = [key for key in order if kopecks[key] or key == "total" or _is_stated(draw)]
    return {key: kopecks[key] / 100 for key in stated}


def _is_stated(draw: Random) -> bool:
    """Whether something that is nothing is in the answer all the same."""
    return draw.random() < 0.8


def _shuffled(row: Row, draw: Random) -> Row:
    items = list(row.items())
    draw.shuffle(items)
    return dict(items)


def _ordered(rows: list[Row], orders: Sequence[str]) -> list[Row]:
    """The rows, given by date, in these orders: the first counts most."""
    for order in reversed(orders):
        path = ORDERS[order.removeprefix("-")]
        rows = sorted(rows, key=lambda row: _shown(row, path), reverse=order.startswith("-"))
    return rows


def _shown(row: Row, path: Sequence[str]) -> tuple[bool, Any]:
    """The value that a caller sees at the path, to sort by; one that is absent comes first."""
    value: Any = row
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return (value is not None, value)
