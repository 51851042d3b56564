"""Sending once: what becomes of a draft whatever breaks on the way."""

from __future__ import annotations

import pytest

from functionmail.connectors.imap_folders import SpecialFolders
from functionmail.connectors.imap_sender import SENDING
from functionmail.errors import (
    MailboxUnavailable,
    MessageGone,
    Refusal,
    SendRefused,
    SendUncertain,
    SignInRefused,
)
from functionmail.message import DraftKey
from tests.contracts.imap_server import DRAFTS, SENT
from tests.dovecot_server import SMALL_BYTES
from tests.faulty_proxy import Fault
from tests.smtp_server import Trouble

pytestmark = pytest.mark.slow

ID = "fm.2026-000123.0.abcdefghij@exempelstad.example"


def mail(message_id: str = ID, *, more: str = "", to: str = "kund@elsewhere.example") -> bytes:
    head = f"Message-ID: <{message_id}>\r\nFrom: info@exempelstad.example\r\n{more}"
    return f"{head}To: {to}\r\nSubject: Mottaget\r\n\r\nTack.\r\n".encode()


def marks(imap) -> list[frozenset[str]]:
    return list(imap.flags(DRAFTS).values())


def test_a_mail_goes_out_from_the_mailbox_to_the_recipient_of_the_draft(imap):
    sender = imap.sender()
    sender.send(sender.save_draft(ID, mail()))
    (taken,) = imap.smtp.taken
    assert taken.sender == "info@exempelstad.example"
    assert taken.recipients == ("kund@elsewhere.example",)
    assert taken.content == mail()


def test_what_people_added_to_a_draft_counts_and_bcc_stays_secret(imap):
    sender = imap.sender()
    more = "Cc: Chef <chef@elsewhere.example>\r\nBcc: hemlig@elsewhere.example\r\n"
    sender.send(sender.save_draft(ID, mail(more=more)))
    (taken,) = imap.smtp.taken
    assert taken.recipients == (
        "kund@elsewhere.example",
        "chef@elsewhere.example",
        "hemlig@elsewhere.example",
    )
    assert b"hemlig" not in taken.content


def test_a_field_for_recipients_that_people_left_empty_is_no_matter(imap):
    sender = imap.sender()
    sender.send(sender.save_draft(ID, mail(more="Cc: \r\nBcc: \r\n")))
    (taken,) = imap.smtp.taken
    assert taken.recipients == ("kund@elsewhere.example",)


def test_the_copy_in_sent_is_no_draft_and_bears_no_mark(imap):
    sender = imap.sender()
    sender.send(sender.save_draft(ID, mail()))
    with imap.people() as client:
        client.select_folder(SENT, readonly=True)
        ((_uid, said),) = client.fetch(client.search(["ALL"]), ["FLAGS"]).items()
    assert set(said[b"FLAGS"]) - {rb"\Recent"} == {rb"\Seen"}


def test_a_draft_bears_the_mark_while_its_content_goes_out(imap):
    imap.smtp.plan("content", Trouble.DROP)
    sender = imap.sender()
    with pytest.raises(SendUncertain):
        sender.send(sender.save_draft(ID, mail()))
    assert marks(imap) == [frozenset({SENDING})]


@pytest.mark.parametrize("at", ["content", "taken"])
@pytest.mark.parametrize("trouble", [Trouble.DROP, Trouble.HANG])
def test_a_connection_that_ends_after_the_content_began_leaves_doubt(imap, at, trouble):
    imap.silence_s = 0.5
    imap.smtp.plan(at, trouble)
    sender = imap.sender()
    draft = sender.save_draft(ID, mail())
    with pytest.raises(SendUncertain):
        sender.send(draft)
    sent = len(imap.smtp.taken)
    for again in (sender, imap.sender()):
        with pytest.raises(SendUncertain):
            again.send(draft)
    assert len(imap.smtp.taken) == sent
    assert (imap.drafts(), imap.sent()) == ([mail()], [])


def test_a_person_may_have_a_doubtful_draft_sent_again(imap):
    imap.smtp.plan("content", Trouble.DROP)
    sender = imap.sender()
    draft = sender.save_draft(ID, mail())
    with pytest.raises(SendUncertain):
        sender.send(draft)
    imap.sender().send_again(draft)
    assert len(imap.smtp.taken) == 1
    assert (imap.drafts(), imap.sent()) == ([], [mail()])


