"""The customers of the Russian shops, and how SmartPay says that they paid."""

from random import Random
from time import gmtime, strftime
from typing import NamedTuple
from uuid import UUID

from sandbox.settlements import CUSTOMERS, Sale
from sandbox.upstream import Row, Scenario

STATIC = "https://static.smartpay.example"
CHARGED = ("paid", "confirmed", "refunded", "reversed")  # money was taken at some time
SYSTEMS = {"Visa": 3, "MasterCard": 3, "МИР": 6}
HOLDERS = ("Ivan Petrov", "AIGUL SERIKOVA", "Olga Smirnova", "TIMUR GALIEV", "")
BANKS = (
    ("ПАО Сбербанк", "RU", "Россия"),
    ("Банк Казани", "RU", "Россия"),
    ("Kaspi Bank", "KZ", ""),
)
DEVICES = (
    ("iOS", "17.6.1", "iPhone 13", "Apple", "SBOL", "15.9.0"),
    ("Android", "14", "Pixel 8", "Google", "SBOL", "15.8.1"),
    ("Android", "13", "", "Xiaomi", "COMPANION", ""),
)
DEVICE_FIELDS = (
    "device_platform_type",
    "device_platform_version",
    "device_model",
    "device_manufacturer",
    "device_id",
    "surface",
    "surface_version",
)


class Customer(NamedTuple):
    """Who pays, always with one card and on one device; `pan` is the end of the card's number."""

    pan: str
    expiry: str
    holder: str
    system: str
    device: Row


def customers(scenario: Scenario) -> list[Customer]:
    """All of them, by the number that a sale has."""
    return [_customer(scenario.draw("customer", n), n) for n in range(CUSTOMERS)]


def _customer(draw: Random, number: int) -> Customer:
    *system, surface, version = draw.choice(DEVICES)
    device = (*system, str(_uuid(draw)), surface, version)
    return Customer(
        f"{number * 163 + 42:04}",  # the first begins with zeros
        f"{draw.randrange(2024, 2032)}{draw.randrange(1, 13):02}",
        draw.choice(HOLDERS),
        draw.choices(tuple(SYSTEMS), tuple(SYSTEMS.values()))[0],
        dict(zip(DEVICE_FIELDS, device, strict=True)),
    )


def by_card(sale: Sale) -> bool:
    """Whether it was paid by card, rather than straight from an account."""
    return sale.status in CHARGED and sale.place % 13 != 5


def payment_info(draw: Random, sale: Sale, customer: Customer, now: int) -> Row | None:
    """How the sale was paid; as long as it is not, nothing or little is said."""
    way, code = draw.choice((("Sber Pay", "SberPay"), ("Банковская карта", "Card")))
    if sale.status == "executed":
        return {"device_info": customer.device, "payment_way": way, "payment_way_code": code}
    if sale.status not in CHARGED:
        return draw.choice((None, {}))
    paid, ms = min(sale.moment + draw.randrange(20, 200), now), draw.randrange(1_000)
    info: Row = {
        "payment_date": strftime("%Y-%m-%dT%H:%M:%S", gmtime(paid)) + f".{ms:03}Z",
        "payment_id": str(_uuid(draw)),
    }
    if draw.random() < 0.9:
        info["device_info"] = customer.device
    if draw.random() < 0.5:
        info["loyalty_info"] = _loyalty(draw, sale)
    return {
        **info,
        **(_card(draw, customer) if by_card(sale) else {}),
        "paysys": "Эквайринг Сбербанка",
        "paysys_image": draw.choice((f"{STATIC}/acquiring.png", None)),
        "payment_way": way,
        "payment_way_code": code,
        "payment_way_logo": draw.choice((f"{STATIC}/{code}.png", None)),
        "bank_info": _bank(draw),
    }


def _uuid(draw: Random) -> UUID:
    return UUID(int=draw.getrandbits(128), version=4)


def _card(draw: Random, customer: Customer) -> Row:
    system = customer.system
    return {
        "masked_pan": f"**{customer.pan}",
        "expiry_date": customer.expiry,
        "cardholder": customer.holder,
        "payment_system": system,
        "payment_system_image": f"{STATIC}/{system.lower()}.png" if system != "МИР" else None,
        "image": draw.choice((f"{STATIC}/cards/{customer.pan}.jpeg", "", None)),
    }


def _loyalty(draw: Random, sale: Sale) -> Row:
    """Bonuses in hundredths, at a rate that is now a whole number, now a fraction."""
    return {
        "service_code": "sbrf_spasibo",
        "service_name": "Сбербанк Спасибо",
        "change_rate": draw.choice((1, 1.25)),
        "payment_bonus": draw.choice((0, sale.kopecks // 50)),
        "award_bonus": sale.kopecks // 40,
        "image": draw.choice((f"{STATIC}/spasibo.png", None)),
    }


def _bank(draw: Random) -> Row:
    name, code, country = draw.choice(BANKS)
    return {
        "bank_name": name,
        "bank_country_code": code,
        "bank_country_name": country,
        "bank_image": draw.choice((f"{STATIC}/banks/{code}.png", None)),
    }
