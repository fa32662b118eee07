"""Who asks and with what: everything that an operation's resolvers may touch.

Made once for each operation, so that what is read is shared within it and never beyond it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from strawberry.dataloader import DataLoader

from providers.base import Listing
from providers.client import Source
from providers.records import Record
from providers.wire import Request
from resolvers.cursors import CursorCodec
from resolvers.loaders import single_loader
from resolvers.rows import Budget, Rows


@dataclass(frozen=True, slots=True)
class Limits:
    """What one operation may ask for."""

    default_page_size: int = 25
    max_page_size: int = 100
    max_rows_read: int = 10_000


@dataclass(slots=True)
class Context:
    """One operation: the sources that its caller may read, the limits, and what was read so far."""

    sources: Sequence[Source]
    limits: Limits
    cursors: CursorCodec
    _singles: dict[tuple[str, str], DataLoader[str, Record | None]] = field(default_factory=dict)
    _rows: dict[tuple[str, Request], Rows] = field(default_factory=dict)
    _budgets: dict[str, Budget] = field(default_factory=dict)

    def rows(self, source: Source, listing: Listing, lane: Request) -> Rows:
        """The rows of one upstream list, the same for everyone in this operation who asks it."""
        key = (source.name, lane)
        if key not in self._rows:
            budget = self._budgets.setdefault(source.name, Budget(self.limits.max_rows_read))
            self._rows[key] = Rows(source, listing, lane, budget)
        return self._rows[key]

    def singles(self, source: Source, kind: str) -> DataLoader[str, Record | None]:
        """The loader of rows of one kind by the provider's ids."""
        key = (source.name, kind)
        if key not in self._singles:
            single = source.spec.listings[kind].single
            assert single is not None, f"{source.spec.name} has no look-up of single {kind}"
            self._singles[key] = single_loader(source, single)
        return self._singles[key]
