"""How far a folder was read, through restarts, late mail and forged checkpoints."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functionmail.connectors.exchange_sync import (
    EPOCH,
    Changes,
    Entry,
    Position,
    Round,
    arrival,
    read_checkpoint,
    same_round,
)
from functionmail.message import Checkpoint, MessageKey


def entry(number: int, second: int = 0) -> Entry:
    return Entry(item_id=f"i{number:03}", received_at=EPOCH + timedelta(seconds=second))


entries = st.lists(st.integers(0, 5), max_size=12).map(
    lambda seconds: [entry(number, second) for number, second in enumerate(seconds)]
)
states = st.none() | st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1)
positions = st.one_of(
    st.builds(Position, begin=states),
    st.builds(
        Position,
        begin=states,
        end=states.filter(bool),
        last=st.tuples(st.text(max_size=5), st.text(max_size=5)),
    ),
)


@given(positions)
def test_a_checkpoint_gives_its_position_back(position):
    assert read_checkpoint(position.to_checkpoint()) == position


@given(st.text())
def test_any_text_is_a_position_and_none_is_an_error(text):
    read_checkpoint(Checkpoint(text))


@pytest.mark.parametrize(
    "forged",
    [
        '{"v":1,"begin":"a\\u0000"}',
        '{"v":1,"begin":"å"}',
        '{"v":1,"begin":""}',
        '{"v":2,"begin":"a"}',
        '{"v":1,"begin":"a","end":"b"}',
        '{"v":1,"begin":"a","end":"b","last":["x"]}',
        '{"v":1,"begin":7,"end":"b","last":["x","y"]}',
        "[" * 100_000,
    ],
)
def test_what_is_not_ours_is_the_beginning(forged):
    assert read_checkpoint(Checkpoint(forged)) == Position()


def read_on(found: Round, position: Position, sizes: list[int]) -> list[Entry]:
    taken = []
    for size in sizes:
        batch = found.behind(position, size)
        taken += batch
        position = found.after(batch[-1] if batch else None)
        if position.end is None:
            break
    return taken


@given(entries.filter(bool), st.lists(st.integers(1, 4), min_size=12, max_size=12))
def test_a_round_gives_each_entry_once_oldest_first_however_it_is_cut(listed, sizes):
    found = Round(None, "end", listed)
    taken = read_on(found, Position(), sizes)
    assert [one.received_at for one in taken] == sorted(one.received_at for one in listed)
    assert {one.item_id for one in taken} == {one.item_id for one in listed}
    assert len(taken) == len(listed)


@given(entries.filter(lambda some: len(some) > 1), st.lists(st.integers(0, 5)), st.data())
def test_a_round_is_the_same_after_a_restart_whatever_came_meanwhile(listed, late, data):
    before = Round("begin", "end", listed)
    first = before.behind(Position(begin="begin"), data.draw(st.integers(1, len(listed) - 1)))
    position = read_checkpoint(before.after(first[-1]).to_checkpoint())
    newer = [entry(100 + number, second) for number, second in enumerate(late)]
    everything = data.draw(st.permutations([*listed, *newer]))
    again = same_round(
        position,
        Changes(arrived=tuple(everything), state="later"),
        {one.item_id for one in newer},
    )
    assert again.behind(position, 100) == before.behind(position, 100)
    assert again.after(None) == Position(begin="end")


@given(entries.filter(lambda some: len(some) > 2), st.data())
def test_a_mail_that_went_away_during_a_restart_takes_no_other_with_it(listed, data):
    before = Round(None, "end", listed)
    first = before.behind(Position(), data.draw(st.integers(1, len(listed) - 1)))
    position = before.after(first[-1])
    gone = data.draw(st.sampled_from(listed))
    left = tuple(one for one in listed if one is not gone)
    again = same_round(position, Changes(arrived=left, state="later"), set())
    expected = [one for one in before.behind(position, 100) if one is not gone]
    assert again.behind(position, 100) == expected


def test_behind_the_last_entry_of_a_round_stands_its_later_state_alone():
    found = Round("begin", "end", [entry(1), entry(2)])
    assert found.after(entry(2)) == Position(begin="end")


def test_a_round_cannot_be_had_again_from_a_position_in_none():
    with pytest.raises(ValueError, match="no round"):
        same_round(Position(begin="a"), Changes(arrived=(), state="b"), set())


def test_a_key_stays_when_the_item_id_changes():
    one = Entry(item_id="a", received_at=EPOCH, message_id="<1@x>", search_key="k")
    moved = Entry(item_id="b", received_at=EPOCH, message_id="<1@x>", search_key="k", size=9)
    assert one.key == moved.key


@pytest.mark.parametrize(
    "other",
    [
        {"message_id": "<2@x>"},
        {"search_key": "l"},
        {"received_at": EPOCH + timedelta(seconds=1)},
    ],
)
def test_two_mails_have_two_keys(other):
    same = {"item_id": "a", "received_at": EPOCH, "message_id": "<1@x>", "search_key": "k"}
    assert Entry(**same).key != Entry(**{**same, **other}).key


def test_a_key_names_neither_sender_nor_message_id():
    one = Entry(item_id="a", received_at=EPOCH, message_id="<anna.svensson@exempel.example>")
    assert "anna" not in one.key


def test_a_key_tells_when_the_mail_came():
    came = EPOCH + timedelta(days=20_000, seconds=5)
    assert arrival(Entry(item_id="a", received_at=came).key) == came


@pytest.mark.parametrize("strange", ["", "m1", "20260303.x", "20261399T000000Z.x", "å" * 50])
def test_a_key_that_is_not_ours_tells_nothing(strange):
    assert arrival(MessageKey(strange)) is None
