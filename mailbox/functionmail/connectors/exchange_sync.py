"""How far a folder of Exchange has been read: pure arithmetic on what a sync lists.

A sync state of Exchange stands behind everything that was listed with it, in an order that
is not promised. So a listing is a *round*: what came between two states, put in order by
arrival. While a round lasts, a position holds both its states and the last entry that was
returned; a restart lists from both, and what the later state does not know is the same
round again, whatever came meanwhile and whatever date that bears. Behind the round stands
its later state alone. A state holds no more than the server wrote into it, and one that the
server no longer knows means to begin again.

Keys are made of what stays with a mail when it moves: its Message-ID, the instant at which
it came, and the search key that the store gives to each mail. Item ids change with every
move and are never part of a key.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from functionmail.message import Checkpoint, MessageKey

Order = tuple[str, str]
"""When a mail came, as ISO text in UTC, and its item id: unlike in all mails of a folder."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""When a mail came whose server keeps no such instant."""

_VERSION = 1
_LONGEST = 1_000_000
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One mail as a listing shows it.

    Attributes:
        item_id: Where it lies now; changes when it is moved.
        received_at: Aware UTC, whole seconds.
        message_id: As the server writes it; may be empty.
        search_key: What the store gave it, in base64; may be empty.
        size: Bytes, roughly.
    """

    item_id: str
    received_at: datetime
    message_id: str = ""
    search_key: str = ""
    size: int = 0

    @property
    def key(self) -> MessageKey:
        """Return the key, the same wherever the mail lies."""
        told = f"{self.message_id.strip()}\n{self.search_key}".encode("utf-8", "replace")
        return MessageKey(f"{self.received_at:{_STAMP}}.{sha256(told).hexdigest()[:32]}")

    @property
    def order(self) -> Order:
        """Return what listings are put in order by: arrival, then the item id."""
        return self.received_at.isoformat(), self.item_id


def arrival(key: MessageKey) -> datetime | None:
    """Return the instant that a key holds; None for a key that is not ours."""
    try:
        return datetime.strptime(key.partition(".")[0], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a sync lists between two states.

    Attributes:
        arrived: Mails that lie in the folder and did not before.
        state: Stands behind them.
        quiet: Nothing was listed at all, not even a flag that a person set.
    """

    arrived: tuple[Entry, ...]
    state: str
    quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a reader stands.

    Attributes:
        begin: State before the round in hand; None for the beginning of the folder.
        end: State behind it; None when no round is in hand.
        last: Order of what was returned last, when a round is in hand.
    """

    begin: str | None = None
    end: str | None = None
    last: Order | None = None

    def to_checkpoint(self) -> Checkpoint:
        """Return the position as text."""
        held: dict[str, object] = {"v": _VERSION, "begin": self.begin}
        if self.end is not None:
            held |= {"end": self.end, "last": self.last}
        return Checkpoint(json.dumps(held, separators=(",", ":")))


def read_checkpoint(checkpoint: Checkpoint | None) -> Position:
    """Return the position in a checkpoint; the beginning for one that is not ours."""
    if not checkpoint or len(checkpoint) > _LONGEST:
        return Position()
    try:
        held = json.loads(checkpoint)
    except (ValueError, RecursionError):
        return Position()
    match held:
        case {"v": int(version), "begin": begin, "end": str(end), "last": [str(at), str(item)]} if (
            version == _VERSION and _is_state(end) and (begin is None or _is_state(begin))
        ):
            return Position(begin=begin, end=end, last=(at, item))
        case {"v": int(version), "begin": str(begin), **rest} if (
            version == _VERSION and _is_state(begin) and not rest
        ):
            return Position(begin=begin)
    return Position()


def _is_state(value: object) -> bool:
    """Tell whether a value may be sent to the server as a state."""
    return isinstance(value, str) and value.isascii() and value.isprintable() and value != ""


class Round:
    """The mails between two states, in order; some of them returned already."""

    def __init__(self, begin: str | None, end: str, entries: Iterable[Entry]) -> None:
        self.begin = begin
        self.end = end
        self._entries = sorted(entries, key=lambda entry: entry.order)
        self._orders = [entry.order for entry in self._entries]

    def holds(self, position: Position) -> bool:
        """Tell whether a position stands within this round or at its beginning."""
        if position.end is None:
            return position.begin == self.begin
        return (position.begin, position.end) == (self.begin, self.end)

    def behind(self, position: Position, limit: int) -> list[Entry]:
        """Return the entries behind a position that this round holds, at most so many."""
        start = 0 if position.last is None else bisect_right(self._orders, position.last)
        return self._entries[start : start + limit]

    def after(self, entry: Entry | None) -> Position:
        """Return the position behind an entry; behind the whole round for the last or None."""
        if entry is None or entry.order >= self._orders[-1]:
            return Position(begin=self.end)
        return Position(begin=self.begin, end=self.end, last=entry.order)


def same_round(position: Position, listed: Changes, later: Collection[str]) -> Round:
    """Return the round of a position again, after a restart.

    Args:
        listed: What lies behind the round's beginning now.
        later: Item ids of what came behind its end.

    Raises:
        ValueError: The position stands in no round.
    """
    if position.end is None:
        raise ValueError("the position stands in no round")
    entries = [entry for entry in listed.arrived if entry.item_id not in later]
    return Round(position.begin, position.end, entries)