def test_what_an_earlier_try_came_to_does_not_settle_a_later_doubt(imap):
    imap.smtp.plan("RCPT", b"450 4.2.0 greylisted")
    imap.smtp.plan("content", Trouble.DROP)
    sender = imap.sender()
    draft = sender.save_draft(ID, mail())
    with pytest.raises(MailboxUnavailable):
        sender.send(draft)
    for _ in range(2):
        with pytest.raises(SendUncertain):
            sender.send(draft)
    assert imap.smtp.commands.count("DATA") == 1


def test_a_mark_that_could_not_be_taken_off_is_no_doubt_for_who_knows(imap):
    imap.smtp.plan("DATA", b"451 4.3.0 later")
    sender = imap.sender()
    draft = sender.save_draft(ID, mail())
    imap.proxy.plan(b"-FLAGS", Fault.DROP)
    with pytest.raises(MailboxUnavailable):
        sender.send(draft)
    assert marks(imap) == [frozenset({SENDING})]
    sender.send(draft)
    assert len(imap.smtp.taken) == 1
    assert (imap.drafts(), imap.sent()) == ([], [mail()])


def test_sending_again_may_leave_doubt_again(imap):
    imap.smtp.plan("content", Trouble.DROP, times=2)
    sender = imap.sender()
    draft = sender.save_draft(ID, mail())
    for send in (sender.send, sender.send_again, sender.send):
        with pytest.raises(SendUncertain):
            send(draft)
    assert imap.smtp.commands.count("DATA") == 2


@pytest.mark.parametrize("doing", ["send", "send_again"])
def test_a_doubtful_draft_whose_mail_lies_in_sent_is_finished_without_sending(imap, doing):
    imap.smtp.plan("taken", Trouble.DROP)
    sender = imap.sender()
    draft = sender.save_draft(ID, mail())
    with pytest.raises(SendUncertain):
        sender.send(draft)
    with imap.people() as client:
        client.append(SENT, mail())
    getattr(imap.sender(), doing)(draft)
    assert len(imap.smtp.taken) == 1
    assert (imap.drafts(), imap.sent()) == ([], [mail()])


