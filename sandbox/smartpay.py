"""Sber SmartPay: the list of a shop's invoices, with how each was paid.

Its oddities, kept on purpose: pages count from 0; without invoice_status only confirmed and
paid invoices are listed; ids and order numbers are now numbers, now strings; invoice_date has
the offset `+03` and payment_date is in UTC; every answer has an error, of code "0" if all is well.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from http import HTTPStatus
from random import Random
from time import gmtime, strftime
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from sandbox.customers import STATIC, Customer, by_card, customers, payment_info
from sandbox.ledger import DAY, Entry, Ledger
from sandbox.merchants import BRANCHES
from sandbox.settlements import PRICES, Sale, sales
from sandbox.upstream import Row, Scenario, Upstream, json_response

# No secret: it opens nothing but this sandbox.
TOKEN = "sandbox-smartpay-token"  # noqa: S105
LIST = "/invoices"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
FIRST_ID = 9_999_999_400  # more than 32 bits; the ids grow from ten digits to eleven
PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
MOSCOW = 3 * 3_600  # seconds east of Greenwich, in summer too
ANY_AMOUNT = 10**18
UNIX_DAY = date(1970, 1, 1).toordinal()
LISTED = {"created", "executed", "cancelled", "paid", "confirmed", "reversed", "refunded"}
SHOPS = [branch for branch in BRANCHES if branch.currency == "RUB"]
DESCRIPTIONS = ("Аренда инструмента", "Аренда лесов и опалубки", "Залог за технику, Казань", "")


class Query(msgspec.Struct, frozen=True):
    """The parameters of the list; what else is asked, as for one partner's client, is let be."""

    page: Annotated[int, Meta(ge=0)] = 0
    size: Annotated[int, Meta(ge=1)] = PAGE_SIZE
    invoice_status: str = "confirmed,paid"
    date_from: date = date.min
    date_to: date = date.max
    amount_from: int = -ANY_AMOUNT
    amount_to: int = ANY_AMOUNT
    masked_pan: Annotated[str, Meta(pattern=r"^[0-9]{4}\Z")] = ""
    order_num: Annotated[str, Meta(min_length=1)] = ""

    def __post_init__(self) -> None:
        unknown = set(self.invoice_status.split(",")) - LISTED - {"all"}
        if unknown:
            raise ValueError(f"invoice_status has no {min(unknown)!r}")


class Facts(NamedTuple):
    """What the filters look at."""

    status: object
    kopecks: int
    number: str
    pan: str


def simulate(scenario: Scenario) -> Upstream:
    """The upstream and its invoices."""
    invoices = Invoices(scenario)
    routes = [Route(path, invoices.page, methods=METHODS) for path in (LIST, LIST + "/")]
    router = Router(routes, redirect_slashes=False, default=refusal(404, None))
    return Upstream(router, refusal, {"invoices": invoices}, refuses_in_200=True)


