"""What the trial of a change found, for somebody who may see some cases and not others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.cases import CaseNumber
from bot.edits import Change
from bot.store.unit_of_work import Database
from bot.vocabulary import NONE, MatterKey, ProcessKey, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedCase:
    """A case, or a mail that is none, of which the urgency would be another.

    Attributes:
        number: None for a mail that is no case.
        words: Words of the knowledge that made the difference.
    """

    number: str | None
    urgent: Urgency
    process: ProcessKey | None
    matter: MatterKey | None
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialView:
    """The figures of a trial, and the cases that may be shown.

    Attributes:
        changed: Mails that would be judged otherwise.
        lost: Cases that are urgent today and would not be.
        later: Cases that would be urgent only from a later mail.
        gained: What would become urgent.
        lost_count, later_count, gained_count: Of all, also of those that are not shown.
        hidden: Cases that are protected and only counted.
    """

    mails: int
    changed: int
    failed: int
    lost: tuple[TriedCase, ...]
    later: tuple[TriedCase, ...]
    gained: tuple[TriedCase, ...]
    lost_count: int
    later_count: int
    gained_count: int
    hidden: int


def trial_view(database: Database, change: Change, *, sees_protected: bool) -> TrialView | None:
    """Return what a trial found; None where there was none, or none yet."""
    found = change.trial
    if found is None:
        return None
    lists = {name: found[name] for name in ("lost", "later", "gained")}
    protected = frozenset() if sees_protected else _protected(database, lists.values())
    shown = {
        name: tuple(_tried(one) for one in rows if one["case"] not in protected)
        for name, rows in lists.items()
    }
    return TrialView(
        mails=found["mails"],
        changed=found["changed"],
        failed=found["failed"],
        lost=shown["lost"],
        later=shown["later"],
        gained=shown["gained"],
        lost_count=found["urgent_lost"],
        later_count=found["urgent_later"],
        gained_count=found["urgent_gained"],
        hidden=sum(len(rows) - len(shown[name]) for name, rows in lists.items()),
    )


def _protected(database: Database, lists: Iterable[list[Mapping[str, Any]]]) -> frozenset[str]:
    named = {one["case"] for rows in lists for one in rows if one["case"] is not None}
    numbers = [number for name in sorted(named) if (number := CaseNumber.parse(name)) is not None]
    with database.reading() as work:
        cases = work.cases.by_numbers(numbers)
    return frozenset(str(number) for number, case in cases.items() if case.protected)


def _tried(one: Mapping[str, Any]) -> TriedCase:
    return TriedCase(
        number=one["case"],
        urgent=Urgency(one["urgent"]),
        process=None if one["process"] == NONE else ProcessKey(one["process"]),
        matter=None if one["matter"] == NONE else MatterKey(one["matter"]),
        words=tuple(reason["words"] for reason in one["reasons"] if reason["words"]),
    )
