"""A mailbox that is a Maildir on disk, with Maildir++ subfolders for drafts and Sent mail.

Reading never changes the mailbox: no flag is set and nothing leaves new/. Labels are kept
beside the mail, in the folder ``sammadag-labels``. Mail is "sent" by moving it to Sent, so
this sender suits demonstrations and mailboxes that another program empties.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from functionmail.connectors.examining import Examination
from functionmail.connectors.maildir_examining import examine_folders, examine_inbox
from functionmail.connectors.maildir_files import (
    FileContent,
    folder_states,
    key_of,
    list_entries,
    list_names,
    make_subfolder,
    read_file,
    read_labels,
    server_errors,
    subfolders,
    sync_folder,
    write_labels,
    write_whole,
)
from functionmail.connectors.maildir_position import (
    Entry,
    Listing,
    Place,
    Position,
    mark,
    read_checkpoint,
)
from functionmail.connectors.received import HEADER_BYTES, header_fields, received_date
from functionmail.errors import MessageGone
from functionmail.message import Batch, Checkpoint, DraftKey, MessageKey, Moved, RawMessage

DRAFTS = ".Drafts"
SENT = ".Sent"

_BATCH_BYTES = 64 * 1024 * 1024
_REMEMBERED = 16
_MISSES = 10
_SETTLE_S = 3.0
_RELIST_S = 60.0
_OWN = ".sammadag"


class MaildirSource:
    """A `MailSource` over a Maildir.

    The source remembers what it returned, so within one run nothing comes twice. After a
    restart the checkpoint speaks alone: mail whose file was renamed or touched since then
    may come again, and none is lost.

    Args:
        folder: Holds new/, cur/ and tmp/.
        mailbox: As in `MailSource.mailbox`.
        subfolder: Read this one below `folder` instead, such as `SENT`; made if missing.
        monotonic: Seconds from an arbitrary start.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        folder: Path,
        mailbox: str,
        *,
        subfolder: str = "",
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._mailbox_folder = folder
        self._folder = folder / subfolder
        self._mailbox = mailbox
        self._monotonic = monotonic
        self._sleep = sleep
        self._listing = Listing(folders={}, entries={})
        self._listed_at = 0.0
        self._unchanged_since = 0.0
        self._recent: list[tuple[MessageKey, str]] = []
        self._pending: list[Entry] = []
        self._returned: dict[MessageKey, int] = {}
        self._serial = 0
        self._issued: dict[Checkpoint | None, int] = {}

    @property
    def mailbox(self) -> str:
        """See `MailSource.mailbox`."""
        return self._mailbox

    def fetch(self, after: Checkpoint | None, *, limit: int = 50) -> Batch:
        """See `MailSource.fetch`. A batch of large mails is shorter, to spare memory."""
        if limit < 1:
            raise ValueError(f"limit must be at least 1, got {limit}")
        with server_errors(self._mailbox, "reading", self._folder):
            self._go_to(after)
            messages = self._take(limit)
            more = bool(self._pending) or folder_states(self._folder) != self._listing.folders
        checkpoint = self._position().to_checkpoint()
        self._remember(after, self._issued[after])
        self._remember(checkpoint, self._serial)
        return Batch(messages=messages, checkpoint=checkpoint, more=more)

    def latest(self) -> Checkpoint:
        """See `MailSource.latest`."""
        with server_errors(self._mailbox, "listing", self._folder):
            self._start_from(None)
            self._serial += 1
            self._returned = dict.fromkeys(self._listing.entries, self._serial)
            self._pending = []
        checkpoint = self._position().to_checkpoint()
        self._remember(checkpoint, self._serial)
        return checkpoint

    def keys(self) -> Iterator[MessageKey]:
        """See `MailSource.keys`."""
        with server_errors(self._mailbox, "listing", self._folder):
            return iter(list_names(self._folder))

    def wait(self, timeout_s: float) -> bool:
        """See `MailSource.wait`. A folder tells nothing by itself, and is looked at afterwards."""
        self._sleep(timeout_s)
        try:
            return bool(self._pending) or self._may_have_changed()
        except OSError:
            return True  # the next fetch finds the same, and tells

    def label(
        self,
        key: MessageKey,
        labels: frozenset[str],
        *,
        instead_of: frozenset[str] = frozenset(),
        moved: Moved | None = None,
    ) -> None:
        """See `MailSource.label`. Flags in file names, which are people's, stay as they are."""
        with server_errors(self._mailbox, "labelling", self._folder):
            if self._find(key) is None:
                raise MessageGone(self._mailbox, "labelling")
            present = read_labels(self._folder, key)
            wanted = present - instead_of | labels
            if wanted != present:
                write_labels(self._folder, key, wanted)

    def move(self, key: MessageKey, folder: str) -> None:
        """See `MailSource.move`. The folder lies below the mailbox, as Maildir++ has it."""
        with server_errors(self._mailbox, "moving", self._folder):
            found = self._find(key)
            if found is None:
                raise MessageGone(self._mailbox, "moving")
            target = self._folder / f".{folder.replace('/', '.')}"
            if found.parent.parent != target:
                make_subfolder(self._folder, target.name)
                _rename(found, target / found.parent.name / found.name, self._mailbox)

    def close(self) -> None:
        """See `MailSource.close`; nothing is held open."""

    def examine(self) -> Examination:
        """See `Examinable.examine`."""
        return examine_inbox(self._folder, self._mailbox)

    def _find(self, key: MessageKey) -> Path | None:
        """Return where a mail lies now, in the Inbox or in a subfolder."""
        entry = self._listing.entries.get(key)
        if entry is not None and (self._folder / entry.place / entry.name).exists():
            return self._folder / entry.place / entry.name
        for folder in (self._folder, *subfolders(self._folder)):
            found = list_names(folder).get(key)
            if found is not None:
                return folder / found[0] / found[1]
        return None

    def _go_to(self, after: Checkpoint | None) -> None:
        """Make `_pending` hold what came after a checkpoint."""
        serial = self._issued.get(after)
        if serial is None:
            self._start_from(after)
        elif serial < self._serial:
            self._go_back_to(serial)
        elif not self._pending and self._may_have_changed():
            self._list()

    def _remember(self, checkpoint: Checkpoint | None, serial: int) -> None:
        """Note what was issued, the last used last; forget the least used."""
        self._issued.pop(checkpoint, None)
        self._issued[checkpoint] = serial
        while len(self._issued) > _REMEMBERED:
            del self._issued[next(iter(self._issued))]

    def _start_from(self, after: Checkpoint | None) -> None:
        self._list()
        position = read_checkpoint(after)
        covered = position.covers(self._listing) if position else set()
        self._returned = dict.fromkeys(covered, 0)
        self._serial = 0
        self._issued = {after: 0}
        self._find_pending()

    def _go_back_to(self, serial: int) -> None:
        self._list()
        self._returned = {key: at for key, at in self._returned.items() if at <= serial}
        self._issued = {text: at for text, at in self._issued.items() if at <= serial}
        self._serial = serial
        self._find_pending()

    def _may_have_changed(self) -> bool:
        """Tell whether a new listing could show something else.

        Two changes within one tick of the file system's clock (at most 2 s, FAT) leave the
        same folder times, so a listing counts as final only when it began well after the
        last change was seen.
        """
        settled = self._listed_at >= self._unchanged_since + _SETTLE_S
        stale = self._monotonic() >= self._listed_at + _RELIST_S
        return stale or not settled or folder_states(self._folder) != self._listing.folders

    def _list(self) -> None:
        if self._folder != self._mailbox_folder:
            make_subfolder(self._mailbox_folder, self._folder.name)
        before = self._listing
        now = self._monotonic()
        self._listing = list_entries(self._folder, before.entries)
        if before.folders != self._listing.folders:
            self._unchanged_since = now
        self._listed_at = now
        self._recent = [(entry.key, mark(entry.key)) for entry in self._listing.recent()]
        here = self._listing.entries
        self._returned = {key: at for key, at in self._returned.items() if key in here}
        self._find_pending()

    def _find_pending(self) -> None:
        waiting = [e for e in self._listing.entries.values() if e.key not in self._returned]
        self._pending = sorted(waiting, key=lambda entry: entry.order, reverse=True)

    def _take(self, limit: int) -> tuple[RawMessage, ...]:
        """Read pending mail; what was moved away since it was listed is listed anew.

        Mail that the account may not read stays pending, and holds up no other.

        Raises:
            PermissionError: There is no other.
        """
        taken: list[RawMessage] = []
        refused: PermissionError | None = None
        size = misses = 0
        self._serial += bool(self._pending)
        while self._pending and len(taken) < limit and size < _BATCH_BYTES:
            entry = self._pending[-1]
            try:
                found = read_file(self._folder / entry.place / entry.name)
            except PermissionError as error:
                refused = error
                self._pending.pop()
                continue
            if found is None:
                misses += 1
                if misses > _MISSES:
                    break
                self._list()
                continue
            self._pending.pop()
            self._returned[entry.key] = self._serial
            taken.append(_raw_message(entry.key, found))
            size += len(found.content)
        if refused is not None:
            self._find_pending()
            if not taken:
                raise refused
        return tuple(taken)

    def _position(self) -> Position:
        return Position(
            folders=self._listing.folders,
            first=self._pending[-1].order if self._pending else None,
            seen=[text for key, text in self._recent if key in self._returned],
        )


