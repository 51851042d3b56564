"""Trying open changes on the mail of the last days, one after the other, beside all else."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import structlog

from bot.clock import Clock
from bot.edits import Change, ChangeId, TrialState
from bot.errors import DatabaseUnavailable, SammaDagError
from bot.services.backtest import Trial, backtest, mails_to_replay
from bot.services.editing.ground import Ground, lay_out
from bot.store.unit_of_work import Database

log = structlog.get_logger()

TRIED_DAYS: Final = 90
"""So far back goes the mail that a change is tried on."""
_STALE: Final = timedelta(minutes=5)
"""A trial without a sign of life for so long belonged to a worker that is no more."""
_SHOWN: Final = 200
"""So many cases and changes of a trial are kept; all are counted."""

MakeTrial = Callable[[Ground, Ground], Trial]
"""Makes a trial out of the files as they hold, and as they would be."""


class _Settled(Exception):
    """Nobody waits for the trial any more."""


class Trials:
    """Tries changes; any process may, and each change is tried by one."""

    def __init__(
        self,
        database: Database,
        ground: Ground,
        clock: Clock,
        make: MakeTrial,
        *,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Make it.

        Args:
            stop: Asked between batches; the trial is given up and begun anew by somebody else.
        """
        self._database = database
        self._ground = ground
        self._clock = clock
        self._make = make
        self._stop = stop

    def try_next(self) -> bool:
        """Try the oldest change that waits; False where none does."""
        now = self._clock.now()
        with self._database.work() as work:
            change = work.knowledge.claim_trial(now, stale=now - _STALE)
        if change is None:
            return False
        try:
            found = self._tried(change)
        except _Settled:
            return True
        except DatabaseUnavailable:
            raise
        except SammaDagError as error:
            log.warning("knowledge_trial_failed", change=change.id, error_type=type(error).__name__)
            self._finish(change.id, TrialState.FAILED, None)
            return True
        self._finish(change.id, TrialState.DONE, found)
        log.info("knowledge_tried", change=change.id, mails=found["mails"])
        return True

    def _tried(self, change: Change) -> Mapping[str, Any]:
        with self._database.reading() as work:
            versions = dict(work.knowledge.in_force())
            files = work.knowledge.files(change.id)
        since = self._clock.now() - timedelta(days=TRIED_DAYS)
        total = mails_to_replay(self._database, since=since)
        done = 0

        def note(mails: int) -> None:
            nonlocal done
            done += mails
            self._note(change.id, done, total)

        with tempfile.TemporaryDirectory(prefix="sammadag-trial-") as folder:
            holds = lay_out(self._ground, versions, Path(folder) / "holds")
            changed = {**versions, **{file.path: file.after for file in files}}
            tried = lay_out(self._ground, changed, Path(folder) / "tried")
            self._note(change.id, 0, total)
            found = backtest(self._database, self._make(holds, tried), since=since, progress=note)
        return _kept(found.as_json())

    def _note(self, change_id: ChangeId, done: int, total: int) -> None:
        if self._stop():
            raise _Settled
        with self._database.work() as work:
            if not work.knowledge.note_trial(change_id, self._clock.now(), done=done, total=total):
                raise _Settled

    def _finish(
        self, change_id: ChangeId, state: TrialState, found: Mapping[str, Any] | None
    ) -> None:
        with self._database.work() as work:
            work.knowledge.finish_trial(change_id, state, self._clock.now(), found)


def _kept(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what of a result is stored: all figures, and the first of each list."""
    kept = {
        name: value[:_SHOWN] if isinstance(value, list) else value for name, value in found.items()
    }
    kept["changes"] = [{**one, "cases": one["cases"][:_SHOWN]} for one in kept["changes"]]
    return kept
