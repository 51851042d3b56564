"""From the entries of a listing to whole mails.

Exchange keeps no MIME: it makes it anew for each request, and leaves out headers that
matter (Auto-Submitted, List-*). So the headers are fetched as well, as they came with the
mail. A mail whose MIME cannot be made comes with its headers alone, or with what fields
there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from exchangelib import Account, Message

from functionmail.connectors.exchange_account import ExchangeMailbox
from functionmail.connectors.exchange_errors import GONE, UNREADABLE, is_about_one_item
from functionmail.connectors.exchange_services import FIELDS, OWN_ID, WHOLE, read_items
from functionmail.connectors.exchange_sync import Entry
from functionmail.errors import MailboxUnavailable
from functionmail.identity import OWN_ID_HEADER
from functionmail.message import MessageKey, RawMessage

LARGEST = 60_000_000
"""Bytes; of a larger mail only the headers are read, since no reader takes it in whole."""

_GROUP = 10
_GROUP_BYTES = 8_000_000
_TRIES = 3

_Found: TypeAlias = "Message | Exception"


class Reader:
    """Reads the mails of one mailbox. One thread at a time."""

    def __init__(self, box: ExchangeMailbox) -> None:
        self._box = box
        self._failures: dict[MessageKey, int] = {}

    def read(self, entries: Iterable[Entry]) -> Iterator[tuple[Entry, RawMessage | None]]:
        """Yield each entry with its mail, in their order; None where it went away meanwhile.

        Raises:
            MailboxUnavailable: As `ExchangeMailbox.perform`; also where one mail gives an error
                that may pass, the first times that it is read.
        """
        for group in _groups(entries):
            for entry, found in zip(group, self._read_group(group), strict=True):
                self._failures.pop(entry.key, None)
                yield entry, None if isinstance(found, GONE) else _raw(entry, found)

    def _read_group(self, group: list[Entry]) -> list[_Found]:
        if group[0].size > LARGEST:
            return [self._read_headers(group[0])]
        found = self._box.perform(
            "reading",
            lambda account: _read(account, group, whole=True),
            transfer=sum(entry.size for entry in group),
        )
        if found is not None:
            return [self._settle(entry, one) for entry, one in zip(group, found, strict=True)]
        if len(group) > 1:
            return [one for entry in group for one in self._read_group([entry])]
        return [self._give_up_later(group[0])]

    def _settle(self, entry: Entry, found: _Found) -> _Found:
        """Return a mail, or that it is gone; what cannot be had whole comes without its MIME."""
        if isinstance(found, UNREADABLE):
            return self._read_headers(entry)
        if isinstance(found, Exception) and not isinstance(found, GONE):
            return self._give_up_later(entry)
        return found

    def _give_up_later(self, entry: Entry) -> _Found:
        """Raise for an error that may pass; the third time, be content with the headers."""
        tries = self._failures[entry.key] = self._failures.get(entry.key, 0) + 1
        if tries < _TRIES:
            raise MailboxUnavailable(self._box.name, "reading", "one mail gives an error")
        return self._read_headers(entry)

    def _read_headers(self, entry: Entry) -> _Found:
        """Return a mail without its MIME, or an empty one where there is nothing else."""
        found = self._box.perform("reading", lambda account: _read(account, [entry], whole=False))
        return Message() if found is None else found[0]


def _groups(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Yield entries in groups that are read at once; a large mail stands alone."""
    group: list[Entry] = []
    size = 0
    for entry in entries:
        if group and (len(group) == _GROUP or size + entry.size > _GROUP_BYTES):
            yield group
            group, size = [], 0
        group.append(entry)
        size += entry.size
    if group:
        yield group


def _read(account: Account, group: list[Entry], *, whole: bool) -> list[_Found] | None:
    """Return the mails of a group; None when one of them spoils the answer for all."""
    try:
        found = read_items(account, [entry.item_id for entry in group], WHOLE if whole else FIELDS)
    except Exception as error:
        if is_about_one_item(error):
            return None
        raise
    return found if len(found) == len(group) else None


def _raw(entry: Entry, found: _Found) -> RawMessage:
    message = Message() if isinstance(found, Exception) else found
    content = message.mime_content or b""
    return RawMessage(
        key=entry.key,
        received_at=entry.received_at,
        content=content,
        transport_headers=(
            *(_headers(message) or (() if content else _fields(message))),
            *_own_id(message),
        ),
    )


def _own_id(message: Message) -> tuple[tuple[str, str], ...]:
    """Return the Message-ID that we gave a mail, where the server has put its own instead."""
    own = str(getattr(message, OWN_ID) or "")
    return ((OWN_ID_HEADER, own),) if own and message.message_id != f"<{own}>" else ()


def _headers(message: Message) -> tuple[tuple[str, str], ...]:
    """Return the headers as the server keeps them beside the MIME."""
    return tuple(
        (str(header.name), str(header.value or ""))
        for header in message.headers or ()
        if header.name
    )


def _fields(message: Message) -> tuple[tuple[str, str], ...]:
    """Return what the server knows of a mail of which it has neither MIME nor headers."""
    author = message.author.email_address if message.author else None
    known = (("Message-ID", message.message_id), ("Subject", message.subject), ("From", author))
    return tuple((name, str(value)) for name, value in known if value)
