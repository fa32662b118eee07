"""`invoices`: the arguments of the field, as they reach the list."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from providers.records import InvoiceStatus
from resolvers.errors import UserInputError
from tests.resolvers.model import EPOCH, Graph, Row, Upstream


def graph(**limits: int) -> Graph:
    rows = [
        Row(number, number, "refunded" if number % 2 else "confirmed") for number in range(1, 61)
    ]
    return Graph({"alpha": Upstream(rows)}, **limits)


async def test_a_page_has_the_default_size_unless_told() -> None:
    assert len((await graph().page()).nodes) == 25
    assert len((await graph(default_page_size=7).page()).nodes) == 7
    assert len((await graph(default_page_size=7).page(first=9)).nodes) == 9
    first = await graph().page(first=3)
    assert len((await graph().page(after=first.end_cursor)).nodes) == 25


async def test_no_page_is_longer_than_the_limit() -> None:
    assert len((await graph(max_page_size=30).page(first=30)).nodes) == 30
    with pytest.raises(UserInputError, match="from 0 to 30, not 31"):
        await graph(max_page_size=30).page(first=31)


async def test_newest_or_oldest_first() -> None:
    newest = await graph().page(first=3)
    oldest = await graph().page(first=3, descending=False)
    assert [node.provider_id for node in newest.nodes] == ["60", "59", "58"]
    assert [node.provider_id for node in oldest.nodes] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("restrictions", "expected"),
    [
        ({"statuses": [InvoiceStatus.REFUNDED]}, [59, 57, 55]),
        ({"created_to": EPOCH + timedelta(minutes=10)}, [9, 8, 7]),
        (
            {
                "statuses": [InvoiceStatus.PAID],
                "created_to": EPOCH + timedelta(minutes=10),
                "created_from": EPOCH + timedelta(minutes=6),
            },
            [8, 6],
        ),
        ({"created_from": datetime(2030, 1, 1, tzinfo=UTC)}, []),
        ({"sources": ["alpha"], "statuses": [InvoiceStatus.PAID]}, [60, 58, 56]),
    ],
    ids=["statuses", "a period", "both", "a period to come", "a source"],
)
async def test_the_filter_is_exact(restrictions: dict[str, Any], expected: list[int]) -> None:
    page = await graph().page(first=3, restrictions=restrictions)
    assert [int(node.provider_id) for node in page.nodes] == expected


async def test_what_a_row_shows() -> None:
    page = await graph().page(first=1)
    (invoice,) = page.nodes
    assert invoice.typename == "Invoice"
    assert invoice.created_at == EPOCH + timedelta(minutes=60)
    assert invoice.status is InvoiceStatus.PAID
    assert invoice.source.name == "alpha"
