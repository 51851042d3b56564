"""What would change something is proposed, done once when confirmed, and can be undone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.errors import DataError, NotFound, UsageError
from bot.promises import Feedback
from bot.registers import Register, State
from bot.services.phone import NewCall
from bot.services.proposing import Part
from bot.services.telling import Telling
from bot.texts import speaker
from bot.vocabulary import EventKind, Status, StopReason
from tests.journeys.assistant_talk import COLLEAGUE, HANDLER, Talker, unsure_question


@pytest.fixture
def talker(city):
    return Talker(city)


@pytest.fixture
def case(city):
    """A case that came by mail and that nobody has taken."""
    city.post("Hej! Kan vi få en kopia på fakturan?", subject="Fakturakopia")
    city.take_in()
    return city.cases()[0]


class Stumbling:
    """Does what was proposed, and falls over then."""

    def __init__(self, proposals):
        self._proposals = proposals

    def perform(self, proposal, *, by):
        self._proposals.perform(proposal, by=by)
        raise ZeroDivisionError


def now(city, case):
    return next(one for one in city.cases() if one.id == case.id)


def test_a_proposal_changes_nothing_until_it_is_confirmed(city, talker, case):
    turn = talker.ask(f"jag tar {case.number}")
    assert "Inget är ändrat än" in turn.answer.text
    assert now(city, case) == case


def test_taking_a_case_is_done_and_undone(city, talker, case):
    talker.does(f"jag tar {case.number}")
    assert now(city, case).owner == HANDLER
    talker.undoes()
    restored = now(city, case)
    assert (restored.owner, restored.status) == (case.owner, case.status)
    assert city.events(case)[-1] == EventKind.UNDONE


def test_feedback_of_a_colleague_is_not_undone_in_place_of_what_was_done_here(city, talker, case):
    talker.does(f"jag tar {case.number}")
    city.later(minutes=1)
    telling = Telling(city.app.database, city.app.house, city.app.phone, city.clock)
    telling.told(now(city, case), Feedback.ONGOING, by=COLLEAGUE)
    with pytest.raises(DataError, match="har ändrats sedan dess"):
        talker.undoes()
    assert now(city, case).owner == HANDLER


def test_a_case_is_given_to_a_colleague_by_first_name(city, talker, case):
    talker.does(f"lämna över {case.number} till Birgitta")
    assert now(city, case).owner == COLLEAGUE
    assert EventKind.HANDED_OVER in city.events(case)
    talker.undoes()
    assert now(city, case).owner is None


def test_a_case_that_is_given_to_a_process_is_moved_and_the_customer_is_told(city, talker, case):
    turn = talker.ask(f"lämna över {case.number} till redovisning")
    assert "Kunden behöver inte skicka sitt mejl igen" in turn.answer.text
    talker.talks.confirm(turn.number, by=HANDLER)
    moved = now(city, case)
    assert (moved.team, moved.process) == ("redovisning", "redovisning")
    assert EventKind.MOVED_PROCESS in city.events(case)
    (letter,) = city.app.replies.listed(case.id)
    assert letter.template == "moved_to_process"


def test_a_move_is_taken_back_until_the_customer_has_heard_of_it(city, talker, case):
    talker.does(f"lämna över {case.number} till redovisning")
    with pytest.raises(DataError, match="besked om flytten"):
        talker.undoes()
    assert now(city, case).process == "redovisning"


def test_whom_nobody_knows_must_be_named_better(talker, case):
    turn = talker.ask(f"lämna över {case.number} till Behrouz")
    assert turn.answer.slots["to"] == "Behrouz"
    assert turn.answer.proposal.missing == (Part.TO,)
    with pytest.raises(DataError, match="saknas"):
        talker.talks.confirm(turn.number, by=HANDLER)
    with pytest.raises(UsageError):
        talker.talks.tell(turn.number, Part.TO, "Ingen Alls", by=HANDLER)
    assert talker.talks.tell(turn.number, Part.TO, "birgitta lönnell", by=HANDLER).missing == ()


def test_closing_is_done_and_undone(city, talker, case):
    talker.does(f"stäng {case.number}")
    assert now(city, case).status is Status.CLOSED
    talker.undoes()
    assert now(city, case).status is case.status


def test_an_urgent_case_is_not_closed_by_talking(city, talker):
    call = NewCall(process="kundreskontra", matter="anstand", customer="K", callback="08-46500417")
    case = city.app.phone.add(call, by=HANDLER).case
    number = talker.number(f"stäng {case.number}")
    with pytest.raises(DataError, match="brådskande"):
        talker.talks.confirm(number, by=HANDLER)
    city.app.casework.confirm_stop(case, StopReason.DUE_DATE_MOVED, by=HANDLER)
    talker.talks.confirm(number, by=HANDLER)
    assert now(city, case).status is Status.CLOSED


def test_feedback_is_noted_and_taken_back(city, talker, case):
    talker.does(f"kunden i {case.number} har fått svar, klart")
    assert EventKind.FEEDBACK_DONE in city.events(case)
    talker.undoes()
    assert now(city, case).status is case.status
    assert "0 första svar" in talker.says("svarstider KR i dag")


def test_a_promise_waits_again_when_feedback_is_taken_back(city, talker):
    call = NewCall(
        process="kundreskontra", matter="fakturering", customer="K", callback="08-46500417"
    )
    case = city.app.phone.add(call, by=HANDLER).case
    talker.does(f"har ringt kunden i {case.number}, klart")
    assert city.app.phone.listed() == []
    talker.undoes()
    assert [one.promise.is_open for one in city.app.phone.listed()] == [True]


def test_a_call_is_logged_when_what_is_missing_has_been_said(city, talker):
    turn = talker.ask("logga samtal: kulturförvaltningen ringde om en fakturakopia")
    assert turn.answer.proposal.missing == (Part.CALLBACK,)
    talker.talks.tell(turn.number, Part.CALLBACK, "08-46500417", by=HANDLER)
    done = talker.talks.confirm(turn.number, by=HANDLER)
    assert done.case is not None
    (listed,) = city.app.phone.listed()
    assert listed.call.callback == "08-46500417"
    assert listed.case.customer == "kultur"


def test_a_call_that_was_logged_by_mistake_leaves_nothing_that_was_said(city, talker):
    turn = talker.ask("logga samtal: kulturförvaltningen ringde om en fakturakopia")
    talker.talks.tell(turn.number, Part.CALLBACK, "08-46500417", by=HANDLER)
    done = talker.talks.confirm(turn.number, by=HANDLER)
    talker.undoes()
    assert now(city, done.case).status is Status.CLOSED
    assert city.app.phone.listed() == []
    assert "0 ärenden kom in" in talker.says("hur många ärenden kom in i dag")


def test_a_remark_is_registered_and_withdrawn(city, talker):
    done = talker.does("registrera klagomål på KR: långa svarstider")
    assert city.app.registers.sheet(Register.REMARKS, done.item).item.is_open
    assert "1 synpunkt är registrerad" in talker.says("hur många klagomål har vi fått i dag")
    talker.undoes()
    assert city.app.registers.sheet(Register.REMARKS, done.item).item.state is State.DONE


def test_an_idea_goes_into_the_process_log_and_out_again(city, talker):
    done = talker.does("idé till processloggen KR: en gemensam blankett")
    item = city.app.registers.sheet(Register.PROCESS_LOG, done.item).item
    assert item.facts.process == "kundreskontra"
    talker.undoes()
    assert city.app.registers.sheet(Register.PROCESS_LOG, done.item).item.state is State.DONE


def test_a_proposal_is_done_once(talker, case):
    number = talker.number(f"jag tar {case.number}")
    talker.talks.confirm(number, by=HANDLER)
    with pytest.raises(DataError, match="avgjort"):
        talker.talks.confirm(number, by=HANDLER)


def test_a_crash_after_the_deed_leaves_neither_the_deed_nor_a_settled_proposal(
    city, talker, case, monkeypatch
):
    number = talker.number(f"jag tar {case.number}")
    with monkeypatch.context() as broken, pytest.raises(ZeroDivisionError):
        broken.setattr(talker.talks, "_proposals", Stumbling(talker.talks._proposals))
        talker.talks.confirm(number, by=HANDLER)
    assert now(city, case) == case
    talker.talks.confirm(number, by=HANDLER)
    assert now(city, case).owner == HANDLER


def test_two_confirmations_at_once_do_it_once(city, talker):
    number = talker.number("idé till processloggen KR: en gemensam blankett")
    with ThreadPoolExecutor(max_workers=4) as threads:
        tries = [threads.submit(talker.talks.confirm, number, by=HANDLER) for _ in range(4)]
    assert sum(one.exception() is None for one in tries) == 1
    with pytest.raises(NotFound):
        city.app.registers.sheet(Register.PROCESS_LOG, 2)


def test_hearing_how_a_case_stands_counts_as_looking_at_it(city, talker, case):
    talker.ask("visa mina ärenden")
    assert EventKind.VIEWED not in city.events(case)
    talker.ask(f"hur går det med {case.number}?")
    (seen,) = [one for one in city.history(case) if one.kind is EventKind.VIEWED]
    assert (seen.actor, seen.data["what"]) == (HANDLER, "answer")


def test_of_an_unsure_answer_the_other_reading_can_be_chosen(talker):
    turn = talker.ask(unsure_question())
    assert turn.answer.second is not None
    chosen = talker.ask(unsure_question(), reading=turn.answer.second).answer
    assert chosen.intent == turn.answer.second
    assert chosen.second is None
    assert "osäker" not in chosen.text


def test_the_other_reading_is_of_the_last_question_and_no_other(talker):
    turn = talker.ask(unsure_question())
    how = {"person": HANDLER, "sees_protected": False}
    meant = talker.talks.meant
    chosen = meant(talker.key, turn.question, turn.answer.second, speaker("sv"), **how)
    assert chosen.answer.intent == turn.answer.second
    with pytest.raises(NotFound, match="ställ frågan igen"):
        meant(talker.key, turn.question, turn.answer.second, speaker("sv"), **how)
    again = talker.ask(unsure_question())
    assert again.question != turn.question
    talker.ask("hjälp")
    with pytest.raises(NotFound):
        meant(talker.key, again.question, again.answer.second, speaker("sv"), **how)


def test_what_was_done_is_undone_once(talker, case):
    number = talker.number(f"jag tar {case.number}")
    talker.talks.confirm(number, by=HANDLER)
    talker.talks.undo(number, by=HANDLER)
    with pytest.raises(DataError):
        talker.talks.undo(number, by=HANDLER)


def test_what_somebody_has_built_upon_is_not_undone(city, talker, case):
    number = talker.number(f"jag tar {case.number}")
    talker.talks.confirm(number, by=HANDLER)
    city.app.casework.take(case, by=COLLEAGUE)
    with pytest.raises(DataError, match="ändrats sedan dess"):
        talker.talks.undo(number, by=HANDLER)
    assert now(city, case).owner == COLLEAGUE


def test_nobody_else_confirms_or_undoes(talker, case):
    number = talker.number(f"jag tar {case.number}")
    with pytest.raises(NotFound):
        talker.talks.confirm(number, by=COLLEAGUE)
    talker.talks.confirm(number, by=HANDLER)
    with pytest.raises(NotFound):
        talker.talks.undo(number, by=COLLEAGUE)


def test_a_new_proposal_takes_the_place_of_one_that_waits(talker, case):
    first = talker.number(f"jag tar {case.number}")
    talker.number(f"stäng {case.number}")
    with pytest.raises(DataError, match="avgjort"):
        talker.talks.confirm(first, by=HANDLER)


def test_what_cannot_be_done_may_be_confirmed_again_later(talker):
    number = talker.number("jag tar 2026-000777")
    for _ in range(2):
        with pytest.raises(NotFound):
            talker.talks.confirm(number, by=HANDLER)


def test_a_pointing_word_means_the_case_that_was_spoken_of(city, talker, case):
    talker.ask(f"status {case.number}")
    talker.does("jag tar den")
    assert now(city, case).owner == HANDLER


def test_talking_doing_and_counting_are_the_same_on_both_databases(city_on_both):
    city = city_on_both
    talker = Talker(city)
    done = talker.does("idé till processloggen KR: en gemensam blankett")
    call = NewCall(
        process="kundreskontra", matter="fakturering", customer="K", callback="08-46500417"
    )
    case = city.app.phone.add(call, by=HANDLER).case
    talker.does(f"har ringt kunden i {case.number}, klart")
    talker.undoes()
    assert done.item == 1
    assert "1 ärende var öppet" in talker.says("hur många öppna ärenden har KR")
    assert "0 första svar" in talker.says("svarstider KR i dag")
    assert str(case.number) in talker.says("vilka har inte fått återkoppling i dag")


@pytest.mark.parametrize("text", ["logga ett telefonärende", "registrera en synpunkt"])
def test_a_proposal_has_no_dots_for_what_nobody_has_said(talker, text):
    turn = talker.ask(text)
    assert "Förslag:" in turn.answer.text
    assert "…" not in turn.answer.text
    assert ", ." not in turn.answer.text
