"""A mailbox that lives in memory and keeps every connector's promises.

For demonstrations, and for trying out what a caller does when a server misbehaves: an
error can be put in the way of the next call, before or after it took effect.
"""

from __future__ import annotations

import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from functionmail.connectors.examining import Ability, Examination, Finding
from functionmail.errors import FunctionMailError, MessageGone, SignInRefused
from functionmail.message import Batch, Checkpoint, DraftKey, MessageKey, Moved, RawMessage

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMail:
    """A mail among the drafts or in Sent."""

    message_id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class _Planned:
    error: FunctionMailError
    after: bool


class MemoryMailbox:
    """The server's side: what lies in the mailbox, and what goes wrong next.

    Attributes:
        name: As in `MailSource.mailbox`.
        messages: What lies in the inbox, in the order it came.
        unreadable: Mails that come with empty content.
        vanishing: Mails that somebody takes away between their listing and their reading.
        labels: What stands on each message, from us and from people alike.
        moved: Messages that left the inbox for a folder, and which.
        drafts, sent: In the order they were saved and sent.
        outage: While set, every call raises it.
        read_only: While true, nothing in the inbox may be changed.
        server_time: What the server's clock shows when it is asked; None: it does not tell.
    """

    def __init__(self, name: str = "info") -> None:
        self.name = name
        self.messages: dict[MessageKey, RawMessage] = {}
        self.unreadable: set[MessageKey] = set()
        self.vanishing: set[MessageKey] = set()
        self.labels: dict[MessageKey, set[str]] = {}
        self.moved: dict[MessageKey, str] = {}
        self.drafts: dict[DraftKey, StoredMail] = {}
        self.sent: list[StoredMail] = []
        self.outage: FunctionMailError | None = None
        self.read_only = False
        self.server_time: datetime | None = None
        self._identity = secrets.token_hex(4)
        self._serials: dict[MessageKey, int] = {}
        self._delivered = 0
        self._saved = 0
        self._planned: deque[_Planned] = deque()
        self._news = threading.Semaphore(0)

    def deliver(
        self,
        content: bytes,
        received_at: datetime,
        *,
        transport_headers: tuple[tuple[str, str], ...] = (),
    ) -> MessageKey:
        """Put a mail in the inbox, last, and return its key."""
        self._delivered += 1
        key = MessageKey(f"m{self._delivered}")
        self._serials[key] = self._delivered
        self.messages[key] = RawMessage(
            key=key,
            received_at=received_at,
            content=content,
            transport_headers=transport_headers,
        )
        self._news.release()
        return key

    def heard(self, timeout_s: float) -> bool:
        """Tell whether mail comes within so many seconds, or came since the last call."""
        news = self._news.acquire(timeout=timeout_s)
        while self._news.acquire(blocking=False):
            pass
        return news

    def remove(self, key: MessageKey) -> None:
        """Take a mail away, as a person does who moves or deletes it."""
        del self.messages[key]
        self.labels.pop(key, None)

    def read(self, listed: RawMessage) -> RawMessage | None:
        """Return a mail that was listed as a reader gets it; None if it went away meanwhile."""
        if listed.key in self.vanishing:
            self.vanishing.discard(listed.key)
            self.remove(listed.key)
            return None
        return replace(listed, content=b"") if listed.key in self.unreadable else listed

    def forget_checkpoints(self) -> None:
        """Know no checkpoint any more that was issued before, as a server that was restored."""
        self._identity = secrets.token_hex(4)

    def require_rights(self, doing: str) -> None:
        """Raise SignInRefused where nothing may be changed."""
        if self.read_only:
            raise SignInRefused(self.name, doing, "let the account write in the mailbox")

    def fail_next(self, error: FunctionMailError, *, after: bool = False) -> None:
        """Make a coming call raise; several plans are used up in order, one a call.

        Args:
            after: Do what was asked first, and lose only the answer.
        """
        self._planned.append(_Planned(error, after))

    def perform(self, act: Callable[[], Result]) -> Result:
        """Do what a connector asks, unless an outage or a planned error forbids it."""
        if self.outage is not None:
            raise self.outage
        plan = self._planned.popleft() if self._planned else None
        if plan is not None and not plan.after:
            raise plan.error
        result = act()
        if plan is not None:
            raise plan.error
        return result

    def position(self, serial: int) -> Checkpoint:
        """Return the checkpoint that stands behind a mail."""
        return Checkpoint(f"{self._identity}:{serial}")

    def serial(self, key: MessageKey) -> int:
        """Return the running number of a mail."""
        return self._serials[key]

    def serial_of(self, checkpoint: Checkpoint | None) -> int:
        """Return the running number a checkpoint stands for; 0 for one that is not ours."""
        identity, _, number = (checkpoint or "").partition(":")
        known = identity == self._identity and number.isascii() and number.isdecimal()
        return int(number) if known and int(number) <= self._delivered else 0

    def save(self, mail: StoredMail) -> DraftKey:
        """Put a mail among the drafts."""
        self._saved += 1
        key = DraftKey(f"d{self._saved}")
        self.drafts[key] = mail
        return key


