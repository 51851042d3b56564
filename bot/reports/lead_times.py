"""The agreed lead times: how soon a case is to be answered and closed, in working time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.vocabulary import CustomerKey, MatterKey, ProcessKey
from bot.worktime import Calendar, add_working_time


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTime:
    """What is agreed for some cases; None stands for all of them.

    Attributes:
        answer_s, close_s: Working seconds; None where nothing is agreed.
    """

    process: ProcessKey | None = None
    matter: MatterKey | None = None
    customer: CustomerKey | None = None
    answer_s: int | None = None
    close_s: int | None = None


LeadTimes = tuple[LeadTime, ...]
"""The first one that fits a case is the one that holds for it."""


def fitting(
    rules: LeadTimes, *, process: str | None, matter: str | None, customer: str | None
) -> LeadTime | None:
    """Return what is agreed for a case; None where nothing is."""
    return next(
        (
            rule
            for rule in rules
            if rule.process in (None, process)
            and rule.matter in (None, matter)
            and rule.customer in (None, customer)
        ),
        None,
    )


def last_decided_day(rule: LeadTime, now: datetime, calendar: Calendar) -> int:
    """Return the last local day (ordinal) of which every case's time to answer is over.

    What came later, and has no answer yet, may still be answered in time.
    """
    assert rule.answer_s is not None  # the caller asks only where something is agreed
    latest = add_working_time(now, -timedelta(seconds=rule.answer_s), calendar)
    return calendar.local_date(latest).toordinal() - 1
