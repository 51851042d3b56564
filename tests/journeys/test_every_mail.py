"""All mails that the tests know, hostile ones and ordinary ones, through the real intake."""

from __future__ import annotations

import json
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from bot.house_rules import FileMail
from bot.services.ingest import ingest_folder
from bot.services.summary import outcome_counts
from tests.city import City, shipped_material
from tests.hostile import hostile_mails
from tests.ordinary_mails import ordinary_mails

MAILBOXES = tuple(shipped_material().knowledge.mailboxes)
DEVELOPMENT = Path(__file__).parent.parent / "data" / "development" / "cases.jsonl"


@pytest.fixture
def everywhere(tmp_path, database_url):
    city = City(tmp_path / "mail", database_url, MAILBOXES, files=FileMail.HOLD)
    yield city
    city.close()


def ingest(city, folder):
    city.later(seconds=1)
    found = ingest_folder(
        city.app.intake,
        folder,
        city.app.knowledge.mailbox_by_address,
        mailbox=None,
        clock=city.clock,
    )
    assert found.unreadable == ()
    return outcome_counts(found.outcomes)


def as_mail(row):
    """Make a raw mail of a labelled one."""
    made = EmailMessage(policy=SMTP)
    made["From"] = f'"{row["from"].get("name", "")}" <{row["from"]["address"]}>'
    made["To"] = f"{row['mailbox']}@exempelstad.example"
    made["Subject"] = row["subject"]
    made["Date"] = datetime.fromisoformat(row["received"])
    made["Message-ID"] = f"<{row['id']}@cases.example>"
    for name, value in row.get("headers", {}).items():
        if name.lower() not in ("message-id", "date", "content-type"):
            made[name] = value
    made.set_content(row["body"])
    for name in row.get("attachments", ()):
        made.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename=name)
    return made.as_bytes()


@pytest.mark.slow
def test_every_hostile_mail_has_an_outcome_and_none_is_too_much_for_our_code(everywhere, tmp_path):
    folder = tmp_path / "hostile"
    folder.mkdir()
    for mail in hostile_mails():
        (folder / f"{mail.name}.eml").write_bytes(mail.content)
    counts = ingest(everywhere, folder)
    assert counts["mails"] == len(hostile_mails())
    assert counts["quarantined"] == 0
    assert everywhere.books().balanced
    again = ingest(everywhere, folder)
    assert (again["mails"], again["duplicates"]) == (counts["mails"], counts["mails"])
    assert everywhere.books().balanced


@pytest.mark.slow
def test_every_hostile_mail_that_is_a_case_can_be_answered_or_says_why_not(tmp_path, sqlite_url):
    roomy = {
        "unknown_sender_per_hour": 9999,
        "unknown_sender_per_day": 9999,
        "mailbox_per_hour": 9999,
        "everything_per_hour": 9999,
    }
    city = City(tmp_path / "mail", sqlite_url, MAILBOXES, brakes=roomy)
    now = city.clock.now()
    for number, mail in enumerate(hostile_mails()):
        dated = mail.content.replace(
            b"Date: Wed, 17 Jan 2018 09:14:00 +0100",
            f"Date: {now:%a, %d %b %Y %H:%M:%S} +0000".encode(),
        )
        city.deliver(dated, MAILBOXES[number % len(MAILBOXES)])
    city.work_off()
    unclear = [
        case.number
        for case in city.cases()
        if not {"receipt_sent", "receipt_withheld"} & set(city.events(case))
    ]
    assert unclear == []
    assert city.outcomes()["case"] == len(city.cases())
    assert "action_failed" not in city.alerts()
    assert sum(len(city.sent(mailbox)) for mailbox in MAILBOXES) > 50
    city.close()


def test_every_labelled_mail_of_the_development_set_has_an_outcome(everywhere, tmp_path):
    rows = [json.loads(line) for line in DEVELOPMENT.read_text("utf-8").splitlines()]
    folder = tmp_path / "development"
    folder.mkdir()
    for row in rows:
        (folder / f"{row['id']}.eml").write_bytes(as_mail(row))
    counts = ingest(everywhere, folder)
    assert counts["mails"] == len(rows)
    assert counts["quarantined"] == 0
    assert everywhere.books().balanced


def test_every_ordinary_mail_is_a_case_with_a_number_of_its_own(everywhere):
    for number, content in enumerate(ordinary_mails(60)):
        everywhere.deliver(content, MAILBOXES[number % len(MAILBOXES)])
    everywhere.take_in()
    assert everywhere.outcomes() == {"case": 60}
    assert len({case.number for case in everywhere.cases()}) == 60