class MemorySource:
    """A `MailSource` over a `MemoryMailbox`; several may share one."""

    def __init__(self, box: MemoryMailbox) -> None:
        self._box = box

    @property
    def mailbox(self) -> str:
        """See `MailSource.mailbox`."""
        return self._box.name

    def fetch(self, after: Checkpoint | None, *, limit: int = 50) -> Batch:
        """See `MailSource.fetch`."""
        if limit < 1:
            raise ValueError(f"limit must be at least 1, got {limit}")
        return self._box.perform(lambda: self._fetch(after, limit))

    def _fetch(self, after: Checkpoint | None, limit: int) -> Batch:
        box = self._box
        serial = box.serial_of(after)
        waiting = [mail for mail in box.messages.values() if box.serial(mail.key) > serial]
        listed = waiting[:limit]
        read = (box.read(mail) for mail in listed)
        return Batch(
            messages=tuple(mail for mail in read if mail is not None),
            checkpoint=box.position(box.serial(listed[-1].key) if listed else serial),
            more=len(waiting) > len(listed),
        )

    def latest(self) -> Checkpoint:
        """See `MailSource.latest`."""
        box = self._box
        return box.perform(lambda: box.position(max(map(box.serial, box.messages), default=0)))

    def keys(self) -> Iterator[MessageKey]:
        """See `MailSource.keys`."""
        return iter(self._box.perform(lambda: list(self._box.messages)))

    def wait(self, timeout_s: float) -> bool:
        """See `MailSource.wait`."""
        return self._box.heard(timeout_s)

    def label(
        self,
        key: MessageKey,
        labels: frozenset[str],
        *,
        instead_of: frozenset[str] = frozenset(),
        moved: Moved | None = None,
    ) -> None:
        """See `MailSource.label`."""
        self._box.perform(lambda: self._label(key, labels, instead_of))

    def move(self, key: MessageKey, folder: str) -> None:
        """See `MailSource.move`."""
        self._box.perform(lambda: self._move(key, folder))

    def close(self) -> None:
        """See `MailSource.close`."""

    def examine(self) -> Examination:
        """See `Examinable.examine`."""
        box = self._box
        return box.perform(
            lambda: Examination(
                findings=(
                    Finding(what=Ability.READ, ok=True),
                    Finding(what=Ability.MARK, ok=not box.read_only),
                ),
                server_time=box.server_time,
            )
        )

    def _label(self, key: MessageKey, labels: frozenset[str], instead_of: frozenset[str]) -> None:
        self._box.require_rights("labelling")
        if key not in self._box.messages and key not in self._box.moved:
            raise MessageGone(self.mailbox, "labelling")
        present = self._box.labels.setdefault(key, set())
        present -= instead_of
        present |= labels

    def _move(self, key: MessageKey, folder: str) -> None:
        self._box.require_rights("moving")
        if key in self._box.messages:
            del self._box.messages[key]
        elif key not in self._box.moved:
            raise MessageGone(self.mailbox, "moving")
        self._box.moved[key] = folder


class MemorySender:
    """A `MailSender` over a `MemoryMailbox`; several may share one."""

    def __init__(self, box: MemoryMailbox) -> None:
        self._box = box

    @property
    def mailbox(self) -> str:
        """See `MailSender.mailbox`."""
        return self._box.name

    def save_draft(self, message_id: str, content: bytes) -> DraftKey:
        """See `MailSender.save_draft`."""
        mail = StoredMail(message_id=message_id, content=content)
        return self._box.perform(lambda: self._box.save(mail))

    def send(self, draft: DraftKey) -> None:
        """See `MailSender.send`."""
        self._box.perform(lambda: self._send(draft))

    def _send(self, draft: DraftKey) -> None:
        mail = self._box.drafts.pop(draft, None)
        if mail is None:
            raise MessageGone(self.mailbox, "sending")
        self._box.sent.append(mail)

    def find_draft(self, message_id: str) -> DraftKey | None:
        """See `MailSender.find_draft`."""
        return self._box.perform(
            lambda: next(
                (key for key, mail in self._box.drafts.items() if mail.message_id == message_id),
                None,
            )
        )

    def find_sent(self, message_id: str) -> bool:
        """See `MailSender.find_sent`."""
        return self._box.perform(
            lambda: any(mail.message_id == message_id for mail in self._box.sent)
        )

    def send_again(self, draft: DraftKey) -> None:
        """See `MailSender.send_again`; here the outcome is always known."""
        self.send(draft)

    def close(self) -> None:
        """See `MailSender.close`."""

    def examine(self) -> Examination:
        """See `Examinable.examine`."""
        able = (Ability.DRAFTS, Ability.SENT, Ability.SEND)
        return self._box.perform(
            lambda: Examination(findings=tuple(Finding(what=one, ok=True) for one in able))
        )
