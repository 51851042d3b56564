from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from bot.cases import PlannedAction
from bot.vocabulary import ActionKind, ActionState

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEASE = timedelta(minutes=5)


def planned(database, *keys, due_at=NOON, held=False):
    with database.work() as work:
        work.actions.plan(
            [
                PlannedAction(
                    key=key, kind=ActionKind.REPLY, case_id=None, due_at=due_at, held=held
                )
                for key in keys
            ],
            NOON,
        )


def claim(database, now=NOON, worker="a"):
    with database.work() as work:
        return work.actions.claim_due(now, worker=worker, lease=LEASE)


def test_an_action_planned_twice_is_performed_once(database):
    planned(database, "reply:1")
    planned(database, "reply:1")
    assert claim(database).key == "reply:1"
    assert claim(database) is None


def test_an_action_is_claimed_by_one_worker_only(database):
    keys = [f"reply:{n:02}" for n in range(40)]
    planned(database, *keys)
    with ThreadPoolExecutor(8) as pool:
        claimed = [
            action.key for action in pool.map(lambda _: claim(database), range(60)) if action
        ]
    assert sorted(claimed) == keys


def test_actions_are_claimed_in_the_order_they_are_due(database):
    planned(database, "later", due_at=NOON - timedelta(minutes=1))
    planned(database, "sooner", due_at=NOON - timedelta(minutes=2))
    assert [claim(database).key, claim(database).key] == ["sooner", "later"]


def test_a_crashed_worker_loses_its_claim_after_the_lease(database):
    planned(database, "reply:1")
    assert claim(database)
    assert claim(database, NOON + LEASE - timedelta(seconds=1)) is None
    assert claim(database, NOON + LEASE, worker="b").attempts == 2


def test_an_action_is_not_claimed_before_it_is_due(database):
    planned(database, "reply:1", due_at=NOON + timedelta(seconds=20))
    assert claim(database) is None
    assert claim(database, NOON + timedelta(seconds=20))


def test_a_held_action_is_never_claimed(database):
    planned(database, "reply:1", held=True)
    assert claim(database, NOON + timedelta(days=400)) is None


def test_a_finished_action_is_finished_once(database):
    planned(database, "reply:1")
    action = claim(database)
    with database.work() as work:
        assert work.actions.finish(action, NOON)
        assert not work.actions.finish(action, NOON)
    assert claim(database, NOON + timedelta(days=1)) is None


def test_an_action_given_back_is_claimed_again_at_its_new_time(database):
    planned(database, "reply:1")
    action = claim(database)
    with database.work() as work:
        work.actions.retry(action, at=NOON + timedelta(minutes=1), because="MailboxUnavailable")
    assert claim(database) is None
    assert claim(database, NOON + timedelta(minutes=1))


def test_who_lost_a_claim_gives_nothing_back_that_another_has_begun(database):
    # 2026-11: a slow worker's end freed the action for a third while the second was sending.
    planned(database, "reply:1")
    slow = claim(database)
    assert claim(database, NOON + LEASE, worker="b")
    with database.work() as work:
        work.actions.retry(slow, at=NOON + LEASE, because="MailboxUnavailable")
    assert claim(database, NOON + LEASE, worker="c") is None


def test_the_draft_is_remembered_for_whoever_claims_next(database):
    planned(database, "reply:1")
    action = claim(database)
    with database.work() as work:
        work.actions.remember_draft(action, "draft-17")
    assert claim(database, NOON + LEASE).draft == "draft-17"


def test_a_cancelled_action_is_dropped_with_its_reason(database):
    planned(database, "reply:1")
    with database.work() as work:
        assert work.actions.cancel("reply:1", NOON, because="undone")
        assert work.actions.counts() == {(ActionKind.REPLY, ActionState.DROPPED): 1}
    assert claim(database) is None


def test_nothing_is_stored_when_the_transaction_fails(database):
    with pytest.raises(ZeroDivisionError), database.work() as work:
        work.actions.plan(
            [PlannedAction(key="reply:1", kind=ActionKind.REPLY, case_id=None, due_at=NOON)], NOON
        )
        raise ZeroDivisionError
    assert claim(database) is None


def test_replies_are_counted_by_sender_mailbox_and_template(database):
    with database.work() as work:
        for n, sender in enumerate(("a", "a", "b")):
            work.sent_replies.record(
                action_key=f"reply:{n}",
                sender_hash=sender,
                mailbox="info",
                template="received",
                at=NOON - timedelta(minutes=10 * n),
            )
        count = work.sent_replies.count
        assert count(since=NOON - timedelta(hours=1), sender_hash="a") == 2
        assert count(since=NOON - timedelta(minutes=5), sender_hash="a") == 1
        assert count(since=NOON - timedelta(hours=1), mailbox="info") == 3
        assert count(since=NOON - timedelta(hours=1), sender_hash="b", template="other") == 0


def test_an_action_counts_once_among_the_replies(database):
    with database.work() as work:
        for _ in range(2):
            work.sent_replies.record(
                action_key="reply:1", sender_hash="a", mailbox="info", template="received", at=NOON
            )
        assert work.sent_replies.count(since=NOON - timedelta(hours=1)) == 1


def test_a_breaker_is_opened_by_one_caller_until_it_is_closed(database):
    with database.work() as work:
        assert work.sent_replies.open_breaker("info", NOON)
        assert not work.sent_replies.open_breaker("info", NOON)
        work.sent_replies.close_breaker("info")
        assert work.sent_replies.open_breaker("info", NOON)


def test_of_many_who_find_a_breaker_open_at_once_one_tells(database):
    def find(_):
        with database.work() as work:
            return work.sent_replies.open_breaker("kundreskontra", NOON)

    with ThreadPoolExecutor(8) as workers:
        assert sum(workers.map(find, range(8))) == 1
