"""An upstream with export tasks in memory, and a loop in which time passes without waiting."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from providers.base import Account, Key
from providers.client import Source
from providers.errors import UpstreamError
from providers.life_pay import LIFE_PAY, Credentials
from providers.timestamps import micros
from providers.wire import Request, Response
from resolvers.context import Context, Limits
from resolvers.cursors import CursorCodec
from tests.resolvers.model import PLAIN

T = TypeVar("T")
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
PAGE = 20


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose clock jumps to the next timer when nothing else is to be done."""

    _now = 0.0

    def time(self) -> float:
        return self._now

    def _run_once(self) -> None:
        timers = [each.when() for each in self._scheduled if not each.cancelled()]  # type: ignore[attr-defined]
        if timers and not self._ready:  # type: ignore[attr-defined]
            self._now = max(self._now, min(timers))
        super()._run_once()  # type: ignore[misc]


def in_virtual_time(test: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(test)


@dataclass
class Exports:
    """Lists tasks as LIFE PAY does, 20 a page, by the time of creation or of update.

    `tasks` are by guid: when each was created and updated (minutes since EPOCH), status, progress.
    """

    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    failure: UpstreamError | None = None
    requests: list[dict[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def add(self, guid: str, created: int, status: str = "InProgress", progress: int = 0) -> Key:
        moment = EPOCH + timedelta(minutes=created)
        self.tasks[guid] = {
            "guid": guid,
            "status": status,
            "progress": progress,
            "created_at": moment.isoformat(),
            "updated_at": moment.isoformat(),
        }
        return Key(guid, str(micros(moment)))

    def change(self, guid: str, updated: int, **fields: Any) -> None:
        moment = EPOCH + timedelta(minutes=updated)
        self.tasks[guid] = {**self.tasks[guid], "updated_at": moment.isoformat(), **fields}

    async def send(self, request: Request, _: float = 0) -> Response:
        asked = dict(request.query)
        self.requests.append(asked)
        self.times.append(asyncio.get_running_loop().time())
        if self.failure is not None:
            raise self.failure
        column = asked["order_by"].removesuffix("_desc")
        rows = [row for row in self.tasks.values() if _is_between(row["created_at"], asked)]
        rows.sort(key=lambda row: (row[column], row["guid"]), reverse=True)
        start = int(asked.get("page_token", 0))
        token = str(start + PAGE) if start + PAGE < len(rows) else None
        body = {"items": rows[start : start + PAGE], "next_page_token": token}
        return Response(200, {}, msgspec.json.encode(body))

    def source(self) -> Source:
        account = Account("reports", Credentials(org_guid="org", api_key="key"), UTC)
        return Source(LIFE_PAY, account, self, policy=PLAIN)


def _is_between(created: str, asked: dict[str, str]) -> bool:
    moment = datetime.fromisoformat(created)
    start, end = asked.get("created_from"), asked.get("created_to")
    return (start is None or datetime.fromisoformat(start) <= moment) and (
        end is None or moment <= datetime.fromisoformat(end)
    )


def context() -> Context:
    return Context([], Limits(), CursorCodec(b"secret"), anew=True)
