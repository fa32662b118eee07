"""The clock of a server in Amsterdam that writes down what the clock shows and no zone.

What it shows is kept in seconds, as if it were UTC: so it sorts and compares as the text does.
"""

from calendar import timegm
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from time import gmtime, strftime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def shown_at(moment: int) -> int:
    """What the clock shows at this moment (a Unix time)."""
    return moment + _ahead(moment // 3_600)


@lru_cache(None)
def _ahead(hour: int) -> int:
    return timegm(datetime.fromtimestamp(hour * 3_600, AMSTERDAM).timetuple()) - hour * 3_600


def written(shown: int) -> str:
    """As the server writes it down: `2026-11-20 16:30:00`."""
    return strftime("%Y-%m-%d %H:%M:%S", gmtime(shown))


def read(text: str) -> int:
    """The reverse; raises ValueError if no calendar has this time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def turns(first: int, last: int) -> list[int]:
    """The moments in between at which the clock goes back by an hour."""
    years = range(gmtime(first).tm_year, gmtime(last).tm_year + 1)
    ends = [datetime(year, 10, 31, 1, tzinfo=UTC) for year in years]
    sundays = [end - timedelta(days=(end.weekday() + 1) % 7) for end in ends]
    return [turn for turn in (int(sunday.timestamp()) for sunday in sundays) if first < turn < last]
