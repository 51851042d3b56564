from __future__ import annotations

from datetime import timedelta

import pytest

from bot.actions.result import Done
from bot.cases import PlannedAction
from bot.services.dispatch import LEASE, Dispatch
from bot.services.intake import no_probe
from bot.store.engine import open_engine
from bot.store.unit_of_work import Database
from bot.vocabulary import ActionKind
from tests.kept_database import bring_up_to_date


class Recorder:
    """Performs by noting the key; fails on the keys it is told to fail on."""

    def __init__(self):
        self.performed = []
        self.failing = {}

    def perform(self, action):
        if action.key in self.failing:
            raise self.failing[action.key]
        self.performed.append(action.key)
        return Done()

    def gave_up(self, work, action, because):
        self.performed.append(f"gave up {action.key}: {because}")


@pytest.fixture
def database(tmp_path):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    bring_up_to_date(url)
    database = Database(open_engine(url))
    yield database
    database.close()


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def dispatch(database, recorder, clock):
    performers = {ActionKind.ALERT: recorder, ActionKind.REPLY: recorder}
    return Dispatch(database, performers, clock, worker="test", probe=no_probe)


@pytest.fixture
def plan(database, clock):
    def plan_one(key, *, kind=ActionKind.REPLY, in_seconds=0, held=False):
        action = PlannedAction(
            key=key,
            kind=kind,
            case_id=None,
            due_at=clock.now() + timedelta(seconds=in_seconds),
            held=held,
        )
        with database.work() as work:
            work.actions.plan([action], clock.now())

    return plan_one


def test_what_is_due_is_performed_once_the_oldest_first(dispatch, recorder, plan, clock):
    plan("b", in_seconds=1)
    plan("a", in_seconds=2)
    clock.advance(timedelta(seconds=2))
    assert dispatch.run_due() == 2
    assert dispatch.run_due() == 0
    assert recorder.performed == ["b", "a"]


def test_what_is_not_due_or_held_waits(dispatch, recorder, plan):
    plan("later", in_seconds=1)
    plan("held", held=True)
    assert dispatch.run_due() == 0
    assert recorder.performed == []


def test_planning_the_same_key_again_performs_it_once(dispatch, recorder, plan):
    plan("a")
    plan("a")
    dispatch.run_due()
    plan("a")
    dispatch.run_due()
    assert recorder.performed == ["a"]


def test_a_stop_is_heeded_between_two_actions(dispatch, recorder, plan):
    for key in "abc":
        plan(key)
    dispatch.run_due(stop=lambda: bool(recorder.performed))
    assert recorder.performed == ["a"]


def test_a_fault_of_ours_is_raised_after_its_action_was_put_aside(dispatch, recorder, plan, clock):
    plan("bad")
    plan("good")
    recorder.failing["bad"] = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        dispatch.run_due()
    dispatch.run_due()
    assert recorder.performed == ["good"]
    recorder.failing.clear()
    clock.advance(timedelta(seconds=10))
    dispatch.run_due()
    assert recorder.performed == ["good", "bad"]


def test_an_action_of_a_worker_that_died_is_performed_by_another_after_its_lease(
    dispatch, database, recorder, plan, clock
):
    plan("a")
    with database.work() as work:
        assert work.actions.claim_due(clock.now(), worker="dead", lease=LEASE) is not None
    assert dispatch.run_due() == 0
    clock.advance(LEASE)
    assert dispatch.run_due() == 1
    assert recorder.performed == ["a"]
