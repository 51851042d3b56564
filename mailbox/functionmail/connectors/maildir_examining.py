"""What an account may do in a Maildir, found out without changing what people see."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from functionmail.connectors.examining import Ability, Examination, Finding
from functionmail.connectors.maildir_files import LABELS, list_names, server_errors


def examine_inbox(folder: Path, mailbox: str) -> Examination:
    """Look whether mail can be read and marked, and what the file server's clock shows."""
    with server_errors(mailbox, "examining", folder):
        list_names(folder)
        found = Finding(what=Ability.READ, ok=True, detail=str(folder))
        try:
            server_time = _written(folder)
        except OSError as error:
            marks = Finding(what=Ability.MARK, ok=False, detail=error.strerror or "")
            return Examination(findings=(found, marks))
        marks = _writable(Ability.MARK, (folder, folder / LABELS))
        return Examination(findings=(found, marks), server_time=server_time)


def examine_folders(folder: Path, mailbox: str, *, drafts: str, sent: str) -> Examination:
    """Look whether drafts can be saved, and mail be moved to Sent."""
    with server_errors(mailbox, "examining", folder):
        in_drafts = [folder / drafts / name for name in ("tmp", "new", "cur")]
        in_sent = [folder / sent / name for name in ("tmp", "new", "cur")]
        return Examination(
            findings=(
                _writable(Ability.DRAFTS, (folder, *in_drafts)),
                _writable(Ability.SENT, (folder, *in_sent)),
                _writable(Ability.SEND, (folder, *in_drafts, *in_sent)),
            )
        )


def _written(folder: Path) -> datetime:
    """Write a file as delivery does, take it away, and return when the server says it was."""
    path = folder / "tmp" / f"examined.{secrets.token_hex(8)}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        return datetime.fromtimestamp(os.fstat(descriptor).st_mtime, UTC)
    finally:
        os.close(descriptor)
        path.unlink()


def _writable(what: Ability, folders: Iterable[Path]) -> Finding:
    """Tell whether folders can be written to; one that is missing is made when it is needed."""
    refused = next((one for one in folders if not _may_write(one)), None)
    return Finding(what=what, ok=refused is None, detail=str(refused or ""))


def _may_write(folder: Path) -> bool:
    try:
        found = folder.stat()
    except FileNotFoundError:
        return True
    except PermissionError:
        return False
    return stat.S_ISDIR(found.st_mode) and os.access(folder, os.W_OK | os.X_OK, effective_ids=True)
