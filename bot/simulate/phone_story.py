"""The history of a call: logged, promised feedback the same day, kept or broken."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.cases import PlannedAction
from bot.ladder import Rung
from bot.language.search_words import entry_words
from bot.promises import Feedback, Promise, Step, due_step, promised
from bot.services.same_day import plan_broken
from bot.simulate.case_state import CaseState
from bot.simulate.hours import moment, seconds
from bot.simulate.mail_moulds import MailMould
from bot.simulate.player import LAG, Item, Stage
from bot.vocabulary import (
    ActionKind,
    CaseId,
    Channel,
    EventKind,
    MailboxKey,
    PersonKey,
    Status,
    Urgency,
)

_FEEDBACK = {
    Feedback.ONGOING: EventKind.FEEDBACK_ONGOING,
    Feedback.DONE: EventKind.FEEDBACK_DONE,
}


class PhoneStory:
    """Plays one call."""

    def __init__(self, stage: Stage, item: Item) -> None:
        self._stage = stage
        self._city = stage.city
        self._item = item
        self._chance = stage.chance

    def case(self) -> None:
        """Play the call until the case is closed or the history ends."""
        stage, at = self._stage, self._item.at + LAG
        case, taker = self._logged()
        self._promise = promised(CaseId(case.id), 1, moment(at), self._city.hours.calendar)
        self._go_on_until(case, taker, at)
        kept = self._chance.random() < 0.9
        due = seconds(self._promise.due_at)
        limit = max(60, self._city.hours.between(at, due) - 60)
        wait = min(stage.working(4_000), limit) if kept else limit + stage.working(8_000) + 120
        told_at = self._city.hours.after(at, max(60, wait))
        self._go_on_until(case, taker, told_at)
        person = case.owner or taker
        done = self._chance.random() < 0.7
        told = self._tell(case, told_at, person, Feedback.DONE if done else Feedback.ONGOING)
        if told and not done:
            later = self._city.hours.after(told_at, stage.working(20_000))
            self._tell(case, later, person, Feedback.DONE)
        self._write(case)

    def _logged(self) -> tuple[CaseState, PersonKey]:
        item, knowledge, stage = self._item, self._city.material.knowledge, self._stage
        mould = _about_a_call(stage)
        process, matter = mould.found.process, mould.found.matter
        assert process is not None
        assert item.case_id is not None
        values = self._stage.values_for(item, more={})
        caller = mould.found.customer or f"{values['first']} {values['last']}"
        note = stage.pick(self._city.wording.calls)
        note = note.replace("{place}", values["place"]).replace("{amount}", values["amount"])
        mailbox = _mailbox_of(process, self._stage)
        customer = knowledge.customer_key(caller)
        team = knowledge.team_for(process, customer, mailbox)
        taker = stage.pick(self._city.people[team])
        if self._chance.random() < 0.2:
            taker = stage.pick(self._city.people[stage.pick(list(self._city.people))])
        owner = taker if knowledge.people[taker].team == team else None
        case = CaseState(
            city=self._city,
            id=item.case_id,
            year=item.year,
            serial=item.serial,
            channel=Channel.PHONE,
            mailbox=mailbox,
            process=process,
            matter=matter,
            urgent=Urgency.NO,
            customer=customer,
            team=team,
            owner=owner,
            status=Status.NEW if owner is None else Status.OPEN,
            received_at=item.at + LAG,
            clock_started_at=item.at + LAG,
        )
        self._log(case, taker, caller, f"08-465 {item.index % 1000:03} {item.index % 97:02}", note)
        return case, taker

    def _log(
        self, case: CaseState, taker: PersonKey, caller: str, callback: str, note: str
    ) -> None:
        at = self._item.at + LAG
        self._stage.rows["phone_call"].append((case.id, caller, callback, note))
        words = entry_words(caller, callback, note)
        self._stage.rows["search_entry"].append((None, case.id, words))
        case.happened(EventKind.RECEIVED, at, taker, channel=case.channel.value)
        case.happened(
            EventKind.TRIAGED,
            at,
            taker,
            process=case.process,
            matter=case.matter,
            urgent=case.urgent._value_,
        )
        case.happened(EventKind.ASSIGNED, at, taker, team=case.team)
        if case.owner is not None:
            case.happened(EventKind.TAKEN, at, taker)
        call = {"customer": caller, "callback": callback, "note": note}
        self._stage.note(
            at, "call", case, by=taker, process=case.process, matter=case.matter, **call
        )

    def _tell(self, case: CaseState, at: int, person: PersonKey, said: Feedback) -> bool:
        """Let somebody tell the caller how it stands."""
        if not self._stage.happens(at):
            return False
        promise, data = self._promise, {}
        if promise.is_open:
            in_time = moment(at) <= promise.due_at
            data = {"promise": promise.number, "in_time": in_time}
            self._promise = replace(
                promise,
                kept_at=moment(at),
                kept_with=said,
                next_at=None,
                broken_at=None if in_time else promise.due_at,
            )
        status = Status.CLOSED if said is Feedback.DONE else Status.OPEN
        if status is Status.CLOSED or case.status is Status.NEW:
            case.status = status
            case.version += 1
        case.happened(_FEEDBACK[said], at, person, **data)
        if status is Status.CLOSED:
            case.happened(EventKind.CLOSED, at, person)
        self._stage.note(at, "feedback", case, by=person, said=said)
        return True

    def _go_on_until(self, case: CaseState, taker: PersonKey, at: int) -> None:
        """Take the steps that an unkept promise leads to."""
        calendar, until = self._city.hours.calendar, moment(min(at, self._city.end))
        while self._promise.next_at is not None and self._promise.next_at <= until:
            now = self._promise.next_at
            step, later = due_step(self._promise, self._city.reminders, calendar, now)
            reminded = step in (Step.REMINDER, Step.LAST_REMINDER)
            self._promise = replace(
                self._promise,
                next_at=later,
                reminders=self._promise.reminders + reminded,
                broken_at=self._promise.due_at if step is Step.BROKEN else None,
            )
            if step is not None:
                self._alert(case, taker, step, seconds(now))

    def _alert(self, case: CaseState, taker: PersonKey, step: Step, at: int) -> None:
        if step is Step.BROKEN:
            alert = plan_broken(case.as_case(), self._promise, self._city.house, moment(at))
        else:
            alert = self._reminder(case, taker, step, at)
        if self._stage.done(alert, at):
            case.happened(EventKind.ALERT_SENT, seconds(alert.due_at), code=alert.data["code"])

    def _reminder(self, case: CaseState, taker: PersonKey, step: Step, at: int) -> PlannedAction:
        day, people = self._city.hours.local_day(at), self._city.material.knowledge.people
        present = (key for key in (case.owner, taker) if key and people[key].is_present(day))
        to = next(present, None)
        due = self._promise.due_at.astimezone(self._city.house.zone)
        whom: dict[str, Any] = {"rung": Rung.HEAD.value} if to is None else {"to": to}
        return PlannedAction(
            key=f"alert:promise_{step}:{case.id}:{self._promise.number}",
            kind=ActionKind.ALERT,
            case_id=CaseId(case.id),
            due_at=moment(at),
            data={"code": "promise_reminder", "by": f"{due:%H:%M}", **whom},
        )

    def _write(self, case: CaseState) -> None:
        self._stage.rows["promise"].append(_row(self._promise))
        case.finish(self._stage.rows)


def _row(promise: Promise) -> tuple[Any, ...]:
    def told(at: datetime | None) -> int | None:
        return None if at is None else seconds(at)

    return (
        promise.case_id,
        promise.number,
        told(promise.promised_at),
        told(promise.due_at),
        told(promise.next_at),
        promise.reminders,
        told(promise.kept_at),
        None if promise.kept_with is None else promise.kept_with.value,
        told(promise.broken_at),
    )


def _about_a_call(stage: Stage) -> MailMould:
    """Return a mail about what a caller could ask: of no urgent matter."""
    matters = stage.city.material.knowledge.matters
    while True:
        mould = stage.pick(stage.moulds.opening)
        matter = None if mould.found.matter is None else matters.get(mould.found.matter)
        if mould.found.process and matter is not None and matter.urgent is Urgency.NO:
            return mould


def _mailbox_of(process: str, stage: Stage) -> MailboxKey:
    boxes = stage.city.material.knowledge.mailboxes.values()
    return next(box.key for box in boxes if box.process == process)
