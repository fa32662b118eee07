"""Looking for several tasks: all are found as they are now, in the fewest calls."""

from providers.base import Key
from resolvers.sightings import Sightings
from tests.resolvers.exports import Exports, context


async def statuses(sightings: Sightings, *keys: Key) -> dict[str, str | None]:
    found = await sightings.look(context(), keys)
    return {key.provider_id: getattr(each, "provider_status", None) for key, each in found.items()}


async def test_one_task_is_one_call_however_many_there_are() -> None:
    exports = Exports()
    keys = [exports.add(f"task {n:03}", n) for n in range(100)]
    assert await statuses(Sightings(exports.source()), keys[7]) == {"task 007": "InProgress"}
    assert len(exports.requests) == 1


async def test_tasks_that_changed_last_are_one_call_together() -> None:
    exports = Exports()
    keys = [exports.add(f"task {n:03}", n) for n in range(100)]
    for n in range(0, 30, 2):
        exports.change(f"task {n:03}", 1000 + n, status="Completed")
    found = await statuses(Sightings(exports.source()), *keys[0:30:2])
    assert set(found.values()) == {"Completed"}
    assert len(found) == 15
    assert [each["order_by"] for each in exports.requests] == ["updated_at_desc"]


async def test_what_is_not_among_them_is_looked_for_alone() -> None:
    exports = Exports()
    keys = [exports.add(f"task {n:03}", n) for n in range(100)]
    sightings = Sightings(exports.source())
    wanted = (keys[2], keys[99], keys[98], keys[97])
    expected = dict.fromkeys(("task 002", "task 099", "task 098", "task 097"), "InProgress")
    assert await statuses(sightings, *wanted) == expected
    pages = len([each for each in exports.requests if each["order_by"] == "updated_at_desc"])
    assert (pages, len(exports.requests)) == (2, 3)  # the second page has none of them


async def test_old_tasks_cost_one_page_more_than_alone() -> None:
    exports = Exports()
    keys = [exports.add(f"task {n:03}", n) for n in range(100)]
    found = await statuses(Sightings(exports.source()), *keys[:8])
    assert set(found.values()) == {"InProgress"}
    assert [each["order_by"] for each in exports.requests] == [
        "updated_at_desc",
        *["created_at_desc"] * 8,
    ]


async def test_the_list_is_not_tried_again_where_it_was_in_vain() -> None:
    exports = Exports()
    keys = [exports.add(f"task {n:03}", n) for n in range(100)]
    sightings = Sightings(exports.source())
    old = keys[0], keys[1]
    assert set((await statuses(sightings, *old)).values()) == {"InProgress"}
    exports.requests.clear()
    assert set((await statuses(sightings, *old)).values()) == {"InProgress"}
    assert [each["order_by"] for each in exports.requests] == ["created_at_desc"] * 2
    exports.requests.clear()
    await statuses(sightings, keys[98], keys[99])  # other tasks, another try
    assert [each["order_by"] for each in exports.requests] == ["updated_at_desc"]


async def test_what_is_not_there_is_none() -> None:
    exports = Exports()
    keys = [exports.add(f"task {n}", n) for n in range(3)]
    del exports.tasks["task 1"]
    found = await statuses(Sightings(exports.source()), *keys)
    assert found == {"task 0": "InProgress", "task 1": None, "task 2": "InProgress"}


async def test_a_task_without_a_hint_is_found_too() -> None:
    exports = Exports()
    for n in range(50):
        exports.add(f"task {n}", n)
    found = await statuses(Sightings(exports.source()), Key("task 3"))
    assert found == {"task 3": "InProgress"}
