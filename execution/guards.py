"""Fields that only some may read, where the operation's context alone tells who may."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from strawberry.extensions import FieldExtension


class Guard(FieldExtension):
    """An extension that refuses a field's value or gives it as it is; see `admits`."""

    @abstractmethod
    def admits(self, context: Any) -> bool:
        """Whether `resolve` only gives the value in operations with this context.

        It is then not called for each value.
        """


def guards(extensions: Sequence[FieldExtension]) -> Sequence[Guard] | None:
    """The extensions of a field; None if any of them is something else."""
    found = tuple(each for each in extensions if isinstance(each, Guard))
    return found if len(found) == len(extensions) else None
