"""Which run comes next, and until when one can still be ahead of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from bot.dunning.model import (
    DeadlineCode,
    DunningRules,
    DunningStep,
    OpenInvoice,
    PaymentRun,
    WeeklyRun,
)
from bot.vocabulary import InvoiceStage, ProcessKey
from bot.worktime import Calendar, previous_working_day, previous_working_moment
from bot.worktime.office_calendar import LAST_YEAR

Coming = tuple[datetime, DeadlineCode]
"""A run in UTC, and which one it is."""

_SEARCHED = timedelta(days=70)
"""How far ahead of its first possible day a run is looked for; moved runs need some weeks."""
_DAY = timedelta(days=1)


def next_run(
    run: WeeklyRun, *, after: datetime, first_day: date | None, calendar: Calendar
) -> datetime | None:
    """Return the first start of a run after an instant and not before a day, in UTC.

    Args:
        first_day: A local date; None for no bound.

    Returns:
        None if there is none in the years of the calendar.
    """
    day = calendar.local_date(after)
    if first_day is not None:
        day = max(day, first_day)
    first, after = day, calendar.instant(after)
    while day.year < LAST_YEAR and day - first <= _SEARCHED:
        if day.weekday() in run.weekdays:
            moved = run.moves_before_days_off and not calendar.is_working_day(day)
            held = previous_working_day(day, calendar) if moved else day
            starts = calendar.instant(datetime.combine(held, run.at, calendar.zone))
            if held >= first and starts > after:
                return starts
        day += _DAY
    return None


def invoice_run(
    invoice: OpenInvoice, *, after: datetime, rules: DunningRules, calendar: Calendar
) -> Coming | None:
    """Return the next run after an instant that could take an invoice along.

    An invoice that counts as open may be taken by a run for collection too, since the ledger
    may be a day old. One of an unknown stage counts as open.

    Returns:
        None if the due date is unknown, the invoice is settled or at the collector, or its
        group has no such run.
    """
    due = invoice.due
    if due is None:
        return None
    coming = [
        (starts, code)
        for code, step in _steps(invoice, rules)
        if (starts := _taken_by(step, due, after, calendar)) is not None
    ]
    return min(coming, default=None)


def _steps(invoice: OpenInvoice, rules: DunningRules) -> Iterator[tuple[DeadlineCode, DunningStep]]:
    group = rules.group(invoice.group)
    if invoice.stage in (None, InvoiceStage.OPEN) and group.reminder is not None:
        yield DeadlineCode.REMINDER_RUN, group.reminder
    may_go_on = invoice.stage in (None, InvoiceStage.OPEN, InvoiceStage.REMINDED)
    if may_go_on and group.collection is not None:
        yield DeadlineCode.COLLECTION_RUN, group.collection


def _taken_by(step: DunningStep, due: date, after: datetime, calendar: Calendar) -> datetime | None:
    wait = timedelta(days=step.after_days)
    if wait > date.max - due:
        return None
    return next_run(step.run, after=after, first_day=due + wait, calendar=calendar)


def payment_run(
    process: ProcessKey | None,
    *,
    after: datetime,
    runs: Iterable[PaymentRun],
    calendar: Calendar,
) -> Coming | None:
    """Return the next payment run of a process after an instant, None if it has none.

    Args:
        process: None where it is not known; then any run could take the payment along.
    """
    coming = [
        (starts, DeadlineCode.PAYMENT_RUN)
        for payment in runs
        if process is None or payment.process == process
        if (starts := next_run(payment.run, after=after, first_day=None, calendar=calendar))
        is not None
    ]
    return min(coming, default=None)


def safe_until(
    due: date | None,
    stage: InvoiceStage | None,
    *,
    after: datetime,
    group: str,
    rules: DunningRules,
    calendar: Calendar,
) -> datetime | None:
    """Return the last working moment before the next run that could take an invoice along.

    Returns:
        In UTC; a closing time, or the start of the run if that is in opening hours. It is not
        after `after` when the office does not open again before the run. None if no such run
        is known; see `invoice_run`.
    """
    invoice = OpenInvoice(due=due, stage=stage, group=group)
    coming = invoice_run(invoice, after=after, rules=rules, calendar=calendar)
    return None if coming is None else previous_working_moment(coming[0], calendar)
