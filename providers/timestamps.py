"""Instants: read from the many ways that upstreams write them, always with an offset."""

import re
from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from providers.errors import MalformedError

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SEPARATORS = frozenset(("--T:", "-- :"))  # what is at places 4, 7, 10 and 13 of a day with a time
_NONE = frozenset(("", "0000-00-00", "0000-00-00 00:00:00"))
_TO_THE_SECOND = frozenset(("--T::", "-- ::"))
_FRACTION = ".,0123456789"
_SIGNS = ("+", "-")
_ENDS_OF_A_DAY = ("00:00:00", "23:59:59")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ANYWHERE = (f"{MINYEAR + 1:04}", f"{MAXYEAR:04}")  # between: in the calendar in whatever zone
_MICROSECOND = timedelta(microseconds=1)


def instant(text: str | None, zone: tzinfo) -> datetime | None:
    """The moment that a timestamp states, with its own offset or else that of `zone`.

    Empty strings and zero dates state none. Of an hour that a clock runs through twice the earlier
    is meant. Raises MalformedError for what is no timestamp.
    """
    if text is None or text in _NONE:
        return None
    if text[4:14:3] not in _SEPARATORS and not _DAY.fullmatch(text):
        raise MalformedError("is not a timestamp")
    try:
        moment = datetime.fromisoformat(text)  # judges all the rest
        if moment.tzinfo is None:
            moment = datetime.combine(moment, moment.time(), zone)
        if not _ANYWHERE[0] < text < _ANYWHERE[1]:
            moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise MalformedError("is not a timestamp") from None
    return moment


def alike(texts: Sequence[str]) -> Sequence[datetime] | None:
    """The moments that timestamps state which sort as these do; None where that is not plain.

    It is where all are of one shape and offset, up to microseconds, in years from 1000 to 2999.
    """
    first, count = texts[0], len(texts)
    length, joined = len(first), "".join(texts)
    offset = length - len(first[19:].lstrip(_FRACTION))
    same = (4, 7, 10, 13, 16, 19, *range(offset, length))
    if (
        set(map(len, texts)) != {length}
        or not offset < min(length, len("2026-01-31T09:30:00.123456Z"))
        or first[4:17:3] not in _TO_THE_SECOND
        or joined[::length].strip("12")
        or any(joined[place::length] != first[place] * count for place in same)
    ):
        return None
    try:
        return list(map(datetime.fromisoformat, texts))
    except ValueError:
        return None


def in_rfc3339(text: str) -> str | None:
    """A timestamp with an offset, in the shapes that most upstreams write, as RFC 3339 has it.

    With `Z` for no offset, and no fraction of a second where it is zero. None for other shapes,
    which may be timestamps as well. What is no timestamp is not to be asked for.
    """
    length = len(text)
    if length < 20 or text[10] != "T":
        return None
    if text[-1] == "Z":
        whole = length == 20 or (length == 24 and text[19] == "." and text[20:23] != "000")
        return text if whole else None
    if text[19] not in _SIGNS:
        return None
    if length == 22:  # hours alone
        return f"{text}:00" if text[20:] != "00" else None
    return text if length == 25 and text[22] == ":" and text[20:] != "00:00" else None


def day(text: str | None) -> date | None:
    """The calendar day that a text states; empty strings and zero dates state none.

    Raises MalformedError for anything else than `1984-05-17`.
    """
    if text is None or text in _NONE:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise MalformedError("is not a date")


def day_in(moment: datetime | None, zone: tzinfo, back: timedelta = timedelta(0)) -> str | None:
    """The calendar day of a zone at a moment, or `back` before it; None outside of the calendar."""
    if moment is None:
        return None
    try:
        if back:
            moment = moment.astimezone(UTC) - back
        return moment.astimezone(zone).date().isoformat()
    except OverflowError:
        return None


def day_said(text: str, moment: datetime | None, zone: tzinfo) -> str | None:
    """The same where the moment was read out of a text, mostly written as in the zone itself."""
    if text[16:17] == ":" and text[19:] and _is_one_day(text[:10], text[19:], zone):
        return text[:10]
    return day_in(moment, zone)


@lru_cache(maxsize=4096)
def _is_one_day(day: str, offset: str, zone: tzinfo) -> bool:
    """Whether a day at this offset is the same one in a zone, from its first second to its last."""
    try:
        ends = [datetime.fromisoformat(f"{day}T{each}{offset}") for each in _ENDS_OF_A_DAY]
        first, last = (each.astimezone(zone) for each in ends)
    except (ValueError, OverflowError):
        return False
    same_offset = first.utcoffset() == last.utcoffset()
    return same_offset and first.date().isoformat() == last.date().isoformat() == day


def local(moment: datetime, zone: tzinfo) -> str:
    """A moment as upstreams without zones write it: `2026-01-31 09:30:00`, cut to the second."""
    return moment.astimezone(zone).replace(tzinfo=None).isoformat(" ", "seconds")


def utc(moment: datetime) -> str:
    """A moment in UTC with milliseconds, cut to them: `2026-01-31T09:30:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_of(micros: int) -> datetime:
    """The moment of a number of microseconds since 1970, in UTC."""
    return _EPOCH + micros * _MICROSECOND


def micros(moment: datetime) -> int:
    """Microseconds since 1970: what rows are ordered by."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
