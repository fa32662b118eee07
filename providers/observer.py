"""Who is told what happens on the way to an upstream: the server's metrics and traces."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

from providers.errors import UpstreamError


@dataclass(slots=True)
class Call:
    """What became of one call: how often it was tried, and the status of the last answer."""

    attempts: int = 0
    status: int | None = None


class Observer(Protocol):
    """Is told of one source. Nothing of what it does may take long, or fail."""

    def call(self, kind: str) -> AbstractContextManager[Call]:
        """A call for rows of a kind, from its first attempt to its end."""

    def queued(self) -> AbstractContextManager[Any]:
        """A request waits for its place or its turn."""

    def waited(self, seconds: float) -> None:
        """A request goes out after that wait."""

    def received(self, size: int) -> None:
        """An answer of so many bytes came."""

    def judged(self, error: UpstreamError | None) -> None:
        """How good an answer is, seen as a whole: told once for each that came of a call."""

    def answered(self, found: str) -> None:
        """An operation has an answer: a `hit` or `miss` of what is kept, or an older one.

        That is a `refresh` while it is read anew, and `stale` where the upstream fails.
        """

    def left_alone(self, seconds: float) -> None:
        """The upstream is left alone for so long from now, with 0 no longer."""


class Unobserved:
    """Nobody is told."""

    def call(self, kind: str) -> AbstractContextManager[Call]:
        return nullcontext(Call())

    def queued(self) -> AbstractContextManager[Any]:
        return nullcontext()

    def waited(self, seconds: float) -> None: ...

    def received(self, size: int) -> None: ...

    def judged(self, error: UpstreamError | None) -> None: ...

    def answered(self, found: str) -> None: ...

    def left_alone(self, seconds: float) -> None: ...
