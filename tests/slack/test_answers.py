"""Whatever the assistant says, the message is what Slack takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.choices import Choice
from bot.services.proposing import Part
from bot.slack.blocks.answers import (
    AnswerView,
    Readings,
    answer_message,
    help_message,
    missing_modal,
    settled_message,
    wrong_answer_modal,
)
from bot.slack.listeners.home import prompts
from bot.slack.listeners.talk import asked
from bot.texts import speaker
from tests.slack.test_card import as_sent, languages, words
from tests.slack_blocks import MESSAGE, MODAL, faults_in, mentions_in

SV, EN = speaker("sv"), speaker("en")
answers = st.builds(
    AnswerView,
    text=words | st.lists(words, max_size=20).map("\n".join),
    intent=st.just("route"),
    proposal=st.none() | st.just(17),
    missing=st.lists(st.sampled_from(Part), unique=True).map(tuple),
    process=st.none() | st.just("kundreskontra"),
    readings=st.none()
    | st.builds(
        Readings,
        user=st.just("U0ANNA"),
        question=st.integers(1, 10**9),
        intents=st.just(("urgent", "queue")),
    ),
)


@given(answers, languages, st.booleans())
def test_any_answer_gives_a_valid_message(answer, say, rated):
    made = as_sent(answer_message(answer, say, rated=rated))
    assert faults_in(MESSAGE, made) == []
    assert mentions_in(made) == []


@given(words, st.none() | st.just(17), languages)
def test_whatever_became_of_a_proposal_gives_a_valid_message(text, undo, say):
    made = as_sent(settled_message(text, say, undo=undo))
    assert faults_in(MESSAGE, made) == []


@pytest.mark.parametrize("say", [SV, EN])
def test_help_is_valid(say):
    assert faults_in(MESSAGE, as_sent(help_message("/sammadag", say))) == []


@pytest.mark.parametrize("say", [SV, EN])
def test_a_wrong_answer_is_asked_about(say):
    choices = [Choice(key="kundreskontra", name="Kundreskontra")]
    made = wrong_answer_modal(choices, say, process="kundreskontra", intent="route")
    assert faults_in(MODAL, made) == []


@pytest.mark.parametrize("say", [SV, EN])
def test_prompts_are_at_most_four(say):
    assert 1 <= len(prompts(say)) <= 4


@pytest.mark.parametrize("say", [SV, EN])
def test_what_a_proposal_lacks_can_be_asked_for(say):
    choices = [Choice(key="kundreskontra", name="Kundreskontra")]
    made = missing_modal(list(Part), choices, choices, say, metadata="17 C1 1.2")
    assert faults_in(MODAL, made) == []


def test_an_answer_that_would_change_something_asks_first():
    made = answer_message(AnswerView(text="Ska jag?", intent="claim", proposal=17), SV)
    assert "answer_do" in str(made.blocks)
    asked = answer_message(AnswerView(text="Nej", intent="help"), SV)
    assert "answer_do" not in str(asked.blocks)


def test_what_is_not_complete_is_filled_in_first():
    lacking = AnswerView(text="?", intent="claim", proposal=17, missing=(Part.CASE, Part.TO))
    shown = str(answer_message(lacking, SV).blocks)
    assert "answer_do" not in shown
    assert "17:case,to" in shown


@pytest.mark.parametrize(
    ("written", "question"),
    [
        ("<@U0BOT0000> vem hanterar anstånd?", "vem hanterar anstånd?"),
        ("hej <!here> &lt;b&gt; &amp;amp; du", "hej <b> &amp; du"),
        ("se <https://a.example/x|fakturan> nu", "se fakturan nu"),
        ("<@U0BOT0000>", ""),
    ],
)
def test_a_question_is_read_as_it_was_written(written, question):
    assert asked(written) == question


@given(st.text(max_size=6000))
def test_a_question_is_never_too_long(text):
    assert len(asked(text)) <= 1000
