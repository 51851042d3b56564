"""Where in a Maildir a reader stands, as one line of JSON: pure arithmetic on listings.

A delivery renames a file into new/ or cur/, and a rename stamps both the file (ctime) and
the folder (mtime) with the server's present. So whatever a listing did not show carries a
ctime no older than the mtime its folder had before the listing began. A position holds

* for each folder its inode and mtime from just before the listing. Below that instant,
  less a window, the listing was complete: a bound (`first`) says how far it was returned;
* from there on, the short hash of every key already returned (`seen`).

Neither Date headers nor file times that a sender can choose play a part. The window lets
the clock be set back a little. A folder that is another one than before, or whose time
went back further, starts from the beginning: the caller knows by key what it has seen.
What cannot be told afterwards: a clock that went back further and forth again while nobody
was reading, and a file system that stamps no ctime on a rename. `MailSource.keys` finds
the mail that came then.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from functionmail.message import Checkpoint, MessageKey

WINDOW_NS = 600_000_000_000
"""Ten minutes: far above a tick of any file system's clock, and above what time servers
correct in one step; few enough mails that their hashes stay short."""

_MARK_BYTES = 6
_MARK_LENGTH = 8


class Place(StrEnum):
    """The two folders of a Maildir that hold mail."""

    NEW = "new"
    CUR = "cur"


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """What tells one state of a folder from the next."""

    inode: int
    modified_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of a listing.

    Attributes:
        name: The file's name, flags included.
        changed_ns: The file's ctime.
    """

    key: MessageKey
    place: Place
    name: str
    changed_ns: int

    @property
    def order(self) -> tuple[int, str]:
        """Return what entries are sorted by: when they came, then the key."""
        return self.changed_ns, self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What lay in both folders; `folders` is from just before they were read."""

    folders: Mapping[Place, FolderState]
    entries: Mapping[MessageKey, Entry]

    def recent(self) -> list[Entry]:
        """Return the entries a later listing may add to, in order."""
        floors = {place: _floor(state) for place, state in self.folders.items()}
        found = [e for e in self.entries.values() if e.changed_ns >= floors[e.place]]
        return sorted(found, key=lambda entry: entry.order)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What a checkpoint of a Maildir says.

    Attributes:
        first: Order of the first entry not yet returned; None when all were.
        seen: Marks of the recent entries already returned.
    """

    folders: Mapping[Place, FolderState]
    first: tuple[int, str] | None
    seen: Iterable[str]

    def to_checkpoint(self) -> Checkpoint:
        """Write the position down."""
        record: dict[str, object] = {"v": 1, "first": self.first, "seen": "".join(self.seen)}
        for place, state in self.folders.items():
            record[place] = [state.inode, state.modified_ns]
        return Checkpoint(json.dumps(record, separators=(",", ":")))

    def covers(self, listing: Listing) -> set[MessageKey]:
        """Return the keys of a later listing that were returned before this position.

        Never a key that was not returned; a returned one may be missing when its file
        was renamed or touched since, or when other mail came in the same instant. Empty
        when the folders are not those of before.
        """
        for place, before in self.folders.items():
            now = listing.folders[place]
            if now.inode != before.inode or now.modified_ns < _floor(before):
                return set()
        floors = {place: _floor(state) for place, state in self.folders.items()}
        seen = frozenset(self.seen)
        return {
            entry.key
            for entry in listing.entries.values()
            if self._covers(entry, floors[entry.place], seen)
        }

    def _covers(self, entry: Entry, floor: int, seen: Container[str]) -> bool:
        if entry.changed_ns >= floor:
            return mark(entry.key) in seen
        return self.first is None or entry.order < self.first


def mark(key: MessageKey) -> str:
    """Return eight letters that stand for a key."""
    digest = hashlib.blake2b(key.encode(errors="surrogatepass"), digest_size=_MARK_BYTES)
    return base64.b64encode(digest.digest()).decode("ascii")


def read_checkpoint(checkpoint: Checkpoint | None) -> Position | None:
    """Return what a checkpoint says, or None when it is not one of a Maildir."""
    if checkpoint is None:
        return None
    try:
        return _read(json.loads(checkpoint))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _read(record: Mapping[str, object]) -> Position | None:
    seen, first = record["seen"], record["first"]
    if record["v"] != 1 or not isinstance(seen, str):
        return None
    return Position(
        folders={place: _read_state(record[place]) for place in Place},
        first=None if first is None else _read_order(first),
        seen=[seen[at : at + _MARK_LENGTH] for at in range(0, len(seen), _MARK_LENGTH)],
    )


def _read_state(value: object) -> FolderState:
    match value:
        case [int() as inode, int() as modified_ns]:
            return FolderState(inode=inode, modified_ns=modified_ns)
    raise ValueError("not the state of a folder")


def _read_order(value: object) -> tuple[int, str]:
    match value:
        case [int() as changed_ns, str() as key]:
            return changed_ns, key
    raise ValueError("not the order of an entry")


def _floor(state: FolderState) -> int:
    return state.modified_ns - WINDOW_NS
