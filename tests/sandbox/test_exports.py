"""What a drawn export task is about."""

from datetime import datetime
from random import Random
from uuid import UUID

import pytest

from sandbox.exports import CSV, EXCEL, REPORTS, new_guid, new_task, pick, stamp
from sandbox.upstream import Row

CREATED = 1_795_188_600_120  # 2026-11-20T15:30:00.120Z


def drawn() -> list[Row]:
    return [new_task(Random(n), "guid", CREATED) for n in range(300)]


@pytest.mark.parametrize(
    ("moment", "text"),
    [(0, "1970-01-01T00:00:00.000Z"), (CREATED, "2026-11-20T15:30:00.120Z")],
)
def test_stamp(moment: int, text: str) -> None:
    assert stamp(moment) == text


def test_equal_chance_draws_equal_tasks() -> None:
    assert new_task(Random(7), "guid", CREATED) == new_task(Random(7), "guid", CREATED)


def test_new_guid_is_a_version_4_uuid() -> None:
    guids = {new_guid(Random(n)) for n in range(100)}
    assert len(guids) == 100
    assert {UUID(guid).version for guid in guids} == {4}


def test_pick_keeps_the_shares() -> None:
    draw = Random(1)
    names = [pick(draw, {"often": 9, "seldom": 1, "never": 0}) for _ in range(1_000)]
    assert set(names) == {"often", "seldom"}
    assert 800 < names.count("often") < 980


def test_mime_type_is_that_of_the_report() -> None:
    types = {(str(row["report_export_type"]), row["mime_type"]) for row in drawn()}
    assert {report for report, _ in types} == REPORTS.keys()
    assert {mime for report, mime in types if report.endswith("CSV")} == {CSV}
    assert {mime for report, mime in types if report.endswith("Excel")} == {EXCEL}


def test_period_is_of_whole_days_in_moscow_and_over() -> None:
    for row in drawn():
        parameters = row["parameters"]
        assert isinstance(parameters, dict)
        filters = parameters["filters_for_export"]
        start, end = filters["processed_at_from"], filters["processed_at_to"]
        assert start.endswith("T21:00:00.000Z")
        assert end == "2026-11-19T20:59:59.999Z"
        if filters["comparison_processed_at_from"]:
            compared = datetime.fromisoformat(filters["comparison_processed_at_to"])
            assert (datetime.fromisoformat(start) - compared).total_seconds() == 0.001
