"""Offices with awkward hours, and instants to try them with."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from bot.worktime import Calendar, Interval, Special

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def hours(*texts: str) -> tuple[Interval, ...]:
    return tuple(
        Interval(opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))
        for opens, _, closes in (text.partition("-") for text in texts)
    )


# With a lunch break, a day off, a short day, a Saturday, and nights over the clock change.
OFFICE = Calendar(
    zone=STOCKHOLM,
    week=dict.fromkeys(range(5), hours("08:00-12:00", "13:00-17:00")),
    closed={date(2026, 4, 3): "day.langfredagen", date(2026, 4, 5): "day.paskdagen"},
    special={
        date(2026, 4, 2): Special(intervals=hours("08:00-12:00"), code="day.skartorsdagen"),
        date(2026, 5, 9): Special(intervals=hours("10:00-14:00"), code="day.extra_open"),
    },
)
ALWAYS = Calendar(
    zone=STOCKHOLM, week=dict.fromkeys(range(7), hours("00:00-12:00", "12:00-23:59:59.999999"))
)
NIGHT = Calendar(zone=STOCKHOLM, week={6: hours("01:00-02:30", "02:30-04:00")})
NEW_YORK = Calendar(zone=ZoneInfo("America/New_York"), week={0: hours("09:00-17:00")})

calendars = st.sampled_from([OFFICE, ALWAYS, NIGHT, NEW_YORK])
wall = datetime.fromisoformat
instants = st.datetimes(wall("2024-12-01"), wall("2027-02-01"), timezones=st.just(UTC))
spring = st.datetimes(wall("2026-03-28"), wall("2026-03-30"), timezones=st.just(UTC))
autumn = st.datetimes(wall("2026-10-24"), wall("2026-10-26"), timezones=st.just(UTC))
new_year = st.datetimes(wall("2023-12-31"), wall("2024-01-02"), timezones=st.just(UTC))
moments = instants | spring | autumn | new_year
spans = st.timedeltas(timedelta(), timedelta(days=3)) | st.timedeltas(
    timedelta(), timedelta(days=500)
)


def at(text: str, zone: ZoneInfo = STOCKHOLM) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)
