"""Alerts in Slack lose their buttons wherever the case was acknowledged or closed."""

from __future__ import annotations

import pytest

from bot.services.correcting import Correcting, Correction
from bot.vocabulary import Urgency
from tests.letters import URGENT_INVOICE
from tests.slack.office import Office
from tests.slack.workspace import ALERTS, BOT_USER, Channel

OF_PROCESS = "C0PROC0001"
ANNA = "agneta-brandt"


@pytest.fixture
def office(tmp_path, sqlite_url, slack, clock):
    """An office with an urgent case that was told of where all alerts go."""
    slack.space.channels[OF_PROCESS] = Channel(OF_PROCESS, "egen", {BOT_USER}, archived=True)
    channels = {"kundreskontra": OF_PROCESS}
    made = Office(
        tmp_path / "mail", sqlite_url, slack, clock, modules=(), process_channels=channels
    )
    made.begin()
    made.receive(**URGENT_INVOICE)
    made.tell(seconds=60)
    assert "case_acknowledge" in str(alert(made)["blocks"])
    yield made
    made.close()


def alert(office):
    (told,) = office.slack.space.said(ALERTS)
    return told


def test_an_alert_that_was_acknowledged_elsewhere_says_by_whom_and_loses_its_buttons(office):
    office.app.casework.acknowledge(office.cases()[0], by=ANNA)
    office.tell(seconds=60)
    assert "Agneta Brandt kvitterade" in alert(office)["text"]
    assert "case_acknowledge" not in str(alert(office)["blocks"])
    assert office.face.work_off() == 0


def test_an_alert_of_a_case_that_is_not_urgent_after_all_loses_its_buttons(office):
    (case,) = office.cases()
    right = Correction(
        process=case.process, matter=case.matter, urgent=Urgency.NO, customer=case.customer
    )
    Correcting(office.app.database, office.app.house, office.clock).correct(case, right, by=ANNA)
    office.tell(seconds=60)
    assert "inte brådskande längre" in alert(office)["text"]
    assert "case_acknowledge" not in str(alert(office)["blocks"])
