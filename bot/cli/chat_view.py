"""A conversation with the assistant at the terminal."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable

from rich.console import Console

from bot.cli.acting import Actor
from bot.errors import SammaDagError, UsageError
from bot.services.proposals import Done
from bot.services.proposing import Part
from bot.services.talks import Talks, Turn
from bot.texts import Say

_UNDO = ("ångra", "angra", "undo")
_END = ("sluta", "avsluta", "hej då", "exit", "quit")
_YES = ("ja", "j", "ok", "yes", "y", "japp", "gör det")
_OTHER = "2"
_TRIES = 3


class Terminal:
    """Reads lines and prints answers until there are no more."""

    def __init__(
        self,
        talks: Talks,
        who: Actor,
        say: Say,
        console: Console,
        read: Callable[[str], str] = input,
    ) -> None:
        self._talks = talks
        self._person = who.person
        self._sees_protected = who.sees_protected
        self._say = say
        self._console = console
        self._read = read
        self._key = f"terminal:{who.person}:{uuid.uuid4().hex}"[:120]
        self._unsure: tuple[str, str] | None = None

    def run(self) -> None:
        """Talk until the input ends or somebody says good-bye."""
        self._print(self._say("Hej! Fråga mig något. ”hjälp” visar exempel, ”sluta” avslutar."))
        while (text := self._line("> ")) is not None:
            if not text:
                continue
            if text.lower() in _END:
                return
            try:
                self._turn(text)
            except SammaDagError as error:
                self._print(self._say.error(error))

    def _turn(self, text: str) -> None:
        if text.lower() in _UNDO:
            self._undo()
            return
        turn = self._answer(text)
        self._print(turn.answer.text)
        if turn.answer.second is not None:
            self._unsure = (text, turn.answer.second)
            other = self._say.code(f"intent.{turn.answer.second}")
            self._print(self._say("Skriv 2 om du menade {other}.", other=other))
        if turn.number is None or turn.answer.proposal is None:
            return
        if not self._complete(turn.number, turn.answer.proposal.missing):
            return
        answer = self._line(self._say("Ska jag göra det? (ja/nej) "))
        if answer is None or answer.lower() not in _YES:
            self._talks.drop(turn.number, by=self._person)
            self._print(self._say("Då låter jag det vara."))
            return
        sees = self._sees_protected
        done = self._talks.confirm(turn.number, by=self._person, sees_protected=sees)
        self._print(self._done(done))

    def _answer(self, text: str) -> Turn:
        """Answer a question; after an unsure answer, "2" asks for the other reading."""
        unsure, self._unsure = self._unsure, None
        reading = None
        if unsure is not None and text == _OTHER:
            text, reading = unsure
        return self._talks.ask(
            self._key,
            text,
            self._say,
            person=self._person,
            sees_protected=self._sees_protected,
            reading=reading,
        )

    def _complete(self, number: int, missing: tuple[Part, ...]) -> bool:
        """Ask for what is missing; False where somebody gives up."""
        for part in missing:
            for _ in itertools.repeat(None, _TRIES):
                asked = self._say.code(f"part.{part}")
                said = self._line(f"{asked[:1].upper()}{asked[1:]}: ")
                if not said:
                    self._talks.drop(number, by=self._person)
                    self._print(self._say("Då låter jag det vara."))
                    return False
                try:
                    self._talks.tell(number, part, said, by=self._person)
                    break
                except UsageError as error:
                    self._print(self._say.error(error))
        return True

    def _undo(self) -> None:
        number = self._talks.last_done(self._key, by=self._person)
        if number is None:
            self._print(self._say("Det finns inget att ångra i det här samtalet."))
            return
        self._talks.undo(number, by=self._person)
        self._print(self._say("Ångrat: det är som det var innan."))

    def _done(self, done: Done) -> str:
        if done.case is None:
            return self._say(
                "Klart: infört som nummer {number}. ”ångra” drar tillbaka det.", number=done.item
            )
        status = self._say.code(f"status.{done.case.status}")
        return self._say(
            "Klart: ärende {case}, {status}. ”ångra” återställer.",
            case=done.case.number,
            status=status,
        )

    def _line(self, prompt: str) -> str | None:
        try:
            return self._read(prompt).strip()
        except (EOFError, KeyboardInterrupt):
            return None

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False)
