"""Export tasks that move as time passes, from the queue to their end.

What a task is at a moment depends on the seed and the clock alone, so that a clock that
stands still keeps every task where it is.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

from sandbox.exports import DAY, new_guid, new_task, pick, stamp
from sandbox.upstream import Row, Scenario

TASKS = 180
HISTORY_DAYS = 150
TIE_EVERY = 37
# How long before the start the youngest tasks were made: some still run.
YOUNG = (100_430, 75_210, 50_087, 28_301, 14_553, 2_046)
NEW_EVERY = 60_000  # from one further task to the next, about

FATES = {"done": 66, "asked": 20, "ignored": 4, "cancelled": 10}  # in percent
FEEDBACK = ("Warning", "Отчёт содержит больше 10 000 строк. Подтвердите, что он нужен целиком.")
ENDINGS = {
    "Completed": (
        (),
        (),
        (),
        (("Information", "Отчёт сформирован."),),
        (
            ("Information", "Отчёт сформирован."),
            ("Warning", "По одной из точек продаж нет данных."),
        ),
    ),
    "Canceled": (
        (("Error", "Хранилище отчётов недоступно."),),
        (("Information", "Задача отменена пользователем."), ("Error", "Отчёт не сформирован.")),
    ),
}


class Step(NamedTuple):
    """What a task becomes at a moment."""

    at: int
    status: str
    progress: int
    deleted: bool = False


class Listed(NamedTuple):
    """A task as it is at present, with what a list is sorted and filtered by."""

    created: datetime
    updated: datetime
    number: int
    row: Row


def life(draw: Random, created: int) -> list[Step]:
    """The steps of a task: queue, work, at times a question, the end; a few are deleted later."""
    fate = pick(draw, FATES)
    steps = [Step(created, "InQueue", 0)]
    _add(steps, draw.randrange(3_000, 12_000), "InProgress", 0)
    if fate != "done":
        _work(steps, draw, draw.randrange(30, 80))
    if fate == "cancelled":
        _add(steps, draw.randrange(1_000, 6_000), "Canceled", steps[-1].progress)
    if fate in ("asked", "ignored"):
        _add(steps, draw.randrange(1_000, 6_000), "WaitingForFeedback", steps[-1].progress)
    if fate == "asked":
        _add(steps, draw.randrange(8_000, 20_000), "InProgress", steps[-1].progress)
    if fate in ("done", "asked"):
        _work(steps, draw, 100)
        _add(steps, draw.randrange(1_000, 6_000), "Completed", 100)
    if draw.random() < 0.05:
        days = draw.randrange(2, 20) * DAY
        steps.append(steps[-1]._replace(at=steps[-1].at + days, deleted=True))
    return steps


def _add(steps: list[Step], later: int, status: str, progress: int) -> None:
    steps.append(Step(steps[-1].at + later, status, progress))


def _work(steps: list[Step], draw: Random, until: int) -> None:
    """Progress, bit by bit, up to less than `until`."""
    while (progress := steps[-1].progress + draw.randrange(6, 15)) < until:
        _add(steps, draw.randrange(4_000, 8_000), "InProgress", progress)


class Task:
    """One task; it stands still once the control endpoint has changed it."""

    def __init__(self, draw: Random, number: int, steps: Sequence[Step]) -> None:
        self.guid = new_guid(draw)
        self._number = number
        self._steps = steps
        self._endings = {status: draw.choice(endings) for status, endings in ENDINGS.items()}
        self._drawn = new_task(draw, self.guid, steps[0].at)
        self._changed: Row | None = None
        self._known: tuple[Step, Listed] | None = None

    def at(self, now: int) -> Listed:
        """The task as it is now."""
        step = next((step for step in reversed(self._steps) if step.at <= now), self._steps[0])
        if self._known is None or self._known[0] != step:
            self._known = step, self._listed(self._changed or self._row(step))
        return self._known[1]

    def change(self, now: int, fields: Mapping[str, object]) -> Row:
        """Stand still from now on, with these fields in place of the present ones."""
        row = self.at(now).row
        unknown = fields.keys() - (row.keys() - {"guid"})
        if unknown:
            raise ValueError(f"a task has no {', '.join(sorted(unknown))} to set")
        self._changed = {**row, "updated_at": stamp(now), **fields}
        self._known = None
        return self._changed

    def _listed(self, row: Row) -> Listed:
        created = _instant(row["created_at"], self._steps[0].at)
        return Listed(created, _instant(row["updated_at"], self._steps[0].at), self._number, row)

    def _row(self, step: Step) -> Row:
        asked = (FEEDBACK,) if step.status == "WaitingForFeedback" else ()
        resolutions = self._endings.get(step.status, asked)
        return self._drawn | {
            "status": step.status,
            "progress": step.progress,
            "resolutions": [{"message": text, "type": kind} for kind, text in resolutions],
            "updated_at": stamp(step.at),
            "deleted_at": stamp(step.at) if step.deleted else None,
        }


def _instant(text: object, otherwise: int) -> datetime:
    """The time that a row states, and this Unix time if it states none."""
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError:
        instant = datetime.fromisoformat(stamp(otherwise))
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


class Tasks:
    """All tasks up to the present; made when first looked at, since drawing them takes a while."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._start = self._now()
        self._tasks: dict[str, Task] = {}
        self._made = 0  # how many tasks there have ever been
        self._arrived = 0  # how many of them came after the start, by themselves

    def present(self) -> list[Listed]:
        """Every task as it is now."""
        self._catch_up()
        now = self._now()
        return [task.at(now) for task in self._tasks.values()]

    def insert(self, fields: Mapping[str, object]) -> Row:
        """Add a task that waits in the queue until it is changed."""
        self._catch_up()
        now = self._now()
        draw = self._scenario.draw("life_pay", "inserted", self._made)
        task = Task(draw, self._made, [Step(now, "InQueue", 0)])
        row = task.change(now, fields)
        self._keep(task)
        return row

    def change(self, row_id: str, fields: Mapping[str, object]) -> Row | None:
        """Move a task by hand; None if there is no such task."""
        self._catch_up()
        task = self._tasks.get(row_id)
        return None if task is None else task.change(self._now(), fields)

    def remove(self, row_id: str) -> bool:
        """Take a task away; False if there is none."""
        self._catch_up()
        return self._tasks.pop(row_id, None) is not None

    def _catch_up(self) -> None:
        if not self._made:
            for created in self._history():
                self._add(created)
        while (created := self._arrival(self._arrived + 1)) <= self._now():
            self._add(created)
            self._arrived += 1

    def _history(self) -> list[int]:
        """When the tasks before the start were made; a few of them at the same moment."""
        draw = self._scenario.draw("life_pay", "history")
        before = self._start - 2 * YOUNG[0]
        past = [
            before - int(draw.random() * HISTORY_DAYS * DAY)
            for _ in range(TASKS * self._scenario.scale - len(YOUNG))
        ]
        past.sort()
        for n in range(TIE_EVERY - 1, len(past) - 1, TIE_EVERY):
            past[n] = past[n + 1]
        return past + [self._start - age for age in YOUNG]

    def _arrival(self, n: int) -> int:
        early = self._scenario.draw("life_pay", "arrival", n).randrange(NEW_EVERY // 2)
        return self._start + NEW_EVERY * n - early

    def _add(self, created: int) -> None:
        draw = self._scenario.draw("life_pay", self._made)
        self._keep(Task(draw, self._made, life(draw, created)))

    def _keep(self, task: Task) -> None:
        self._tasks[task.guid] = task
        self._made += 1

    def _now(self) -> int:
        return round(self._scenario.clock().timestamp() * 1_000)
