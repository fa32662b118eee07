"""Which media type an Accept header leads to."""

import pytest

from server.media_types import EVENT_STREAM, GRAPHQL_RESPONSE, JSON, Accept, accepted

URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, "
    "text/event-stream, multipart/mixed"
)
APOLLO = "application/graphql-response+json,application/json;q=0.9"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (BROWSER, JSON),
        (JSON, JSON),
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}; charset=utf-8", GRAPHQL_RESPONSE),
        ("Application/GraphQL-Response+JSON", GRAPHQL_RESPONSE),
        (URQL, GRAPHQL_RESPONSE),
        (APOLLO, GRAPHQL_RESPONSE),
        (f"{JSON}, {GRAPHQL_RESPONSE}", JSON),
        (f"{GRAPHQL_RESPONSE}, {JSON}", GRAPHQL_RESPONSE),
        (f"{JSON};q=0.5, {GRAPHQL_RESPONSE};q=0.6", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0.5, {JSON};q=0.6", JSON),
        (f"{GRAPHQL_RESPONSE};q=0.5, */*", JSON),
        (f"{GRAPHQL_RESPONSE};q=0.5, */*;q=0.1", GRAPHQL_RESPONSE),
        (f"{JSON};q=0, */*", GRAPHQL_RESPONSE),
        (f"{JSON};q=0, {GRAPHQL_RESPONSE};q=0", None),
        ("*/*;q=0", None),
        ("text/html", None),
        ("text/*, image/*", None),
        (EVENT_STREAM, None),
        (f'{JSON};profile="a, {GRAPHQL_RESPONSE}"', JSON),
        (f"{JSON};q=high, {GRAPHQL_RESPONSE};q=0.1", GRAPHQL_RESPONSE),
        ("nonsense", JSON),
        (f'text/html;a="b, {JSON}', None),  # a quote that nothing closes goes to the end
        (f"{GRAPHQL_RESPONSE}, " + '"\\' * 50_000, GRAPHQL_RESPONSE),  # and is looked for once
    ],
    ids=lambda value: str(value)[:60],
)
def test_json_of_either_kind(header: str | None, chosen: str | None) -> None:
    assert Accept(header).best((JSON, GRAPHQL_RESPONSE)) == chosen


@pytest.mark.parametrize(
    ("header", "named"),
    [
        (EVENT_STREAM, True),
        (URQL, True),
        (f"{JSON}, {EVENT_STREAM};q=0.1", True),
        (f"{EVENT_STREAM};q=0", False),
        ("*/*", False),
        ("text/*", False),
        (None, False),
    ],
)
def test_what_is_wanted_by_its_name(header: str | None, named: bool) -> None:
    assert Accept(header).names(EVENT_STREAM) is named


def test_an_endless_header_is_read_from_its_beginning_and_not_kept() -> None:
    endless = f"{EVENT_STREAM}, " + "a/b," * 1_000_000
    first = accepted(endless)
    assert first.names(EVENT_STREAM)
    assert first.best((JSON, "a/b")) == "a/b"
    assert len(first._ranges) < 2000
    assert accepted(endless + JSON) is first  # of which no more is kept
    assert accepted("a" * 10_000).best((JSON,)) == JSON  # as if there were none
