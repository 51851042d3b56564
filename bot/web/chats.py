"""What was said with the assistant, as the page of the conversation shows it.

It is kept in memory only: questions may hold personal data, and what must last, the topic and
the proposals, is kept by `bot.services.talks`. A conversation is gone when the program stops,
when its person begins anew, and some hours after its last word.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from bot.errors import NotFound
from bot.services.proposing import Part
from bot.vocabulary import PersonKey

MOST_TURNS: Final = 30
MOST_PEOPLE: Final = 500
KEPT: Final = timedelta(hours=10)


def _new_key() -> str:
    return f"web:{secrets.token_hex(16)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A question, its answer, and what became of a proposal in it.

    Attributes:
        number: Of the turn; grows within a conversation.
        answer_key: By which the answer is known where it is rated; another for each answer.
        answer: Lines in the language in which it was asked.
        process: Key of the process that it was about, if any.
        proposal: Its number, while it can be done or let be.
        missing: What must be said before that.
        readings: Two intents, where the assistant was unsure which was meant; else none.
        outcome: What became of the proposal, in words.
        undo: Number of the proposal, while what was done can be undone.
        helped: What the person thinks of the answer; None before they say.
    """

    number: int
    question: str = field(repr=False)
    answer: str = field(repr=False)
    intent: str
    process: str | None = None
    proposal: int | None = None
    missing: tuple[Part, ...] = ()
    readings: tuple[str, ...] = ()
    outcome: str = ""
    undo: int | None = None
    answer_key: str = field(default_factory=_new_key)
    helped: bool | None = None


Change = Callable[[Turn], Turn]
"""Returns a turn with other values; those that it does not name stay."""


@dataclass(slots=True)
class _Chat:
    key: str
    last_at: datetime
    turns: list[Turn]
    count: int = 0


class Chats:
    """The conversations of all who are signed in. Threads may share it."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._chats: OrderedDict[PersonKey, _Chat] = OrderedDict()

    def key(self, person: PersonKey, at: datetime) -> str:
        """Return the key under which `Talks` keeps a person's conversation."""
        with self._turn:
            return self._of(person, at).key

    def turns(self, person: PersonKey, at: datetime) -> tuple[Turn, ...]:
        """Return what was said, the newest first."""
        with self._turn:
            return tuple(reversed(self._of(person, at).turns))

    def get(self, person: PersonKey, number: int, at: datetime) -> Turn:
        """Return one turn; NotFound for one that is no longer kept."""
        found = next((turn for turn in self.turns(person, at) if turn.number == number), None)
        if found is None:
            raise NotFound("det samtalet finns inte kvar; ställ frågan igen")
        return found

    def add(self, person: PersonKey, turn: Turn, at: datetime) -> Turn:
        """Keep what was said, and return it with its number."""
        with self._turn:
            chat = self._of(person, at)
            chat.count += 1
            numbered = replace(turn, number=chat.count)
            chat.turns = [*chat.turns, numbered][-MOST_TURNS:]
            return numbered

    def overtake(self, person: PersonKey, outcome: str, at: datetime) -> None:
        """Let no proposal of a conversation be done any more, since there is a newer one.

        Args:
            outcome: What is said of them instead.
        """
        with self._turn:
            chat = self._of(person, at)
            chat.turns = [
                turn
                if turn.proposal is None
                else replace(turn, proposal=None, missing=(), outcome=outcome)
                for turn in chat.turns
            ]

    def change(self, person: PersonKey, turn: Turn, change: Change, at: datetime) -> Turn:
        """Change a turn as it is by now, and return it.

        Args:
            turn: As it was read; changed itself where its answer is no longer kept.
        """
        with self._turn:
            turns = self._of(person, at).turns
            for place, one in enumerate(turns):
                if one.answer_key == turn.answer_key:
                    turns[place] = change(one)
                    return turns[place]
        return change(turn)

    def begin_anew(self, person: PersonKey, at: datetime) -> None:
        """Forget what was said; the next question follows on nothing."""
        with self._turn:
            self._chats.pop(person, None)
            self._of(person, at)

    def _of(self, person: PersonKey, at: datetime) -> _Chat:
        chat = self._chats.pop(person, None)
        if chat is None or at - chat.last_at > KEPT:
            # With a key of its own: what `Talks` keeps of an earlier one is not gone on from.
            chat = _Chat(key=f"web:{person}:{secrets.token_hex(8)}", last_at=at, turns=[])
        chat.last_at = at
        self._chats[person] = chat
        while len(self._chats) > MOST_PEOPLE:
            self._chats.popitem(last=False)
        return chat
