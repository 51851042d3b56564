"""What an IMAP account tells an operator before anything goes wrong."""

from __future__ import annotations

import pytest

from functionmail.connectors.examining import Ability, Examinable
from functionmail.connectors.imap import ImapSource
from functionmail.connectors.mail_server import Account
from functionmail.errors import MailboxUnavailable, SignInRefused
from tests.contracts.imap_server import DRAFTS, SENT


def found(*parts):
    return {one.what: one for part in parts for one in part.examine().findings}


def able(*parts):
    return {what: one.ok for what, one in found(*parts).items()}


def test_an_account_that_may_do_everything_says_so_and_names_its_folders(imap):
    source, sender = imap.source(), imap.sender()
    assert isinstance(source, Examinable)
    assert isinstance(sender, Examinable)
    assert able(source, sender) == dict.fromkeys(Ability, True)
    assert (found(sender)[Ability.DRAFTS].detail, found(sender)[Ability.SENT].detail) == (
        DRAFTS,
        SENT,
    )


def test_examining_changes_and_sends_nothing(imap):
    imap.deliver(b"Subject: hej\r\n\r\nhej\r\n")
    before = imap.contents()
    able(imap.source(), imap.sender())
    assert (imap.contents(), imap.drafts(), imap.sent(), imap.smtp.taken) == (before, [], [], [])


def test_an_inbox_that_may_only_be_read_cannot_be_marked(imap):
    imap.deliver(b"Subject: hej\r\n\r\nhej\r\n")
    imap.make_read_only()
    assert able(imap.source()) == {Ability.READ: True, Ability.MARK: False}


def test_without_an_smtp_server_nothing_can_be_sent(imap):
    sending = found(imap.sender(transport=None))[Ability.SEND]
    assert (sending.ok, "no SMTP server" in sending.detail) == (False, True)


def test_an_address_that_may_not_be_sent_from_is_found_without_sending(imap):
    imap.smtp.plan("MAIL", b"550 5.7.60 not allowed to send as this sender")
    assert able(imap.sender())[Ability.SEND] is False
    assert imap.smtp.taken == []


def test_an_smtp_server_that_is_down_hides_nothing_else(imap):
    imap.smtp.close()
    assert able(imap.sender()) == {
        Ability.DRAFTS: True,
        Ability.SENT: True,
        Ability.SEND: False,
    }


def test_a_server_that_is_down_is_unavailable(imap):
    imap.break_down()
    with pytest.raises(MailboxUnavailable):
        imap.source().examine()


def test_a_wrong_password_is_refused(imap):
    account = Account(user=imap.account.user, secret=lambda: "wrong")
    with pytest.raises(SignInRefused):
        ImapSource(imap.imap(), account, "info").examine()
