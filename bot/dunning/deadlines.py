"""By when an urgent case must be handled, and every rule that had a say in it.

`handle_by` is the earliest of the moments that the rules want. A rule whose moment is already
past when the office can start on the case (an invoice that is due today, a run tonight) has
no margin left to give: it wants the end of the same working day instead, or the moment before
the run if that comes first. So a deadline always lies ahead of the arrival.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from bot.dunning.model import (
    Deadline,
    DeadlineCode,
    DeadlineReason,
    DunningRules,
    OpenInvoice,
    PaymentRun,
)
from bot.dunning.runs import Coming, invoice_run, payment_run
from bot.vocabulary import InvoiceStage, ProcessKey
from bot.worktime import (
    Calendar,
    add_working_time,
    closing_time,
    end_of_working_day,
    next_working_moment,
    previous_working_day,
    previous_working_moment,
)

ONE_HOUR: Final = timedelta(hours=1)

_BEYOND_STOPPING: Final = {
    InvoiceStage.COLLECTION: DeadlineCode.AT_COLLECTOR,
    InvoiceStage.PAID: DeadlineCode.SETTLED,
    InvoiceStage.CREDITED: DeadlineCode.SETTLED,
}
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_ORDER: Final = {code: number for number, code in enumerate(DeadlineCode)}


def collections_deadline(
    *,
    arrived_at: datetime,
    invoices: Sequence[OpenInvoice],
    mentioned_collection: bool,
    calendar: Calendar,
    rules: DunningRules,
) -> Deadline:
    """Return by when a case must be handled so that no invoice wrongly goes to collection.

    Args:
        arrived_at: When the case reached us; aware.
        invoices: Those that the case is about, in any order. None at all counts as one of
            which the due date is not known.
        mentioned_collection: The sender mentions a reminder, collection or Kronofogden.

    Returns:
        `handle_by` is the earliest of: the end of the next working day after the arrival; one
        working day before each due date; one working day before an invoice can be taken by a
        run. It is at the latest the end of the same working day (the next one, after closing)
        when a due date is not known or passed, or collection is mentioned. Settled invoices
        have no runs, but their due dates count.
    """
    desk = _Desk(arrived_at, calendar)
    reasons = [DeadlineReason(code=DeadlineCode.NEXT_WORKING_DAY, until=desk.next_day)]
    if mentioned_collection:
        reasons.append(DeadlineReason(code=DeadlineCode.COLLECTION_MENTIONED, until=desk.same_day))
    if not invoices:
        reasons.append(desk.due_rule(None))
    coming: list[Coming] = []
    for invoice in set(invoices):
        reasons.append(desk.due_rule(invoice.due))
        reasons.extend(_run_rules(invoice, desk, rules))
        run = invoice_run(invoice, after=arrived_at, rules=rules, calendar=calendar)
        if run is not None:
            coming.append(run)
    return _deadline(reasons, min(coming, default=None), desk)


def _run_rules(invoice: OpenInvoice, desk: _Desk, rules: DunningRules) -> Iterator[DeadlineReason]:
    if invoice.stage in _BEYOND_STOPPING:
        yield DeadlineReason(code=_BEYOND_STOPPING[invoice.stage])
        return
    # What goes before the office opens nobody can stop; what comes after that they can.
    run = invoice_run(invoice, after=desk.starts, rules=rules, calendar=desk.calendar)
    if run is None:
        if invoice.due is not None:
            yield DeadlineReason(code=DeadlineCode.NO_RUN_KNOWN)
        return
    run_at, code = run
    safe = previous_working_moment(run_at, desk.calendar)
    until = min(safe, desk.ahead(_one_working_day_before(safe, desk.calendar)))
    yield DeadlineReason(code=code, until=until, due=invoice.due, run_at=run_at)


def payout_deadline(
    *,
    arrived_at: datetime,
    due: date | None,
    process: ProcessKey | None,
    calendar: Calendar,
    runs: Sequence[PaymentRun],
) -> Deadline:
    """Return by when a case must be handled so that no wrong payment goes out.

    Args:
        arrived_at: When the case reached us; aware.
        due: The day of the payment. Whatever day it is, the next run counts, since payments
            are sent before they are due.
        process: Whose payment runs count; None where it is not known.
        runs: Of all processes.

    Returns:
        `handle_by` is the last working moment before the next payment run. Where the day, the
        process or its runs are not known it is one working hour after the arrival, or the
        next run that could take the payment along if that comes first.
    """
    desk = _Desk(arrived_at, calendar)
    coming = payment_run(process, after=arrived_at, runs=runs, calendar=calendar)
    stoppable = payment_run(process, after=desk.starts, runs=runs, calendar=calendar)
    in_an_hour = add_working_time(arrived_at, ONE_HOUR, calendar)
    reasons: list[DeadlineReason] = []
    if stoppable is not None:
        run_at, code = stoppable
        until = previous_working_moment(run_at, calendar)
        reasons.append(DeadlineReason(code=code, until=until, run_at=run_at))
    if process is None or stoppable is None:
        unknown = DeadlineCode.PAYMENT_RUN_UNKNOWN
        reasons.append(DeadlineReason(code=unknown, until=in_an_hour))
    elif due is None:
        unknown = DeadlineCode.PAYMENT_DATE_UNKNOWN
        reasons.append(DeadlineReason(code=unknown, until=in_an_hour))
    return _deadline(reasons, coming, desk)


class _Desk:
    """The working day that an arrival falls into."""

    __slots__ = ("arrived_at", "calendar", "next_day", "same_day", "starts", "today")

    def __init__(self, arrived_at: datetime, calendar: Calendar) -> None:
        self.arrived_at = arrived_at
        self.calendar = calendar
        self.today = calendar.local_date(arrived_at)
        self.starts = next_working_moment(arrived_at, calendar)
        self.same_day = end_of_working_day(arrived_at, calendar)
        # After closing, and on a day off, the same working day is the next one.
        days = 0 if closing_time(arrived_at, calendar) is None else 1
        self.next_day = end_of_working_day(arrived_at, calendar, after_days=days)

    def ahead(self, moment: datetime) -> datetime:
        """Return a moment if one can still work until then, else the end of the same day."""
        return moment if moment > self.starts else self.same_day

    def due_rule(self, due: date | None) -> DeadlineReason:
        """Return what a due date asks for."""
        if due is None:
            return DeadlineReason(code=DeadlineCode.DUE_UNKNOWN, until=self.same_day)
        if due < self.today:
            return DeadlineReason(code=DeadlineCode.DUE_PASSED, until=self.same_day, due=due)
        midnight = datetime.combine(due, time.min, self.calendar.zone)
        until = self.ahead(previous_working_moment(midnight, self.calendar))
        return DeadlineReason(code=DeadlineCode.BEFORE_DUE, until=until, due=due)


def _one_working_day_before(moment: datetime, calendar: Calendar) -> datetime:
    """Return the same time on the working day before; for a closing time, that day's closing."""
    day = calendar.local_date(moment)
    openings = calendar.openings(day)
    if openings and openings[-1][1] == moment:
        wall = datetime.combine(day, time.min, calendar.zone)
    else:
        at = moment.astimezone(calendar.zone).time()
        wall = datetime.combine(previous_working_day(day, calendar), at, calendar.zone)
    return previous_working_moment(wall, calendar)


def _deadline(reasons: Iterable[DeadlineReason], coming: Coming | None, desk: _Desk) -> Deadline:
    safe = None if coming is None else previous_working_moment(coming[0], desk.calendar)
    found = list(reasons)
    if coming is not None and coming[0] <= desk.starts:
        found.append(DeadlineReason(code=DeadlineCode.LOST_BEFORE_OPENING, run_at=coming[0]))
    return Deadline(
        handle_by=min(reason.until for reason in found if reason.until is not None),
        safe_until=safe,
        reasons=_each_once(found),
    )


def _each_once(reasons: Iterable[DeadlineReason]) -> tuple[DeadlineReason, ...]:
    """Return the strictest reason of each code, strictest first, explanations last."""
    first: dict[DeadlineCode, DeadlineReason] = {}
    for reason in sorted(reasons, key=_strictness):
        first.setdefault(reason.code, reason)
    return tuple(first.values())


def _strictness(reason: DeadlineReason) -> tuple[datetime, int, date, datetime]:
    return (
        reason.until or _NEVER,
        _ORDER[reason.code],
        reason.due or date.max,
        reason.run_at or _NEVER,
    )