def refusal(status: int, retry_after: int | None) -> Response:
    """What is said with this status: for 401 nothing, for 200 an empty page with an error."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if status == 401:
        return Response(b"", status, headers)
    if status == 200:
        error = _error("50", "The service is closed for maintenance", "Сервис временно недоступен")
        return json_response({**error, **_page([], 0, PAGE_SIZE, 0)}, status, headers)
    if status == 405:
        headers["Allow"] = "GET, HEAD"
    phrases = {known.value: known.phrase for known in HTTPStatus}
    return json_response(
        _error(str(status), phrases.get(status, "Error"), "Произошла ошибка"), status, headers
    )


class Invoices:
    """The invoices: listed to callers, changed by the control endpoint."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._until = scenario.now()
        self._sales = sales(scenario)
        self._ledger = Ledger(self._sales.moments, FIRST_ID, self._draw)
        self._customers = customers(scenario)

    async def page(self, request: Request) -> Response:
        """One page, newest first."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or token.strip() != TOKEN:
            return refusal(401, None)
        if request.method not in ("GET", "HEAD"):
            return refusal(405, None)
        try:
            query = msgspec.convert(dict(request.query_params), Query, strict=False)
        except msgspec.ValidationError as error:
            return json_response(_error("400", str(error), "Проверьте параметры запроса"), 400)
        return json_response(self._answer(query))

    def _answer(self, query: Query) -> Row:
        found = self._found(query)
        size = min(query.size, MAX_PAGE_SIZE)
        end = max(0, len(found) - query.page * size)
        rows = self._ledger.rows(reversed(found[max(0, end - size) : end]))
        return {**_error("0", "", ""), **_page(rows, query.page, size, len(found))}

    def _found(self, query: Query) -> list[Entry]:
        """What the query asks for, oldest first."""
        entries = self._ledger.between(_midnight(query.date_from), _midnight(query.date_to, 1) - 1)
        asked = set(query.invoice_status.split(","))
        statuses = None if "all" in asked else asked
        every = msgspec.structs.replace(
            query, amount_from=-ANY_AMOUNT, amount_to=ANY_AMOUNT, masked_pan="", order_num=""
        )
        if statuses is None and query == every:
            return entries
        return [entry for entry in entries if _matches(self._facts[entry[1]], query, statuses)]

    @cached_property
    def _facts(self) -> dict[int, Facts]:
        return {FIRST_ID + place: self._known(sale) for place, sale in enumerate(self._sales)}

    def _known(self, sale: Sale) -> Facts:
        pan = self._customers[sale.customer].pan if by_card(sale) else ""
        return Facts(sale.status, sale.kopecks, sale.number, pan)

    def insert(self, fields: Mapping[str, object]) -> Row:
        """Add an invoice that nobody has paid yet, at the time that its invoice_date says."""
        row_id, now = self._ledger.claim_id(), self._scenario.now()
        draw = self._scenario.draw("smartpay", row_id)
        status = str(fields.get("invoice_status", "created"))
        kopecks, customer = draw.choice(tuple(PRICES)), draw.randrange(len(self._customers))
        sale = Sale(row_id - FIRST_ID, now, status, kopecks, customer)
        row = _invoice(draw, row_id, sale, self._customers[customer], now)
        unknown = fields.keys() - (row.keys() - {"invoice_id"} | {"payment_info"})
        if unknown:
            raise ValueError(f"an invoice has no {', '.join(sorted(unknown))} to set")
        row.update(fields)
        self._ledger.add(row_id, _moment(row["invoice_date"], now), row)
        self._facts[row_id] = _stated(row)
        return row

    def remove(self, row_id: str) -> bool:
        """Take an invoice away; False if there is none."""
        return row_id.isdecimal() and self._ledger.remove(int(row_id))

    def _draw(self, row_id: int, _: int) -> Row:
        sale = self._sales[row_id - FIRST_ID]
        draw = self._scenario.draw("smartpay", row_id)
        return _invoice(draw, row_id, sale, self._customers[sale.customer], self._until)


def _matches(facts: Facts, query: Query, statuses: set[str] | None) -> bool:
    return (
        (statuses is None or facts.status in statuses)
        and query.amount_from <= facts.kopecks <= query.amount_to
        and query.order_num in ("", facts.number)
        and query.masked_pan in ("", facts.pan)
    )


def _error(code: str, description: str, message: str) -> Row:
    """The error object; the code "0" says that there is none."""
    names = ("user_message", "error_description", "error_code")
    return {"error": dict(zip(names, (message, description, code), strict=True))}


def _page(rows: list[Row], number: int, size: int, total: int) -> Row:
    """A page as Spring shows it, but that its content is called invoices."""
    sort = {"empty": False, "sorted": True, "unsorted": False}
    place = {"offset": number * size, "pageNumber": number, "pageSize": size}
    pages = -(-total // size)
    return {
        "invoices": rows,
        "empty": not rows,
        "first": number == 0,
        "last": number + 1 >= pages,
        "number": number,
        "numberOfElements": len(rows),
        "pageable": {**place, "paged": True, "sort": sort, "unpaged": False},
        "size": size,
        "sort": sort,
        "totalElements": total,
        "totalPages": pages,
    }


def _midnight(day: date, later: int = 0) -> int:
    """When this day begins in Moscow, or one so many days later."""
    return (day.toordinal() - UNIX_DAY + later) * DAY - MOSCOW


def _moment(invoice_date: object, otherwise: int) -> int:
    try:
        stated = datetime.fromisoformat(str(invoice_date))
    except ValueError:
        return otherwise
    return otherwise if stated.tzinfo is None else int(stated.timestamp())


def _stated(row: Row) -> Facts:
    """What the filters find in a row that may hold anything."""
    amount, info = row["amount_create"], row.get("payment_info")
    kopecks = amount.get("amount") if isinstance(amount, dict) else None
    pan = info.get("masked_pan") if isinstance(info, dict) else None
    return Facts(
        row["invoice_status"],
        kopecks if isinstance(kopecks, int) else 0,
        str(row["order_number"] or ""),
        str(pan)[-4:],
    )


def _invoice(draw: Random, row_id: int, sale: Sale, customer: Customer, now: int) -> Row:
    shop = draw.choice(SHOPS)
    confirmed, current = _amounts(draw, sale)
    brand = shop.name.split()[-2]
    info = payment_info(draw, sale, customer, now)
    return {
        "invoice_id": draw.choice((row_id, row_id, str(row_id))),
        "invoice_date": strftime("%Y-%m-%dT%H:%M:%S+03", gmtime(sale.moment + MOSCOW)),
        "invoice_status": sale.status,
        "amount_create": {"amount": sale.kopecks},
        "amount_confirm": {"amount": confirmed},
        "amount_current": {"amount": current},
        "order_number": draw.choice((sale.number, sale.order_id or sale.number)),
        "currency": draw.choices(("RUB", ""), (30, 1))[0],
        "description": draw.choice(DESCRIPTIONS),
        "language": draw.choice(("ru-RU", "ru-RU", "ru-RU", "")),
        "org_name": f"ООО «{shop.name}»",  # noqa: RUF001 (Russian)
        "org_inn": f"77{shop.number:08}",
        "trademarks": draw.choice((f"Boztorgai;Бозторгай;{brand}", "Boztorgai", "")),
        "trade_name": shop.name,
        "visual_name": draw.choice(("Оплата аренды", "Возврат залога", "")),
        "visual_amount": _display(sale.kopecks),
        **({} if info is None else {"payment_info": info}),
        "image": draw.choice((f"{STATIC}/shops/{shop.number}.png", None)),
    }


def _display(kopecks: int) -> str:
    """As people write it, `1 500,45 ₽`, with spaces at which no line breaks."""
    roubles = f"{kopecks // 100:,}".replace(",", "\xa0")
    return f"{roubles},{kopecks % 100:02}\xa0₽"


def _amounts(draw: Random, sale: Sale) -> tuple[int, int]:
    """What was taken, and what the invoice stands at since, in kopecks."""
    total = sale.kopecks
    if sale.status == "confirmed":  # now and then only a part is taken, or a part given back
        confirmed = draw.choices((total, total // 10 * 9), (19, 1))[0]
        return confirmed, draw.choices((confirmed, confirmed // 4 * 3), (19, 1))[0]
    if sale.status == "refunded":
        return total, 0
    return 0, 0 if sale.status in ("cancelled", "reversed") else total
