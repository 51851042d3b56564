"""Maildir on disk: listing, reading and writing single files, and what errors mean.

Files appear whole or not at all: they are written under tmp/, synced, and renamed.
Only regular files count as mail; hidden ones, folders, links and pipes are passed over.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from functionmail.connectors.maildir_position import Entry, FolderState, Listing, Place
from functionmail.errors import MailboxUnavailable, SignInRefused
from functionmail.message import MessageKey

MAX_BYTES = 50 * 1024 * 1024
"""Of a larger file one byte more than this is read, so that its size still shows."""

LABELS = "sammadag-labels"
"""The folder beside new/ and cur/ with one small file of labels for each labelled mail."""

_PASSES = 3
_LONGEST_NAME = 120
_MISSING = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ESTALE})
_NOT_THE_FILES_FAULT = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ETIMEDOUT, errno.ENOTCONN}
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContent:
    """What one file holds.

    Attributes:
        modified_at, changed_at: The file's mtime and ctime.
    """

    content: bytes
    modified_at: datetime
    changed_at: datetime


def make_maildir(folder: Path, *, mode: int = 0o700) -> None:
    """Make a Maildir, or whatever of it is missing."""
    for path in (folder, *(folder / name for name in ("tmp", "new", "cur"))):
        path.mkdir(mode=mode, exist_ok=True)


def make_subfolder(folder: Path, name: str) -> Path:
    """Make a Maildir++ subfolder, or whatever of it is missing, and return it."""
    subfolder = folder / name
    make_maildir(subfolder, mode=mode_of(folder))
    (subfolder / "maildirfolder").touch()
    return subfolder


def subfolders(folder: Path) -> list[Path]:
    """Return the Maildir++ subfolders of a mailbox."""
    return sorted(path.parent for path in folder.glob(".*/maildirfolder"))


def mode_of(folder: Path) -> int:
    """Return for whom a folder is open, as permission bits."""
    return stat.S_IMODE(folder.stat().st_mode) & 0o777


def key_of(name: str) -> MessageKey:
    """Return the part of a file name that stays when flags change.

    Bytes that are not UTF-8 are escaped, so that every database and log can take a key.
    """
    unique = name.partition(":")[0] or name
    return MessageKey(os.fsencode(unique).decode("utf-8", "backslashreplace"))


@contextmanager
def server_errors(mailbox: str, doing: str, folder: Path) -> Iterator[None]:
    """Turn what the file system says into what a connector says."""
    try:
        yield
    except PermissionError as error:
        advice = f"let the account that runs this read and write {error.filename or folder}"
        raise SignInRefused(mailbox, doing, advice) from error
    except (FileNotFoundError, NotADirectoryError) as error:
        advice = f"{folder} is no Maildir with new/ and cur/ now; mount it or correct the setting"
        raise MailboxUnavailable(mailbox, doing, advice) from error
    except OSError as error:
        reason = error.strerror or "the file system failed"
        raise MailboxUnavailable(mailbox, doing, f"{reason} at {folder}") from error


def folder_states(folder: Path) -> Mapping[Place, FolderState]:
    """Return the present states of new/ and cur/."""
    states = {}
    for place in Place:
        status = (folder / place).stat()
        states[place] = FolderState(inode=status.st_ino, modified_ns=status.st_mtime_ns)
    return states


def list_names(folder: Path) -> dict[MessageKey, tuple[Place, str]]:
    """Return every mail in new/ and cur/, by key.

    new/ is read before cur/, and both again when something moved meanwhile, so that a
    file that is renamed during the listing is not missed.
    """
    found: dict[MessageKey, tuple[Place, str]] = {}
    for _ in range(_PASSES):
        before = folder_states(folder)
        for place in Place:
            with os.scandir(folder / place) as files:
                found |= {key_of(f.name): (place, f.name) for f in files if _is_mail(f)}
        if folder_states(folder) == before:
            break
    return found


def list_entries(folder: Path, known: Mapping[MessageKey, Entry]) -> Listing:
    """List a Maildir; files that `known` shows under the same name are not looked at again."""
    states = folder_states(folder)
    entries: dict[MessageKey, Entry] = {}
    for key, (place, name) in list_names(folder).items():
        entry = known.get(key)
        if entry is None or (entry.place, entry.name) != (place, name):
            entry = _entry(folder, key, place, name)
        if entry is not None:
            entries[key] = entry
    return Listing(folders=states, entries=entries)


def read_file(path: Path, *, limit: int = MAX_BYTES + 1) -> FileContent | None:
    """Read at most `limit` bytes of a file; None when it is gone.

    A file that exists but is broken comes with empty content.

    Raises:
        PermissionError: The account may not read it.
        OSError: The machine, not this file, is in trouble.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb", closefd=True) as file:
            return _content(file.read(limit), os.fstat(descriptor))
    except OSError as error:
        if error.errno in _MISSING:
            return None
        if error.errno in _NOT_THE_FILES_FAULT or isinstance(error, PermissionError):
            raise
        status = _status(path)
        return None if status is None else _content(b"", status)


