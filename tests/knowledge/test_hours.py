from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.errors import KnowledgeError
from bot.knowledge import bundled_folder
from bot.knowledge.hours import FIRST_YEAR, LAST_YEAR, Eve, OpeningHours, make_calendar
from bot.knowledge.yaml_file import read
from bot.worktime import OPEN, WEEKEND, Calendar, explain, is_open, next_opening, working_time

WEEK = "zone: Europe/Stockholm\nweek:\n" + "".join(
    f'  {day}: ["08:00-17:00"]\n'
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
)
ALL_EVES = "".join(f"    - {eve}\n" for eve in Eve)


@pytest.fixture(scope="module")
def sample() -> Calendar:
    return make_calendar(read(bundled_folder() / "hours.yaml", OpeningHours))


def calendar(folder: Path, more: str = "", week: str = WEEK) -> Calendar:
    file = folder / "hours.yaml"
    file.write_text(week + more, encoding="utf-8")
    return make_calendar(read(file, OpeningHours))


def closing(found: Calendar, day: str) -> time:
    return found.intervals(date.fromisoformat(day))[-1].closes


# Source: lag (1989:253) om allmänna helgdagar, and almanacs of the three years.
HOLIDAYS = """
2026-01-01 nyarsdagen  2026-01-06 trettondedag_jul  2026-04-03 langfredagen
2026-04-06 annandag_pask  2026-05-01 forsta_maj  2026-05-14 kristi_himmelsfardsdag
2026-12-25 juldagen
2027-01-01 nyarsdagen  2027-01-06 trettondedag_jul  2027-03-26 langfredagen
2027-03-29 annandag_pask  2027-05-06 kristi_himmelsfardsdag
2028-01-06 trettondedag_jul  2028-04-14 langfredagen  2028-04-17 annandag_pask
2028-05-01 forsta_maj  2028-05-25 kristi_himmelsfardsdag  2028-06-06 nationaldagen
2028-12-25 juldagen  2028-12-26 annandag_jul
"""
EVES_OFF = """
2026-06-19 midsommarafton  2026-12-24 julafton  2026-12-31 nyarsafton
2027-06-25 midsommarafton  2027-12-24 julafton  2027-12-31 nyarsafton
2028-06-23 midsommarafton
"""
HALF_DAYS = """
2026-01-05 trettondagsafton  2026-04-02 skartorsdagen  2026-04-30 valborgsmassoafton
2026-05-13 dag_fore_kristi_himmelsfard  2026-06-05 dag_fore_nationaldagen
2026-10-30 dag_fore_alla_helgons_dag
2027-01-05 trettondagsafton  2027-03-25 skartorsdagen  2027-04-30 valborgsmassoafton
2027-05-05 dag_fore_kristi_himmelsfard  2027-11-05 dag_fore_alla_helgons_dag
2028-01-05 trettondagsafton  2028-04-13 skartorsdagen
2028-05-24 dag_fore_kristi_himmelsfard  2028-06-05 dag_fore_nationaldagen
2028-11-03 dag_fore_alla_helgons_dag
"""
SQUEEZE_DAYS = "2026-01-02 2026-01-05 2026-05-15 2027-05-07 2028-01-07 2028-05-26 2028-06-05"


def days_of(table: str) -> dict[date, str]:
    words = table.split()
    return {
        date.fromisoformat(day): f"day.{name}"
        for day, name in zip(words[::2], words[1::2], strict=True)
    }


def weekdays_of_three_years() -> list[date]:
    first = date(2026, 1, 1)
    days = (first + timedelta(days=n) for n in range((date(2029, 1, 1) - first).days))
    return [day for day in days if day.weekday() < 5]


def test_the_weekdays_off_of_three_years_are_those_of_the_almanac(sample):
    off = {day: sample.note(day) for day in weekdays_of_three_years() if not sample.intervals(day)}
    assert off == days_of(HOLIDAYS) | days_of(EVES_OFF)


def test_the_half_days_of_three_years_are_those_of_the_almanac(sample):
    short = {
        day: sample.note(day)
        for day in weekdays_of_three_years()
        if sample.is_working_day(day) and closing(sample, day.isoformat()) == time(13)
    }
    assert short == days_of(HALF_DAYS)


def test_the_squeeze_days_of_three_years_stand_alone_between_days_off(tmp_path):
    found = calendar(tmp_path)
    squeezed = [
        day.isoformat() for day in weekdays_of_three_years() if found.note(day) == "day.klamdag"
    ]
    assert squeezed == SQUEEZE_DAYS.split()


def test_a_squeeze_day_is_an_ordinary_day_unless_it_has_hours_of_its_own(tmp_path):
    assert closing(calendar(tmp_path), "2026-05-15") == time(17)
    own = calendar(tmp_path, 'squeeze_days: {hours: ["09:00-12:00", "13:00-15:00"]}\n')
    assert closing(own, "2026-05-15") == time(15)


def test_a_day_that_is_squeezed_and_short_keeps_to_both(tmp_path):
    more = (
        'squeeze_days: {hours: ["09:00-12:00", "13:00-15:00"]}\n'
        'half_days: {closes: "14:00", eves: [trettondagsafton]}\n'
    )
    (morning, afternoon) = calendar(tmp_path, more).intervals(date(2026, 1, 5))
    assert (morning.opens, morning.closes) == (time(9), time(12))
    assert (afternoon.opens, afternoon.closes) == (time(13), time(14))


