"""Quarantined mail for people to look at: what a mail is called, and its bytes in files."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path

from bot.errors import UsageError
from bot.store.operating import PutAside
from bot.store.records import Quarantined
from bot.store.unit_of_work import Database

_MOST = 10_000


def name_of(mail: Quarantined | PutAside) -> str:
    """Return what a quarantined mail is called, in lists and as a file: nothing of the mail.

    The mailbox and sixteen hexadecimal digits, the same every time.
    """
    return f"{mail.mailbox}-{sha256(mail.key.encode(errors='surrogatepass')).hexdigest()[:16]}"


def export(database: Database, folder: Path) -> list[Path]:
    """Write every quarantined mail, byte for byte, for its owner's eyes only.

    A mail is ``NAME.eml``; what its server told beside the bytes, where it did, is
    ``NAME.headers.json``. The folder is made if it is missing; what was exported before is
    written again.

    Raises:
        UsageError: The folder cannot be written.
    """
    with database.reading() as work:
        mails = work.books.quarantined(limit=_MOST)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return [_write(mail, folder) for mail in mails]
    except OSError as error:
        raise UsageError(
            "{folder}: går inte att skriva i; kontrollera rättigheter och utrymme", folder=folder
        ) from error


def _write(mail: Quarantined, folder: Path) -> Path:
    file = folder / f"{name_of(mail)}.eml"
    _write_privately(file, mail.content)
    if mail.transport_headers:
        told = json.dumps(mail.transport_headers, ensure_ascii=True, indent=1)
        _write_privately(file.with_suffix(".headers.json"), told.encode())
    return file


def _write_privately(file: Path, content: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    with os.fdopen(os.open(file, flags, 0o600), "wb") as target:
        os.fchmod(target.fileno(), 0o600)
        target.write(content)
