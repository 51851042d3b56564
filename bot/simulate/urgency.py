"""An urgent case until a person acknowledges it: alerts, the ladder, and the watch over it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.cases import Case
from bot.ladder import Until, Watch, first_alert_at, go_on, next_at
from bot.plan import plan_alert, plan_ladder_alert
from bot.services.new_case import House
from bot.simulate.case_state import CaseState
from bot.simulate.hours import moment, seconds, whole_second
from bot.simulate.player import Stage
from bot.store.tables.base import stored_instant
from bot.vocabulary import EventKind, MessageId, PersonKey
from bot.worktime import is_open, previous_working_moment


@dataclass(slots=True, kw_only=True)
class UrgentCase:
    """The watch over an urgent case; see `bot.services.urgency_watch`.

    Attributes:
        told_at: When staff are told first.
        quiet_for: So many working seconds no step of the ladder can be due after that.
        next_at: When the ladder goes on; None until somebody asks, and once it has ended.
    """

    stage: Stage
    state: CaseState
    case: Case
    watch: Watch
    told_at: int
    quiet_for: int
    next_at: datetime | None = None
    acknowledged_at: int | None = None
    acknowledged_by: PersonKey | None = None

    @classmethod
    def begun(cls, stage: Stage, state: CaseState, message_id: int, at: int) -> UrgentCase:
        """Begin the watch, and tell staff."""
        case, house = state.as_case(), stage.city.house
        watch, until = Watch(begun_at=moment(at)), Until.of(case)
        alert_at = first_alert_at(moment(at), until, house.calendar)
        (alert,) = plan_alert(case, MessageId(message_id), at=alert_at)
        if stage.done(alert, at):
            state.happened(EventKind.ALERT_SENT, seconds(alert_at), code="urgent")
        return cls(
            stage=stage,
            state=state,
            case=case,
            watch=watch,
            told_at=seconds(alert_at),
            quiet_for=_quiet_for(stage, until, seconds(alert_at)),
        )

    @property
    def _house(self) -> House:
        return self.stage.city.house

    def go_on_until(self, at: int) -> None:
        """Take the steps of the ladder that are due by an instant."""
        until = min(at, self.stage.city.end)
        if self.stage.city.hours.between(self.told_at, until) < self.quiet_for:
            return
        self._ask()
        while self.next_at is not None and (now := whole_second(self.next_at)) <= until:
            self._step(self.next_at, now)

    def acknowledge(self, at: int, by: PersonKey) -> bool:
        """Let somebody stop the ladder; False where the history ends before."""
        self.go_on_until(at)
        if not self.stage.happens(at):
            return False
        self.next_at, self.acknowledged_at, self.acknowledged_by = None, at, by
        self.state.happened(EventKind.ACKNOWLEDGED, at, by)
        self.stage.note(at, "acknowledge", self.state, by=by)
        return True

    def _ask(self) -> None:
        if self.next_at is None and self.acknowledged_at is None:
            until, house = Until.of(self.case), self._house
            self.next_at = next_at(self.watch, until, house.ladder, house.calendar)

    def write(self) -> None:
        """Add the row of the watch; a closed case has none."""
        self._ask()
        self.stage.rows["urgency_watch"].append(
            (
                self.state.id,
                seconds(self.watch.begun_at),
                self.watch.step,
                None if self.next_at is None else stored_instant(self.next_at),
                int(self.watch.told_half),
                int(self.watch.told_last_hour),
                self.acknowledged_at,
                self.acknowledged_by,
            )
        )

    def _step(self, due: datetime, at: int) -> None:
        house, until, now = self._house, Until.of(self.case), moment(at)
        opening = first_alert_at(now, until, house.calendar)
        in_hours = previous_working_moment(due, house.calendar) == due or is_open(
            due, house.calendar
        )
        if opening != now and not in_hours:
            self.next_at = opening
            return
        step, self.watch = go_on(self.watch, until, house.ladder, house.calendar, now)
        self.next_at = next_at(self.watch, until, house.ladder, house.calendar)
        if step is None:
            return
        rung, cause = step.rung, step.cause
        alert = plan_ladder_alert(
            self.case, cause, rung, since=self.watch.begun_at, number=step.number, now=now
        )
        self.state.happened(EventKind.ESCALATED, at, cause=cause.value, rung=rung.value)
        if self.stage.done(alert, at):
            self.state.happened(EventKind.ALERT_SENT, at, code=cause.value)


def _quiet_for(stage: Stage, until: Until, told_at: int) -> int:
    """Return for how many working seconds the ladder surely waits.

    Its first step waits for a while of its own, or for a third of the time that is left.
    """
    wait = int(stage.city.house.ladder.to_substitute.total_seconds())
    if until.handle_by is not None:
        wait = min(wait, stage.city.hours.between(told_at, seconds(until.handle_by)) // 3)
    lost = until.safe_until is not None and seconds(until.safe_until) <= told_at
    return 0 if lost else wait
