"""GoedGeplaatst: the report of one user's payments.

Its oddities, kept on purpose: it is read by POST; pages count from 1; the key is in a header
called Authentication; times are those of a clock in Amsterdam, and the hour that it runs through
twice is not told apart; a time that never was is 0000-00-00 00:00:00; amounts are whole numbers
when they can be; a refusal of what is asked comes with status 200.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from random import Random
from time import gmtime, perf_counter, strftime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from sandbox.amsterdam import read, shown_at, written
from sandbox.ledger import Entry, Ledger
from sandbox.merchants import BRANCHES
from sandbox.settlements import Sale, Start, payments, sales
from sandbox.upstream import Row, Scenario, Upstream, json_response

KEY = "sandbox-goedgeplaatst-key"  # no secret: it opens nothing but this sandbox
USER_ID = 12_311
LIST = "/reports/payments"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
FIRST_ORDER = 1_400_000
CACHE_AGE = 10 * 60
NEVER = "0000-00-00 00:00:00"
END_DATES = {
    "paid": "datePaid",
    "cancelled": "dateCancelled",
    "expired": "dateExpired",
    "failed": "dateFailed",
}
NET_PRICES = (1_000, 2_450, 4_900, 9_995, 15_000, 49_900, 125_000)  # in cents
KOPECKS_PER_CENT = 100
ID_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
ID_SPACE = 2**59  # ten digits can say as much
ID_FACTOR = 0x5DEECE66D1CE4E5  # odd, so that multiplying by it can be undone
BRANCH = next(branch for branch in BRANCHES if branch.currency == "EUR")
USER: Row = {
    "userId": USER_ID,
    "clientId": 0,
    "externalUserId": 0,
    "companyName": BRANCH.name,
    "firstName": "Sanne",
    "lastName": "de Vries",
    "gender": "F",
    "dateOfBirth": "",
    "address": "Wijnhaven",
    "houseNumber": "21-B",
    "postalCode": "3011 WJ",
    "city": BRANCH.city,
    "county": "ZH",
    "country": BRANCH.country,
    "email": "boekhouding@boztorgai.example",
    "website": "",
    "phone": "+31 10 555 0142",
    "fax": "",
    "cellular": "",
}


Time = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\Z")]


class Query(msgspec.Struct, frozen=True, rename="camel"):
    """The body of a request; keys that it does not know are let be."""

    user_id: int
    use_cache: bool = False
    page: Annotated[int, Meta(ge=1)] = 1
    items_per_page: Annotated[int, Meta(ge=1, le=100)] = 25
    order_id: int | UnsetType = UNSET
    invoice_id: str | UnsetType = UNSET
    afas_invoice_id: str | UnsetType = UNSET
    status: Literal["paid", "cancelled", "expired", "failed"] | UnsetType = UNSET
    date_start: Time = "0001-01-01 00:00:00"
    date_end: Time = "9999-12-31 23:59:59"

    def __post_init__(self) -> None:
        for time in (self.date_start, self.date_end):
            datetime.fromisoformat(time)  # raises ValueError for one that no calendar has


def simulate(scenario: Scenario) -> Upstream:
    """The upstream and its payments."""
    reports = Payments(scenario)
    routes = [Route(path, reports.report, methods=METHODS) for path in (LIST, LIST + "/")]
    router = Router(routes, redirect_slashes=False, default=refusal(404, None))
    return Upstream(router, refusal, {"payments": reports}, refuses_in_200=True)


def refusal(status: int, retry_after: int | None) -> Response:
    """What is said with this status."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if status == 405:
        headers["Allow"] = "POST"
    phrases = {known.value: known.phrase for known in HTTPStatus} | {200: "Database unavailable"}
    return _refused(phrases.get(status, "Error"), status, headers)


