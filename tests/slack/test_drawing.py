"""What the machine posts by itself, from the same alerts that go by e-mail."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.notifying import Alert, AlertCode, Staffed
from bot.slack.drawing import Drawing
from bot.slack.message import SlackMessage
from bot.slack.views import Teller
from bot.texts import speaker
from bot.vocabulary import Status, Urgency
from tests.city import shipped_material
from tests.made_cases import a_case
from tests.slack_blocks import MESSAGE, faults_in, mentions_in

STOCKHOLM = ZoneInfo("Europe/Stockholm")
KNOWLEDGE = shipped_material().knowledge
ANNA = "agneta-brandt"


def drawing(language: str = "sv", slack_id=lambda person: "U0ANNA") -> Drawing:
    teller = Teller(
        names=KNOWLEDGE.names_in(language), customer=KNOWLEDGE.customer_name, zone=STOCKHOLM
    )
    return Drawing(speaker(language), teller, slack_id)


def an_alert(code: AlertCode, **changes: object) -> Alert:
    values: dict[str, object] = {
        "key": "alert:1",
        "code": code,
        "case_number": "2026-000123",
        "process": "kundreskontra",
        "matter": "anstand",
        "urgent": Urgency.COLLECTIONS,
        "team": "kundreskontra-centrum",
        "to": ANNA,
        "handle_by": datetime(2026, 3, 4, 16, 0, tzinfo=STOCKHOLM),
    }
    return Alert(**(values | changes))  # type: ignore[arg-type]


def a_digest(**values: int) -> Alert:
    counts = {"urgent": 2, "unanswered": 14, "today": 3, "overdue": 0} | values
    return Alert(
        key="alert:digest:1",
        code=AlertCode.DIGEST,
        team="kundreskontra-centrum",
        to=ANNA,
        values=counts,
        staffing=(
            Staffed(place="kundreskontra", on_duty=ANNA),
            Staffed(place="info", on_duty=None),
        ),
    )


def sent(message: SlackMessage) -> dict[str, object]:
    return {"text": message.text, "blocks": [dict(block) for block in message.blocks]}


def test_an_urgent_alert_mentions_the_person_on_duty() -> None:
    assert set(mentions_in(sent(drawing().alert(an_alert(AlertCode.URGENT))))) == {"<@U0ANNA>"}


def test_who_is_not_in_slack_is_named() -> None:
    made = sent(drawing(slack_id=lambda person: None).alert(an_alert(AlertCode.URGENT)))
    assert mentions_in(made) == []
    assert KNOWLEDGE.people[ANNA].name in made["text"]


@pytest.mark.parametrize(
    "code", [AlertCode.URGENT, AlertCode.UNACKNOWLEDGED, AlertCode.HALF_TIME, AlertCode.LAST_HOUR]
)
def test_alerts_of_the_ladder_can_be_acknowledged(code: AlertCode) -> None:
    assert "case_acknowledge" in str(drawing().alert(an_alert(code)).blocks)


def test_an_alert_does_not_say_which_invoice_a_mail_named() -> None:
    values = {"invoice": "4711998877", "amount_ore": 123400}
    made = sent(drawing().alert(an_alert(AlertCode.STOP_LIST_MISS, values=values)))
    assert "4711998877" not in str(made)
    assert "numret står i ärendet" in made["text"]


def test_what_cannot_be_acknowledged_has_no_buttons() -> None:
    made = drawing().alert(an_alert(AlertCode.REPLY_BOUNCED, urgent=Urgency.NO))
    assert "case_acknowledge" not in str(made.blocks)


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("code", [code for code in AlertCode if code is not AlertCode.DIGEST])
def test_every_alert_is_valid(code: AlertCode, language: str) -> None:
    values = {
        "place": "kundreskontra",
        "file": "knowledge/tags.yaml",
        "cases": 4,
        "count": 4,
        "due": "16:00",
        "by": "16:00",
        "invoice": "123",
        "amount_ore": 1234,
        "until": "2026-03-03 16:30",
    }
    alert = an_alert(code, mailbox="kundreskontra", values=values)
    assert faults_in(MESSAGE, sent(drawing(language).alert(alert))) == []


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_digest_is_valid_and_mentions_nobody(language: str) -> None:
    made = sent(drawing(language).alert(a_digest(overdue=1)))
    assert faults_in(MESSAGE, made) == []
    assert mentions_in(made) == []


def test_a_digest_says_its_numbers_and_who_answers() -> None:
    shown = str(drawing().alert(a_digest()).blocks)
    assert "*Obesvarade*\\n14" in shown
    assert KNOWLEDGE.people[ANNA].name in shown
    assert "ingen" in shown


def test_what_is_not_overdue_is_not_shown() -> None:
    assert "Försenade" not in str(drawing().alert(a_digest()).blocks)
    assert "Försenade" in str(drawing().alert(a_digest(overdue=1)).blocks)


def test_a_card_shows_local_time_and_only_registered_units() -> None:
    case = a_case(
        customer="Nils Hemlig",
        urgent=Urgency.PAYOUT,
        handle_by=datetime(2026, 3, 4, 15, 0, tzinfo=UTC),
        owner=ANNA,
        status=Status.OPEN,
    )
    shown = str(sent(drawing().card(case)))
    assert "onsdag 4 mars kl. 16:00" in shown
    assert "Hemlig" not in shown
