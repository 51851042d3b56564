"""Mail that became no case: kept whole, listed with its reason, and the way back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from bot.errors import DataError, NotFound
from bot.vocabulary import Status, Urgency
from tests.city import mail
from tests.letters import ORDINARY, URGENT_INVOICE

VACATION = [("Auto-Submitted", "auto-replied")]
HANDLER = "agneta-brandt"


def auto_reply(**parts):
    return mail(
        **({"subject": "Hej", "text": "Jag är tillbaka på måndag."} | parts), headers=VACATION
    )


@pytest.fixture
def ignored(city):
    """An urgent mail that was taken for an auto-reply; returns its entry in the list."""
    city.deliver(auto_reply(**URGENT_INVOICE))
    city.work_off()
    (entry,) = city.app.ignored.listed()
    return entry


def test_ignored_mail_is_kept_to_the_last_byte(city_on_both):
    city = city_on_both
    content = auto_reply(**URGENT_INVOICE) + b"\xff\xfe\x00 rest"
    city.deliver(content)
    city.work_off()
    (entry,) = city.app.ignored.listed()
    with city.app.database.reading() as work:
        assert work.messages.stored(entry.id).content == content


def test_ignored_mail_is_listed_with_its_reason_newest_first(city):
    city.deliver(auto_reply(message_id="<1@kund.example>"))
    city.later(minutes=1)
    city.post(**ORDINARY, sender="MAILER-DAEMON@kund.example")
    city.work_off()
    assert [entry.because for entry in city.app.ignored.listed()] == ["bounce", "auto_reply"]


def test_an_urgent_word_in_ignored_mail_puts_it_on_the_list_for_a_glance(city):
    city.deliver(auto_reply(**URGENT_INVOICE))
    city.deliver(auto_reply(message_id="<2@kund.example>"))
    city.work_off()
    assert len(city.app.ignored.listed()) == 2
    (glance,) = city.app.ignored.listed(glance_only=True)
    assert glance.glance


def test_ignored_mail_raises_no_alert_and_gets_no_receipt(city, ignored):
    assert ignored.because == "auto_reply"
    assert city.alerts() == []
    assert city.sent() == []


def test_a_person_makes_a_case_of_ignored_mail(city, ignored):
    case = city.app.ignored.make_case(ignored.id, by=HANDLER)
    assert case.status is Status.NEW
    assert case.urgent is Urgency.COLLECTIONS
    assert case.process == "kundreskontra"
    assert city.cases() == [case]


def test_the_history_of_such_a_case_says_who_opened_it(city, ignored):
    case = city.app.ignored.make_case(ignored.id, by=HANDLER)
    history = city.history(case)
    assert [event.kind for event in history] == ["received", "triaged", "assigned"]
    assert {event.actor for event in history} == {HANDLER}


def test_such_a_case_keeps_the_time_at_which_its_mail_came(city, ignored):
    city.later(days=1)
    case = city.app.ignored.make_case(ignored.id, by=HANDLER)
    assert case.received_at == ignored.received_at == case.clock_started_at


def test_such_a_case_is_announced_when_it_is_urgent_and_gets_no_receipt(city, ignored):
    case = city.app.ignored.make_case(ignored.id, by=HANDLER)
    city.work_off()
    assert city.alerts() == ["urgent"]
    assert city.sent() == []
    assert city.actions(case) == {"alert:urgent": "done"}


def test_the_books_balance_before_and_after(city, ignored):
    assert city.outcomes() == {"ignored": 1}
    city.app.ignored.make_case(ignored.id, by=HANDLER)
    assert city.outcomes() == {"case": 1}


def test_opened_mail_leaves_both_lists(city, ignored):
    city.app.ignored.make_case(ignored.id, by=HANDLER)
    assert city.app.ignored.listed() == []
    assert city.app.ignored.listed(glance_only=True) == []


def test_a_copy_in_another_mailbox_stays_a_duplicate_of_the_opened_mail(city):
    for mailbox in city.mailboxes:
        city.deliver(auto_reply(), mailbox)
    city.work_off()
    (entry,) = city.app.ignored.listed()
    city.app.ignored.make_case(entry.id, by=HANDLER)
    assert city.outcomes() == {"case": 1, "duplicate": 1}


def test_what_triage_says_of_opened_mail_is_on_record(city, ignored):
    case = city.app.ignored.make_case(ignored.id, by=HANDLER)
    with city.app.database.reading() as work:
        assert work.messages.first_triage(case.id)["kind"] == "case"


def test_an_answer_from_the_same_sender_joins_the_opened_case(city, ignored):
    case = city.app.ignored.make_case(ignored.id, by=HANDLER)
    city.post(
        "En sak till.", message_id="<9@kund.example>", headers=[("References", "<1@kund.example>")]
    )
    city.work_off()
    assert city.events(case).count("received") == 2


def test_mail_cannot_become_two_cases(city, ignored):
    city.app.ignored.make_case(ignored.id, by=HANDLER)
    with pytest.raises(DataError):
        city.app.ignored.make_case(ignored.id, by=HANDLER)
    assert len(city.cases()) == 1


def test_two_people_who_open_the_same_mail_at_once_open_one_case(city_on_both):
    city = city_on_both
    city.deliver(auto_reply())
    city.work_off()
    (entry,) = city.app.ignored.listed()
    together = Barrier(2)

    def open_it(person):
        together.wait()
        try:
            return city.app.ignored.make_case(entry.id, by=person)
        except DataError as error:
            return error

    with ThreadPoolExecutor(2) as people:
        found = list(people.map(open_it, [HANDLER, "amir-haddad"]))
    assert sum(isinstance(one, DataError) for one in found) == 1
    assert len(city.cases()) == 1
    assert city.outcomes() == {"case": 1}


def test_a_number_that_is_no_ignored_mail_is_refused(city):
    with pytest.raises(NotFound):
        city.app.ignored.make_case(4711, by=HANDLER)
