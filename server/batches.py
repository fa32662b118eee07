"""Batches: several operations in one body, each answered for itself and in its place."""

import asyncio
from collections.abc import Awaitable, Sequence
from itertools import starmap

from cross_web import HTTPException
from graphql import ExecutionResult
from starlette.requests import Request

from resolvers.errors import LimitError
from server.errors import RefusedError, code_of, coded, told
from server.requests import Parameters
from server.runner import Runner, failed
from server.telemetry.operations import CURRENT, note_answer

TURNS = 4
"""Of the event loop from one beginning to the next: a small request of others takes as many."""


class Batch:
    """The operations of one body. Raises RefusedError where there are too many, or none."""

    def __init__(self, operations: Sequence[Parameters], most: int) -> None:
        if not operations:
            raise RefusedError(400, "BAD_REQUEST", "The batch has no operations.")
        if (count := len(operations)) > most:
            limit = LimitError("operations in a batch", count, most, "max_batch_operations")
            raise RefusedError.of(400, limit)
        self._operations = operations

    async def results(self, runner: Runner, request: Request) -> list[ExecutionResult]:
        """The results of all operations, run at once; one that is refused harms no other.

        Each counts like one that comes alone; the request was counted as the first of them. To
        those who watch operations the request is none beside them. They begin one after the other,
        so that others are served while eight documents are read and checked.
        """

        async def counted(parameters: Parameters) -> ExecutionResult:
            with runner.traffic.operation():
                if runner.rates is not None:
                    await runner.rates.demand(request)
                return await _run(runner, parameters, request)

        async def watched(coming: Awaitable[ExecutionResult]) -> ExecutionResult:
            with runner.telemetry.operation(request):
                try:
                    result = await coming
                except HTTPException as error:
                    return ExecutionResult(None, [told(error)])
                except Exception as error:  # noqa: BLE001 - it is masked, and logged
                    result = failed(error)
                errors = [coded(each, code_of(each)).formatted for each in result.errors or ()]
                note_answer(errors, result.extensions)
                return result

        async def in_turn(place: int, coming: Awaitable[ExecutionResult]) -> ExecutionResult:
            for _ in range(place * TURNS):
                await asyncio.sleep(0)
            return await watched(coming)

        CURRENT.set(None)
        first, *others = self._operations
        coming = (_run(runner, first, request), *(counted(asked) for asked in others))
        async with asyncio.TaskGroup() as group:  # none of them goes on when this ends
            tasks = [group.create_task(each) for each in starmap(in_turn, enumerate(coming))]
        return [each.result() for each in tasks]


async def _run(runner: Runner, parameters: Parameters, request: Request) -> ExecutionResult:
    """Runs an operation of a batch. Raises HTTPException."""
    asked = await runner.asked(parameters)
    if asked.operation.lasts:
        raise HTTPException(400, "A subscription cannot be part of a batch.")
    result = runner.begin(asked, request)
    return result if isinstance(result, ExecutionResult) else await result
