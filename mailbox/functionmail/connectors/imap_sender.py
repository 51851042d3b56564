"""Sending from an IMAP account: drafts and Sent copies by IMAP, the mail itself by SMTP.

A draft is marked right before its content goes out, and the mark stays until the server's
answer is known and acted upon. So whatever ends the program, a mail that may be under way
is never sent again by itself: see `ImapSender.send`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from email import message_from_bytes
from email.utils import getaddresses

from functionmail.connectors.examining import Examination
from functionmail.connectors.imap_errors import TROUBLE, is_full
from functionmail.connectors.imap_examining import examine_folders, examine_sending
from functionmail.connectors.imap_folders import (
    NamedFolders,
    Special,
    SpecialFolders,
    find_by_message_id,
    is_missing,
    message_id_of,
)
from functionmail.connectors.imap_session import ImapSession
from functionmail.connectors.imap_values import Folder, Uid
from functionmail.connectors.mail_server import Account, MailServer
from functionmail.connectors.smtp import SmtpTransport
from functionmail.errors import (
    ConnectorError,
    MailboxUnavailable,
    MessageGone,
    Refusal,
    SendRefused,
    SendUncertain,
    SignInRefused,
)
from functionmail.message import DraftKey

SENDING = "$SammaDagSending"
"""Keyword of a draft whose outcome nobody knows yet."""

_SENDING_FOR_ALL = "\\Flagged"
"""Marks it where the server keeps no keywords; at worst a draft that people flagged is
taken for uncertain."""

_COPY_WAIT_S = 20.0
_COPY_LOOK_S = 1.0
_REMEMBERED = 1000


class ImapSender:
    """A `MailSender` over the Drafts and Sent folders of an IMAP account and an SMTP server.

    Args:
        mailbox: As in `MailSender.mailbox`.
        address: What mails are sent from, on the envelope; bounces come there.
        transport: None where nothing can be sent, only drafts be saved.
        names: What the special folders are called.
        server_copies: The SMTP server puts a copy into Sent by itself.
        monotonic: Seconds from an arbitrary start.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        server: MailServer,
        account: Account,
        mailbox: str,
        *,
        address: str,
        transport: SmtpTransport | None,
        names: SpecialFolders | None = None,
        server_copies: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._mailbox = mailbox
        self._address = address
        self._session = ImapSession(server, account, mailbox, monotonic=monotonic)
        self._folders = NamedFolders(self._session, names or SpecialFolders())
        self._transport = transport
        self._server_copies = server_copies
        self._sleep = sleep
        self._outcomes: dict[DraftKey, bool] = {}

    @property
    def mailbox(self) -> str:
        """See `MailSender.mailbox`."""
        return self._mailbox

    def save_draft(self, message_id: str, content: bytes) -> DraftKey:
        """See `MailSender.save_draft`.

        Raises:
            SendRefused: The mailbox is full.
        """
        with self._session.call("saving a draft"):
            at = self._append(Special.DRAFTS, content, ("\\Draft", "\\Seen"))
            if at is None:
                folder = self._folders.look_into(Special.DRAFTS, anew=True)
                uid = find_by_message_id(self._session, message_id)
                if uid is None:
                    advice = "the saved draft is not found among the drafts"
                    raise MailboxUnavailable(self._mailbox, "saving a draft", advice)
                at = Uid(uidvalidity=folder.uidvalidity, uid=uid)
        return DraftKey(str(at))

    def send(self, draft: DraftKey) -> None:
        """See `MailSender.send`.

        A draft that bears the mark already was begun before: it is finished if the mail
        lies in Sent, and uncertain if not.
        """
        self._send(draft, again=False)

    def send_again(self, draft: DraftKey) -> None:
        """See `MailSender.send_again`. What lies in Sent by now is not sent once more."""
        self._send(draft, again=True)

    def find_draft(self, message_id: str) -> DraftKey | None:
        """See `MailSender.find_draft`."""
        with self._session.call("looking among the drafts"):
            folder = self._folders.look_into(Special.DRAFTS)
            uid = find_by_message_id(self._session, message_id)
        if uid is None:
            return None
        return DraftKey(str(Uid(uidvalidity=folder.uidvalidity, uid=uid)))

    def find_sent(self, message_id: str) -> bool:
        """See `MailSender.find_sent`."""
        with self._session.call("looking in Sent"):
            return self._lies_in_sent(message_id)

    def close(self) -> None:
        """See `MailSender.close`."""
        self._session.close()

    def examine(self) -> Examination:
        """See `Examinable.examine`."""
        with self._session.call("examining"):
            found = examine_folders(self._session, self._folders)
        return Examination(findings=(*found, examine_sending(self._transport, self._address)))

    def _send(self, draft: DraftKey, *, again: bool) -> None:
        with self._session.call("sending"):
            folder, uid, content = self._read(draft)
            message_id = message_id_of(content)
            if _mark_of(folder) in (self._session.flags(uid) or ()):
                accepted = self._outcomes.get(draft)
                if accepted is None:
                    accepted = self._lies_in_sent(message_id) or None
                if accepted is None and not again:
                    advice = "it may have been sent; look in Sent"
                    raise SendUncertain(self._mailbox, "sending", advice)
                if accepted:
                    self._put_away(draft, uid, content, message_id)
                    return
                self._unmark(uid)
        self._hand_over(draft, uid, content)
        with self._session.call("keeping a copy of what was sent"):
            self._put_away(draft, uid, content, message_id)

    def _read(self, draft: DraftKey) -> tuple[Folder, int, bytes]:
        at = Uid.read(draft)
        name = self._folders.special(Special.DRAFTS)
        folder = self._session.open(name)
        if at is None or at.uidvalidity != folder.uidvalidity:
            raise MessageGone(self._mailbox, "sending")
        content = self._session.contents([at.uid]).get(at.uid)
        if content is None:
            raise MessageGone(self._mailbox, "sending")
        return folder, at.uid, content

    def _hand_over(self, draft: DraftKey, uid: int, content: bytes) -> None:
        """Give the mail to SMTP; afterwards the draft bears the mark."""
        if self._transport is None:
            advice = "there is no SMTP server in the settings"
            raise SendRefused(self._mailbox, "sending", advice)
        recipients, content = _envelope(content)
        if not recipients:
            advice = "the draft names no recipient"
            raise SendRefused(self._mailbox, "sending", advice, refusal=Refusal.RECIPIENT)
        self._outcomes.pop(draft, None)  # what is known is of an earlier try
        try:
            self._transport.hand_over(
                content,
                sender=self._address,
                recipients=recipients,
                committing=lambda: self._mark(uid),
            )
        except SendUncertain:
            raise
        except ConnectorError:
            self._remember(draft, accepted=False)
            self._try_to_unmark(uid)
            raise
        self._remember(draft, accepted=True)

    def _mark(self, uid: int) -> None:
        """Mark a draft, so that it lasts and nobody else has marked it meanwhile."""
        session = self._session
        with session.call("marking a draft"):
            folder = session.open(self._folders.special(Special.DRAFTS))
            mark = _mark_of(folder)
            modseq = session.modseq(uid)
            before = session.flags(uid)
            if before is None:
                raise MessageGone(self._mailbox, "sending")
            if mark in before or not self._set(uid, mark, modseq):
                advice = "another program is sending it; look in Sent"
                raise SendUncertain(self._mailbox, "sending", advice)
            after = session.flags(uid)
            if after is None:
                raise MessageGone(self._mailbox, "sending")
            if mark not in after:
                advice = "let the account keep flags in its Drafts folder"
                raise SignInRefused(self._mailbox, "marking a draft", advice)

    def _set(self, uid: int, mark: str, modseq: int | None) -> bool:
        name = _MARKS[mark]
        if modseq is not None:
            return self._session.store_unless_changed(uid, name, modseq)
        self._session.store(uid, "+", [name])
        return True

    def _unmark(self, uid: int) -> None:
        folder = self._session.open(self._folders.special(Special.DRAFTS))
        self._session.store(uid, "-", [_MARKS[_mark_of(folder)]])

    def _try_to_unmark(self, uid: int) -> None:
        """Take the mark off; if that fails, `_outcomes` knows while the program runs."""
        try:
            with self._session.call("sending"):
                self._unmark(uid)
        except ConnectorError:
            return

    def _put_away(self, draft: DraftKey, uid: int, content: bytes, message_id: str) -> None:
        """See that a sent mail lies in Sent, and delete its draft."""
        if not self._lies_in_sent(message_id) and not self._copy_comes(message_id):
            self._append(Special.SENT, content, ("\\Seen",))
        self._session.open(self._folders.special(Special.DRAFTS))
        self._session.delete(uid)
        self._outcomes.pop(draft, None)

    def _copy_comes(self, message_id: str) -> bool:
        """Wait for the server's own copy, where it makes one."""
        waited = 0.0
        while self._server_copies and waited < _COPY_WAIT_S:
            self._sleep(_COPY_LOOK_S)
            waited += _COPY_LOOK_S
            self._folders.look_into(Special.SENT, anew=True)
            if find_by_message_id(self._session, message_id) is not None:
                return True
        return False

    def _lies_in_sent(self, message_id: str) -> bool:
        self._folders.look_into(Special.SENT, anew=True)
        return find_by_message_id(self._session, message_id) is not None

    def _append(self, use: Special, content: bytes, flags: tuple[str, ...]) -> Uid | None:
        try:
            return self._session.append(self._folders.special(use), content, flags)
        except TROUBLE as error:
            if is_missing(error):
                self._folders.forget(use)
                return self._session.append(self._folders.special(use), content, flags)
            if is_full(error) and use is Special.DRAFTS:
                advice = "the mailbox is full; make room in it"
                raise SendRefused(
                    self._mailbox, "saving a draft", advice, refusal=Refusal.MAILBOX_FULL
                ) from error
            raise

    def _remember(self, draft: DraftKey, *, accepted: bool) -> None:
        self._outcomes[draft] = accepted
        while len(self._outcomes) > _REMEMBERED:
            del self._outcomes[next(iter(self._outcomes))]


_MARKS = {SENDING.lower(): SENDING, _SENDING_FOR_ALL.lower(): _SENDING_FOR_ALL}


def _mark_of(drafts: Folder) -> str:
    """Return what marks a draft in this folder, in lower case."""
    mark = SENDING if drafts.keeps_keyword(SENDING) else _SENDING_FOR_ALL
    return mark.lower()


def _envelope(content: bytes) -> tuple[tuple[str, ...], bytes]:
    """Return the recipients of a mail, and the mail without Bcc."""
    mail = message_from_bytes(content)
    fields = [str(value) for name in ("To", "Cc", "Bcc") for value in mail.get_all(name, [])]
    # One at a time: some versions of Python give up all fields where one is empty or odd.
    found = (address for field in fields for _name, address in getaddresses([field]))
    recipients = tuple(dict.fromkeys(one for one in found if _is_address(one)))
    if "Bcc" in mail:
        del mail["Bcc"]
        content = mail.as_bytes()
    return recipients, content


def _is_address(text: str) -> bool:
    return "@" in text and text.isascii() and text.isprintable() and not set(text) & set(" <>")
