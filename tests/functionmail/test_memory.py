"""What can be made to go wrong in a mailbox in memory."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from functionmail.connectors.memory import MemoryMailbox, MemorySender, MemorySource
from functionmail.errors import MailboxUnavailable, SendRefused, SignInRefused

MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)
ID = "c1.0a1b2c@exempelstad.example"


@pytest.fixture
def box() -> MemoryMailbox:
    return MemoryMailbox("info")


def test_a_planned_error_is_raised_once_and_nothing_was_done(box):
    sender = MemorySender(box)
    draft = sender.save_draft(ID, b"x")
    box.fail_next(SendRefused("info", "sending"))
    with pytest.raises(SendRefused):
        sender.send(draft)
    assert not box.sent
    sender.send(draft)
    assert len(box.sent) == 1


def test_an_answer_can_be_lost_although_the_mail_was_sent(box):
    sender = MemorySender(box)
    draft = sender.save_draft(ID, b"x")
    box.fail_next(MailboxUnavailable("info", "sending"), after=True)
    with pytest.raises(MailboxUnavailable):
        sender.send(draft)
    assert sender.find_sent(ID)


def test_planned_errors_come_in_order_one_a_call(box):
    source = MemorySource(box)
    box.fail_next(MailboxUnavailable("info", "reading"))
    box.fail_next(SignInRefused("info", "reading"))
    with pytest.raises(MailboxUnavailable):
        source.fetch(None)
    with pytest.raises(SignInRefused):
        source.fetch(None)
    assert source.fetch(None).messages == ()


def test_an_outage_lasts_until_it_is_over(box):
    box.deliver(b"x", MORNING)
    source = MemorySource(box)
    box.outage = MailboxUnavailable("info", "connecting")
    for _ in range(3):
        with pytest.raises(MailboxUnavailable):
            source.fetch(None)
    box.outage = None
    assert len(source.fetch(None).messages) == 1


def test_a_checkpoint_of_another_mailbox_starts_from_the_beginning(box):
    other = MemoryMailbox("info")
    other.deliver(b"x", MORNING)
    box.deliver(b"y", MORNING)
    checkpoint = MemorySource(other).fetch(None).checkpoint
    assert len(MemorySource(box).fetch(checkpoint).messages) == 1


def test_transport_headers_come_with_the_mail(box):
    box.deliver(b"x", MORNING, transport_headers=(("auto-submitted", "auto-replied"),))
    (message,) = MemorySource(box).fetch(None).messages
    assert message.transport_headers == (("auto-submitted", "auto-replied"),)
