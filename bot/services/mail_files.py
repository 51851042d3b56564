"""Mail that lies in files: which files, which mailbox, when received."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from bot.errors import DataError, UsageError
from bot.services.reading import Arrival
from bot.vocabulary import MailboxKey
from functionmail.message import MessageKey, RawMessage
from functionmail.parse import parse, received_at

INFO = MailboxKey("info")
MAX_BYTES = 50 * 1024 * 1024 + 1
"""One more than what a mail may be, so that a larger one is seen to be larger."""
_LONGEST_KEY = 480


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFile:
    """A file that holds one raw mail.

    Attributes:
        name: Relative to the path that was given; what reports and errors show.
    """

    path: str
    name: str


def find(path: Path) -> Iterator[MailFile]:
    """Yield the mail files of a path: itself, or every file below it, in the order of paths.

    Hidden files and folders are left out, and so is what is no file, such as a pipe.

    Raises:
        UsageError: There is no such file or folder.
        DataError: A folder cannot be listed.
    """
    if path.is_file():
        yield MailFile(path=str(path), name=path.name)
    elif path.is_dir():
        yield from _below(path)
    else:
        raise UsageError("{path}: det finns ingen sådan fil eller mapp", path=path)


def _below(top: Path) -> Iterator[MailFile]:
    waiting = [""]
    while waiting:
        name = waiting.pop()
        if not name or name.endswith("/"):
            waiting.extend(name + child for child in reversed(_listed(top / name)))
        elif os.path.isfile(path := f"{top}/{name}"):
            yield MailFile(path=path, name=name)


def _listed(folder: Path) -> list[str]:
    """Return the names in a folder in order, those of folders with a slash behind."""
    try:
        with os.scandir(folder) as found:
            inside = sorted((one.name, one.is_dir(follow_symlinks=False)) for one in found)
        return [f"{name}/" if is_dir else name for name, is_dir in inside if name[0] != "."]
    except OSError as error:
        raise DataError(
            "{file}: går inte att läsa; kontrollera rättigheterna", file=folder
        ) from error


def read(
    file: MailFile,
    addresses: Mapping[str, MailboxKey],
    *,
    mailbox: MailboxKey | None = None,
    key_prefix: str = "",
) -> Arrival:
    """Read one mail file as if its mailbox had shown it to us.

    Args:
        addresses: Address of each function mailbox -> its key.
        mailbox: The mailbox, else one whose address is in To, Cc or Delivered-To, else info.

    Raises:
        DataError: The file cannot be read.
    """
    try:
        with open(file.path, "rb") as stream:
            found = os.fstat(stream.fileno())
            # To ask for more than there is takes that much memory.
            content = stream.read(min(found.st_size + 1, MAX_BYTES))
        written_at = datetime.fromtimestamp(found.st_mtime, UTC)
    except OSError as error:
        raise DataError(
            "{file}: går inte att läsa; kontrollera rättigheterna", file=file.name
        ) from error
    message = parse(content)
    named = mailbox
    if named is None:
        values = message.all_headers("delivered-to")
        delivered = [value.strip().strip("<>").lower() for value in values]
        parties = [address.address for address in (*message.to, *message.cc)]
        named = next((addresses[a] for a in (*parties, *delivered) if a in addresses), INFO)
    return Arrival(
        mailbox=named,
        settled=mailbox is not None,
        raw=RawMessage(
            key=_key(f"{key_prefix}{file.name}"),
            received_at=received_at(message, written_at),
            content=content,
        ),
        message=message,
    )


def _key(name: str) -> MessageKey:
    """Return a key that every database takes, whatever a file is called."""
    text = name.encode("utf-8", "backslashreplace").decode("utf-8")
    if len(text) > _LONGEST_KEY:
        digest = sha256(text.encode()).hexdigest()
        text = f"{text[: _LONGEST_KEY - len(digest) - 1]}~{digest}"
    return MessageKey(text)


def known_mailbox(name: str | None, mailboxes: Mapping[MailboxKey, object]) -> MailboxKey | None:
    """Return a mailbox by name, None for none.

    Raises:
        UsageError: There is no such mailbox.
    """
    if name is None:
        return None
    if name not in mailboxes:
        known = ", ".join(sorted(mailboxes))
        raise UsageError(
            "--mailbox: brevlådan {name} finns inte; de som finns är {known}",
            name=name,
            known=known,
        )
    return MailboxKey(name)
