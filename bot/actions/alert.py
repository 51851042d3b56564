"""Tell staff what an alert in the outbox is about."""

from __future__ import annotations

from bot.actions.result import Done, Result
from bot.cases import Case, Event
from bot.clock import Clock
from bot.knowledge import Knowledge
from bot.notifying import Alert, AlertCode, Notifier
from bot.store.records import ClaimedAction
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import EventKind, MailboxKey
from bot.worktime import Calendar


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
        self._notifier.notify(self._alert(action, case))
        if case is not None:
            self._record(case, action)
        return Done()

    def gave_up(self, work: Work, action: ClaimedAction, because: str) -> None:
        """See `Performer.gave_up`. Alerts are tried for ever."""

    def _alert(self, action: ClaimedAction, case: Case | None) -> Alert:
        values = {
            key: value for key, value in action.data.items() if key not in ("code", "mailbox")
        }
        mailbox = action.data.get("mailbox")
        if case is None:
            return Alert(
                key=action.key,
                code=AlertCode(action.data["code"]),
                mailbox=None if mailbox is None else MailboxKey(mailbox),
                values=values,
            )
        return Alert(
            key=action.key,
            code=AlertCode(action.data["code"]),
            case_number=str(case.number),
            mailbox=case.mailbox,
            process=case.process,
            matter=case.matter,
            urgent=case.urgent,
            customer=self._knowledge.customer_name(case.customer),
            team=case.team,
            values=values,
        )

    def _record(self, case: Case, action: ClaimedAction) -> None:
        now = self._clock.now()
        event = Event.on(case, EventKind.ALERT_SENT, now, self._calendar, code=action.data["code"])
        with self._database.work() as work:
            if work.actions.finish(action, now):
                work.cases.record([event])
