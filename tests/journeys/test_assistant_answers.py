"""Staff ask in words and get an answer that the record or the knowledge gives, or none."""

from __future__ import annotations

import pytest

from bot.promises import Feedback
from bot.services.phone import NewCall
from bot.vocabulary import StopReason
from tests.journeys.assistant_talk import COLLEAGUE, HANDLER, Talker, at


@pytest.fixture
def talker(city):
    return Talker(city)


def log_call(city, *, matter="fakturering", customer="Kulturförvaltningen", by=HANDLER):
    call = NewCall(
        process="kundreskontra", matter=matter, customer=customer, callback="08-46500417"
    )
    return city.app.phone.add(call, by=by).case


def test_routing_names_process_team_mailbox_tag_and_who_answers(talker):
    turn = talker.ask("vem tar frågor om anstånd?")
    assert turn.answer.handled_by == "kundreskontra"
    text = turn.answer.text
    assert "Kundreskontra" in text
    assert "kundreskontra@exempelstad.example" in text
    assert "[KR] Anstånd" in text
    assert "svarar" in text


def test_what_is_not_for_the_centre_is_said_to_be_so(talker):
    turn = talker.ask("vem tar frågor om bygglov")
    assert turn.answer.handled_by == "none"
    assert "hör inte till" in turn.answer.text


def test_who_is_on_duty_is_answered_for_the_day_that_is_named(talker):
    assert "Onsdag 4 mars" in talker.says("vem har KR-lådan i morgon")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("vem är på plats 30 februari?", "30 februari"),
        ("vem har KR-lådan 29/2", "29/2"),
        ("hur många ärenden kom 2026-13-01", "2026-13-01"),
    ],
)
def test_a_day_that_does_not_exist_is_said_to_be_so_and_is_no_case(talker, text, day):
    turn = talker.ask(text)
    assert turn.answer.text == f"Dagen {day} finns inte. Fråga med en dag som finns."
    assert "case" not in turn.answer.slots


def test_a_template_is_found_by_its_matter(talker):
    assert "instalment_plan" in talker.says("mall avbetalningsplan")


def test_how_something_is_done_is_answered_from_an_article_only(talker):
    assert "sammadag article show" in talker.says("hur ska man märka mejlen")
    assert "ingen artikel" in talker.says("vad gäller för parkeringstillstånd enligt rutinen")


def test_what_is_out_of_scope_is_not_answered(talker):
    turn = talker.ask("vad blir det för lunch")
    assert turn.answer.intent == "unknown"
    assert "kan jag inte hjälpa till" in turn.answer.text


def test_a_case_is_told_by_status_owner_and_last_event(city, talker):
    case = log_call(city)
    text = talker.says(f"status {case.number}?")
    assert str(case.number) in text
    assert "Agneta Brandt" in text
    assert "Kulturförvaltningen" in text


def test_what_a_caller_said_is_never_told(city, talker):
    call = NewCall(
        process="kundreskontra",
        matter="fakturering",
        customer="Görel Zetterlund",
        callback="08-46500417",
        note="Sälgvägen 4711",
    )
    case = city.app.phone.add(call, by=HANDLER).case
    said = talker.says(f"status {case.number}?") + talker.says("mina ärenden")
    assert str(case.number) in said
    for hidden in ("Zetterlund", "46500417", "Sälgvägen"):
        assert hidden not in said


def test_an_unknown_case_is_said_not_to_exist_and_still_understood(talker):
    answer = talker.ask("status 2018-000123?").answer
    assert answer.slots == {"case": "2018-000123"}
    assert "finns inte" in answer.text


def test_my_cases_are_mine(city, talker):
    mine, other = log_call(city), log_call(city, by=COLLEAGUE)
    text = talker.says("mina ärenden")
    assert str(mine.number) in text
    assert str(other.number) not in text


def test_who_waits_for_feedback_today_is_listed_until_it_is_given(city, talker):
    case = log_call(city)
    assert str(case.number) in talker.says("vilka telefonare har jag inte ringt tillbaka i dag")
    city.app.phone.feedback(case, Feedback.ONGOING, by=HANDLER)
    assert "Inga sådana" in talker.says("vilka telefonare har jag inte ringt tillbaka i dag")