@pytest.mark.parametrize("at", ["greeting", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("trouble", [Trouble.DROP, Trouble.HANG, b"451 4.3.0 later", b"421 bye"])
def test_what_breaks_before_the_content_began_leaves_no_doubt(imap, at, trouble):
    imap.silence_s = 0.5
    imap.smtp.plan(at, trouble, times=2)  # a refused EHLO is followed by HELO
    imap.smtp.plan("HELO", trouble)
    sender = imap.sender()
    draft = sender.save_draft(ID, mail())
    with pytest.raises(MailboxUnavailable):
        sender.send(draft)
    assert marks(imap) == [frozenset()]
    assert imap.smtp.taken == []


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA", "content"])
def test_a_server_that_says_not_now_is_asked_again_and_takes_the_mail_once(imap, at):
    imap.smtp.plan(at, b"450 4.2.0 greylisted")
    sender = imap.sender()
    draft = sender.save_draft(ID, mail())
    with pytest.raises(MailboxUnavailable):
        sender.send(draft)
    sender.send(draft)
    assert len(imap.smtp.taken) == 1
    assert (imap.drafts(), imap.sent()) == ([], [mail()])


REFUSED = [
    ("MAIL", b"550 5.7.60 SMTP; Client does not have permissions", Refusal.SEND_AS_DENIED),
    ("MAIL", b"553 not your address", Refusal.SEND_AS_DENIED),
    ("MAIL", b"552 5.3.4 too big", Refusal.TOO_LARGE),
    ("MAIL", b"552 too big", Refusal.TOO_LARGE),
    ("MAIL", b"554 no", Refusal.OTHER),
    ("RCPT", b"550 5.1.1 no such user", Refusal.RECIPIENT),
    ("RCPT", b"551 not here", Refusal.RECIPIENT),
    ("RCPT", b"553 bad name", Refusal.RECIPIENT),
    ("RCPT", b"552 5.2.2 mailbox full", Refusal.RECIPIENT),
    ("RCPT", b"550 5.7.1 no relaying for you", Refusal.SEND_AS_DENIED),
    ("content", b"550 5.7.60 no", Refusal.SEND_AS_DENIED),
    ("content", b"550 5.7.1 no", Refusal.SEND_AS_DENIED),
    ("content", b"552 5.2.3 too big", Refusal.TOO_LARGE),
    ("content", b"552 5.2.2 full", Refusal.MAILBOX_FULL),
    ("content", b"552 full", Refusal.MAILBOX_FULL),
    ("content", b"550 5.1.1 no such user", Refusal.RECIPIENT),
    ("content", b"554 5.6.0 no", Refusal.OTHER),
]


@pytest.mark.parametrize(("at", "answer", "refusal"), REFUSED)
def test_a_refusal_is_told_by_its_reason_and_leaves_the_draft_unmarked(imap, at, answer, refusal):
    imap.smtp.plan(at, answer)
    sender = imap.sender()
    draft = sender.save_draft(ID, mail())
    with pytest.raises(SendRefused) as caught:
        sender.send(draft)
    assert caught.value.refusal is refusal
    assert not caught.value.retryable
    assert marks(imap) == [frozenset()]
    assert imap.smtp.taken == []


def test_a_server_that_wants_a_sign_in_needs_a_person(imap):
    imap.smtp.plan("MAIL", b"530 5.7.57 not authenticated")
    sender = imap.sender()
    with pytest.raises(SignInRefused):
        sender.send(sender.save_draft(ID, mail()))
    assert marks(imap) == [frozenset()]


def test_a_draft_without_a_recipient_is_refused(imap):
    sender = imap.sender()
    with pytest.raises(SendRefused) as caught:
        sender.send(sender.save_draft(ID, mail(to="undisclosed-recipients:;")))
    assert caught.value.refusal is Refusal.RECIPIENT


def test_without_an_smtp_server_drafts_are_saved_and_nothing_is_sent(imap):
    sender = imap.sender(transport=None)
    draft = sender.save_draft(ID, mail())
    with pytest.raises(SendRefused):
        sender.send(draft)
    assert (imap.drafts(), marks(imap)) == ([mail()], [frozenset()])


def test_a_full_mailbox_takes_no_draft_and_says_why(imap):
    imap.account = imap.dovecot.add_account(small=True)
    with pytest.raises(SendRefused) as caught:
        imap.sender().save_draft(ID, mail() + b"x" * SMALL_BYTES)
    assert caught.value.refusal is Refusal.MAILBOX_FULL


def test_a_sent_mail_whose_copy_found_no_room_is_finished_later_and_not_sent_twice(imap):
    sender = imap.sender()
    draft = sender.save_draft(ID, mail())
    imap.proxy.plan(b'APPEND "Skickat"', Fault.SAY, says=b"NO [OVERQUOTA] full")
    with pytest.raises(MailboxUnavailable, match="full"):
        sender.send(draft)
    sender.send(draft)
    assert len(imap.smtp.taken) == 1
    assert (imap.drafts(), imap.sent()) == ([], [mail()])


EVERY_COMMAND = [
    b"LIST",
    b"SELECT",
    b"(BODY.PEEK[])",
    b"(FLAGS)",
    b"(MODSEQ)",
    b"UNCHANGEDSINCE",
    b'EXAMINE "Skickat"',
    b'APPEND "Skickat"',
    b"\\Deleted",
    b"EXPUNGE",
]


@pytest.mark.parametrize("fault", [Fault.DROP, Fault.HALF])
@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_whatever_command_breaks_a_mail_is_sent_once_or_in_doubt(imap, command, fault):
    imap.sender().save_draft(ID, mail())
    imap.proxy.plan(command, fault, passes=3)
    doubts = 0
    for _ in range(4):
        sender = imap.sender()
        try:
            draft = sender.find_draft(ID) if not sender.find_sent(ID) else None
            if draft is None:
                break
            sender.send(draft)
        except MailboxUnavailable:
            continue
        except SendUncertain:
            doubts += 1
            break
    assert len(imap.smtp.taken) <= 1
    assert doubts or len(imap.sent()) == len(imap.smtp.taken) == 1


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_a_sender_that_lives_on_knows_what_became_of_its_mail(imap, command):
    sender = imap.sender()
    draft = sender.save_draft(ID, mail())
    sender.close()
    imap.proxy.plan(command, Fault.DROP)
    try:
        sender.send(draft)
    except MailboxUnavailable:
        if sender.find_draft(ID) is not None:
            sender.send(draft)
    assert len(imap.smtp.taken) == 1
    assert (imap.drafts(), imap.sent()) == ([], [mail()])


def test_of_two_programs_that_send_one_draft_only_one_does(imap):
    draft = imap.sender().save_draft(ID, mail())
    imap.proxy.before(b"UNCHANGEDSINCE", lambda: imap.sender().send(draft))
    with pytest.raises((SendUncertain, MessageGone, MailboxUnavailable)):
        imap.sender().send(draft)
    assert len(imap.smtp.taken) == 1


def test_a_draft_that_another_program_marked_meanwhile_is_not_sent(imap):
    def marked_by_another():
        with imap.people() as client:
            client.select_folder(DRAFTS)
            client.add_flags(client.search(["ALL"]), [SENDING])

    draft = imap.sender().save_draft(ID, mail())
    imap.proxy.before(b"UNCHANGEDSINCE", marked_by_another)
    with pytest.raises(SendUncertain):
        imap.sender().send(draft)
    assert imap.smtp.taken == []


def test_where_no_keyword_lasts_a_draft_is_flagged_while_in_doubt(imap):
    imap.proxy.rewrite(rb" \*)", b")")
    imap.smtp.plan("content", Trouble.DROP)
    sender = imap.sender()
    draft = sender.save_draft(ID, mail())
    with pytest.raises(SendUncertain):
        sender.send(draft)
    with pytest.raises(SendUncertain):
        imap.sender().send(draft)
    imap.sender().send_again(draft)
    assert len(imap.smtp.taken) == 1


def test_where_no_flag_lasts_nothing_is_sent(imap):
    draft = imap.sender().save_draft(ID, mail())
    (imap.account.folder / f".{DRAFTS}" / "dovecot-acl").write_text("owner lri\n", "ascii")
    with pytest.raises(SignInRefused):
        imap.sender().send(draft)
    assert imap.smtp.taken == []


def test_without_appenduid_a_saved_draft_is_found_by_its_message_id(imap):
    imap.proxy.rewrite(b"APPENDUID", b"APPENDUIX")
    sender = imap.sender()
    sender.send(sender.save_draft(ID, mail()))
    assert (imap.drafts(), imap.sent()) == ([], [mail()])


def test_the_servers_own_copy_is_waited_for_and_no_second_one_is_made(imap):
    def later(_seconds):
        with imap.people() as client:
            client.append(SENT, mail())

    sender = imap.sender(server_copies=True, sleep=later)
    sender.send(sender.save_draft(ID, mail()))
    assert (imap.drafts(), imap.sent()) == ([], [mail()])


def test_where_the_servers_own_copy_never_comes_one_is_put_there(imap):
    sender = imap.sender(server_copies=True, sleep=lambda _seconds: None)
    sender.send(sender.save_draft(ID, mail()))
    assert (imap.drafts(), imap.sent()) == ([], [mail()])


def test_folders_that_the_server_does_not_name_are_those_of_the_settings(imap):
    imap.proxy.rewrite(b"\\Drafts", b"\\Drafx")
    imap.proxy.rewrite(b"\\Sent", b"\\Senx")
    sender = imap.sender(names=SpecialFolders(drafts="Bot/Utkast", sent="Bot/Skickat"))
    sender.send(sender.save_draft(ID, mail()))
    assert imap.in_folder("Bot/Skickat") == [mail()]
    assert imap.in_folder("Bot/Utkast") == []


@pytest.mark.parametrize("key", ["", "1.1", "no.draft", "99999999999.1", "1795671304"])
def test_a_key_of_no_draft_is_gone(imap, key):
    with pytest.raises(MessageGone):
        imap.sender().send(DraftKey(key))


def test_a_draft_that_people_deleted_while_it_was_handed_over_is_not_sent(imap):
    def deleted():
        with imap.people() as client:
            client.select_folder(DRAFTS)
            client.delete_messages(client.search(["ALL"]))
            client.expunge()

    draft = imap.sender().save_draft(ID, mail())
    imap.proxy.before(b"(MODSEQ)", deleted)
    with pytest.raises(MessageGone):
        imap.sender().send(draft)
    assert imap.smtp.taken == []
