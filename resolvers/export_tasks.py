"""`exportTasks`: export tasks of every source that has any."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import timedelta
from typing import Any

from providers.queries import Direction, ExportTaskQuery
from providers.timestamps import moment_of
from resolvers.arguments import paging
from resolvers.connections import Connection, Wanted, connect
from resolvers.context import Context
from resolvers.filters import query
from resolvers.ranks import MISSING, by_creation, by_update


async def list_export_tasks(
    context: Context,
    *,
    restrictions: Mapping[str, Any],
    by_update_time: bool,
    descending: bool,
    page: Mapping[str, Any],
    fields: AbstractSet[str],
) -> Connection:
    """A page of export tasks by time of creation or update. `page` are the paging arguments."""
    asked = query(ExportTaskQuery, restrictions, by_update=by_update_time)

    def resumed(towards: Direction, key: int | None) -> ExportTaskQuery:
        return _from_key(replace(asked, direction=towards), key)

    wanted = Wanted(
        kind="export_tasks",
        query=asked,
        restrictions=restrictions,
        order=("UPDATED_AT" if by_update_time else "CREATED_AT", "DESC" if descending else "ASC"),
        key=by_update if by_update_time else by_creation,
        descending=descending,
        paging=paging(page, context.limits),
        fields=fields,
        period=("updated_from", "updated_to") if by_update_time else ("created_from", "created_to"),
        resumed=resumed,
    )
    return await connect(context, wanted)


def _from_key(asked: ExportTaskQuery, key: int | None) -> ExportTaskQuery:
    """The query from the rows of a sort key on, that key included."""
    if key is None or key == MISSING:
        return asked
    time = "updated" if asked.by_update else "created"
    if asked.direction is Direction.ASCENDING:
        name, bound = f"{time}_from", moment_of(key)
    else:
        name, bound = f"{time}_to", moment_of(key) + timedelta(microseconds=1)
    given = getattr(asked, name)
    nearer = max if asked.direction is Direction.ASCENDING else min
    narrowed: dict[str, Any] = {name: bound if given is None else nearer(given, bound)}
    return replace(asked, **narrowed)
