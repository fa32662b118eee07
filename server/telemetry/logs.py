"""What is written down: one line an operation, and the messages of all libraries, in one form.

Lines go to the standard error: as JSON, or for people where that is a terminal.
"""

import logging
import sys
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, TextIO

import msgspec
import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor, WrappedLogger

from server.persisted import hashed
from server.settings import LogSettings, Settings
from server.telemetry.messages import Stack, escaped, first_line, one_line, with_request
from server.telemetry.operations import FAILED, Operation
from server.telemetry.redaction import Redaction, secrets_of

NAME = "pacioli.operations"
PLAIN = ("method", "path")  # of what is asked, what is no parameter
MOST_EXPLAINED = 20
MOST_CALLERS = 1000  # whose names are kept as they are shown
OWN = ("hash", "request_id", "timestamp", "trace_id")
"""Fields that we fill with hexadecimal digits, or looked at when they came."""
_time = structlog.processors.TimeStamper(fmt="iso", utc=True)


class Redacted:
    """A processor that masks secrets in all of a line but what is ours."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction

    def __call__(self, _: WrappedLogger, __: str, event: Any) -> Any:
        return {
            key: value if key in OWN else self._redaction(value) for key, value in event.items()
        }


class OperationLog:
    """Writes a line for each operation: a warning if it was slow, an error if it was our fault.

    Of what is in it only the caller's name is the words of others; `clean` sees to that.
    """

    def __init__(self, logger: Any, slow_seconds: float, clean: Callable[[str], str]) -> None:
        self._logger, self._slow_seconds = logger, slow_seconds
        self._clean = lru_cache(MOST_CALLERS)(clean)

    def ended(self, operation: Operation) -> None:
        with suppress(OSError):  # nobody's operation fails because nobody reads the log
            self._write(operation)

    def _write(self, operation: Operation) -> None:
        line = _line(operation, self._clean(operation.caller))
        if FAILED in operation.codes:
            self._logger.error("operation", **line)
        elif operation.seconds >= self._slow_seconds and not operation.lasts:
            self._logger.warning("slow operation", **line, explain=_explained(operation))
        else:
            self._logger.info("operation", **line)


def set_up(settings: Settings, stream: TextIO | None = None) -> OperationLog:
    """Sends all that is logged in this process through one form; gives what logs operations."""
    stream, logs = stream or sys.stderr, settings.logs
    level = logging.getLevelName(logs.level.upper())
    redaction = Redaction(secrets_of(settings)) if logs.redact else None
    renderer = _renderer(logs, stream)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name],
            processors=[
                ProcessorFormatter.remove_processors_meta,
                *(first_line, _time, with_request, Stack(with_messages=not logs.redact)),
                *([Redacted(redaction)] if redaction else ()),
                *(escaped, renderer),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.WARNING))  # libraries say too much below it
    logging.getLogger("pacioli").setLevel(level)
    logger = structlog.wrap_logger(
        structlog.WriteLogger(stream),
        processors=[structlog.processors.add_log_level, _time, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )

    def clean(name: str) -> str:
        return one_line(redaction(name) if redaction else name)

    return OperationLog(logger.bind(logger=NAME), logs.slow_seconds, clean)


def _renderer(settings: LogSettings, stream: TextIO) -> Processor:
    is_for_people = stream.isatty() if settings.format == "auto" else settings.format == "pretty"
    if is_for_people:
        return structlog.dev.ConsoleRenderer(colors=stream.isatty())
    return structlog.processors.JSONRenderer(serializer=_json)


def _json(event: Any, **_: Any) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()


def _line(operation: Operation, caller: str) -> MutableMapping[str, Any]:
    """What is told of each operation; nothing of what its client filled in."""
    calls = operation.calls
    line: dict[str, Any] = {
        "request_id": operation.request_id,
        "operation": operation.name,
        "type": operation.kind,
        "hash": None if operation.text is None else hashed(operation.text),
        "caller": caller,
        "transport": operation.transport,
        "sources": sorted({call.source.name for call in calls}),
        "calls": len(calls),
        "cost": operation.cost,
        "ms": round(operation.seconds * 1000, 1),
        "outcome": operation.outcome,
    }
    if len(operation.codes) > 1:
        line["errors"] = len(operation.codes)
    if operation.lasts:
        line["events"] = operation.answers
    if operation.trace_id is not None:
        line["trace_id"] = operation.trace_id
    return line


def _explained(operation: Operation) -> Sequence[Mapping[str, Any]]:
    """Its slowest calls as explain shows them, but for the values that were asked with."""
    slowest = sorted(operation.calls, key=lambda call: call.milliseconds, reverse=True)
    return [
        {**shown, "asked": [name for name in shown["asked"] if name not in PLAIN]}
        for shown in (call.shown for call in slowest[:MOST_EXPLAINED])
    ]
