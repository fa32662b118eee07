"""One operation as operators see it: what was asked, by whom, and what came of it.

It is filled in on the way by those who know: each finds the operation that it is part of in
`CURRENT`, or none where nobody wants to know.
"""

import re
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count
from secrets import token_hex
from time import perf_counter
from typing import Any

from resolvers.explain import Call, Explanation
from server.telemetry.redaction import redacted

LONGEST_NAME = 64
OK = "ok"
FAILED = "INTERNAL_SERVER_ERROR"
ABANDONED = "abandoned"  # the client went away
UNREAD = frozenset(
    {
        "BAD_REQUEST",
        "GRAPHQL_PARSE_FAILED",
        "GRAPHQL_VALIDATION_FAILED",
        "PERSISTED_QUERY_NOT_ALLOWED",
        "PERSISTED_QUERY_NOT_FOUND",
        "LIMIT_EXCEEDED",
        "RATE_LIMITED",
        "SERVICE_OVERLOADED",
        "UNAUTHENTICATED",
    }
)
"""Outcomes of what was refused before it ran, mostly: names in it may be anything."""
LIMITS = {
    "LIMIT_EXCEEDED": "max_body_bytes",  # the one that does not say its key
    "OPERATION_TIMEOUT": "operation_timeout_seconds",
    "RATE_LIMITED": "operations_per_minute",
    "READ_LIMIT_EXCEEDED": "max_rows_read",
    "SERVICE_OVERLOADED": "max_operations_in_flight",
}
_PROCESS, _number = token_hex(4), count()
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_USUAL_ID = re.compile(
    r"""(?=[0-9-]*[a-z])(?:                        # digits alone may be a card
      [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}  # a UUID
    | [0-9a-f]{16,64}                              # a trace's id, and such
    | [0-7][0-9a-hjkmnp-tv-z]{25}                  # a ULID
    )""",
    re.IGNORECASE | re.ASCII | re.VERBOSE,
)
"""Ids of these shapes are random: that some of their digits look like a card is chance."""


@dataclass(slots=True)
class Operation:
    """What is known of an operation so far.

    `codes` are those of its errors, `limits` the keys of the limits that it exceeded; `answers`
    how many it had, which are the events of a subscription. `text` is its document; `trace` is for
    those who trace it.
    """

    request_id: str
    transport: str
    name: str = ""
    kind: str = ""
    text: str | None = None
    caller: str = ""
    explanation: Explanation | None = None
    cost: int | None = None
    answers: int = 0
    codes: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    seconds: float = 0
    trace_id: str | None = None
    trace: Any = None
    _began: float = field(default_factory=perf_counter)

    @property
    def happened(self) -> bool:
        """Whether there was one: a request for a page is none."""
        return self.text is not None or bool(self.codes)

    @property
    def outcome(self) -> str:
        if self.codes:
            return self.codes[0]
        return OK if self.answers or self.lasts else ABANDONED

    @property
    def lasts(self) -> bool:
        """Whether it is a subscription, whose time is not that of an answer."""
        return self.kind == "subscription"

    @property
    def calls(self) -> Sequence[Call]:
        return self.explanation.calls if self.explanation is not None else ()

    def end(self) -> None:
        self.seconds = perf_counter() - self._began


CURRENT: ContextVar[Operation | None] = ContextVar("operation", default=None)


def request_id(proposed: str | None) -> str:
    """The id that a client or a proxy gave to a request, if it can be one; else a new one."""
    if proposed and _may_be_told(proposed):
        return proposed
    return f"{_PROCESS}{next(_number):08x}"


def _may_be_told(proposed: str) -> bool:
    if _USUAL_ID.fullmatch(proposed):
        return True
    return _REQUEST_ID.fullmatch(proposed) is not None and redacted(proposed) == proposed


def note_document(text: str | None, kind: str, name: str | None) -> None:
    """What is asked: a document, the kind of the operation in it, and its name there."""
    operation = CURRENT.get()
    if operation is not None:
        operation.text, operation.kind = text, kind
        # Cut before, too: to look for secrets in a long text takes the square of its length.
        operation.name = redacted(name[: 4 * LONGEST_NAME])[:LONGEST_NAME] if name else ""


def note_caller(caller: str, explanation: Explanation | None) -> None:
    """Who asks, and where its calls will be listed."""
    operation = CURRENT.get()
    if operation is not None:
        operation.caller, operation.explanation = caller, explanation


def note_answer(errors: Sequence[Mapping[str, Any]], extensions: Mapping[str, Any] | None) -> None:
    """An answer, or an event."""
    operation = CURRENT.get()
    if operation is None:
        return
    operation.answers += 1
    if extensions and "cost" in extensions:
        operation.cost = extensions["cost"]["requested"]
    for error in errors:
        _note_error(operation, error["extensions"])


def note_error(extensions: Mapping[str, Any]) -> None:
    """The request goes no further, because of an error with these extensions."""
    operation = CURRENT.get()
    if operation is not None:
        _note_error(operation, extensions)


def _note_error(operation: Operation, extensions: Mapping[str, Any]) -> None:
    code = extensions["code"]
    operation.codes.append(code)
    if code in LIMITS:
        operation.limits.append(extensions.get("key", LIMITS[code]))
