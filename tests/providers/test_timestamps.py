"""Every moment comes out with an offset, and as the moment that was meant."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from providers.errors import MalformedError
from providers.timestamps import alike, day_in, day_said, in_rfc3339, instant, micros
from schema.scalars import write_moment

MOSCOW = ZoneInfo("Europe/Moscow")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
offsets = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
naive = st.datetimes(datetime(1970, 1, 2), datetime(9998, 12, 31))  # noqa: DTZ001
aware = st.builds(lambda moment, zone: moment.replace(tzinfo=zone), naive, offsets)


@pytest.mark.parametrize(
    ("text", "zone", "iso"),
    [
        ("2023-11-07T05:31:56Z", MOSCOW, "2023-11-07T05:31:56+00:00"),
        ("2023-11-07T05:31:56.250Z", MOSCOW, "2023-11-07T05:31:56.250000+00:00"),
        ("2023-11-07T05:31:56.123456789Z", MOSCOW, "2023-11-07T05:31:56.123456+00:00"),
        ("2020-04-29T08:18:03+03", UTC, "2020-04-29T08:18:03+03:00"),
        ("2020-04-29T08:18:03+0530", UTC, "2020-04-29T08:18:03+05:30"),
        ("2020-04-29T08:18:03-03:00", UTC, "2020-04-29T08:18:03-03:00"),
        ("2020-04-29 08:18:03", MOSCOW, "2020-04-29T08:18:03+03:00"),
        ("2020-04-29T08:18", MOSCOW, "2020-04-29T08:18:00+03:00"),
        ("2020-04-29", MOSCOW, "2020-04-29T00:00:00+03:00"),
        ("2025-07-01 12:00:00", AMSTERDAM, "2025-07-01T12:00:00+02:00"),
        ("2025-01-01 12:00:00", AMSTERDAM, "2025-01-01T12:00:00+01:00"),
        ("2025-10-26 02:30:00", AMSTERDAM, "2025-10-26T02:30:00+02:00"),  # the earlier of two
        ("2024-02-29T00:00:00Z", UTC, "2024-02-29T00:00:00+00:00"),
    ],
)
def test_instant(text: str, zone: tzinfo, iso: str) -> None:
    moment = instant(text, zone)
    assert moment is not None
    assert moment.isoformat() == iso


@pytest.mark.parametrize("text", [None, "", "0000-00-00", "0000-00-00 00:00:00"])
def test_zero_dates_state_no_moment(text: str | None) -> None:
    assert instant(text, UTC) is None


@pytest.mark.parametrize(
    "text",
    [
        *("yesterday", "<string>", "0", "1700000000", "12:30:00", "20231107", "2023-W45-2"),
        *("2023-02-29", "2023-13-01", "2023-11-07T25:00:00Z", "2023-11-07T05:60:00Z"),
        *("2023-11-07T05:31:56+24:00", "2023-11-07T05:31:56 MSK", "2023-11-07T"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),  # outside of the calendar
        *(" 2023-11-07", "2023-11-07 ", "2023-11-07\n", "٢٠٢٣-11-07", "2023/11/07"),
    ],
)
def test_what_is_no_timestamp(text: str) -> None:
    with pytest.raises(MalformedError, match=r"^is not a timestamp$"):
        instant(text, UTC)


def test_moment_outside_of_the_calendar_by_the_zone() -> None:
    with pytest.raises(MalformedError):
        instant("0001-01-01 00:00:00", MOSCOW)


@given(aware)
def test_own_offset_is_kept(moment: datetime) -> None:
    read = instant(moment.isoformat(), MOSCOW)
    assert read is not None
    assert (read, read.utcoffset()) == (moment, moment.utcoffset())


@given(naive)
def test_zone_is_that_of_the_source(moment: datetime) -> None:
    read = instant(str(moment), AMSTERDAM)
    assert read is not None
    assert (read.replace(tzinfo=None), read.tzinfo) == (moment, AMSTERDAM)


@given(st.text() | st.from_regex(r"\A\d{4}-\d\d-\d\d[T ]\d\d:\d\d.{0,12}\Z"))
def test_no_text_gives_a_naive_moment_or_another_error(text: str) -> None:
    try:
        moment = instant(text, MOSCOW)
    except MalformedError:
        return
    assert moment is None or moment.utcoffset() is not None


WRITTEN = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?", re.ASCII)
pieces = st.sampled_from([*"0123456789-:TWZ .,+", "2026", "-11", "W47", "T05", ":31", "+03:00"])


@given(st.lists(pieces, max_size=14).map("".join) | st.from_regex(r"\A\d{4}-\d\d.\d\d.{0,12}\Z"))
@example("2026-W47-6")
@example("2026W47-05:31")
@example("2026-W47-6T05:31")
@example("20261121T05:31:00")
@example("2026-11-21T0531")
def test_no_other_shape_is_a_timestamp(text: str) -> None:
    """Python itself reads more, such as weeks."""
    try:
        moment = instant(text, MOSCOW)
    except MalformedError:
        return
    assert moment is None or WRITTEN.fullmatch(text)


@st.composite
def written(draw: st.DrawFn) -> str:
    """A timestamp near others, in shapes that may differ in one place."""
    days = ["2026-01-01", "2026-01-02", "0999-12-31", "3000-01-01", "2026-02-30"]
    day = draw(st.sampled_from(days))
    clock = draw(st.sampled_from(["00:00:00", "00:00:01", "23:59:59", "24:00:00", "00:00"]))
    fraction = draw(st.sampled_from(["", ".5", ".50", ".123456", ".1234567", ".1234568"]))
    offset = draw(st.sampled_from(["Z", "+03", "+04", "-03", "+03:00", ""]))
    return f"{day}{draw(st.sampled_from('T '))}{clock}{fraction}{offset}"


@st.composite
def of_one_shape(draw: st.DrawFn) -> Sequence[str]:
    shape = draw(st.sampled_from(["seconds", "milliseconds", "microseconds"]))
    between, offset = draw(st.sampled_from("T ")), draw(st.sampled_from(["Z", "+03", "-03:30"]))
    moments = draw(st.lists(st.datetimes(datetime(1000, 1, 1), datetime(2999, 12, 31)), min_size=1))  # noqa: DTZ001
    return [moment.isoformat(between, shape) + offset for moment in moments]


@given(of_one_shape() | st.lists(written(), min_size=1, max_size=4))
def test_timestamps_that_are_alike_sort_as_their_moments(texts: Sequence[str]) -> None:
    found = alike(texts)
    if found is not None:
        assert found == [instant(text, MOSCOW) for text in texts]
        keys = [micros(moment) for moment in found]
        for text, key in zip(texts, keys, strict=True):
            assert [each < text for each in texts] == [each < key for each in keys]
            assert [each == text for each in texts] == [each == key for each in keys]


@given(of_one_shape())
def test_timestamps_of_one_shape_are_alike(texts: Sequence[str]) -> None:
    assert alike(texts) is not None


@pytest.mark.parametrize(
    "others",
    [
        ["2026-11-21T17:55:55+04"],  # another offset
        ["2026-11-21 17:55:55+03"],
        ["2026-11-21T17:55:5503"],
        ["2026-11-31T17:55:55+03"],  # no day
        ["0026-11-21T17:55:55+03"],
        ["2026-11-21T17:55:55+0", "32026-11-21T17:55:55+03"],
        [""],
    ],
)
def test_timestamps_that_are_not_alike(others: Sequence[str]) -> None:
    assert alike(["2026-11-21T17:55:55+03"]) is not None
    assert alike(["2026-11-21T17:55:55+03", *others]) is None


@pytest.mark.parametrize(
    ("iso", "expected"),
    [
        ("1970-01-01T00:00:00+00:00", 0),
        ("1970-01-01T03:00:00.000001+03:00", 1),
        ("1969-12-31T23:59:59.999999+00:00", -1),
        ("2023-11-07T05:31:56.123457+00:00", 1_699_335_116_123_457),
    ],
)
def test_micros(iso: str, expected: int) -> None:
    assert micros(datetime.fromisoformat(iso)) == expected


@given(aware, st.integers(-(10**9), 10**9))
def test_micros_are_exact(moment: datetime, distance: int) -> None:
    assert micros(moment + timedelta(microseconds=distance)) - micros(moment) == distance


@given(aware, offsets)
def test_micros_do_not_depend_on_the_offset(moment: datetime, zone: tzinfo) -> None:
    assert micros(moment.astimezone(zone)) == micros(moment)


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from(["T", " "]),
    st.sampled_from(["", ".000", ".5", ".780", ".786", ",786", ".000001", ".780000"]),
    st.sampled_from(["", "Z", "+03", "-03", "+00", "-00", "+03:00", "+00:00", "-00:00", "+0330"]),
)
def test_shape_that_is_rfc_3339_means_the_moment(
    moment: datetime, between: str, fraction: str, offset: str
) -> None:
    text = f"{moment:%Y-%m-%d}{between}{moment:%H:%M:%S}{fraction}{offset}"
    with suppress(MalformedError):
        found = instant(text, MOSCOW)
        assert in_rfc3339(text) in (None, found and write_moment(found))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-11-21T17:55:55+03", "2026-11-21T17:55:55+03:00"),
        ("2026-11-21T17:55:55+00", None),
        ("2026-11-21T17:55:55-09:30", "2026-11-21T17:55:55-09:30"),
        ("2026-11-21T17:55:55Z", "2026-11-21T17:55:55Z"),
        ("2026-11-21T17:55:55.780Z", "2026-11-21T17:55:55.780Z"),
        ("2026-11-21T17:55:55.000Z", None),
        ("2026-11-21 17:55:55", None),
        ("", None),
    ],
)
def test_usual_shapes_are_known(text: str, written: str | None) -> None:
    assert in_rfc3339(text) == written


ODD_ZONES = (
    "Europe/Moscow",
    "America/Havana",
    "America/Asuncion",
    "Pacific/Apia",
    "Asia/Kathmandu",
)
nights = st.datetimes(datetime(1991, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(hour=moment.hour % 3 - 1) if moment.hour % 3 else moment
)


@given(
    st.one_of(naive, nights),
    st.sampled_from(["T", " "]),
    st.sampled_from(["", ".5", ".786123"]),
    st.sampled_from(["", "Z", "+03", "-05:00", "-04:00", "+13:00", "-11:00", "+05:45", "+0530"]),
    st.sampled_from(ODD_ZONES),
)
def test_day_is_that_of_the_zone_however_it_is_said(
    moment: datetime, between: str, fraction: str, offset: str, name: str
) -> None:
    zone = ZoneInfo(name)
    text = f"{moment:%Y-%m-%d}{between}{moment:%H:%M:%S}{fraction}{offset}"
    with suppress(MalformedError):
        found = instant(text, zone)
        assert day_said(text, found, zone) == day_in(found, zone)


@pytest.mark.parametrize("text", ["2026-01-31", "2026-01-31T09:30", "2026-01-31T09:30+03:00"])
def test_day_of_a_moment_that_is_said_without_seconds(text: str) -> None:
    assert day_said(text, instant(text, MOSCOW), MOSCOW) == "2026-01-31"


def test_no_day_is_said() -> None:
    assert day_said("", None, MOSCOW) is None
