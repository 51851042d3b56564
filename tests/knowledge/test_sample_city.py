from __future__ import annotations

from collections import Counter

import pytest

from bot.knowledge import Knowledge, bundled_folder, load
from bot.knowledge.models import Belongs, CustomerKind
from bot.vocabulary import Urgency

PROCESSES = {
    "kundreskontra": "KR",
    "leverantorsreskontra": "LR",
    "redovisning": "RED",
    "systemforvaltning": "SYS",
    "tid-projekt": "TP",
    "anlaggning": "ANL",
    "kassa-bank": "KB",
    "hyresadministration": "HYR",
    "avgiftshantering": "AVG",
    "stadskassan": "STK",
}


@pytest.fixture(scope="module")
def city() -> Knowledge:
    return load(bundled_folder())


def test_there_are_ten_processes_with_their_codes(city):
    assert {key: process.code for key, process in city.processes.items()} == PROCESSES


def test_there_are_eleven_mailboxes_with_addresses_in_the_sample_domain(city):
    assert set(city.mailboxes) == {"info", *PROCESSES}
    assert all(
        mailbox.address == f"{key}@exempelstad.example" for key, mailbox in city.mailboxes.items()
    )


def test_each_mailbox_but_the_common_one_belongs_to_its_process(city):
    assert {key: box.process for key, box in city.mailboxes.items()} == {
        "info": None,
        **{key: key for key in PROCESSES},
    }


def test_there_are_twenty_two_matters(city):
    assert len(city.matters) == 22


def test_the_matters_that_are_urgent_by_nature_are_known(city):
    urgent = {key: m.urgent for key, m in city.matters.items() if m.urgent is not Urgency.NO}
    assert urgent == {
        "anstand": Urgency.COLLECTIONS,
        "makulering": Urgency.COLLECTIONS,
        "avbetalningsplan": Urgency.COLLECTIONS,
        "bestridande": Urgency.COLLECTIONS,
        "betalstopp": Urgency.PAYOUT,
    }


def test_only_the_two_general_matters_have_no_process(city):
    places = {key: m.belongs for key, m in city.matters.items() if not m.processes}
    assert places == {"ovrigt": Belongs.ANY, "wrong_recipient": Belongs.NOWHERE}


def test_six_units_have_one_process_or_two_each(city):
    assert len(city.units) == 6
    assert {len(unit.processes) for unit in city.units.values()} == {1, 2}


def test_every_team_has_four_to_six_people(city):
    sizes = Counter(person.team for person in city.people.values() if person.team)
    assert set(sizes) == set(city.teams)
    assert all(4 <= size <= 6 for size in sizes.values())


def test_every_unit_has_a_head(city):
    assert all(city.people[city.head_of(unit)].unit == unit for unit in city.units)


def test_a_team_serves_processes_of_its_own_unit(city):
    assert all(
        service.process in city.units[team.unit].processes
        for team in city.teams.values()
        for service in team.serves
    )


@pytest.mark.parametrize("mailbox", ["info", *PROCESSES])
def test_every_case_in_every_mailbox_finds_a_team(city, mailbox):
    for process in (None, *PROCESSES):
        for customer in (None, *city.customers):
            assert city.team_for(process, customer, mailbox) in city.teams


def test_the_register_holds_units_of_every_kind(city):
    kinds = Counter(customer.kind for customer in city.customers.values())
    assert set(kinds) == set(CustomerKind)
    assert 30 <= len(city.customers) <= 40


def test_every_unit_writes_from_the_sample_domain(city):
    domains = [domain for unit in city.customers.values() for domain in unit.domains]
    assert all(domain.endswith(".exempelstad.example") for domain in domains)


def test_what_the_real_centre_must_decide_says_that_it_is_a_sample(city):
    assert set(city.samples) == {
        "processes.yaml",
        "mailboxes.yaml",
        "customers.yaml",
        "links.yaml",
        "hours.yaml",
        "organisation.yaml",
        "dunning.yaml",
        "payment_runs.yaml",
        "duty.yaml",
        "registers.yaml",
        "replies.yaml",
        "lead_times.yaml",
        "retention.yaml",
    }


def test_an_old_district_leads_to_the_one_that_took_over(city):
    old = [unit for unit in city.customers.values() if unit.until]
    assert old
    assert all(unit.into in city.customers for unit in old)
