"""Instants: read from the many ways that upstreams write them, always with an offset."""

import re
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from providers.errors import MalformedError

_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NONE = ("", "0000-00-00", "0000-00-00 00:00:00")
_SIGNS = ("+", "-")
_ENDS_OF_A_DAY = ("00:00:00", "23:59:59")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ANYWHERE = (MINYEAR + 1, MAXYEAR - 1)  # years that are in the calendar in whatever zone
_MICROSECOND = timedelta(microseconds=1)


def instant(text: str | None, zone: tzinfo) -> datetime | None:
    """The moment that a timestamp states, with its own offset or else that of `zone`.

    Empty strings and zero dates state none. Of an hour that a clock runs through twice the earlier
    is meant. Raises MalformedError for what is no timestamp.
    """
    if text is None or text in _NONE:
        return None
    if not _WRITTEN.fullmatch(text):
        raise MalformedError("is not a timestamp")
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        if not _ANYWHERE[0] <= moment.year <= _ANYWHERE[1]:
            moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise MalformedError("is not a timestamp") from None
    return moment


def in_rfc3339(text: str) -> str | None:
    """A timestamp with an offset, in the shapes that most upstreams write, as RFC 3339 has it.

    With `Z` for no offset, and no fraction of a second where it is zero. None for other shapes,
    which may be timestamps as well. What is no timestamp is not to be asked for.
    """
    offset = _offset(text[19:]) if text[10:11] == "T" else None
    return text[:19] + offset if offset else None


@lru_cache(maxsize=1024)
def _offset(end: str) -> str | None:
    """What is behind the seconds of a timestamp, as RFC 3339 has it; None for other shapes."""
    sign, length = end[:1], len(end)
    if length == 3 and sign in _SIGNS and end[1:] != "00":  # hours alone
        return f"{end}:00"
    if length == 6 and sign in _SIGNS and end[1:] != "00:00" and end[3] == ":":
        return end
    whole = length == 1 or (length == 5 and sign == "." and end[1:4] != "000")
    return end if whole and end[-1] == "Z" else None


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
