"""Time limits: as `asyncio.timeout` sets them, for a third of what that costs each request."""

import asyncio
from types import TracebackType
from typing import Self


class TimeLimit:
    """Cancels what takes longer than so many seconds; whoever waits for it gets a TimeoutError.

    Nothing can be rescheduled, and nothing is asynchronous but what is limited.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds, self.expired = seconds, False

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None
        self._task, self._cancelling = task, task.cancelling()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._expire)
        return self

    def _expire(self) -> None:
        self.expired = True
        self._task.cancel()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        if not self.expired:
            return
        is_ours = self._task.uncancel() <= self._cancelling
        if is_ours and kind is asyncio.CancelledError:
            raise TimeoutError from error
