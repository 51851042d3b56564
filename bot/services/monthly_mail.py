"""The monthly mail: once a month's figures are frozen, those who asked for it are sent them.

Off unless the settings name somebody. The numbers are put into the outbox with the action, so
that a mail that goes out late says what was frozen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import structlog

from bot.cases import PlannedAction
from bot.clock import Clock
from bot.reports.model import Granularity, Period
from bot.reports.periods import before, period_of
from bot.services.reporting import Reporting
from bot.store.unit_of_work import Database
from bot.vocabulary import ActionKind, PersonKey
from bot.worktime import Calendar, next_working_moment

log = structlog.get_logger()

FIGURES: Final = (
    "received",
    "answered",
    "closed",
    "backlog",
    "answer_work_median",
    "answer_work_p90",
    "answered_in_time",
    "same_day",
    "phone_same_day",
    "urgent",
    "urgent_in_time",
    "urgent_late",
    "went_on",
    "complaints",
)
"""What the mail tells."""


class MonthlyMail:
    """Plans the mail."""

    def __init__(
        self,
        database: Database,
        calendar: Calendar,
        reporting: Reporting,
        clock: Clock,
        *,
        to: Sequence[PersonKey],
    ) -> None:
        self._database = database
        self._calendar = calendar
        self._reporting = reporting
        self._clock = clock
        self._to = tuple(to)
        self._done = ""

    def run_due(self) -> int:
        """Plan last month's mail if its figures are frozen; return how many mails that makes.

        A second call in the same month plans nothing more, also after a restart.
        """
        month = before(period_of(self._reporting.today, Granularity.MONTH))
        if not self._to or month.key == self._done or not self._reporting.is_frozen(month):
            return 0
        actions = list(self._mails(month))
        now = self._clock.now()
        with self._database.work() as work:
            work.actions.plan(actions, now)
        self._done = month.key
        log.info("monthly_mail_planned", month=month.key, mails=len(actions))
        return len(actions)

    def _mails(self, month: Period) -> Iterator[PlannedAction]:
        total = self._reporting.figures(month).total.figures
        frozen = {key: total[key].frozen for key in FIGURES}
        values = {
            key: None if one is None or one.value is None else str(one.value)
            for key, one in frozen.items()
        }
        due_at = next_working_moment(self._clock.now(), self._calendar)
        for person in self._to:
            yield PlannedAction(
                key=f"digest:month:{month.key}:{person}",
                kind=ActionKind.DIGEST,
                case_id=None,
                due_at=due_at,
                data={"month": month.key, "to": person, **values},
            )
