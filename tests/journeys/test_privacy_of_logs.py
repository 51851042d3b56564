"""Nothing that a mail says, and nobody who wrote one, shows in logs, alerts or the record."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from email.utils import getaddresses

import pytest
from sqlalchemy import text as sql

from bot.clock import FixedClock
from bot.logging_setup import configure
from bot.notifying import sentence
from bot.samples import sample_mails
from bot.texts import speaker
from tests.city import City, shipped_material
from tests.letters import ORDINARY
from tests.plain_logs import log_plainly
from tests.poison import poisoned_material

NOW = datetime(2026, 3, 3, 13, 5, tzinfo=UTC)
MAILS = sample_mails(NOW)
KNOWLEDGE = shipped_material().knowledge
MAILBOXES = tuple(KNOWLEDGE.mailboxes)
OURS = frozenset(
    word.casefold()
    for word in (
        *KNOWLEDGE.mailbox_by_address,
        *(customer.full_name for customer in KNOWLEDGE.customers.values()),
        *(process.name.sv for process in KNOWLEDGE.processes.values()),
        *(part for matter in KNOWLEDGE.matters.values() for part in matter.name.sv.split()),
        "system",  # who acted, in an event; and the name of a mail server
    )
)
"""What may show although it stands in mails too."""


def personal_words():
    """Return what must not show: addresses, names, subjects and sentences of the mails."""
    words = set()
    for mail in MAILS:
        message = message_from_bytes(mail.content, policy=default)
        fields = [str(message[name]) for name in ("From", "Reply-To", "To", "Cc") if message[name]]
        for name, address in getaddresses(fields):
            words.update(word for word in (name, *name.split()) if len(word) > 4)
            words.add(address.lower())
        words.add(str(message.get("Subject", "")).strip())
        body = message.get_body(("plain",))
        try:
            lines = body.get_content().splitlines() if body else []
        except (LookupError, UnicodeError):
            lines = []
        words.update(line.strip() for line in lines if len(line) > 20)
    return {word for word in words if len(word) > 4 and word.casefold() not in OURS}


@pytest.fixture(scope="module")
def lived_through(tmp_path_factory, empty_database):
    """Let the sample city work with every trouble that leaves a trace; return it and its log."""
    folder = tmp_path_factory.mktemp("city")
    (folder / "city.db").write_bytes(empty_database.read_bytes())
    log = io.StringIO()
    configure(style="json", level="debug", stream=log)
    material, poison = poisoned_material()
    city = City(
        folder / "mail",
        f"sqlite:///{folder / 'city.db'}",
        MAILBOXES,
        clock=FixedClock(NOW),
        material=material,
    )
    try:
        for mail in MAILS:
            for mailbox in (mail.mailbox, *mail.also_in):
                city.deliver(mail.content, mailbox)
        away = (city.folder / "redovisning").rename(city.folder / "away")
        for _ in range(2):
            for mailbox in city.app.watch.mailboxes:
                city.app.watch.round(mailbox)
            city.app.dispatch.run_due()
            city.later(minutes=11)
        away.rename(city.folder / "redovisning")
        poison.cured = True
        city.later(hours=1)
        city.app.intake.retry_quarantined()
        for _ in range(2):
            city.post(**ORDINARY, sender="Alma Ek <alma@zoo.example>")
        for mailbox in city.app.watch.mailboxes:
            city.app.watch.round(mailbox)
        city.app.dispatch.run_due()
        yield city, log.getvalue()
    finally:
        log_plainly()
        city.close()


def test_the_log_tells_of_everything_that_happened(lived_through):
    _, log = lived_through
    events = {json.loads(line)["event"] for line in log.splitlines()}
    assert {
        "mail_taken_in",
        "mail_quarantined",
        "quarantine_left",
        "mailbox_unreachable",
        "mailbox_down",
        "mailbox_back",
        "action_done",
        "action_dropped",
    } <= events


def test_every_line_of_the_log_is_json_with_an_event_a_level_and_an_instant(lived_through):
    _, log = lived_through
    for line in log.splitlines():
        assert {"event", "level", "timestamp"} <= set(json.loads(line))


def found_in(text):
    """Return the personal words in a text; a single word counts only where it stands alone."""
    folded = text.casefold()
    alone = set(re.findall(r"\w+", folded))
    words = {word: word.casefold() for word in personal_words()}
    return {
        word
        for word, look in words.items()
        if (look in alone if look.isalpha() else look in folded)
    }


def test_the_words_that_are_looked_for_are_many():
    assert len(personal_words()) > 300


def test_no_address_name_subject_or_sentence_of_a_mail_shows_in_the_log(lived_through):
    _, log = lived_through
    assert found_in(log) == set()


def test_no_address_name_subject_or_sentence_of_a_mail_shows_in_an_alert(lived_through):
    city, _ = lived_through
    names = city.app.knowledge.names_in("sv")
    said = "\n".join(sentence(alert, speaker("sv"), names) for alert in city.notifier.alerts)
    assert len(city.notifier.alerts) > 10
    assert found_in(said) == set()


@pytest.mark.parametrize(
    "table", ["event", "action", "delivery", "case_file", "mailbox", "sent_reply", "breaker"]
)
def test_the_record_that_is_kept_for_ever_holds_keys_and_codes_only(lived_through, table):
    city, _ = lived_through
    with city.app.database.engine.connect() as connection:
        rows = connection.execute(sql(f"SELECT * FROM {table}")).fetchall()
    assert table == "breaker" or rows
    assert found_in("\n".join(repr(tuple(row)) for row in rows)) == set()
