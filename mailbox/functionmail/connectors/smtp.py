"""Handing a mail to an SMTP server (RFC 5321), and knowing what became of it.

Until the content is under way nothing has been sent; the server's answer to the whole mail
says yes or no; between the two nobody knows.
"""

from __future__ import annotations

import base64
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import StrEnum

from functionmail.connectors.mail_server import (
    Account,
    Encryption,
    MailServer,
    SignIn,
    deadline,
)
from functionmail.errors import (
    ConnectorError,
    MailboxUnavailable,
    Refusal,
    SendRefused,
    SendUncertain,
    SignInRefused,
)

_DOING = "sending"
_GO_AHEAD = 354
_CONTINUE = 334
_SIGNED_IN = 235
_FULL = 552
_WANT_SIGN_IN = frozenset({530, 534, 535, 538})
_STATUS = re.compile(rb"\s*([245]\.[0-9]{1,3}\.[0-9]{1,3})\b")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_DOT = re.compile(rb"(?m)^\.")


class _Stage(StrEnum):
    """Which command the server answered."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


_BY_STATUS = {
    "5.2.2": Refusal.MAILBOX_FULL,
    "5.2.3": Refusal.TOO_LARGE,
    "5.3.4": Refusal.TOO_LARGE,
    "5.7.1": Refusal.SEND_AS_DENIED,
    "5.7.60": Refusal.SEND_AS_DENIED,
}
"""Enhanced status codes (RFC 3463; 5.7.60 is Exchange's "no right to send as")."""


class SmtpTransport:
    """Hands mails of one mailbox to a server; a connection for each.

    Args:
        account: None where the server wants no sign-in.
        mailbox: Its name, for errors.
    """

    def __init__(self, server: MailServer, account: Account | None, mailbox: str) -> None:
        self._server = server
        self._account = account
        self._mailbox = mailbox

    def hand_over(
        self,
        content: bytes,
        *,
        sender: str,
        recipients: Sequence[str],
        committing: Callable[[], None] = lambda: None,
    ) -> None:
        """Send one mail.

        Args:
            content: The complete mail.
            sender, recipients: Addresses of the envelope.
            committing: Called when all recipients are accepted, right before the content
                goes out. What it raises stops the sending.

        Raises:
            MailboxUnavailable: Not sent; may be tried again.
            SignInRefused: Not sent; the server refuses the account.
            SendRefused: Not sent; the server will never take this mail.
            SendUncertain: The connection ended before the server said yes or no.
        """
        connection = self._connect(sender.rpartition("@")[2])
        try:
            with deadline(self._server.deadline_s, lambda: _cut(connection)):
                self._announce(connection, content, sender, recipients)
                committing()
                self._deliver(connection, content)
        finally:
            connection.close()

    def try_sender(self, sender: str) -> None:
        """Sign in and name a sender as `hand_over` does, and send nothing.

        Raises:
            As `hand_over`; a server may also say no only to the mail itself.
        """
        connection = self._connect(sender.rpartition("@")[2])
        try:
            with deadline(self._server.deadline_s, lambda: _cut(connection)):
                self._announce(connection, b"", sender, ())
                with suppress(OSError, smtplib.SMTPException):
                    connection.rset()
                    connection.quit()
        finally:
            connection.close()

    def _connect(self, own_name: str) -> smtplib.SMTP:
        server = self._server
        with self._errors():
            if server.encryption is Encryption.TLS:
                return smtplib.SMTP_SSL(
                    server.host,
                    server.port,
                    local_hostname=own_name,
                    timeout=server.silence_s,
                    context=server.tls(),
                )
            return smtplib.SMTP(
                server.host, server.port, local_hostname=own_name, timeout=server.silence_s
            )

    def _announce(
        self, smtp: smtplib.SMTP, content: bytes, sender: str, recipients: Sequence[str]
    ) -> None:
        with self._errors():
            smtp.ehlo_or_helo_if_needed()
            if self._server.encryption is Encryption.STARTTLS:
                smtp.starttls(context=self._server.tls())
                smtp.ehlo_or_helo_if_needed()
            if self._account is not None:
                self._sign_in(smtp, self._account)
            options = [f"SIZE={len(content)}"] if smtp.has_extn("size") else []
            if not content.isascii() and smtp.has_extn("8bitmime"):
                options.append("BODY=8BITMIME")
            self._check(*smtp.mail(sender, options), _Stage.SENDER)
            for recipient in recipients:
                self._check(*smtp.rcpt(recipient), _Stage.RECIPIENT)

    def _deliver(self, smtp: smtplib.SMTP, content: bytes) -> None:
        with self._errors():
            code, said = smtp.docmd("DATA")
        if code != _GO_AHEAD:
            self._check(code, said, _Stage.CONTENT)
            raise MailboxUnavailable(self._mailbox, _DOING, "the server took no content")
        try:
            smtp.send(_on_the_wire(content))
            code, said = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            advice = "the connection ended before the server answered; look in Sent"
            raise SendUncertain(self._mailbox, _DOING, advice) from error
        self._check(code, said, _Stage.CONTENT)
        with suppress(OSError, smtplib.SMTPException):
            smtp.quit()

    def _sign_in(self, smtp: smtplib.SMTP, account: Account) -> None:
        """Sign in by the best way the server offers, once: a second try may lock the account."""
        offered = smtp.esmtp_features.get("auth", "").upper().split()
        try:
            if account.sign_in is SignIn.XOAUTH2:
                way, answers = "XOAUTH2", [account.bearer(), ""]
            elif "LOGIN" in offered and "PLAIN" not in offered:
                way, answers = "LOGIN", ["", account.user, account.secret()]
            else:
                way, answers = "PLAIN", [f"\0{account.user}\0{account.secret()}"]
        except OSError as error:
            advice = "the file with the password or token cannot be read"
            raise SignInRefused(self._mailbox, _DOING, advice) from error
        if way not in offered:
            raise SignInRefused(self._mailbox, _DOING, f"the SMTP server has no sign-in by {way}")
        code, said = smtp.docmd("AUTH", " ".join(filter(None, (way, _base64(answers[0])))))
        for answer in answers[1:]:
            if code != _CONTINUE:
                break
            code, said = smtp.docmd(_base64(answer))
        if code != _SIGNED_IN:
            raise smtplib.SMTPAuthenticationError(code, said)

    def _check(self, code: int, said: bytes, stage: _Stage) -> None:
        """Raise what a server's answer means, unless it is yes."""
        if 200 <= code < 300:
            return
        answer = smtplib.SMTPResponseException(code, said)
        if code in _WANT_SIGN_IN:
            raise SignInRefused(self._mailbox, _DOING, "check smtp.auth") from answer
        if code < 500:
            advice = f"the SMTP server says not now ({code})"
            raise MailboxUnavailable(self._mailbox, _DOING, advice) from answer
        refusal = _refusal(code, said, stage)
        raise SendRefused(
            self._mailbox, _DOING, f"the SMTP server says no ({code})", refusal=refusal
        ) from answer

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Sort what goes wrong before the content is under way."""
        try:
            yield
        except ConnectorError:
            raise
        except ssl.SSLCertVerificationError as error:
            advice = "the SMTP server's certificate is not trusted; name the authority in ca_file"
            raise SignInRefused(self._mailbox, _DOING, advice) from error
        except smtplib.SMTPNotSupportedError as error:
            advice = "the SMTP server offers no encryption; check smtp.security"
            raise SignInRefused(self._mailbox, _DOING, advice) from error
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code < 500:
                advice = "the SMTP server can sign in nobody now"
                raise MailboxUnavailable(self._mailbox, _DOING, advice) from error
            advice = "the SMTP server refuses the account; check user, password or token"
            raise SignInRefused(self._mailbox, _DOING, advice) from error
        except (OSError, smtplib.SMTPException) as error:
            advice = "no connection to the SMTP server; check server and network"
            raise MailboxUnavailable(self._mailbox, _DOING, advice) from error


def _refusal(code: int, said: bytes, stage: _Stage) -> Refusal:
    found = _STATUS.match(said)
    status = found[1].decode("ascii") if found else ""
    if stage is _Stage.RECIPIENT and not status.startswith("5.7."):
        return Refusal.RECIPIENT
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status.startswith("5.1."):
        return Refusal.SEND_AS_DENIED if stage is _Stage.SENDER else Refusal.RECIPIENT
    if code == _FULL:
        return Refusal.TOO_LARGE if stage is _Stage.SENDER else Refusal.MAILBOX_FULL
    if stage is _Stage.SENDER and code in (550, 553):
        return Refusal.SEND_AS_DENIED
    return Refusal.OTHER


def _on_the_wire(content: bytes) -> bytes:
    """Return a mail with CRLF at every line end and its dots doubled (RFC 5321, 4.5.2).

    A line end of its own kind within a mail could pass for the end of it at a careless
    server, with a second, forged mail behind.
    """
    lines = _LINE_END.sub(b"\r\n", content)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    return _DOT.sub(b"..", lines) + b".\r\n"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _cut(connection: smtplib.SMTP) -> None:
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
