"""What every `MailSender` promises."""

from __future__ import annotations

import pytest

from functionmail.errors import MailboxUnavailable, MessageGone
from functionmail.message import DraftKey

ID = "c1.0a1b2c@exempelstad.example"
OTHER = "c2.0a1b2c@exempelstad.example"


def mail(message_id: str, text: bytes = b"Tack f\xc3\xb6r ditt mejl.\r\n") -> bytes:
    head = (
        f"Message-ID: <{message_id}>\r\nFrom: info@exempelstad.example\r\n"
        "To: kund@elsewhere.example\r\nSubject: Mottaget\r\n\r\n"
    )
    return head.encode() + text


def test_the_mailbox_is_named(server):
    assert server.sender().mailbox == "info"


def test_a_saved_draft_lies_among_the_drafts_and_not_in_sent(server):
    server.sender().save_draft(ID, mail(ID))
    assert server.drafts() == [mail(ID)]
    assert server.sent() == []


def test_a_sent_draft_lies_in_sent_and_no_longer_among_the_drafts(server):
    sender = server.sender()
    sender.send(sender.save_draft(ID, mail(ID)))
    assert server.drafts() == []
    assert server.sent() == [mail(ID)]


def test_a_draft_is_found_by_its_message_id(server):
    sender = server.sender()
    draft = sender.save_draft(ID, mail(ID))
    assert sender.find_draft(ID) == draft


def test_a_draft_is_told_from_another(server):
    sender = server.sender()
    first, second = sender.save_draft(ID, mail(ID)), sender.save_draft(OTHER, mail(OTHER))
    assert first != second
    assert (sender.find_draft(ID), sender.find_draft(OTHER)) == (first, second)


def test_nothing_is_found_where_nothing_was_saved(server):
    sender = server.sender()
    assert sender.find_draft(ID) is None
    assert sender.find_sent(ID) is False


def test_a_draft_is_not_taken_for_a_sent_mail(server):
    sender = server.sender()
    sender.save_draft(ID, mail(ID))
    assert sender.find_sent(ID) is False


def test_a_sent_mail_is_found_in_sent_and_not_among_the_drafts(server):
    sender = server.sender()
    sender.send(sender.save_draft(ID, mail(ID)))
    assert sender.find_sent(ID) is True
    assert sender.find_draft(ID) is None


def test_another_sent_mail_is_not_mistaken_for_ours(server):
    sender = server.sender()
    sender.send(sender.save_draft(OTHER, mail(OTHER)))
    assert sender.find_sent(ID) is False


def test_an_id_that_begins_like_another_is_another(server):
    sender = server.sender()
    sender.send(sender.save_draft(f"{ID}x", mail(f"{ID}x")))
    assert sender.find_sent(ID) is False


def test_a_mail_that_quotes_our_id_in_its_text_is_not_ours(server):
    sender = server.sender()
    sender.send(sender.save_draft(OTHER, mail(OTHER, f"Message-ID: <{ID}>\r\n".encode())))
    assert sender.find_sent(ID) is False


def test_sending_twice_says_that_the_draft_is_gone_and_leaves_one_copy(server):
    sender = server.sender()
    draft = sender.save_draft(ID, mail(ID))
    sender.send(draft)
    with pytest.raises(MessageGone):
        sender.send(draft)
    assert server.sent() == [mail(ID)]


def test_sending_what_was_never_saved_says_that_it_is_gone(server):
    with pytest.raises(MessageGone):
        server.sender().send(DraftKey("no-such-draft"))
    assert server.sent() == []


def test_sending_one_draft_leaves_the_other(server):
    sender = server.sender()
    sender.save_draft(OTHER, mail(OTHER))
    sender.send(sender.save_draft(ID, mail(ID)))
    assert server.drafts() == [mail(OTHER)]


def test_after_a_crash_between_saving_and_sending_the_draft_is_found_and_sent(server):
    server.sender().save_draft(ID, mail(ID))
    restarted = server.sender()
    draft = restarted.find_draft(ID)
    assert draft is not None
    assert restarted.find_sent(ID) is False
    restarted.send(draft)
    assert (server.drafts(), server.sent()) == ([], [mail(ID)])


def test_after_a_crash_behind_sending_the_mail_is_found_in_sent(server):
    sender = server.sender()
    sender.send(sender.save_draft(ID, mail(ID)))
    restarted = server.sender()
    assert restarted.find_draft(ID) is None
    assert restarted.find_sent(ID) is True


def test_a_remembered_draft_key_is_good_after_a_restart(server):
    stored = str(server.sender().save_draft(ID, mail(ID)))
    server.sender().send(DraftKey(stored))
    assert server.sent() == [mail(ID)]


def test_a_person_may_have_a_draft_sent_whose_outcome_was_unknown(server):
    sender = server.sender()
    sender.send_again(sender.save_draft(ID, mail(ID)))
    assert (server.drafts(), server.sent()) == ([], [mail(ID)])


def test_a_closed_sender_can_be_used_again(server):
    sender = server.sender()
    draft = sender.save_draft(ID, mail(ID))
    sender.close()
    sender.send(draft)
    assert server.sent() == [mail(ID)]


def test_drafts_and_sent_mail_are_not_taken_for_incoming_mail(server):
    sender = server.sender()
    sender.save_draft(OTHER, mail(OTHER))
    sender.send(sender.save_draft(ID, mail(ID)))
    assert server.source().fetch(None).messages == ()


@pytest.mark.parametrize("doing", ["save_draft", "send", "find_draft", "find_sent"])
def test_a_server_that_does_not_answer_is_unavailable(server, doing):
    sender = server.sender()
    draft = sender.save_draft(ID, mail(ID))
    calls = {
        "save_draft": lambda: sender.save_draft(OTHER, mail(OTHER)),
        "send": lambda: sender.send(draft),
        "find_draft": lambda: sender.find_draft(ID),
        "find_sent": lambda: sender.find_sent(ID),
    }
    server.break_down()
    with pytest.raises(MailboxUnavailable) as caught:
        calls[doing]()
    assert caught.value.retryable


def test_after_an_outage_the_draft_can_still_be_sent(server):
    sender = server.sender()
    draft = sender.save_draft(ID, mail(ID))
    server.break_down()
    with pytest.raises(MailboxUnavailable):
        sender.send(draft)
    server.recover()
    sender.send(draft)
    assert (server.drafts(), server.sent()) == ([], [mail(ID)])
