"""An urgent case until a person acknowledges it: alerts, the ladder, and the watch over it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.cases import Case
from bot.ladder import Until, Watch, first_alert_at, go_on, next_at
from bot.plan import plan_alert, plan_ladder_alert
from bot.services.new_case import House
from bot.simulate.case_state import CaseState
from bot.simulate.hours import moment, seconds
from bot.simulate.player import Stage
from bot.vocabulary import EventKind, MessageId, PersonKey
from bot.worktime import is_open, previous_working_moment


@dataclass(slots=True, kw_only=True)
class UrgentCase:
    """The watch over an urgent case; see `bot.services.urgency_watch`."""

    stage: Stage
    state: CaseState
    case: Case
    watch: Watch
    next_at: datetime | None
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
        later = next_at(watch, until, house.ladder, house.calendar)
        return cls(stage=stage, state=state, case=case, watch=watch, next_at=later)

    @property
    def told_at(self) -> int:
        """Return when staff are told first."""
        begun = self.watch.begun_at
        return seconds(first_alert_at(begun, Until.of(self.case), self._house.calendar))

    @property
    def _house(self) -> House:
        return self.stage.city.house

    def go_on_until(self, at: int) -> None:
        """Take the steps of the ladder that are due by an instant."""
        until = min(at, self.stage.city.end)
        while self.next_at is not None and (now := _after(self.next_at)) <= until:
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

    def write(self) -> None:
        """Add the row of the watch; a closed case has none."""
        stored = self.stage.city.hours.stored
        self.stage.rows["urgency_watch"].append(
            (
                self.state.id,
                stored(seconds(self.watch.begun_at)),
                self.watch.step,
                None if self.next_at is None else f"{self.next_at:%Y-%m-%d %H:%M:%S.%f}",
                int(self.watch.told_half),
                int(self.watch.told_last_hour),
                None if self.acknowledged_at is None else stored(self.acknowledged_at),
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


def _after(at: datetime) -> int:
    """Return the first whole second that is not before an instant."""
    return seconds(at) + (at.microsecond > 0)
