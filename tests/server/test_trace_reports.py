"""The messages that a trace is made of."""

import pytest

from server.trace_reports import TraceReport


@pytest.mark.parametrize(
    ("id_", "written"),
    # An index of 0 is written: it is what the node is known by.
    [({"index": 0}, b"\x10\x00"), ({"response_name": "a"}, b"\x0a\x01a"), ({}, b"")],
)
def test_a_node_is_known_by_one_of_two(id_: dict[str, int | str], written: bytes) -> None:
    report = TraceReport()
    report.root.child.add(**id_)
    child = b"\x62" + bytes([len(written)]) + written
    assert report.SerializeToString() == b"\x72" + bytes([len(child)]) + child


def test_what_is_set_is_read_again() -> None:
    report = TraceReport(duration_ns=2**40, is_incomplete=True)
    report.root.error.add(message="no").location.add(line=1, column=2)
    assert TraceReport.FromString(report.SerializeToString()) == report
