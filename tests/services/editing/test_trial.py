"""An open change is tried on the mail of the last 90 days, by one worker, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.edits import DocumentPath, Touch, TrialState
from bot.errors import KnowledgeError, Saying
from bot.in_force import trials_for
from bot.services.editing.drafting import Draft
from bot.services.editing.trial import Trials
from tests.city import City
from tests.letters import ORDINARY

ANNA = "agneta-brandt"
TAGS = DocumentPath("knowledge/tags.yaml")


@pytest.fixture
def city(tmp_path, sqlite_url):
    city = City(tmp_path / "mail", sqlite_url)
    yield city
    city.close()


def saved(city):
    read = city.app.editing.read(TAGS)
    after = read.content.replace(b"[KUND,", b"[KUNDEN, KUND,", 1)
    return city.app.editing.save(Draft(files={TAGS: after}, seen={TAGS: read.digest}), by=ANNA)


def trials(city, make=None, **more):
    app = city.app
    made = make or trials_for(app.settings)
    return Trials(app.database, app.editing.ground, city.clock, made, **more)


@pytest.mark.slow
def test_only_mail_of_the_last_days_is_tried(city):
    city.post(**ORDINARY)
    city.work_off()
    city.later(days=91)
    city.post(**ORDINARY | {"subject": "En annan fråga"})
    city.work_off()
    change = saved(city)
    assert trials(city).try_next()
    tried = city.app.editing.change(change.id)
    assert tried.trial_state is TrialState.DONE
    assert tried.trial["mails"] == 1
    assert not trials(city).try_next()


def test_a_trial_that_a_worker_began_is_taken_over_when_it_shows_no_life(city):
    change = saved(city)
    with city.app.database.work() as work:
        now = city.clock.now()
        assert work.knowledge.claim_trial(now, stale=now - timedelta(minutes=5))
    assert not trials(city).try_next()
    city.later(minutes=6)
    assert trials(city).try_next()
    assert city.app.editing.change(change.id).trial_state is TrialState.DONE


@pytest.mark.slow
def test_a_trial_ends_when_the_worker_stops_and_is_begun_anew(city):
    change = saved(city)
    assert trials(city, stop=lambda: True).try_next()
    assert city.app.editing.change(change.id).trial_state is TrialState.RUNNING
    city.later(minutes=6)
    trials(city).try_next()
    assert city.app.editing.change(change.id).trial_state is TrialState.DONE


def test_a_withdrawn_change_is_tried_by_nobody(city):
    change = saved(city)
    city.app.editing.refuse(change.id, by=ANNA)
    assert not trials(city).try_next()


def test_a_change_that_cannot_be_tried_needs_a_colleague(city):
    change = saved(city)

    def fails(_holds, _tried):
        raise KnowledgeError("tags.yaml", 1, Saying("filen saknas"))

    assert trials(city, fails).try_next()
    tried = city.app.editing.change(change.id)
    assert tried.trial_state is TrialState.FAILED
    assert Touch.NOT_TRIED in tried.reasons
