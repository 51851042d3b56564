"""Handing mail over: what goes over the wire, who signs in and how, and encryption."""

from __future__ import annotations

import socket
import time

import pytest

from functionmail.connectors.mail_server import Account, Encryption, MailServer, SignIn
from functionmail.connectors.smtp import SmtpTransport
from functionmail.errors import MailboxUnavailable, SendRefused, SendUncertain, SignInRefused
from tests.dovecot_server import HOST, make_certificate
from tests.smtp_server import SmtpServer, Trouble

USER, PASSWORD = "info@exempelstad.example", "ett långt lösenord"
ENVELOPE = {"sender": USER, "recipients": ["kund@elsewhere.example"]}
MAIL = b"Subject: Mottaget\r\n\r\nTack.\r\n"


@pytest.fixture(scope="module")
def tls_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates") / "tls"
    make_certificate(folder)
    return folder


@pytest.fixture
def start():
    started = []

    def starting(**options):
        server = SmtpServer(**options)
        started.append(server)
        return server

    yield starting
    for server in started:
        server.close()


def transport(smtp, *, account=None, encryption=Encryption.NONE, ca_file=None, **patience):
    server = MailServer(
        host=HOST, port=smtp.port, encryption=encryption, ca_file=ca_file, **patience
    )
    return SmtpTransport(server, account, "info")


def signing_in(secret=PASSWORD, *, sign_in=SignIn.PASSWORD):
    return Account(user=USER, secret=lambda: secret, sign_in=sign_in)


@pytest.mark.parametrize(
    ("content", "taken"),
    [
        (MAIL, MAIL),
        (b"Subject: x\r\n\r\n.\r\n..\r\n.x\r\n", b"Subject: x\r\n\r\n.\r\n..\r\n.x\r\n"),
        (b"Subject: x\n\ny\n", b"Subject: x\r\n\r\ny\r\n"),
        (b"Subject: x\r\n\r\nno line end", b"Subject: x\r\n\r\nno line end\r\n"),
        (b"Subject: \xc3\xa5\r\n\r\n\xe5\r\n", b"Subject: \xc3\xa5\r\n\r\n\xe5\r\n"),
    ],
)
def test_a_mail_comes_as_it_was_written(start, content, taken):
    smtp = start()
    transport(smtp).hand_over(content, **ENVELOPE)
    assert [mail.content for mail in smtp.taken] == [taken]


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r\n"])
def test_no_line_end_within_a_mail_passes_for_its_end(start, end):
    smtp = start()
    transport(smtp).hand_over(MAIL + b"x" + end + b"MAIL FROM:<x@y>\r\n", **ENVELOPE)
    assert len(smtp.taken) == 1
    assert smtp.commands.count("MAIL") == 1


@pytest.mark.parametrize(
    ("ways", "sign_in"),
    [
        ("PLAIN", SignIn.PASSWORD),
        ("LOGIN", SignIn.PASSWORD),
        ("LOGIN PLAIN CRAM-MD5", SignIn.PASSWORD),
        ("PLAIN XOAUTH2", SignIn.XOAUTH2),
    ],
)
def test_the_account_signs_in_by_what_the_server_offers(start, ways, sign_in):
    smtp = start(accounts={USER: PASSWORD}, ways=ways)
    transport(smtp, account=signing_in(sign_in=sign_in)).hand_over(MAIL, **ENVELOPE)
    assert len(smtp.taken) == 1


@pytest.mark.parametrize("ways", ["PLAIN", "LOGIN", "LOGIN PLAIN", "XOAUTH2"])
def test_a_wrong_secret_is_tried_once(start, ways):
    smtp = start(accounts={USER: PASSWORD}, ways=ways)
    sign_in = SignIn.XOAUTH2 if ways == "XOAUTH2" else SignIn.PASSWORD
    with pytest.raises(SignInRefused) as caught:
        transport(smtp, account=signing_in("fel", sign_in=sign_in)).hand_over(MAIL, **ENVELOPE)
    assert smtp.commands.count("AUTH") == 1
    assert "fel" not in str(caught.value)
    assert USER not in str(caught.value)


