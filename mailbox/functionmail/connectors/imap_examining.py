"""What an account may do on an IMAP server and by SMTP, found out without changing anything."""

from __future__ import annotations

from functionmail.connectors.examining import Ability, Finding
from functionmail.connectors.imap_folders import NamedFolders, Special
from functionmail.connectors.imap_session import ImapSession
from functionmail.connectors.imap_values import INBOX
from functionmail.connectors.smtp import SmtpTransport
from functionmail.errors import ConnectorError

_NOT_YET = "the folder is not there yet and will be made"


def examine_inbox(session: ImapSession) -> tuple[Finding, ...]:
    """Open the Inbox; within `ImapSession.call`."""
    session.look_into(INBOX)
    folder = session.open_if_allowed(INBOX)
    if folder is None:
        marks = Finding(what=Ability.MARK, ok=False, detail="the account may only read")
    elif not folder.keeps_keyword("any"):
        marks = Finding(what=Ability.MARK, ok=False, detail="the server keeps no keywords")
    else:
        marks = Finding(what=Ability.MARK, ok=True)
    return (Finding(what=Ability.READ, ok=True, detail=INBOX), marks)


def examine_folders(session: ImapSession, folders: NamedFolders) -> tuple[Finding, ...]:
    """Look for Drafts and Sent, and whether they can be written to; within `ImapSession.call`."""
    return (
        _special(session, folders.existing(Special.DRAFTS), Ability.DRAFTS),
        _special(session, folders.existing(Special.SENT), Ability.SENT),
    )


def examine_sending(transport: SmtpTransport | None, address: str) -> Finding:
    """Sign in to the SMTP server and name the mailbox as the sender."""
    if transport is None:
        detail = "there is no SMTP server in the settings"
        return Finding(what=Ability.SEND, ok=False, detail=detail)
    try:
        transport.try_sender(address)
    except ConnectorError as error:
        return Finding(what=Ability.SEND, ok=False, detail=error.advice)
    return Finding(what=Ability.SEND, ok=True)


def _special(session: ImapSession, name: str | None, what: Ability) -> Finding:
    if name is None:
        return Finding(what=what, ok=True, detail=_NOT_YET)
    ok = session.open_if_allowed(name) is not None
    return Finding(what=what, ok=ok, detail=name if ok else f"{name}: the account may only read")
