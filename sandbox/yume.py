"""Yume: the billing invoices as a Django REST Framework server lists them.

Its oddities, kept on purpose: pages count from 1 and one past the end is a 404; the links
next and previous name a host that the caller never asked, as behind a proxy; amounts are
decimal strings; `visable` is spelt so; an address without its last slash is redirected.
"""

from collections.abc import Mapping
from random import Random
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.django import DjangoRouter, View, json_response, paginated, refusal, whole_number
from sandbox.ledger import DAY, Ledger, business_moments, utc
from sandbox.merchants import BRANCHES, SHARES
from sandbox.upstream import Row, Scenario, Upstream

# No secret: it opens nothing but this sandbox.
TOKEN = "sandbox-yume-token"  # noqa: S105
LIST = "/v1/billing/invoices/"
PUBLIC_ORIGIN = "http://api.example.org"  # the host that the server believes to have
INVOICES = 1_200
FIRST_ID = 9_400  # the ids grow from four digits to five; sorted as text they are wrong

STATUSES = {"confirmed": 74, "waiting": 10, "rejected": 9, "refunded": 7}  # in percent
REASONS = {
    "insufficient_funds": "Недостаточно средств на карте",
    "card_expired": "Срок действия карты истёк",
    "limit_exceeded": "Превышен лимит операций по карте",
    "bank_unavailable": "Банк-эмитент недоступен",
}
MONTHS = {1: 1, 2: 3, 3: 12}  # of each integration period
TIYN = {  # what a unit of each currency costs, in hundredths of a tenge
    "KZT": 100,
    "USD": 52_000,
    "RUB": 640,
    "EUR": 60_500,
    "UZS": 4,
    "KGS": 595,
    "AED": 14_160,
    "SAR": 13_860,
}


class Product(NamedTuple):
    """An integration that a shop can subscribe to, and its monthly price in tenge."""

    number: int
    code: str
    name: str
    slogan: str
    module: str
    tag: str
    price: int


PRODUCTS = (
    Product(1, "tolem", "Tölem", "Оплата аренды картой", "finance", "popular", 14_900),
    Product(2, "esep", "Esep", "Выгрузка в бухгалтерию", "finance", "free", 9_900),
    Product(3, "qulyp", "Qulyp", "Замки, которые открывает клиент", "access", "new", 12_500),
    Product(4, "habar", "Habar", "Напоминания клиентам", "messages", "free", 4_900),
    Product(5, "qoima", "Qoima", "Склад и ремонт", "inventory", "popular", 17_900),
    Product(6, "jetkizu", "Jetkizu", "Доставка по городу", "delivery", "new", 7_900),
)
STAFF_PRICE = 3_900


class Line(NamedTuple):
    """What an invoice is for: a product in one of its variants, or (None) staff seats."""

    product: Product | None
    variant: int
    quantity: int
    price: int


def simulate(scenario: Scenario) -> Upstream:
    """The upstream and its invoices."""
    invoices = Invoices(scenario)
    routes = [
        Route(LIST, View(TOKEN, invoices.page)),
        Route(LIST + "{id}/", View(TOKEN, invoices.single)),
    ]
    return Upstream(DjangoRouter(routes), refusal, {"invoices": invoices})


