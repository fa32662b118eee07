"""A scenario's chance depends on its seed and the purpose alone; answers are compact JSON."""

from datetime import UTC, datetime

import pytest

from sandbox.upstream import Scenario, json_response

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


@pytest.mark.parametrize(
    ("status", "headers"), [(200, None), (503, {"Retry-After": "3"})], ids=["plain", "headers"]
)
def test_json_response(status: int, headers: dict[str, str] | None) -> None:
    answer = json_response({"имя": [1, 2.5, None]}, status, headers)
    assert (answer.status_code, answer.body) == (status, '{"имя":[1,2.5,null]}'.encode())
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers.get("Retry-After") == (headers or {}).get("Retry-After")
