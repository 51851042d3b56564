"""What came into a folder, by rounds of a delta query, and where in a round a reader stands.

A round is a list of pages, in any order, that ends with the link the next round begins
with (learn.microsoft.com, "Get incremental changes to messages in a folder"). It is listed
to its end, sorted, and handed out in pieces. A position in the middle holds where the
round began, where it ended, and the last message returned. After a restart the round is
listed anew from its beginning; what came since its end is left to the round after it, so
that a late mail with an older date is not taken for one that was returned.

Of Graph's links only the query is kept: it is all that differs, and a token of ours is
never sent to an address that an answer names. For messages Graph has no
``$deltatoken=latest`` (it lists everything all the same; microsoft-graph-docs 18889).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from functionmail.connectors.graph_client import GraphClient, GraphRefused, Json
from functionmail.connectors.graph_wire import AnswerLost
from functionmail.errors import MessageGone, SignInRefused
from functionmail.message import Checkpoint, MessageKey

Order = tuple[str, str]
"""When a message was received (as Graph writes it, which sorts) and its key."""

_FIRST = "changeType=created&$select=receivedDateTime"
_PAGE = 500
_LISTING = "listing the folder"


class RoundExpired(Exception):
    """The server no longer knows where the round began; start from the beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What a checkpoint says.

    Attributes:
        start: Query of the link that the round begins with; None for the whole folder.
        end: That of the round after it; None while this one has not been listed.
        after: The last message returned of the round; None when none was.
    """

    start: str | None = None
    end: str | None = None
    after: Order | None = None

    def to_checkpoint(self) -> Checkpoint:
        """Write the position down."""
        record: dict[str, object] = {"v": 1, "start": self.start}
        if self.end is not None:
            record |= {"end": self.end, "after": self.after}
        return Checkpoint(json.dumps(record, separators=(",", ":")))


def read_checkpoint(checkpoint: Checkpoint | None) -> Position:
    """Return what a checkpoint says; the beginning where it is not one of Graph's."""
    try:
        return _read(json.loads(checkpoint or ""))
    except (ValueError, TypeError, KeyError, RecursionError):
        return Position()


def _read(record: Mapping[str, object]) -> Position:
    match record:
        case {"v": 1, "start": str() | None as start, "end": str() as end, "after": None}:
            return Position(start=start, end=end)
        case {
            "v": 1,
            "start": str() | None as start,
            "end": str() as end,
            "after": [str() as received, str() as key],
        }:
            return Position(start=start, end=end, after=(received, key))
        case {"v": 1, "start": str() | None as start}:
            return Position(start=start)
    return Position()


@dataclass(slots=True)
class Round:
    """One round, listed page by page; may be given up and taken up again.

    Attributes:
        rows: Key and instant received of every message that came.
        end: Query of the link after the last page; None before it is reached.
    """

    start: str | None
    rows: dict[MessageKey, str] = field(default_factory=dict)
    end: str | None = None
    _page: str | None = None

    def run(self, client: GraphClient, folder: str) -> None:
        """List what is left of the round.

        Raises:
            RoundExpired: The server no longer knows a link.
        """
        while self.end is None:
            page = self._next_page(client, folder)
            self._take(page, client.mailbox)

    def left_after(self, order: Order | None) -> list[Order]:
        """Return the messages behind one of them, oldest first."""
        rows: list[Order] = sorted((received, key) for key, received in self.rows.items())
        return rows if order is None else [row for row in rows if row > order]

    def _next_page(self, client: GraphClient, folder: str) -> Json:
        query = self._page or self.start or _FIRST
        path = f"mailFolders/{quote(folder, safe='')}/messages/delta"
        try:
            return client.get(path, _LISTING, query=query, page=_PAGE)
        except MessageGone as error:
            advice = "the mailbox or its folder is missing"
            raise SignInRefused(client.mailbox, _LISTING, advice) from error
        except GraphRefused as error:
            if error.status == 410 or (error.status == 400 and query != _FIRST):
                raise RoundExpired from error
            raise

    def _take(self, page: Json, mailbox: str) -> None:
        for row in page.get("value") or ():
            if "@removed" not in row:
                self.rows[MessageKey(str(row["id"]))] = str(row.get("receivedDateTime") or "")
        self._page = _query_of(page.get("@odata.nextLink"))
        if self._page is None:
            self.end = _query_of(page.get("@odata.deltaLink"))
            if self.end is None:
                raise AnswerLost(mailbox, _LISTING, "the answer names no further page")


def _query_of(link: object) -> str | None:
    return urlsplit(link).query or None if isinstance(link, str) else None