def write_whole(
    folder: Path, target: str, content: bytes, *, modified_at: datetime | None = None
) -> None:
    """Write a file into a Maildir; after this returns it survives a power cut.

    Args:
        target: Where below `folder`; an existing file there is replaced.
        modified_at: The file's mtime, if not now.
    """
    mode = mode_of(folder) & 0o666 | 0o600
    draft = folder / "tmp" / secrets.token_hex(12)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with open(descriptor, "wb", closefd=True) as file:
            file.write(content)
            file.flush()
            if modified_at is not None:
                seconds = modified_at.timestamp()
                os.utime(descriptor, (seconds, seconds))
            os.fsync(descriptor)
        draft.rename(folder / target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder((folder / target).parent)


def read_labels(folder: Path, key: MessageKey) -> frozenset[str]:
    """Return the labels kept beside a mail."""
    try:
        return frozenset(_labels_file(folder, key).read_text("utf-8").splitlines())
    except FileNotFoundError:
        return frozenset()


def write_labels(folder: Path, key: MessageKey, labels: frozenset[str]) -> None:
    """Keep labels beside a mail, one a line, instead of those kept before."""
    path = _labels_file(folder, key)
    path.parent.mkdir(mode=mode_of(folder), exist_ok=True)
    text = "".join(f"{label}\n" for label in sorted(labels))
    write_whole(folder, str(path.relative_to(folder)), text.encode())


def sync_folder(folder: Path) -> None:
    """Make the renames in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _labels_file(folder: Path, key: MessageKey) -> Path:
    name = key if len(key) <= _LONGEST_NAME else hashlib.sha256(key.encode()).hexdigest()
    return folder / LABELS / name


def _is_mail(file: os.DirEntry[str]) -> bool:
    return not file.name.startswith(".") and file.is_file(follow_symlinks=False)


def _entry(folder: Path, key: MessageKey, place: Place, name: str) -> Entry | None:
    status = _status(folder / place / name)
    if status is None:
        return None
    return Entry(key=key, place=place, name=name, changed_ns=status.st_ctime_ns)


def _status(path: Path) -> os.stat_result | None:
    """Return a file's status, or None when it is gone.

    One damaged file must not stop the others: where the disk has lost what it knew of a
    file, the folder's status stands in.
    """
    try:
        return os.lstat(path)
    except PermissionError:
        raise
    except OSError as error:
        if error.errno in _MISSING:
            return None
        if error.errno in _NOT_THE_FILES_FAULT:
            raise
        return os.stat(path.parent)


def _content(content: bytes, status: os.stat_result) -> FileContent:
    return FileContent(
        content=content,
        modified_at=_instant(status.st_mtime),
        changed_at=_instant(status.st_ctime),
    )


def _instant(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return _EPOCH
