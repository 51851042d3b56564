"""Reading a folder of a mailbox in Exchange Online."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice

from functionmail.connectors.examining import Examination
from functionmail.connectors.graph_client import GraphClient, GraphRefused, Json, message_path
from functionmail.connectors.graph_delta import (
    Order,
    Position,
    Round,
    RoundExpired,
    read_checkpoint,
)
from functionmail.connectors.graph_examining import examine_inbox
from functionmail.connectors.graph_folders import INBOX, Folders
from functionmail.connectors.graph_wire import AnswerLost
from functionmail.connectors.received import received_date
from functionmail.errors import MailboxUnavailable, MessageGone
from functionmail.message import Batch, Checkpoint, MessageKey, Moved, RawMessage

_BATCH_BYTES = 64 * 1024 * 1024
_HEADERS = {"$select": "internetMessageHeaders,parentFolderId,receivedDateTime"}
_MOST_HEADERS = 1000
_GIVE_UP_READING = 5
_LABEL_TRIES = 3
_CHANGED_MEANWHILE = (409, 412)
_EXPIRED = "Graph forgot the listing before its end"
_LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)


class GraphSource:
    """A `MailSource` over a folder; a message's key is its immutable id.

    Args:
        folder: A well-known name, `INBOX` or `graph_folders.SENT`.
        poll_s: How long after a look at the folder it is worth while to look again.
        monotonic: Seconds from an arbitrary start.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        client: GraphClient,
        *,
        folder: str = INBOX,
        poll_s: float = 20.0,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._folder = folder
        self._folders = Folders(client)
        self._poll_s = poll_s
        self._monotonic = monotonic
        self._sleep = sleep
        self._look_at = monotonic()
        self._listing: Round | None = None
        self._listed: Round | None = None
        self._failures: Counter[MessageKey] = Counter()
        self._moved_to: set[str] = set()

    @property
    def mailbox(self) -> str:
        """See `MailSource.mailbox`."""
        return self._client.mailbox

    def fetch(self, after: Checkpoint | None, *, limit: int = 50) -> Batch:
        """See `MailSource.fetch`. A batch of large mails is shorter, to spare memory."""
        if limit < 1:
            raise ValueError(f"limit must be at least 1, got {limit}")
        self._look_at = self._monotonic() + self._poll_s
        for position in (read_checkpoint(after), Position()):
            with suppress(RoundExpired):
                return self._fetch(position, limit)
        raise MailboxUnavailable(self.mailbox, "listing the folder", _EXPIRED)

    def latest(self) -> Checkpoint:
        """See `MailSource.latest`. Lists the folder; taken up where it failed before."""
        return Position(start=self._list(None).end).to_checkpoint()

    def keys(self) -> Iterator[MessageKey]:
        """See `MailSource.keys`."""
        self._listing = None
        return iter(self._list(None).rows)

    def wait(self, timeout_s: float) -> bool:
        """See `MailSource.wait`. Graph tells nothing: True when it is time to ask."""
        self._sleep(max(0.0, min(timeout_s, self._look_at - self._monotonic())))
        return self._monotonic() >= self._look_at

    def label(
        self,
        key: MessageKey,
        labels: frozenset[str],
        *,
        instead_of: frozenset[str] = frozenset(),
        moved: Moved | None = None,
    ) -> None:
        """See `MailSource.label`. A label is a category; those of people stay."""
        for tried in range(1, _LABEL_TRIES + 1):
            found = self._client.get(
                message_path(key), "labelling", query={"$select": "categories"}
            )
            present = [str(name) for name in found.get("categories") or ()]
            wanted = [name for name in present if name not in instead_of or name in labels]
            wanted += sorted(labels.difference(wanted))
            if wanted == present:
                return
            try:
                self._client.patch(message_path(key), "labelling", {"categories": wanted})
            except GraphRefused as error:
                if error.status not in _CHANGED_MEANWHILE or tried == _LABEL_TRIES:
                    raise
            else:
                return

    def move(self, key: MessageKey, folder: str) -> None:
        """See `MailSource.move`. What a person has put elsewhere, or thrown away, stays there."""
        doing = "moving"
        target = self._folders.own(folder, doing)
        query = {"$select": "parentFolderId"}
        lies_in = self._client.get(message_path(key), doing, query=query)["parentFolderId"]
        if lies_in == target:
            return
        if lies_in not in {self._folders.well_known(self._folder, doing), *self._moved_to}:
            raise MessageGone(self.mailbox, doing)
        try:
            self._move(key, target)
        except MessageGone:
            self._folders.forget(folder)
            self._move(key, self._folders.own(folder, doing))

    def examine(self) -> Examination:
        """See `Examinable.examine`."""
        return examine_inbox(self._client)

    def close(self) -> None:
        """See `MailSource.close`."""
        self._client.close()

    def _move(self, key: MessageKey, target: str) -> None:
        self._client.post(message_path(key, "move"), "moving", body={"destinationId": target})
        self._moved_to.add(target)

    def _fetch(self, position: Position, limit: int) -> Batch:
        here, is_new = self._open(position)
        waiting = here.left_after(position.after)
        last, size = position.after, 0
        messages: list[RawMessage] = []
        while True:
            for row in waiting:
                if len(messages) == limit or size > _BATCH_BYTES:
                    place = Position(start=here.start, end=here.end, after=last)
                    return _batch(messages, place, more=True)
                message, last = self._read(row), row
                if message is not None:
                    messages.append(message)
                    size += len(message.content)
            if is_new:
                return _batch(messages, Position(start=here.end), more=False)
            here, is_new = self._list(here.end), True
            self._listed = here
            waiting, last = here.left_after(None), None

    def _open(self, position: Position) -> tuple[Round, bool]:
        """Return the round of a position, and whether it holds all that came until now."""
        if position.end is None:
            self._listed = self._list(position.start)
            return self._listed, True
        held = self._listed
        if held is None or (held.start, held.end) != (position.start, position.end):
            since = self._list(position.end).rows
            held = self._list(position.start)
            held.rows = {key: at for key, at in held.rows.items() if key not in since}
            held.end = position.end
            self._listed = held
        return held, False

    def _list(self, start: str | None) -> Round:
        """List a round to its end; take it up where an earlier attempt failed.

        Raises:
            RoundExpired: The server no longer knows where it began.
        """
        if self._listing is None or self._listing.start != start:
            self._listing = Round(start)
        try:
            self._listing.run(self._client, self._folder)
        except RoundExpired as error:
            self._listing = self._listed = None
            if start is None:
                raise MailboxUnavailable(self.mailbox, "listing the folder", _EXPIRED) from error
            raise
        listed, self._listing = self._listing, None
        return listed

    def _read(self, row: Order) -> RawMessage | None:
        """Return a message, with empty content where it cannot be read; None if it is gone."""
        key = MessageKey(row[1])
        try:
            known = self._client.get(message_path(key), "reading", query=_HEADERS)
        except MessageGone:
            return None
        except GraphRefused:
            known = {}
        here = self._folders.well_known(self._folder, "reading")
        if known.get("parentFolderId", here) != here:
            return None
        try:
            content = self._content(key)
        except MessageGone:
            return None
        return RawMessage(
            key=key,
            received_at=_received_at(known.get("receivedDateTime") or row[0], content),
            content=content,
            transport_headers=_transport_headers(known),
        )

    def _content(self, key: MessageKey) -> bytes:
        """Return the bytes of a message; empty where Graph will not or cannot give them.

        A server that stumbles again and again over one message while it answers for the
        next to it would otherwise hold up the mailbox for ever.
        """
        try:
            content = self._client.read(message_path(key, "$value"), "reading")
        except GraphRefused:
            return b""
        except AnswerLost:
            self._failures[key] += 1
            if self._failures[key] < _GIVE_UP_READING:
                raise
            return b""
        self._failures.pop(key, None)
        return content


def _batch(messages: list[RawMessage], position: Position, *, more: bool) -> Batch:
    return Batch(messages=tuple(messages), checkpoint=position.to_checkpoint(), more=more)


def _received_at(text: object, content: bytes) -> datetime:
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        return received_date(content, _LONG_AGO)


def _transport_headers(known: Json) -> tuple[tuple[str, str], ...]:
    rows = known.get("internetMessageHeaders") or ()
    return tuple(
        (str(row.get("name", "")), str(row.get("value", ""))) for row in islice(rows, _MOST_HEADERS)
    )
