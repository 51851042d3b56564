"""What an alert says: names of the city, why, and never what a mail holds."""

from __future__ import annotations

import pytest

from bot.knowledge import load
from bot.notifying import Alert, AlertCode, sentence
from bot.texts import speaker
from functionmail import errors
from tests.knowledge import small

swedish = speaker("sv")
english = speaker("en")


@pytest.fixture
def knowledge(tmp_path):
    return load(small.write(tmp_path))


def test_an_urgent_case_is_announced_with_the_names_of_the_city(knowledge):
    alert = Alert(
        key="k",
        code=AlertCode.URGENT,
        case_number="2026-000007",
        process="kundreskontra",
        matter="anstand",
        team="kr",
        customer="Trafik- och gatukontoret",
    )
    team = knowledge.teams["kr"].name
    assert sentence(alert, english, knowledge.names_in("en")) == (
        f"Urgent case 2026-000007, {team.en} · Customer invoices · More time to pay · "
        "Trafik- och gatukontoret"
    )


def test_a_backlog_names_the_mailbox_and_how_many_are_urgent(knowledge):
    alert = Alert(
        key="k", code=AlertCode.BACKLOG, mailbox="info", values={"cases": 12, "urgent": 3}
    )
    said = sentence(alert, swedish, knowledge.names_in("sv"))
    assert said == "Äldre mejl har blivit ärenden, 12 stycken · Info · brådskande: 3"


def test_a_reason_that_has_a_sentence_is_told(knowledge):
    names = knowledge.names_in("sv")
    failed = Alert(key="k", code=AlertCode.ACTION_FAILED, values={"because": "refused_by_server"})
    down = Alert(
        key="k", code=AlertCode.MAILBOX_DOWN, mailbox="info", values={"because": "unavailable"}
    )
    assert sentence(failed, swedish, names).endswith("mejlservern tog inte emot svaret")
    assert sentence(down, swedish, names) == (
        "Brevlådan Info går inte att läsa · "
        "den svarar inte; kontrollera att den finns och är ansluten"
    )


def all_errors(above: type[Exception] = errors.FunctionMailError) -> list[type[Exception]]:
    return [above, *(found for below in above.__subclasses__() for found in all_errors(below))]


@pytest.mark.parametrize("error", all_errors())
def test_every_error_of_a_connector_has_a_sentence(error):
    from bot.texts.codes import CODES

    assert f"mail_error.{error.code}" in CODES
