"""What an answer counted, cut into days, weeks or months, so that it can be drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from statistics import median_low
from typing import Final

from bot.clock import Clock
from bot.knowledge import Knowledge
from bot.reports.model import Granularity, Period, Point, Series, Unit
from bot.services.assistant import Answer
from bot.store.facts import CaseFact, Scope
from bot.store.unit_of_work import Database
from bot.texts import Say
from bot.understanding import Intent, Measure, Slot
from bot.vocabulary import CustomerKey, ProcessKey, Urgency
from bot.worktime import Calendar

_USUAL: Final = timedelta(days=29)
"""Where no period is named, an answer counts the last thirty days."""
_MOST_DAYS: Final = 31
_MOST_WEEKS: Final = 26 * 7

Counting = Callable[[Sequence[CaseFact], Calendar], float | None]


class AnswerSeries:
    """Counts again what an answer counted, part by part; one reading each."""

    def __init__(self, database: Database, knowledge: Knowledge, clock: Clock) -> None:
        self._database = database
        self._knowledge = knowledge
        self._clock = clock

    def of(self, answer: Answer, say: Say) -> Series | None:
        """Return an answer's figure over time.

        None where the answer is no figure, is about a single day, or counted nothing; and for
        what was open and for remarks, which have no chart.
        """
        period = self._period(answer)
        counted = _COUNTED.get(Measure(answer.slots.get(Slot.MEASURE, Measure.VOLUME)))
        scope = self._scope(answer)
        if answer.intent != Intent.STATS or period is None or counted is None or scope is None:
            return None
        unit, counting = counted
        calendar = self._knowledge.calendar
        with self._database.reading() as work:
            facts = work.facts.received(
                _midnight(period.first, calendar), _midnight(period.after, calendar), scope
            )
        points = tuple(_points(list(cut(period)), facts, counting, calendar, say))
        if not any(point.value for point in points):
            return None
        measure = answer.slots.get(Slot.MEASURE, Measure.VOLUME)
        return Series(
            key=f"answer-{measure}",
            title=self._title(measure, scope, say),
            unit=unit,
            points=points,
        )

    def _period(self, answer: Answer) -> Period | None:
        today = self._knowledge.calendar.local_date(self._clock.now())
        named = {slot: answer.slots.get(slot) for slot in (Slot.FROM, Slot.TO)}
        to, since = named[Slot.TO], named[Slot.FROM]
        last = today if to is None else date.fromisoformat(to)
        first = last - _USUAL if since is None else date.fromisoformat(since)
        return Period(first=first, last=last) if first < last else None

    def _scope(self, answer: Answer) -> Scope | None:
        process, customer = answer.slots.get(Slot.PROCESS), answer.slots.get(Slot.CUSTOMER)
        key = self._knowledge.customer_key(customer)
        if customer is not None and key is None:
            return None
        known = process is not None and process in self._knowledge.processes
        return Scope(
            process=ProcessKey(process) if process is not None and known else None,
            customer=None if key is None else CustomerKey(key),
        )

    def _title(self, measure: str, scope: Scope, say: Say) -> str:
        said = [say.code(f"measure.{measure}")]
        if scope.process is not None:
            said.append(self._knowledge.names_in(say.language).process(scope.process))
        if scope.customer is not None:
            said.append(self._knowledge.customer_name(scope.customer) or scope.customer)
        return ", ".join(said)


def cut(period: Period) -> Iterator[Period]:
    """Cut a period into days, weeks or months, as many as can be seen apart.

    The first and the last week or month reach no further than the period.
    """
    first = period.first
    while first <= period.last:
        after, granularity = _next(first, period)
        last = min(after - timedelta(days=1), period.last)
        yield Period(first=first, last=last, granularity=granularity)
        first = after


def _next(first: date, period: Period) -> tuple[date, Granularity]:
    if period.days <= _MOST_DAYS:
        return first + timedelta(days=1), Granularity.DAY
    if period.days <= _MOST_WEEKS:
        return first + timedelta(days=7 - first.weekday()), Granularity.WEEK
    return (first.replace(day=1) + timedelta(days=31)).replace(day=1), Granularity.MONTH


def _points(
    parts: Sequence[Period],
    facts: Sequence[CaseFact],
    counting: Counting,
    calendar: Calendar,
    say: Say,
) -> Iterator[Point]:
    by_part: dict[date, list[CaseFact]] = {part.first: [] for part in parts}
    starts = {
        part.first + timedelta(days=day): part.first for part in parts for day in range(part.days)
    }
    for fact in facts:
        by_part[starts[calendar.local_date(fact.received_at)]].append(fact)
    for part in parts:
        yield Point(label=_label(part, say), value=counting(by_part[part.first], calendar))


def _label(part: Period, say: Say) -> str:
    if part.granularity is Granularity.DAY:
        return f"{part.first.day}/{part.first.month}"
    if part.granularity is Granularity.WEEK:
        return say("v. {week}", week=part.first.isocalendar().week)
    return part.key


def _volume(facts: Sequence[CaseFact], _: Calendar) -> float:
    return len(facts)


def _response_time(facts: Sequence[CaseFact], _: Calendar) -> float | None:
    """Return the median by nearest rank, as the answer in words does."""
    taken = [fact.answered_after for fact in facts if fact.answered_after is not None]
    return median_low(taken) if taken else None


def _same_day(facts: Sequence[CaseFact], calendar: Calendar) -> float | None:
    same = sum(
        fact.answered_at is not None
        and calendar.local_date(fact.answered_at) == calendar.local_date(fact.received_at)
        for fact in facts
    )
    return same / len(facts) if facts else None


def _urgent_in_time(facts: Sequence[CaseFact], _: Calendar) -> float | None:
    urgent = [
        (fact.stopped_at, fact.handle_by)
        for fact in facts
        if fact.urgent is not Urgency.NO and fact.handle_by is not None
    ]
    in_time = sum(
        stopped_at is not None and handle_by is not None and stopped_at <= handle_by
        for stopped_at, handle_by in urgent
    )
    return in_time / len(urgent) if urgent else None


_COUNTED: Final[dict[Measure, tuple[Unit, Counting]]] = {
    Measure.VOLUME: (Unit.COUNT, _volume),
    Measure.RESPONSE_TIME: (Unit.WORKING_TIME, _response_time),
    Measure.SAME_DAY: (Unit.SHARE, _same_day),
    Measure.URGENT_IN_TIME: (Unit.SHARE, _urgent_in_time),
}


def _midnight(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, time(), tzinfo=calendar.zone)
