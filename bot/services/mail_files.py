"""Mail that lies in files: which files, which mailbox, when received."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import DataError, UsageError
from bot.services.reading import Arrival
from bot.vocabulary import MailboxKey
from functionmail.message import MessageKey, RawMessage
from functionmail.parse import parse, received_at

INFO = MailboxKey("info")
MAX_BYTES = 50 * 1024 * 1024 + 1
"""One more than what a mail may be, so that a larger one is seen to be larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFile:
    """A file that holds one raw mail.

    Attributes:
        name: Relative to the path that was given; what reports and errors show.
    """

    path: Path
    name: str


def find(path: Path) -> Iterator[MailFile]:
    """Yield the mail files of a path: itself, or every file below it.

    Hidden files and folders are left out; the files of a folder come by name, before those
    of its subfolders.

    Raises:
        DataError: There is no such file or folder.
    """
    if path.is_file():
        yield MailFile(path=path, name=path.name)
        return
    if not path.is_dir():
        raise DataError("{path}: det finns ingen sådan fil eller mapp", path=path)
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        below = Path(folder)
        for name in sorted(name for name in files if not name.startswith(".")):
            yield MailFile(path=below / name, name=(below / name).relative_to(path).as_posix())


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
        with file.path.open("rb") as stream:
            content = stream.read(MAX_BYTES)
        written_at = datetime.fromtimestamp(file.path.stat().st_mtime, UTC)
    except OSError as error:
        raise DataError(
            "{file}: går inte att läsa; kontrollera rättigheterna", file=file.name
        ) from error
    message = parse(content)
    named = mailbox
    if named is None:
        delivered = [value.strip().lower() for value in message.all_headers("delivered-to")]
        parties = [address.address for address in (*message.to, *message.cc)]
        named = next((addresses[a] for a in (*parties, *delivered) if a in addresses), INFO)
    return Arrival(
        mailbox=named,
        raw=RawMessage(
            key=MessageKey(f"{key_prefix}{file.name}"[-480:]),
            received_at=received_at(message, written_at),
            content=content,
        ),
        message=message,
    )


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
