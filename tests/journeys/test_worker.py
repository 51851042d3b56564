"""The loops: mail in and mail out while they run, and an orderly end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text as sql

from bot.clock import FixedClock, SystemClock
from bot.services.phone import NewCall
from bot.services.watch import Watch
from bot.store.engine import open_engine
from bot.store.wakeup import Wakeup
from bot.worker import Worker
from functionmail.connectors.maildir import MaildirSender, MaildirSource
from functionmail.connectors.memory import MemoryMailbox, MemorySource
from functionmail.errors import MailboxUnavailable
from tests.city import SECRET, TUESDAY, City, make_folders
from tests.letters import ORDINARY, URGENT_INVOICE
from tests.outbox import outbox_of
from tests.waiting import until

DROP_CONNECTIONS = sql(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = :name"
)


@contextmanager
def working(city):
    """Let a city's worker run in a thread, and end it."""
    thread = threading.Thread(target=city.app.worker.run)
    thread.start()
    try:
        yield
    finally:
        city.app.worker.stop()
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def live(build_city):
    return build_city(clock=SystemClock(), poll_seconds=0.1)


def test_a_new_file_is_a_case_within_a_second_and_is_answered(live):
    times = []
    with working(live):
        for number in range(1, 4):
            live.post(**ORDINARY, sender=f"p{number}@kund{number}.example")
            times.append(until(lambda n=number: len(live.cases()) == n))
        until(lambda: len(live.sent()) == 3)
    assert min(times) < 1.0


def test_a_new_file_is_a_case_on_postgresql_too(tmp_path, database_url):
    # The clock stands in opening hours: outside them an alert may wait until the morning.
    city = City(tmp_path / "mail", database_url, clock=FixedClock(TUESDAY), poll_seconds=0.1)
    city.app.morning.run_due()  # today's digest is over before the mail comes
    with working(city):
        city.post(**URGENT_INVOICE)
        until(lambda: len(city.sent()) == 1)
        until(lambda: city.alerts() == ["urgent"])
    assert city.outcomes() == {"case": 1}
    city.close()


def test_mail_in_every_mailbox_is_taken_in_at_the_same_time(build_city):
    names = ("kundreskontra", "leverantorsreskontra", "redovisning", "kassa-bank", "info")
    city = build_city(*names, clock=SystemClock(), poll_seconds=0.1)
    with working(city):
        for name in names:
            for _ in range(4):
                city.post(**ORDINARY, mailbox=name, sender=f"p@{name}.example")
        until(lambda: len(city.cases()) == 20)
    assert city.outcomes() == {"case": 20}


@pytest.mark.slow
@pytest.mark.postgres
def test_two_programs_on_one_postgresql_database_do_nothing_twice(tmp_path, fresh_postgres):
    first = City(tmp_path / "mail", fresh_postgres, clock=SystemClock(), poll_seconds=0.1)
    second = City(tmp_path / "mail", fresh_postgres, clock=SystemClock(), poll_seconds=0.1)
    ids = []
    with working(first), working(second):
        for number in range(30):
            sender = f"p{number}@kund{number}.example"
            ids.append(first.post(**ORDINARY, sender=sender))
            if number % 3 == 0:
                first.post("En sak till.", sender=sender, headers=[("References", ids[-1])])
        until(lambda: len(first.sent()) == 30, seconds=60)
        until(lambda: not first.books().without_outcome, seconds=60)
    assert first.outcomes() == {"case": 30, "follow_up": 10}
    assert len({receipt["To"] for receipt in first.receipts()}) == len(first.receipts()) == 30
    assert [first.events(case).count("receipt_sent") for case in first.cases()] == [1] * 30
    first.close()
    second.close()


@pytest.mark.postgres
def test_a_database_server_that_drops_all_connections_is_used_again_at_once(
    tmp_path, fresh_postgres, postgres_url
):
    city = City(tmp_path / "mail", fresh_postgres, clock=SystemClock(), poll_seconds=0.1)
    server = open_engine(postgres_url)
    with working(city):
        for number in range(1, 4):
            city.post(**ORDINARY, sender=f"p{number}@kund{number}.example")
            until(lambda n=number: len(city.sent()) == n, seconds=30)
            with server.connect() as connection:
                connection.execute(
                    DROP_CONNECTIONS, {"name": city.app.database.engine.url.database}
                )
    assert city.outcomes() == {"case": 3}
    assert len(city.receipts()) == 3
    server.dispose()
    city.close()


