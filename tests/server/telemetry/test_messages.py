"""Messages of others: one line each, harmless, and of a request."""

import logging

import pytest

from server.telemetry.messages import LONGEST, Stack, escaped, first_line, with_request
from server.telemetry.operations import CURRENT, Operation

LOGGER = logging.getLogger()


def failed() -> Exception:
    """An error with a cause, both of which quote a card."""
    try:
        try:
            int("4111111111111111x")
        except ValueError as error:
            raise RuntimeError("of Anna") from error
    except RuntimeError as error:
        return error
    raise AssertionError


def test_a_message_is_of_the_request_under_way() -> None:
    assert with_request(LOGGER, "info", {"event": "a"}) == {"event": "a"}
    before = CURRENT.set(Operation("7", "http"))
    assert with_request(LOGGER, "info", {"event": "a"}) == {"event": "a", "request_id": "7"}
    assert with_request(LOGGER, "info", {"request_id": "5"}) == {"request_id": "5"}
    CURRENT.reset(before)


def test_an_exception_is_shown_by_where_it_came_from() -> None:
    error = failed()
    event = Stack(with_messages=False)(LOGGER, "error", {"exc_info": error})
    shown = event["exception"]
    assert [line for line in shown if "/" not in line] == [
        "RuntimeError",
        "because of",
        "ValueError",
    ]
    assert all(line.endswith(" failed") for line in shown if "/" in line)
    assert len(shown) == 5
    same = Stack(with_messages=False)(LOGGER, "error", {"exc_info": (type(error), error, None)})
    assert same == event


def test_or_with_what_it_says() -> None:
    shown = Stack(with_messages=True)(LOGGER, "error", {"exc_info": failed()})["exception"]
    assert shown[0] == "RuntimeError: of Anna"
    assert "4111111111111111x" in shown[3]


@pytest.mark.parametrize("info", [None, True, (None, None, None)])
def test_no_exception(info: object) -> None:
    assert Stack(with_messages=True)(LOGGER, "info", {"event": "a", "exc_info": info}) == {
        "event": "a"
    }


def test_asyncio_shows_no_objects() -> None:
    text = "Task exception was never retrieved\nfuture: <Task exception=ValueError('Anna')>"
    assert first_line(LOGGER, "error", {"logger": "asyncio", "event": text}) == {
        "logger": "asyncio",
        "event": "Task exception was never retrieved",
    }
    own = {"logger": "pacioli", "event": "a\nb"}
    assert first_line(LOGGER, "error", dict(own)) == own


@pytest.mark.parametrize("bad", ["\n", "\r", "\x1b[31m", "\x00", "\u2028", "\x9b", "\u202e"])
def test_no_text_leaves_its_line(bad: str) -> None:
    event = escaped(LOGGER, "info", {"a": f"x{bad}y", "b": [f"{bad}"], "c": {"d": bad}, "e": 1})
    assert event["e"] == 1
    for text in (event["a"], *event["b"], event["c"]["d"]):
        assert text.isprintable()
        assert bad not in text


def test_other_words_stay_as_they_are() -> None:
    assert escaped(LOGGER, "info", {"a": "счёт № 7"}) == {"a": "счёт № 7"}


def test_no_text_is_endless() -> None:
    assert len(escaped(LOGGER, "info", {"a": "x" * 10**6})["a"]) == LONGEST + 3
