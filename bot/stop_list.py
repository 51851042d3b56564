"""The stop list: which invoices must not go on to collection, and which payments not out.

Values in, lines out. Nothing that is open and not yet ticked is left out because of what a
calendar says: the ledger may be a day old, and an invoice too many on the list does no harm.
What the run can take is marked and comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any, Final

from bot.dunning import DunningRules, WeeklyRun, next_run
from bot.notifying import Names
from bot.texts import Say
from bot.vocabulary import (
    CaseId,
    InvoiceStage,
    MatterKey,
    Missing,
    ProcessKey,
    Urgency,
)
from bot.worktime import Calendar

COLUMNS: Final = (
    "part",
    "case",
    "invoice",
    "ocr",
    "customer_no",
    "customer",
    "due",
    "amount_ore",
    "stage",
    "reason",
    "since",
    "handle_by",
)
UNKNOWN_STAGE: Final = "unknown"
"""How the stage of an invoice that the ledger does not have is written."""
MOST_LIKELY: Final = 5
"""More invoices than this are not likely ones but a heap."""

_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class Part(StrEnum):
    """The parts of a stop list, in their order."""

    STOP = "stop"
    NO_NUMBER = "no_number"
    AT_COLLECTOR = "at_collector"


class Remark(StrEnum):
    """Why a line is there, beside its matter; ``stop_list.<remark>`` has the sentence."""

    RUN_TAKES = "run_takes"
    UNKNOWN_TO_LEDGER = "unknown_to_ledger"
    AT_COLLECTOR = "at_collector"
    SAME_CUSTOMER_AND_AMOUNT = "same_customer_and_amount"
    SAME_CUSTOMER = "same_customer"
    MANY_OF_CUSTOMER = "many_of_customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedInvoice:
    """An invoice that a case concerns, or may concern.

    Attributes:
        stage: None where the ledger does not have the number.
    """

    number: str
    ocr: str | None = None
    customer_no: str | None = None
    customer: str | None = None
    due: date | None = None
    amount_ore: int | None = None
    stage: InvoiceStage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """Invoices that a case without a number may be about, and what points at them."""

    invoices: tuple[ListedInvoice, ...]
    because: Remark | None


NOBODY_KNOWS: Final = Likely(invoices=(), because=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCase:
    """An open urgent case that has not been ticked.

    Attributes:
        customer: Name of a registered customer unit; never what a mail says of itself.
        since: Since when its clock runs.
        invoices: In the order of the mail, without those that a person has stopped.
        numbered: It has a usable number, even if all of its invoices are stopped.
        missing: What a handler must ask for.
        due: When a payment is due, for a case about a payment.
    """

    id: CaseId
    number: str
    urgent: Urgency
    process: ProcessKey | None
    matter: MatterKey | None
    protected: bool
    customer: str | None
    since: datetime
    handle_by: datetime | None
    invoices: tuple[ListedInvoice, ...] = ()
    numbered: bool = False
    missing: tuple[Missing, ...] = ()
    due: date | None = None
    likely: Likely = NOBODY_KNOWS


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a stop list.

    Attributes:
        stage: None where there is no invoice, or the ledger does not have it.
        remarks: Codes of why it is there.
    """

    part: Part
    case_id: CaseId
    case: str
    matter: MatterKey | None
    invoice: str | None
    ocr: str | None
    customer_no: str | None
    customer: str | None
    due: date | None
    amount_ore: int | None
    stage: InvoiceStage | None
    remarks: tuple[Remark, ...]
    missing: tuple[Missing, ...]
    since: datetime
    handle_by: datetime | None

    @property
    def identity(self) -> tuple[Part, CaseId, str | None]:
        """What makes it the same line on another list."""
        return (self.part, self.case_id, self.invoice)

    def as_json(self) -> dict[str, Any]:
        """Return the line as it is stored, in codes; see `from_json`."""
        return {
            "part": self.part.value,
            "case_id": self.case_id,
            "case": self.case,
            "matter": self.matter,
            "invoice": self.invoice,
            "ocr": self.ocr,
            "customer_no": self.customer_no,
            "customer": self.customer,
            "due": _iso(self.due),
            "amount_ore": self.amount_ore,
            "stage": None if self.stage is None else self.stage.value,
            "remarks": [remark.value for remark in self.remarks],
            "missing": [item.value for item in self.missing],
            "since": self.since.isoformat(),
            "handle_by": _iso(self.handle_by),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Line:
        """Return the line that `as_json` was made of."""
        due, stage, handle_by = stored["due"], stored["stage"], stored["handle_by"]
        return cls(
            part=Part(stored["part"]),
            case_id=CaseId(stored["case_id"]),
            case=stored["case"],
            matter=stored["matter"],
            invoice=stored["invoice"],
            ocr=stored["ocr"],
            customer_no=stored["customer_no"],
            customer=stored["customer"],
            due=None if due is None else date.fromisoformat(due),
            amount_ore=stored["amount_ore"],
            stage=None if stage is None else InvoiceStage(stage),
            remarks=tuple(map(Remark, stored["remarks"])),
            missing=tuple(map(Missing, stored["missing"])),
            since=datetime.fromisoformat(stored["since"]),
            handle_by=None if handle_by is None else datetime.fromisoformat(handle_by),
        )


Taken = Callable[[ListedCase, ListedInvoice | None], bool]
"""Tells whether the run of the list could take an invoice, or the payment of a case, along."""


def compose(cases: Iterable[ListedCase], *, taken: Taken) -> list[Line]:
    """Return the lines of a stop list: by part, what the run can take first, then by deadline.

    A case about an invoice gives a line for each invoice that is not settled, or lines without
    a usable number: one for each likely invoice, else one with none. A case about a payment
    gives a line for each number that it names, else one without.
    """
    lines = [line for case in cases for line in _lines(case, taken)]
    return sorted(lines, key=_order)


def likely_invoices(open_of_customer: Sequence[ListedInvoice], amounts: Iterable[int]) -> Likely:
    """Return which of a customer's open invoices a case without a number may be about.

    Args:
        open_of_customer: All that the ledger has and that are not settled.
        amounts: In öre, as the sender states them.
    """
    stated = frozenset(amounts)
    same = tuple(invoice for invoice in open_of_customer if invoice.amount_ore in stated)
    if 0 < len(same) <= MOST_LIKELY:
        return Likely(invoices=same, because=Remark.SAME_CUSTOMER_AND_AMOUNT)
    if not open_of_customer:
        return NOBODY_KNOWS
    if len(open_of_customer) <= MOST_LIKELY:
        return Likely(invoices=tuple(open_of_customer), because=Remark.SAME_CUSTOMER)
    return Likely(invoices=(), because=Remark.MANY_OF_CUSTOMER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a list has that the one before had not, and the other way round."""

    added: tuple[Line, ...]
    removed: tuple[Line, ...]


def difference(before: Sequence[Line], now: Sequence[Line]) -> Difference:
    """Compare two lists; a line whose invoice went to another part is removed and added."""
    had = {line.identity for line in before}
    has = {line.identity for line in now}
    return Difference(
        added=tuple(line for line in now if line.identity not in had),
        removed=tuple(line for line in before if line.identity not in has),
    )


def as_row(line: Line, say: Say, names: Names, zone: tzinfo) -> dict[str, str | int | None]:
    """Return a line as the columns of a list, in their order, times as on the wall."""
    stage = line.stage
    unknown = Remark.UNKNOWN_TO_LEDGER in line.remarks
    return {
        "part": line.part.value,
        "case": line.case,
        "invoice": line.invoice,
        "ocr": line.ocr,
        "customer_no": line.customer_no,
        "customer": line.customer,
        "due": _iso(line.due),
        "amount_ore": line.amount_ore,
        "stage": UNKNOWN_STAGE if unknown else None if stage is None else stage.value,
        "reason": "; ".join(_reasons(line, say, names)),
        "since": _iso(line.since.astimezone(zone)),
        "handle_by": None if line.handle_by is None else _iso(line.handle_by.astimezone(zone)),
    }


def weekly_runs(rules: DunningRules) -> frozenset[WeeklyRun]:
    """Return every run for reminders or collection, of any group."""
    groups = (rules.default, *rules.groups.values())
    steps = (step for group in groups for step in (group.reminder, group.collection))
    return frozenset(step.run for step in steps if step is not None)


def next_run_day(runs: Iterable[WeeklyRun], *, after: datetime, calendar: Calendar) -> date | None:
    """Return the local day of the first run after an instant; None where there is none."""
    starts = (next_run(run, after=after, first_day=None, calendar=calendar) for run in runs)
    first = min((start for start in starts if start is not None), default=None)
    return None if first is None else calendar.local_date(first)


def runs_on(runs: Iterable[WeeklyRun], day: date, calendar: Calendar) -> bool:
    """Tell whether any of the runs starts on a local day."""
    return next_run_day(runs, after=just_before(day, calendar), calendar=calendar) == day


def just_before(day: date, calendar: Calendar) -> datetime:
    """Return the last instant before a local day."""
    midnight = calendar.instant(datetime.combine(day, time.min, calendar.zone))
    return midnight - timedelta(microseconds=1)


_PART_OF_STAGE: Final[Mapping[InvoiceStage | None, Part]] = {
    None: Part.STOP,
    InvoiceStage.OPEN: Part.STOP,
    InvoiceStage.REMINDED: Part.STOP,
    InvoiceStage.COLLECTION: Part.AT_COLLECTOR,
}
"""A settled invoice is in none: it cannot go anywhere."""


def _lines(case: ListedCase, taken: Taken) -> Iterator[Line]:
    if not case.numbered:
        yield from _without_number(case, taken)
    elif case.urgent is Urgency.PAYOUT:
        marks = _marks(taken(case, None))
        for invoice in case.invoices:
            yield _line(case, Part.STOP, replace(invoice, due=case.due), marks)
    else:
        yield from _of_invoices(case, taken)


def _of_invoices(case: ListedCase, taken: Taken) -> Iterator[Line]:
    for invoice in case.invoices:
        part = _PART_OF_STAGE.get(invoice.stage)
        if part is Part.AT_COLLECTOR:
            yield _line(case, part, invoice, (Remark.AT_COLLECTOR,))
        elif part is not None:
            unknown = (Remark.UNKNOWN_TO_LEDGER,) if invoice.stage is None else ()
            yield _line(case, part, invoice, (*unknown, *_marks(taken(case, invoice))))


def _without_number(case: ListedCase, taken: Taken) -> Iterator[Line]:
    because = () if case.likely.because is None else (case.likely.because,)
    for invoice in case.likely.invoices:
        yield _line(case, Part.NO_NUMBER, invoice, (*because, *_marks(taken(case, invoice))))
    if not case.likely.invoices:
        marks = _marks(taken(case, None))
        yield _line(case, Part.NO_NUMBER, None, (*because, *marks))


def _marks(taken: bool) -> tuple[Remark, ...]:
    return (Remark.RUN_TAKES,) if taken else ()


def _line(
    case: ListedCase, part: Part, invoice: ListedInvoice | None, remarks: tuple[Remark, ...]
) -> Line:
    named = None if invoice is None else invoice.customer
    missing = dict.fromkeys((Missing.INVOICE_NUMBER, *case.missing))
    return Line(
        part=part,
        case_id=case.id,
        case=case.number,
        matter=case.matter,
        invoice=None if invoice is None else invoice.number,
        ocr=None if invoice is None else invoice.ocr,
        customer_no=None if invoice is None else invoice.customer_no,
        # Who has protected data must not be found through a list that lies about.
        customer=None if case.protected else named or case.customer,
        due=case.due if invoice is None else invoice.due,
        amount_ore=None if invoice is None else invoice.amount_ore,
        stage=None if invoice is None else invoice.stage,
        remarks=remarks,
        missing=tuple(missing) if part is Part.NO_NUMBER else (),
        since=case.since,
        handle_by=case.handle_by,
    )


def _order(line: Line) -> tuple[int, bool, datetime, CaseId]:
    return (
        list(Part).index(line.part),
        Remark.RUN_TAKES not in line.remarks,
        line.handle_by or _NEVER,
        line.case_id,
    )


def _reasons(line: Line, say: Say, names: Names) -> Iterator[str]:
    if line.matter is not None:
        yield names.matter(line.matter)
    if line.missing:
        asked = say.listing(say.code(f"missing.{item}") for item in line.missing)
        yield say("saknas: {missing}", missing=asked)
    for remark in line.remarks:
        yield say.code(f"stop_list.{remark}")


def _iso(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()
