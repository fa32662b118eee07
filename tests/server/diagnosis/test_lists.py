"""The order and the page size that a page shows, against what is configured."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from providers import REGISTRY
from providers.base import Page
from providers.client import Probe, Source
from providers.paginators import Slice
from providers.queries import Direction
from providers.views import Record
from server.diagnosis.lists import list_found, warnings
from server.diagnosis.report import FieldsFound, ListFound


class Row(Record):
    """A row of which the time of its creation is all that matters."""

    __slots__ = ("hour",)

    def __init__(self, hour: int | None) -> None:
        self.hour = hour

    @property
    def key_id(self) -> str:
        return "1"

    @property
    def created_at(self) -> datetime | None:
        return None if self.hour is None else datetime(2026, 1, 1, self.hour, tzinfo=UTC)


def found(
    *hours: int | None,
    kind: str = "invoices",
    provider: str = "yume",
    order: Direction | None = Direction.DESCENDING,
    asked: int | None = 100,
    **page: Any,
) -> ListFound:
    source = SimpleNamespace(spec=REGISTRY[provider], order=order)
    piece = None if asked is None else Slice(0, asked)
    probe = Probe(Page([Row(hour) for hour in hours], **page), piece, cast(Any, None))
    return list_found(cast(Source, source), kind, probe, 100)


@pytest.mark.parametrize(
    ("hours", "shown"),
    [
        ((5, 4, 4, 1), "created_at_desc"),
        ((1, 4, 4, 5), "created_at_asc"),
        ((1, 5, 4), "none"),
        ((5, 1, None), "created_at_desc"),  # a missing time is earlier than any
        ((None, 1, 5), "created_at_asc"),
        ((3, 3, 3), None),
        ((3,), None),
        ((), None),
    ],
)
def test_the_order_that_rows_show(hours: tuple[int | None, ...], shown: str | None) -> None:
    assert found(*hours).shows_order == shown


@pytest.mark.parametrize(
    ("order", "hours", "warned"),
    [
        (
            Direction.DESCENDING,
            (1, 2),
            ["invoices: configured created_at_desc, shows created_at_asc"],
        ),
        (Direction.ASCENDING, (1, 3, 2), ["invoices: configured created_at_asc, shows none"]),
        (Direction.ASCENDING, (1, 2), []),
        (Direction.DESCENDING, (2, 2), []),
        (None, (1, 2), []),  # who promises nothing breaks no promise
    ],
)
def test_another_order_is_warned_of(
    order: Direction | None, hours: tuple[int, ...], warned: list[str]
) -> None:
    assert list(warnings(found(*hours, order=order))) == warned


def test_who_sorts_on_request_has_to() -> None:
    tasks = found(1, 2, kind="export_tasks", provider="life_pay", order=None, asked=None)
    assert list(warnings(tasks)) == [
        "export_tasks: configured created_at_desc, shows created_at_asc"
    ]
    assert found(2, 1, kind="sales", provider="yandex_ofd", order=None).order is None


@pytest.mark.parametrize(
    ("rows", "page", "shows"),
    [
        (20, {"total": 150, "more": True}, 20),
        (100, {"total": 150, "more": True}, None),
        (20, {"total": 20, "more": False}, None),
        (20, {}, None),  # nothing tells that there are more
        (120, {"total": 150}, 120),
    ],
)
def test_the_pages_that_an_upstream_gives(
    rows: int, page: dict[str, Any], shows: int | None
) -> None:
    listed = found(*[1] * rows, **page)
    assert (listed.page_size, listed.shows_page_size, listed.rows) == (100, shows, rows)
    gives = [f"invoices: gives {shows} rows where 100 are configured"]
    assert list(warnings(listed)) == (gives if shows else [])


def test_pages_of_the_upstreams_own_size_are_no_matter_of_the_configuration() -> None:
    listed = found(
        *range(20, 0, -1), kind="export_tasks", provider="life_pay", asked=None, more=True
    )
    assert (listed.page_size, listed.shows_page_size, list(warnings(listed))) == (None, 20, [])


def test_fields_that_clients_would_miss() -> None:
    listed = ListFound(
        kind="invoices",
        rows=1,
        total=1,
        order=None,
        shows_order=None,
        page_size=None,
        shows_page_size=None,
        fields=FieldsFound(malformed=("total", "captured"), unknown=("status",)),
    )
    assert list(warnings(listed)) == [
        "invoices: not as documented, so UPSTREAM_MALFORMED: total, captured",
        "invoices: words that are shown as UNKNOWN: status",
    ]
