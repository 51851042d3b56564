"""Sending once: drafts that Exchange writes anew, lost answers, refusals, people in between."""

from __future__ import annotations

import pytest

from functionmail.errors import (
    ConnectorError,
    MailboxUnavailable,
    MessageGone,
    Refusal,
    SendRefused,
    SendUncertain,
    SignInRefused,
)
from tests.graph.graph_mailbox import DELETED, DRAFTS, SENT, SUPPRESS
from tests.graph.graph_server import Fault

ID = "c1.0a1b2c@exempelstad.example"
LOOP_HEADERS = (
    b"Auto-Submitted: auto-replied\r\n"
    b"X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply\r\n"
    b"X-Sammadag-Case: 1\r\n"
)
MAIL = b"Message-ID: <" + ID.encode() + b">\r\n" + LOOP_HEADERS + b"Subject: Hej\r\n\r\nHej\r\n"


def on_the_wire(tenant):
    return [mail.wire for mail in tenant.box.in_folder(SENT) if mail.wire]


def test_message_id_and_loop_headers_survive_a_server_that_writes_mail_anew(tenant):
    tenant.box.regenerates = True
    sender = tenant.sender()
    sender.send(sender.save_draft(ID, MAIL))
    (wire,) = on_the_wire(tenant)
    assert f"Message-ID: <{ID}>".encode() in wire
    assert b"auto-submitted: auto-replied" in wire
    assert b"x-sammadag-case: 1" in wire
    assert b"X-Auto-Response-Suppress: 0x3d" in wire
    assert sender.find_sent(ID)


def test_a_mail_from_a_person_suppresses_no_answers(tenant):
    tenant.sender().save_draft(ID, b"Message-ID: <" + ID.encode() + b">\r\n\r\nHej\r\n")
    (draft,) = tenant.box.in_folder(DRAFTS)
    assert draft.properties == {}


def test_the_word_all_suppresses_all_answers(tenant):
    tenant.sender().save_draft(ID, b"X-Auto-Response-Suppress: All\r\n\r\nHej\r\n")
    (draft,) = tenant.box.in_folder(DRAFTS)
    assert {name.lower(): value for name, value in draft.properties.items()}[SUPPRESS] == "-1"


def test_a_server_that_keeps_its_own_message_id_is_an_error_before_anything_is_sent(tenant):
    tenant.box.regenerates = tenant.box.keeps_own_ids = True
    with pytest.raises(ConnectorError, match="Message-ID"):
        tenant.sender().save_draft(ID, MAIL)
    assert on_the_wire(tenant) == []


def test_a_lost_answer_to_a_mail_that_was_sent_is_made_up_for_by_looking(tenant):
    sender = tenant.sender()
    draft = sender.save_draft(ID, MAIL)
    tenant.server.fail("send", Fault(how="drop", do=True))
    sender.send(draft)
    assert len(on_the_wire(tenant)) == 1
    assert tenant.server.calls.count("send") == 1


def test_a_lost_call_leaves_the_draft_to_be_sent_by_the_next_try(tenant):
    sender = tenant.sender()
    draft = sender.save_draft(ID, MAIL)
    tenant.server.fail("send", Fault(how="drop"))
    with pytest.raises(MailboxUnavailable):
        sender.send(draft)
    assert tenant.server.calls.count("send") == 1
    restarted = tenant.sender()
    assert restarted.find_sent(ID) is False
    restarted.send(restarted.find_draft(ID))
    assert len(on_the_wire(tenant)) == 1


def test_a_gateway_that_gives_up_on_sending_is_not_asked_twice(tenant):
    sender = tenant.sender()
    draft = sender.save_draft(ID, MAIL)
    tenant.server.fail("send", Fault(504, "UnknownError", do=True))
    sender.send(draft)
    assert tenant.server.calls.count("send") == 1
    assert len(on_the_wire(tenant)) == 1


def test_a_mail_that_was_taken_is_waited_for_until_it_lies_in_sent(tenant):
    tenant.box.looks_until_sent = 4
    sender = tenant.sender()
    sender.send(sender.save_draft(ID, MAIL))
    assert sender.find_sent(ID)
    assert tenant.now == pytest.approx(2.0)


def test_a_mail_that_is_still_on_its_way_is_not_sent_again(tenant):
    tenant.box.looks_until_sent = 1000
    sender = tenant.sender()
    draft = sender.save_draft(ID, MAIL)
    sender.send(draft)
    restarted = tenant.sender()
    assert restarted.find_sent(ID) is False
    with pytest.raises(MailboxUnavailable, match="on its way"):
        restarted.send(restarted.find_draft(ID))
    assert tenant.server.calls.count("send") == 1


