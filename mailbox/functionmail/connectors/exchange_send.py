"""Sending from a mailbox on an Exchange server, once.

A mail is made by its MIME and by properties, since Exchange drops from the MIME the headers
that keep machines from answering. While it lies among the drafts it is not sent; in Sent, or
on its way in the Outbox, it is. One that lies nowhere is left to a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from exchangelib import Account, Message, Q
from exchangelib.errors import ResponseMessageError
from exchangelib.folders import BaseFolder, FolderCollection

from functionmail.connectors.examining import Examination
from functionmail.connectors.exchange_account import ExchangeMailbox, drafts, outbox, sent
from functionmail.connectors.exchange_errors import GONE, refusal
from functionmail.connectors.exchange_examining import examine_folders
from functionmail.connectors.exchange_services import (
    AUTO_SUBMITTED,
    LOOP,
    OWN,
    OWN_ID,
    SUPPRESS,
    read_items,
)
from functionmail.connectors.received import header_fields
from functionmail.errors import (
    MailboxUnavailable,
    MessageGone,
    SendRefused,
    SendUncertain,
)
from functionmail.identity import LOOP_HEADER
from functionmail.message import DraftKey

_NO_ANSWERS = 0x3D
"""DR, RN, NRN, OOF and AutoReply, without NDR: bounces must still come."""


class ExchangeSender:
    """A `MailSender` that keeps drafts and sent mail in the mailbox's own folders.

    A draft's key is its Message-ID: item ids change when a person touches the draft.
    """

    def __init__(self, box: ExchangeMailbox) -> None:
        self._box = box

    @property
    def mailbox(self) -> str:
        """See `MailSender.mailbox`."""
        return self._box.name

    def save_draft(self, message_id: str, content: bytes) -> DraftKey:
        """See `MailSender.save_draft`. A draft with the same Message-ID is replaced.

        Raises:
            SendRefused: The mailbox is full, or the server cannot read the mail.
        """
        doing = "saving a draft"

        def save(account: Account) -> None:
            for old in _find(account, [drafts(account)], message_id):
                _delete(old)
            with self._refusals(doing):
                _save(account, message_id, content)

        self._box.perform(doing, save)
        return DraftKey(message_id)

    def send(self, draft: DraftKey) -> None:
        """See `MailSender.send`. When the outcome is uncertain, the draft is gone."""
        message_id = str(draft)
        found = self._box.perform(
            "looking among the drafts",
            lambda account: next(iter(_find(account, [drafts(account)], message_id)), None),
        )
        if found is None:
            raise MessageGone(self._box.name, "sending")

        def send(account: Account) -> None:
            with self._refusals("sending"):
                found.send(copy_to_folder=sent(account))

        try:
            self._box.perform("sending", send)
        except MailboxUnavailable as error:
            self._find_out(message_id, error)

    def send_again(self, draft: DraftKey) -> None:
        """See `MailSender.send_again`; a draft that still lies there was not sent."""
        self.send(draft)

    def find_draft(self, message_id: str) -> DraftKey | None:
        """See `MailSender.find_draft`."""
        found = self._box.perform(
            "looking among the drafts",
            lambda account: bool(_find(account, [drafts(account)], message_id)),
        )
        return DraftKey(message_id) if found else None

    def find_sent(self, message_id: str) -> bool:
        """See `MailSender.find_sent`; what waits in the Outbox is on its way."""
        return self._box.perform(
            "looking in Sent",
            lambda account: bool(_find(account, [sent(account), outbox(account)], message_id)),
        )

    def examine(self) -> Examination:
        """See `Examinable.examine`. Who may send as the mailbox is told for impersonation only."""
        return examine_folders(self._box, acts_as_mailbox=self._box.endpoint.acts_as_mailbox)

    def close(self) -> None:
        """See `MailSender.close`."""
        self._box.endpoint.close_idle()

    @contextmanager
    def _refusals(self, doing: str) -> Iterator[None]:
        """Turn what the server says about one mail into our own errors."""
        try:
            yield
        except GONE as error:
            raise MessageGone(self._box.name, doing) from error
        except ResponseMessageError as error:
            why = refusal(error)
            if why is None:
                raise
            raise SendRefused(self._box.name, doing, refusal=why) from error

    def _find_out(self, message_id: str, error: MailboxUnavailable) -> None:
        """Return when a mail was sent though the server did not say so.

        Raises:
            MailboxUnavailable: It was not, or that cannot be seen now either.
            SendUncertain: It lies nowhere.
        """
        if self.find_draft(message_id) is not None:
            raise error
        if not self.find_sent(message_id):
            raise SendUncertain(self._box.name, "sending", "it lies nowhere") from error


def _save(account: Account, message_id: str, content: bytes) -> None:
    headers = _headers(content)
    draft = Message(
        account=account, folder=drafts(account), mime_content=content, **{OWN_ID: message_id}
    )
    for name, header in ((AUTO_SUBMITTED, "auto-submitted"), (LOOP, LOOP_HEADER.lower())):
        if header in headers:
            setattr(draft, name, headers[header])
    if "x-auto-response-suppress" in headers:
        setattr(draft, SUPPRESS, _NO_ANSWERS)
    draft.save()


def _headers(content: bytes) -> dict[str, str]:
    return {
        name.decode("ascii", "replace"): value.decode("ascii", "replace")
        for name, value in header_fields(content)
    }


def _find(account: Account, folders: list[BaseFolder], message_id: str) -> list[Message]:
    """Return the mails with a Message-ID, which the server may have replaced by its own."""
    wanted = Q(message_id=f"<{message_id}>") | Q(**{OWN_ID: message_id})
    found = FolderCollection(account=account, folders=folders).find_items(wanted)
    ids = [one[0] for one in found if not isinstance(one, Exception)]
    return [
        item
        for item in read_items(account, ids, OWN)
        if not isinstance(item, Exception) and message_id in _own_ids(item)
    ]


def _own_ids(item: Message) -> tuple[str, str]:
    given = (item.message_id or "").strip().removeprefix("<").removesuffix(">")
    return given, getattr(item, OWN_ID) or ""


def _delete(draft: Message) -> None:
    with suppress(*GONE):
        draft.delete()
