"""What a provider's file takes and gives, so that a further provider is one file more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Protocol, runtime_checkable

import msgspec
from starlette.responses import Response
from starlette.types import ASGIApp

Row = dict[str, object]


@dataclass(frozen=True)
class Scenario:
    """What the simulated history is drawn from: equal scenarios give equal rows."""

    scale: int
    seed: int
    clock: Callable[[], datetime]

    def now(self) -> int:
        """The present as a Unix time."""
        return int(self.clock().timestamp())

    def draw(self, *path: object) -> Random:
        """Chance for one purpose, named by `path`: always the same, whatever else is drawn."""
        return Random("/".join(map(str, (self.seed, *path))))


class Rows(Protocol):
    """Rows of an upstream that the control endpoint may add to and take from."""

    def insert(self, fields: Mapping[str, object]) -> Row:
        """Add a row as of now, with these fields in place of its own.

        Raises ValueError for a field that such rows do not have.
        """

    def remove(self, row_id: str) -> bool:
        """Take the row away; False if there is none."""


@runtime_checkable
class ChangeableRows(Rows, Protocol):
    """Rows that the control endpoint may also change."""

    def change(self, row_id: str, fields: Mapping[str, object]) -> Row | None:
        """Put these fields in place of the row's own; None if there is no such row.

        Raises ValueError for a field that such rows do not have.
        """


@dataclass(frozen=True)
class Upstream:
    """One simulated provider: its API, how it words a refusal, and its rows by name."""

    app: ASGIApp
    refusal: Callable[[int, int | None], Response]
    rows: Mapping[str, Rows]
    refuses_in_200: bool = False  # whether it may also refuse inside an answer with status 200


def json_response(
    body: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """The answer as compact JSON, UTF-8 unescaped."""
    return Response(msgspec.json.encode(body), status, headers, "application/json")
