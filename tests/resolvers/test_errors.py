"""What a field fails with as a whole."""

from providers.errors import ReadLimitError, UnavailableError
from resolvers.errors import AllSourcesError, UserInputError


def test_a_bad_argument_has_its_code() -> None:
    error = UserInputError("first: must be from 0 to 100, not 101")
    assert str(error) == "first: must be from 0 to 100, not 101"
    assert error.extensions == {"code": "BAD_USER_INPUT"}


def test_one_lost_source_is_told_in_full_and_all_by_name() -> None:
    first = UnavailableError("is down", http_status=503, retry_after_seconds=7.0)
    other = ReadLimitError("reads too much")
    error = AllSourcesError(
        [first.attributed("sber-main", "SMARTPAY"), other.attributed("yume", "YUME")]
    )
    assert str(error) == "sber-main: is down"
    assert error.extensions == {
        "code": "UPSTREAM_UNAVAILABLE",
        "source": "sber-main",
        "provider": "SMARTPAY",
        "retryable": True,
        "retryAfterSeconds": 7.0,
        "httpStatus": 503,
        "providerCode": None,
        "sources": [
            {"source": "sber-main", "code": "UPSTREAM_UNAVAILABLE"},
            {"source": "yume", "code": "READ_LIMIT_EXCEEDED"},
        ],
    }


def test_the_first_sources_own_extensions_stay_as_they_are() -> None:
    first = UnavailableError("is down").attributed("alpha", "YUME")
    before = first.extensions
    assert "sources" in AllSourcesError([first]).extensions
    assert first.extensions == before
