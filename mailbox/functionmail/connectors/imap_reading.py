"""Reading the contents of mails from an IMAP server that may fail on single ones.

Servers drop the connection, say no or fall silent when a mail of theirs is broken (Dovecot
disconnects by default). A mail is given up only when the server hands out another one:
else all mail of a server with a broken disk would come empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from functionmail.connectors.imap_errors import TROUBLE
from functionmail.connectors.imap_session import ImapSession
from functionmail.connectors.imap_values import Facts, Folder, Uid
from functionmail.connectors.received import received_date
from functionmail.errors import MailboxUnavailable
from functionmail.message import MessageKey, RawMessage

_BATCH_BYTES = 64 * 1024 * 1024
_GROUP_BYTES = 4 * 1024 * 1024
_ATTEMPTS = 2
_SILENCES = 2
_PROBES = 3
_REMEMBERED = 1000

_UNKNOWN = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


class Reader:
    """Reads mails of one folder.

    Args:
        look: Opens it to read.
    """

    def __init__(self, session: ImapSession, look: Callable[[], Folder]) -> None:
        self._session = session
        self._look = look
        self._uidvalidity = 0
        self._singly = False
        self._silent: dict[int, int] = {}
        self._handed_out = False

    def read(self, folder: Folder, uids: Sequence[int]) -> tuple[int, tuple[RawMessage, ...]]:
        """Return how many of the mails were dealt with, and those of them that exist.

        Large mails make fewer. A mail that cannot be fetched has no content.

        Args:
            folder: Open to read.
            uids: Ascending.

        Raises:
            MailboxUnavailable: Mails cannot be fetched, and no other can either.
        """
        self._handed_out = False
        self._uidvalidity = folder.uidvalidity
        facts = self._facts(uids)
        messages: list[RawMessage] = []
        broken: set[int] = set()
        done = size = 0
        for group in _groups(uids, facts):
            if size >= _BATCH_BYTES:
                break
            contents, failed = self._contents(group)
            broken |= failed
            for uid in group:
                content = b"" if uid in failed else contents.get(uid)
                if content is not None:
                    at = Uid(uidvalidity=folder.uidvalidity, uid=uid)
                    messages.append(_message(at, content, facts.get(uid)))
                    size += len(content)
            done += len(group)
        if broken and not self._handed_out and not self._hands_out_another(min(broken)):
            advice = "a mail cannot be fetched, and no other can either; see the server's log"
            raise MailboxUnavailable(self._session.mailbox, "reading", advice)
        self._singly = False
        return done, tuple(messages)

    def _facts(self, uids: Sequence[int]) -> Mapping[int, Facts]:
        """Return what the server knows of mails; nothing where a broken one keeps it from it."""
        try:
            return self._session.facts(uids)
        except TimeoutError:
            raise
        except TROUBLE:
            self._recover()
            self._singly = True
        found: dict[int, Facts] = {}
        for uid in uids:
            try:
                found |= self._session.facts([uid])
            except TimeoutError:
                raise
            except TROUBLE:
                self._recover()
        return found

    def _contents(self, group: Sequence[int]) -> tuple[dict[int, bytes], set[int]]:
        """Return what each mail holds, and which cannot be fetched though they are there."""
        if not self._singly:
            try:
                found = self._fetch(group)
                missing = (uid for uid in group if uid not in found)
                return found, {uid for uid in missing if self._session.has(uid)}
            except TimeoutError:
                self._singly = True
                raise
            except TROUBLE:
                self._recover()
        contents: dict[int, bytes] = {}
        failed: set[int] = set()
        for uid in group:
            one = self._one(uid)
            if one is None:
                failed.add(uid)
            else:
                contents |= one
        return contents, failed

    def _one(self, uid: int) -> dict[int, bytes] | None:
        """Return one mail, nothing if it went away, None if it cannot be fetched."""
        if self._silent.get(uid, 0) >= _SILENCES:
            return None
        found: dict[int, bytes] = {}
        for _attempt in range(_ATTEMPTS):
            try:
                found = self._fetch([uid])
                break
            except TimeoutError:
                self._note_silence(uid)
                raise
            except TROUBLE:
                self._recover()
        return None if not found and self._session.has(uid) else found

    def _fetch(self, uids: Sequence[int]) -> dict[int, bytes]:
        found = self._session.contents(uids)
        self._handed_out |= bool(found)
        return found

    def _hands_out_another(self, uid: int) -> bool:
        """Tell whether the server hands out any of the mails before one that it does not."""
        before = [other for other in self._session.uids() if other < uid][-_PROBES:]
        return any(self._one(other) for other in reversed(before))

    def _recover(self) -> None:
        self._session.reopen()
        if self._look().uidvalidity != self._uidvalidity:
            raise MailboxUnavailable(self._session.mailbox, "reading", "its folder was replaced")

    def _note_silence(self, uid: int) -> None:
        self._singly = True
        self._silent[uid] = self._silent.get(uid, 0) + 1
        while len(self._silent) > _REMEMBERED:
            del self._silent[next(iter(self._silent))]


def _groups(uids: Sequence[int], facts: Mapping[int, Facts]) -> Iterator[list[int]]:
    """Part mails so that each group is small, or one mail."""
    group: list[int] = []
    size = 0
    for uid in uids:
        more = facts[uid].size if uid in facts else 0
        if group and size + more > _GROUP_BYTES:
            yield group
            group, size = [], 0
        group.append(uid)
        size += more
    if group:
        yield group


def _message(uid: Uid, content: bytes, facts: Facts | None) -> RawMessage:
    received_at = _received(facts.received_at if facts else None, content)
    return RawMessage(key=MessageKey(str(uid)), received_at=received_at, content=content)


def _received(said: datetime | None, content: bytes) -> datetime:
    """Return INTERNALDATE; what the mail itself says where the server gives no such instant."""
    if said is not None and said.tzinfo is not None:
        try:
            return said.astimezone(UTC)
        except OverflowError:
            pass
    return received_date(content, _UNKNOWN, latest=_LATEST)
