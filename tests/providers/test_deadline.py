"""A deadline comes, and moves on for whoever waits longer."""

import asyncio

from providers.deadline import Deadline


async def test_what_is_left_shrinks_to_nothing() -> None:
    deadline = Deadline(0.05)
    before = deadline.left()
    await asyncio.sleep(0.02)
    assert 0 < deadline.left() < before <= 0.05
    await asyncio.sleep(0.05)
    assert deadline.left() == 0


def test_the_longest_wait_counts() -> None:
    deadline = Deadline(1)
    deadline.extend(Deadline(60))
    assert 59 < deadline.left() <= 60
    deadline.extend(Deadline(1))
    assert 59 < deadline.left() <= 60


def test_a_read_leaves_time_for_another() -> None:
    whole = Deadline(60)
    read = whole.of_one_read()
    assert 40 < read.left() < 55
    assert read.of_one_read().left() < read.left()
    assert whole.left() > 59


def test_none_is_past_before_it_began() -> None:
    assert Deadline(0).left() == Deadline(-5).left() == 0
