"""Beginning the watch over an urgent case: staff are told, and the ladder starts."""

from __future__ import annotations

from datetime import datetime

from bot.cases import Case, PlannedAction
from bot.ladder import Until, Watch, first_alert_at, next_at
from bot.services.new_case import House
from bot.store.unit_of_work import Work
from bot.vocabulary import ActionKind


def watch_over(work: Work, case: Case, house: House, now: datetime, *, because: str) -> None:
    """Tell staff of an urgent case, and watch it until a person acknowledges.

    Args:
        because: Part of the key of the alert, so that one cause alerts once.
    """
    until = Until.of(case)
    later = next_at(Watch(begun_at=now), until, house.ladder, house.calendar)
    work.watches.begin([(case.id, now, later)])
    alert = PlannedAction(
        key=f"alert:urgent:{case.id}:{because}",
        kind=ActionKind.ALERT,
        case_id=case.id,
        due_at=first_alert_at(now, until, house.calendar),
        data={"code": "urgent"},
    )
    work.actions.plan([alert], now)
