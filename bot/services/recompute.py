"""Working time counted anew, when the opening hours were corrected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.unit_of_work import Database
from bot.worktime import Calendar, working_time

_BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """How many events were looked at, and how many changed."""

    events: int
    changed: int


def recompute(
    database: Database,
    calendar: Calendar,
    start: datetime,
    end: datetime,
    *,
    progress: Callable[[int], None] = lambda _count: None,
) -> Recomputed:
    """Count the working time of events at or after `start` and before `end` anew.

    The clock of an event started its wall time before the event. Both are kept in whole
    seconds, so that what is counted anew may be one second short: that is no change. Each batch
    is one short transaction, so that mail is taken in meanwhile.
    """
    seen, changed, after = 0, 0, 0
    while True:
        with database.work() as work:
            batch = work.cases.clocks_between(start, end, after=after, limit=_BATCH)
            changes: dict[int, int] = {}
            for row_id, event in batch:
                started = event.at - timedelta(seconds=event.wall_seconds)
                seconds = int(working_time(started, event.at, calendar).total_seconds())
                if event.working_seconds not in (seconds, seconds + 1):
                    changes[row_id] = seconds
            work.cases.set_working_seconds(changes)
        if not batch:
            return Recomputed(events=seen, changed=changed)
        seen, changed, after = seen + len(batch), changed + len(changes), batch[-1][0]
        progress(len(batch))
