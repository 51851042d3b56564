"""The registers as forms: what can be chosen, and an entry out of what was filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, TypeVar

from bot.cases import Case
from bot.errors import DataError, Saying
from bot.knowledge import Knowledge
from bot.registers import (
    NATURES,
    EntryKind,
    Facts,
    Item,
    Register,
    Rung,
    Source,
    Step,
    may_follow,
    may_say,
)
from bot.services.choices import Choice
from bot.services.registers import Registers
from bot.texts import Say
from bot.texts.codes import CODES
from bot.vocabulary import Language, PersonKey, ProcessKey

_Word = TypeVar("_Word", bound=StrEnum)
_Key = TypeVar("_Key", bound=str)

_NEEDED: Final[Mapping[Register, tuple[str, ...]]] = {
    Register.REMARKS: (),
    Register.CUSTOMER_LOG: ("customer",),
    Register.PROCESS_LOG: ("process",),
}
"""What somebody must fill in to open an item; the rest follows from the knowledge."""
_LONGEST_VALUE: Final = 60
_FACTS: Final[Mapping[str, str]] = {
    words: code.removeprefix("fact.") for code, words in CODES.items() if code.startswith("fact.")
}
"""What a fact is called in a sentence -> its field."""
_UNREAD: Final[Mapping[str, Saying]] = {
    "due": Saying("Skriv en dag som {example}.", example="2026-03-31"),
}
"""What is said of a value that cannot be read, where the field offers no choice."""
_WITHOUT_TEXT: Final = EntryKind.HANDED_OVER


class WrongFields(DataError):
    """Something in a form is missing or wrong.

    Attributes:
        errors: Name of a field -> what is wrong with it.
    """

    def __init__(self, errors: Mapping[str, Saying]) -> None:
        super().__init__("formuläret är inte rätt ifyllt; se fälten")
        self.errors = errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What can be chosen in the forms of a register, in the reader's language."""

    natures: tuple[Choice, ...]
    sources: tuple[Choice, ...]
    units: tuple[Choice, ...]
    processes: tuple[Choice, ...]
    customers: tuple[Choice, ...]
    people: tuple[Choice, ...]
    rungs: tuple[Choice, ...]


