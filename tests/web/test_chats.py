from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.vocabulary import PersonKey
from bot.web.chats import KEPT, Chats, Turn

ANNA = PersonKey("agneta-brandt")
NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
PROPOSAL = 7


@pytest.fixture
def chats():
    return Chats()


def add(chats):
    said = Turn(number=0, question="vem?", answer="hon", intent="route", proposal=PROPOSAL)
    return chats.add(ANNA, said, NOW)


def drop(turn):
    return replace(turn, proposal=None, outcome="Då låter jag det vara.")


def rate(turn):
    return replace(turn, helped=True)


@pytest.mark.parametrize("changes", [(rate, drop), (drop, rate)])
def test_two_who_read_the_same_turn_both_change_it(chats, changes):
    read = add(chats)
    for change in changes:
        chats.change(ANNA, read, change, NOW)
    assert chats.get(ANNA, read.number, NOW) == rate(drop(read))


def test_a_change_of_one_turn_leaves_the_others(chats):
    first, second = add(chats), add(chats)
    assert chats.change(ANNA, first, rate, NOW) == rate(first)
    assert chats.turns(ANNA, NOW) == (second, rate(first))


def test_what_was_thought_of_an_answer_is_not_thought_of_the_one_in_its_place(chats):
    read = add(chats)
    again = replace(add(Chats()), number=read.number)
    chats.change(ANNA, read, lambda _: again, NOW)
    assert chats.change(ANNA, read, rate, NOW) == rate(read)
    assert chats.get(ANNA, read.number, NOW) == again


def test_a_turn_of_a_conversation_that_was_forgotten_changes_none_of_the_new_one(chats):
    read = add(chats)
    chats.begin_anew(ANNA, NOW)
    new = add(chats)
    assert new.number == read.number
    assert chats.change(ANNA, read, drop, NOW) == drop(read)
    assert chats.turns(ANNA, NOW) == (new,)


def test_a_conversation_that_is_gone_is_not_gone_on_from(chats):
    # 2026-11: the next morning's "och förra månaden?" followed on what no page showed any more.
    key = chats.key(ANNA, NOW)
    assert chats.key(ANNA, NOW + KEPT) == key
    later = NOW + 2 * KEPT + timedelta(seconds=1)
    new = [chats.key(ANNA, later), Chats().key(ANNA, NOW)]
    chats.begin_anew(ANNA, later)
    assert len({key, *new, chats.key(ANNA, later)}) == 4
