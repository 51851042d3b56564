"""Remarks and logs as staff keep them: register, answer, hand over, take up the ladder."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier

import pytest

from bot.errors import DataError, IllegalChange, NotFound
from bot.registers import EntryKind, Facts, Nature, Register, Rung, Source, State, Step
from bot.services.registers import Wanted
from tests.city import shipped_material

REMARKS, CUSTOMER, PROCESS = Register.REMARKS, Register.CUSTOMER_LOG, Register.PROCESS_LOG
HANDLER, HEAD, COLLEAGUE = "agneta-brandt", "anette-forsbro", "amir-haddad"
COMPLAINT = {
    "subject": "Klagomål på ert bemötande",
    "text": "Hej! Jag vill framföra ett klagomål: jag är mycket missnöjd med hur jag blev "
    "bemött när jag ringde om faktura 40012345. Hälsningar Karin",
}


@pytest.fixture
def complaint(city):
    """A case that triage took for a complaint."""
    city.post(**COMPLAINT)
    city.work_off()
    (case,) = city.cases()
    assert case.complaint
    return case


def opening(text="Kunden fick vänta länge i telefon.", **facts):
    return Step(kind=EntryKind.OPENED, text=text, facts=Facts(**facts))


def step(kind, text="Så här blev det.", **facts):
    return Step(kind=kind, text=text, facts=Facts(**facts))


def remark(city, **facts):
    """Register a remark on customer invoices that came by no case."""
    return city.app.registers.open(
        REMARKS, opening(**({"process": "kundreskontra"} | facts)), by=HANDLER
    )


def numbers(sheets):
    return [sheet.item.number for sheet in sheets]


def test_a_complaint_is_suggested_until_a_person_registers_it(city, complaint):
    assert city.app.registers.suggested() == [complaint]
    city.app.registers.open(REMARKS, opening(), by=HANDLER, case=complaint)
    assert city.app.registers.suggested() == []


def test_nothing_is_registered_by_itself(city, complaint):
    assert city.app.registers.listed(REMARKS) == []
    assert "remark_registered" not in city.events(complaint)


def test_mail_that_is_no_complaint_is_not_suggested(city):
    city.post("Hej! Kan vi få anstånd med faktura 40012345?")
    city.work_off()
    assert city.app.registers.suggested() == []


def test_what_a_person_finds_to_be_no_complaint_is_suggested_no_more(city, complaint):
    city.app.registers.dismiss(complaint, by=HANDLER)
    assert city.app.registers.suggested() == []
    (event,) = [event for event in city.history(complaint) if event.kind.value == "retagged"]
    assert (event.actor, event.data) == (HANDLER, {"complaint": False})


def test_a_later_complaint_on_a_dismissed_case_is_suggested_again(city, complaint):
    city.app.registers.dismiss(complaint, by=HANDLER)
    city.post(**COMPLAINT, headers=[("In-Reply-To", "<1@kund.example>")])
    city.work_off()
    assert [case.id for case in city.app.registers.suggested()] == [complaint.id]


def test_what_nobody_takes_for_a_complaint_cannot_be_dismissed(city, complaint):
    city.app.registers.dismiss(complaint, by=HANDLER)
    with pytest.raises(DataError):
        city.app.registers.dismiss(complaint, by=HANDLER)


def test_a_note_in_a_log_does_not_settle_a_suggestion(city, complaint):
    city.app.registers.open(CUSTOMER, opening(customer="trafik"), by=HANDLER, case=complaint)
    assert city.app.registers.suggested() == [complaint]


def test_the_case_records_that_a_remark_was_registered_by_whom(city, complaint):
    item = city.app.registers.open(REMARKS, opening(), by=HANDLER, case=complaint)
    (event,) = [one for one in city.history(complaint) if one.kind == "remark_registered"]
    assert (event.actor, event.at) == (HANDLER, city.clock.now())
    assert dict(event.data) == {"remark": item.number}


def test_a_remark_takes_what_it_can_from_its_case(city, complaint):
    item = city.app.registers.open(REMARKS, opening(), by=HANDLER, case=complaint)
    assert item.case_number == complaint.number
    assert item.facts == Facts(
        nature=Nature.COMPLAINT,
        source=Source.EMAIL,
        unit="kundreskontra",
        process="kundreskontra",
        owner=HEAD,
        due=date(2026, 3, 17),
    )


def test_what_a_person_says_goes_before_the_case(city, complaint):
    said = {"source": Source.PHONE, "owner": COLLEAGUE, "customer": "trafik", "unit": "system-tid"}
    item = city.app.registers.open(REMARKS, opening(**said), by=HANDLER, case=complaint)
    assert item.facts.then(Facts(**said)) == item.facts


def test_the_head_of_the_unit_owns_a_remark_and_answers_it_in_ten_working_days(city):
    item = remark(city)
    assert (item.facts.unit, item.facts.owner) == ("kundreskontra", HEAD)
    assert item.facts.due == date(2026, 3, 17)


def test_the_centre_says_in_how_many_working_days_a_remark_is_answered(build_city):
    shipped = shipped_material()
    registers = shipped.knowledge.registers.model_copy(update={"answer_days": 3})
    material = replace(shipped, knowledge=replace(shipped.knowledge, registers=registers))
    assert remark(build_city(material=material)).facts.due == date(2026, 3, 6)


def test_praise_needs_no_answer(city):
    item = remark(city, nature=Nature.PRAISE)
    assert item.facts.due is None
    city.later(days=365)
    assert city.app.registers.overdue(city.app.registers.today()) == []


def test_a_remark_about_nothing_known_is_refused_and_leaves_no_trace(city):
    with pytest.raises(DataError, match="enheten saknas"):
        city.app.registers.open(REMARKS, opening(), by=HANDLER)
    assert city.app.registers.listed(REMARKS) == []


def test_a_remark_is_answered_once(city):
    item = remark(city)
    done = city.app.registers.follow(REMARKS, item.number, step(EntryKind.ANSWERED), by=HEAD)
    assert done.state is State.DONE
    with pytest.raises(IllegalChange):
        city.app.registers.follow(REMARKS, item.number, step(EntryKind.ANSWERED), by=HANDLER)
    assert len(city.app.registers.sheet(REMARKS, item.number).entries) == 2


def test_two_people_who_answer_at_once_answer_once(city_on_both):
    city = city_on_both
    item = remark(city)
    together = Barrier(2)

    def answer(person):
        together.wait()
        try:
            return city.app.registers.follow(
                REMARKS, item.number, step(EntryKind.ANSWERED), by=person
            )
        except IllegalChange as error:
            return error

    with ThreadPoolExecutor(2) as people:
        found = list(people.map(answer, [HEAD, HANDLER]))
    assert sum(isinstance(one, IllegalChange) for one in found) == 1
    assert len(city.app.registers.sheet(REMARKS, item.number).entries) == 2


def test_the_whole_story_of_a_remark_stays_on_record(city_on_both):
    city = city_on_both
    item = remark(city)
    story = [
        Step(kind=EntryKind.HANDED_OVER, facts=Facts(owner=COLLEAGUE)),
        step(EntryKind.DISCUSSED, "Togs upp på enhetsmötet."),
        step(EntryKind.MEASURE, "Fler svarar i telefon på måndagar."),
        step(EntryKind.ANSWERED, "Vi ringde upp och bad om ursäkt."),
        step(EntryKind.CORRECTED, "Det gällde hyror.", process="hyresadministration"),
        step(EntryKind.REOPENED, "Kunden är inte nöjd."),
    ]
    for one in story:
        city.later(minutes=10)
        now = city.app.registers.follow(REMARKS, item.number, one, by=HEAD)
    sheet = city.app.registers.sheet(REMARKS, item.number)
    assert [entry.kind for entry in sheet.entries[1:]] == [one.kind for one in story]
    assert [entry.text for entry in sheet.entries[1:]] == [one.text for one in story]
    assert sheet.item == now
    assert (now.state, now.facts.owner) == (State.OPEN, COLLEAGUE)
    assert now.facts.process == "hyresadministration"


def test_a_remark_that_is_taken_up_again_gets_a_new_day_for_its_answer(city):
    item = remark(city)
    city.app.registers.follow(REMARKS, item.number, step(EntryKind.ANSWERED), by=HEAD)
    city.later(days=20)
    again = city.app.registers.follow(REMARKS, item.number, step(EntryKind.REOPENED), by=HEAD)
    assert again.facts.due == date(2026, 4, 8)


def test_a_remark_without_an_answer_in_time_is_overdue_until_it_is_answered(city):
    item = remark(city)
    city.later(days=14)
    assert city.app.registers.overdue(date(2026, 3, 17)) == []
    assert city.app.registers.overdue(date(2026, 3, 18)) == [item]
    city.app.registers.follow(REMARKS, item.number, step(EntryKind.ANSWERED), by=HEAD)
    assert city.app.registers.overdue(date(2026, 3, 18)) == []


def test_remarks_are_listed_per_unit_process_and_customer(city):
    first = remark(city, customer="trafik")
    second = remark(city, process="hyresadministration", customer="trafik")
    listed = city.app.registers.listed
    assert numbers(listed(REMARKS)) == [first.number, second.number]
    assert numbers(listed(REMARKS, Wanted(unit="hyror-avgifter"))) == [second.number]
    assert numbers(listed(REMARKS, Wanted(process="kundreskontra"))) == [first.number]
    assert numbers(listed(REMARKS, Wanted(customer="trafik"))) == [first.number, second.number]
    assert listed(REMARKS, Wanted(customer="trafik", process="redovisning")) == []


def test_a_list_can_be_kept_to_what_is_open_or_overdue(city):
    first, second = remark(city), remark(city)
    city.app.registers.follow(REMARKS, first.number, step(EntryKind.ANSWERED), by=HEAD)
    listed = city.app.registers.listed
    assert numbers(listed(REMARKS, Wanted(open_only=True))) == [second.number]
    assert numbers(listed(REMARKS, Wanted(overdue_on=date(2026, 3, 18)))) == [second.number]
    assert listed(REMARKS, Wanted(overdue_on=date(2026, 3, 17))) == []


def test_what_a_customer_says_over_the_year_stands_in_its_log(city_on_both):
    city = city_on_both
    log = city.app.registers
    event = log.open(CUSTOMER, opening("Ny ekonomichef.", customer="trafik"), by=HANDLER)
    need = log.open(
        CUSTOMER,
        opening("Vill ha genomgång.", customer="trafik", nature=Nature.INFORMATION_NEED),
        by=HANDLER,
    )
    log.open(CUSTOMER, opening("Inget.", customer="kultur"), by=HANDLER)
    assert (event.state, need.state) == (State.NOTED, State.OPEN)
    log.follow(CUSTOMER, need.number, step(EntryKind.DISCUSSED), by=HANDLER)
    settled = log.follow(CUSTOMER, need.number, step(EntryKind.RESOLVED), by=HANDLER)
    assert settled.state is State.DONE
    listed = log.listed(CUSTOMER, Wanted(customer="trafik"))
    assert numbers(listed) == [event.number, need.number]


def test_an_entry_of_a_customer_log_takes_its_customer_from_a_case(city):
    text = f"{COMPLAINT['text']}\nEva Ek, Fastighetskontoret"
    city.post(**COMPLAINT | {"text": text}, sender="Eva Ek <eva@fastighet.exempelstad.example>")
    city.work_off()
    (case,) = city.cases()
    assert case.customer == "fastighet"
    item = city.app.registers.open(CUSTOMER, opening(), by=HANDLER, case=case)
    assert item.facts.customer == case.customer


def test_a_proposal_goes_up_the_ladder_to_whoever_stands_there(city_on_both):
    city = city_on_both
    log = city.app.registers
    item = log.open(PROCESS, opening(process="kundreskontra"), by="birgitta-lonnell")
    assert (item.facts.rung, item.facts.owner) == (Rung.FIRST_LINE, HANDLER)
    assert item.facts.proposer == "birgitta-lonnell"
    seen = []
    for _ in range(3):
        item = log.follow(PROCESS, item.number, step(EntryKind.ESCALATED), by=item.facts.owner)
        seen.append((item.facts.rung, item.facts.owner))
    assert seen == [
        (Rung.SPECIALIST, "christer-wahlin"),
        (Rung.KAIZEN, "dragana-savic"),
        (Rung.MANAGER, HEAD),
    ]


def test_a_rung_on_which_nobody_stands_is_passed_over(city):
    log = city.app.registers
    item = log.open(PROCESS, opening(process="leverantorsreskontra"), by="ida-carlfors")
    log.follow(PROCESS, item.number, step(EntryKind.ESCALATED), by="ida-carlfors")
    item = log.follow(PROCESS, item.number, step(EntryKind.ESCALATED), by="ida-carlfors")
    assert (item.facts.rung, item.facts.owner) == (Rung.MANAGER, "bengt-ohlander")


def test_a_point_at_the_supplier_keeps_its_owner_here(city):
    log = city.app.registers
    item = log.open(PROCESS, opening(process="kundreskontra", rung=Rung.KAIZEN), by=HANDLER)
    outside = step(EntryKind.ESCALATED, rung=Rung.SUPPLIER)
    moved = log.follow(PROCESS, item.number, outside, by=item.facts.owner)
    assert (moved.facts.rung, moved.facts.owner) == (Rung.SUPPLIER, "dragana-savic")


def test_at_the_top_of_the_ladder_there_is_no_next_rung(city):
    log = city.app.registers
    item = log.open(PROCESS, opening(process="kundreskontra", rung=Rung.MANAGER), by=HANDLER)
    with pytest.raises(DataError, match="steget på stödtrappan saknas"):
        log.follow(PROCESS, item.number, step(EntryKind.ESCALATED), by=HEAD)


def test_a_solved_point_is_open_until_the_proposer_has_been_told(city):
    log = city.app.registers
    item = log.open(PROCESS, opening(process="kundreskontra"), by=HANDLER)
    item = log.follow(PROCESS, item.number, step(EntryKind.RESOLVED), by=HANDLER)
    assert item.is_open
    item = log.follow(PROCESS, item.number, step(EntryKind.FEEDBACK), by=HANDLER)
    assert item.state is State.DONE


def test_a_follow_up_day_that_passed_is_overdue_with_the_remarks(city):
    log = city.app.registers
    item = log.open(PROCESS, opening(process="kundreskontra", due=date(2026, 3, 4)), by=HANDLER)
    assert log.overdue(date(2026, 3, 5)) == [item]
    followed = step(EntryKind.DISCUSSED, due=date(2026, 3, 11))
    log.follow(PROCESS, item.number, followed, by=HANDLER)
    assert log.overdue(date(2026, 3, 5)) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"unit": "nowhere"},
        {"process": "nothing"},
        {"customer": "nobody"},
        {"owner": "nobody"},
    ],
)
def test_keys_that_nobody_knows_are_refused(city, facts):
    with pytest.raises(NotFound):
        remark(city, **facts)
    assert city.app.registers.listed(REMARKS) == []


def test_a_day_that_has_passed_is_no_day_to_answer_by(city):
    with pytest.raises(DataError, match="redan varit"):
        remark(city, due=date(2026, 3, 2))


@pytest.mark.parametrize("number", [4711, 0, -1, 2**31, 10**30])
def test_a_number_that_is_no_item_is_refused(city_on_both, number):
    registers = city_on_both.app.registers
    with pytest.raises(NotFound):
        registers.follow(REMARKS, number, step(EntryKind.ANSWERED), by=HEAD)
    with pytest.raises(NotFound):
        registers.sheet(REMARKS, number)
    with pytest.raises(NotFound):
        registers.register_of(number, tuple(Register))


def test_an_item_is_found_in_its_own_register_only(city):
    item = remark(city)
    assert city.app.registers.register_of(item.number, tuple(Register)) is REMARKS
    with pytest.raises(NotFound):
        city.app.registers.sheet(PROCESS, item.number)
    with pytest.raises(NotFound):
        city.app.registers.register_of(item.number, (CUSTOMER, PROCESS))


def test_nothing_of_a_text_reaches_alerts_or_events(city, complaint):
    secret = "Kunden heter Hedvig Hemlig."
    city.app.registers.open(REMARKS, opening(secret), by=HANDLER, case=complaint)
    city.work_off()
    said = [repr(city.history(complaint)), repr(city.notifier.alerts)]
    assert not any("Hedvig" in text for text in said)
    assert "Hedvig" not in repr(city.app.registers.listed(REMARKS))
