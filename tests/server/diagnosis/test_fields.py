"""Fields are sorted by what they held, and of what they held nothing is told."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from providers.origin import Origin
from providers.wire import Request, Response
from providers.yume import page
from server.diagnosis.fields import fields_of_rows
from server.diagnosis.report import FieldsFound
from tests.server.diagnosis.upstreams import row

EXAMPLES = Path(__file__).parents[2] / "providers" / "examples"


class Source:
    """What a malformed value is said of."""

    name = "rental"
    provider = type("Provider", (), {"name": "YUME"})


def found(*rows: dict[str, Any]) -> FieldsFound:
    body = json.dumps({"count": len(rows), "results": rows}).encode()
    origin = Origin(Source(), UTC, datetime.now(UTC), Request("GET", ""), body, "results")
    return fields_of_rows(page(Response(200, {}, body), origin).rows)


def test_without_rows_nothing_is_known() -> None:
    assert found() == FieldsFound()


def test_each_field_is_in_one_list() -> None:
    fields = found(row(1, total="", status="sleeping", captured_at="noon"))
    assert {"providerId", "createdAt", "currency", "providerStatus"} <= set(fields.filled)
    assert "total" in fields.empty
    assert fields.malformed == ("details.capturedAt",)
    assert fields.unknown == ("status",)
    names = [name for names in msgspec.structs.astuple(fields) for name in names]
    assert len(names) == len(set(names))


def test_what_is_inside_of_a_row_is_named_by_its_way() -> None:
    item = {"id": 1, "price": "2.00", "integration": {"id": 3, "name": "CRM"}}
    fields = found(row(1, items=[item, {"id": 2, "price": "two"}]))
    assert {"details.items", "details.items.integration.name"} <= set(fields.filled)
    assert "details.items.variant" in fields.empty
    assert fields.malformed == ("details.items.price",)


def test_one_row_is_enough_to_fill_a_field_or_to_spoil_it() -> None:
    fields = found(row(1, total=""), row(2, captured_amount="x"), row(3))
    assert "total" in fields.filled
    assert fields.malformed == ("captured",)


def test_no_value_is_told() -> None:
    secret = "Grace Hopper"
    fields = found(row(1, status=secret, transaction_url=secret, total=secret, tenant=secret))
    assert secret not in repr(fields)
    assert "details.transactionUrl" in fields.filled


def test_what_is_ours_is_no_field() -> None:
    fields = found(row(1))
    for name in ("hint", "keyId", "raw", "source", "present", "ownPayment", "fetchedAt"):
        assert name not in fields.filled + fields.empty
