"""Deleting by age: what people said, when its time is over. Figures stay right.

Each batch is one short transaction, so that mail is taken in meanwhile; stopped halfway, the
next run goes on where this one ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.knowledge.retention_file import RetentionFile
from bot.store.keeping import ClosedCase, Erased, Run, RunKind, What
from bot.store.unit_of_work import Database
from bot.vocabulary import CaseId

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """What was deleted, or would be; words that nobody wrote are absent."""

    counts: dict[str, int]
    dry_run: bool


class Retention:
    """Deletes what is older than the rules allow."""

    def __init__(self, database: Database, rules: RetentionFile, clock: Clock) -> None:
        self._database = database
        self._rules = rules
        self._clock = clock

    def run(
        self,
        *,
        actor: str,
        dry_run: bool = False,
        progress: Callable[[int], None] = lambda _count: None,
    ) -> Retained:
        """Delete what is due, and note how much.

        Args:
            actor: Who asked for it.
            dry_run: Only count.
            progress: Told of each batch of cases.
        """
        now = self._clock.now()
        erased = Erased()
        for batch in self._due(now):
            if dry_run:
                erased[What.CASES] += len(batch)
            else:
                with self._database.work() as work:
                    erased += work.keeping.forget_cases(batch, now)
            progress(len(batch))
        erased += self._ignored(now, dry_run)
        erased += self._others(now, dry_run)
        counts = {str(what): count for what, count in sorted(erased.items()) if count}
        if not dry_run:
            with self._database.work() as work:
                work.keeping.note(Run(kind=RunKind.AGE, at=now, actor=actor, counts=counts))
        return Retained(counts=counts, dry_run=dry_run)

    def _due(self, now: datetime) -> Iterator[list[CaseId]]:
        before = now - timedelta(days=self._rules.fewest_case_days)
        after = CaseId(0)
        while True:
            with self._database.reading() as work:
                found = work.keeping.closed(received_before=before, after=after, limit=_BATCH)
            if not found:
                return
            after = found[-1].case_id
            due = [case.case_id for case in found if self._is_due(case, now)]
            if due:
                yield due

    def _is_due(self, case: ClosedCase, now: datetime) -> bool:
        days = self._rules.days_for(case.process, case.matter)
        return case.closed_at < now - timedelta(days=days)

    def _ignored(self, now: datetime, dry_run: bool) -> Erased:
        before = now - timedelta(days=self._rules.ignored_days)
        if dry_run:
            with self._database.reading() as work:
                return Erased({What.IGNORED_MAILS: work.keeping.count_ignored(before=before)})
        erased = Erased()
        while True:
            with self._database.work() as work:
                some = work.keeping.forget_ignored(before=before, limit=_BATCH)
            erased += some
            if some[What.IGNORED_MAILS] < _BATCH:
                return erased

    def _others(self, now: datetime, dry_run: bool) -> Erased:
        rules = self._rules
        with self._database.reading() if dry_run else self._database.work() as work:
            registers = work.keeping.forget_registers(
                before=now - timedelta(days=rules.register_days), dry_run=dry_run
            )
            before = now - timedelta(days=rules.conversation_days)
            talks = work.keeping.forget_conversations(before=before, dry_run=dry_run)
            ratings = work.keeping.forget_raters(before=before, dry_run=dry_run)
        return registers + talks + ratings