class MaildirSender:
    """A `MailSender` whose drafts and Sent mail lie in Maildir++ subfolders.

    A draft's file is named after its Message-ID, so saving it twice leaves one draft and
    sending it twice one copy in Sent. Files of other programs are found by their header.

    Args:
        folder: The mailbox's own Maildir; ``.Drafts`` and ``.Sent`` are made below it.
        mailbox: As in `MailSender.mailbox`.
    """

    def __init__(self, folder: Path, mailbox: str) -> None:
        self._folder = folder
        self._mailbox = mailbox
        self._foreign_ids: dict[tuple[str, MessageKey], str] = {}

    @property
    def mailbox(self) -> str:
        """See `MailSender.mailbox`."""
        return self._mailbox

    def save_draft(self, message_id: str, content: bytes) -> DraftKey:
        """See `MailSender.save_draft`. A draft with the same Message-ID is replaced."""
        key = _own_key(message_id)
        with server_errors(self._mailbox, "saving a draft", self._folder):
            drafts = self._subfolder(DRAFTS)
            place, name = list_names(drafts).get(key, (Place.CUR, f"{key}:2,D"))
            write_whole(drafts, f"{place}/{name}", content)
        return DraftKey(key)

    def send(self, draft: DraftKey) -> None:
        """See `MailSender.send`."""
        with server_errors(self._mailbox, "sending", self._folder):
            drafts, sent = self._subfolder(DRAFTS), self._subfolder(SENT)
            found = list_names(drafts).get(MessageKey(draft))
            if found is None:
                raise MessageGone(self._mailbox, "sending")
            source = drafts / found[0] / found[1]
            unique = found[1].partition(":")[0]
            place, name = list_names(sent).get(MessageKey(draft), (Place.CUR, f"{unique}:2,S"))
            _rename(source, sent / place / name, self._mailbox)

    def send_again(self, draft: DraftKey) -> None:
        """See `MailSender.send_again`; here the outcome is always known."""
        self.send(draft)

    def close(self) -> None:
        """See `MailSender.close`; nothing is held open."""

    def examine(self) -> Examination:
        """See `Examinable.examine`. To send is to move to Sent."""
        return examine_folders(self._folder, self._mailbox, drafts=DRAFTS, sent=SENT)

    def find_draft(self, message_id: str) -> DraftKey | None:
        """See `MailSender.find_draft`."""
        with server_errors(self._mailbox, "looking among the drafts", self._folder):
            found = self._find(DRAFTS, message_id)
        return None if found is None else DraftKey(found)

    def find_sent(self, message_id: str) -> bool:
        """See `MailSender.find_sent`."""
        with server_errors(self._mailbox, "looking in Sent", self._folder):
            return self._find(SENT, message_id) is not None

    def _subfolder(self, name: str) -> Path:
        return make_subfolder(self._folder, name)

    def _find(self, subfolder: str, message_id: str) -> MessageKey | None:
        folder = self._subfolder(subfolder)
        names = list_names(folder)
        own = _own_key(message_id)
        if own in names:
            return own
        for key, (place, name) in names.items():
            if not key.endswith(_OWN):
                known = self._foreign_ids.get((subfolder, key))
                if known is None:
                    known = _message_id(folder / place / name)
                    self._foreign_ids[subfolder, key] = known
                if known == message_id:
                    return key
        return None


