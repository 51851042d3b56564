from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.plan import (
    AnswerPolicy,
    BrakeLimits,
    SentSoFar,
    Withheld,
    brake,
    choose_receipt,
    is_too_old,
    plan_new_case,
)
from bot.vocabulary import ActionKind, Mode, Urgency
from tests.made_cases import a_case

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
AUTO = AnswerPolicy(
    mode=Mode.AUTO, answer_from=NOON - timedelta(days=1), twin_wait=timedelta(seconds=20)
)
CASE = a_case(7, at=NOON, mailbox="info", team="kr-1")
URGENT = replace(CASE, urgent=Urgency.COLLECTIONS)
LIMITS = BrakeLimits(
    sender_per_hour=3,
    sender_per_day=10,
    unanswered_per_case=3,
    mailbox_per_hour=60,
    everything_per_hour=300,
)
NOTHING_SENT = SentSoFar(
    to_sender_last_hour=0,
    to_sender_last_day=0,
    same_template_to_sender_last_hour=0,
    same_template_on_case=0,
    unanswered_on_case=0,
    from_mailbox_last_hour=0,
    everything_last_hour=0,
)


def plan(case=CASE, *, no_answer=(), policy=AUTO, backlog=False):
    return plan_new_case(
        case, 1, no_answer=no_answer, policy=policy, backlog=backlog, now=NOON, alert_at=NOON
    )


def kinds(found):
    return [action.kind for action in found.actions]


def test_an_ordinary_case_gets_a_receipt_after_the_wait_for_twins():
    (receipt,) = plan().actions
    assert receipt.kind is ActionKind.REPLY
    assert receipt.due_at == NOON + timedelta(seconds=20)
    assert not receipt.held


def test_an_urgent_case_is_announced_at_once_and_gets_a_receipt():
    found = plan(URGENT)
    assert kinds(found) == [ActionKind.ALERT, ActionKind.REPLY]
    assert found.actions[0].due_at == NOON


def test_an_urgent_case_of_the_backlog_is_not_announced_on_its_own():
    assert kinds(plan(URGENT, backlog=True)) == [ActionKind.REPLY]


@pytest.mark.parametrize("mode", list(Mode))
def test_an_urgent_case_is_announced_in_every_mode(mode):
    assert ActionKind.ALERT in kinds(plan(URGENT, policy=replace(AUTO, mode=mode)))


def test_a_mailbox_that_is_off_plans_no_mail_and_says_nothing():
    found = plan(policy=replace(AUTO, mode=Mode.OFF))
    assert found.actions == ()
    assert found.withheld == ()


def test_a_shadow_mailbox_plans_the_receipt_but_holds_it():
    (receipt,) = plan(policy=replace(AUTO, mode=Mode.SHADOW)).actions
    assert receipt.held


def test_mail_from_files_has_its_receipt_held():
    (receipt,) = plan(policy=replace(AUTO, hold=True)).actions
    assert receipt.held


def test_mail_that_must_not_be_answered_gets_no_receipt_and_the_reason_is_kept():
    found = plan(no_answer=("no_reply_sender", "list"))
    assert found.actions == ()
    assert found.withheld == ("no_answer_rule:no_reply_sender",)


def test_mail_from_before_the_mailbox_answers_gets_no_receipt():
    found = plan(replace(CASE, received_at=AUTO.answer_from - timedelta(seconds=1)))
    assert found.actions == ()
    assert found.withheld == (Withheld.BEFORE_ANSWER_FROM,)


def test_planning_twice_gives_the_same_keys():
    assert [a.key for a in plan(URGENT).actions] == [a.key for a in plan(URGENT).actions]


@pytest.mark.parametrize(
    ("case", "is_open", "template"),
    [
        pytest.param(CASE, True, "received", id="open"),
        pytest.param(CASE, False, "received_outside_hours", id="closed"),
        pytest.param(URGENT, False, "received_urgent_invoice", id="urgent-invoice"),
        pytest.param(
            replace(CASE, urgent=Urgency.PAYOUT), True, "received_urgent_payment", id="payout"
        ),
        pytest.param(replace(URGENT, protected=True), True, "received_protected", id="protected"),
    ],
)
def test_the_receipt_fits_the_case(case, is_open, template):
    assert choose_receipt(case, is_open=is_open) == template


def test_nothing_sent_yet_brakes_nothing():
    assert brake(NOTHING_SENT, LIMITS, urgent=False) is None


@pytest.mark.parametrize(
    ("sent", "because"),
    [
        ({"to_sender_last_hour": 3}, Withheld.SENDER_HOUR),
        ({"to_sender_last_day": 10}, Withheld.SENDER_DAY),
        ({"same_template_on_case": 1}, Withheld.SAME_TEMPLATE_CASE),
        ({"same_template_to_sender_last_hour": 1}, Withheld.SAME_TEMPLATE_HOUR),
        ({"unanswered_on_case": 3}, Withheld.UNANSWERED_ON_CASE),
        ({"from_mailbox_last_hour": 60}, Withheld.MAILBOX_BREAKER),
        ({"everything_last_hour": 300}, Withheld.GLOBAL_BREAKER),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_limit_brakes_when_it_is_reached_and_not_before(sent, because):
    assert brake(replace(NOTHING_SENT, **sent), LIMITS, urgent=False) is because
    one_less = {name: value - 1 for name, value in sent.items()}
    assert brake(replace(NOTHING_SENT, **one_less), LIMITS, urgent=False) is None


def test_an_urgent_case_may_get_the_same_template_within_the_hour():
    sent = replace(NOTHING_SENT, same_template_to_sender_last_hour=1)
    assert brake(sent, LIMITS, urgent=True) is None


@given(st.builds(SentSoFar, **{name: st.integers(0, 400) for name in SentSoFar.__slots__}))
def test_urgency_never_makes_a_brake_stricter(sent):
    if brake(sent, LIMITS, urgent=False) is None:
        assert brake(sent, LIMITS, urgent=True) is None


def test_a_receipt_is_too_old_after_a_day():
    assert not is_too_old(NOON, NOON + timedelta(hours=24))
    assert is_too_old(NOON, NOON + timedelta(hours=24, seconds=1))
