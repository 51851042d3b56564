"""A made-up city's history, written in bulk: the rows that intake and staff would have left.

Mails and what people do are invented; what follows from them follows the rules of the house.
Mails are filled into moulds that the real reader has read, so that a million of them take
minutes. What is left out, and how the rest is compared with the real house, tests/simulate says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.clock import FixedClock
from bot.material import load_material
from bot.reports.scope import By
from bot.services.summing import Summing
from bot.settings import Settings
from bot.simulate.history import History, Wishes, first_day, still_counted
from bot.simulate.rows import COLUMNS, Rows
from bot.simulate.workers import pieces_of, spare_garbage
from bot.store.bulk import BulkWriter, writing
from bot.store.unit_of_work import Database
from bot.worktime import Calendar

__all__ = ["Made", "Wishes", "simulate", "wishes_of", "write_pieces"]

_SUMS_FROM = 50_000
_ALONE = 5_000
"""So few cases are made without other processes."""
_TIPS = "tag_tip"
_SENT = "sent_reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made.

    Attributes:
        rows: Of each table.
    """

    rows: dict[str, int]

    @property
    def cases(self) -> int:
        """Return how many cases there are."""
        return self.rows["case_file"]


def wishes_of(
    cases: int, years: int, *, seed: int, last: date | None, now: datetime, calendar: Calendar
) -> Wishes:
    """Return the wishes for a history of whole years.

    Args:
        last: Its last local day; default: the day of `now`, and it ends at `now`.
    """
    if last is None or last == calendar.local_date(now):
        end, last = now.replace(microsecond=0), calendar.local_date(now)
    else:
        midnight = datetime.combine(last + timedelta(days=1), time.min, calendar.zone)
        end = midnight.astimezone(UTC) - timedelta(seconds=1)
    return Wishes(cases=cases, seed=seed, first=first_day(last, years), end=end)


def simulate(
    wishes: Wishes,
    settings: Settings,
    database: Database,
    *,
    progress: Callable[[int], object] = lambda _cases: None,
    sums_from: int = _SUMS_FROM,
) -> Made:
    """Make a history and write it; the same wishes and city make the same rows.

    Args:
        progress: Hears how many cases have just been written.
        sums_from: From so many cases on, what the worker would have counted meanwhile is there
            too: the sums of all cases and of each process. Others are left to the worker.

    Raises:
        DataError: The database holds cases or mails.
        DatabaseUnavailable: Locked, full or gone.
    """
    material = load_material(settings)
    history = History(wishes, settings, material)
    alone = wishes.cases <= _ALONE
    if not alone:
        spare_garbage()
    with writing(database.engine, COLUMNS) as into, pieces_of(history, alone=alone) as pieces:
        counts = write_pieces(pieces, into, progress=progress)
        into.count_on(_counters(history))
    if wishes.cases >= sums_from:
        clock = FixedClock(wishes.end)
        Summing(database, material.knowledge, clock).catch_up([By.PROCESS])
    return Made(rows=counts)


def write_pieces(
    pieces: Iterable[Rows],
    into: BulkWriter,
    *,
    progress: Callable[[int], object] = lambda _cases: None,
) -> dict[str, int]:
    """Write the pieces of a history in order; return how many rows each table got."""
    counts = dict.fromkeys(COLUMNS, 0)
    tips: dict[str, tuple[Any, ...]] = {}
    sent: list[tuple[Any, ...]] = []
    for rows in pieces:
        tips.update({row[0]: row for row in rows.pop(_TIPS)})
        sent = still_counted(sent + rows.pop(_SENT))
        _write(rows, into, counts)
        progress(len(rows["case_file"]))
    _write({_TIPS: list(tips.values()), _SENT: sent}, into, counts)
    return counts


def _write(rows: Rows, into: BulkWriter, counts: dict[str, int]) -> None:
    for table, added in rows.items():
        into.add(table, added)
        counts[table] += len(added)


def _counters(history: History) -> dict[str, int]:
    cases = history.wishes.cases
    serials = {f"case_serial:{year}": count for year, count in history.serials().items() if count}
    numbers = {"case": cases, "message": history.last_message, "register_item": cases}
    return {**numbers, **serials}