class HangingSource(MaildirSource):
    """Does not answer, as a server does whose connection broke, until the test is over."""

    def __init__(self, folder, mailbox):
        super().__init__(folder, mailbox)
        self.over = threading.Event()

    def fetch(self, after, *, limit=50):
        assert self.over.wait(60), "nobody waits as long as that"
        return super().fetch(after, limit=limit)


def test_a_mailbox_that_hangs_holds_up_neither_the_others_nor_the_end(live):
    others = set(threading.enumerate())
    hanging = HangingSource(live.folder / "info", "info")
    sources = {**live.app.sources, "info": hanging}
    watch = Watch(sources, live.app.intake, live.app.database, live.clock)
    worker = Worker(
        watch,
        live.app.dispatch,
        (),
        Wakeup(live.app.database.engine),
        poll_s=0.1,
        monotonic=live.clock.monotonic,
    )
    thread = threading.Thread(target=worker.run)
    thread.start()
    live.post(**ORDINARY)
    until(lambda: len(live.sent()) == 1)
    worker.stop()
    thread.join(5)
    assert not thread.is_alive()
    hanging.over.set()
    for left in set(threading.enumerate()) - others:
        left.join(10)


class Untelling(MemorySource):
    """Tells of nothing that comes; each wait takes ten seconds of a clock of its own."""

    def __init__(self, box):
        super().__init__(box)
        self.now = 0.0
        self.looked = []

    def fetch(self, after, *, limit=50):
        self.looked.append(self.now)
        return super().fetch(after, limit=limit)

    def wait(self, timeout_s):
        self.now += 10.0
        return False


def test_a_server_that_tells_of_nothing_is_looked_at_twice_a_minute_anyway(live):
    source = Untelling(MemoryMailbox("info"))
    worker = Worker(
        Watch({"info": source}, live.app.intake, live.app.database, live.clock),
        live.app.dispatch,
        (),
        Wakeup(live.app.database.engine),
        poll_s=0.1,
        monotonic=lambda: source.now,
    )
    thread = threading.Thread(target=worker.run)
    thread.start()
    until(lambda: len(source.looked) > 3)
    worker.stop()
    thread.join(5)
    assert not thread.is_alive()
    assert {later - earlier for earlier, later in pairwise(source.looked)} == {30.0}


def test_each_pause_after_a_failure_is_as_long_as_chance_makes_it(live):
    box = MemoryMailbox("info")
    box.outage = MailboxUnavailable("info", "connecting")
    watch = Watch({"info": MemorySource(box)}, live.app.intake, live.app.database, live.clock)
    drawn = []

    def spread():
        drawn.append(None)
        return 0.001

    worker = Worker(
        watch,
        live.app.dispatch,
        (),
        Wakeup(live.app.database.engine),
        poll_s=0.1,
        monotonic=live.clock.monotonic,
        spread=spread,
    )
    thread = threading.Thread(target=worker.run)
    thread.start()
    until(lambda: len(drawn) >= 6)  # 2 + 4 + 8 + 16 + 32 seconds, if nothing is drawn for them
    worker.stop()
    thread.join(5)
    assert not thread.is_alive()


class SlowSender(MaildirSender):
    """Takes as long to send as the test wants."""

    def __init__(self, folder, mailbox):
        super().__init__(folder, mailbox)
        self.sending = threading.Event()
        self.go_on = threading.Event()

    def send(self, draft):
        self.sending.set()
        assert self.go_on.wait(10)
        super().send(draft)


def test_the_action_in_hand_is_finished_and_the_next_one_left_for_later(live):
    sender = SlowSender(live.folder / "kundreskontra", "kundreskontra")
    worker = Worker(
        live.app.watch,
        outbox_of(live, {"kundreskontra": sender}),
        (),
        Wakeup(live.app.database.engine),
        poll_s=0.1,
        monotonic=live.clock.monotonic,
    )
    for number in range(2):
        live.post(**ORDINARY, sender=f"p{number}@kund{number}.example")
    thread = threading.Thread(target=worker.run)
    thread.start()
    assert sender.sending.wait(10)
    worker.stop()
    sender.go_on.set()
    thread.join(10)
    assert not thread.is_alive()
    assert len(live.sent()) == 1
    answered = ["receipt_sent" in live.events(case) for case in live.cases()]
    assert answered.count(True) == 1


