"""Deleting by age and by person, holds, and the file of a case, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from bot.errors import DataError, UsageError
from bot.knowledge.retention_file import RetentionFile
from bot.services.keeping.erasing import Erasing
from bot.services.keeping.export import Export, file_name
from bot.services.keeping.holds import Holds
from bot.services.keeping.retention import Retention
from bot.services.phone import NewCall
from bot.store.conversations import ProposalState, StoredProposal
from bot.texts import speaker
from bot.vocabulary import CaseStanding, EventKind, MatterKey, PersonKey, ProcessKey
from tests.city import City
from tests.letters import ORDINARY

ANNA = PersonKey("agneta-brandt")
SENDER = "kalle.kund@kund.example"
SWEDISH = speaker("sv")


@pytest.fixture
def city(tmp_path, database_url):
    made = City(tmp_path / "mail", database_url, ("kundreskontra", "info"))
    yield made
    made.close()


def closed_case(city, *, sender=SENDER, text=None, **parts):
    """A case from one mail, answered with a receipt and closed."""
    letter = {**ORDINARY, "sender": sender, **parts}
    if text is not None:
        letter["text"] = text
    before = {case.id for case in city.cases()}
    city.post(**letter)
    city.work_off()
    (case,) = [case for case in city.cases() if case.id not in before]
    city.app.casework.take(case, by=ANNA)
    return city.app.casework.close(case, by=ANNA)


def retention(city):
    return Retention(city.app.database, city.app.knowledge.retention, city.clock)


def holds(city):
    return Holds(city.app.database, city.app.house, city.clock)


def erasing(city):
    return Erasing(city.app.database, city.clock, hash_address=city.app.identity.hash_address)


def export(city, case):
    names = city.app.knowledge.names_in("sv")
    made = Export(city.app.database, city.app.house, city.clock).case(
        case, by=ANNA, say=SWEDISH, names=names
    )
    with ZipFile(BytesIO(made)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def mails_with_words(city, case):
    with city.app.database.reading() as work:
        return sum(paper.content is not None for paper in work.case_papers.mails(case.id))


def test_a_case_is_kept_until_its_days_after_closing_are_over(city):
    case = closed_case(city)
    city.clock.advance(timedelta(days=730))
    assert retention(city).run(actor="system").counts == {}
    assert mails_with_words(city, case) == 2


def test_the_words_of_a_case_are_deleted_when_its_days_are_over(city):
    case = closed_case(city)
    events = city.history(case)
    city.clock.advance(timedelta(days=731))
    assert retention(city).run(actor="system").counts == {"cases": 1, "mails": 2}
    assert mails_with_words(city, case) == 0
    assert city.history(case) == events


def belongs_to(city, case, process, matter):
    with city.app.database.work() as work:
        found = work.cases.get(case.id)
        work.cases.change(replace(found, process=ProcessKey(process), matter=MatterKey(matter)))


def test_each_case_is_kept_for_the_days_of_its_process_and_matter(city):
    rules = (
        {"process": "avgiftshantering", "days": 365},
        {"process": "avgiftshantering", "matter": "anstand", "days": 100},
        {"matter": "bokforing", "days": 1000},
    )
    given = {**city.app.knowledge.retention.model_dump(), "rules": rules}
    kept = RetentionFile.model_validate(given)
    about = {
        100: ("avgiftshantering", "anstand"),
        365: ("avgiftshantering", "avgift"),
        730: ("kundreskontra", "anstand"),
        1000: ("redovisning", "bokforing"),
    }
    cases = {days: closed_case(city) for days in about}
    for days, (process, matter) in about.items():
        belongs_to(city, cases[days], process, matter)
    closed = city.clock.now()
    for days in about:
        city.clock.advance(closed + timedelta(days=days) - city.clock.now())
        assert Retention(city.app.database, kept, city.clock).run(actor="system").counts == {}
        city.clock.advance(timedelta(seconds=1))
        done = Retention(city.app.database, kept, city.clock).run(actor="system")
        assert done.counts["cases"] == 1
        gone = {each for each, case in cases.items() if mails_with_words(city, case) == 0}
        assert gone == {each for each in about if each <= days}


def test_a_second_run_finds_nothing(city):
    closed_case(city)
    city.clock.advance(timedelta(days=731))
    retention(city).run(actor="system")
    assert retention(city).run(actor="system").counts == {}


def test_a_dry_run_counts_and_deletes_nothing(city):
    case = closed_case(city)
    city.clock.advance(timedelta(days=731))
    tried = retention(city).run(actor="system", dry_run=True)
    assert tried.counts == {"cases": 1}
    assert mails_with_words(city, case) == 2
    with city.app.database.reading() as work:
        assert work.keeping.runs() == []


def test_an_open_case_is_never_deleted(city):
    city.post(**ORDINARY)
    city.work_off()
    city.clock.advance(timedelta(days=5000))
    assert retention(city).run(actor="system").counts == {}


def test_a_case_that_was_closed_again_waits_from_its_last_closing(city):
    case = closed_case(city)
    city.clock.advance(timedelta(days=700))
    city.app.casework.reopen(case, by=ANNA)
    city.app.casework.close(case, by=ANNA)
    city.clock.advance(timedelta(days=100))
    assert retention(city).run(actor="system").counts == {}


def test_a_held_case_is_kept_until_the_hold_is_lifted(city):
    case = closed_case(city)
    holds(city).add(case, by=ANNA)
    city.clock.advance(timedelta(days=731))
    assert retention(city).run(actor="system").counts == {}
    holds(city).lift(case, by=ANNA)
    assert retention(city).run(actor="system").counts["cases"] == 1
    kinds = [event.kind for event in city.history(case)]
    assert kinds[-2:] == [EventKind.HOLD_PUT, EventKind.HOLD_LIFTED]


def test_what_is_held_is_listed_and_cannot_be_held_twice(city):
    case = closed_case(city)
    holds(city).add(case, by=ANNA)
    assert [found.case.number for found in holds(city).listed()] == [case.number]
    with pytest.raises(DataError):
        holds(city).add(case, by=ANNA)


def test_a_case_whose_words_are_gone_cannot_be_held(city):
    case = closed_case(city)
    city.clock.advance(timedelta(days=731))
    retention(city).run(actor="system")
    with pytest.raises(DataError):
        holds(city).add(case, by=ANNA)


def test_mail_that_became_no_case_is_deleted_after_its_own_days(city):
    city.post("Jag är på semester.", headers=[("Auto-Submitted", "auto-replied")])
    city.work_off()
    city.clock.advance(timedelta(days=91))
    assert retention(city).run(actor="system").counts == {"ignored_mails": 1}
    assert city.outcomes() == {"ignored": 1}


def test_each_run_is_noted_in_numbers(city):
    closed_case(city)
    city.clock.advance(timedelta(days=731))
    retention(city).run(actor="system")
    with city.app.database.reading() as work:
        (run,) = work.keeping.runs()
    assert (run.kind, run.counts) == ("age", {"cases": 1, "mails": 2})


def test_a_person_is_erased_from_mails_they_wrote_and_that_were_written_to_them(city):
    case = closed_case(city)
    other = closed_case(city, sender="annan@kund2.example")
    report = erasing(city).erase(SENDER, actor=ANNA)
    assert report.counts == {"mails": 2}
    assert report.touched == (case.number,)
    assert (mails_with_words(city, case), mails_with_words(city, other)) == (0, 2)


def test_a_person_is_erased_from_mails_that_name_their_number_in_any_way_of_writing(city):
    case = closed_case(city, text="Hej, mitt personnummer är 811218-9876. Tack!")
    report = erasing(city).erase("19811218-9876", actor=ANNA)
    assert report.counts["mails"] >= 1
    assert report.touched == (case.number,)


def test_a_person_is_erased_from_calls(city):
    call = NewCall(
        process="kundreskontra", matter="fakturering", customer="Tallmo", callback="08-46500400"
    )
    case = city.app.phone.add(call, by=ANNA).case
    city.app.casework.take(case, by=ANNA)
    city.app.casework.close(case, by=ANNA)
    report = erasing(city).erase("+46 8 465 004 00", actor=ANNA)
    assert report.counts == {"calls": 1}


def test_a_person_is_erased_from_what_was_said_to_the_assistant(city):
    said = {"text": f"logga ett samtal: Tallmo ringde, nås på {SENDER}"}
    with city.app.database.work() as work:
        talk = work.conversations.begin("webb:1", ANNA, city.clock.now())
        work.conversations.go_on(talk, {"asked": said["text"]}, city.clock.now())
        stored = StoredProposal(
            id=0,
            conversation=talk,
            act="phone",
            state=ProposalState.OPEN,
            person=ANNA,
            said=said,
        )
        number = work.conversations.propose(stored, city.clock.now())
    assert erasing(city).erase(SENDER, actor=ANNA).counts == {"conversations": 1, "proposals": 1}
    with city.app.database.reading() as work:
        assert not work.conversations.topic(talk)
        assert not work.conversations.proposal(number).said
    assert erasing(city).erase(SENDER, actor=ANNA).counts == {}


def test_an_open_case_and_a_held_one_are_left_and_named(city):
    held = closed_case(city)
    holds(city).add(held, by=ANNA)
    city.post(**ORDINARY, sender=SENDER, message_id="<open@kund.example>")
    city.work_off()
    report = erasing(city).erase(SENDER, actor=ANNA)
    assert report.counts == {}
    assert sorted(how for _, how in report.left) == [CaseStanding.HELD, CaseStanding.OPEN]


def test_trying_it_first_counts_the_same_and_erases_nothing(city):
    case = closed_case(city)
    tried = erasing(city).erase(SENDER, actor=ANNA, dry_run=True)
    assert mails_with_words(city, case) == 2
    done = erasing(city).erase(SENDER, actor=ANNA)
    assert (tried.counts, tried.touched) == (done.counts, done.touched)


def test_erasing_changes_no_event_and_no_sum(city):
    case = closed_case(city)
    before = (city.history(case), city.outcomes())
    erasing(city).erase(SENDER, actor=ANNA)
    assert (city.history(case), city.outcomes()) == before


def test_a_name_is_not_enough_to_erase_somebody(city):
    with pytest.raises(UsageError):
        erasing(city).erase("Anna Andersson", actor=ANNA)


def test_the_file_of_a_case_holds_its_mails_events_and_decisions(city):
    case = closed_case(city)
    files = export(city, case)
    assert sorted(files) == [
        "anteckningar.csv",
        "beslut.csv",
        "fakturor.csv",
        "händelser.csv",
        "innehåll.txt",
        "mejl/001-in.eml",
        "mejl/002-ut.eml",
        "ärende.json",
    ]
    assert json.loads(files["ärende.json"])["case"] == str(case.number)
    assert b"kalle.kund@kund.example" in files["mejl/001-in.eml"]
    decisions = files["beslut.csv"].decode("utf-8-sig")
    assert "Agneta Brandt" in decisions
    assert "version=" in decisions


def test_the_name_of_the_file_names_nobody(city):
    case = closed_case(city)
    assert file_name(case) == f"arende-{case.number}.zip"


def test_that_a_case_was_handed_out_is_an_event(city):
    case = closed_case(city)
    export(city, case)
    event = city.history(case)[-1]
    assert (event.kind, event.actor) == (EventKind.EXPORTED, ANNA)


def test_the_file_of_a_case_whose_words_are_gone_says_so(city):
    case = closed_case(city)
    city.clock.advance(timedelta(days=731))
    retention(city).run(actor="system")
    files = export(city, case)
    assert "gallrades" in files["innehåll.txt"].decode()
    assert not [name for name in files if name.startswith("mejl/")]


def test_no_cell_of_the_file_becomes_a_formula(city):
    call = NewCall(
        process="kundreskontra", matter="fakturering", customer="=1+1", callback="08-46500400"
    )
    case = city.app.phone.add(call, by=ANNA).case
    assert "'=1+1" in export(city, case)["anteckningar.csv"].decode("utf-8-sig")
