"""What holds of every reply, whatever the centre's rules say and whoever presses what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases import SYSTEM
from bot.errors import DataError
from bot.plan import AnswerPolicy
from bot.reply_rules import (
    SURE,
    DraftState,
    Policy,
    ReplyDraft,
    ReplyRule,
    is_sure_move,
    least,
    occasion_of,
    policy_of,
    tasks_of_new_case,
)
from bot.vocabulary import Missing, Mode, Urgency
from tests.made_cases import TUESDAY, a_case

ORDER = list(Policy)
policies = st.sampled_from(Policy)
people = st.sampled_from(("anna", "bo", "cia"))
rules = st.lists(
    st.builds(
        ReplyRule,
        send=policies,
        template=st.sampled_from((None, "done", "delayed")),
        mailboxes=st.frozensets(st.sampled_from(("info", "kundreskontra"))),
    ),
    max_size=4,
)


def policy(found, *, ceiling=Policy.AUTO, mode=Mode.AUTO, protected=False):
    return policy_of("done", "info", ceiling=ceiling, rules=found, mode=mode, protected=protected)


@given(rules, policies, st.sampled_from(Mode), st.booleans())
def test_nothing_goes_further_than_the_template_allows(found, ceiling, mode, protected):
    got = policy(found, ceiling=ceiling, mode=mode, protected=protected)
    assert ORDER.index(got) <= ORDER.index(ceiling)


@given(rules, policies, st.sampled_from(Mode))
def test_a_protected_case_never_gets_more_than_a_draft(found, ceiling, mode):
    assert policy(found, ceiling=ceiling, mode=mode, protected=True) is not Policy.AUTO


@given(rules, policies, st.sampled_from((Mode.OFF, Mode.SHADOW)))
def test_where_the_mailbox_is_off_nothing_goes_out(found, ceiling, mode):
    assert policy(found, ceiling=ceiling, mode=mode) is Policy.OFF


@given(rules, rules, st.sampled_from(Mode))
def test_a_further_rule_never_allows_more(found, more, mode):
    before, after = policy(found, mode=mode), policy([*found, *more], mode=mode)
    assert ORDER.index(after) <= ORDER.index(before)


@given(rules)
def test_the_order_of_the_rules_makes_no_difference(found):
    assert policy(found) is policy(found[::-1])


def test_a_rule_for_another_template_or_mailbox_says_nothing():
    others = [
        ReplyRule(send=Policy.OFF, template="delayed"),
        ReplyRule(send=Policy.OFF, mailboxes=frozenset({"kundreskontra"})),
    ]
    assert policy(others) is Policy.AUTO


def test_the_least_of_nothing_forbids_nothing():
    assert least([]) is Policy.AUTO


@given(st.lists(st.sampled_from(Missing)))
def test_the_same_facts_have_the_same_mark_in_any_order(missing):
    assert occasion_of(missing) == occasion_of(reversed([*missing, *missing]))


@given(st.sets(st.sampled_from(Missing)), st.sets(st.sampled_from(Missing)))
def test_other_facts_have_another_mark(some, others):
    assert (occasion_of(some) == occasion_of(others)) == (some == others)


def test_all_facts_together_have_a_mark_that_the_database_can_hold():
    assert len(occasion_of(Missing)) <= 200


def a_draft(author):
    return ReplyDraft(
        id=1,
        case_id=1,
        mailbox="info",
        template="done",
        language="sv",
        created_at=TUESDAY,
        author=author,
    )


changes = st.lists(st.tuples(st.sampled_from(("edit", "approve")), people), max_size=8)


def after(draft, steps):
    """Return a draft after people did what they could with it, and who changed or approved."""
    writers = {draft.author}
    for what, who in steps:
        try:
            if what == "edit":
                draft, writers = draft.edited(who, given={}, own_text=None), writers | {who}
            else:
                draft = draft.approved(who)
        except DataError:
            continue
    return draft, writers


@given(st.one_of(people, st.just(SYSTEM)), changes)
def test_nobody_approves_what_they_began_or_changed_last(author, steps):
    draft, _ = after(a_draft(author), steps)
    assert draft.approved_by is None or draft.approved_by not in (draft.author, draft.editor)


@given(st.one_of(people, st.just(SYSTEM)), changes, people)
def test_two_different_people_stand_behind_what_needs_two(author, steps, sender):
    draft, _ = after(a_draft(author), steps)
    try:
        draft.may_be_sent(sender, two_people=True)
    except DataError:
        return
    behind = {draft.author, draft.editor, draft.approved_by, sender} - {SYSTEM, None}
    assert len(behind) >= 2
    assert draft.approved_by is not None


@given(changes)
def test_a_change_takes_the_approval_away(steps):
    draft, _ = after(a_draft("anna"), steps)
    assert draft.edited("cia", given={}, own_text=None).approved_by is None


def test_the_assistants_own_letter_is_not_sent_by_the_one_who_approved_it():
    draft = a_draft(SYSTEM).approved("anna")
    with pytest.raises(DataError, match="någon annan"):
        draft.may_be_sent("anna", two_people=True)
    draft.may_be_sent("bo", two_people=True)


@pytest.mark.parametrize("state", [DraftState.SENDING, DraftState.SENT, DraftState.DISCARDED])
def test_what_is_no_open_draft_is_changed_by_nobody(state):
    draft = replace(a_draft("anna"), state=state)
    for change in (
        lambda: draft.edited("anna", given={}, own_text=None),
        lambda: draft.approved("bo"),
        lambda: draft.discarded(TUESDAY),
        lambda: draft.may_be_sent("anna", two_people=False),
    ):
        with pytest.raises(DataError):
            change()


def tasks(case, *, missing=(), no_answer=(), **policy):
    usual = {"mode": Mode.AUTO, "answer_from": TUESDAY, "twin_wait": timedelta(seconds=20)}
    return tasks_of_new_case(
        case,
        7,
        missing=missing,
        no_answer=no_answer,
        policy=AnswerPolicy(**(usual | policy)),
        now=TUESDAY,
    )


def test_what_is_missing_is_asked_for_when_a_twin_would_have_come():
    (task,) = tasks(a_case(), missing=[Missing.REASON])
    assert task.next_at == TUESDAY + timedelta(seconds=20)
    assert task.automatic


@pytest.mark.parametrize("how", [{"no_answer": ["list"]}, {"answer_from": TUESDAY + timedelta(1)}])
def test_a_mail_that_the_gate_holds_back_is_not_asked_by_itself(how):
    (task,) = tasks(a_case(), missing=[Missing.REASON], **how)
    assert not task.automatic


@pytest.mark.parametrize("how", [{"mode": Mode.OFF}, {"mode": Mode.SHADOW}, {"hold": True}])
def test_nothing_is_owed_where_nothing_may_go_out(how):
    assert tasks(a_case(misdirected=True), missing=[Missing.REASON], **how) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"misdirected": False},
        {"process": None},
        {"protected": True},
        {"complaint": True},
        {"urgent": Urgency.COLLECTIONS},
    ],
)
def test_a_receipt_speaks_of_a_move_only_where_it_can_do_no_harm(change):
    case = a_case(misdirected=True)
    assert is_sure_move(case, SURE)
    assert not is_sure_move(case, SURE - 0.01)
    assert not is_sure_move(replace(case, **change), 1.0)
