"""What an answer counted, cut into days, weeks or months, so that it can be drawn."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from bot.knowledge import Knowledge
from bot.reports.measures import MEASURES
from bot.reports.model import Period, Point, Series
from bot.reports.scope import By, Scope
from bot.services.assistant import Answer
from bot.services.reporting import Reporting
from bot.texts import Say
from bot.understanding import Intent, Measure, Slot
from bot.vocabulary import CustomerKey, ProcessKey

_USUAL: Final = timedelta(days=29)
"""Where no period is named, an answer counts the last thirty days."""
_MOST_DAYS: Final = 31
_MOST_WEEKS: Final = 26 * 7
_FIGURES: Final = {
    Measure.VOLUME: "received",
    Measure.RESPONSE_TIME: "answer_work_median",
    Measure.SAME_DAY: "same_day",
    Measure.URGENT_IN_TIME: "urgent_in_time",
    Measure.BACKLOG: "backlog",
}


class AnswerSeries:
    """Counts again what an answer counted, part by part."""

    def __init__(self, reporting: Reporting, knowledge: Knowledge) -> None:
        self._reporting = reporting
        self._knowledge = knowledge

    def of(self, answer: Answer, say: Say) -> Series | None:
        """Return an answer's figure over time.

        None where the answer is no figure, is about a single day, or counted nothing; and for
        remarks, which have no chart.
        """
        measure = Measure(answer.slots.get(Slot.MEASURE, Measure.VOLUME))
        period, scope = self._period(answer), self._scope(answer)
        if answer.intent != Intent.STATS or measure not in _FIGURES:
            return None
        if period is None or scope is None:
            return None
        key, by = _FIGURES[measure], by_for(period)
        counted = self._reporting.figures(period, scope=scope, by=by)
        points = tuple(
            Point(label=_label(group.period, by, say), value=group.figures[key].value)
            for group in counted.groups
        )
        if not any(point.value for point in points):
            return None
        return Series(
            key=f"answer-{key}",
            title=self._title(measure, scope, say),
            unit=MEASURES[key].unit,
            points=points,
        )

    def _period(self, answer: Answer) -> Period | None:
        named = {slot: answer.slots.get(slot) for slot in (Slot.FROM, Slot.TO)}
        to, since = named[Slot.TO], named[Slot.FROM]
        last = self._reporting.today if to is None else date.fromisoformat(to)
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

    def _title(self, measure: Measure, scope: Scope, say: Say) -> str:
        said = [say.code(f"measure.{measure}")]
        if scope.process is not None:
            said.append(self._knowledge.names_in(say.language).process(scope.process))
        if scope.customer is not None:
            said.append(self._knowledge.customer_name(scope.customer) or scope.customer)
        return ", ".join(said)


def by_for(period: Period) -> By:
    """Return how to cut a period, so that its parts can be seen apart."""
    if period.days <= _MOST_DAYS:
        return By.DAY
    return By.WEEK if period.days <= _MOST_WEEKS else By.MONTH


def _label(part: Period, by: By, say: Say) -> str:
    if by is By.DAY:
        return f"{part.first.day}/{part.first.month}"
    if by is By.WEEK:
        return say("v. {week}", week=part.first.isocalendar().week)
    return f"{part.first:%Y-%m}"
