"""A mailbox that vanishes, a full disk, a locked database: nothing is lost, the others go on."""

from __future__ import annotations

import sqlite3
from random import Random

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from bot.errors import DatabaseUnavailable
from bot.services.watch import Watch
from bot.vocabulary import Step
from functionmail.connectors.memory import MemoryMailbox, MemorySource
from functionmail.errors import MailboxUnavailable, SignInRefused
from tests.letters import ORDINARY, URGENT_INVOICE


def look(city):
    """Look at every mailbox once, as the worker's threads do; return the pauses asked for."""
    return {mailbox: city.app.watch.round(mailbox).wait_s for mailbox in city.app.watch.mailboxes}


def vanish(city, mailbox="kundreskontra"):
    folder = city.folder / mailbox
    return folder.rename(city.folder / f"{mailbox}.away"), folder


def test_a_maildir_that_vanishes_does_not_hold_up_the_others(city):
    vanish(city)
    city.post(**ORDINARY, mailbox="info")
    look(city)
    assert city.app.dispatch.run_due() == 1
    assert len(city.sent("info")) == 1


def test_a_maildir_that_vanishes_is_named_in_one_line_and_once(city):
    vanish(city)
    with capture_logs() as logs:
        for _ in range(3):
            look(city)
    (line,) = [entry for entry in logs if entry["event"] == "mailbox_unreachable"]
    assert line["mailbox"] == "kundreskontra"
    assert "\n" not in line["error"]
    assert str(city.folder / "kundreskontra") in line["error"]


def test_the_pauses_grow_while_a_mailbox_does_not_answer(city):
    vanish(city)
    pauses = [look(city)["kundreskontra"] for _ in range(10)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (2, 300)


def memory_watch(city, error):
    box = MemoryMailbox("info")
    box.outage = error
    return Watch({"info": MemorySource(box)}, city.app.intake, city.app.database, city.clock)


def test_a_refused_sign_in_needs_a_person_who_is_told_at_once_and_once(city):
    watch = memory_watch(city, SignInRefused("info", "reading"))
    pauses = {watch.round("info").wait_s for _ in range(5)}
    city.app.dispatch.run_due()
    assert pauses == {300}
    assert city.alerts() == ["mailbox_down"]


def test_a_server_that_asks_for_a_longer_pause_gets_it(city):
    watch = memory_watch(city, MailboxUnavailable("info", "reading", retry_after_s=77))
    assert watch.round("info").wait_s == 77


def test_a_mailbox_may_be_away_for_weeks(city):
    vanish(city)
    with capture_logs():
        pauses = {city.app.watch.round("kundreskontra").wait_s for _ in range(1100)}
    assert max(pauses) == 300


def test_staff_are_told_once_after_ten_minutes(city):
    vanish(city)
    told_after = []
    with capture_logs() as logs:
        for minute in range(30):
            look(city)
            city.app.dispatch.run_due()
            told_after += [minute] * (bool(city.alerts()) and not told_after)
            city.later(minutes=1)
    (alert,) = city.notifier.alerts
    assert told_after == [10]
    assert [entry["event"] for entry in logs].count("mailbox_down") == 1
    assert (alert.code, alert.mailbox) == ("mailbox_down", "kundreskontra")


def test_a_mailbox_that_comes_back_gives_all_its_mail_and_a_new_trouble_is_told_anew(city):
    for _ in range(2):
        away, folder = vanish(city)
        for _ in range(12):
            look(city)
            city.later(minutes=1)
        away.rename(folder)
        city.post(**ORDINARY)
        with capture_logs() as logs:
            assert look(city)["kundreskontra"] is None
        assert [entry["event"] for entry in logs][-1] == "mailbox_back"
    city.app.dispatch.run_due()
    assert city.alerts() == ["mailbox_down", "mailbox_down"]
    assert city.outcomes() == {"case": 2}


@pytest.fixture
def tight(city):
    """A house whose database may not grow any more, until it is told otherwise."""
    pages = {"most": None}

    def limit(connection, _record):
        if pages["most"] is not None:
            connection.execute(f"PRAGMA max_page_count = {pages['most']}")

    def set_most(most):
        pages["most"] = most
        city.app.database.engine.dispose()

    event.listen(city.app.database.engine, "connect", limit)
    return set_most


def hard_to_pack(number):
    """Return lines of which no database finds room for twenty in what it has."""
    chance = Random(number)
    return ["Hej, här är våra nummer."] + [chance.randbytes(30).hex() for _ in range(60)]


def test_a_full_disk_stores_nothing_loses_nothing_and_says_what_to_do(city, tight):
    city.work_off()
    for number in range(20):
        city.post(**{**ORDINARY, "text": "\n".join(hard_to_pack(number))})
    tight(1)
    with capture_logs() as logs:
        look(city)
    assert city.cases() == []
    assert len([entry for entry in logs if entry["log_level"] == "warning"]) == 1
    assert not any(entry["event"] == "mail_quarantined" for entry in logs)
    tight(1_000_000)
    look(city)
    assert city.outcomes() == {"case": 20}


def test_the_error_of_a_full_disk_is_one_line_with_advice(city, tight):
    city.work_off()
    for number in range(20):
        city.post(**{**ORDINARY, "text": "\n".join(hard_to_pack(number))})
    tight(1)
    with pytest.raises(DatabaseUnavailable) as caught:
        city.take_in()
    assert caught.value.retryable
    assert "\n" not in str(caught.value)
    assert "disk" in str(caught.value)


def impatient(city):
    """Let a house wait for its database for an instant only."""

    def set_patience(connection, _record):
        connection.execute("PRAGMA busy_timeout = 20")

    event.listen(city.app.database.engine, "connect", set_patience)
    city.app.database.engine.dispose()


@pytest.fixture
def another_program(city, sqlite_url):
    """A connection of another program that can hold the database."""
    impatient(city)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    yield other
    other.close()


def test_a_locked_database_loses_nothing_and_everything_is_taken_in_later(city, another_program):
    city.post(**URGENT_INVOICE)
    city.post(**ORDINARY, mailbox="info")
    another_program.execute("BEGIN IMMEDIATE")
    with capture_logs() as logs:
        assert set(look(city).values()) == {2}
    assert all("\n" not in entry["error"] for entry in logs)
    another_program.execute("ROLLBACK")
    look(city)
    city.app.dispatch.run_due()
    assert city.outcomes() == {"case": 2}
    assert city.alerts() == ["urgent"]


def test_a_database_that_is_locked_when_a_receipt_is_due_delays_it_and_sends_it_once(
    city, another_program
):
    city.post(**ORDINARY)
    city.take_in()
    another_program.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable):
        city.app.dispatch.run_due()
    another_program.execute("ROLLBACK")
    city.app.dispatch.run_due()
    city.later(minutes=10)
    city.app.dispatch.run_due()
    assert len(city.sent()) == 1


def test_a_mail_that_went_out_while_nobody_could_write_it_down_is_not_sent_again(
    build_city, sqlite_url
):
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    steps = []

    def lock_after_sending(step):
        steps.append(step)
        if step is Step.SENT and steps.count(step) == 1:
            other.execute("BEGIN IMMEDIATE")

    city = build_city(probe=lock_after_sending)
    impatient(city)
    city.post(**ORDINARY)
    city.take_in()
    with pytest.raises(DatabaseUnavailable):
        city.app.dispatch.run_due()
    other.execute("ROLLBACK")
    other.close()
    city.later(minutes=5)
    city.app.dispatch.run_due()
    (case,) = city.cases()
    assert len(city.sent()) == 1
    assert city.events(case).count("receipt_sent") == 1
