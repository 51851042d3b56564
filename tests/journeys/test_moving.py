"""Felskick: we move the case ourselves, and the customer need not send anything again."""

from __future__ import annotations

import pytest

from bot.errors import DataError, IllegalChange
from bot.knowledge.replies_file import RuleEntry
from bot.reply_rules import MOVED, DraftState, Policy
from bot.vocabulary import EventKind, ProcessKey, Status
from functionmail.parse import parse
from tests.letters import FOR_SUPPLIERS, ORDINARY, PROTECTED, URGENT_INVOICE
from tests.reply_stories import drafts, material_with, people, sent_letters, templates_of, work_off

SUPPLIERS = ProcessKey("leverantorsreskontra")
CUSTOMERS = ProcessKey("kundreskontra")


def the_case(city, letter, **parts):
    city.post(**letter, **parts)
    work_off(city)
    return city.cases()[0]


def move(city, case, to=SUPPLIERS):
    moved = city.app.moving.move(case, to, by=people(city, 1)[0])
    city.app.dispatch.run_due()
    return moved


def moves(city, case):
    return [event for event in city.history(case) if event.kind is EventKind.MOVED_PROCESS]


def test_a_mail_to_the_wrong_mailbox_is_moved_and_the_receipt_says_so(city):
    case = the_case(city, FOR_SUPPLIERS)
    (letter,) = map(parse, city.sent())
    assert "vi har lämnat den vidare dit" in letter.text
    assert "leverantörsreskontra" in letter.text
    assert case.process == SUPPLIERS
    assert [event.data["process"] for event in moves(city, case)] == [SUPPLIERS]
    assert drafts(city, case) == []


def test_a_customer_whose_mail_was_moved_is_never_asked_to_send_it_again(city):
    the_case(city, FOR_SUPPLIERS)
    text = parse(city.sent()[0]).text.lower()
    assert not any(word in text for word in ("skicka igen", "skicka om", "skicka mejlet"))


def test_where_the_rules_want_a_person_the_move_is_drafted_beside_the_receipt(build_city):
    rule = RuleEntry(send=Policy.DRAFT, template=MOVED)
    city = build_city(material=material_with(rules=(rule,)))
    case = the_case(city, FOR_SUPPLIERS)
    assert "Vi läser mejlen" in parse(city.sent()[0]).text
    assert [(d.template, d.state) for d in drafts(city, case)] == [(MOVED, DraftState.OPEN)]


def test_a_machine_gets_no_letter_about_the_move_by_itself(city):
    case = the_case(city, FOR_SUPPLIERS, headers=[("List-Id", "<x.kund.example>")])
    assert city.sent() == []
    assert templates_of(drafts(city, case)) == [MOVED]


def test_a_case_that_is_where_it_should_be_is_not_moved(city):
    assert moves(city, the_case(city, ORDINARY)) == []


def test_a_person_moves_a_case_and_team_and_customer_follow(city):
    case = the_case(city, ORDINARY)
    city.later(hours=2)
    moved = move(city, case)
    assert moved.process == SUPPLIERS
    knowledge = city.app.knowledge
    assert moved.team == knowledge.team_for(SUPPLIERS, None, case.mailbox)
    (letter,) = sent_letters(city)[-1:]
    assert letter.subject.startswith("Vi har lämnat") or "vidare" in letter.text
    (event,) = moves(city, case)
    assert (event.data["before"], event.data["process"]) == (CUSTOMERS, SUPPLIERS)


def test_an_owner_of_another_team_lets_the_case_go(city):
    case = the_case(city, ORDINARY)
    people_there = city.app.knowledge.people_of(case.team)
    city.app.casework.take(case, by=people_there[0])
    assert move(city, case).owner is None


def test_an_owner_of_the_new_team_keeps_the_case(city):
    case = the_case(city, ORDINARY)
    team = city.app.knowledge.team_for(SUPPLIERS, None, case.mailbox)
    owner = city.app.knowledge.people_of(team)[0]
    city.app.casework.take(case, by=owner)
    assert move(city, case).owner == owner


def test_the_new_people_hear_of_an_urgent_case_and_must_acknowledge_it(city):
    case = the_case(city, URGENT_INVOICE)
    city.app.casework.acknowledge(case, by=people(city, 1)[0])
    city.later(minutes=5)
    moved = move(city, case, ProcessKey("avgiftshantering"))
    assert city.alerts().count("urgent") == 2
    assert moved.handle_by == case.handle_by
    city.app.casework.acknowledge(moved, by=people(city, 1)[0])


def test_each_move_of_an_urgent_case_is_told_also_where_it_has_been_before(city):
    # 2026-11: of the second move to one process nobody heard until the ladder went on.
    case = the_case(city, URGENT_INVOICE)
    for to in (SUPPLIERS, CUSTOMERS, SUPPLIERS):
        city.later(minutes=5)
        case = move(city, case, to)
    assert city.alerts().count("urgent") == 4


def test_a_protected_case_is_told_of_by_a_person(city):
    case = the_case(city, PROTECTED)
    move(city, case)
    (told,) = [draft for draft in drafts(city, case) if draft.template == MOVED]
    assert told.state is DraftState.OPEN


def test_the_customer_hears_of_each_place_once(city):
    case = the_case(city, ORDINARY)
    for to in (SUPPLIERS, CUSTOMERS, SUPPLIERS):
        city.later(hours=2)
        move(city, city.cases()[0], to)
    assert [d.occasion for d in drafts(city, case)] == [f"moved:{SUPPLIERS}", f"moved:{CUSTOMERS}"]
    assert len(moves(city, case)) == 3


def test_a_case_is_not_moved_to_where_it_is(city):
    case = the_case(city, ORDINARY)
    with pytest.raises(DataError, match="redan där"):
        move(city, case, CUSTOMERS)


def test_a_closed_case_is_not_moved(city):
    case = the_case(city, ORDINARY)
    city.set_status(case, Status.CLOSED)
    with pytest.raises(IllegalChange):
        move(city, case)
