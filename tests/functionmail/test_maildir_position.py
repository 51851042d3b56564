"""A position in a Maildir covers what was returned, and nothing else.

The file system here is made up, so that its clock can be set at will.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from functionmail.connectors.maildir_position import (
    WINDOW_NS,
    Entry,
    FolderState,
    Listing,
    Place,
    Position,
    mark,
    read_checkpoint,
)
from functionmail.message import Checkpoint, MessageKey

SECOND = 1_000_000_000
NOON = 1_772_539_200 * SECOND


def entry(key: str, changed_ns: int, place: Place = Place.NEW) -> Entry:
    return Entry(key=MessageKey(key), place=place, name=key, changed_ns=changed_ns)


def listing(*entries: Entry, modified_ns: int = NOON, inode: int = 7) -> Listing:
    state = FolderState(inode=inode, modified_ns=modified_ns)
    return Listing(folders=dict.fromkeys(Place, state), entries={e.key: e for e in entries})


def position(shown: Listing, *returned: str) -> Position:
    done = frozenset(returned)
    waiting = sorted((e for e in shown.entries.values() if e.key not in done), key=_order)
    return Position(
        folders=shown.folders,
        first=waiting[0].order if waiting else None,
        seen=[mark(e.key) for e in shown.recent() if e.key in done],
    )


def _order(entry: Entry) -> tuple[int, str]:
    return entry.order


def after_restart(position: Position) -> Position:
    read = read_checkpoint(position.to_checkpoint())
    assert read is not None
    return read


def test_a_position_survives_being_written_down():
    shown = listing(entry("a", NOON - 1), entry("b", NOON), entry("ö\udcff", NOON))
    before = position(shown, "a", "ö\udcff")
    after = after_restart(before)
    assert (after.folders, after.first, list(after.seen)) == (
        before.folders,
        before.first,
        list(before.seen),
    )


def test_many_files_within_one_tick_are_told_apart():
    files = [entry(f"k{number:03}", NOON) for number in range(300)]
    early = listing(*files[:150])
    covered = after_restart(position(early, *early.entries)).covers(listing(*files))
    assert covered == set(early.entries)


def test_old_mail_costs_no_room_in_the_checkpoint():
    files = [entry(f"k{number:05}", NOON - WINDOW_NS - number) for number in range(1, 20_001)]
    shown = listing(*files)
    assert len(position(shown, *shown.entries).to_checkpoint()) < 200


def test_a_file_that_was_renamed_into_the_mailbox_later_is_not_covered_by_an_old_backlog():
    files = [entry(f"k{number}", NOON - 2 * WINDOW_NS + number) for number in range(5)]
    shown = listing(*files)
    stored = after_restart(position(shown, "k0", "k1"))
    later = listing(*files, entry("late", NOON))
    assert stored.covers(later) == {"k0", "k1"}


def test_a_clock_set_back_a_little_hides_nothing():
    shown = listing(entry("a", NOON))
    stored = after_restart(position(shown, "a"))
    later = listing(entry("a", NOON), entry("b", NOON - 5 * SECOND), modified_ns=NOON + 60 * SECOND)
    assert stored.covers(later) == {"a"}


def test_a_clock_set_back_far_starts_from_the_beginning():
    stored = after_restart(position(listing(entry("a", NOON)), "a"))
    back = NOON - 2 * WINDOW_NS
    later = listing(entry("a", NOON), entry("b", back), modified_ns=back)
    assert stored.covers(later) == set()


def test_another_folder_under_the_same_name_starts_from_the_beginning():
    shown = listing(entry("a", NOON - 2 * WINDOW_NS))
    stored = after_restart(position(shown, "a"))
    restored = listing(*shown.entries.values(), entry("b", NOON - 3 * WINDOW_NS), inode=8)
    assert stored.covers(restored) == set()


def test_a_folder_that_nobody_touches_does_not_make_the_other_forget():
    states = {
        Place.NEW: FolderState(inode=1, modified_ns=NOON),
        Place.CUR: FolderState(inode=2, modified_ns=NOON - 1000 * WINDOW_NS),
    }
    files = [entry("a", NOON - 2 * WINDOW_NS), entry("b", NOON - 999 * WINDOW_NS, Place.CUR)]
    shown = Listing(folders=states, entries={e.key: e for e in files})
    assert after_restart(position(shown, "a", "b")).covers(shown) == {"a", "b"}


@pytest.mark.parametrize(
    "text",
    [
        '{"v":2,"first":null,"seen":"","new":[1,2],"cur":[1,2]}',
        '{"v":1,"first":null,"seen":7,"new":[1,2],"cur":[1,2]}',
        '{"v":1,"first":null,"seen":"","new":[1,2]}',
        '{"v":1,"first":null,"seen":"","new":[1,2],"cur":["1",2]}',
        '{"v":1,"first":["a",1],"seen":"","new":[1,2],"cur":[1,2]}',
        '{"v":1,"first":[1],"seen":"","new":[1,2],"cur":[1,2]}',
    ],
)
def test_a_checkpoint_of_another_shape_is_not_read(text):
    assert read_checkpoint(Checkpoint(text)) is None


@given(st.text())
def test_any_text_is_read_as_a_position_or_as_none(text):
    assert read_checkpoint(Checkpoint(text)) is None


@dataclass
class File:
    key: str
    place: Place
    changed_ns: int


class RestartingReader(RuleBasedStateMachine):
    """A reader that knows only its checkpoint, and a world that goes on.

    The clock may be set forward, back a little at any time, and back far as long as it
    does not come forth again before the next look (see the module's docstring).
    """

    @initialize(backlog=st.integers(min_value=0, max_value=6))
    def start(self, backlog: int) -> None:
        self.now = NOON
        self.files = {
            f"k{number}": File(f"k{number}", Place.NEW, NOON - 3 * WINDOW_NS)
            for number in range(backlog)
        }
        self.modified = dict.fromkeys(Place, NOON)
        self.returned: set[str] = set()
        self.listed: set[str] = set()
        self.may_repeat: set[str] = set()
        self.stored: Checkpoint | None = None
        self.floor = dict.fromkeys(Place, 0)
        self.set_back = 0
        self.count = 0

    def _hidden(self) -> bool:
        """Tell whether mail is waiting that only the folder's time gives away."""
        return any(
            file.key not in self.listed and file.changed_ns < self.floor[file.place]
            for file in self.files.values()
        )

    @rule(by=st.sampled_from([0, 1, SECOND, 300 * SECOND, 2 * WINDOW_NS]))
    def time_passes(self, by: int) -> None:
        assume(by <= SECOND or not self._hidden())
        self.now += by

    @rule(by=st.sampled_from([1, SECOND, WINDOW_NS // 4, 3 * WINDOW_NS]))
    def the_clock_is_set_back(self, by: int) -> None:
        assume(self.set_back == 0)
        self.now -= by
        self.set_back = by

    @rule(place=st.sampled_from(list(Place)))
    def mail_comes(self, place: Place) -> None:
        self.count += 1
        of_this_instant = {f.key for f in self.files.values() if f.changed_ns == self.now}
        self.may_repeat |= of_this_instant
        self.files[f"k{self.count:04}"] = File(f"k{self.count:04}", place, self.now)
        self.modified[place] = self.now

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def a_person_moves_or_flags_mail(self, data: st.DataObject) -> None:
        file = self.files[data.draw(st.sampled_from(sorted(self.files)))]
        self.modified[file.place] = self.modified[Place.CUR] = self.now
        file.place, file.changed_ns = Place.CUR, self.now
        self.may_repeat.add(file.key)

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def a_person_deletes_mail(self, data: st.DataObject) -> None:
        file = self.files.pop(data.draw(st.sampled_from(sorted(self.files))))
        self.modified[file.place] = self.now

    @rule(limit=st.integers(min_value=1, max_value=4))
    def the_reader_restarts_and_reads(self, limit: int) -> None:
        shown = self._listing()
        before = read_checkpoint(self.stored)
        covered = before.covers(shown) if before else set()
        waiting = sorted((e for e in shown.entries.values() if e.key not in covered), key=_order)
        taken = {e.key for e in waiting[:limit]}
        if self.set_back == 0:
            assert not (taken & self.returned) - self.may_repeat
        self.returned |= taken
        self.listed = set(shown.entries)
        self.stored = position(shown, *covered, *taken).to_checkpoint()
        self.floor = {p: s.modified_ns - WINDOW_NS for p, s in shown.folders.items()}
        if len(waiting) <= limit and not self._behind():
            self.set_back = 0
            self.may_repeat = set()

    def _behind(self) -> bool:
        return any(self.now < modified for modified in self.modified.values())

    def _listing(self) -> Listing:
        return Listing(
            folders={
                place: FolderState(inode=1, modified_ns=modified)
                for place, modified in self.modified.items()
            },
            entries={
                MessageKey(f.key): entry(f.key, f.changed_ns, f.place) for f in self.files.values()
            },
        )

    @invariant()
    def nothing_is_covered_that_was_not_returned(self) -> None:
        stored = read_checkpoint(self.stored) if hasattr(self, "files") else None
        covered = stored.covers(self._listing()) if stored else set()
        assert covered <= self.returned


RestartingReader.TestCase.settings = settings(max_examples=100, stateful_step_count=40)


class TestRestartingReader(RestartingReader.TestCase):
    """From any checkpoint nothing is lost, and without a clock step nothing repeated."""
