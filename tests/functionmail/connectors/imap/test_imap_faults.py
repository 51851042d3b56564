"""What becomes of calls to an IMAP server when something breaks."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from functionmail.connectors.imap import ImapSource
from functionmail.connectors.mail_server import Account, Encryption, MailServer, SignIn
from functionmail.errors import ConnectorError, MailboxUnavailable, SignInRefused
from tests.contracts.imap_server import ImapServer
from tests.dovecot_server import HOST
from tests.faulty_proxy import Fault

pytestmark = pytest.mark.slow

CASE = frozenset({"case"})
PATIENCE_S = 10.0


def mail(subject: object) -> bytes:
    return (
        f"Message-ID: <{subject}@elsewhere.example>\r\nSubject: {subject}\r\n\r\nHej\r\n".encode()
    )


def keys(batch):
    return [message.key for message in batch.messages]


def act(source, key, doing):
    calls = {
        "fetch": lambda: source.fetch(None),
        "latest": source.latest,
        "keys": lambda: list(source.keys()),
        "label": lambda: source.label(key, CASE),
        "move": lambda: source.move(key, "Handled"),
    }
    return calls[doing]()


EVERY_CALL = [
    ("AUTHENTICATE", "fetch"),
    ("CAPABILITY", "fetch"),
    ("EXAMINE", "fetch"),
    ("SEARCH", "fetch"),
    ("EXAMINE", "latest"),
    ("SEARCH", "keys"),
    ("SELECT", "label"),
    ("(FLAGS)", "label"),
    ("UID STORE", "label"),
    ("ENABLE", "fetch"),
    ("LIST", "move"),
    ("MESSAGE-ID", "move"),
    ("SELECT", "move"),
    ("UID MOVE", "move"),
    ("CREATE", "move"),
]


@pytest.mark.parametrize(("command", "doing"), EVERY_CALL)
def test_a_connection_that_is_dropped_is_made_anew_by_the_next_call(imap, command, doing):
    key = imap.deliver(mail(1))
    source = imap.source()
    imap.proxy.plan(command.encode(), Fault.DROP)
    with pytest.raises(MailboxUnavailable):
        act(source, key, doing)
    act(source, key, doing)
    assert imap.proxy.connections == 2


@pytest.mark.parametrize(("command", "doing"), EVERY_CALL)
def test_a_server_that_hangs_is_unavailable_after_a_while(imap, command, doing):
    key = imap.deliver(mail(1))
    imap.silence_s = 0.3
    source = imap.source()
    imap.proxy.plan(command.encode(), Fault.HANG)
    started = time.monotonic()
    with pytest.raises(MailboxUnavailable, match="says nothing"):
        act(source, key, doing)
    assert time.monotonic() - started < PATIENCE_S


@pytest.mark.parametrize("command", ["BODY.PEEK[]", "SEARCH", "AUTHENTICATE"])
def test_a_server_that_drips_does_not_hold_a_call_for_ever(imap, command):
    imap.deliver(mail(1))
    imap.deadline_s = 0.5
    source = imap.source()
    imap.proxy.plan(command.encode(), Fault.DRIP)
    started = time.monotonic()
    with pytest.raises(MailboxUnavailable):
        source.fetch(None)
    assert time.monotonic() - started < PATIENCE_S


def test_a_server_that_never_greets_is_unavailable_after_a_while():
    with socket.create_server((HOST, 0)) as silent:
        server = MailServer(
            host=HOST,
            port=silent.getsockname()[1],
            encryption=Encryption.NONE,
            silence_s=0.3,
        )
        source = ImapSource(server, Account(user="info", secret=lambda: "x"), "info")
        with pytest.raises(MailboxUnavailable):
            source.fetch(None)


def test_a_connection_that_ends_within_a_mail_is_made_anew_and_the_mail_comes_whole(imap):
    delivered = [imap.deliver(mail(number)) for number in range(3)]
    imap.proxy.plan(b"BODY.PEEK[]", Fault.HALF, passes=60)
    batch = imap.source().fetch(None)
    assert keys(batch) == delivered
    assert [message.content for message in batch.messages] == [mail(n) for n in range(3)]


def test_a_server_that_breaks_off_every_mail_gives_up_none_of_them(imap):
    delivered = [imap.deliver(mail(number)) for number in range(2)]
    source = imap.source()
    imap.proxy.plan(b"BODY.PEEK[]", Fault.HALF, times=1000, passes=60)
    for _ in range(4):
        with pytest.raises(MailboxUnavailable, match="no other can either"):
            source.fetch(None)
    imap.proxy.forget_plans()
    batch = source.fetch(None)
    assert keys(batch) == delivered
    assert [message.content for message in batch.messages] == [mail(n) for n in range(2)]


def test_a_server_that_falls_silent_within_every_mail_gives_up_none_of_them(imap):
    imap.deliver(mail(1))
    imap.silence_s = 0.2
    source = imap.source()
    imap.proxy.plan(b"BODY.PEEK[]", Fault.HANG, times=1000)
    for _ in range(4):
        with pytest.raises(MailboxUnavailable):
            source.fetch(None)
    imap.proxy.forget_plans()
    (message,) = imap.source().fetch(None).messages
    assert message.content == mail(1)


def test_a_mail_at_which_the_server_falls_silent_comes_empty_in_the_end(imap):
    good, bad = imap.deliver(mail(1)), imap.deliver(mail(2))
    imap.silence_s = 0.2
    source = imap.source()
    uid = bad.partition(".")[2].encode()
    imap.proxy.plan(b"FETCH 1,2 (BODY.PEEK[])", Fault.HANG)
    imap.proxy.plan(b"FETCH " + uid + b" (BODY.PEEK[])", Fault.HANG, times=1000)
    for _ in range(3):
        with pytest.raises(MailboxUnavailable):
            source.fetch(None)
    contents = {message.key: message.content for message in source.fetch(None).messages}
    assert contents == {good: mail(1), bad: b""}


def test_a_lone_mail_that_cannot_be_read_is_not_given_up(imap):
    imap.make_unreadable(imap.deliver(mail(1)))
    with pytest.raises(MailboxUnavailable, match="no other can either"):
        imap.source().fetch(None)


def test_a_mail_that_cannot_be_read_comes_empty_when_an_older_one_can(imap):
    imap.deliver(mail(1))
    source = imap.source()
    checkpoint = source.fetch(None).checkpoint
    imap.make_unreadable(imap.deliver(mail(2)))
    (message,) = source.fetch(checkpoint).messages
    assert message.content == b""


def test_a_mail_that_vanishes_while_it_is_fetched_is_left_out(imap):
    first, second, third = (imap.deliver(mail(number)) for number in range(3))
    imap.proxy.before(b"BODY.PEEK[]", lambda: imap.remove(second))
    batch = imap.source().fetch(None)
    assert keys(batch) == [first, third]
    assert batch.more is False


def test_a_mail_that_vanishes_between_listing_and_labelling_does_no_harm(imap):
    key = imap.deliver(mail(1))
    imap.proxy.before(b"UID STORE", lambda: imap.remove(key))
    imap.source().label(key, CASE)
    assert imap.flags("INBOX") == {}


def test_a_name_that_cannot_be_resolved_is_unavailable(monkeypatch):
    def nowhere(*_arguments, **_options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    server = MailServer(host="imap.exempelstad.example", port=993)
    source = ImapSource(server, Account(user="info", secret=lambda: "x"), "info")
    with pytest.raises(MailboxUnavailable) as caught:
        source.fetch(None)
    assert "exempelstad" not in str(caught.value)


def test_a_wrong_password_is_tried_once_a_call_and_the_right_one_is_welcome(imap):
    right, imap.account = imap.account, wrong(imap)
    source = imap.source()
    for attempts in (1, 2):
        with pytest.raises(SignInRefused) as caught:
            source.fetch(None)
        assert sum(b"AUTHENTICATE" in sent for sent in imap.proxy.commands) == attempts
        assert not caught.value.retryable
    imap.account = right
    assert source.fetch(None).messages == ()


def wrong(imap: ImapServer):
    account = imap.account
    return type(account)(user=account.user, password="fel lösenord åäö", folder=account.folder)


def test_a_password_that_the_server_cannot_take_needs_a_person(imap):
    imap.account = wrong(imap)
    imap.proxy.rewrite(b"AUTH=PLAIN", b"AUTH=PLAIX")
    with pytest.raises(SignInRefused, match="ASCII"):
        imap.source().fetch(None)
    assert not any(b"LOGIN " in sent for sent in imap.proxy.commands)


def test_an_expired_token_is_refused_and_a_new_one_is_read_at_the_next_sign_in(imap, tmp_path):
    token = tmp_path / "token"
    token.write_text("expired", "utf-8")
    account = Account(
        user=imap.account.user, secret=lambda: token.read_text("utf-8"), sign_in=SignIn.XOAUTH2
    )
    source = ImapSource(imap.imap(), account, "info")
    with pytest.raises(SignInRefused):
        source.fetch(None)
    token.write_text(imap.account.password, "utf-8")
    assert source.fetch(None).messages == ()
    source.close()


def test_a_token_file_that_is_missing_needs_a_person(imap, tmp_path):
    missing = tmp_path / "token"
    account = Account(
        user=imap.account.user, secret=lambda: missing.read_text("utf-8"), sign_in=SignIn.XOAUTH2
    )
    with pytest.raises(SignInRefused, match="file"):
        ImapSource(imap.imap(), account, "info").fetch(None)


@pytest.mark.parametrize("code", ["UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"])
def test_a_server_that_is_busy_at_the_sign_in_refuses_no_account(imap, code):
    imap.proxy.plan(b"AUTHENTICATE", Fault.SAY, says=f"NO [{code}] later".encode())
    source = imap.source()
    with pytest.raises(MailboxUnavailable):
        source.fetch(None)
    assert source.fetch(None).messages == ()


def test_while_one_mailbox_hangs_the_others_go_on(imap, tmp_path):
    source = imap.source()
    hung, released = threading.Event(), threading.Event()

    def hang():
        hung.set()
        released.wait(30)

    imap.proxy.before(b"SEARCH", hang)
    with closing(ImapServer(tmp_path, imap.dovecot)) as other, ThreadPoolExecutor(1) as beside:
        key = other.deliver(mail(1))
        ill = beside.submit(lambda: list(source.keys()))
        assert hung.wait(10)
        assert keys(other.source().fetch(None)) == [key]
        assert not ill.done()
        imap.proxy.drop_connections()
        released.set()
        assert isinstance(ill.exception(), MailboxUnavailable)


def test_a_server_that_is_busy_may_be_asked_again(imap):
    key = imap.deliver(mail(1))
    source = imap.source()
    imap.proxy.plan(b"EXAMINE", Fault.SAY, says=b"NO [INUSE] later")
    with pytest.raises(MailboxUnavailable) as caught:
        source.fetch(None)
    assert caught.value.retryable
    assert keys(source.fetch(None)) == [key]


def test_a_folder_without_room_is_told_apart_and_tried_again_later(imap):
    key = imap.deliver(mail(1))
    imap.proxy.plan(b"UID MOVE", Fault.SAY, says=b"NO [OVERQUOTA] full")
    with pytest.raises(MailboxUnavailable, match="full") as caught:
        imap.source().move(key, "Handled")
    assert caught.value.retry_after_s == 600


def test_a_connection_that_died_between_two_calls_costs_nothing(imap):
    key = imap.deliver(mail(1))
    source = imap.source()
    source.fetch(None)
    imap.proxy.drop_connections()
    assert keys(source.fetch(None)) == [key]


def test_no_error_tells_who_signed_in(imap):
    imap.account = wrong(imap)
    with pytest.raises(ConnectorError) as refused:
        imap.source().fetch(None)
    imap.break_down()
    with pytest.raises(ConnectorError) as unavailable:
        imap.source().fetch(None)
    for caught in (refused, unavailable):
        text = str(caught.value)
        assert imap.account.user not in text
        assert imap.account.password not in text
        assert "\n" not in text
        assert caught.value.__cause__ is not None
    imap.recover()