def settings_file(folder, database_url, mailboxes=("kundreskontra",)):
    """Write settings for a run of the real program."""
    lines = [f'database_url = "{database_url}"', "twin_wait = 0", "poll_seconds = 0.1"]
    for mailbox in mailboxes:
        lines += [
            f"[mailboxes.{mailbox}]",
            f'path = "{folder / "mail" / mailbox}"',
            'mode = "auto"',
        ]
    lines += ["[log]", 'format = "json"']
    path = folder / "sammadag.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


class Program:
    """A real `sammadag run` and what it writes to its log."""

    def __init__(self, config):
        clean = {k: v for k, v in os.environ.items() if not k.startswith("SAMMADAG_")}  # noqa: TID251
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "--config", str(config), "run"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean | {"SAMMADAG_SECRET_KEY": SECRET},
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
        self.process.stdout.close()
        self.process.stderr.close()


@pytest.fixture
def run_program(tmp_path, sqlite_url):
    make_folders(tmp_path / "mail", ["kundreskontra"])
    programs = []

    def start():
        program = Program(settings_file(tmp_path, sqlite_url))
        programs.append(program)
        return program

    yield start
    for program in programs:
        program.close()


@pytest.mark.slow
def test_sigterm_stops_the_program_within_five_seconds(run_program):
    program = run_program()
    until(lambda: "worker_started" in program.events(), seconds=30)
    program.process.send_signal(signal.SIGTERM)
    assert program.process.wait(5) == 0
    until(lambda: "worker_stopped" in program.events())


@pytest.mark.slow
def test_a_second_program_on_the_same_sqlite_file_is_refused_in_one_line(build_city, run_program):
    first = build_city().app.claim()
    second = run_program()
    assert second.process.wait(30) == 2
    until(lambda: second.log)
    assert len(second.log) == 1
    assert "sammadag." in second.log[0]
    first.release()


@pytest.mark.slow
def test_the_file_is_free_again_when_the_first_program_was_killed(run_program):
    first = run_program()
    until(lambda: "worker_started" in first.events(), seconds=30)
    first.process.kill()
    first.process.wait(10)
    second = run_program()
    until(lambda: "worker_started" in second.events(), seconds=30)


def test_the_worker_reminds_of_feedback_that_was_promised_today(city):
    call = NewCall(
        process="kundreskontra", matter="fakturering", customer="Tallmo", callback="08-46500400"
    )
    city.app.phone.add(call, by="agneta-brandt")
    city.later(hours=5)
    with working(city):
        until(lambda: "promise_reminder" in city.alerts())


@pytest.mark.slow
@pytest.mark.postgres
def test_when_the_leading_program_is_killed_the_other_takes_over_within_half_a_minute(
    tmp_path, fresh_postgres
):
    city = City(tmp_path / "mail", fresh_postgres, ("kundreskontra",), clock=SystemClock())
    config = settings_file(tmp_path, fresh_postgres, ["kundreskontra"])
    programs = [Program(config), Program(config)]
    try:
        until(lambda: all("worker_started" in p.events() for p in programs), seconds=30)
        until(lambda: any("mailbox_led" in p.events() for p in programs), seconds=30)
        # What lay in the mailbox before the first look gets no receipt, and mails tell seconds.
        led_in = city.clock.now().replace(microsecond=0)
        until(lambda: city.clock.now() - led_in > timedelta(seconds=1))
        city.post(**ORDINARY)
        until(lambda: receipts_recorded(city) == [1], seconds=30)
        (leader,) = [program for program in programs if "mailbox_led" in program.events()]
        leader.process.kill()
        for number in range(5):
            city.post(**ORDINARY, sender=f"p{number}@kund{number}.example")
        until(lambda: len(city.cases()) == 6, seconds=30)
        until(lambda: receipts_recorded(city) == [1] * 6, seconds=30)
        assert city.outcomes() == {"case": 6}
        assert len(city.sent()) == 6
    finally:
        for program in programs:
            program.close()
        city.close()


def receipts_recorded(city):
    return [city.events(case).count("receipt_sent") for case in city.cases()]
