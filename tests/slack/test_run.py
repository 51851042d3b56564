"""`sammadag run` with Slack: it starts with it, says what is wrong, and stops in time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from functools import partial

import pytest

from bot.clock import SystemClock
from functionmail.connectors.maildir import deliver
from tests.city import SECRET, mail, make_folders
from tests.slack.slack_server import APP_TOKEN, BOT_TOKEN, SlackServer
from tests.slack.workspace import CASES

pytestmark = pytest.mark.slow


class Program:
    """A real `sammadag run`, with a Slack on this machine."""

    def __init__(self, folder, database_url, slack, **tokens):
        make_folders(folder / "mail", ["kundreskontra"])
        self.config = folder / "sammadag.toml"
        self.config.write_text(
            f'database_url = "{database_url}"\npoll_seconds = 0.1\n'
            f'[slack]\nchannel = "{CASES}"\nurl = "{slack.url}"\n'
            f'[mailboxes.kundreskontra]\npath = "{folder / "mail" / "kundreskontra"}"\n'
            '[log]\nformat = "json"\n',
            "utf-8",
        )
        ours = ("SAMMADAG_", "SLACK_")
        clean = {k: v for k, v in os.environ.items() if not k.startswith(ours)}  # noqa: TID251
        given = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, **tokens}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "--config", str(self.config), "run"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=clean | given | {"SAMMADAG_SECRET_KEY": SECRET},
        )
        self.log = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stderr:
            self.log.append(line)

    def events(self):
        return [json.loads(line)["event"] for line in list(self.log) if line.startswith("{")]

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        self._reader.join(10)
        self.process.stderr.close()


@pytest.fixture
def slack():
    server = SlackServer()
    yield server
    server.close()


@pytest.fixture
def start(tmp_path, sqlite_url, slack):
    programs = []

    def start(**tokens):
        programs.append(Program(tmp_path, sqlite_url, slack, **tokens))
        return programs[-1]

    yield start
    for program in programs:
        program.close()


def test_a_mail_becomes_a_card_and_sigterm_ends_all_within_five_seconds(start, slack, tmp_path):
    program = start()
    wait = partial(slack.space.wait, seconds=30)
    wait(lambda: "worker_started" in program.events() and slack.links, "the program")
    folder = tmp_path / "mail" / "kundreskontra"
    now = SystemClock().now()
    deliver(folder, "1.test", mail(date=now), now)
    wait(lambda: slack.space.said(CASES), "a card")
    program.process.send_signal(signal.SIGTERM)
    assert program.process.wait(5) == 0
    program.close()
    assert program.events()[-1] == "slack_stopped"


def test_a_token_that_slack_refuses_ends_the_start_with_one_line(start):
    program = start(SLACK_BOT_TOKEN="xoxb-another")
    assert program.process.wait(30) == 2
    program.close()
    assert len(program.log) == 1, program.log
    line = program.log[0]
    assert "slack.bot_token" in line
    assert "xoxb-another" not in line