class Invoices:
    """The invoices: listed and shown to callers, changed by the control endpoint."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        count = INVOICES * scenario.scale
        moments = business_moments(scenario.draw("yume"), count, scenario.now())
        self._ledger = Ledger(moments, FIRST_ID, self._draw)

    def page(self, request: Request) -> Response:
        """One page, newest first."""
        return paginated(request, len(self._ledger), self._ledger.newest, PUBLIC_ORIGIN + LIST)

    def single(self, request: Request) -> Response:
        """One invoice, the same object as in the list."""
        row = self._ledger.find(whole_number(request.path_params["id"]))
        return refusal(404) if row is None else json_response(row)

    def insert(self, fields: Mapping[str, object]) -> Row:
        """Add an invoice that waits for its payment."""
        row_id, now = self._ledger.claim_id(), self._scenario.now()
        row = _invoice(self._scenario.draw("yume", row_id), row_id, now, "waiting")
        unknown = fields.keys() - (row.keys() - {"id"})
        if unknown:
            raise ValueError(f"an invoice has no {', '.join(sorted(unknown))} to set")
        row.update(fields)
        self._ledger.add(row_id, now, row)
        return row

    def remove(self, row_id: str) -> bool:
        """Take an invoice away; False if there is none."""
        return self._ledger.remove(whole_number(row_id))

    def _draw(self, row_id: int, created: int) -> Row:
        draw = self._scenario.draw("yume", row_id)
        return _invoice(draw, row_id, created, _pick(draw, STATUSES))


def _pick(draw: Random, shares: Mapping[str, int]) -> str:
    return draw.choices(tuple(shares), tuple(shares.values()))[0]


def _invoice(draw: Random, row_id: int, created: int, status: str) -> Row:
    branch = draw.choices(BRANCHES, SHARES)[0]
    period = draw.choice(tuple(MONTHS))
    lines = [_line(draw, branch.currency, MONTHS[period]) for _ in range(draw.choice((1, 1, 2, 3)))]
    total = sum(line.quantity * line.price for line in lines)
    paid = status in ("confirmed", "refunded")
    end = created + MONTHS[period] * 30 * DAY
    # A subscription runs once it is paid for.
    span: Row = {"start_at": utc(created) if paid else None, "end_at": utc(end) if paid else None}
    card = draw.randrange(3_000, 9_000) if paid and draw.random() < 0.8 else None
    address = f"https://pay.yume.example/transactions/{draw.getrandbits(64):016x}"
    return {
        "id": row_id,
        "tenant": 200 + branch.number,
        "card": card,
        "currency": branch.currency,
        "status": status,
        "total": _decimal(total),
        "captured_amount": _decimal(total if paid else 0),
        "refund_amount": _decimal(_refunded(draw, status, total)),
        "captured_at": utc(created + draw.randrange(20, 180)) if paid else None,
        **span,
        "items": [_item(line, row_id, n, period, span) for n, line in enumerate(lines)],
        "errors": _errors(draw, row_id, created) if status == "rejected" else [],
        "transaction_url": address if card or status == "waiting" else None,
        "created_at": utc(created),
    }


def _decimal(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


def _refunded(draw: Random, status: str, total: int) -> int:
    """All of a refunded invoice; now and then a part of one that stays confirmed."""
    if status == "confirmed":
        return total // 4 if draw.random() < 0.05 else 0
    return total if status == "refunded" else 0


def _line(draw: Random, currency: str, months: int) -> Line:
    product = draw.choice((*PRODUCTS, None))
    variant = draw.choice((1, 2))
    tenge = product.price * variant if product else STAFF_PRICE
    discount = draw.choice((0, 0, 0, 5, 10))  # percent
    price = tenge * (100 - discount) * months * 100 // TIYN[currency]
    return Line(product, variant, 1 if product else draw.randrange(1, 25), price)


def _item(line: Line, invoice: int, n: int, period: int, span: Row) -> Row:
    product = line.product
    return {
        "id": invoice * 10 + n,
        "integration": INTEGRATIONS[product] if product else None,
        "variant": VARIANTS[product, line.variant] if product else None,
        "invoice": invoice,
        "type": "integration" if product else "staff",
        **span,
        "count": line.quantity,
        "price": _decimal(line.price),
        "amount": _decimal(line.quantity * line.price),
        "integration_period": period if product else None,
    }


def _errors(draw: Random, invoice: int, created: int) -> list[Row]:
    """Why the attempts to pay failed, one a minute."""
    reasons = draw.sample(tuple(REASONS), draw.choice((1, 1, 2)))
    return [
        {
            "id": invoice * 10 + n,
            "code": reason,
            "description": REASONS[reason],
            "created_at": utc(created + 60 * (n + 1)),
            "invoice": invoice,
        }
        for n, reason in enumerate(reasons)
    ]


def _integration(product: Product) -> Row:
    images = f"https://static.yume.example/{product.code}"
    on_trial = product.tag == "free"
    return {
        "id": product.number,
        "code": product.code,
        "name": product.name,
        "slug": f"{product.code}-rent",
        "comment": "",
        "slogan": product.slogan,
        "type": "integration",
        "detail": f"<p>{product.slogan}</p>",
        "icon": f"{images}/icon.svg",
        "image": f"{images}/cover.png" if on_trial else None,
        "image_alt": product.name if on_trial else "",
        "disabled": product.tag == "new",
        "extra": {"settings": {"webhook": True}} if product.module == "finance" else None,
        "demo_enabled": on_trial,
        "demo_duration": "14 00:00:00" if on_trial else None,
        "tags": [product.tag],
        "modules": [product.module],
        "visable": product.tag != "new",
    }


def _variant(product: Product, number: int) -> Row:
    code, limits = ("basic", ["branches:1", "staff:5"]) if number == 1 else ("pro", ["staff:50"])
    row_id = product.number * 10 + number
    return {"id": row_id, "name": code.capitalize(), "code": code, "limits": limits}


INTEGRATIONS = {product: _integration(product) for product in PRODUCTS}
VARIANTS = {(product, n): _variant(product, n) for product in PRODUCTS for n in (1, 2)}
