"""Export tasks as time passes, seen by a caller of the list; the clock is the test's."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from sandbox import life_pay
from sandbox.app import SEED
from sandbox.export_tasks import TASKS, Tasks, life
from sandbox.exports import ORG_GUID
from sandbox.upstream import Scenario, Upstream

LIST = f"/orgs/{ORG_GUID}/async/exports/revenuereports"
HEADERS = {
    "Authorization": f"Bearer {life_pay.TOKEN}",
    "X-LP-Client-Identifier": "tests",
    "X-LP-Client-Type": "App",
    "Accept-Language": "en",
}
START = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
RUNNING = {"InQueue", "InProgress", "WaitingForFeedback"}
Task = dict[str, Any]
Serve = Callable[[ASGIApp], httpx.Client]


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def upstream(clock: Clock) -> Upstream:
    return life_pay.simulate(Scenario(1, SEED, clock))


def newest(client: httpx.Client) -> list[Task]:
    tasks: list[Task] = client.get(LIST, headers=HEADERS).json()["items"]
    return tasks


def films(client: httpx.Client, clock: Clock, seconds: int) -> dict[str, list[Task]]:
    """Each of the newest tasks as seen every second."""
    seen: dict[str, list[Task]] = {}
    for _ in range(seconds):
        for task in newest(client):
            seen.setdefault(task["guid"], []).append(task)
        clock.move(1)
    return seen


@pytest.fixture(scope="module")
def filmed(serve: Serve) -> list[list[Task]]:
    clock = Clock()
    upstream = life_pay.simulate(Scenario(1, SEED, clock))
    return list(films(serve(upstream.app), clock, 300).values())


def test_clock_that_stands_keeps_every_task(serve: Serve, upstream: Upstream) -> None:
    client = serve(upstream.app)
    assert newest(client) == newest(client)


def test_tasks_move_to_their_end(filmed: list[list[Task]]) -> None:
    lives = []
    for film in filmed:
        statuses = [task["status"] for task in film]
        lives.append(tuple(s for n, s in enumerate(statuses) if n == 0 or statuses[n - 1] != s))
    assert ("InQueue", "InProgress", "Completed") in lives
    allowed = {
        ("InQueue", "InProgress"),
        ("InProgress", "WaitingForFeedback"),
        ("WaitingForFeedback", "InProgress"),
        ("InProgress", "Completed"),
        ("InProgress", "Canceled"),
    }
    moves = {move for statuses in lives for move in pairwise(statuses)}
    assert moves <= allowed
    assert len(moves) >= 4


def test_progress_only_grows(filmed: list[list[Task]]) -> None:
    for film in filmed:
        progress = [task["progress"] for task in film]
        assert progress == sorted(progress)
        done = [task["progress"] for task in film if task["status"] == "Completed"]
        assert set(done) <= {100}
        assert all(0 <= task["progress"] < 100 for task in film if task["status"] in RUNNING)
    assert any(len({task["progress"] for task in film}) > 4 for film in filmed)


def test_every_change_is_an_update(filmed: list[list[Task]]) -> None:
    for film in filmed:
        for before, after in pairwise(film):
            changed = {key for key in before if before[key] != after[key]}
            assert ("updated_at" in changed) == bool(changed)
            assert changed <= {"status", "progress", "resolutions", "updated_at"}
        assert [task["updated_at"] for task in film] == sorted(t["updated_at"] for t in film)
        assert all(task["created_at"] <= task["updated_at"] for task in film)


def test_nothing_is_of_the_future(serve: Serve, upstream: Upstream, clock: Clock) -> None:
    client = serve(upstream.app)
    for _ in range(60):
        present = f"{clock.now:%Y-%m-%dT%H:%M:%S}.999Z"
        for task in newest(client):
            assert max(task["created_at"], task["updated_at"], task["deleted_at"] or "") <= present
        clock.move(3)


def test_new_tasks_appear_in_the_queue(serve: Serve, upstream: Upstream, clock: Clock) -> None:
    client = serve(upstream.app)
    before = newest(client)
    clock.move(60)
    assert newest(client)[1:] != before
    assert [task["guid"] for task in newest(client)[1:]] == [task["guid"] for task in before[:-1]]
    clock.move(9 * 60)
    fresh = newest(client)[:10]
    assert all(task["created_at"] > "2026-11-20T15:30:00.000Z" for task in fresh)
    assert newest(client)[10]["guid"] == before[0]["guid"]


def test_some_task_runs_at_almost_any_time(serve: Serve, upstream: Upstream, clock: Clock) -> None:
    client = serve(upstream.app)
    idle = 0
    for _ in range(100):
        clock.move(30)
        idle += not any(task["status"] in {"InQueue", "InProgress"} for task in newest(client))
    assert idle < 25


def test_moments_do_not_depend_on_who_looked_before(serve: Serve) -> None:
    patient, curious = Clock(), Clock()
    clients = [
        serve(life_pay.simulate(Scenario(1, SEED, clock)).app) for clock in (patient, curious)
    ]
    for _ in range(20):
        newest(clients[1])
        curious.move(13)
    patient.move(20 * 13)
    assert newest(clients[0]) == newest(clients[1])


def test_changed_and_inserted_tasks_stand_still(
    serve: Serve, upstream: Upstream, clock: Clock
) -> None:
    client, tasks = serve(upstream.app), upstream.rows["tasks"]
    assert isinstance(tasks, Tasks)
    running = next(task for task in newest(client) if task["status"] == "InProgress")
    held = [tasks.insert({}), tasks.change(running["guid"], {"status": "WaitingForFeedback"})]
    clock.move(600)
    listed = {task["guid"]: task for task in newest(client)}
    assert [listed[str(task["guid"])] for task in held if task] == held


def test_removed_task_does_not_come_back(serve: Serve, upstream: Upstream, clock: Clock) -> None:
    client, tasks = serve(upstream.app), upstream.rows["tasks"]
    clock.move(60)
    gone = newest(client)[0]["guid"]
    assert tasks.remove(gone)
    assert not tasks.remove(gone)
    clock.move(60)
    assert gone not in [task["guid"] for task in newest(client)]


def test_history_is_five_months_of_tasks(upstream: Upstream) -> None:
    tasks = upstream.rows["tasks"]
    assert isinstance(tasks, Tasks)
    created = [task.created for task in tasks.present()]
    assert len(created) == TASKS
    assert timedelta(days=140) < START - min(created) < timedelta(days=151)
    assert START - max(created) < timedelta(seconds=3)


@pytest.mark.parametrize("seed", range(50))
def test_life(seed: int) -> None:
    steps = [step for step in life(Random(seed), 1_000) if not step.deleted]
    assert steps[0] == (1_000, "InQueue", 0, False)
    assert steps[1][1:] == ("InProgress", 0, False)
    assert steps[-1].status in ("Completed", "Canceled", "WaitingForFeedback")
    assert all(earlier.at < later.at for earlier, later in pairwise(steps))
    assert 10_000 < steps[-1].at - steps[0].at < 150_000
