"""What the options of `remark` and `log` amount to: an entry, or a choice of items."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from bot.errors import UsageError
from bot.registers import LONGEST_TEXT, EntryKind, Facts, Nature, Rung, Source, Step
from bot.services.naming import process_named
from bot.services.registers import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.knowledge import Knowledge
    from bot.vocabulary import CustomerKey, PersonKey, ProcessKey, UnitKey

_E = TypeVar("_E", bound=StrEnum)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person gave beside the number of an item; None where an option was left out."""

    text: str | None = None
    nature: str | None = None
    source: str | None = None
    unit: str | None = None
    process: str | None = None
    customer: str | None = None
    owner: str | None = None
    proposer: str | None = None
    rung: str | None = None
    due: datetime | None = None

    def step(self, kind: EntryKind, knowledge: Knowledge) -> Step:
        """Return the entry that was meant.

        Raises:
            UsageError: An option names what there is not.
        """
        return Step(kind=kind, text=_read(self.text), facts=self._facts(knowledge))

    def _facts(self, knowledge: Knowledge) -> Facts:
        return Facts(
            nature=_one_of(Nature, self.nature, "--nature"),
            source=_one_of(Source, self.source, "--source"),
            unit=_unit(self.unit, knowledge),
            process=_process(self.process, knowledge),
            customer=_customer(self.customer, knowledge),
            owner=_person(self.owner, "--owner", knowledge),
            proposer=_person(self.proposer, "--proposer", knowledge),
            rung=_one_of(Rung, self.rung, "--to"),
            due=None if self.due is None else self.due.date(),
        )


def step_kind(text: str, known: Iterable[EntryKind]) -> EntryKind:
    """Return the kind of entry that ``--step`` names; UsageError where it names none."""
    return _named({kind.value: kind for kind in known}, text, "--step")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which items a person asked for; None where an option was left out."""

    unit: str | None = None
    process: str | None = None
    customer: str | None = None
    open_only: bool = False
    overdue: bool = False

    def wanted(self, knowledge: Knowledge, today: date) -> Wanted:
        """Return which items were meant.

        Raises:
            UsageError: An option names what there is not.
        """
        return Wanted(
            unit=_unit(self.unit, knowledge),
            process=_process(self.process, knowledge),
            customer=_customer(self.customer, knowledge),
            open_only=self.open_only,
            overdue_on=today if self.overdue else None,
        )


def _read(text: str | None) -> str | None:
    return sys.stdin.read(2 * LONGEST_TEXT) if text == "-" else text


def _one_of(words: type[_E], given: str | None, option: str) -> _E | None:
    if given is None:
        return None
    return _named({word.value: word for word in words}, given, option)


def _named(known: Mapping[str, _T], given: str, option: str) -> _T:
    found = known.get(given.strip().lower())
    if found is None:
        raise UsageError("{option}: välj bland {known}", option=option, known=", ".join(known))
    return found


def _unit(given: str | None, knowledge: Knowledge) -> UnitKey | None:
    if given is None:
        return None
    return _named({key: key for key in knowledge.units}, given, "--unit")


def _process(given: str | None, knowledge: Knowledge) -> ProcessKey | None:
    return None if given is None else process_named(given, knowledge)


def _customer(given: str | None, knowledge: Knowledge) -> CustomerKey | None:
    if given is None:
        return None
    found = knowledge.customer_key(given)
    if found is None:
        raise UsageError(
            "--customer: det finns ingen sådan kund; skriv namn eller nyckel ur customers.yaml"
        )
    return found


def _person(given: str | None, option: str, knowledge: Knowledge) -> PersonKey | None:
    if given is None:
        return None
    found = knowledge.person_by_email.get(given.strip().lower())
    if found is None:
        raise UsageError("{option}: ingen i organisationen har den e-postadressen", option=option)
    return found
