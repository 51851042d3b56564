"""Komplettering: the customer is asked once for what is missing, and we come back to it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import DataError, ReplyHasHole
from bot.knowledge.replies_file import RuleEntry
from bot.reply_rules import INFORMATION_NEEDED, DraftState, Policy
from bot.vocabulary import EventKind, Mode, Status
from tests.letters import NO_NUMBER, NO_NUMBER_NO_DATE, ORDINARY
from tests.reply_stories import drafts, material_with, people, sent_letters, templates_of, work_off

ASKED = "Vi behöver veta lite mer"
NUMBERS = count()


def the_case(city, letter, **parts):
    city.post(**letter, **parts)
    work_off(city)
    return city.cases()[0]


def days_later(city, count):
    """Go to the morning after so many working days, looking in every day."""
    for _ in range(count):
        city.later(days=1)
        while city.clock.now().weekday() > 4:
            city.later(days=1)
    work_off(city)


def test_one_missing_invoice_number_is_asked_for_by_itself(city):
    case = the_case(city, NO_NUMBER)
    (letter,) = sent_letters(city)
    assert letter.subject.startswith(ASKED)
    assert "fakturanummer" in letter.text
    assert "Utan numret kan vi inte hitta fakturan." in letter.text
    assert city.app.knowledge.links.support_phone in letter.text
    assert case.status is Status.WAITING_CUSTOMER
    assert city.events(case)[-2:] == ["reply_sent", "waiting"]


def test_the_question_never_counts_as_an_answer_of_a_person(city):
    case = the_case(city, NO_NUMBER)
    assert "answered" not in city.events(case)


def test_several_missing_facts_are_asked_for_by_a_person(city):
    case = the_case(city, NO_NUMBER_NO_DATE)
    (draft,) = drafts(city, case)
    assert draft.template == INFORMATION_NEEDED
    assert draft.state is DraftState.OPEN
    assert draft.given["missing"] == ["fakturanummer", "önskat nytt datum"]
    assert sent_letters(city) == []
    assert case.status is Status.NEW


def test_nothing_missing_asks_nothing(city):
    case = the_case(city, ORDINARY)
    assert drafts(city, case) == []


def test_the_same_facts_are_asked_for_once_however_often_we_look(city):
    case = the_case(city, NO_NUMBER)
    work_off(city)
    with pytest.raises(DataError, match="redan fått frågan"):
        city.app.replies.draft(case, INFORMATION_NEEDED, by=people(city, 1)[0])
    assert len(drafts(city, case)) == 1


def test_a_question_that_was_thrown_away_may_be_written_anew(city):
    case = the_case(city, NO_NUMBER_NO_DATE)
    (draft,) = drafts(city, case)
    city.app.replies.discard(draft.id)
    city.app.replies.draft(case, INFORMATION_NEEDED, by=people(city, 1)[0])
    assert [one.state for one in drafts(city, case)] == [DraftState.DISCARDED, DraftState.OPEN]


def test_an_urgent_case_is_asked_for_an_answer_before_it_must_be_handled(city):
    case = the_case(city, NO_NUMBER_NO_DATE)
    (draft,) = drafts(city, case)
    handle_by = case.handle_by.astimezone(city.app.knowledge.calendar.zone).date()
    assert draft.given["answer_by"] <= handle_by.isoformat()


@pytest.mark.parametrize("name", ["missing", "why"])
def test_the_question_is_not_sent_without_what_and_why(city, name):
    case = the_case(city, NO_NUMBER_NO_DATE)
    (draft,) = drafts(city, case)
    anna = people(city, 1)[0]
    city.app.replies.edit(draft.id, by=anna, given={name: [] if name == "missing" else ""})
    with pytest.raises(ReplyHasHole, match=name):
        city.app.replies.send(draft.id, by=anna)
    assert drafts(city, case)[0].state is DraftState.OPEN


def test_the_question_is_not_sent_without_contact_however_it_is_rewritten(city):
    case = the_case(city, NO_NUMBER_NO_DATE)
    (draft,) = drafts(city, case)
    anna = people(city, 1)[0]
    text = city.app.replies.show(draft.id).letter.text
    phone = city.app.knowledge.links.support_phone
    city.app.replies.edit(draft.id, by=anna, own_text=text.replace(phone, "oss"))
    with pytest.raises(ReplyHasHole, match="support_phone"):
        city.app.replies.send(draft.id, by=anna)


def test_a_machine_is_never_asked_by_itself(city):
    case = the_case(city, NO_NUMBER, headers=[("List-Id", "<x.kund.example>")])
    assert city.sent() == []
    assert [draft.state for draft in drafts(city, case)] == [DraftState.OPEN]


def test_where_the_mailbox_only_drafts_a_person_sends_the_question(build_city):
    city = build_city(mode=Mode.DRAFT)
    case = the_case(city, NO_NUMBER)
    (draft,) = drafts(city, case)
    city.app.replies.send(draft.id, by=people(city, 1)[0])
    city.app.dispatch.run_due()
    assert len(sent_letters(city)) == 1


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.SHADOW])
def test_where_the_mailbox_is_off_nothing_is_written(build_city, mode):
    city = build_city(mode=mode)
    assert drafts(city, the_case(city, NO_NUMBER)) == []


@pytest.mark.parametrize(
    ("send", "written", "sent"),
    [(Policy.OFF, 0, 0), (Policy.STAFF, 0, 0), (Policy.DRAFT, 1, 0), (Policy.AUTO, 1, 1)],
)
def test_the_rules_of_the_centre_hold_for_a_template_in_a_mailbox(build_city, send, written, sent):
    rule = RuleEntry(send=send, template=INFORMATION_NEEDED, mailboxes=("kundreskontra",))
    city = build_city(material=material_with(rules=(rule,)))
    case = the_case(city, NO_NUMBER)
    assert len(drafts(city, case)) == written
    assert len(sent_letters(city)) == sent


def test_a_protected_case_is_asked_by_a_person_only(city):
    text = NO_NUMBER["text"] + "\nMitt personnummer är 19900101-2384."
    case = the_case(city, NO_NUMBER | {"text": text})
    assert case.protected
    assert sent_letters(city) == []


def test_an_answer_takes_the_case_up_again_and_no_reminder_is_written(city):
    case = the_case(city, NO_NUMBER)
    city.post(
        "Det är 40012345.",
        subject=sent_letters(city)[0].subject,
        headers=[("In-Reply-To", f"<{sent_letters(city)[0].message_id}>")],
    )
    work_off(city)
    assert city.cases()[0].status is Status.OPEN
    assert "resumed" in city.events(case)
    days_later(city, 30)
    assert "information_reminder" not in templates_of(drafts(city, case))
    assert "close_asked" not in city.alerts()


def test_after_five_working_days_without_an_answer_a_reminder_is_drafted(city):
    case = the_case(city, NO_NUMBER)
    days_later(city, 5)
    assert templates_of(drafts(city, case)) == [INFORMATION_NEEDED]
    days_later(city, 1)
    reminder = drafts(city, case)[-1]
    assert (reminder.template, reminder.state) == ("information_reminder", DraftState.OPEN)
    assert reminder.given["missing"] == ["fakturanummer"]


def test_after_ten_more_the_owner_is_asked_to_close(city):
    case = the_case(city, NO_NUMBER)
    anna = people(city, 1)[0]
    city.app.casework.take(case, by=anna)
    days_later(city, 6)
    days_later(city, 10)
    assert "close_asked" not in city.alerts()
    days_later(city, 1)
    (asked,) = [alert for alert in city.notifier.alerts if alert.code.value == "close_asked"]
    assert asked.to == anna
    assert city.cases()[0].status is Status.WAITING_CUSTOMER


def test_the_centre_says_after_how_many_days_we_come_back_to_a_customer(build_city):
    city = build_city(material=material_with(remind_days=2, close_days=3))
    case = the_case(city, NO_NUMBER)
    days_later(city, 2)
    assert templates_of(drafts(city, case)) == [INFORMATION_NEEDED]
    days_later(city, 1)
    assert templates_of(drafts(city, case)) == [INFORMATION_NEEDED, "information_reminder"]
    days_later(city, 3)
    assert "close_asked" not in city.alerts()
    days_later(city, 1)
    assert "close_asked" in city.alerts()


@pytest.mark.parametrize(("hours", "told"), [(4, 0), (12, 1)])
def test_the_centre_says_how_long_before_a_promised_time_a_delay_is_drafted(
    build_city, hours, told
):
    city = build_city(material=material_with(delay_hours=hours))
    case = the_case(city, ORDINARY)
    city.later(days=1)  # 8.5 of the 17 open hours until a first answer are over
    work_off(city)
    assert templates_of(drafts(city, case)).count("delayed") == told


def test_a_reminder_that_is_sent_counts_the_days_from_then(city):
    case = the_case(city, NO_NUMBER)
    days_later(city, 6)
    days_later(city, 4)
    city.app.replies.send(drafts(city, case)[-1].id, by=people(city, 1)[0])
    city.app.dispatch.run_due()
    days_later(city, 10)
    assert "close_asked" not in city.alerts()
    days_later(city, 1)
    assert "close_asked" in city.alerts()


def test_a_reminder_is_not_sent_to_a_customer_who_has_answered(city):
    case = the_case(city, NO_NUMBER)
    days_later(city, 6)
    city.set_status(case, Status.OPEN)
    with pytest.raises(DataError, match="väntar inte"):
        city.app.replies.send(drafts(city, case)[-1].id, by=people(city, 1)[0])


def test_a_person_who_has_answered_meanwhile_is_not_helped(city):
    city.post(**NO_NUMBER)
    city.work_off()
    case = city.cases()[0]
    draft = city.app.replies.draft(case, "working_on_it", by=people(city, 1)[0], given=ONGOING)
    city.app.replies.send(draft.id, by=people(city, 1)[0])
    city.app.dispatch.run_due()
    city.app.reply_timer.run_due()
    assert templates_of(drafts(city, case)) == ["working_on_it"]


ONGOING = {"status": "Vi har frågat förvaltningen.", "next_news_by": "2026-03-10"}


def test_english_mail_is_asked_in_english(city):
    city.post(**ORDINARY)
    city.take_in()
    with city.app.database.work() as work:
        case = work.cases.change(replace(work.cases.get(city.cases()[0].id), language="en"))
    draft = city.app.replies.draft(case, "delayed", by=people(city, 1)[0])
    assert draft.language == "en"


def test_a_language_that_no_template_has_gets_swedish(city):
    city.post(**ORDINARY)
    city.take_in()
    with city.app.database.work() as work:
        case = work.cases.change(replace(work.cases.get(city.cases()[0].id), language="fi"))
    draft = city.app.replies.draft(case, "delayed", by=people(city, 1)[0])
    assert draft.language == "sv"


def test_mail_from_before_the_mailbox_answers_is_never_answered_by_itself(build_city):
    city = build_city(answer_from=None)
    city.later(hours=1)
    case = the_case(city, NO_NUMBER, date=city.clock.now().replace(hour=9))
    kinds = [event.kind for event in city.history(case)]
    assert EventKind.REPLY_SENT not in kinds


def test_an_english_mail_is_asked_in_english_with_english_facts(city):
    english = {
        "subject": "Refund",
        "text": "Hello,\n\nWe have paid the invoice twice. Could you please refund the amount "
        "that we paid too much?\n\nKind regards\nKarin",
    }
    the_case(city, english)
    (letter,) = [one for one in sent_letters(city) if "Without the number" in one.text]
    assert "invoice number" in letter.text
    assert "fakturanummer" not in letter.text


def test_what_stops_a_payment_is_asked_for_at_once_and_the_alarm_goes_on(build_city):
    city = build_city("leverantorsreskontra")
    text = "Hej!\n\nBankgironumret på fakturan är fel. Stoppa utbetalningen! Fakturan bifogas."
    letter = {"subject": "[LR] Stoppa utbetalning", "text": text}
    case = the_case(city, letter, mailbox="leverantorsreskontra")
    (draft,) = drafts(city, case)
    assert (draft.template, draft.state) == ("payment_stop_facts", DraftState.SENT)
    assert case.status is Status.WAITING_CUSTOMER
    city.later(hours=2)
    city.app.urgency_watch.run_due()
    city.app.dispatch.run_due()
    assert "unacknowledged" in city.alerts()


PEOPLE_DO = st.lists(
    st.sampled_from(("look", "draft", "discard", "send", "answer", "fail")), max_size=8
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PEOPLE_DO)
def test_whatever_people_do_the_same_facts_are_never_asked_for_twice(city, steps):
    city.post(**NO_NUMBER_NO_DATE, sender=f"p{next(NUMBERS)}@kund.example")
    city.take_in()
    case, anna = city.cases()[-1], people(city, 1)[0]
    for step in steps:
        with suppress(DataError, ReplyHasHole):
            do(city, case, step, anna)
    city.app.dispatch.run_due()
    written = [one for one in drafts(city, case) if one.template == INFORMATION_NEEDED]
    assert sum(one.state is DraftState.SENT for one in written) <= 1
    assert sum(one.state is not DraftState.DISCARDED for one in written) <= 1


def do(city, case, step, anna):
    open_now = [one for one in drafts(city, case) if one.state is DraftState.OPEN]
    if step == "look":
        city.app.reply_timer.run_due()
    elif step == "draft":
        city.app.replies.draft(case, INFORMATION_NEEDED, by=anna)
    elif step == "discard" and open_now:
        city.app.replies.discard(open_now[0].id)
    elif step == "send" and open_now:
        city.app.replies.send(open_now[0].id, by=anna)
        city.app.dispatch.run_due()
    elif step == "answer":
        city.set_status(case, Status.OPEN)
    elif step == "fail" and open_now:
        city.app.replies.edit(open_now[0].id, by=anna, given={"why": ""})
