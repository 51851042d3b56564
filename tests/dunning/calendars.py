"""Sample runs, and offices, invoices and arrivals to try deadlines with."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from hypothesis import strategies as st

from bot.dunning import DunningGroup, DunningRules, DunningStep, OpenInvoice, PaymentRun, WeeklyRun
from bot.knowledge import bundled_folder
from bot.knowledge.hours import OpeningHours, make_calendar
from bot.knowledge.yaml_file import read
from bot.vocabulary import InvoiceStage, ProcessKey
from tests.worktime.offices import ALWAYS, NIGHT, OFFICE

SAMPLE = make_calendar(read(bundled_folder() / "hours.yaml", OpeningHours))
"""Weekdays 8.00-16.30, eves to 13.00, Swedish holidays."""
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
SUPPLIERS = ProcessKey("leverantorsreskontra")
TREASURY = ProcessKey("stadskassan")


def weekly(*weekdays: int, at: str = "06:00", moves: bool = False) -> WeeklyRun:
    return WeeklyRun(
        weekdays=frozenset(weekdays), at=time.fromisoformat(at), moves_before_days_off=moves
    )


def step(days: int, run: WeeklyRun) -> DunningStep:
    return DunningStep(after_days=days, run=run)


RULES = DunningRules(
    default=DunningGroup(
        reminder=step(5, weekly(TUESDAY)), collection=step(15, weekly(THURSDAY, at="18:00"))
    ),
    groups={"internal": DunningGroup(reminder=step(30, weekly(MONDAY)), collection=None)},
)


def wall(text: str) -> datetime:
    """Return an instant on the clock in Stockholm."""
    return datetime.fromisoformat(text).replace(tzinfo=SAMPLE.zone)


def invoice(
    due: str | None, stage: InvoiceStage | None = InvoiceStage.OPEN, group: str = "default"
) -> OpenInvoice:
    return OpenInvoice(
        due=None if due is None else date.fromisoformat(due), stage=stage, group=group
    )


offices = st.sampled_from([SAMPLE, OFFICE, ALWAYS, NIGHT])
_days = st.dates(date(2025, 11, 1), date(2027, 2, 1))
_naive = datetime.fromisoformat
arrivals = st.datetimes(_naive("2025-11-15"), _naive("2027-01-15"), timezones=st.just(UTC))
weekly_runs = st.builds(
    WeeklyRun,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    at=st.times(),
    moves_before_days_off=st.booleans(),
)


@st.composite
def _groups(draw: st.DrawFn) -> DunningGroup:
    first, second = sorted(draw(st.tuples(st.integers(0, 60), st.integers(0, 60))))
    reminder, collection = draw(weekly_runs), draw(weekly_runs)
    return DunningGroup(
        reminder=step(first, reminder) if draw(st.booleans()) else None,
        collection=step(second, collection) if draw(st.booleans()) else None,
    )


rule_books = st.builds(
    DunningRules, default=_groups(), groups=st.dictionaries(st.just("internal"), _groups())
)
invoices = st.builds(
    OpenInvoice,
    due=st.none() | _days,
    stage=st.none() | st.sampled_from(InvoiceStage),
    group=st.sampled_from(["default", "internal", "unheard-of"]),
)
payment_runs = st.lists(
    st.builds(PaymentRun, process=st.sampled_from([SUPPLIERS, TREASURY]), run=weekly_runs),
    max_size=4,
)
