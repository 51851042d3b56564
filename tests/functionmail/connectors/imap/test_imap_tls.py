"""Encryption to an IMAP server: always verified, never silently left out."""

from __future__ import annotations

import ssl

import pytest

from functionmail.connectors.imap import ImapSource
from functionmail.connectors.mail_server import Account, Encryption, MailServer
from functionmail.errors import MailboxUnavailable, SignInRefused
from tests.dovecot_server import HOST
from tests.faulty_proxy import FaultyProxy

ENCRYPTED = [Encryption.TLS, Encryption.STARTTLS]


@pytest.fixture
def connect(dovecot):
    """Give what connects by way of a proxy that sees everything which is not encrypted."""
    opened = []

    def connecting(encryption, *, trusted, without=b""):
        tls = encryption is Encryption.TLS
        proxy = FaultyProxy(dovecot.imaps_port if tls else dovecot.imap_port)
        if without:
            proxy.rewrite(without, b"X" * len(without))
        account = dovecot.add_account()
        server = MailServer(
            host=HOST,
            port=proxy.port,
            encryption=encryption,
            ca_file=dovecot.ca_file if trusted else None,
        )
        source = ImapSource(
            server, Account(user=account.user, secret=lambda: account.password), "info"
        )
        opened.extend((source, proxy))
        return source, proxy

    yield connecting
    for one in opened:
        one.close()


@pytest.mark.parametrize("encryption", ENCRYPTED)
def test_a_certificate_of_the_named_authority_is_trusted(connect, encryption):
    source, proxy = connect(encryption, trusted=True)
    assert source.fetch(None).messages == ()
    assert not source.wait(0.01)
    assert not any(b"AUTHENTICATE" in sent for sent in proxy.commands)


@pytest.mark.parametrize("encryption", ENCRYPTED)
def test_an_unknown_certificate_is_refused_and_nobody_signs_in(connect, encryption):
    source, _proxy = connect(encryption, trusted=False)
    with pytest.raises(SignInRefused, match="ca_file"):
        source.fetch(None)


def test_a_server_that_offers_no_encryption_is_told_no_password(connect):
    source, proxy = connect(Encryption.STARTTLS, trusted=True, without=b"STARTTLS")
    with pytest.raises(SignInRefused):
        source.fetch(None)
    assert not any(b"LOGIN" in sent or b"AUTHENTICATE" in sent for sent in proxy.commands)


def test_a_server_that_speaks_plainly_where_tls_is_meant_is_unavailable(connect, dovecot):
    server = MailServer(host=HOST, port=dovecot.imap_port, ca_file=dovecot.ca_file)
    source = ImapSource(server, Account(user="info", secret=lambda: "x"), "info")
    with pytest.raises(MailboxUnavailable):
        source.fetch(None)


def test_names_and_certificates_are_always_verified(dovecot):
    context = MailServer(host="imap.exempelstad.example", port=993).tls()
    assert context.check_hostname is True
    assert context.verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize("host", ["imap.exempelstad.example", "192.0.2.1", "0.0.0.0", ""])
def test_no_other_machine_is_reached_without_encryption(host):
    with pytest.raises(ValueError, match="encryption"):
        MailServer(host=host, port=143, encryption=Encryption.NONE)
