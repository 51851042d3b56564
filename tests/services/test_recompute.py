from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from bot.cases import Event
from bot.services.recompute import recompute
from bot.store import schema
from bot.store.engine import open_engine
from bot.store.unit_of_work import Database
from bot.vocabulary import EventKind
from tests.city import shipped_material
from tests.made_cases import a_case

TUESDAY = datetime(2026, 3, 3, 9, tzinfo=UTC)
CALENDAR = shipped_material().knowledge.calendar
CASE = a_case(at=TUESDAY)


@pytest.fixture
def database(database_url):
    engine = open_engine(database_url)
    schema.upgrade(engine)
    database = Database(engine)
    with database.work() as work:
        work.cases.insert([CASE])
    yield database
    database.close()


def record(database, *instants, working_seconds=0, wall=timedelta(hours=1)):
    events = [
        Event(
            case_id=1,
            kind=EventKind.VIEWED,
            at=at,
            actor="system",
            wall_seconds=int(wall.total_seconds()),
            working_seconds=working_seconds,
        )
        for at in instants
    ]
    with database.work() as work:
        work.cases.record(events)


def seconds(database):
    with database.reading() as work:
        return [event.working_seconds for event in work.cases.events(1)]


def test_wrong_working_seconds_are_counted_anew_from_the_wall_time(database):
    record(database, TUESDAY)
    found = recompute(database, CALENDAR, TUESDAY, TUESDAY + timedelta(days=1))
    assert (found.events, found.changed) == (1, 1)
    assert seconds(database) == [3600]


def test_what_was_counted_right_stays_whatever_the_fraction_of_its_second(database):
    # A day is over at closing: a clock that starts a fraction late loses a second of it.
    came, looked_at = TUESDAY, TUESDAY + timedelta(hours=15, microseconds=900_000)
    event = Event.on(
        dataclasses.replace(CASE, clock_started_at=came),
        EventKind.VIEWED,
        looked_at,
        CALENDAR,
        actor="system",
    )
    with database.work() as work:
        work.cases.record([event])
    found = recompute(database, CALENDAR, came, came + timedelta(days=1))
    assert (found.events, found.changed) == (1, 0)


def test_the_first_instant_counts_and_the_last_does_not(database):
    record(database, TUESDAY, TUESDAY + timedelta(hours=1), TUESDAY + timedelta(hours=2))
    recompute(database, CALENDAR, TUESDAY, TUESDAY + timedelta(hours=2))
    assert seconds(database) == [3600, 3600, 0]


def test_more_events_than_one_batch_holds_are_all_counted(database):
    record(database, *[TUESDAY + timedelta(seconds=n) for n in range(1050)])
    found = recompute(database, CALENDAR, TUESDAY, TUESDAY + timedelta(days=1))
    assert (found.events, found.changed) == (1050, 1050)
    assert set(seconds(database)) == {3600}


def test_right_ones_are_left_alone(database):
    record(database, TUESDAY, working_seconds=3600)
    assert recompute(database, CALENDAR, TUESDAY, TUESDAY + timedelta(days=1)).changed == 0
