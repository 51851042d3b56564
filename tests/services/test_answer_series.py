"""An answer's figure over time counts what the answer counted."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import FixedClock
from bot.reports.model import Granularity, Period, Unit
from bot.services.answer_series import AnswerSeries, cut
from bot.services.assistant import Answer
from bot.texts import speaker
from bot.understanding import Intent, Topic
from tests.city import TUESDAY, City
from tests.letters import ORDINARY

SV = speaker("sv")
TOPIC = Topic(intent=Intent.STATS, slots={})
DAY = timedelta(days=1)


def answer(intent="stats", **slots):
    named = {key.rstrip("_"): value for key, value in slots.items()}
    return Answer(intent=intent, slots=named, text="", confidence=1, topic=TOPIC)


days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(days, st.integers(0, 2000))
def test_the_parts_of_a_period_follow_each_other_and_are_the_whole(first, length):
    period = Period(first=first, last=first + timedelta(days=length))
    parts = list(cut(period))
    assert (parts[0].first, parts[-1].last) == (period.first, period.last)
    assert all(one.after == other.first for one, other in pairwise(parts))
    assert len({part.granularity for part in parts}) == 1


@pytest.mark.parametrize(
    ("last", "granularity", "count"),
    [
        (date(2026, 1, 31), Granularity.DAY, 31),
        (date(2026, 2, 1), Granularity.WEEK, 5),
        (date(2026, 12, 31), Granularity.MONTH, 12),
    ],
)
def test_a_period_is_cut_into_as_many_parts_as_can_be_seen(last, granularity, count):
    parts = list(cut(Period(first=date(2026, 1, 1), last=last)))
    assert ({part.granularity for part in parts}, len(parts)) == ({granularity}, count)


@pytest.fixture(scope="module")
def city(tmp_path_factory, empty_database):
    """A house with one case, which is only read."""
    folder = tmp_path_factory.mktemp("city")
    shutil.copy(empty_database, folder / "one.db")
    # Half an hour before midnight in Greenwich is the next day in Sweden.
    clock = FixedClock(TUESDAY.replace(hour=23, minute=30) - DAY)
    city = City(folder, f"sqlite:///{folder / 'one.db'}", clock=clock)
    city.post(**ORDINARY)
    city.take_in()
    yield city
    city.close()


@pytest.fixture
def series(city):
    return AnswerSeries(city.app.database, city.app.knowledge, FixedClock(TUESDAY + DAY))


def days_around():
    local = TUESDAY.date()
    return {"from_": (local - DAY).isoformat(), "to_": (local + DAY).isoformat()}


def test_cases_are_counted_on_the_local_day_on_which_they_came(series):
    found = series.of(answer(measure="volume", **days_around()), SV)
    assert found.unit is Unit.COUNT
    assert [point.value for point in found.points] == [0, 1, 0]
    assert found.title == "Antal ärenden"


def test_where_no_period_is_named_the_last_thirty_days_are_counted(series):
    found = series.of(answer(), SV)
    assert len(found.points) == 30
    assert sum(point.value for point in found.points) == 1


def test_a_share_of_nothing_at_all_is_no_series(series):
    assert series.of(answer(measure="same_day", **days_around()), SV) is None


def test_the_title_names_process_and_measure(series, city):
    process = str(city.cases()[0].process)
    found = series.of(answer(process=process, **days_around()), SV)
    assert found.title.startswith("Antal ärenden, ")


@pytest.mark.parametrize(
    "asked",
    [
        answer(intent="route", **days_around()),
        answer(measure="backlog", **days_around()),
        answer(measure="complaints", **days_around()),
        answer(from_="2026-03-03", to_="2026-03-03"),
        answer(from_="1999-01-01", to_="1999-02-01"),
        answer(customer="finns-inte", **days_around()),
    ],
    ids=["no figure", "open", "remarks", "one day", "nothing", "stranger"],
)
def test_there_is_no_series_where_there_is_nothing_to_see(series, asked):
    assert series.of(asked, SV) is None
