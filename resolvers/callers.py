"""Who asks: what a caller may read, whatever it proved itself with."""

from dataclasses import dataclass
from enum import StrEnum

from resolvers.errors import ForbiddenError


class Scope(StrEnum):
    """What a caller needs a permission for, beside the sources that it may read."""

    RAW = "raw:read"
    CARD = "card:read"
    PERSONAL = "personal:read"
    EXPLAIN = "explain:read"
    METRICS = "metrics:read"


RAW = (Scope.RAW, Scope.CARD, Scope.PERSONAL)
"""A record as received holds what the other two guard, so it needs all three."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A client: `name` tells it from others; `sources` are those that it may read, None for all.

    What it proved itself with is good until `expires_at`, in seconds since 1970; None for ever.
    """

    name: str
    scopes: frozenset[str] = frozenset()
    sources: frozenset[str] | None = frozenset()
    expires_at: float | None = None

    def may(self, *scopes: str) -> bool:
        return self.scopes.issuperset(scopes)

    def reads(self, source: str) -> bool:
        return self.sources is None or source in self.sources

    def demand(self, *scopes: str, what: str) -> None:
        """Raises ForbiddenError where a scope is missing."""
        if not self.scopes.issuperset(scopes):
            missing = ", ".join(scope for scope in scopes if scope not in self.scopes)
            raise ForbiddenError(f"{what} needs the scope {missing}")


NOBODY = Caller("nobody")
"""May nothing: what an operation runs as that says nothing of its caller."""

TRUSTED = Caller("trusted", frozenset(Scope), None)
"""May everything: any caller of a server without authentication."""