def _refused(message: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return json_response({"result": False, "errors": [message], "data": []}, status, headers)


class Payments:
    """The payments: reported to callers, changed by the control endpoint."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._sales = sales(scenario)
        self._until = scenario.now()
        # Sorted by what the list shows, so in the hour that is shown twice not by what was first.
        self._starts = sorted(payments(scenario), key=lambda start: shown_at(start.moment))
        shown = [shown_at(start.moment) for start in self._starts]
        self._ledger = Ledger(shown, 1, self._draw)
        self._arrivals: dict[int, int] = {}

    async def report(self, request: Request) -> Response:
        """One page, oldest first."""
        key = request.headers.get("Authentication")
        if key != KEY:
            return refusal(403 if key else 401, None)
        if request.method != "POST":
            return refusal(405, None)
        began = perf_counter()
        try:
            query = msgspec.json.decode(await request.body(), type=Query)
        except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors too
            return _refused(str(error))
        found = self._found(query) if query.user_id == USER_ID else []
        end = query.page * query.items_per_page
        rows = self._ledger.rows(found[end - query.items_per_page : end])
        return json_response(
            {
                "result": True,
                "fromCache": query.use_cache,
                "totalItems": len(found),
                "totalInSet": len(rows),
                "page": query.page,
                "itemsPerPage": query.items_per_page,
                "speed": perf_counter() - began,
                "data": rows,
            }
        )

    def _found(self, query: Query) -> list[Entry]:
        entries = self._ledger.between(read(query.date_start), read(query.date_end))
        if query.use_cache:
            known = self._scenario.now() - CACHE_AGE
            entries = [entry for entry in entries if self._arrival(entry[1]) <= known]
        asked = msgspec.to_builtins(query)
        names = ("status", "orderId", "invoiceId", "afasInvoiceId")
        wanted = {name: asked[name] for name in names if name in asked}
        if not wanted:
            return entries
        return [entry for entry in entries if wanted.items() <= self._marks[entry[1]].items()]

    def _arrival(self, row_id: int) -> int:
        inserted = self._arrivals.get(row_id)
        return self._starts[row_id - 1].moment if inserted is None else inserted

    @cached_property
    def _marks(self) -> dict[int, Row]:
        """What the filters look at."""
        starts = enumerate(self._starts, 1)
        return {row_id: _marks(row_id, start, self._sale(start)) for row_id, start in starts}

    def _sale(self, start: Start) -> Sale | None:
        return None if start.place is None else self._sales[start.place]

    def _draw(self, row_id: int, _: int) -> Row:
        start = self._starts[row_id - 1]
        draw = self._scenario.draw("goedgeplaatst", row_id)
        return _payment(draw, row_id, start, self._sale(start), self._until)

    def insert(self, fields: Mapping[str, object]) -> Row:
        """Add a payment that has just ended, at the time that its paymentCreated says."""
        row_id, now = self._ledger.claim_id(), self._scenario.now()
        start = Start(now, str(fields.get("status", "paid")), None)
        row = _payment(self._scenario.draw("goedgeplaatst", row_id), row_id, start, None, now)
        unknown = fields.keys() - (row.keys() - {"paymentId", "userId"})
        if unknown:
            raise ValueError(f"a payment has no {', '.join(sorted(unknown))} to set")
        row.update(fields)
        self._ledger.add(row_id, _place(row["paymentCreated"], shown_at(now)), row)
        self._marks[row_id], self._arrivals[row_id] = row, now
        return row

    def remove(self, row_id: str) -> bool:
        """Take a payment away; False if there is none."""
        return self._ledger.remove(_row_id(row_id))


def _place(time: object, otherwise: int) -> int:
    try:
        return read(str(time))
    except ValueError:
        return otherwise


def _marks(row_id: int, start: Start, sale: Sale | None) -> Row:
    """By what the payment can be found; an order_number of SmartPay is its invoiceId."""
    paid = start.status == "paid"
    if sale is None:
        month = strftime("%y%m", gmtime(shown_at(start.moment)))
        invoice = f"GG{month}{row_id % 10_000:04}" if paid else ""
        order = 0 if row_id % 9 == 0 else FIRST_ORDER + row_id
    else:
        invoice = sale.number
        order = sale.order_id or FIRST_ORDER + row_id
    afas = f"AF{row_id:06}" if paid and row_id % 4 == 0 else ""
    return {
        "status": start.status,
        "orderId": order,
        "invoiceId": invoice,
        "afasInvoiceId": afas,
    }


def _payment(draw: Random, row_id: int, start: Start, sale: Sale | None, now: int) -> Row:
    net, vat = _amounts(draw, row_id, sale)
    ended = written(shown_at(min(start.moment + draw.randrange(5, 900), now)))
    end_date = END_DATES.get(start.status)
    marks = _marks(row_id, start, sale)
    return {
        "userId": USER_ID,
        "amountNet": _euros(net),
        "amountVat": _euros(vat),
        "amountGross": _euros(net + vat),
        "status": marks.pop("status"),
        "paymentId": _payment_id(row_id),
        **marks,
        "paymentCreated": written(shown_at(start.moment)),
        **{name: ended if name == end_date else NEVER for name in END_DATES.values()},
        "user": USER,
    }


def _amounts(draw: Random, row_id: int, sale: Sale | None) -> tuple[int, int]:
    """Net and VAT in cents; abroad the customer owes the VAT himself."""
    if sale is not None:
        gross = sale.kopecks // KOPECKS_PER_CENT
        net = (gross * 100 + 60) // 121
        return net, gross - net
    net = draw.choice(NET_PRICES)
    return net, 0 if row_id % 12 == 0 else (net * 21 + 50) // 100


def _euros(cents: int) -> float:
    """A whole number if it can be one."""
    return cents / 100 if cents % 100 else cents // 100


def _payment_id(row_id: int) -> str:
    """An id that looks like chance and can be turned back."""
    rest, digits = row_id * ID_FACTOR % ID_SPACE, ""
    for _ in range(10):
        rest, digit = divmod(rest, 62)
        digits += ID_DIGITS[digit]
    return f"tr_{digits}"


def _row_id(payment_id: str) -> int | None:
    number = 0
    for digit in reversed(payment_id.removeprefix("tr_")):
        number = number * 62 + ID_DIGITS.find(digit)
    row_id = number * pow(ID_FACTOR, -1, ID_SPACE) % ID_SPACE
    return row_id if _payment_id(row_id) == payment_id else None
