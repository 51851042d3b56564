from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.blocks.alert import alert, settled
from bot.slack.blocks.card import CaseAction, card
from bot.slack.message import SlackMessage
from bot.slack.views import CaseView
from bot.texts import speaker
from bot.vocabulary import Status, Urgency
from tests.slack_blocks import MESSAGE, faults_in, mentions_in

SV, EN = speaker("sv"), speaker("en")
STOCKHOLM = ZoneInfo("Europe/Stockholm")
VIEW = CaseView(
    number="2026-000123",
    status=Status.NEW,
    urgent=Urgency.NO,
    process="Kundreskontra",
    matter="Anstånd",
    customer="Stadsbyggnadsförvaltningen",
    team="Kundreskontra Centrum",
    owner=None,
)
URGENT = replace(
    VIEW,
    urgent=Urgency.COLLECTIONS,
    handle_by=datetime(2026, 3, 4, 16, 0, tzinfo=STOCKHOLM),
    safe_until=datetime(2026, 3, 5, 16, 0, tzinfo=STOCKHOLM),
)

words = st.text(alphabet=st.characters(categories=None)) | st.text(min_size=400, max_size=500)
views = st.builds(
    CaseView,
    number=st.just("2026-000123"),
    status=st.sampled_from(Status),
    urgent=st.sampled_from(Urgency),
    process=st.none() | words,
    matter=st.none() | words,
    customer=st.none() | words,
    team=words,
    owner=st.none() | words,
    handle_by=st.none() | st.just(URGENT.handle_by),
    safe_until=st.none() | st.just(URGENT.safe_until),
    stop_confirmed=st.booleans(),
    protected=st.booleans(),
    url=st.none() | st.just("https://web.example/cases/2026-000123"),
)
languages = st.sampled_from((SV, EN))


def as_sent(message: SlackMessage) -> dict[str, object]:
    return {"text": message.text, "blocks": [dict(block) for block in message.blocks]}


def action_ids(message: SlackMessage) -> list[str]:
    return [
        element["action_id"]
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def test_a_new_case_can_be_taken_told_answered_and_closed() -> None:
    assert action_ids(card(VIEW, SV)) == [
        CaseAction.TAKE,
        CaseAction.FEEDBACK,
        CaseAction.TEMPLATE,
        CaseAction.CLOSE,
        CaseAction.MORE,
    ]


def test_a_case_with_an_owner_is_not_offered_again() -> None:
    owned = replace(VIEW, owner="Anna", status=Status.OPEN)
    assert CaseAction.TAKE not in action_ids(card(owned, SV))


def test_a_closed_case_can_only_be_opened_again() -> None:
    closed = replace(VIEW, status=Status.CLOSED)
    assert action_ids(card(closed, SV)) == [CaseAction.REOPEN, CaseAction.EVENTS]


def test_the_text_beside_the_blocks_says_the_case_in_one_sentence() -> None:
    assert card(URGENT, SV).text == (
        "Ärende 2026-000123 · Bråttom: kan gå vidare till inkasso · Anstånd · Kundreskontra · "
        "Stadsbyggnadsförvaltningen. Nytt, ingen har tagit det, "
        "klart senast onsdag 4 mars kl. 16:00."
    )


def test_the_mail_is_a_link_only_where_there_is_a_page() -> None:
    linked = replace(VIEW, url="https://web.example/cases/2026-000123")
    assert "https://web.example" in str(card(linked, SV).blocks)
    assert "url" not in str(card(VIEW, SV).blocks)


def test_english_readers_get_english() -> None:
    assert "Take the case" in str(card(VIEW, EN).blocks)


def test_an_alert_mentions_only_whom_it_is_for() -> None:
    made = alert("Brådskande ärende 2026-000123", SV, case="2026-000123", mention="U0ANNA")
    assert set(mentions_in(as_sent(made))) == {"<@U0ANNA>"}


def test_an_alert_for_nobody_mentions_nobody() -> None:
    made = alert("Brådskande <!channel> <@U0BO>", SV, case="2026-000123")
    assert mentions_in(as_sent(made)) == []


@pytest.mark.parametrize("user", ["!channel", "U1> <!here", "", "S0GROUP"])
def test_what_is_no_person_is_not_mentioned(user: str) -> None:
    assert mentions_in(as_sent(alert("Larm", SV, mention=user))) == []


def test_an_alert_can_be_acknowledged_and_escalated() -> None:
    made = alert("Larm", SV, case="2026-000123", mention="U0ANNA")
    assert action_ids(made) == [CaseAction.ACKNOWLEDGE, CaseAction.ESCALATE]


@given(views, languages)
def test_any_case_gives_a_valid_card(view: CaseView, say) -> None:
    made = as_sent(card(view, say))
    assert faults_in(MESSAGE, made) == []
    assert mentions_in(made) == []


@given(words, languages)
def test_any_sentence_gives_a_valid_alert(sentence: str, say) -> None:
    made = as_sent(alert(sentence, say, case="2026-000123", mention="U0ANNA"))
    assert faults_in(MESSAGE, made) == []


@given(views, words, languages)
def test_an_alert_that_is_settled_is_valid_and_mentions_nobody(view, note: str, say) -> None:
    made = as_sent(settled(view, note, say))
    assert faults_in(MESSAGE, made) == []
    assert mentions_in(made) == []


@given(words, languages)
def test_whom_an_alert_is_for_is_named_where_slack_does_not_know_them(name: str, say) -> None:
    made = as_sent(alert("Larm", say, name=name))
    assert faults_in(MESSAGE, made) == []
    assert mentions_in(made) == []
