"""Sending once: what was refused, what is unknown, and what keeps machines from answering."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from functionmail.compose import compose
from functionmail.errors import (
    MailboxUnavailable,
    MessageGone,
    Refusal,
    SendRefused,
    SendUncertain,
)
from functionmail.identity import OWN_ID_HEADER
from functionmail.message import Address, Outgoing

ID = "fm.2026-000123.1.0a1b2c3d4e@exempelstad.example"
BOX = "info@exempelstad.example"


def outgoing(**more: object) -> bytes:
    return compose(
        Outgoing(
            **{
                "message_id": ID,
                "sender": Address(address=BOX),
                "recipient": Address(address="anna@kund.example"),
                "subject": "Mottaget [#2026-000123-k7]",
                "text": "Tack för ditt mejl.",
                "in_reply_to": "1@kund.example",
                "sent_at": datetime(2026, 3, 3, 9, tzinfo=UTC),
                **more,
            }
        )
    )


def properties(item):
    return {key[-1] if "0x" not in key[1] else key[1]: value for key, value in _named(item)}


def _named(item):
    for key, value in item.properties.items():
        pairs = dict(zip(key[::2], key[1::2], strict=True))
        yield ("", pairs.get("PropertyTag") or pairs["PropertyName"]), value


@pytest.fixture
def sender(house):
    return house.sender()


@pytest.fixture
def draft(sender):
    return sender.save_draft(ID, outgoing())


def test_what_goes_out_carries_our_id_thread_and_guards_against_loops(house, sender, draft):
    sender.send(draft)
    (mime,) = house.ews.world.submitted
    for header in (
        f"Message-ID: <{ID}>",
        "In-Reply-To: <1@kund.example>",
        "References: <1@kund.example>",
        "Auto-Submitted: auto-replied",
        "X-Samma-Dag: 1",
    ):
        assert header.encode() in mime


def test_what_exchange_drops_from_the_mime_goes_beside_it(house, draft):
    (item,) = house.lying_in("drafts")
    assert properties(item) == {
        "Auto-Submitted": "auto-replied",
        "X-Samma-Dag": "1",
        "0x3fdf": "61",
        "SammaDagMessageId": ID,
    }


def test_bounces_are_not_suppressed(house, draft):
    (item,) = house.lying_in("drafts")
    assert not int(properties(item)["0x3fdf"]) & 0x02


def test_a_mail_of_a_person_is_not_marked_as_automatic(house, sender):
    sender.save_draft(ID, outgoing(auto_submitted=None))
    (item,) = house.lying_in("drafts")
    assert properties(item).keys() == {"X-Samma-Dag", "SammaDagMessageId"}


def test_the_copy_lies_in_the_mailboxs_own_sent_folder(house, sender, draft):
    sender.send(draft)
    assert len(house.lying_in("sentitems")) == 1
    own = house.ews.world.mailboxes["svc-sammadag@exempelstad.example"]
    assert own.lying_in(own.known("sentitems")) == []


def test_a_mail_is_found_though_the_server_gave_it_an_id_of_its_own(house, sender):
    house.ews.world.invents_ids = True
    draft = sender.save_draft(ID, outgoing())
    assert sender.find_draft(ID) == draft
    sender.send(draft)
    assert sender.find_sent(ID)


def test_the_copy_of_a_mail_that_got_another_id_tells_ours_when_it_is_read(house, sender):
    house.ews.world.invents_ids = True
    sender.send(sender.save_draft(ID, outgoing()))
    (copy,) = house.sent_source().fetch(None).messages
    assert (OWN_ID_HEADER, ID) in copy.transport_headers


def test_the_copy_of_a_mail_that_kept_its_id_tells_it_once(house, sender, draft):
    sender.send(draft)
    (copy,) = house.sent_source().fetch(None).messages
    assert OWN_ID_HEADER not in dict(copy.transport_headers)


def test_mail_that_waits_in_the_outbox_is_on_its_way(house, sender, draft):
    (item,) = house.lying_in("drafts")
    house.ews.world.move(item, house.folder("outbox"))
    assert sender.find_sent(ID)
    assert sender.find_draft(ID) is None


def test_a_draft_that_a_person_touches_is_still_sent(house, sender, draft):
    (item,) = house.lying_in("drafts")
    house.ews.world.categorise(item, "Anna")
    sender.send(draft)
    assert sender.find_sent(ID)


def test_saving_a_draft_twice_leaves_the_last(house, sender, draft):
    again = outgoing(text="Tack igen.")
    assert sender.save_draft(ID, again) == draft
    assert [item.mime for item in house.lying_in("drafts")] == [again]


REFUSALS = {
    "ErrorSendAsDenied": Refusal.SEND_AS_DENIED,
    "ErrorQuotaExceeded": Refusal.MAILBOX_FULL,
    "ErrorSubmissionQuotaExceeded": Refusal.MAILBOX_FULL,
    "ErrorInvalidRecipients": Refusal.RECIPIENT,
    "ErrorMessageSizeExceeded": Refusal.TOO_LARGE,
    "ErrorInvalidItemForOperationSendItem": Refusal.OTHER,
}


@pytest.mark.parametrize("code", REFUSALS)
def test_a_mail_that_is_refused_stays_among_the_drafts(house, sender, draft, code):
    house.ews.fail("SendItem", code=code)
    with pytest.raises(SendRefused) as caught:
        sender.send(draft)
    assert caught.value.refusal is REFUSALS[code]
    assert not caught.value.retryable
    assert caught.value.__cause__ is not None
    assert "@" not in str(caught.value)
    assert len(house.lying_in("drafts")) == 1


def test_without_send_as_nothing_goes_out(house, sender, draft):
    house.user.send_as.clear()
    with pytest.raises(SendRefused) as caught:
        sender.send(draft)
    assert caught.value.refusal is Refusal.SEND_AS_DENIED
    assert house.ews.world.submitted == []


def test_a_full_mailbox_takes_no_draft(house, sender):
    house.ews.world.mailboxes[BOX].full = True
    with pytest.raises(SendRefused) as caught:
        sender.save_draft(ID, outgoing())
    assert caught.value.refusal is Refusal.MAILBOX_FULL


@pytest.mark.parametrize("lost", ["drop", "half"])
def test_when_only_the_answer_is_lost_the_mail_is_found_in_sent(house, sender, draft, lost):
    house.ews.fail("SendItem", after=True, **{lost: True})
    sender.send(draft)
    assert len(house.ews.world.submitted) == 1


def test_when_the_answer_never_comes_the_mail_is_found_in_sent(house):
    sender = house.sender(house.box(deadline_s=0.5))
    draft = sender.save_draft(ID, outgoing())
    house.ews.fail("SendItem", after=True, hang=True)
    sender.send(draft)
    assert len(house.ews.world.submitted) == 1


def test_when_the_request_is_lost_the_draft_is_sent_the_next_time(house, sender, draft):
    house.ews.fail("SendItem", drop=True)
    with pytest.raises(MailboxUnavailable):
        sender.send(draft)
    sender.send(draft)
    assert len(house.ews.world.submitted) == 1


def test_a_mail_that_lies_nowhere_afterwards_is_left_to_a_person(house, sender, draft):
    (item,) = house.lying_in("drafts")
    house.ews.before("SendItem", lambda: house.ews.world.delete(item))
    house.ews.fail("SendItem", drop=True)
    with pytest.raises(SendUncertain) as caught:
        sender.send(draft)
    assert not caught.value.retryable


def test_where_nobody_can_look_now_the_caller_looks_later(house, sender, draft):
    house.ews.fail("SendItem", after=True, drop=True)
    house.ews.before("SendItem", lambda: house.ews.fail("FindItem", status=503))
    with pytest.raises(MailboxUnavailable):
        sender.send(draft)
    assert sender.find_sent(ID)
    with pytest.raises(MessageGone):
        sender.send(draft)
    assert len(house.ews.world.submitted) == 1
