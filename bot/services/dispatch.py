"""Outbox to world: claim what is due, perform it, record the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from structlog.contextvars import bound_contextvars

from bot.actions.result import Done, Dropped, Failed, Performer, Probe, Result, TryAgain
from bot.clock import Clock
from bot.errors import SammaDagError
from bot.plan import plan_operator_alert
from bot.store.records import ClaimedAction
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import ActionKind, ActionState, Step
from functionmail.errors import FunctionMailError

log = structlog.get_logger()

LEASE = timedelta(minutes=5)
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(minutes=15)
_MAX_ATTEMPTS = 12
"""Beyond this, about two hours, a person must look; alerts are tried for ever."""


class Dispatch:
    """Performs planned actions of the kinds that it has performers for, one at a time."""

    def __init__(
        self,
        database: Database,
        performers: Mapping[ActionKind, Performer],
        clock: Clock,
        *,
        worker: str,
        probe: Probe,
    ) -> None:
        self._database = database
        self._performers = dict(performers)
        self._clock = clock
        self.worker = worker
        self._probe = probe

    def hand_over(self, kind: ActionKind, performer: Performer) -> Dispatch:
        """Leave a kind of action to an outbox with its own performer, and return that."""
        del self._performers[kind]
        return Dispatch(
            self._database,
            {kind: performer},
            self._clock,
            worker=self.worker,
            probe=self._probe,
        )

    def run_due(self, *, stop: Callable[[], bool] = lambda: False) -> int:
        """Perform everything that is due; return how many actions were touched.

        Args:
            stop: Asked between two actions.
        """
        count = 0
        while not stop() and self.run_one():
            count += 1
        return count

    def run_one(self) -> bool:
        """Perform the oldest due action; False when nothing is due."""
        with self._database.work() as work:
            action = work.actions.claim_due(
                self._clock.now(), worker=self.worker, lease=LEASE, kinds=tuple(self._performers)
            )
        if action is None:
            return False
        self._probe(Step.CLAIMED)
        with bound_contextvars(action=action.key, attempt=action.attempts):
            self._perform(action)
        return True

    def _perform(self, action: ClaimedAction) -> None:
        try:
            result = self._performers[action.kind].perform(action)
        except (SammaDagError, FunctionMailError) as error:
            result = self._after(action, error)
        except Exception as error:
            # A bug must not stop the outbox: the action is put aside before anything else.
            self._end(action, self._after(action, error))
            raise
        self._end(action, result)

    def _after(self, action: ClaimedAction, error: Exception) -> Result:
        because = type(error).__name__
        may_repeat = getattr(error, "retryable", True) or action.kind is ActionKind.ALERT
        if not may_repeat or (
            action.attempts >= _MAX_ATTEMPTS and action.kind is not ActionKind.ALERT
        ):
            return Failed(because=because)
        wait = min(_FIRST_WAIT * 2 ** min(action.attempts - 1, 10), _LONGEST_WAIT)
        asked = getattr(error, "retry_after_s", None)
        if asked is not None:
            wait = max(wait, timedelta(seconds=asked))
        return TryAgain(at=self._clock.now() + wait, because=because)

    def _end(self, action: ClaimedAction, result: Result) -> None:
        now = self._clock.now()
        with self._database.work() as work:
            match result:
                case Done(because=because):
                    work.actions.finish(action, now, because=because)
                    log.info("action_done", kind=action.kind.value)
                case TryAgain(at=at, because=because):
                    work.actions.retry(action, at=at, because=because)
                    log.warning("action_put_off", kind=action.kind.value, because=because)
                case Dropped(because=because):
                    work.actions.finish(
                        action, now, state=ActionState.DROPPED, because=because[:60]
                    )
                    log.warning("action_dropped", kind=action.kind.value, because=because)
                case Failed(because=because):
                    self._give_up(work, action, because, now)
                    log.error("action_failed", kind=action.kind.value, because=because)

    def _give_up(self, work: Work, action: ClaimedAction, because: str, now: datetime) -> None:
        if not work.actions.finish(action, now, state=ActionState.FAILED, because=because[:60]):
            return
        self._performers[action.kind].gave_up(work, action, because)
        alert = plan_operator_alert("action_failed", action.key, now=now, because=because)
        work.actions.plan([alert], now)
