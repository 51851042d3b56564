"""Kill -9 while cards are posted and updated: no alert lost, no case with two cards."""

from __future__ import annotations

import random
import threading
from collections import Counter
from datetime import UTC, datetime

import pytest

from bot.vocabulary import Urgency
from bot.worktime import next_working_moment
from functionmail.connectors.maildir import deliver
from tests.city import mail, make_folders
from tests.letters import ORDINARY, URGENT_INVOICE
from tests.slack.killed_house import APART, TownTime, begin_life, kill, open_office
from tests.slack.slack_server import SlackServer
from tests.slack.workspace import CASES, Workspace

LIVES = 10
MAILS_A_LIFE = 11


class Town:
    """A house that is killed again and again, and the Slack that it speaks to."""

    def __init__(self, folder, database_url):
        self.folder, self.database_url = folder, database_url
        self.time = TownTime()
        self.kills = 0
        self.mails = 0
        self.slack = SlackServer(Workspace(self.time.now))
        make_folders(folder, ["kundreskontra", "info"])
        office = open_office(folder, database_url, self.slack, self.time)
        office.begin()
        office.close()

    def live(self, *, until_call, done):
        """Let the house live until Slack hears of a call, or has done it and not yet said so."""
        self._let_mail_come()
        process = begin_life(self.folder, self.database_url, self.slack, self.time)
        seen, lock, dead = Counter(), threading.Lock(), threading.Event()

        def witness(method, is_done):
            if not method.startswith("chat.") or is_done is not done:
                return
            with lock:
                seen["calls"] += 1
                is_last = seen["calls"] == until_call
            if is_last:
                self.kills += 1
                kill(process)
                dead.wait(30)

        self.slack.witness = witness
        process.join(60)
        dead.set()
        assert process.exitcode in (0, -9)
        self.slack.witness = lambda _method, _is_done: None

    def live_for(self, seconds):
        """Let the house live for so long, wherever it is then."""
        self._let_mail_come()
        process = begin_life(self.folder, self.database_url, self.slack, self.time)
        process.join(seconds)
        if process.exitcode is None:
            kill(process)
            process.join()
            self.kills += 1

    def _let_mail_come(self):
        self.time.go_on(APART)
        now = datetime.fromtimestamp(self.time.now(), UTC)
        for number in range(MAILS_A_LIFE):
            letter = URGENT_INVOICE if number == 0 else ORDINARY
            made = mail(
                **letter,
                sender=f"p{self.mails}@kund{self.mails}.example",
                message_id=f"<{self.mails}@kund.example>",
                date=now,
            )
            deliver(self.folder / "kundreskontra", f"{self.mails:04}.test", made, now)
            self.mails += 1

    def end(self):
        """Let the house live its last life to its end, in opening hours, and return it."""
        self.time.go_on(APART)
        office = open_office(self.folder, self.database_url, self.slack, self.time)
        office.take_in()
        now = office.clock.now()
        office.clock.advance(next_working_moment(now, office.app.knowledge.calendar) - now)
        office.tell()
        return office


@pytest.fixture
def town(tmp_path, sqlite_url):
    town = Town(tmp_path / "mail", sqlite_url)
    yield town
    town.slack.close()


def assert_all_is_told_once(town):
    office = town.end()
    try:
        cases = office.cases()
        assert len(cases) == town.mails
        shown = Counter(
            str(case.number)
            for case in cases
            for message in town.slack.space.said(CASES)
            if str(case.number) in message["text"]
        )
        assert shown == {str(case.number): 1 for case in cases}
        for case in cases:
            (card,) = [card for card in office.cards() if str(case.number) in card["text"]]
            assert card["text"] == office.face.draw(case).text
        urgent = [case for case in cases if case.urgent is not Urgency.NO]
        told = Counter(
            str(case.number)
            for case in urgent
            for alert in office.alerts_told()
            if str(case.number) in alert["text"]
        )
        assert set(told) == {str(case.number) for case in urgent}
        planned = sum(office.events(case).count("alert_sent") for case in urgent)
        assert planned <= sum(told.values()) <= planned + town.kills
        assert all("alert_sent" in office.events(case) for case in urgent)
    finally:
        office.close()


@pytest.mark.slow
def test_kills_at_calls_lose_no_alert_and_leave_each_case_one_card(town):
    chance = random.Random(20260303)
    for life in range(LIVES):
        town.live(until_call=chance.randint(1, 26), done=life % 2 == 0)
    assert town.kills >= LIVES - 2
    assert town.mails >= 100
    assert_all_is_told_once(town)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_kills_at_random_instants_lose_no_alert_and_leave_each_case_one_card(town, random_kills):
    chance = random.Random(20260304)
    for _ in range(random_kills):
        town.live_for(chance.uniform(0.2, 2.5))
    assert_all_is_told_once(town)
