"""A mailbox on an IMAP server, and the SMTP server that its mail is handed to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.connecting.connection import Connection, Place
from bot.errors import SettingsError
from bot.settings import ImapSettings, SmtpSettings, secret_text
from bot.vocabulary import Mode
from functionmail.connectors.imap import ImapSource
from functionmail.connectors.imap_folders import Special, SpecialFolders
from functionmail.connectors.imap_sender import ImapSender
from functionmail.connectors.mail_server import (
    Account,
    Encryption,
    MailServer,
    SignIn,
    is_this_machine,
)
from functionmail.connectors.smtp import SmtpTransport


def connect(place: Place) -> Connection:
    """Connect an IMAP account.

    Raises:
        SettingsError: A setting is missing, a file cannot be read, or a connection would go
            over a network without encryption.
    """
    given = place.settings.imap
    if given is None:
        raise place.lacks("imap.host")
    server = _server("imap", given)
    account = _account(place, given, SignIn(given.auth))
    names = SpecialFolders(drafts=given.drafts_folder, sent=given.sent_folder)
    return Connection(
        source=ImapSource(server, account, place.key, names=names),
        sent=ImapSource(server, account, place.sent_key, special=Special.SENT, names=names),
        sender=ImapSender(
            server,
            account,
            place.key,
            address=place.address,
            transport=_transport(place, given),
            names=names,
            server_copies=given.sent_copy == "server",
        ),
    )


def _transport(place: Place, imap: ImapSettings) -> SmtpTransport | None:
    """Return what sends, None where the mailbox is only read."""
    given = place.settings.smtp
    if given is None:
        if place.mailbox.mode in (Mode.DRAFT, Mode.AUTO):
            raise place.lacks("smtp.host")
        return None
    account = None if given.auth == "none" else _account(place, imap, SignIn(given.auth))
    return SmtpTransport(_server("smtp", given), account, place.key)


def _server(section: str, given: ImapSettings | SmtpSettings) -> MailServer:
    encryption = Encryption(given.security)
    if encryption is Encryption.NONE and not is_this_machine(given.host):
        raise SettingsError(
            "{section}.security: utan kryptering nås bara den här datorn; välj tls eller starttls",
            section=section,
        )
    server = MailServer(
        host=given.host, port=given.port, encryption=encryption, ca_file=given.ca_file
    )
    try:
        server.tls()
    except OSError as error:
        raise SettingsError(
            "{section}.ca_file: filen {file} kan inte läsas som certifikat",
            section=section,
            file=given.ca_file,
        ) from error
    return server


def _account(place: Place, imap: ImapSettings, sign_in: SignIn) -> Account:
    user = place.mailbox.user or place.address
    return Account(user=user, secret=_secret(place, imap, sign_in), sign_in=sign_in)


def _secret(place: Place, imap: ImapSettings, sign_in: SignIn) -> Callable[[], str]:
    """Return what gives the password or token; files are read anew each time."""
    if sign_in is SignIn.XOAUTH2:
        if imap.token_file is None:
            raise place.lacks("imap.token_file")
        return _reader(imap.token_file)
    own = (place.mailbox.password, place.mailbox.password_file)
    password, file = own if any(own) else (imap.password, imap.password_file)
    if password is not None:
        return password.get_secret_value
    if file is None:
        raise place.lacks("imap.password_file")
    return _reader(file)


def _reader(file: Path) -> Callable[[], str]:
    secret_text(None, file)  # so that a file that is missing is named at the start
    return lambda: file.read_text("utf-8", "replace").strip()
