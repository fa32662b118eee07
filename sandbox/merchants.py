"""The business group whose money all simulated providers report.

Boztorgai hires out equipment in Kazakhstan, Russia and the Netherlands; partners under its
name in other countries pay in their own money. The group is fictional.
"""

from typing import NamedTuple


class Branch(NamedTuple):
    """One shop of the group; `share` is its part of the group's business, in percent."""

    number: int
    name: str
    city: str
    country: str
    currency: str
    share: int


BRANCHES = (
    Branch(1, "Boztorgai Rent Almaty", "Almaty", "KZ", "KZT", 30),
    Branch(2, "Boztorgai Rent Astana", "Astana", "KZ", "KZT", 19),
    Branch(3, "Boztorgai Rent Shymkent", "Shymkent", "KZ", "KZT", 9),
    Branch(4, "Boztorgai Group", "Almaty", "KZ", "USD", 9),
    Branch(5, "Boztorgai Prokat Moscow", "Moscow", "RU", "RUB", 10),
    Branch(6, "Boztorgai Prokat Kazan", "Kazan", "RU", "RUB", 4),
    Branch(7, "Boztorgai Verhuur Rotterdam", "Rotterdam", "NL", "EUR", 6),
    Branch(8, "Boztorgai Verhuur Utrecht", "Utrecht", "NL", "EUR", 3),
    Branch(9, "Boztorgai Partner Tashkent", "Tashkent", "UZ", "UZS", 3),
    Branch(10, "Boztorgai Partner Bishkek", "Bishkek", "KG", "KGS", 3),
    Branch(11, "Boztorgai Partner Dubai", "Dubai", "AE", "AED", 2),
    Branch(12, "Boztorgai Partner Riyadh", "Riyadh", "SA", "SAR", 2),
)
SHARES = tuple(branch.share for branch in BRANCHES)
