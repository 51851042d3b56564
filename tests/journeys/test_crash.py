"""Kill -9 at every named step: no mail lost, no reply sent twice, the books balanced."""

from __future__ import annotations

import random
from collections import Counter
from email import message_from_bytes

import pytest

from bot.services.books import balance
from bot.vocabulary import Outcome, Step
from functionmail.connectors.maildir import deliver
from tests.city import TUESDAY, City, mail, make_folders
from tests.crashing import UNBRAKED, clock_of_round, run_for, run_until_killed, work_off

PER_ROUND = 3


class Town:
    """A mailbox that gets a few mails before each round, and a house that is killed."""

    def __init__(self, folder, database_url):
        self.folder = folder
        self.database_url = database_url
        self.rounds = 0
        make_folders(folder, ["kundreskontra", "info"])
        City(folder, database_url).close()

    def next_round(self):
        for n in range(self.rounds * PER_ROUND, (self.rounds + 1) * PER_ROUND):
            text = f"Hej! Vi ber om anstånd med faktura 4001234{n % 10} som förfaller på fredag."
            made = mail(
                text,
                subject=f"[KR] Anstånd faktura 4001234{n % 10}",
                sender=f"Person {n} <person{n}@kund{n}.example>",
                message_id=f"<{n}@kund.example>",
            )
            deliver(self.folder / "kundreskontra", f"{n:04}.test", made, TUESDAY)
        self.rounds += 1
        clock = clock_of_round(self.rounds)
        return lambda probe: work_off(self.folder, self.database_url, probe, clock=clock)

    def assert_nothing_lost_and_nothing_twice(self):
        mails = PER_ROUND * self.rounds
        clock = clock_of_round(self.rounds + 1)
        city = City(self.folder, self.database_url, clock=clock, brakes=UNBRAKED)
        try:
            city.work_off()
            found = balance(city.app.database, city.app.sources.values())
            assert found.balanced
            assert found.total(Outcome.CASE) == mails
            assert len(city.cases()) == mails
            answered = Counter(message_from_bytes(sent)["To"] for sent in city.sent())
            assert len(answered) == mails
            assert set(answered.values()) == {1}
            assert city.drafts() == []
            for case in city.cases():
                assert city.events(case).count("received") == 1
                assert city.events(case).count("receipt_sent") == 1
        finally:
            city.close()


@pytest.fixture
def town(tmp_path, database_url):
    return Town(tmp_path / "mail", database_url)


@pytest.mark.slow
@pytest.mark.parametrize("step", list(Step), ids=[step.value for step in Step])
def test_a_kill_at_any_step_loses_nothing_and_sends_nothing_twice(town, step, crash_rounds):
    for _ in range(crash_rounds):
        assert run_until_killed(town.next_round(), step=step), f"{step} was never reached"
    town.assert_nothing_lost_and_nothing_twice()


@pytest.mark.slow
def test_kills_at_random_instants_lose_nothing_and_send_nothing_twice(town, random_kills):
    chance = random.Random(20260303)
    for _ in range(random_kills):
        run_for(town.next_round(), seconds=chance.uniform(0.0, 0.6))
    town.assert_nothing_lost_and_nothing_twice()
