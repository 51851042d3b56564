"""Giving out stop lists, and finding what went to the collector all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import structlog

from bot.cases import PlannedAction
from bot.clock import Clock
from bot.dunning import OpenInvoice, WeeklyRun, invoice_run, payment_run
from bot.knowledge import Knowledge
from bot.language.amounts import find_amounts
from bot.language.customer_numbers import find_customer_numbers
from bot.ledger_file import Invoice
from bot.notifying import AlertCode
from bot.stop_list import (
    Difference,
    Line,
    ListedCase,
    ListedInvoice,
    Taken,
    compose,
    difference,
    just_before,
    likely_invoices,
    next_run_day,
    runs_on,
    weekly_runs,
)
from bot.store.stop_list_misses import AtCollector, Miss
from bot.store.stop_lists import GivenOut, Judged, Stated
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import ActionKind, CaseId, InvoiceStage, ProcessKey, Urgency
from bot.worktime import Calendar, next_working_moment

log = structlog.get_logger()

MOST_SINGLE_ALERTS = 10
"""When more invoices are missed at once, one alert sums them up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A stop list that has just been given out.

    Attributes:
        run: The local day of the run that it is for; None where no run is known.
        runs_then: A run goes on that day.
        before: When the last list of the same kind was given out; None for the first.
        changes: The difference to that list.
    """

    run: date | None
    runs_then: bool
    made_at: datetime
    lines: tuple[Line, ...]
    before: datetime | None
    changes: Difference


class StopLists:
    """Makes stop lists; each is stored as it is given out."""

    def __init__(self, database: Database, knowledge: Knowledge, clock: Clock) -> None:
        self._database = database
        self._knowledge = knowledge
        self._clock = clock

    def make(self, kind: Urgency, *, run: date | None = None) -> Made:
        """Give out the list of a kind, ``collections`` or ``payout``, for a run.

        Args:
            run: The local day of the run; default: the next one.
        """
        now = self._clock.now()
        calendar = self._knowledge.calendar
        runs = self._runs(kind)
        day = run or next_run_day(runs, after=now, calendar=calendar)
        with self._database.reading() as work:
            cases = self._cases(work, kind)
            last = work.stop_lists.last(kind)
        lines = tuple(compose(cases, taken=self._taken(kind, day, now)))
        with self._database.work() as work:
            work.stop_lists.give_out(GivenOut(kind=kind, run_on=day, made_at=now, lines=lines))
        log.info("stop_list_given_out", kind=kind.value, lines=len(lines))
        return Made(
            run=day,
            runs_then=day is not None and runs_on(runs, day, calendar),
            made_at=now,
            lines=lines,
            before=None if last is None else last.made_at,
            changes=difference(() if last is None else last.lines, lines),
        )

    def misses(self) -> list[Miss]:
        """Return what stood on a list and went to the collector all the same, newest first."""
        with self._database.reading() as work:
            return work.misses.listed()

    def _runs(self, kind: Urgency) -> Iterable[WeeklyRun]:
        if kind is Urgency.PAYOUT:
            return frozenset(payment.run for payment in self._knowledge.payment_runs)
        return weekly_runs(self._knowledge.dunning)

    def _cases(self, work: Work, kind: Urgency) -> list[ListedCase]:
        cases = work.stop_lists.open_cases(kind)
        asked = [case.id for case in cases if kind is Urgency.PAYOUT or not case.numbered]
        judged = work.stop_lists.judged(asked)
        cases = [_with_judgement(case, judged.get(case.id)) for case in cases]
        likely = _Likely(work, self._knowledge, cases) if kind is Urgency.COLLECTIONS else None
        return [self._finished(case, likely) for case in cases]

    def _finished(self, case: ListedCase, likely: _Likely | None) -> ListedCase:
        named = replace(case, customer=self._knowledge.customer_name(case.customer))
        return named if likely is None or case.numbered else likely.of(named)

    def _taken(self, kind: Urgency, day: date | None, now: datetime) -> Taken:
        if day is None:
            return lambda _case, _invoice: False
        calendar = self._knowledge.calendar
        after = now if day == calendar.local_date(now) else just_before(day, calendar)
        taken = self._payment_taken if kind is Urgency.PAYOUT else self._invoice_taken
        return taken(after, lambda start: calendar.local_date(start) == day)

    def _payment_taken(self, after: datetime, is_the_run: Callable[[datetime], bool]) -> Taken:
        known: dict[ProcessKey | None, bool] = {}

        def taken(case: ListedCase, _invoice: ListedInvoice | None) -> bool:
            if case.process not in known:
                coming = payment_run(
                    case.process,
                    after=after,
                    runs=self._knowledge.payment_runs,
                    calendar=self._knowledge.calendar,
                )
                known[case.process] = coming is not None and is_the_run(coming[0])
            return known[case.process]

        return taken

    def _invoice_taken(self, after: datetime, is_the_run: Callable[[datetime], bool]) -> Taken:
        known: dict[tuple[date, InvoiceStage | None, str], bool] = {}

        def taken(_case: ListedCase, invoice: ListedInvoice | None) -> bool:
            if invoice is None or invoice.due is None:
                return True  # for all that is known
            group = self._knowledge.dunning_group(invoice.customer, customer_no=invoice.customer_no)
            key = (invoice.due, invoice.stage, group)
            if key not in known:
                coming = invoice_run(
                    OpenInvoice(due=invoice.due, stage=invoice.stage, group=group),
                    after=after,
                    rules=self._knowledge.dunning,
                    calendar=self._knowledge.calendar,
                )
                known[key] = coming is not None and is_the_run(coming[0])
            return known[key]

        return taken


class _Likely:
    """Which invoices the cases without a number may be about."""

    def __init__(self, work: Work, knowledge: Knowledge, cases: Sequence[ListedCase]) -> None:
        lost = [case for case in cases if not case.numbered]
        self._stated = work.stop_lists.stated([case.id for case in lost])
        self._names = {case.id: tuple(self._named(case, knowledge)) for case in lost}
        self._numbers = {case.id: tuple(self._numbered(case.id)) for case in lost}
        self._by_name = work.ledger.open_of_customers(_all_of(self._names))
        self._by_number = work.ledger.open_of_customer_numbers(_all_of(self._numbers))

    def of(self, case: ListedCase) -> ListedCase:
        """Return a case with its likely invoices."""
        numbers, names = self._numbers[case.id], self._names[case.id]
        found = _each_once(self._by_number, numbers) or _each_once(self._by_name, names)
        if not found:
            return case
        amounts = [ore for text in self._said(case.id).texts for ore in find_amounts(text)]
        return replace(case, likely=likely_invoices(found, amounts))

    def _named(self, case: ListedCase, knowledge: Knowledge) -> Iterator[str]:
        """Yield what the payer may be called in the ledger."""
        key = knowledge.customer_key(case.customer)
        if key is not None:
            forms = knowledge.customers[key].forms()
            for form in forms:
                yield from (form, form.upper(), form[:1].upper() + form[1:])
        else:
            for name in self._said(case.id).names:
                plain = " ".join(name.split())
                if plain:
                    yield plain

    def _numbered(self, case_id: CaseId) -> Iterator[str]:
        for text in self._said(case_id).texts:
            yield from find_customer_numbers(text)

    def _said(self, case_id: CaseId) -> Stated:
        return self._stated.get(case_id, _NOTHING_SAID)


_NOTHING_SAID = Stated(names=(), texts=())


def _all_of(words: Mapping[CaseId, Iterable[str]]) -> list[str]:
    return sorted({word for some in words.values() for word in some})


def _each_once(
    invoices: Mapping[str, Iterable[Invoice]], words: Iterable[str]
) -> list[ListedInvoice]:
    found = {invoice.number: invoice for word in words for invoice in invoices.get(word, ())}
    return [_listed(invoice) for invoice in found.values()]


def _listed(invoice: Invoice) -> ListedInvoice:
    return ListedInvoice(
        number=invoice.number,
        ocr=invoice.ocr,
        customer_no=invoice.customer_no,
        customer=invoice.customer,
        due=invoice.due,
        amount_ore=invoice.amount_ore,
        stage=invoice.stage,
    )


def find_misses(database: Database, calendar: Calendar, clock: Clock) -> int:
    """Find what stood on a stop list and is at the collector now; return how many are new.

    To be called after every import of the ledger. Each invoice is counted and told once. What
    is at the collector rightly is no miss: a person has ticked that no stop was needed, or
    that it was stopped and the new due date has passed too. Nobody is called at night for
    what is lost already: an import outside opening hours tells at the opening.
    """
    with database.reading() as work:
        found = work.misses.at_collector()
        rightly = work.misses.without_need([miss.case_id for miss in found if miss.ticked])
    missed = {miss.invoice: miss for miss in reversed(found) if not _is_right(miss, rightly)}
    if not missed:
        return 0
    misses = [missed[invoice] for invoice in sorted(missed)]
    now = clock.now()
    with database.work() as work:
        work.misses.record(misses, now)
        work.actions.plan(_alerts(misses, next_working_moment(now, calendar)), now)
    log.error("stop_list_missed", invoices=len(misses))
    return len(misses)


def _is_right(miss: AtCollector, without_need: frozenset[CaseId]) -> bool:
    moved = miss.due is not None and miss.ledger_due is not None and miss.ledger_due > miss.due
    return miss.ticked and (moved or miss.case_id in without_need)


def _alerts(misses: Sequence[AtCollector], due_at: datetime) -> Iterator[PlannedAction]:
    if len(misses) > MOST_SINGLE_ALERTS:
        yield PlannedAction(
            key=f"alert:stop_list_misses:{misses[0].invoice}",
            kind=ActionKind.ALERT,
            case_id=None,
            due_at=due_at,
            data={
                "code": AlertCode.STOP_LIST_MISSES.value,
                "count": len(misses),
                "amount_ore": sum(miss.amount_ore for miss in misses),
            },
        )
        return
    for miss in misses:
        yield PlannedAction(
            key=f"alert:stop_list_miss:{miss.invoice}",
            kind=ActionKind.ALERT,
            case_id=miss.case_id,
            due_at=due_at,
            data={
                "code": AlertCode.STOP_LIST_MISS.value,
                "invoice": miss.invoice,
                "amount_ore": miss.amount_ore,
            },
        )


def _with_judgement(case: ListedCase, judged: Judged | None) -> ListedCase:
    return case if judged is None else replace(case, missing=judged.missing, due=judged.due)
