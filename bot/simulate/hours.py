"""Working time and local time in whole seconds, fast: for millions of instants of some years.

What `bot.worktime` says, prepared for one span of time. Instants are seconds since 1970, UTC.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

from bot.worktime import Calendar

DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1)
_CLOCK = tuple(f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}" for at in range(DAY))


class Hours:
    """The opening hours of an office between two instants, and a year on either side."""

    def __init__(self, calendar: Calendar, first: datetime, last: datetime) -> None:
        """Prepare the years of a span; instants must be within it."""
        self.calendar = calendar
        self._opens: list[int] = []
        self._closes: list[int] = []
        self._before: list[int] = []
        total = 0
        for number in range(first.year - 1, last.year + 2):
            year = calendar.year(number)
            for opens, closes in zip(year.opens, year.closes, strict=True):
                self._opens.append(opens // 1_000_000)
                self._closes.append(closes // 1_000_000)
                self._before.append(total)
                total += self._closes[-1] - self._opens[-1]
        self._offsets: dict[int, int] = {}
        self._days: dict[int, str] = {}
        self._mail_days: dict[tuple[int, int], tuple[str, str]] = {}

    def open_until(self, at: int) -> int:
        """Return the open seconds from the beginning of the span to an instant."""
        index = bisect_right(self._opens, at) - 1
        if index < 0:
            return 0
        closes = self._closes[index]
        return self._before[index] + (at if at < closes else closes) - self._opens[index]

    def between(self, start: int, end: int) -> int:
        """Return the open seconds between two instants, as `worktime.working_time` does."""
        return self.open_until(end) - self.open_until(start) if end > start else 0

    def after(self, at: int, seconds: int) -> int:
        """Return when so many open seconds, at least one, have passed since an instant."""
        wanted = self.open_until(at) + seconds
        index = bisect_left(self._before, wanted) - 1
        return self._opens[index] + wanted - self._before[index]

    def is_open(self, at: int) -> bool:
        """Tell whether the office is open."""
        index = bisect_right(self._opens, at) - 1
        return index >= 0 and at < self._closes[index]

    def next_opening(self, at: int) -> int:
        """Return when the office next opens after an instant."""
        return self._opens[bisect_right(self._opens, at)]

    def next_working_moment(self, at: int) -> int:
        """Return an instant if the office is open then, else when it next opens."""
        return at if self.is_open(at) else self.next_opening(at)

    def offset(self, at: int) -> int:
        """Return how many seconds the clock on the wall is ahead of UTC around an instant."""
        hour = at // 3600
        found = self._offsets.get(hour)
        if found is None:
            shift = moment(hour * 3600).astimezone(self.calendar.zone).utcoffset() or timedelta()
            found = self._offsets[hour] = int(shift.total_seconds())
        return found

    def local_year(self, at: int) -> int:
        """Return the year on the wall."""
        return self.local_day(at).year

    def local_day(self, at: int) -> date:
        """Return the date on the wall."""
        return _EPOCH_DAY + timedelta(days=(at + self.offset(at)) // DAY)

    def day_in_text(self, at: int) -> str:
        """Return the date on the wall as ISO 8601 has it."""
        day = (at + self.offset(at)) // DAY
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = (_EPOCH_DAY + timedelta(days=day)).isoformat()
        return found

    def mail_date(self, at: int) -> tuple[str, str]:
        """Return the day and the time that the Date header of a mail has, in local time.

        Both with the blanks after them: ``Wed, 25 Nov 2026 `` and ``13:00:00 +0100``.
        """
        shift = self.offset(at)
        day, rest = divmod(at + shift, DAY)
        known = self._mail_days.get((day, shift))
        if known is None:
            whole = format_datetime(moment(at).astimezone(self.calendar.zone))
            known = self._mail_days[day, shift] = (whole[:17], whole[-6:])
        return known[0], _CLOCK[rest] + known[1]


def moment(at: int) -> datetime:
    """Return seconds since 1970 as an aware instant."""
    return datetime.fromtimestamp(at, UTC)


def whole_second(at: datetime) -> int:
    """Return the first whole second since 1970 that is not before an aware instant."""
    return seconds(at) + (at.microsecond > 0)


def seconds(at: datetime) -> int:
    """Return an aware instant in whole seconds since 1970."""
    return int((at - _EPOCH) // timedelta(seconds=1))
