"""What people think of answers: one word for each person and answer, counted by kind."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.ratings import Face, Rating
from bot.store.ratings import RatingCount
from bot.vocabulary import PersonKey, ProcessKey
from tests.kept_database import BOTH, empty
from tests.made_cases import TUESDAY

ANNA, BO = PersonKey("anna"), PersonKey("bo")
KR = ProcessKey("kundreskontra")


@pytest.fixture(params=BOTH)
def database(databases, request):
    database = databases(request.param)
    yield database
    empty(database)


def rate(database, *, helped, person=ANNA, answer="slack:C1:1.5", intent="route", at=TUESDAY):
    with database.work() as work:
        rating = Rating(
            answer=answer, person=person, face=Face.SLACK, intent=intent, process=KR, helped=helped
        )
        work.ratings.put(rating, at)


def counted(database):
    with database.reading() as work:
        return work.ratings.counted(TUESDAY)


def test_the_last_word_of_each_person_on_an_answer_counts(database):
    rate(database, helped=True)
    rate(database, helped=False)
    rate(database, helped=True, person=BO)
    rate(database, helped=True, answer="slack:C1:2.5", intent="stats")
    assert counted(database) == [
        RatingCount(intent="route", process=KR, helped=False, count=1),
        RatingCount(intent="route", process=KR, helped=True, count=1),
        RatingCount(intent="stats", process=KR, helped=True, count=1),
    ]


def test_who_rated_is_forgotten_and_how_many_did_stays(database):
    rate(database, helped=False)
    rate(database, helped=False, person=BO)
    rate(database, helped=False, answer="slack:C1:2.5", at=TUESDAY + timedelta(days=2))
    before = TUESDAY + timedelta(days=1)
    with database.work() as work:
        assert work.keeping.forget_raters(before=before, dry_run=True) == {"ratings": 2}
        assert work.keeping.forget_raters(before=before) == {"ratings": 2}
        assert work.keeping.forget_raters(before=before) == {"ratings": 0}
    assert [one.count for one in counted(database)] == [3]
