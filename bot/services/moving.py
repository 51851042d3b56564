"""Mail that came to the wrong place: we move the case ourselves, and tell the customer."""

from __future__ import annotations

from dataclasses import replace

from bot.cases import SYSTEM, Case, Event
from bot.clock import Clock
from bot.errors import DataError, ReplyHasHole
from bot.reply_rules import MOVED, Policy
from bot.services.deadlines import deadline_anew
from bot.services.undoing import Act, remember
from bot.services.urgent_cases import watch_over
from bot.services.writing import Writer, may_be_answered
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import (
    Channel,
    EventKind,
    MatterKey,
    PersonKey,
    ProcessKey,
    Urgency,
)


class Moving:
    """Moves cases between processes; each call is one transaction."""

    def __init__(self, database: Database, writer: Writer, clock: Clock) -> None:
        self._database = database
        self._writer = writer
        self._house = writer.house
        self._clock = clock

    def move(
        self, case: Case, process: ProcessKey, *, by: PersonKey, matter: MatterKey | None = None
    ) -> Case:
        """Give a case to the process that it belongs to; team, owner and deadline follow.

        The owner keeps it who is in the new team. Of an urgent case the new people are told,
        and must acknowledge it. The customer is told once for each move, by itself where the
        rules allow it, else by a draft; never that the mail must be sent again.

        Args:
            matter: What it is about, where that was wrong too.

        Raises:
            DataError: It is there already.
            IllegalChange: It is closed.
        """
        with self._database.work() as work:
            before = work.cases.get(case.id)
            before.require_open()
            if before.process == process:
                raise DataError("ärende {case} är redan där", case=before.number)
            moved = self._store(work, self._moved(before, process, matter), before, by)
            self._tell_staff(work, moved)
            self._tell_customer(work, moved)
            after = work.cases.get(case.id)
            remember(work, before, after, Act.MOVE, by=by, now=self._clock.now())
            return after

    def _moved(self, case: Case, process: ProcessKey, matter: MatterKey | None) -> Case:
        knowledge = self._house.knowledge
        team = knowledge.team_for(process, case.customer, case.mailbox)
        owner = None if case.owner is None else knowledge.people.get(case.owner)
        return replace(
            case,
            process=process,
            matter=matter or case.matter,
            misdirected=True,
            team=team,
            owner=owner.key if owner is not None and owner.team == team else None,
        )

    def _store(self, work: Work, moved: Case, before: Case, by: PersonKey) -> Case:
        if moved.urgent is not Urgency.NO:
            invoices = work.case_invoices.of_cases([moved.id]).get(moved.id, ())
            moved = deadline_anew(moved, invoices, self._house)
        if moved.owner != before.owner:
            work.books.mark_case(moved.id)
        stored = work.cases.change(moved)
        event = Event.on(
            stored,
            EventKind.MOVED_PROCESS,
            self._clock.now(),
            self._house.calendar,
            actor=by,
            before=before.process,
            process=stored.process,
            team=stored.team,
        )
        work.cases.record([event])
        return stored

    def _tell_staff(self, work: Work, case: Case) -> None:
        if case.urgent is not Urgency.NO and not case.stop_confirmed:
            because, now = f"moved:{case.version}", self._clock.now()
            watch_over(work, case, self._house, now, because=because)

    def _tell_customer(self, work: Work, case: Case) -> None:
        policy = self._writer.policy(case, MOVED, beyond_doubt=True)
        if case.channel is not Channel.EMAIL or policy not in (Policy.DRAFT, Policy.AUTO):
            return
        occasion = f"moved:{case.process}"
        draft = self._writer.write(work, case, MOVED, by=SYSTEM, occasion=occasion)
        if draft is not None and policy is Policy.AUTO and may_be_answered(work, draft):
            try:
                self._writer.queue(work, case, draft, by=SYSTEM)
            except ReplyHasHole:
                return  # it stays a draft, which says what it lacks


def moved_on_arrival(case: Case, mailbox_process: ProcessKey | None) -> bool:
    """Tell whether a new case belongs to another process than the mailbox it came to."""
    return case.misdirected and case.process is not None and mailbox_process != case.process
