"""What can be watched."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from resolvers.nodes import watch_export_task
from schema.binding import Info
from schema.export_task import ExportTask
from schema.query import ID


@strawberry.type(description="Everything that can be watched.")
class Subscription:
    """Each field gives a value at once, then at every change."""

    @strawberry.subscription(
        description=(
            "Emits the task as it is now, then at every change, and completes when it is "
            "COMPLETED or CANCELLED."
        )
    )
    async def export_task(
        self, info: Info, id: Annotated[strawberry.ID, ID]
    ) -> AsyncGenerator[ExportTask, None]:
        return await watch_export_task(info.context, id)  # type: ignore[return-value]