def test_urgent_cases_are_listed_until_they_are_stopped(city, talker):
    case = log_call(city, matter="anstand")
    assert str(case.number) in talker.says("vad är brådskande?")
    city.app.casework.confirm_stop(case, StopReason.DUE_DATE_MOVED, by=HANDLER)
    assert "Inget är brådskande" in talker.says("vad är brådskande?")


def test_volume_counts_what_came_in_and_says_how(city, talker):
    log_call(city)
    log_call(city)
    text = talker.says("hur många ärenden kom in till KR i dag")
    assert "2 ärenden kom in" in text
    assert "Räknat" in text
    assert "0 ärenden" in talker.says("hur många ärenden kom in till LR i dag")


def test_response_time_is_in_working_time_and_receipts_do_not_count(city, talker):
    case = log_call(city)
    city.later(hours=2)
    city.app.phone.feedback(case, Feedback.DONE, by=HANDLER)
    text = talker.says("svarstider KR i dag")
    assert "2 timmar" in text
    assert "1 första svar" in text


def test_the_share_of_the_same_day_is_told_with_its_numbers(city, talker):
    answered = log_call(city)
    log_call(city)
    city.app.phone.feedback(answered, Feedback.ONGOING, by=HANDLER)
    city.later(days=1)
    text = talker.says("hur stor andel fick återkoppling samma dag denna vecka")
    assert "50\N{NO-BREAK SPACE}%" in text
    assert "1 av 2" in text


def test_urgent_in_time_counts_the_stops_before_the_deadline(city, talker):
    case = log_call(city, matter="anstand")
    log_call(city, matter="anstand")
    city.app.casework.confirm_stop(case, StopReason.DUE_DATE_MOVED, by=HANDLER)
    city.later(days=2)
    assert "1 av 2" in talker.says("hur många brådskande hanterades i tid denna vecka")


def test_the_backlog_is_that_of_the_end_of_a_period(city, talker):
    case = log_call(city)
    city.later(days=10)
    city.app.phone.feedback(case, Feedback.DONE, by=HANDLER)
    assert "0 ärenden var öppna" in talker.says("backlog KR")
    assert "1 ärende var öppet" in talker.says("hur många låg kvar i KR förra veckan")


def test_figures_of_an_unknown_customer_are_not_made_up(talker):
    assert "känner inte till" in talker.says("svarstider för Ekbackens sdf i mars")


def test_a_stranger_hears_of_routing_and_nothing_of_cases(city):
    case = log_call(city)
    stranger = Talker(city, person=None)
    assert "Kundreskontra" in stranger.says("vem tar frågor om anstånd?")
    for question in (f"status {case.number}", "vad är brådskande", f"jag tar {case.number}"):
        turn = stranger.ask(question)
        assert str(case.number) not in turn.answer.text
        assert turn.number is None


def test_answers_are_in_english_for_those_who_read_english(talker):
    assert "belongs to" in talker.says("who handles refunds", "en")


def test_a_thread_is_kept(talker):
    talker.ask("svarstider KR förra veckan")
    answer = talker.ask("och LR?").answer
    assert answer.intent == "stats"
    assert answer.slots["process"] == "leverantorsreskontra"
    assert answer.slots["measure"] == "response_time"


def test_two_conversations_do_not_hear_each_other(city, talker):
    talker.ask("svarstider KR förra veckan")
    other = Talker(city, key="another talk")
    assert other.ask("och LR?").answer.slots.get("measure") is None


def test_the_time_of_a_question_may_be_given(city, talker):
    turn = talker.talks.ask(
        "k", "vem har KR-lådan i morgon", _swedish(), person=HANDLER, at=at("2026-05-05 10:00")
    )
    assert turn.answer.slots["on"] == "2026-05-06"


def _swedish():
    from bot.texts import speaker

    return speaker("sv")
