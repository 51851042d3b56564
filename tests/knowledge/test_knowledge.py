from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge import Knowledge, load
from bot.knowledge.models import Customer, CustomerKind
from bot.vocabulary import Language, MailboxKey, ProcessKey, TeamKey, UnitKey
from tests.knowledge import small

INFO, KR_BOX = MailboxKey("info"), MailboxKey("kundreskontra")
KR, RED = ProcessKey("kundreskontra"), ProcessKey("redovisning")


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory) -> Knowledge:
    return load(small.write(tmp_path_factory.mktemp("knowledge")))


@pytest.mark.parametrize(
    ("process", "customer", "mailbox", "team"),
    [
        pytest.param(KR, "trafik", INFO, "kr-trafik", id="process-and-customer"),
        pytest.param(KR, "Trafikkontoret", INFO, "kr-trafik", id="customer-by-name"),
        pytest.param(KR, "bjorkangen", INFO, "kr", id="customer-without-team-of-its-own"),
        pytest.param(KR, None, INFO, "kr", id="no-customer"),
        pytest.param(KR, "Föreningen Alm", INFO, "kr", id="unknown-customer"),
        pytest.param(RED, "trafik", KR_BOX, "red", id="customer-of-another-process"),
        pytest.param(None, "trafik", KR_BOX, "kr-trafik", id="mailbox-process-and-customer"),
        pytest.param(None, None, KR_BOX, "kr", id="mailbox-process"),
        pytest.param(None, None, INFO, "red", id="mailbox-team"),
        pytest.param(None, "trafik", INFO, "red", id="mailbox-team-whoever-asks"),
        pytest.param(ProcessKey("gone"), None, INFO, "red", id="unknown-process"),
    ],
)
def test_a_case_goes_to_the_team_for_its_process_and_customer_else_the_default(
    knowledge, process, customer, mailbox, team
):
    assert knowledge.team_for(process, customer, mailbox) == team


@given(
    st.none() | st.sampled_from([KR, RED]) | st.text(max_size=10).map(ProcessKey),
    st.none() | st.sampled_from(["trafik", "bjorkangen"]) | st.text(max_size=20),
    st.sampled_from([INFO, KR_BOX]),
)
def test_a_case_never_goes_to_nobody(knowledge, process, customer, mailbox):
    assert knowledge.team_for(process, customer, mailbox) in knowledge.teams


@pytest.mark.parametrize(
    "written",
    [
        "bjorkangen",
        "Björkängen",
        "Björkängens stadsdelsförvaltning",
        "BJÖRKÄNGENS  SDF",
        "sdf björkängen",
        "stadsdelsförvaltningen Björkängen",
        "Björkängens stadsdelsnämnd",
        "SDN Björkängen",
        "bjä",
    ],
)
def test_a_customer_is_known_by_each_of_its_names(knowledge, written):
    assert knowledge.customer_key(written) == "bjorkangen"
    assert knowledge.customer_name(written) == "Björkängens stadsdelsförvaltning"


def test_a_name_outside_the_register_is_never_repeated(knowledge):
    assert knowledge.customer_name("Anna Andersson") is None
    assert knowledge.customer_name(None) is None


def test_a_district_that_ends_in_s_takes_no_further_s():
    unit = Customer(key="hammarnas", name="Hammarnäs", kind=CustomerKind.DISTRICT)
    assert unit.full_name == "Hammarnäs stadsdelsförvaltning"


@pytest.mark.parametrize(
    ("address", "customer"),
    [
        ("per@trafik.exempelstad.example", "trafik"),
        ("Per.B@Trafik.Exempelstad.Example", "trafik"),
        ("per@drift.trafik.exempelstad.example", "trafik"),
        ("per@exempelstad.example", None),
        ("per@eviltrafik.exempelstad.example", None),
        ("per@trafik.exempelstad.example.com", None),
        ("trafik.exempelstad.example", None),
        ("", None),
        ("@", None),
    ],
)
def test_a_customer_is_known_by_the_domain_of_an_address(knowledge, address, customer):
    assert knowledge.is_customer_address(address) is (customer is not None)
    if "@" in address:
        assert knowledge.customer_of_address(address) == customer


def test_an_organisation_has_a_domain_of_its_own(knowledge):
    assert knowledge.is_organisation_domain("trafik.exempelstad.example")
    assert knowledge.is_organisation_domain("Exempelstad.example")
    assert not knowledge.is_organisation_domain("gmejl.example")
    assert not knowledge.is_organisation_domain("example")


@given(st.text(max_size=300))
def test_any_text_may_be_asked_about(knowledge, text):
    assert knowledge.customer_key(text) in {None, "trafik", "bjorkangen"}
    assert knowledge.is_customer_address(text) in {True, False}


def test_a_mailbox_is_known_by_each_of_its_addresses(knowledge):
    assert knowledge.mailbox_by_address == {
        "info@exempelstad.example": INFO,
        "ekonomi@exempelstad.example": INFO,
        "kundreskontra@exempelstad.example": KR_BOX,
    }


def test_a_process_is_known_by_its_code(knowledge):
    assert knowledge.process_by_code == {"KR": KR, "RED": RED}


def test_a_unit_has_a_head(knowledge):
    assert knowledge.head_of(UnitKey("ekonomi")) == "anna"


def test_somebody_away_is_not_among_the_people_of_a_day(knowledge):
    team = TeamKey("red")
    assert knowledge.people_of(team) == ("dan",)
    assert knowledge.people_of(team, on=date(2026, 12, 6)) == ("dan",)
    assert knowledge.people_of(team, on=date(2026, 12, 7)) == ()
    assert knowledge.people_of(team, on=date(2026, 12, 11)) == ()


def test_a_person_is_known_by_address_and_slack_user(knowledge):
    assert knowledge.person_by_email["bo@exempelstad.example"] == "bo"
    assert knowledge.person_by_slack_id == {"U0000001": "bo"}


def test_the_calendar_follows_the_hours(knowledge):
    (morning, afternoon) = knowledge.calendar.intervals(date(2026, 3, 2))
    assert (morning.closes, afternoon.opens) == (time(12), time(13))
    assert knowledge.calendar is knowledge.calendar


def test_names_are_given_in_both_languages(knowledge):
    name = knowledge.processes[KR].name
    assert name.in_language(Language.SWEDISH) == "Kundreskontra"
    assert name.in_language(Language.ENGLISH) == "Customer invoices"


def test_a_matter_knows_its_usual_process(knowledge):
    assert knowledge.matters["anstand"].process == KR
    assert knowledge.matters["ovrigt"].process is None


def test_loading_twice_gives_equal_knowledge(knowledge, tmp_path: Path):
    assert load(small.write(tmp_path)) == knowledge
