"""What the options of `remark` and `log` amount to."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.cli.register_input import Asked, Said, step_kind
from bot.errors import UsageError
from bot.registers import EntryKind, Facts, Nature, Register, Rung, Source, kinds_of
from bot.services.registers import Wanted
from tests.city import shipped_material

TODAY = date(2026, 3, 3)
KNOWLEDGE = shipped_material().knowledge


def test_every_option_says_one_thing():
    said = Said(
        text="Hej",
        nature="Complaint",
        source="web",
        unit="kundreskontra",
        process="kr",
        customer="Trafikkontoret",
        owner="Anette.Forsbro@exempelstad.example",
        proposer="amir.haddad@exempelstad.example",
        rung="kaizen",
        due=datetime(2026, 3, 3, tzinfo=UTC),
    )
    step = said.step(EntryKind.OPENED, KNOWLEDGE)
    assert (step.kind, step.text) == (EntryKind.OPENED, "Hej")
    assert step.facts == Facts(
        nature=Nature.COMPLAINT,
        source=Source.WEB,
        unit="kundreskontra",
        process="kundreskontra",
        customer="trafik",
        owner="anette-forsbro",
        proposer="amir-haddad",
        rung=Rung.KAIZEN,
        due=date(2026, 3, 3),
    )


def test_no_option_says_nothing():
    step = Said().step(EntryKind.HANDED_OVER, KNOWLEDGE)
    assert (step.text, step.facts) == (None, Facts())


@pytest.mark.parametrize(
    ("name", "value", "option"),
    [
        ("nature", "rykte", "--nature"),
        ("source", "", "--source"),
        ("unit", "ingen", "--unit"),
        ("process", "XYZ", "--process"),
        ("customer", "Ingen alls", "--customer"),
        ("owner", "nobody@exempelstad.example", "--owner"),
        ("proposer", "amir-haddad", "--proposer"),
        ("rung", "himlen", "--to"),
    ],
)
def test_what_there_is_not_is_wrong_usage_that_names_the_option(name, value, option):
    with pytest.raises(UsageError, match=option):
        Said(**{name: value}).step(EntryKind.OPENED, KNOWLEDGE)


def test_a_step_is_one_that_the_register_has():
    assert step_kind("Feedback", kinds_of(Register.PROCESS_LOG)) is EntryKind.FEEDBACK
    with pytest.raises(UsageError, match="answered"):
        step_kind("feedback", kinds_of(Register.REMARKS))
    with pytest.raises(UsageError):
        step_kind("opened", kinds_of(Register.REMARKS))


def test_a_list_may_be_kept_to_a_unit_a_process_and_a_customer():
    assert Asked().wanted(KNOWLEDGE, TODAY) == Wanted()
    asked = Asked(unit="kundreskontra", process="KR", customer="Kulturförvaltningen")
    assert asked.wanted(KNOWLEDGE, TODAY) == Wanted(
        unit="kundreskontra", process="kundreskontra", customer="kultur"
    )


def test_a_list_may_be_kept_to_what_is_open_or_overdue_today():
    assert Asked(open_only=True).wanted(KNOWLEDGE, TODAY) == Wanted(open_only=True)
    assert Asked(overdue=True).wanted(KNOWLEDGE, TODAY) == Wanted(overdue_on=TODAY)