def deliver(folder: Path, name: str, content: bytes, delivered_at: datetime) -> MessageKey:
    """Deliver a mail into a Maildir, as a mail server does, and return its key.

    Args:
        name: Of the file; unique in the mailbox for ever, without ``:`` and ``/``.
        delivered_at: Aware; what the file says when the mail itself bears no date.
    """
    write_whole(folder, f"new/{name}", content, modified_at=delivered_at)
    return key_of(name)


def _rename(source: Path, target: Path, mailbox: str) -> None:
    """Move a mail to another folder so that it survives a power cut."""
    try:
        source.rename(target)
    except FileNotFoundError as error:
        raise MessageGone(mailbox, "moving") from error
    sync_folder(target.parent)
    sync_folder(source.parent)


def _own_key(message_id: str) -> MessageKey:
    digest = hashlib.sha256(message_id.encode(errors="surrogatepass")).hexdigest()
    return MessageKey(f"{digest[:40]}{_OWN}")


def _message_id(path: Path) -> str:
    """Return the Message-ID of a file without brackets, or nothing where it may not be read."""
    try:
        found = read_file(path, limit=HEADER_BYTES)
    except PermissionError:
        return ""
    fields = header_fields(found.content) if found else iter(())
    value = next((value for name, value in fields if name == b"message-id"), b"")
    return value.decode("utf-8", "replace").strip().removeprefix("<").removesuffix(">")


def _raw_message(key: MessageKey, file: FileContent) -> RawMessage:
    here_by = max(file.modified_at, file.changed_at)
    return RawMessage(
        key=key,
        received_at=received_date(file.content, file.modified_at, latest=here_by),
        content=file.content,
    )
