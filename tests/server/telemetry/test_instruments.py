"""Figures of each kind, as they are read."""

from prometheus_client import generate_latest

from server.telemetry.instruments import Instruments


def test_kinds_of_figures() -> None:
    make = Instruments()
    make.counter("a", "Words.", "source").labels("x").inc(2)
    make.gauge("b", "Words.").set(3)
    make.histogram("c_seconds", "Words.", (1, 2)).observe(1.5)
    lines = generate_latest(make.registry).decode().splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        'a_total{source="x"} 2.0',
        "b 3.0",
        'c_seconds_bucket{le="1.0"} 0.0',
        'c_seconds_bucket{le="2.0"} 1.0',
        'c_seconds_bucket{le="+Inf"} 1.0',
        "c_seconds_count 1.0",
        "c_seconds_sum 1.5",
    ]
