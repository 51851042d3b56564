"""An answer's figure over time is that of the reports, on the days that the answer is about."""

from __future__ import annotations

import shutil
from datetime import date, timedelta

import pytest

from bot.clock import FixedClock
from bot.reports.model import Period, Unit
from bot.reports.scope import By
from bot.services.answer_series import AnswerSeries, by_for
from bot.services.assistant import Answer
from bot.services.reporting import Reporting
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


@pytest.mark.parametrize(
    ("last", "by"),
    [
        (date(2026, 1, 31), By.DAY),
        (date(2026, 2, 1), By.WEEK),
        (date(2026, 7, 1), By.WEEK),
        (date(2026, 7, 2), By.MONTH),
    ],
)
def test_a_period_is_cut_into_as_many_parts_as_can_be_seen(last, by):
    assert by_for(Period(first=date(2026, 1, 1), last=last)) is by


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
    clock = FixedClock(TUESDAY + DAY)
    reporting = Reporting(city.app.database, city.app.knowledge, clock)
    return AnswerSeries(reporting, city.app.knowledge)


def days_around():
    local = TUESDAY.date()
    return {"from_": (local - DAY).isoformat(), "to_": (local + DAY).isoformat()}


def test_cases_are_counted_on_the_local_day_on_which_they_came(series):
    found = series.of(answer(measure="volume", **days_around()), SV)
    assert found.unit is Unit.COUNT
    assert [(point.label, point.value) for point in found.points] == [
        *(("2/3", 0), ("3/3", 1), ("4/3", 0)),
    ]
    assert found.title == "Antal ärenden"


def test_what_was_open_is_counted_at_the_end_of_each_day(series):
    found = series.of(answer(measure="backlog", **days_around()), SV)
    assert [point.value for point in found.points] == [0, 1, 1]


def test_where_no_period_is_named_the_last_thirty_days_are_counted(series):
    found = series.of(answer(), SV)
    assert len(found.points) == 30
    assert sum(point.value for point in found.points) == 1


def test_weeks_have_their_number(series):
    found = series.of(answer(from_="2026-02-02", to_="2026-03-08"), SV)
    assert [point.label for point in found.points] == ["v. 6", "v. 7", "v. 8", "v. 9", "v. 10"]


def test_the_title_names_process_and_measure(series, city):
    case = city.cases()[0]
    found = series.of(answer(process=str(case.process), **days_around()), SV)
    name = city.app.knowledge.names_in("sv").process(case.process)
    assert found.title == f"Antal ärenden, {name}"


@pytest.mark.parametrize(
    "asked",
    [
        answer(intent="route", **days_around()),
        answer(measure="same_day", **days_around()),
        answer(measure="complaints", **days_around()),
        answer(from_="2026-03-03", to_="2026-03-03"),
        answer(from_="1999-01-01", to_="1999-02-01"),
        answer(customer="finns-inte", **days_around()),
    ],
    ids=["no figure", "no share", "remarks", "one day", "nothing", "stranger"],
)
def test_there_is_no_series_where_there_is_nothing_to_see(series, asked):
    assert series.of(asked, SV) is None
