"""A question about figures is answered with an image beside the words."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.clock import FixedClock
from bot.errors import DatabaseUnavailable
from bot.reports.model import Point, Series, Unit
from bot.services.assistant import Answer
from bot.services.talks import Turn
from bot.slack.charts import FILE_NAME, AnswerCharts, chart_of
from bot.texts import speaker
from bot.understanding import Intent, Topic
from tests.city import TUESDAY
from tests.letters import ORDINARY
from tests.slack.office import Office, slack_user
from tests.slack.people import Member
from tests.slack.slack_server import SlackServer
from tests.slack.workspace import Workspace

ANNA = "agneta-brandt"
STRANGER = "U0STRANGER"
SV = speaker("sv")
TOPIC = Topic(intent=Intent.STATS, slots={})


@pytest.fixture(scope="module")
def live(tmp_path_factory, empty_database):
    """An office that is connected, with one case on each of two days."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copy(empty_database, folder / "sammadag.db")
    clock = FixedClock(TUESDAY)
    slack = SlackServer(Workspace(lambda: clock.now().timestamp()))
    office = Office(folder / "mail", f"sqlite:///{folder / 'sammadag.db'}", slack, clock)
    slack.space.add_user(STRANGER, "nils", "nils@annan.example")
    office.receive(**ORDINARY)
    clock.advance(timedelta(days=1))
    office.receive(**ORDINARY | {"sender": "ny@kund.example"})
    with office.connected():
        yield office
    office.close()
    slack.close()


@pytest.fixture
def anna(live):
    return Member(live.slack, slack_user(ANNA))


def in_thread(live, delivery):
    """Return what we said in the thread of a message: files, and words."""
    event = delivery.payload["event"]
    said = live.slack.space.said(event["channel"], thread=event["ts"])
    ours = [message for message in said if message["ts"] != event["ts"]]
    return (
        [message for message in ours if message.get("files")],
        [message for message in ours if message.get("blocks")],
    )


def wait(live, found, what):
    def look():
        live.later(seconds=1)
        return found()

    return live.slack.space.wait(look, what)


def uploaded(live, delivery):
    def found():
        files, words = in_thread(live, delivery)
        return (files[0], words[0]) if files and words else None

    shared, words = wait(live, found, "an image and an answer")
    return live.slack.space.files[shared["files"][0]["id"]], words


def test_a_figure_is_answered_in_words_and_with_an_image_that_has_the_numbers_in_words(live, anna):
    file, words = uploaded(live, anna.mention("hur många ärenden har kommit in senaste veckan?"))
    assert "ärenden" in words["text"]
    assert file["data"].startswith(b"\x89PNG\r\n\x1a\n")
    assert file["name"] == FILE_NAME
    assert file["alt_txt"].startswith("Antal ärenden. ")
    assert "3/3 1" in file["alt_txt"]


def test_an_image_holds_nothing_of_mails_and_people(live, anna):
    file, _ = uploaded(live, anna.mention("hur många ärenden har kommit in senaste veckan?"))
    told = f"{file['alt_txt']} {file['title']} {file['name']}"
    assert "@" not in told
    assert "Agneta" not in told


def test_a_question_that_is_no_figure_gets_no_image(live, anna):
    delivery = anna.mention("vem hanterar anstånd?")
    wait(live, lambda: in_thread(live, delivery)[1], "an answer")
    assert in_thread(live, delivery)[0] == []


def test_a_stranger_gets_no_image(live):
    before = len(live.slack.space.files)
    stranger = Member(live.slack, STRANGER)
    delivery = stranger.mention("hur många ärenden har kommit in senaste veckan?")
    wait(live, lambda: in_thread(live, delivery)[1], "an answer")
    assert len(live.slack.space.files) == before


def test_the_command_answers_in_words_alone(live, anna):
    before = len(live.slack.space.files)
    anna.command("hur många ärenden har kommit in senaste veckan?")
    wait(live, lambda: "ärenden" in str(anna.ephemerals()), "an answer")
    assert len(live.slack.space.files) == before


def turn():
    answer = Answer(intent="stats", slots={}, text="", confidence=1, topic=TOPIC)
    return Turn(answer=answer)


def series(**given):
    points = (Point(label="Kundreskontra", value=3), Point(label="Övrigt", value=2))
    return Series(key="v", title="Ärenden", unit=Unit.COUNT, points=points, **given)


def test_an_answer_does_without_a_chart_that_cannot_be_counted():
    def broken(answer, say):
        raise DatabaseUnavailable("testing")

    with capture_logs() as logs:
        assert AnswerCharts(broken)(turn(), SV) is None
    assert logs == [
        {"event": "slack_chart_lost", "log_level": "warning", "reason": "DatabaseUnavailable"}
    ]


def test_what_does_not_follow_in_time_is_drawn_as_bars():
    line, lying = chart_of(series(), SV), chart_of(series(over_time=False), SV)
    assert line.alt == lying.alt == "Ärenden. Kundreskontra 3; Övrigt 2."
    assert line.png != lying.png


def test_there_is_no_chart_where_there_is_nothing_to_see():
    assert AnswerCharts(lambda answer, say: None)(turn(), SV) is None