def test_a_way_to_sign_in_that_the_server_lacks_needs_a_person(start):
    smtp = start(accounts={USER: PASSWORD}, ways="GSSAPI")
    with pytest.raises(SignInRefused, match="PLAIN"):
        transport(smtp, account=signing_in()).hand_over(MAIL, **ENVELOPE)
    assert "AUTH" not in smtp.commands


def test_a_server_that_can_sign_in_nobody_now_may_be_asked_again(start):
    smtp = start(accounts={USER: PASSWORD})
    smtp.plan("AUTH", b"454 4.7.0 temporary failure")
    sending = transport(smtp, account=signing_in())
    with pytest.raises(MailboxUnavailable):
        sending.hand_over(MAIL, **ENVELOPE)
    sending.hand_over(MAIL, **ENVELOPE)
    assert len(smtp.taken) == 1


def test_a_secret_that_cannot_be_read_needs_a_person(start, tmp_path):
    smtp = start(accounts={USER: PASSWORD})
    account = Account(user=USER, secret=lambda: (tmp_path / "nowhere").read_text("utf-8"))
    with pytest.raises(SignInRefused, match="file"):
        transport(smtp, account=account).hand_over(MAIL, **ENVELOPE)


@pytest.mark.parametrize("encryption", [Encryption.TLS, Encryption.STARTTLS])
def test_a_certificate_of_the_named_authority_is_trusted(start, tls_folder, encryption):
    smtp = start(
        accounts={USER: PASSWORD},
        tls_folder=tls_folder,
        from_the_start=encryption is Encryption.TLS,
    )
    trusting = {"encryption": encryption, "ca_file": tls_folder / "ca.pem"}
    transport(smtp, account=signing_in(), **trusting).hand_over(MAIL, **ENVELOPE)
    assert len(smtp.taken) == 1


@pytest.mark.parametrize("encryption", [Encryption.TLS, Encryption.STARTTLS])
def test_an_unknown_certificate_is_refused_before_anyone_signs_in(start, tls_folder, encryption):
    smtp = start(
        accounts={USER: PASSWORD},
        tls_folder=tls_folder,
        from_the_start=encryption is Encryption.TLS,
    )
    with pytest.raises(SignInRefused, match="certificate"):
        transport(smtp, account=signing_in(), encryption=encryption).hand_over(MAIL, **ENVELOPE)
    assert "AUTH" not in smtp.commands


def test_a_server_that_offers_no_encryption_is_told_no_password(start):
    smtp = start(accounts={USER: PASSWORD})
    with pytest.raises(SignInRefused, match="encryption"):
        transport(smtp, account=signing_in(), encryption=Encryption.STARTTLS).hand_over(
            MAIL, **ENVELOPE
        )
    assert "AUTH" not in smtp.commands


def test_what_stops_right_before_the_content_stops_the_sending(start):
    def stopping():
        raise SendRefused("info", "marking")

    smtp = start()
    with pytest.raises(SendRefused):
        transport(smtp).hand_over(MAIL, **ENVELOPE, committing=stopping)
    assert smtp.taken == []
    assert "DATA" not in smtp.commands


def test_a_server_that_drips_does_not_hold_the_sender_for_ever(start):
    smtp = start()
    smtp.plan("taken", Trouble.HANG)
    started = time.monotonic()
    with pytest.raises(SendUncertain):
        transport(smtp, silence_s=60, deadline_s=0.3).hand_over(MAIL, **ENVELOPE)
    assert time.monotonic() - started < 10


def test_a_server_that_is_not_there_is_unavailable(start):
    smtp = start()
    smtp.close()
    with pytest.raises(MailboxUnavailable):
        transport(smtp).hand_over(MAIL, **ENVELOPE)


def test_a_name_that_cannot_be_resolved_is_unavailable(monkeypatch):
    def nowhere(*_arguments, **_options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    server = MailServer(host="smtp.exempelstad.example", port=587, encryption=Encryption.STARTTLS)
    with pytest.raises(MailboxUnavailable):
        SmtpTransport(server, None, "info").hand_over(MAIL, **ENVELOPE)
