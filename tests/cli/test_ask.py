"""`ask` and `chat` as people and other programs call them."""

from __future__ import annotations

import pytest
from rich.console import Console

from bot.cli.acting import Actor
from bot.cli.chat_view import Terminal
from bot.texts import speaker
from bot.vocabulary import Right
from tests.commands import call
from tests.journeys.assistant_talk import HANDLER, shipped_wits, unsure_question


@pytest.fixture
def ask(tmp_path):
    def ask(*arguments):
        url = f"sqlite:///{tmp_path / 'none.db'}"
        return call("--database-url", url, "ask", *arguments)

    return ask


def test_the_json_of_an_answer_holds_what_is_promised_and_nothing_that_does_not_apply(ask):
    row = ask("--json", "--now", "2018-03-14T09:12:00+01:00", "Vem tar frågor om anstånd?").row()
    assert list(row) == ["intent", "slots", "answer", "confidence", "handled_by"]
    assert row["intent"] == "route"
    assert row["slots"] == {"matter": "anstand"}
    assert row["handled_by"] == "kundreskontra"
    assert 0 < row["confidence"] <= 1


def test_what_would_change_something_is_a_proposal(ask):
    row = ask("--json", "jag tar 2018-000508").row()
    assert row["slots"] == {"case": "2018-000508", "action": "take"}
    assert row["proposal"] == {"act": "take", "values": {"case": "2018-000508"}, "missing": []}


def test_a_question_needs_no_quotation_marks(ask):
    assert "kundreskontra@" in ask("vem", "tar", "frågor", "om", "anstånd").out


def test_no_database_is_made_for_a_question(ask, tmp_path):
    assert ask("status 2018-000123?").code == 0
    assert list(tmp_path.iterdir()) == []


def test_the_time_of_the_question_decides_what_tomorrow_is(ask):
    answer = ask("--json", "--now", "2018-06-11T15:30:00+02:00", "who covers LR tomorrow").row()
    assert answer["slots"]["on"] == "2018-06-12"


def test_a_bad_time_and_an_unknown_colleague_are_wrong_usage(ask):
    assert ask("--now", "i går", "hjälp").code == 2
    assert ask("--as", "ingen@exempelstad.example", "hjälp").code == 2


class Script:
    """Answers prompts with lines written before."""

    def __init__(self, *lines):
        self.lines = list(lines)

    def __call__(self, prompt):
        if not self.lines:
            raise EOFError
        return self.lines.pop(0)


@pytest.fixture
def chat(tmp_path):
    from bot.asking import make_talks
    from tests.city import City

    city = City(tmp_path / "mail", f"sqlite:///{tmp_path / 'chat.db'}")

    def chat(*lines):
        console = Console(record=True, width=200)
        talks = make_talks(city.app, shipped_wits())
        who = Actor(person=HANDLER, rights=frozenset({Right.PROTECTED}))
        Terminal(talks, who, speaker("sv"), console, Script(*lines)).run()
        return console.export_text()

    chat.city = city
    yield chat
    city.close()


def test_at_the_terminal_a_proposal_is_done_after_a_yes_and_undone(chat):
    shown = chat("idé till processloggen KR: en gemensam blankett", "ja", "ångra")
    assert "Klart: infört som nummer 1" in shown
    assert "Ångrat" in shown


def test_at_the_terminal_a_no_leaves_everything(chat):
    shown = chat("idé till processloggen KR: en gemensam blankett", "nej", "ångra")
    assert "Då låter jag det vara" in shown
    assert "inget att ångra" in shown


def test_at_the_terminal_what_is_missing_is_asked_for(chat):
    chat("logga samtal: kulturförvaltningen ringde om en fakturakopia", "08-46500417", "ja")
    (listed,) = chat.city.app.phone.listed()
    assert listed.call.callback == "08-46500417"


def test_at_the_terminal_an_error_is_told_and_the_talk_goes_on(chat):
    shown = chat("jag tar 2026-000777", "ja", "hjälp")
    assert "finns inte" in shown
    assert "Fråga mig" in shown


def test_at_the_terminal_the_other_reading_is_chosen_with_a_two(chat):
    shown = chat(unsure_question(), "2", "2")
    assert shown.count("Jag är osäker") == 1
    assert "Skriv 2 om du menade" in shown


def test_the_talk_ends_with_a_good_bye(chat):
    assert "Fråga mig, på" not in chat("sluta", "hjälp")
