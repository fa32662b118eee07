"""The breaker opens after failures in a row, and closes when one probe succeeds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.breaker import Breaker
from providers.errors import UnavailableError


class Clock:
    """A time that a test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock, failures: int = 3, longest: float = 30, patience: float = 10) -> Breaker:
    breaker = Breaker(failures, longest, patience, clock)
    for _ in range(failures):
        breaker.admit()
        breaker.failed()
    return breaker


def admits(breaker: Breaker) -> bool:
    try:
        breaker.admit()
    except UnavailableError:
        return False
    return True


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    breaker = Breaker(3, 30, 10, Clock())
    for failed in (True, True, False, True, True):
        breaker.admit()
        (breaker.failed if failed else breaker.succeeded)()
        assert not breaker.is_open
    breaker.failed()
    assert breaker.is_open
    assert not admits(breaker)


def test_what_is_said_to_those_who_are_kept_out() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 0.25
    with pytest.raises(UnavailableError) as raised:
        breaker.admit()
    error = raised.value
    assert (error.ours, error.retryable, error.retry_after_seconds) == (True, True, 0.75)
    assert "its last 3 requests failed" in error.reason


def test_one_probe_goes_through_after_the_pause() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 1
    assert [admits(breaker) for _ in range(3)] == [True, False, False]
    breaker.succeeded()
    assert not breaker.is_open
    assert [admits(breaker) for _ in range(3)] == [True, True, True]


def test_pauses_double_up_to_the_longest() -> None:
    clock = Clock()
    breaker = opened(clock, longest=5)
    pauses = []
    for _ in range(5):
        began = clock.now
        while not admits(breaker):
            clock.now += 0.125
        pauses.append(clock.now - began)
        breaker.failed()
    assert pauses == [1, 2, 4, 5, 5]
    clock.now += 5
    assert admits(breaker)
    breaker.succeeded()
    for _ in range(3):
        breaker.failed()
    clock.now += 1
    assert admits(breaker), "after a success the pauses are short again"


def test_failures_of_calls_that_were_under_way_do_not_prolong_the_pause() -> None:
    clock = Clock()
    breaker = opened(clock)
    for _ in range(8):
        breaker.failed()
    clock.now += 1
    assert admits(breaker)


def test_a_probe_of_which_nothing_is_heard_is_followed_by_another() -> None:
    clock = Clock()
    breaker = opened(clock, patience=10)
    clock.now += 1
    assert admits(breaker)
    clock.now += 9.5
    assert not admits(breaker)
    clock.now += 0.5
    assert admits(breaker)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 100)), max_size=60))
def test_an_upstream_that_is_back_is_asked_again(steps: list[tuple[bool, float]]) -> None:
    clock = Clock()
    breaker = Breaker(4, 30, 10, clock)
    for succeeds, pause in steps:
        clock.now += pause
        if admits(breaker):
            (breaker.succeeded if succeeds else breaker.failed)()
    clock.now += 30
    assert admits(breaker)
    breaker.succeeded()
    assert all(admits(breaker) for _ in range(20))


@given(st.lists(st.floats(0, 3), min_size=1, max_size=60))
def test_while_it_fails_no_more_than_the_threshold_and_probes_go_out(pauses: list[float]) -> None:
    clock = Clock()
    breaker = Breaker(4, 30, 10, clock)
    sent = 0
    began = clock.now
    for pause in pauses:
        clock.now += pause
        if admits(breaker):
            sent += 1
            breaker.failed()
    probes, pause, until = 0, 1.0, began
    while until + pause <= clock.now:
        until, pause, probes = until + pause, min(2 * pause, 30), probes + 1
    assert sent <= 4 + probes
