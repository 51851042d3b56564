"""Runs: ``dunning.yaml`` and ``payment_runs.yaml``, and the values that `bot.dunning` takes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from typing import Annotated

from pydantic import Field, model_validator

from bot.dunning import DunningGroup, DunningRules, DunningStep, PaymentRun, WeeklyRun
from bot.dunning.model import DEFAULT_GROUP, LONGEST_WAIT
from bot.errors import BadValue
from bot.knowledge.hours import Weekday
from bot.knowledge.models import CustomerKind, File, Key, Names
from bot.knowledge.yaml_file import KnowledgeModel, shaped
from bot.texts import mark
from bot.vocabulary import ProcessKey

_Weekdays = Annotated[frozenset[Weekday], Field(min_length=1)]
_NumberStart = Annotated[
    str, Field(max_length=20), shaped(r"[0-9A-Za-z-]+", mark("början av ett kundnummer"))
]


def _weekly(weekdays: Iterable[Weekday], at: time, *, moves: bool) -> WeeklyRun:
    numbers = frozenset(list(Weekday).index(day) for day in weekdays)
    return WeeklyRun(weekdays=numbers, at=at, moves_before_days_off=moves)


class Step(KnowledgeModel):
    """A reminder or collection: after how many days, and when its run starts.

    Attributes:
        after_days: Calendar days from the due date.
        before_days_off: Whether a run moves to the working day before a day off.
    """

    after_days: Annotated[int, Field(ge=0, le=LONGEST_WAIT)]
    weekdays: _Weekdays
    at: time
    before_days_off: bool = False

    @model_validator(mode="after")
    def _is_a_step(self) -> Step:
        self.of_dunning()
        return self

    def of_dunning(self) -> DunningStep:
        """Return it as `bot.dunning` has it."""
        run = _weekly(self.weekdays, self.at, moves=self.before_days_off)
        return DunningStep(after_days=self.after_days, run=run)


class Steps(KnowledgeModel):
    """How invoices of some customers are dunned; a step that is absent is never taken."""

    reminder: Step | None = None
    collection: Step | None = None

    @model_validator(mode="after")
    def _is_in_order(self) -> Steps:
        self.of_dunning()
        return self

    def of_dunning(self) -> DunningGroup:
        """Return them as `bot.dunning` has them."""
        return DunningGroup(
            reminder=None if self.reminder is None else self.reminder.of_dunning(),
            collection=None if self.collection is None else self.collection.of_dunning(),
        )


class CustomerGroup(Steps):
    """Customers that are dunned in their own way.

    Attributes:
        kinds: Units of the customer register that belong to the group.
        numbers: How the numbers of its customers in the ledger begin.
    """

    key: Key[str]
    name: Names
    kinds: tuple[CustomerKind, ...] = ()
    numbers: tuple[_NumberStart, ...] = ()

    @model_validator(mode="after")
    def _is_not_the_default(self) -> CustomerGroup:
        if self.key == DEFAULT_GROUP:
            raise BadValue("nyckeln {key} är upptagen", key=DEFAULT_GROUP)
        return self


class DunningFile(File):
    """``dunning.yaml``."""

    default: Steps
    groups: tuple[CustomerGroup, ...] = ()


class PaymentTimes(KnowledgeModel):
    """A payment run of a process.

    Attributes:
        cut_off: After it a payment in the run can no longer be held back.
    """

    process: ProcessKey
    weekdays: _Weekdays
    cut_off: time
    before_days_off: bool = False

    @model_validator(mode="after")
    def _is_a_run(self) -> PaymentTimes:
        self.of_dunning()
        return self

    def of_dunning(self) -> PaymentRun:
        """Return it as `bot.dunning` has it."""
        run = _weekly(self.weekdays, self.cut_off, moves=self.before_days_off)
        return PaymentRun(process=self.process, run=run)


class PaymentRunFile(File):
    """``payment_runs.yaml``; without runs, when payments go out is not known."""

    runs: tuple[PaymentTimes, ...] = ()


def make_rules(file: DunningFile) -> DunningRules:
    """Return the dunning calendar of a file."""
    return DunningRules(
        default=file.default.of_dunning(),
        groups={group.key: group.of_dunning() for group in file.groups},
    )


def make_payment_runs(file: PaymentRunFile) -> tuple[PaymentRun, ...]:
    """Return the payment runs of a file, in its order."""
    return tuple(run.of_dunning() for run in file.runs)
