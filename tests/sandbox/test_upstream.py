"""A scenario's chance depends on its seed and the purpose alone."""

from datetime import UTC, datetime

from sandbox.upstream import Scenario

MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)


def scenario(seed: int = 1) -> Scenario:
    return Scenario(1, seed, lambda: MIDNIGHT)


def test_equal_purposes_draw_equally() -> None:
    assert scenario().draw("yume", 7).random() == scenario().draw("yume", 7).random()


def test_other_purposes_and_seeds_draw_otherwise() -> None:
    draws = [scenario().draw("yume", 7), scenario().draw("yume", 8), scenario(2).draw("yume", 7)]
    assert len({draw.random() for draw in draws}) == 3


def test_now_is_unix_time() -> None:
    assert scenario().now() == int(MIDNIGHT.timestamp())
