"""A colleague who talks with the assistant of a test's house."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from bot.asking import Wits, load_wits, make_talks
from bot.services.assistant import SURE
from bot.services.talks import Turn
from bot.settings import Settings
from bot.texts import speaker
from tests.city import City

ZONE = ZoneInfo("Europe/Stockholm")
_SHORT = ("ärenden idag", "visa anstånd", "anstånd jag", "dödsbo", "vem", "det där med räkningen")
HANDLER = "agneta-brandt"  # of kundreskontra-centrum
COLLEAGUE = "birgitta-lonnell"  # of the same team


@cache
def shipped_wits() -> Wits:
    """Return what the assistant of the sample city knows, loaded once for all tests."""
    return load_wits(Settings())


@cache
def unsure_question() -> str:
    """Return a question of which the assistant is not sure what it asks for."""
    understander, day = shipped_wits().understander, date(2026, 3, 3)
    return next(text for text in _SHORT if understander.understand(text, day).confidence < SURE)


class Talker:
    """Asks in one conversation, as one person."""

    def __init__(self, city: City, person: str | None = HANDLER, key: str = "a talk") -> None:
        self.talks = make_talks(city.app, shipped_wits())
        self.city = city
        self.person = person
        self.key = key

    def ask(self, text: str, language: str = "sv", **how: Any) -> Turn:
        return self.talks.ask(self.key, text, speaker(language), person=self.person, **how)

    def says(self, text: str, language: str = "sv") -> str:
        return self.ask(text, language).answer.text

    def number(self, text: str) -> int:
        """Ask for something to be done; return the number of the proposal."""
        number = self.ask(text).number
        assert number is not None
        return number

    def does(self, text: str):
        return self.talks.confirm(self.number(text), by=self.person)

    def undoes(self):
        number = self.talks.last_done(self.key, by=self.person)
        assert number is not None
        return self.talks.undo(number, by=self.person)


def at(text: str) -> datetime:
    """Return an instant by the clock on the wall."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)
