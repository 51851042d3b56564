"""The mails of a made-up quarter, the invoices they are about, and what finance does with those."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from bot.triage.model import Triage
from bot.vocabulary import Kind, MatterKey, ProcessKey, StopReason, Urgency
from tests.city import LONG_AGO
from tests.ledger_files import row

START = date(2026, 3, 2)
DAYS = 91
REASONS = (
    *[StopReason.DUE_DATE_MOVED] * 6,
    *[StopReason.ALREADY_PAID] * 3,
    *[StopReason.DUNNING_STOPPED] * 2,
)


@dataclass(slots=True, kw_only=True)
class Bill:
    """An invoice in the finance system, and what finance does about it.

    Attributes:
        known_from: Since when exports have it; None for a number that a customer made up.
        ticked_with: What a person did about it; None until then.
        obeys: Finance does what the person who ticked the stop says.
        moves_by: By how many days it moves the due date where that is the stop.
    """

    number: str
    due: date
    ore: int
    known_from: datetime | None
    obeys: bool
    moves_by: int
    stage: str = "öppen"
    is_held: bool = False
    ticked_with: StopReason | None = None

    def as_row(self) -> str:
        """Return the line of the export."""
        return row(
            self.number,
            customer_no=3001,
            due=self.due.isoformat(),
            amount=f"{self.ore // 100},{self.ore % 100:02}",
            stage=self.stage,
        )

    def go_on(self, today: date) -> None:
        """Let the stop, or the runs before a day, have their effect."""
        if self.stage in ("inkasso", "betald"):
            return
        if self.ticked_with is not None and self.obeys and not self.is_held:
            self.is_held = True
            if self.ticked_with is StopReason.ALREADY_PAID:
                self.stage = "betald"
            elif self.ticked_with is StopReason.DUE_DATE_MOVED:
                self.due, self.stage = self.due + timedelta(days=self.moves_by), "öppen"
        if self.is_held and self.ticked_with is not StopReason.DUE_DATE_MOVED:
            return
        if today > _on_or_after(self.due + timedelta(days=14), weekday=3):
            self.stage = "inkasso"
        elif today > _on_or_after(self.due + timedelta(days=5), weekday=1):
            self.stage = "påmind"


def _on_or_after(day: date, *, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


@dataclass(slots=True, kw_only=True)
class Coming:
    """A mail that will come: what triage says of it, and what people do if it is urgent.

    Attributes:
        reason: With what the stop is ticked; None where nobody ever does.
    """

    at: datetime
    triage: Triage
    bill: Bill | None = None
    reason: StopReason | None = None


def mails(chance: Random, cases: int) -> Iterator[Coming]:
    """Yield the mails of the quarter: eight times a day, at night and on days off too.

    One in ten is urgent: an invoice that must not go to collection, one in fifty a payment
    that must not go out.
    """
    times = [_times_of(START + timedelta(days=n), chance) for n in range(DAYS)]
    for number in range(cases):
        at, draw = chance.choice(chance.choice(times)), chance.random()
        if draw < 0.02:
            reason = StopReason.PAYMENT_STOPPED if chance.random() < 0.96 else None
            yield Coming(
                at=at,
                triage=_triage("leverantorsreskontra", "betalstopp", Urgency.PAYOUT),
                reason=reason,
            )
        elif draw < 0.1:
            bill = _bill(50_000_000 + number, at, chance) if chance.random() < 0.9 else None
            numbers = () if bill is None else (bill.number,)
            yield Coming(
                at=at,
                triage=_triage("kundreskontra", "anstand", Urgency.COLLECTIONS, invoices=numbers),
                bill=bill,
                reason=chance.choice(REASONS) if chance.random() < 0.96 else None,
            )
        else:
            yield Coming(at=at, triage=_triage("kundreskontra", "kundregister", Urgency.NO))


def _times_of(day: date, chance: Random) -> list[datetime]:
    hours = (5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 14, 15, 18, 22)
    return [
        datetime(day.year, day.month, day.day, hour, chance.randrange(60), tzinfo=UTC)
        for hour in chance.sample(hours, 8)
    ]


def _triage(
    process: str, matter: str, urgent: Urgency, *, invoices: tuple[str, ...] = ()
) -> Triage:
    return Triage(
        kind=Kind.CASE,
        process=ProcessKey(process),
        matter=MatterKey(matter),
        urgent=urgent,
        invoices=invoices,
    )


def _bill(number: int, at: datetime, chance: Random) -> Bill:
    known = chance.random()
    later = at + timedelta(days=chance.randrange(5))
    return Bill(
        number=str(number),
        due=at.date() + timedelta(days=chance.randrange(-25, 30)),
        ore=chance.randrange(10_000, 5_000_000),
        known_from=None if known < 0.05 else later if known < 0.2 else LONG_AGO,
        obeys=chance.random() < 0.9,
        moves_by=chance.choice((7, 60)),
    )
