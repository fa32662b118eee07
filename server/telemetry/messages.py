"""Processors for the messages of others: whose request it was, and nothing that could harm."""

import traceback
from types import TracebackType
from typing import Any

from structlog.typing import EventDict, WrappedLogger

from server.telemetry.operations import CURRENT

LONGEST = 4000
_TALKATIVE = "asyncio"  # its further lines show objects, and with them what they hold


def with_request(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Names the request that a message is of."""
    operation = CURRENT.get()
    if operation is not None:
        event.setdefault("request_id", operation.request_id)
    return event


def first_line(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Leaves out what only shows objects."""
    if event.get("logger") == _TALKATIVE:
        event["event"] = str(event["event"]).partition("\n")[0]
    return event


class Stack:
    """Shows an exception as where it came from.

    Its message, which may quote anything, is left out unless it is wanted `with_messages`.
    """

    def __init__(self, *, with_messages: bool) -> None:
        self._with_messages = with_messages

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        info = event.pop("exc_info", None)
        error = info[1] if isinstance(info, tuple) else info
        if isinstance(error, BaseException):
            event["exception"] = self._shown(error)
        return event

    def _shown(self, error: BaseException) -> list[str]:
        name = type(error).__qualname__
        first = f"{name}: {error}" if self._with_messages else name
        lines = [first, *_frames(error.__traceback__)]
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return lines if cause is None else [*lines, "because of", *self._shown(cause)]


def _frames(trace: TracebackType | None) -> list[str]:
    """The innermost last, as Python shows them."""
    return [f"{each.filename}:{each.lineno} {each.name}" for each in traceback.extract_tb(trace)]


def escaped(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """No text ends its line, moves a terminal's cursor, or is endless."""
    return {key: _escaped(value) for key, value in event.items()}


def one_line(text: str) -> str:
    """The text as far as it fits into a line."""
    shown = text if text.isprintable() else text.encode("unicode_escape").decode("ascii")
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}..."


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, dict):
        return {key: _escaped(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(each) for each in value]
    return value
