"""Whatever people have written, modals, App Home and letters are what Slack takes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.choices import Choice
from bot.services.second_person import Stage
from bot.slack.blocks.card import left
from bot.slack.blocks.home import home, stranger_home
from bot.slack.blocks.letters import (
    ApprovalView,
    AskedView,
    OutlineView,
    TemplateView,
    approval_message,
    draft_message,
    template_modal,
)
from bot.slack.blocks.modals import close_modal, events_modal, feedback_modal, move_modal
from bot.slack.blocks.phone import phone_modal
from bot.slack.views import DayView, EventView, QueueView
from bot.texts import speaker
from tests.slack.test_card import STOCKHOLM, URGENT, VIEW, as_sent, languages, views, words
from tests.slack_blocks import HOME, MESSAGE, MODAL, faults_in, mentions_in

SV = speaker("sv")
NOON = datetime(2026, 3, 3, 12, 0, tzinfo=STOCKHOLM)
choices = st.lists(
    st.builds(Choice, key=st.text("abc", min_size=1, max_size=40), name=words),
    min_size=1,
    max_size=120,
    unique_by=lambda one: one.key,
)
queues = st.builds(
    QueueView,
    cases=st.lists(views, max_size=3).map(tuple),
    count=st.integers(0, 900),
    hidden=st.integers(0, 3),
)
days = st.builds(
    DayView,
    team=st.none() | words,
    mine=queues,
    others=queues,
    staffing=st.lists(st.tuples(words, st.none() | words), max_size=6).map(tuple),
    at=st.just(NOON),
)
happenings = st.lists(
    st.builds(EventView, at=st.just(NOON), code=st.just("event.taken"), actor=st.none() | words),
    max_size=200,
)
outlines = st.builds(
    OutlineView,
    name=st.just("t0"),
    text=words,
    asked=st.lists(
        st.builds(
            AskedView,
            name=st.text("abc_", min_size=1, max_size=40),
            about=words,
            kind=st.sampled_from(["line", "lines", "text", "link", "date"]),
        ),
        max_size=6,
        unique_by=lambda one: one.name,
    ).map(tuple),
    two_people=st.booleans(),
)
approvals = st.builds(
    ApprovalView,
    case=st.just("2026-000123"),
    draft=st.just(12),
    version=st.integers(1, 900),
    stage=st.sampled_from(Stage),
    writers=st.lists(words, max_size=2).map(tuple),
    approver=st.none() | words,
    url=st.none() | st.just("https://web.example/cases/2026-000123/replies/12"),
)


def is_valid(surface: str, payload: dict[str, Any]) -> bool:
    return faults_in(surface, payload) == [] and mentions_in(payload) == []


def templates(*titles: str) -> list[TemplateView]:
    return [TemplateView(name=f"t{at}", title=title, why="w") for at, title in enumerate(titles)]


@given(days, languages)
def test_any_day_gives_a_valid_home(day, say):
    assert is_valid(HOME, home(day, say))


@pytest.mark.parametrize("say", [SV, speaker("en")])
def test_a_stranger_sees_no_case(say):
    assert is_valid(HOME, stranger_home(say))


def test_the_longest_home_fits():
    queue = QueueView(cases=(URGENT,) * 50, count=900)
    day = DayView(team="T", mine=queue, others=queue, staffing=(("a" * 200, None),) * 40, at=NOON)
    assert is_valid(HOME, home(day, SV))


def test_what_is_not_shown_of_a_queue_is_counted():
    queue = QueueView(cases=(VIEW,), count=41)
    day = DayView(team="T", mine=queue, others=QueueView(), staffing=(), at=NOON)
    assert "och 40 till" in str(home(day, SV))


@given(views, languages)
def test_any_case_gives_valid_questions(view, say):
    assert is_valid(MODAL, feedback_modal(view, say))
    assert is_valid(MODAL, close_modal(view, say))


@given(views, choices, choices, languages)
def test_any_choices_can_be_offered(view, processes, matters, say):
    assert is_valid(MODAL, move_modal(view, processes, matters, say))


@given(choices, choices, words, languages)
def test_any_message_can_be_logged_as_a_call(processes, matters, note, say):
    made = phone_modal(processes, matters, say, process=processes[0].key, note=note)
    assert is_valid(MODAL, made)


@given(views, happenings, languages)
def test_any_history_can_be_shown(view, events, say):
    assert is_valid(MODAL, events_modal(view, events, say))


@given(views, st.lists(words, max_size=5), outlines, languages)
def test_any_letter_can_be_shown_in_outline(view, titles, outline, say):
    made = template_modal(view, templates("första", *titles), say, chosen=outline)
    assert is_valid(MODAL, made)


@given(views, languages)
def test_a_case_without_a_template_says_so(view, say):
    assert is_valid(MODAL, template_modal(view, [], say))


@given(views, st.lists(words, max_size=30), st.booleans(), languages)
def test_any_draft_can_be_told(view, holes, two_people, say):
    made = as_sent(draft_message(view, 12, say, version=1, holes=holes, two_people=two_people))
    assert is_valid(MESSAGE, made)


@given(approvals, languages)
def test_any_letter_for_two_people_can_be_told_of(view, say):
    assert is_valid(MESSAGE, as_sent(approval_message(view, say)))


@given(views, languages)
def test_what_stays_where_a_card_has_left_is_valid(view, say):
    assert is_valid(MESSAGE, as_sent(left(view, say)))


def test_one_person_alone_is_not_offered_to_send_a_letter_for_two():
    assert "letter_send" not in str(draft_message(VIEW, 12, SV, version=1, two_people=True).blocks)


def test_a_draft_is_read_on_the_web_page_where_there_is_one():
    page = "https://web.example/cases/2026-000123/replies/12"
    assert page in str(draft_message(VIEW, 12, SV, version=1, url=page).blocks)
    assert "sammadag reply show 12" in str(draft_message(VIEW, 12, SV, version=1).blocks)


def test_an_urgent_case_asks_for_the_stop():
    assert "credited" in str(close_modal(URGENT, SV))
    assert "credited" not in str(close_modal(VIEW, SV))


def test_a_draft_with_a_hole_cannot_be_sent():
    assert "letter_send" not in str(draft_message(VIEW, 12, SV, version=1, holes=["orsak"]).blocks)
    assert "letter_send" in str(draft_message(VIEW, 12, SV, version=1).blocks)


def test_the_newest_of_a_history_comes_first():
    events = [
        EventView(at=NOON, code="event.received", actor=None),
        EventView(at=NOON, code="event.closed", actor="Anna"),
    ]
    shown = events_modal(VIEW, events, SV)["blocks"][1]["text"]["text"]
    assert shown.index("Anna") < shown.index("Kom in")
