"""A mailbox on a server that speaks IMAP (RFC 9051 and 3501).

Keys are ``<uidvalidity>.<uid>``. Labels are keywords. News comes by IDLE where the server
has it, and by asking now and then where not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from functionmail.connectors.examining import Examination
from functionmail.connectors.imap_errors import TROUBLE, says_no
from functionmail.connectors.imap_examining import examine_inbox
from functionmail.connectors.imap_folders import (
    NamedFolders,
    Special,
    SpecialFolders,
    find_by_message_id,
    is_missing,
    keywords,
    read_message_id,
)
from functionmail.connectors.imap_reading import Reader
from functionmail.connectors.imap_session import ImapSession
from functionmail.connectors.imap_values import Folder, Uid
from functionmail.connectors.mail_server import Account, MailServer
from functionmail.errors import MessageGone
from functionmail.message import Batch, Checkpoint, MessageKey, Moved

_POLL_S = 15.0
_REMEMBERED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moved:
    """Where we put a mail.

    Attributes:
        at: Its new UID, where the server told it.
    """

    folder: str
    at: Uid | None
    message_id: str


class ImapSource:
    """A `MailSource` over one folder of an IMAP account.

    Labels last only where the server lets keywords last; elsewhere `label` does nothing and
    `labels_last` says so. A mail that we moved is found again until the program ends, and
    afterwards where `label` is told where it was put.

    Args:
        mailbox: As in `MailSource.mailbox`.
        special: Read this folder instead of the Inbox; made if it is missing.
        names: What the special folders are called.
        monotonic: Seconds from an arbitrary start.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        server: MailServer,
        account: Account,
        mailbox: str,
        *,
        special: Special | None = None,
        names: SpecialFolders | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.labels_last = True
        self._mailbox = mailbox
        self._session = ImapSession(server, account, mailbox, monotonic=monotonic)
        self._folders = NamedFolders(self._session, names or SpecialFolders())
        self._special = special
        self._reader = Reader(self._session, self._look)
        self._moved: dict[MessageKey, _Moved] = {}
        self._monotonic = monotonic
        self._sleep = sleep
        self._ask_at = 0.0

    @property
    def mailbox(self) -> str:
        """See `MailSource.mailbox`."""
        return self._mailbox

    def fetch(self, after: Checkpoint | None, *, limit: int = 50) -> Batch:
        """See `MailSource.fetch`. A batch of large mails is shorter, to spare memory.

        While no mail at all can be fetched, the one that cannot is not given up, and the
        mailbox counts as unavailable.
        """
        if limit < 1:
            raise ValueError(f"limit must be at least 1, got {limit}")
        with self._session.call("reading"):
            folder, last = self._go_behind(after)
            self._session.forget_news()
            uids = list(islice(self._session.uids(last), limit + 1))
            done, messages = self._reader.read(folder, uids[:limit])
        self._ask_at = self._monotonic() + _POLL_S
        reached = uids[done - 1] if done else last
        return Batch(
            messages=messages, checkpoint=_checkpoint(folder, reached), more=len(uids) > done
        )

    def latest(self) -> Checkpoint:
        """See `MailSource.latest`."""
        with self._session.call("listing"):
            folder = self._look(anew=True)
            newest = folder.next_uid - 1
            if newest < 0:
                newest = max(self._session.uids(), default=0)
        return _checkpoint(folder, newest)

    def keys(self) -> Iterator[MessageKey]:
        """See `MailSource.keys`."""
        with self._session.call("listing"):
            validity = self._look().uidvalidity
            uids = list(self._session.uids())
        return (MessageKey(str(Uid(uidvalidity=validity, uid=uid))) for uid in uids)

    def wait(self, timeout_s: float) -> bool:
        """See `MailSource.wait`."""
        session = self._session
        if not session.connected:
            self._sleep(timeout_s)
            return True
        if session.tells_of_mail():
            return session.heard(timeout_s)
        self._sleep(timeout_s)
        if self._monotonic() < self._ask_at:
            return False
        self._ask_at = self._monotonic() + _POLL_S
        return session.asked()

    def label(
        self,
        key: MessageKey,
        labels: frozenset[str],
        *,
        instead_of: frozenset[str] = frozenset(),
        moved: Moved | None = None,
    ) -> None:
        """See `MailSource.label`. The keywords are those of `imap_folders.keyword`."""
        wanted = keywords(labels)
        unwanted = keywords(instead_of) - wanted
        with self._session.call("labelling"):
            name, uid = self._find_told(key, "labelling", moved)
            folder = self._session.open_if_allowed(name)
            self.labels_last = folder is not None and all(map(folder.keeps_keyword, wanted))
            if folder is None or not self.labels_last:
                return
            present = self._session.flags(uid)
            if present is None:
                raise MessageGone(self._mailbox, "labelling")
            add = {word for word in wanted if word.lower() not in present}
            remove = {word for word in unwanted if word.lower() in present}
            if add:
                self._session.store(uid, "+", add)
            if remove:
                self._session.store(uid, "-", remove)

    def move(self, key: MessageKey, folder: str) -> None:
        """See `MailSource.move`. Levels of folders are parted by ``/``."""
        with self._session.call("moving"):
            target = self._folders.full_name(folder)
            name, uid = self._find(key, "moving")
            if name == target:
                return
            message_id = read_message_id(self._session, uid)
            self._session.open(name)
            try:
                at = self._session.move(uid, target)
            except TROUBLE as error:
                if not is_missing(error):
                    raise
                self._session.create(target)
                at = self._session.move(uid, target)
            self._remember(key, _Moved(folder=target, at=at, message_id=message_id))

    def close(self) -> None:
        """See `MailSource.close`."""
        self._session.close()

    def examine(self) -> Examination:
        """See `Examinable.examine`. IMAP does not tell the server's time."""
        with self._session.call("examining"):
            return Examination(findings=examine_inbox(self._session))

    def _look(self, *, anew: bool = False) -> Folder:
        return self._folders.look_into(self._special, anew=anew)

    def _go_behind(self, after: Checkpoint | None) -> tuple[Folder, int]:
        """Open the folder and return the UID behind which to read.

        A UID that the folder never gave is of another life of the server.
        """
        folder = self._look()
        position = Uid.read((after or "").removeprefix("imap."))
        if position is None or position.uidvalidity != folder.uidvalidity:
            return folder, 0
        if position.uid >= folder.next_uid > 0:
            folder = self._look(anew=True)
        known = position.uidvalidity == folder.uidvalidity and (
            position.uid < folder.next_uid or not folder.next_uid
        )
        return folder, position.uid if known else 0

    def _remember(self, key: MessageKey, moved: _Moved) -> None:
        self._moved[key] = moved
        while len(self._moved) > _REMEMBERED:
            del self._moved[next(iter(self._moved))]

    def _find_told(self, key: MessageKey, doing: str, told: Moved | None) -> tuple[str, int]:
        """Find a mail, also where the caller says that it was put; see `_find`."""
        try:
            return self._find(key, doing)
        except MessageGone:
            if told is None or key in self._moved:
                raise
        folder = self._folders.full_name(told.folder)
        self._remember(key, _Moved(folder=folder, at=None, message_id=told.message_id))
        return self._find(key, doing)

    def _find(self, key: MessageKey, doing: str) -> tuple[str, int]:
        """Return the folder and the UID of a mail, which may lie where we moved it."""
        session = self._session
        moved = self._moved.get(key)
        try:
            folder = self._look() if moved is None else session.look_into(moved.folder)
        except TROUBLE as error:
            if moved is None or not says_no(error):
                raise
            raise MessageGone(self._mailbox, doing) from error  # the folder is gone
        at = Uid.read(key) if moved is None else moved.at
        if at is not None and at.uidvalidity == folder.uidvalidity and session.has(at.uid):
            return folder.name, at.uid
        found = find_by_message_id(session, moved.message_id) if moved else None
        if found is None:
            raise MessageGone(self._mailbox, doing)
        return folder.name, found


def _checkpoint(folder: Folder, uid: int) -> Checkpoint:
    return Checkpoint(f"imap.{Uid(uidvalidity=folder.uidvalidity, uid=uid)}")