class RegisterForms:
    """Opens items and adds to them as forms say; each call is one transaction."""

    def __init__(self, registers: Registers, knowledge: Knowledge) -> None:
        self._registers = registers
        self._knowledge = knowledge
        self._known: Mapping[str, Callable[[Register, str], object]] = {
            "nature": lambda register, value: _one_of(NATURES[register], value),
            "source": lambda _, value: _one_of(tuple(Source), value),
            "rung": lambda _, value: _one_of(tuple(Rung), value),
            "unit": lambda _, value: _key_of(knowledge.units, value),
            "process": lambda _, value: _key_of(knowledge.processes, value),
            "customer": lambda _, value: _key_of(knowledge.customers, value),
            "owner": lambda _, value: _key_of(knowledge.people, value),
            "proposer": lambda _, value: _key_of(knowledge.people, value),
            "due": lambda _, value: date.fromisoformat(value),
        }

    def options(self, register: Register, say: Say) -> Options:
        """Return what can be chosen."""
        knowledge, language = self._knowledge, Language(say.language)
        names = knowledge.names_in(say.language)
        people = sorted(knowledge.people.values(), key=lambda person: person.name)
        customers = sorted(knowledge.customers.values(), key=lambda unit: unit.full_name)
        return Options(
            natures=_coded(NATURES[register], "nature", say),
            sources=_coded(tuple(Source), "source", say),
            units=tuple(
                Choice(key=unit.key, name=unit.name.in_language(language))
                for unit in knowledge.units.values()
            ),
            processes=tuple(
                Choice(key=key, name=names.process(key)) for key in knowledge.processes
            ),
            customers=tuple(Choice(key=unit.key, name=unit.full_name) for unit in customers),
            people=tuple(Choice(key=person.key, name=person.name) for person in people),
            rungs=_coded(tuple(Rung), "support", say),
        )

    def fields(self, register: Register, kind: str) -> frozenset[str]:
        """Return which facts an entry of a kind may say beside its text."""
        return may_say(register, EntryKind(kind))

    def following(self, item: Item, say: Say) -> tuple[Choice, ...]:
        """Return what can be entered on an item as it stands."""
        return _coded(may_follow(item), "entry", say)

    def open(
        self, register: Register, typed: Mapping[str, str], *, by: PersonKey, case: Case | None
    ) -> Item:
        """Open an item; see `Registers.open`.

        Args:
            typed: Names of facts and ``text``; empty values say nothing.

        Raises:
            WrongFields: Something is missing or wrong.
        """
        needed = () if case is not None else _NEEDED[register]
        step = self._step(register, EntryKind.OPENED, typed, needed)
        try:
            return self._registers.open(register, step, by=by, case=case)
        except DataError as error:
            raise _beside(error) from error

    def follow(
        self, register: Register, number: int, typed: Mapping[str, str], *, by: PersonKey
    ) -> Item:
        """Add an entry to an item; see `Registers.follow`.

        Args:
            typed: ``kind``, names of facts and ``text``; empty values say nothing.

        Raises:
            NotFound: There is no such item.
            WrongFields: Something is missing or wrong.
        """
        item = self._registers.sheet(register, number).item
        kind = _one_of(may_follow(item), typed.get("kind", ""))
        if kind is None:
            raise WrongFields({"kind": Saying("Välj vad som har hänt.")})
        needed = ("owner",) if kind is EntryKind.HANDED_OVER else ()
        step = self._step(register, kind, typed, needed)
        try:
            return self._registers.follow(register, number, step, by=by)
        except DataError as error:
            raise _beside(error) from error

    def name(self, fact: str, value: object, say: Say) -> str:
        """Say the value of a fact in the reader's language; empty for None."""
        if value is None:
            return ""
        key = str(value)
        names = self._knowledge.names_in(say.language)
        if fact in ("nature", "source", "rung"):
            return say.code(f"{'support' if fact == 'rung' else fact}.{key}")
        if fact == "process":
            return names.process(ProcessKey(key))
        if fact in ("owner", "proposer"):
            return names.person(PersonKey(key))
        if fact == "customer":
            return self._knowledge.customer_name(key) or key
        if fact == "unit":
            units = {str(unit.key): unit.name for unit in self._knowledge.units.values()}
            return units[key].in_language(Language(say.language)) if key in units else key
        return say.date(value, year=True) if isinstance(value, date) else key

    def _step(
        self,
        register: Register,
        kind: EntryKind,
        typed: Mapping[str, str],
        needed: tuple[str, ...],
    ) -> Step:
        errors: dict[str, Saying] = {}
        said: dict[str, Any] = {}  # each fact has a type of its own
        for name, read in self._known.items():
            value = typed.get(name, "").strip()
            if not value:
                if name in needed:
                    errors[name] = Saying("Fyll i {what}.", what=Saying(CODES[f"fact.{name}"]))
                continue
            if name not in may_say(register, kind):
                errors[name] = Saying(
                    "Hör inte till ”{kind}”; lämna tomt.", kind=Saying(CODES[f"entry.{kind}"])
                )
                continue
            found = _read(read, register, value)
            if found is None:
                errors[name] = _UNREAD.get(name, Saying("Finns inte att välja."))
            said[name] = found
        text = typed.get("text", "")
        if not text.strip() and kind is not _WITHOUT_TEXT:
            errors["text"] = Saying("Skriv vad som ska stå.")
        if errors:
            raise WrongFields(errors)
        return Step(kind=kind, text=text if text.strip() else None, facts=Facts(**said))


def _read(read: Callable[[Register, str], object], register: Register, value: str) -> object:
    try:
        return read(register, value[:_LONGEST_VALUE])
    except ValueError:
        return None


def _beside(error: DataError) -> WrongFields:
    """Return what the register refuses, beside the field that it is about; else the text."""
    if set(error.values) == {"day"}:
        name = "due"
    elif set(error.values) == {"at", "to"}:
        name = "rung"
    else:
        facts = [_FACTS[str(one)] for one in error.values.values() if str(one) in _FACTS]
        name = facts[0] if facts else "nature" if "nature" in error.values else "text"
    return WrongFields({name: Saying(error.source, **error.values)})


def _one_of(words: tuple[_Word, ...], value: str) -> _Word | None:
    return next((word for word in words if word.value == value), None)


def _key_of(known: Mapping[_Key, object], value: str) -> _Key | None:
    return next((key for key in known if key == value), None)


def _coded(words: tuple[StrEnum, ...], group: str, say: Say) -> tuple[Choice, ...]:
    return tuple(Choice(key=word.value, name=say.code(f"{group}.{word}")) for word in words)
