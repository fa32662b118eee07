"""Batches: several operations in one body, each answered for itself and in its place."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import starmap
from typing import Any

from cross_web import HTTPException
from starlette.requests import Request
from strawberry.types import ExecutionResult

from resolvers.errors import LimitError
from server.errors import RefusedError, code_of, coded, told
from server.requests import Parameters
from server.sockets import View
from server.telemetry.operations import CURRENT, note_answer

TURNS = 4
"""Of the event loop from one beginning to the next: a small request of others takes as many."""
Run = Callable[[Parameters, Any], Awaitable[ExecutionResult]]


class Batch:
    """The operations of one body. Raises RefusedError where there are too many, or none."""

    def __init__(self, operations: Sequence[Parameters], most: int) -> None:
        if not operations:
            raise RefusedError(400, "BAD_REQUEST", "The batch has no operations.")
        if (count := len(operations)) > most:
            limit = LimitError("operations in a batch", count, most, "max_batch_operations")
            raise RefusedError.of(400, limit)
        self._operations = operations

    async def results(self, run: Run, request: Request, view: View) -> list[ExecutionResult]:
        """What `run` gives for each operation, all at once; one that is refused harms no other.

        Each counts like one that comes alone; the request was counted as the first of them. To
        those who watch operations the request is none beside them. They begin one after the other,
        so that others are served while eight documents are read and checked.
        """

        async def counted(asked: Parameters) -> ExecutionResult:
            with view.traffic.operation():
                if view.rates is not None:
                    await view.rates.demand(request)
                return await run(asked, request)

        async def watched(coming: Awaitable[ExecutionResult]) -> ExecutionResult:
            with view.telemetry.operation(request):
                try:
                    result = await coming
                except HTTPException as error:
                    return ExecutionResult(None, [told(error)])
                errors = [coded(each, code_of(each)).formatted for each in result.errors or ()]
                note_answer(errors, result.extensions)
                return result

        async def in_turn(place: int, coming: Awaitable[ExecutionResult]) -> ExecutionResult:
            for _ in range(place * TURNS):
                await asyncio.sleep(0)
            return await watched(coming)

        CURRENT.set(None)
        first, *others = self._operations
        coming = (run(first, request), *(counted(asked) for asked in others))
        return await asyncio.gather(*starmap(in_turn, enumerate(coming)))
