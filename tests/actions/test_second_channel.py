"""Alerts by e-mail when the first channel is down."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest

from bot.actions.second_channel import FallbackNotifier, MailNotifier
from bot.clock import FixedClock
from bot.notifying import Alert, AlertCode, MemoryNotifier, NotifierUnavailable
from bot.texts import speaker
from bot.vocabulary import Language, MailboxKey
from functionmail.connectors.maildir import MaildirSender
from functionmail.errors import SendUncertain
from functionmail.identity import Identity
from tests.city import TUESDAY, make_folders, shipped_material

KNOWLEDGE = shipped_material().knowledge
PERSON = next(iter(KNOWLEDGE.people.values()))
BOX = MailboxKey("kundreskontra")


def alert(**values):
    usual = {"key": "alert:last_hour:1", "code": AlertCode.LAST_HOUR, "to": PERSON.key}
    return Alert(**usual | {"case_number": "2026-000123", "mailbox": BOX} | values)


@pytest.fixture
def by_mail_from(tmp_path):
    make_folders(tmp_path, [BOX])

    def make(sender):
        identity = Identity(keys=(b"0123456789abcdef0123456789abcdef",), domain="stad.example")
        clock, say = FixedClock(TUESDAY), speaker(Language.SWEDISH)
        return MailNotifier({BOX: sender}, KNOWLEDGE, identity, clock, say)

    return make


@pytest.fixture
def by_mail(tmp_path, by_mail_from):
    return by_mail_from(MaildirSender(tmp_path / BOX, BOX))


@pytest.fixture
def sent(tmp_path):
    def read():
        paths = sorted(tmp_path.glob(f"{BOX}/.Sent/cur/*"))
        return [message_from_bytes(path.read_bytes(), policy=default) for path in paths]

    return read


def test_the_person_on_duty_gets_the_alert_by_mail(by_mail, sent):
    by_mail.notify(alert())
    (mail,) = sent()
    assert mail["To"].addresses[0].addr_spec == PERSON.email
    assert "2026-000123" in mail.get_content()
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_repeated_alert_is_mailed_once(by_mail, sent):
    for _ in range(3):
        by_mail.notify(alert())
    assert len(sent()) == 1


class Doubtful(MaildirSender):
    """Loses the connection the first time; a draft of which nobody knows stays until told."""

    doubts = 0

    def send(self, draft):
        self.doubts += 1
        raise SendUncertain(BOX, "sending")

    def send_again(self, draft):
        super().send(draft)


def test_an_alert_that_went_out_or_did_not_is_mailed_again(tmp_path, by_mail_from, sent):
    # 2026-11: the draft bore its mark for ever, and each try ended at it.
    doubtful = Doubtful(tmp_path / BOX, BOX)
    by_mail = by_mail_from(doubtful)
    with pytest.raises(NotifierUnavailable):
        by_mail.notify(alert())
    by_mail.notify(alert())
    assert (doubtful.doubts, len(sent())) == (1, 1)


def test_two_steps_of_one_case_are_two_mails(by_mail, sent):
    by_mail.notify(alert())
    by_mail.notify(alert(key="alert:unacknowledged:1"))
    assert len(sent()) == 2


def test_an_alert_for_nobody_stays_in_the_outbox(by_mail):
    with pytest.raises(NotifierUnavailable):
        by_mail.notify(alert(to=None))


def test_the_second_channel_is_used_only_while_the_first_is_down(by_mail, sent):
    first = MemoryNotifier()
    both = FallbackNotifier(first, by_mail)
    both.notify(alert())
    assert (len(first.alerts), sent()) == (1, [])
    first.down = True
    both.notify(alert(key="alert:half_time:1"))
    assert (len(first.alerts), len(sent())) == (1, 1)
