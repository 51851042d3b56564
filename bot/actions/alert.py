"""Tell staff what an alert in the outbox is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.actions.result import Done, Dropped, Result
from bot.cases import Case, Event
from bot.clock import Clock
from bot.duty import Staffing, who
from bot.knowledge import Knowledge
from bot.ladder import Rung
from bot.notifying import ANSWERABLE, Alert, AlertCode, Notifier, Staffed
from bot.store.records import ClaimedAction
from bot.store.unit_of_work import Database, Work
from bot.store.watches import StoredWatch
from bot.vocabulary import EventKind, MailboxKey, PersonKey, Status, TeamKey, Urgency
from bot.worktime import Calendar

_ADDRESSED = ("code", "mailbox", "team", "to")


def _is_settled(case: Case, watch: StoredWatch | None) -> bool:
    """Tell whether nobody needs to answer for a case: closed, not urgent, or acknowledged."""
    if case.status is Status.CLOSED or case.urgent is Urgency.NO:
        return True
    return watch is not None and watch.acknowledged_at is not None


class AlertPerformer:
    """Carries alerts through a notifier and notes on the case that it was told."""

    def __init__(
        self,
        database: Database,
        notifier: Notifier,
        knowledge: Knowledge,
        calendar: Calendar,
        clock: Clock,
    ) -> None:
        self._database = database
        self._notifier = notifier
        self._knowledge = knowledge
        self._calendar = calendar
        self._clock = clock

    def perform(self, action: ClaimedAction) -> Result:
        """See `Performer.perform`."""
        case = None
        if action.case_id is not None:
            with self._database.reading() as work:
                case = work.cases.get(action.case_id)
                watch = work.watches.get(action.case_id)
            if action.data["code"] in ANSWERABLE and _is_settled(case, watch):
                return Dropped(because="acknowledged")
        self._notifier.notify(self._alert(action, case))
        if case is not None:
            self._record(case, action)
        return Done()

    def gave_up(self, work: Work, action: ClaimedAction, because: str) -> None:
        """See `Performer.gave_up`. Alerts are tried for ever."""

    def _alert(self, action: ClaimedAction, case: Case | None) -> Alert:
        values = {key: value for key, value in action.data.items() if key not in _ADDRESSED}
        if case is None:
            return self._of_no_case(action, values)
        return Alert(
            key=action.key,
            code=AlertCode(action.data["code"]),
            case_number=str(case.number),
            mailbox=case.mailbox,
            process=case.process,
            matter=None if case.protected else case.matter,
            urgent=case.urgent,
            customer=None if case.protected else self._knowledge.customer_name(case.customer),
            team=case.team,
            values=values,
            to=self._addressee(case, action),
            handle_by=self._told(case.handle_by, action),
            safe_until=self._told(case.safe_until, action),
        )

    def _told(self, until: datetime | None, action: ClaimedAction) -> datetime | None:
        """Return the local time of a moment that the ladder goes by, where it is told of."""
        if until is None or action.data["code"] not in ANSWERABLE:
            return None
        return until.astimezone(self._calendar.zone)

    def _of_no_case(self, action: ClaimedAction, values: Mapping[str, Any]) -> Alert:
        mailbox, team = action.data.get("mailbox"), action.data.get("team")
        staffings = () if team is None else tuple(self._staffings(TeamKey(team)))
        return Alert(
            key=action.key,
            code=AlertCode(action.data["code"]),
            mailbox=None if mailbox is None else MailboxKey(mailbox),
            team=None if team is None else TeamKey(team),
            values=values,
            to=self._of_staff(action, staffings),
            staffing=tuple(
                Staffed(place=staffing.place, on_duty=staffing.on_duty) for staffing in staffings
            ),
        )

    def _staffings(self, team: TeamKey) -> Iterator[Staffing]:
        """Yield how the places of a team's unit are staffed now."""
        known = self._knowledge.teams.get(team)
        for place, post in self._knowledge.duty.posts.items():
            if known is not None and post.unit == known.unit:
                yield who(self._knowledge.duty, place, self._clock.now())

    def _of_staff(self, action: ClaimedAction, staffings: Sequence[Staffing]) -> PersonKey | None:
        """Return who is told of what is no case: who is on duty first, else a head."""
        place = action.data.get("place")
        if place is not None:
            staffings = (who(self._knowledge.duty, MailboxKey(place), self._clock.now()),)
        people = (staffing.on_duty or staffing.head for staffing in staffings)
        return next((person for person in people if person is not None), None)

    def _addressee(self, case: Case, action: ClaimedAction) -> PersonKey | None:
        """Return who is told now: who is named, else on duty, the substitute or the head."""
        named = action.data.get("to")
        if named is not None:
            return PersonKey(named)
        staffing = who(self._knowledge.duty, self._desk(case), self._clock.now())
        substitute = next(iter(staffing.substitutes), None)
        in_turn = {
            Rung.ON_DUTY: (staffing.on_duty, substitute, staffing.head),
            Rung.SUBSTITUTE: (substitute, staffing.head, staffing.on_duty),
            Rung.HEAD: (staffing.head, substitute, staffing.on_duty),
        }
        rung = Rung(action.data.get("rung") or Rung.ON_DUTY)
        return next((person for person in in_turn[rung] if person is not None), None)

    def _desk(self, case: Case) -> MailboxKey:
        """Return the mailbox whose staff handle a case: that of its process, else its own."""
        boxes = self._knowledge.mailboxes.items()
        own = (key for key, mailbox in boxes if mailbox.process == case.process is not None)
        return next(own, case.mailbox)

    def _record(self, case: Case, action: ClaimedAction) -> None:
        now = self._clock.now()
        event = Event.on(case, EventKind.ALERT_SENT, now, self._calendar, code=action.data["code"])
        with self._database.work() as work:
            if work.actions.finish(action, now):
                work.cases.record([event])
