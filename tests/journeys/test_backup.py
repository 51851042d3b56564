"""A backup that is made while mail comes in, and what a restored house does with it."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import threading

import pytest

from bot.operating.databases import back_up
from bot.services.books import balance
from bot.store import backup
from bot.vocabulary import Outcome
from functionmail.connectors.maildir import deliver
from tests.city import City, mail
from tests.commands import call, write_settings
from tests.conftest import skip_unless_required
from tests.letters import ORDINARY, URGENT_INVOICE


@pytest.fixture
def config(tmp_path, sqlite_url, city):
    return write_settings(tmp_path, sqlite_url, mailboxes=city.mailboxes)


def test_a_backup_made_while_mail_comes_in_balances_and_loses_nothing(tmp_path, city):
    first, stop = threading.Event(), threading.Event()

    def post_and_take_in():
        for _ in range(500):
            city.post(**ORDINARY)
            city.take_in()
            first.set()
            if stop.is_set():
                return

    writer = threading.Thread(target=post_and_take_in)
    writer.start()
    first.wait(30)
    copies = [tmp_path / "copy0.db", tmp_path / "copy1.db"]
    told = [back_up(city.app.settings, copy) for copy in copies]
    stop.set()
    writer.join()
    assert 1 <= told[0].cases < len(city.cases())

    for copy, contents in zip(copies, told, strict=True):
        house = restored_house(tmp_path, copy)
        before = house.cases()
        assert before == city.cases()[: contents.cases]
        assert balance(house.app.database).balanced
        assert balance(house.app.database).total(Outcome.CASE) == len(before)
        house.take_in()  # what came after the backup lies in the mailbox still
        assert len(house.cases()) == len(city.cases())
        assert house.books().balanced
        house.close()


def restored_house(tmp_path, copy):
    """Restore a backup to a new place and build a house on it that shares the mailboxes."""
    url = f"sqlite:///{copy.with_suffix('.restored')}"
    config = write_settings(tmp_path, url)
    assert call("--config", config, "restore", copy).code == 0
    return City(tmp_path / "mail", url)


@pytest.fixture
def restored(tmp_path, sqlite_url, city, config):
    """A house that lost a case which came after the backup, and whose sender has a receipt."""
    city.work_off()
    city.later(minutes=1)
    city.post(**ORDINARY)
    city.work_off()
    call("--config", config, "backup", tmp_path / "copy.db")
    city.later(minutes=1)
    city.post(**URGENT_INVOICE, sender="Per Ek <per@kund.example>")
    city.work_off()
    given_out = {case.number for case in city.cases()}
    assert (len(given_out), len(city.receipts())) == (2, 2)
    city.later(minutes=1)
    city.close()
    back = backup.restore(
        tmp_path / "copy.db", tmp_path / "sammadag.db", now=city.clock.now(), force=True
    )
    assert back.contents.cases == 1
    house = City(tmp_path / "mail", sqlite_url, clock=city.clock)
    house.work_off()
    yield house, given_out
    house.close()


def test_what_came_after_the_backup_is_a_case_again_under_a_number_of_its_own(restored):
    house, given_out = restored
    (_, again) = house.cases()
    assert again.number not in given_out
    assert house.outcomes() == {"case": 2}


def test_who_has_a_receipt_gets_no_second_one_after_a_restore(restored):
    house, _ = restored
    (_, again) = house.cases()
    assert len(house.receipts()) == 2
    assert len(house.withheld(again)) == 1


def test_what_is_urgent_is_told_once_more_after_a_restore(restored):
    house, _ = restored
    assert "urgent" in house.alerts()


def test_mail_that_comes_after_the_restore_is_answered(restored, tmp_path):
    house, _ = restored
    house.later(minutes=1)
    new = mail(
        **ORDINARY,
        message_id="<new@kund.example>",
        sender="Eva Gran <eva@kund.example>",
        date=house.clock.now(),
    )
    deliver(tmp_path / "mail" / "kundreskontra", "new.test", new, house.clock.now())
    house.work_off()
    assert len(house.receipts()) == 3


def test_the_key_that_goes_with_a_backup_is_named(tmp_path, city, config):
    called = call("--config", config, "backup", tmp_path / "copy.db")
    assert called.code == 0
    assert str(tmp_path / "secret") in called.err


def test_a_restored_house_without_its_key_is_warned(tmp_path, city, config, sqlite_url):
    call("--config", config, "backup", tmp_path / "copy.db")
    (tmp_path / "secret").unlink()
    city.close()
    restored = call("--config", config, "restore", tmp_path / "copy.db", "--json")
    assert (restored.code, restored.row()["key_missing"]) == (1, True)
    assert "lägg tillbaka nyckeln" in restored.err


def test_nothing_is_restored_while_the_program_runs(tmp_path, city, config):
    call("--config", config, "backup", tmp_path / "copy.db")
    lock = city.app.claim()
    restored = call("--config", config, "restore", tmp_path / "copy.db")
    lock.release()
    assert restored.code == 2
    assert "stoppa den först" in restored.err


@pytest.mark.parametrize(("command", "tool"), [("backup", "pg_dump"), ("restore", "pg_restore")])
def test_on_postgresql_its_own_tools_are_named_without_a_password(tmp_path, command, tool):
    config = write_settings(tmp_path, "postgresql://sammadag:hemligt@db.example/sammadag")
    called = call("--config", config, command, tmp_path / "a copy.dump")
    assert called.code == 2
    assert tool in called.err
    assert "postgresql://sammadag@db.example/sammadag" in called.err
    assert f"'{tmp_path / 'a copy.dump'}'" in called.err
    assert "hemligt" not in called.err


@pytest.mark.postgres
def test_a_gap_in_the_numbers_can_be_left_on_postgresql(tmp_path, database_url):
    town = City(tmp_path / "mail", database_url)
    town.post(**ORDINARY)
    town.take_in()
    config = write_settings(tmp_path, database_url)
    assert call("--config", config, "db", "restored").code == 0
    town.post(**ORDINARY, sender="Per Ek <per@kund.example>")
    town.take_in()
    serials = [case.number.serial for case in town.cases()]
    assert serials[1] - serials[0] > 1000
    town.close()


@pytest.mark.slow
@pytest.mark.postgres
def test_the_commands_named_for_postgresql_bring_everything_back(tmp_path, fresh_postgres):
    if shutil.which("pg_dump") is None:
        skip_unless_required("postgres", "no pg_dump on the path")
    town = City(tmp_path / "mail", fresh_postgres)
    town.post(**ORDINARY)
    town.work_off()
    before = town.cases()
    config = write_settings(tmp_path, fresh_postgres)

    def run(command):
        """Run what a command of ours says to run, as an operator copies it."""
        said = call("--config", config, command, tmp_path / "a copy.dump").err.strip()
        line = said.partition("kör: ")[2].partition(" och sedan")[0]
        subprocess.run(shlex.split(line), check=True, capture_output=True)

    run("backup")
    town.post(**URGENT_INVOICE)
    town.work_off()
    town.close()
    run("restore")
    town = City(tmp_path / "mail", fresh_postgres)
    assert town.cases() == before
    assert balance(town.app.database).balanced
    town.close()
