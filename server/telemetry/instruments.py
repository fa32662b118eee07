"""The kinds of figures that there are, of one process or of many."""

from typing import Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
WAITS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30)
Of = Literal["livesum", "livemax"]


class Instruments:
    """Makes figures, each with its name, its meaning in words, and its labels."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # several workers have none
        self.registry = CollectorRegistry()

    def counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(name, words, labels, registry=self.registry)

    def histogram(
        self, name: str, words: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(name, words, labels, registry=self.registry, buckets=buckets)

    def gauge(self, name: str, words: str, *labels: str, of: Of = "livesum") -> Gauge:
        """A figure of now: the sum of all workers that live, or the largest."""
        return Gauge(name, words, labels, registry=self.registry, multiprocess_mode=of)
