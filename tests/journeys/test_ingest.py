"""`sammadag ingest`: a folder of mail through the real intake."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from bot.house_rules import FileMail
from bot.services.ingest import ingest_folder
from bot.services.summary import outcome_counts
from tests.city import TUESDAY, City, mail
from tests.commands import call, write_settings
from tests.letters import ORDINARY, URGENT_INVOICE
from tests.poison import poisoned_material

KEYS = ["mails", "cases", "follow_ups", "ignored", "quarantined", "duplicates", "seconds"]


def written(folder, *mails):
    folder.mkdir(exist_ok=True)
    for number, content in enumerate(mails, start=1):
        (folder / f"{number:03}.eml").write_bytes(content)
    return folder


@pytest.fixture
def folder(tmp_path):
    """One mail for each outcome but quarantine, and one that is no mail."""
    first = mail(**ORDINARY, message_id="<1@kund.example>")
    return written(
        tmp_path / "files",
        first,
        mail(
            "En sak till.",
            message_id="<2@kund.example>",
            headers=[("References", "<1@kund.example>")],
        ),
        mail("Borta.", message_id="<3@kund.example>", headers=[("Auto-Submitted", "auto-replied")]),
        first,
        mail(**URGENT_INVOICE, message_id="<4@kund.example>"),
        b"\x00\xff no mail at all",
    )


def ingest(city, folder, **options):
    city.later(seconds=1)
    found = ingest_folder(
        city.app.intake,
        folder,
        city.app.knowledge.mailbox_by_address,
        mailbox=options.get("mailbox"),
        clock=city.clock,
    )
    return outcome_counts(found.outcomes)


EXPECTED = {
    "mails": 6,
    "cases": 3,
    "follow_ups": 1,
    "ignored": 1,
    "quarantined": 0,
    "duplicates": 1,
}


@pytest.fixture
def held(build_city):
    return build_city(files=FileMail.HOLD)


def test_every_file_has_its_outcome_and_the_numbers_add_up(tmp_path, database_url, folder):
    city = City(tmp_path / "mail", database_url, files=FileMail.HOLD)
    assert ingest(city, folder) == EXPECTED
    assert city.books().balanced
    city.close()


def test_a_second_time_everything_is_a_duplicate(tmp_path, database_url, folder):
    city = City(tmp_path / "mail", database_url, files=FileMail.HOLD)
    ingest(city, folder)
    again = ingest(city, folder)
    assert (again["duplicates"], again["mails"]) == (6, 6)
    assert len(city.cases()) == 3
    city.close()


def test_receipts_of_mail_from_files_are_held_and_no_worker_sends_them(build_city, held, folder):
    ingest(held, folder)
    worker = build_city(clock=held.clock)
    worker.work_off()
    worker.later(hours=1)
    worker.work_off()
    assert worker.sent() == []
    states = [worker.actions(case).get("reply:receipt") for case in worker.cases()]
    assert states.count("held") >= 2
    assert set(states) <= {"held", None}


def test_with_answer_receipts_are_planned_and_the_worker_sends_them(build_city, folder):
    ingesting = build_city(files=FileMail.ANSWER)
    ingest(ingesting, folder)
    worker = build_city(clock=ingesting.clock)
    worker.work_off()
    assert len(worker.sent()) == 2


def test_one_summary_alert_stands_for_all_cases_from_files(held, folder):
    ingest(held, folder)
    held.app.dispatch.run_due()
    (alert,) = held.notifier.alerts
    assert alert.code == "backlog"
    assert alert.values == {"cases": 3, "urgent": 1}


def test_nothing_new_raises_no_alert(held, folder):
    ingest(held, folder)
    held.app.dispatch.run_due()
    ingest(held, folder)
    held.app.dispatch.run_due()
    assert held.alerts() == ["backlog"]


@pytest.mark.parametrize("named", [None, "stadskassan"])
def test_the_case_belongs_to_the_mailbox_in_to_unless_a_person_names_another(held, tmp_path, named):
    ingest(
        held,
        written(tmp_path / "one", mail(**ORDINARY, to="info@exempelstad.example")),
        mailbox=named,
    )
    (case,) = held.cases()
    assert case.mailbox == (named or "info")


def test_mail_from_files_keeps_the_time_at_which_it_was_received(held, tmp_path):
    old = TUESDAY - timedelta(days=400)
    ingest(held, written(tmp_path / "one", mail(**ORDINARY, date=old)))
    (case,) = held.cases()
    assert case.received_at == old
    assert case.number.year == 2025


def test_a_mail_in_a_file_and_in_a_mailbox_is_one_case(build_city, held, tmp_path):
    ingest(held, written(tmp_path / "one", mail(**ORDINARY)))
    worker = build_city(clock=held.clock)
    worker.deliver(mail(**ORDINARY))
    worker.work_off()
    assert worker.outcomes() == {"case": 1, "duplicate": 1}


def test_files_that_our_own_code_fails_on_are_quarantined_and_held_when_they_are_read(
    build_city, tmp_path
):
    material, poison = poisoned_material()
    city = build_city(files=FileMail.HOLD, material=material)
    bad = mail(**URGENT_INVOICE, to="info@exempelstad.example")
    assert ingest(city, written(tmp_path / "one", bad))["quarantined"] == 1
    worker = build_city(clock=city.clock, material=material)
    poison.cured = True
    worker.app.intake.retry_all()
    worker.work_off()
    (case,) = worker.cases()
    assert worker.actions(case)["reply:receipt"] == "held"
    assert worker.sent("info") == []
    assert worker.alerts() == ["quarantined", "urgent"]


@pytest.fixture
def config(tmp_path, sqlite_url):
    return write_settings(tmp_path, sqlite_url)


def test_the_command_prints_exactly_the_keys_that_other_programs_rely_on(config, folder):
    called = call("--config", config, "ingest", folder, "--json")
    row = called.row()
    assert called.code == 0
    assert list(row) == KEYS
    assert {key: row[key] for key in EXPECTED} == EXPECTED
    assert row["seconds"] > 0


def test_without_json_the_command_speaks_to_people(config, tmp_path):
    called = call("--config", config, "ingest", written(tmp_path / "one", mail(**ORDINARY)))
    assert called.code == 0
    assert "1 mejl" in called.out


@pytest.mark.slow
def test_while_another_program_holds_the_database_the_command_says_so_and_can_be_repeated(
    config, folder, sqlite_url
):
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refused = call("--config", config, "ingest", folder, "--json")
    other.close()
    assert (refused.code, refused.out) == (1, "")
    assert len(refused.err.splitlines()) == 1
    assert call("--config", config, "ingest", folder, "--json").row()["cases"] == 3


def test_an_unknown_mailbox_is_wrong_usage_and_takes_nothing_in(config, folder):
    called = call("--config", config, "ingest", folder, "--mailbox", "nonsense", "--json")
    assert (called.code, called.out) == (2, "")
    assert len(called.err.splitlines()) == 1


def test_a_folder_that_is_not_there_is_wrong_usage(config, tmp_path):
    called = call("--config", config, "ingest", tmp_path / "nowhere", "--json")
    assert (called.code, called.out) == (2, "")
    assert len(called.err.splitlines()) == 1


def test_an_urgent_follow_up_in_a_file_on_a_case_that_was_known_is_announced(build_city, tmp_path):
    worker = build_city()
    first = worker.post(**ORDINARY)
    worker.work_off()
    held = build_city(files=FileMail.HOLD, clock=worker.clock)
    more = mail(**URGENT_INVOICE, message_id="<2@x.example>", headers=[("References", first)])
    ingest(held, written(tmp_path / "one", more))
    worker.work_off()
    assert worker.alerts() == ["urgent"]
