"""A mailbox that the centre no longer has: its open cases go on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.reply_rules import DraftState
from bot.services.correcting import Correcting, Correction
from bot.vocabulary import EventKind, ProcessKey
from tests.city import shipped_material
from tests.letters import ORDINARY
from tests.reply_stories import drafts, people

GONE = "info"
SUPPLIERS = ProcessKey("leverantorsreskontra")


def without(mailbox):
    """Return the sample city without a mailbox, as after a change of the knowledge."""
    material = shipped_material()
    knowledge = material.knowledge
    posts = tuple(post for post in knowledge.roster.posts if post.place != mailbox)
    kept = {key: box for key, box in knowledge.mailboxes.items() if key != mailbox}
    roster = knowledge.roster.model_copy(update={"posts": posts})
    return replace(material, knowledge=replace(knowledge, mailboxes=kept, roster=roster))


@pytest.fixture
def old(build_city):
    city = build_city()
    city.post(**ORDINARY, mailbox=GONE)
    city.work_off()
    return city


@pytest.fixture
def city(build_city, old):
    return build_city("kundreskontra", material=without(GONE), clock=old.clock)


@pytest.fixture
def case(city):
    (case,) = city.cases()
    assert case.mailbox == GONE
    return case


def test_its_cases_are_moved(city, case):
    moved = city.app.moving.move(case, SUPPLIERS, by=people(city, 1)[0])
    assert moved.team == city.app.knowledge.team_for(SUPPLIERS, None, "kundreskontra")


@pytest.mark.parametrize("process", [SUPPLIERS, None])
def test_its_cases_are_put_right(city, case, process):
    correcting = Correcting(city.app.database, city.app.house, city.clock)
    right = replace(Correction.standing(case), process=process, matter=None)
    corrected = correcting.correct(case, right, by=people(city, 1)[0])
    assert corrected.process == process
    assert corrected.team in city.app.knowledge.teams


def test_a_letter_from_it_that_was_on_its_way_is_left_to_a_person(old, build_city):
    (case,) = old.cases()
    anna = people(old, 1)[0]
    draft = old.app.replies.draft(case, "working_on_it", by=anna)
    old.app.replies.send(draft.id, by=anna)
    city = build_city("kundreskontra", material=without(GONE), clock=old.clock)
    city.app.dispatch.run_due()
    assert [one.state for one in drafts(city, case)] == [DraftState.OPEN]
    withheld = [one for one in city.history(case) if one.kind is EventKind.REPLY_WITHHELD]
    assert [one.data["because"] for one in withheld] == ["mode"]
