"""Batches: several operations in one body, each answered for itself and in its place."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from cross_web import HTTPException
from starlette.requests import Request
from strawberry.types import ExecutionResult

from resolvers.errors import LimitError
from server.admission import Traffic
from server.errors import RefusedError, told
from server.rate_limits import Rates
from server.requests import Parameters

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

    async def results(
        self, run: Run, request: Request, traffic: Traffic, rates: Rates | None
    ) -> list[ExecutionResult]:
        """What `run` gives for each operation, all at once; one that is refused harms no other.

        Each counts like one that comes alone; the request was counted as the first of them.
        """

        async def counted(asked: Parameters) -> ExecutionResult:
            with traffic.operation():
                if rates is not None:
                    await rates.demand(request)
                return await run(asked, request)

        first, *others = self._operations
        return await asyncio.gather(
            _result(run(first, request)), *(_result(counted(asked)) for asked in others)
        )


async def _result(coming: Awaitable[ExecutionResult]) -> ExecutionResult:
    try:
        return await coming
    except HTTPException as error:
        return ExecutionResult(None, [told(error)])