def test_a_half_day_that_ends_before_the_office_opens_is_a_day_off(tmp_path):
    found = calendar(tmp_path, 'half_days: {closes: "08:00", eves: [skartorsdagen]}\n')
    assert found.intervals(date(2026, 4, 2)) == ()
    assert found.note(date(2026, 4, 2)) == "day.skartorsdagen"


def test_every_eve_can_be_a_half_day(tmp_path):
    found = calendar(tmp_path, f'half_days:\n  closes: "12:00"\n  eves:\n{ALL_EVES}')
    codes = {
        special.code for day, special in found.special.items() if day.year in range(2020, 2030)
    }
    assert codes - {"day.klamdag"} == {f"day.{eve}" for eve in Eve}


def test_without_half_days_an_eve_is_an_ordinary_day(tmp_path):
    assert closing(calendar(tmp_path), "2026-04-02") == time(17)


def test_eves_are_working_days_where_only_holidays_by_law_are_off(tmp_path):
    found = calendar(tmp_path, "holidays: [public]\n")
    assert found.is_working_day(date(2026, 12, 24))
    assert not found.is_working_day(date(2026, 12, 25))


def test_an_extra_closed_date_is_a_day_off_and_makes_its_neighbour_a_squeeze_day(tmp_path):
    found = calendar(tmp_path, "closed: [2026-03-05]\n")
    assert found.note(date(2026, 3, 5)) == "day.extra_closed"
    assert found.intervals(date(2026, 3, 5)) == ()
    assert found.note(date(2026, 3, 6)) == "day.klamdag"


def test_an_extra_open_date_goes_before_weekends_and_holidays(tmp_path):
    more = (
        "open:\n"
        '  - {date: 2026-03-07, hours: ["09:00-13:00"]}\n'
        '  - {date: 2026-04-03, hours: ["10:00-11:00"]}\n'
    )
    found = calendar(tmp_path, more)
    assert closing(found, "2026-03-07") == time(13)
    assert closing(found, "2026-04-03") == time(11)
    assert found.note(date(2026, 4, 3)) == "day.extra_open"


def test_beside_an_extra_open_date_there_is_no_squeeze_day(tmp_path):
    found = calendar(tmp_path, 'open: [{date: 2026-05-16, hours: ["09:00-13:00"]}]\n')
    assert found.note(date(2026, 5, 15)) is None


def test_a_holiday_on_a_weekend_is_explained_as_a_weekend(sample):
    assert sample.note(date(2026, 6, 6)) == WEEKEND


def test_the_first_of_two_holidays_on_one_day_gives_the_code(tmp_path):
    assert calendar(tmp_path).note(date(2008, 5, 1)) == "day.forsta_maj"


def test_the_national_day_is_a_holiday_since_2005(tmp_path):
    found = calendar(tmp_path)
    assert found.is_working_day(date(2003, 6, 6))
    assert not found.is_working_day(date(2005, 6, 6))


def test_outside_the_known_years_there_are_only_weekends(tmp_path):
    found = calendar(tmp_path)
    assert found.is_working_day(date(LAST_YEAR + 1, 12, 26))
    assert found.is_working_day(date(FIRST_YEAR - 1, 12, 26))
    assert not found.is_working_day(date(LAST_YEAR, 12, 24))


def test_the_days_off_of_all_known_years_can_be_listed(tmp_path):
    closed = calendar(tmp_path).closed
    years = {day.year for day in closed}
    assert years == set(range(FIRST_YEAR, LAST_YEAR + 1))
    assert len(closed) == len(list(closed))


def test_easter_is_counted_by_the_sample_hours(sample):
    start = datetime(2026, 4, 2, 9, tzinfo=UTC)
    end = datetime(2026, 4, 7, 9, tzinfo=UTC)
    # Maundy Thursday 11-13 and Tuesday 8-11, summer time.
    assert working_time(start, end, sample) == timedelta(hours=5)


def test_every_reason_in_an_explanation_is_a_code(sample):
    rows = explain(datetime(2025, 12, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC), sample)
    notes = {row.note for row in rows}
    assert all(re.fullmatch(r"(day|hours)\.[a-z_]+", note) for note in notes)
    assert {OPEN, WEEKEND, "day.langfredagen", "day.klamdag"} <= notes


def test_after_christmas_the_sample_office_opens_on_the_next_working_day(sample):
    evening = datetime(2026, 12, 23, 20, tzinfo=UTC)
    assert not is_open(evening, sample)
    assert next_opening(evening, sample).astimezone(sample.zone) == datetime(
        2026, 12, 28, 8, tzinfo=sample.zone
    )


def test_the_holidays_library_is_not_imported_before_a_day_is_asked_for():
    program = (
        "import sys\n"
        "from bot.knowledge import bundled_folder, load\n"
        "load(bundled_folder()).calendar\n"
        "assert 'holidays' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_an_eve_ends_by_the_clock_on_the_wall(tmp_path):
    with pytest.raises(KnowledgeError, match=r"rad \d+: half_days.closes: .*utan tidszon"):
        calendar(tmp_path, 'half_days: {closes: "12:00Z", eves: [skartorsdagen]}\n')
