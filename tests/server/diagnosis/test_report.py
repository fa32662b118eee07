"""The JSON of `pacioli check` has the shape that docs/check.md tells, and keeps it."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec

from server.diagnosis.report import FieldsFound, ListFound, Report, ServiceFound, SourceFound
from server.tables import Mistake

PAGE = Path(__file__).parents[3] / "docs" / "check.md"
KINDS = (Report, Mistake, SourceFound, ListFound, FieldsFound, ServiceFound)


def keys(value: Any) -> set[str]:
    """All keys of objects in a JSON value."""
    if isinstance(value, list):
        return set().union(*map(keys, value))
    if not isinstance(value, dict):
        return set()
    return set(value).union(*map(keys, value.values()))


def test_the_page_tells_every_key_and_no_other() -> None:
    (shown,) = re.findall(
        r"^```json\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    fields = {field.name for kind in KINDS for field in msgspec.structs.fields(kind)}
    assert keys(json.loads(shown)) == fields
    assert msgspec.json.decode(shown, type=Report).sources


def test_what_is_told_without_asking_anybody() -> None:
    told = json.loads(msgspec.json.encode(Report(file="x.toml", ok=True)))
    assert told == {
        "file": "x.toml",
        "ok": True,
        "mistakes": [],
        "warnings": [],
        "sources": [],
        "services": [],
    }
