"""What a field fails with as a whole: bad arguments, no permission, or every source lost."""

from collections.abc import Sequence
from typing import Any, ClassVar

from providers.errors import UpstreamError


class UserInputError(Exception):
    """An argument that cannot be meant; the message names it and says what would be right."""

    code: ClassVar[str] = "BAD_USER_INPUT"

    @property
    def extensions(self) -> dict[str, Any]:
        return {"code": self.code}


class ForbiddenError(Exception):
    """Something that the caller has no scope for; the message names what, and which scope."""

    code: ClassVar[str] = "FORBIDDEN"

    @property
    def extensions(self) -> dict[str, Any]:
        return {"code": self.code}


class LimitError(Exception):
    """More of something than one operation may have; the message names the limit's key."""

    code: ClassVar[str] = "LIMIT_EXCEEDED"

    def __init__(self, what: str, value: int, limit: int, key: str) -> None:
        super().__init__(f"{what}: {value}, but the limit is {limit} (server.limits.{key})")
        self.measured = {"value": value, "limit": limit, "key": key}

    @property
    def extensions(self) -> dict[str, Any]:
        return {"code": self.code, **self.measured}


class AllSourcesError(Exception):
    """Every source of a list failed: the first one's error, and which sources with which codes.

    Where none failed but for the time of the operation, it is that which ended.
    """

    def __init__(self, errors: Sequence[UpstreamError]) -> None:
        super().__init__(errors[0].message)
        self.errors = errors

    @property
    def extensions(self) -> dict[str, Any]:
        sources = [{"source": error.source, "code": error.code} for error in self.errors]
        late = {"code": "OPERATION_TIMEOUT"} if all(each.late for each in self.errors) else {}
        return {**self.errors[0].extensions, **late, "sources": sources}
