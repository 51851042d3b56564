"""People keep working in Outlook: what they see there, and what we see of what they do."""

from __future__ import annotations

import pytest
from sqlalchemy import text as sql

from bot.cases import SOMEBODY
from bot.vocabulary import EventKind, MailboxKey, PersonKey, Status
from functionmail.connectors.maildir import SENT, MaildirSource, deliver
from functionmail.connectors.maildir_files import list_names, make_subfolder, read_labels
from functionmail.errors import SignInRefused
from tests.city import mail
from tests.letters import ORDINARY

BOX = "kundreskontra"
CUSTOMER = "karin@kund.example"
OURS = "kundreskontra@exempelstad.example"


@pytest.fixture
def case(city):
    """A case from one mail, whose mailbox has been looked at once."""
    city.post(**ORDINARY, sender=CUSTOMER)
    city.look()
    return city.cases()[0]


def labels(city):
    (key,) = list_names(city.folder / BOX)
    return read_labels(city.folder / BOX, key)


def person(city, position):
    return list(city.app.knowledge.people.values())[position]


def answer_in_outlook(city, *, to=CUSTOMER, named=None, **parts):
    """Send a mail from the mailbox as a person does in Outlook."""
    headers = [] if named is None else [("In-Reply-To", named), ("References", named)]
    content = mail(
        "Hej! Det är ändrat nu.",
        sender=OURS,
        to=to,
        headers=headers,
        date=city.clock.now(),
        message_id=parts.pop("message_id", "<o1@exempelstad.example>"),
        **parts,
    )
    sent = make_subfolder(city.folder / BOX, SENT)
    deliver(sent, f"{len(list_names(sent)) + 1}.outlook", content, city.clock.now())
    city.look()


def test_a_mail_that_became_a_case_is_marked_in_the_mailbox(city, case):
    assert labels(city) == {"Ärende"}


def test_the_mark_says_who_has_the_case_and_follows_a_new_owner(city, case):
    first, second = person(city, 0), person(city, 1)
    city.app.casework.take(case, by=first.key)
    city.look()
    assert labels(city) == {"Ärende", f"Hos {first.name}"}
    city.app.casework.take(case, by=second.key)
    city.look()
    assert labels(city) == {"Ärende", f"Hos {second.name}"}


def test_a_mail_is_put_into_the_folder_that_the_setting_names(build_city):
    city = build_city(folders={BOX: "Hanteras"})
    city.post(**ORDINARY)
    city.look()
    assert list_names(city.folder / BOX) == {}
    assert len(list_names(city.folder / BOX / ".Hanteras")) == 1
    assert city.outcomes() == {"case": 1}


def test_mail_that_became_no_case_is_not_marked(city):
    city.post("Jag är på semester.", headers=[("Auto-Submitted", "auto-replied")])
    city.look()
    assert city.outcomes() == {"ignored": 1}
    assert labels(city) == frozenset()


def test_a_mailbox_that_may_only_be_read_is_read_all_the_same(city, monkeypatch):
    def refused(*_given, **_named):
        raise SignInRefused(BOX, "labelling")

    monkeypatch.setattr(MaildirSource, "label", refused)
    for number in range(2):
        city.post(**ORDINARY, sender=f"p{number}@kund.example")
        city.look()
    assert city.outcomes() == {"case": 2}
    assert city.alerts() == []


def test_a_person_who_answers_in_outlook_answers_the_case(city):
    named = city.post(**ORDINARY, sender=CUSTOMER)
    city.look()
    answer_in_outlook(city, named=named)
    (case,) = city.cases()
    answered = [event for event in city.history(case) if event.kind is EventKind.ANSWERED]
    assert [event.actor for event in answered] == [SOMEBODY]
    assert answered[0].wall_seconds > 0
    assert case.status is Status.OPEN


def test_the_answer_is_found_by_the_reference_in_its_subject_too(city, case):
    reference = city.app.identity.case_reference(str(case.number))
    answer_in_outlook(city, subject=f"SV: Adress {reference}")
    assert "answered" in city.events(case)


def test_a_customer_who_goes_on_from_that_answer_joins_the_case(city):
    named = city.post(**ORDINARY, sender=CUSTOMER)
    city.look()
    answer_in_outlook(city, named=named, message_id="<o7@exempelstad.example>")
    city.post("Tack!", sender=CUSTOMER, headers=[("In-Reply-To", "<o7@exempelstad.example>")])
    city.look()
    assert city.outcomes() == {"case": 1, "follow_up": 1}


def test_a_mail_passed_on_to_a_colleague_is_no_answer(city):
    named = city.post(**ORDINARY, sender=CUSTOMER)
    city.look()
    answer_in_outlook(city, named=named, to="bo@exempelstad.example")
    (case,) = city.cases()
    assert "answered" not in city.events(case)


def test_our_own_copies_in_sent_are_no_answers_of_people(city, case):
    city.app.dispatch.run_due()
    assert len(city.sent()) == 1
    city.look()
    assert "receipt_sent" in city.events(case)
    assert "answered" not in city.events(case)


def test_what_lay_in_sent_before_the_first_contact_is_left_alone(city):
    sent = make_subfolder(city.folder / BOX, SENT)
    deliver(sent, "old.outlook", mail("Hej", sender=OURS, to=CUSTOMER), city.clock.now())
    city.look()
    city.look()
    assert city.books().outcomes == {}


def test_a_mail_that_people_delete_is_noted_and_taken_for_no_loss(city, case):
    (key,) = list_names(city.folder / BOX)
    place, name = list_names(city.folder / BOX)[key]
    (city.folder / BOX / place / name).unlink()
    city.look()
    assert city.outcomes() == {"case": 1}
    assert city.alerts() == []
    assert gone(city) == 1


def test_a_mail_that_people_put_back_is_not_taken_in_again(city, case):
    (key,) = list_names(city.folder / BOX)
    place, name = list_names(city.folder / BOX)[key]
    away = make_subfolder(city.folder / BOX, ".Klart") / place / name
    (city.folder / BOX / place / name).rename(away)
    city.look()
    assert gone(city) == 1
    away.rename(city.folder / BOX / place / name)
    city.look()
    assert gone(city) == 0
    assert city.outcomes() == {"case": 1}


def gone(city):
    return city.books().taken_away.get(MailboxKey(BOX), 0)


def test_a_message_without_outcome_raises_the_alarm_and_is_taken_in(city, case):
    with city.app.database.engine.begin() as connection:
        connection.execute(sql("DELETE FROM delivery"))
    city.look()
    assert city.alerts() == []
    city.look()
    city.app.dispatch.run_due()
    assert city.alerts() == ["books_differ"]
    city.look()
    assert city.outcomes() == {"duplicate": 1}


def test_the_sender_of_marks_is_no_stranger_to_people_without_a_name(city, case):
    gone_person = PersonKey("slutat.slutat")
    city.app.casework.take(case, by=gone_person)
    city.look()
    assert labels(city) == {"Ärende", "Hos slutat.slutat"}
