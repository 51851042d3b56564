"""Nothing that a mail says, and nobody who wrote one, is sent to Slack, whatever staff do there."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import getaddresses
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from bot.clock import FixedClock
from bot.privacy import find_personal_numbers
from bot.samples import sample_mails
from bot.vocabulary import Urgency
from tests.city import shipped_material
from tests.slack.office import Office, sees_everything, slack_user
from tests.slack.slack_server import SlackServer
from tests.slack.tour import Tour
from tests.slack.workspace import Workspace

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 3, 13, 5, tzinfo=UTC)
KNOWLEDGE = shipped_material().knowledge
SETS = ("development/cases", "triage/calm", "triage/hard", "triage/urgent", "triage/voices")
QUESTIONS = (
    "hjälp",
    "Visa ärende {case}",
    "Vem hanterar anstånd?",
    "Mall för anstånd",
    "Mina ärenden",
    "Ta ärende {case}",
    "Hur många ärenden kom i dag?",
    "Vem har skrivit ärende {case}?",
    "Vad handlar ärende {case} om?",
)


@dataclass(frozen=True)
class Letter:
    """A mail and what of it must not show."""

    mailbox: str
    content: bytes
    addresses: frozenset[str]
    names: frozenset[str]
    subject: str
    lines: frozenset[str]


@cache
def letters():
    """Return all sample mails and those of the development sets."""
    found = [read(mail.mailbox, mail.content) for mail in sample_mails(NOW)]
    for name in SETS:
        file = ROOT / "tests" / "data" / f"{name}.jsonl"
        for number, line in enumerate(file.read_text("utf-8").splitlines()):
            found.append(written(json.loads(line), f"{name.replace('/', '-')}-{number}"))
    return found


def written(row, name):
    """Return a mail of a labelled set as it would arrive now."""
    made = EmailMessage(policy=SMTP)
    nobody = {"name": f"Sten {name.title()}", "address": f"{name}@privat.example"}
    sender = row.get("from", nobody)
    mailbox = row.get("mailbox", "info")
    made["From"] = f'"{sender.get("name") or ""}" <{sender["address"]}>'
    made["To"] = f"{mailbox}@exempelstad.example"
    made["Subject"] = " ".join(row["subject"].split())
    made["Date"] = NOW
    made["Message-ID"] = f"<{name}@set.example>"
    made.set_content(row["body"])
    return read(mailbox, made.as_bytes())


def read(mailbox, content):
    """Return a mail with what of it must not show."""
    message = message_from_bytes(content, policy=default)
    fields = [str(message[name]) for name in ("From", "Reply-To", "Cc") if message[name]]
    people = getaddresses(fields)
    body = message.get_body(("plain",))
    try:
        text = body.get_content() if body else ""
    except (LookupError, UnicodeError):
        text = ""
    return Letter(
        mailbox=mailbox,
        content=content,
        addresses=frozenset(address.lower() for _, address in people if "@" in address),
        names=frozenset(name for name, _ in people if " " in name),
        subject=str(message.get("Subject", "")).strip(),
        lines=frozenset(line.strip() for line in text.splitlines() if len(line.strip()) > 20),
    )


def our_words():
    """Return all that we ourselves may say: the knowledge, the templates, our sentences."""
    folders = (
        ("knowledge", "*.yaml"),
        ("knowledge", "*.md"),
        ("templates", "**/*"),
        ("bot", "**/*.po"),
    )
    texts = [
        path.read_text("utf-8")
        for folder, pattern in folders
        for path in (ROOT / folder).glob(pattern)
        if path.is_file()
    ]
    return "\n".join((*texts, (ROOT / "bot/texts/codes.py").read_text("utf-8"))).casefold()


def texts_of_mails():
    """Return every text that must not be sent, and what kind of thing it is."""
    ours = our_words()
    known = {name.casefold() for person in KNOWLEDGE.people.values() for name in (person.name,)}
    known |= {unit.full_name.casefold() for unit in KNOWLEDGE.customers.values()}
    ours += "\n".join(known)
    addresses = set(KNOWLEDGE.mailbox_by_address) | set(KNOWLEDGE.person_by_email)
    for letter in letters():
        yield from (("address", one) for one in letter.addresses - addresses)
        yield from (("name", one) for one in letter.names if one.casefold() not in known)
        text = "\n".join(letter.lines)
        for number in find_personal_numbers(f"{text}\n{letter.subject}"):
            yield ("personal number", (f"{text}\n{letter.subject}")[number.start : number.end])
        if len(letter.subject) > 4 and letter.subject.casefold() not in ours:
            yield ("subject", " ".join(letter.subject.split()))
        yield from (("text", line) for line in letter.lines if line.casefold() not in ours)


@cache
def forbidden():
    """Return those texts with their kinds, each once; found once for all tests."""
    return frozenset(texts_of_mails())


def readable(text):
    """Return what was sent as people would read it: without escapes and invisible marks."""
    return unescape(text.replace("\\n", "\n").replace("\u200b", "")).casefold()


@pytest.fixture(scope="module")
def sent(tmp_path_factory, empty_database):
    """Let all mails come, be told in Slack, and staff try everything there is; return all sent."""
    folder = tmp_path_factory.mktemp("city")
    (folder / "city.db").write_bytes(empty_database.read_bytes())
    clock = FixedClock(NOW)
    slack = SlackServer(Workspace(lambda: clock.now().timestamp()))
    person = next(iter(KNOWLEDGE.people))
    office = Office(
        folder / "mail",
        f"sqlite:///{folder / 'city.db'}",
        slack,
        clock,
        mailboxes=tuple(KNOWLEDGE.mailboxes),
        web=sees_everything(person),
    )
    office.begin()
    for letter in letters():
        office.deliver(letter.content, letter.mailbox)
    office.take_in()
    office.tell(seconds=36_000)
    tour = Tour(office, slack.member(slack_user(person)))
    with office.connected():
        everything(office, tour)
    office.tell(seconds=36_000)
    yield office, tour, readable(slack.everything_sent())
    office.close()
    slack.close()


def everything(office, tour):
    """Try all there is on the cases that tell most."""
    cases = [case for case in office.cases() if case.urgent is not Urgency.NO or case.protected]
    chosen = {str(case.number): case for case in (*cases[:5], *office.cases()[-5:])}
    for message in (*office.cards(), *office.alerts_told()):
        if any(number in message["text"] for number in chosen):
            tour.message(message)
    tour.home()
    for number in list(chosen)[:3]:
        for question in QUESTIONS:
            tour.question(question.format(case=number))


def test_there_is_much_to_look_for():
    kinds = [kind for kind, _ in forbidden()]
    assert len(letters()) > 300
    assert kinds.count("name") > 150
    assert kinds.count("address") > 150
    assert kinds.count("subject") > 200
    assert kinds.count("text") > 800
    assert kinds.count("personal number") >= 5


def test_all_was_tried(sent):
    office, tour, text = sent
    methods = {call.method for call in office.slack.space.calls}
    assert tour.acts > 200
    assert tour.unanswered == []
    assert len(office.cards()) == len(office.cases()) > 200
    assert {"chat.postMessage", "chat.update", "views.open", "views.publish"} <= methods
    assert {"response_url", "socket"} & methods
    assert len(text) > 500_000


@pytest.mark.parametrize("kind", ["name", "address", "personal number", "subject", "text"])
def test_nothing_of_a_mail_is_sent_to_slack(sent, kind):
    _, _, text = sent
    found = {
        one
        for what, one in forbidden()
        if what == kind and re.sub(r"\s+", " ", one.casefold()) in text
    }
    assert found == set()
