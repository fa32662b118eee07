"""What can go wrong between us and an upstream.

    UpstreamError
    ├── UnavailableError   UPSTREAM_UNAVAILABLE    no connection, 5xx                  retryable
    ├── NoAnswerError      UPSTREAM_TIMEOUT        no answer in time                   retryable
    ├── RateLimitedError   UPSTREAM_RATE_LIMITED   429                                 retryable
    ├── UnauthorizedError  UPSTREAM_UNAUTHORIZED   401, or a 403 about the credentials
    ├── RejectedError      UPSTREAM_REJECTED       another refusal, or an error inside a 200
    ├── MalformedError     UPSTREAM_MALFORMED      not JSON, wrong shape, too large
    ├── UnorderedError     UPSTREAM_UNORDERED      rows in another order than the walk relies on
    └── ReadLimitError     READ_LIMIT_EXCEEDED     more rows to read than one operation may

A provider's pure functions raise or return them without knowing which account is asked; the
account's client adds that with `attributed`. No message holds a credential, an address or text
that the upstream sent: what an upstream echoes cannot be trusted to be free of secrets.
"""

from typing import Any, ClassVar, Self


class UpstreamError(Exception):
    """An upstream's failure, as clients see it: `extensions` is what GraphQL shows.

    `ours`: it was decided here and says nothing of the upstream. `late`: what ended was the time of
    the operation. `attempts` is how often the upstream was asked.
    """

    code: ClassVar[str] = "UPSTREAM_UNAVAILABLE"
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        http_status: int | None = None,
        provider_code: str | None = None,
        retry_after_seconds: float | None = None,
        ours: bool = False,
        late: bool = False,
    ) -> None:
        super().__init__(message)
        self.reason = message
        self.source: str | None = None
        self.provider: str | None = None
        self.http_status = http_status
        self.provider_code = provider_code
        self.retry_after_seconds = retry_after_seconds
        self.ours, self.late = ours, late
        self.attempts = 0

    def attributed(self, source: str, provider: str) -> Self:
        """The same error, naming the account it happened to."""
        self.source, self.provider = source, provider
        return self

    @property
    def upstream_failed(self) -> bool:
        """Whether the upstream is out of order, as opposed to refusing."""
        return not self.ours and (self.retryable or isinstance(self, MalformedError))

    @property
    def message(self) -> str:
        """The sentence for people, with the source's name once it is known."""
        return f"{self.source}: {self.reason}" if self.source else self.reason

    def __str__(self) -> str:
        return self.message

    @property
    def extensions(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "source": self.source,
            "provider": self.provider,
            "retryable": self.retryable,
            "retryAfterSeconds": self.retry_after_seconds,
            "httpStatus": self.http_status,
            "providerCode": self.provider_code,
        }


class UnavailableError(UpstreamError):
    """No connection, or the upstream says that it is out of order."""

    retryable = True


class NoAnswerError(UpstreamError):
    """No complete answer within the source's time."""

    code = "UPSTREAM_TIMEOUT"
    retryable = True


class RateLimitedError(UpstreamError):
    """The upstream wants fewer requests."""

    code = "UPSTREAM_RATE_LIMITED"
    retryable = True


class UnauthorizedError(UpstreamError):
    """The upstream does not take the configured credentials."""

    code = "UPSTREAM_UNAUTHORIZED"


class RejectedError(UpstreamError):
    """The upstream refused this very request."""

    code = "UPSTREAM_REJECTED"


class MalformedError(UpstreamError):
    """The answer is not what the provider's document says; the message names the place."""

    code = "UPSTREAM_MALFORMED"


class UnorderedError(UpstreamError):
    """The rows do not come in the order that the walk relies on."""

    code = "UPSTREAM_UNORDERED"


class ReadLimitError(UpstreamError):
    """Sorting or filtering here would read more rows than one operation may."""

    code = "READ_LIMIT_EXCEEDED"
