"""Two changes of one file that were made apart, put together or told to clash."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.services.editing.merging import merged

BASE = b"one\ntwo\nthree\nfour\nfive\n"
lines = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"d\n"]), max_size=12).map(b"".join)


def test_changes_of_lines_apart_are_put_together():
    ours = BASE.replace(b"two", b"2")
    theirs = BASE.replace(b"five", b"5")
    assert merged(BASE, ours, theirs) == b"one\n2\nthree\nfour\n5\n"


def test_changes_of_the_same_line_clash_unless_they_are_the_same():
    ours, theirs = BASE.replace(b"two", b"2"), BASE.replace(b"two", b"II")
    assert merged(BASE, ours, theirs) is None
    assert merged(BASE, ours, ours) == ours


def test_changes_of_lines_that_meet_clash():
    assert merged(BASE, BASE.replace(b"two", b"2"), BASE.replace(b"three", b"3")) is None


@given(lines, lines)
def test_with_nothing_changed_on_one_side_the_other_holds(base, changed):
    assert merged(base, changed, base) == changed
    assert merged(base, base, changed) == changed


@given(lines, lines, lines)
def test_it_does_not_matter_who_was_first(base, ours, theirs):
    assert merged(base, ours, theirs) == merged(base, theirs, ours)