def test_a_copy_in_sent_may_have_another_key_than_the_draft(tenant):
    tenant.box.new_id_when_sent = True
    sender = tenant.sender()
    draft = sender.save_draft(ID, MAIL)
    sender.send(draft)
    assert sender.find_sent(ID)
    with pytest.raises(MessageGone):
        sender.send(draft)


def test_a_draft_that_is_gone_without_a_copy_after_a_lost_answer_is_left_to_a_person(tenant):
    sender = tenant.sender()
    draft = sender.save_draft(ID, MAIL)
    (saved,) = tenant.box.in_folder(DRAFTS)
    tenant.server.fail("send", Fault(how="drop", meanwhile=lambda: tenant.box.remove(saved)))
    with pytest.raises(SendUncertain):
        sender.send(draft)


def test_a_draft_that_a_person_threw_away_is_neither_found_nor_sent(tenant):
    sender = tenant.sender()
    draft = sender.save_draft(ID, MAIL)
    (saved,) = tenant.box.in_folder(DRAFTS)
    tenant.box.move(saved, DELETED)
    assert sender.find_draft(ID) is None
    with pytest.raises(MessageGone):
        sender.send(draft)
    assert on_the_wire(tenant) == []


def test_a_copy_that_a_person_filed_away_still_says_that_the_mail_was_sent(tenant):
    sender = tenant.sender()
    sender.send(sender.save_draft(ID, MAIL))
    (copy,) = tenant.box.in_folder(SENT)
    tenant.box.move(copy, tenant.box.make_folder("Annas", ""))
    assert sender.find_sent(ID) is True
    assert sender.find_draft(ID) is None


@pytest.mark.parametrize("message_id", ["it's@x.example", "a+b&c#d%20@x.example", "å@x.example"])
def test_a_message_id_with_odd_characters_is_found(tenant, message_id):
    content = f"Message-ID: <{message_id}>\r\n\r\nHej\r\n".encode()
    sender = tenant.sender()
    draft = sender.save_draft(message_id, content)
    assert sender.find_draft(message_id) == draft


REFUSED = [
    (403, "ErrorSendAsDenied", Refusal.SEND_AS_DENIED),
    (507, "ErrorQuotaExceeded", Refusal.MAILBOX_FULL),
    (500, "ErrorQuotaExceeded", Refusal.MAILBOX_FULL),
    (400, "ErrorInvalidRecipients", Refusal.RECIPIENT),
    (413, "", Refusal.TOO_LARGE),
    (400, "ErrorSomethingNew", Refusal.OTHER),
]


@pytest.mark.parametrize(("status", "reason", "refusal"), REFUSED)
def test_a_mail_that_is_refused_says_why_and_stays_a_draft(tenant, status, reason, refusal):
    sender = tenant.sender()
    draft = sender.save_draft(ID, MAIL)
    tenant.server.fail("send", Fault(status, reason))
    with pytest.raises(SendRefused) as caught:
        sender.send(draft)
    assert caught.value.refusal is refusal
    assert not caught.value.retryable
    assert "@" not in str(caught.value)
    assert sender.find_draft(ID) == draft
    assert tenant.server.calls.count("send") == 1


def test_a_full_mailbox_takes_no_draft(tenant):
    tenant.server.fail("create", Fault(507, "ErrorQuotaExceeded"))
    with pytest.raises(SendRefused) as caught:
        tenant.sender().save_draft(ID, MAIL)
    assert caught.value.refusal is Refusal.MAILBOX_FULL


def test_a_day_with_too_much_mail_is_waited_out(tenant):
    sender = tenant.sender()
    draft = sender.save_draft(ID, MAIL)
    tenant.server.fail("send", Fault(400, "ErrorSubmissionQuotaExceeded"))
    with pytest.raises(MailboxUnavailable) as caught:
        sender.send(draft)
    assert caught.value.retry_after_s == 3600


def test_without_the_right_to_send_a_person_is_needed(tenant):
    sender = tenant.sender()
    draft = sender.save_draft(ID, MAIL)
    tenant.server.rights = {"Mail.ReadWrite"}
    with pytest.raises(SignInRefused, match="right"):
        sender.send(draft)
    assert sender.find_draft(ID) == draft


def test_a_draft_of_which_only_the_answer_was_lost_is_found_by_the_next_try(tenant):
    tenant.server.fail("create", Fault(how="drop", do=True))
    with pytest.raises(MailboxUnavailable):
        tenant.sender().save_draft(ID, MAIL)
    assert tenant.sender().find_draft(ID) is not None
    assert len(tenant.box.in_folder(DRAFTS)) == 1


def test_what_a_person_wrote_into_a_draft_is_sent(tenant):
    sender = tenant.sender()
    draft = sender.save_draft(ID, MAIL)
    (saved,) = tenant.box.in_folder(DRAFTS)
    saved.content += b"Ring mig.\r\n"
    sender.send(draft)
    assert on_the_wire(tenant)[0].endswith(b"Ring mig.\r\n")
