"""Faults that an upstream shows when told to: refusals, delays, limits, broken answers."""

import asyncio
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BROKEN_BODIES = {
    "html": (b"<html><body><h1>502 Bad Gateway</h1></body></html>\n", "text/html"),
    "empty": (b"", "application/json"),
    "null": (b"null", "application/json"),
    "list": (b"[]", "application/json"),
}
BODILESS = (204, 304)  # HTTP allows these no body
FIELDS = {
    "status": "the HTTP status of every answer, a whole number from 200 to 599",
    "refused": "true for a refusal inside an answer with status 200, at a provider that has such",
    "retry_after": "the Retry-After header of a refusal, whole seconds",
    "delay_seconds": "how long every answer is held back, a number from 0 to 600",
    "malformed": "what is wrong with the body: html, truncated, empty, null or list",
    "rate_limit_per_second": "requests a second beyond which the answer is 429, 1 or more",
    "times": "after how many requests the fault goes away, 1 or more",
}


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One way to misbehave, and for how many more requests; FIELDS has it in words."""

    status: Annotated[int, Meta(ge=200, le=599)] | None = None
    refused: bool = False
    retry_after: Annotated[int, Meta(ge=0)] | None = None
    delay_seconds: Annotated[float, Meta(ge=0, le=600)] = 0
    malformed: Literal["html", "truncated", "empty", "null", "list"] | None = None
    rate_limit_per_second: Annotated[int, Meta(ge=1)] | None = None
    times: Annotated[int, Meta(ge=1)] | None = None

    def __post_init__(self) -> None:
        if self.refused and self.status:
            raise ValueError("it needs no status, since refused means 200")
        effects = self.delay_seconds, self.malformed, self.rate_limit_per_second
        if not (self.status or self.refused or any(effects)):
            raise ValueError(
                "it needs status, refused, delay_seconds, malformed or rate_limit_per_second"
            )


class Faults:
    """Stands before one upstream and lets the present fault, if any, decide the answer."""

    def __init__(self, app: ASGIApp, refusal: Callable[[int, int | None], Response]) -> None:
        self._app = app
        self._refusal = refusal
        self._window = RateWindow()
        self.present: Fault | None = None

    def set(self, fault: Fault | None) -> None:
        """Misbehave like this from now on, in place of what was set before; None behaves."""
        self.present = fault
        self._window = RateWindow()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._take()
        answer = self._app if fault is None else self._answer(fault)
        if fault is not None and fault.delay_seconds:
            await asyncio.sleep(fault.delay_seconds)
        await answer(scope, receive, send)

    def _take(self) -> Fault | None:
        fault = self.present
        if fault is not None and fault.times is not None:
            left = fault.times - 1
            self.present = msgspec.structs.replace(fault, times=left) if left else None
        return fault

    def _answer(self, fault: Fault) -> ASGIApp:
        limit = fault.rate_limit_per_second
        if limit and not self._window.admits(limit, monotonic()):
            return self._refusal(429, 1 if fault.retry_after is None else fault.retry_after)
        if fault.status in BODILESS:
            return Response(status_code=fault.status)
        if fault.malformed in BROKEN_BODIES:
            return _broken(fault)
        status = 200 if fault.refused else fault.status
        answer = self._refusal(status, fault.retry_after) if status else self._app
        return _cut_short(answer) if fault.malformed == "truncated" else answer


class RateWindow:
    """The requests let through within the last second."""

    def __init__(self) -> None:
        self._admitted: deque[float] = deque()

    def admits(self, limit: int, now: float) -> bool:
        """Whether a request at `now` is within `limit` a second; if so it is counted."""
        while self._admitted and self._admitted[0] <= now - 1:
            self._admitted.popleft()
        if len(self._admitted) >= limit:
            return False
        self._admitted.append(now)
        return True


def _broken(fault: Fault) -> Response:
    body, media_type = BROKEN_BODIES[str(fault.malformed)]
    answer = Response(body, fault.status or 200, media_type=media_type)
    if fault.retry_after is not None:
        answer.headers["Retry-After"] = str(fault.retry_after)
    return answer


def _cut_short(app: ASGIApp) -> ASGIApp:
    """The same answer with only the first half of its body."""

    async def cut(scope: Scope, receive: Receive, send: Send) -> None:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await app(scope, receive, keep)
        start, *parts = messages
        body = b"".join(part.get("body", b"") for part in parts)
        half = body[: len(body) // 2]
        MutableHeaders(scope=start)["Content-Length"] = str(len(half))
        await send(start)
        await send({"type": "http.response.body", "body": half})

    return cut
