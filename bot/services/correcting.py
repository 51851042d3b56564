"""Putting right what triage said of a case, and putting two cases of one customer together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.cases import Case, Event
from bot.clock import Clock
from bot.errors import DataError
from bot.services.deadlines import deadline_anew, move_ladder
from bot.services.new_case import House
from bot.services.undoing import Act, remember
from bot.services.unmerging import BROUGHT, INTO, OWN_DEADLINE, deadline_values
from bot.services.urgent_cases import watch_over
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import (
    CustomerKey,
    EventKind,
    MatterKey,
    PersonKey,
    ProcessKey,
    Status,
    Urgency,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a case is really about; all of it, not only what changes.

    Attributes:
        possible: It is not urgent as far as anybody knows, and a person should look soon.
    """

    process: ProcessKey | None
    matter: MatterKey | None
    urgent: Urgency
    customer: CustomerKey | None
    possible: bool = False

    @classmethod
    def standing(cls, case: Case) -> Correction:
        """Return what a case is said to be about now."""
        return cls(
            process=case.process,
            matter=case.matter,
            urgent=case.urgent,
            customer=None if case.customer is None else CustomerKey(case.customer),
            possible=case.possible,
        )


class Correcting:
    """Corrects cases on behalf of people; each call is one transaction."""

    def __init__(self, database: Database, house: House, clock: Clock) -> None:
        self._database = database
        self._house = house
        self._clock = clock

    def correct(self, case: Case, right: Correction, *, by: PersonKey) -> Case:
        """Put right what a case is about; team, owner and deadline follow.

        The customer is told nothing: a mail that came to the wrong place is moved, see
        `bot.services.moving`. A case that becomes urgent is watched over from now on.

        Args:
            case: As it was read.

        Raises:
            IllegalChange: It is closed.
            DataError: Nothing would change; or somebody else has corrected it meanwhile.
        """
        with self._database.work() as work:
            before = work.cases.get(case.id)
            before.require_open()
            if Correction.standing(before) != Correction.standing(case):
                raise DataError(
                    "ärende {case}: någon annan har nyss rättat bedömningen", case=before.number
                )
            corrected = self._corrected(work, before, right)
            changes = _changes(before, corrected)
            if not changes:
                raise DataError("ärende {case}: bedömningen är redan sådan", case=before.number)
            after = work.cases.change(corrected)
            work.cases.record([self._event(after, EventKind.RETAGGED, by, **changes)])
            remember(work, before, after, Act.RETAG, by=by, now=self._clock.now())
            if after.owner != before.owner:
                work.books.mark_case(after.id)
            self._watch(work, before, after)
            return after

    def merge(self, case: Case, into: Case, *, by: PersonKey) -> Case:
        """Close a case and let another one of the same customer go on for both.

        Later mails on either come to the other one. It takes over the invoices, protection,
        and of two urgent cases the earlier deadline.

        Returns:
            The closed case.

        Raises:
            IllegalChange: One of them is closed.
            DataError: They are not of the same customer; or the closed one is urgent, nobody
                has ticked its stop, and the other one is not urgent.
        """
        with self._database.work() as work:
            before, target = work.cases.get(case.id), work.cases.get(into.id)
            self._refuse_unlike(work, before, target)
            now = self._clock.now()
            added = self._take_invoices_over(work, before, target)
            went_by = self._store_target(work, target, before, by)
            # Its stop is watched on the other case from now on.
            after = work.cases.change(replace(before, status=Status.CLOSED))
            work.watches.end([after.id])
            work.merges.put(after.id, target.id, now)
            merged = self._event(after, EventKind.MERGED, by, into=str(target.number))
            work.cases.record([merged, self._event(after, EventKind.CLOSED, by)])
            beside = {INTO: target.id, BROUGHT: added, **went_by}
            remember(work, before, after, Act.MERGE, by=by, now=now, **beside)
            return after

    def _corrected(self, work: Work, case: Case, right: Correction) -> Case:
        knowledge = self._house.knowledge
        team = case.team
        if (right.process, right.customer) != (case.process, case.customer):
            team = knowledge.team_for(right.process, right.customer, case.mailbox)
        owner = None if case.owner is None else knowledge.people.get(case.owner)
        stays = owner is not None and owner.team == team
        own_process = knowledge.process_of(case.mailbox)
        corrected = replace(
            case,
            process=right.process,
            matter=right.matter,
            urgent=right.urgent,
            possible=right.possible and right.urgent is Urgency.NO,
            customer=right.customer,
            misdirected=right.process is not None and own_process not in (None, right.process),
            team=team,
            owner=case.owner if team == case.team or stays else None,
        )
        if right.urgent is Urgency.NO:
            return replace(corrected, handle_by=None, safe_until=None, deadline_reasons=())
        became = case.urgent is not right.urgent
        if became or corrected.process != case.process:
            invoices = work.case_invoices.of_cases([case.id]).get(case.id, ())
            since = self._clock.now() if became else None
            ticked = case.stop_confirmed and not became
            corrected = replace(corrected, stop_confirmed=ticked)
            return deadline_anew(corrected, invoices, self._house, since=since)
        return corrected

    def _watch(self, work: Work, before: Case, after: Case) -> None:
        if after.urgent is Urgency.NO:
            work.watches.end([after.id])
        elif after.urgent is not before.urgent:
            because = f"retagged:{after.version}"
            watch_over(work, after, self._house, self._clock.now(), because=because)

    def _refuse_unlike(self, work: Work, case: Case, target: Case) -> None:
        if case.id == target.id:
            raise DataError("välj ett annat ärende än ärende {case} självt", case=case.number)
        for one in (case, target):
            one.require_open()
        if not self._is_of_same_customer(work, case, target):
            raise DataError(
                "ärende {case} och ärende {other} är inte från samma kund",
                case=case.number,
                other=target.number,
            )
        unsettled = case.urgent is not Urgency.NO and not case.stop_confirmed
        if unsettled and (target.urgent is not case.urgent or target.stop_confirmed):
            raise DataError(
                "ärende {case} är brådskande; slå ihop åt andra hållet, så att det är kvar",
                case=case.number,
            )

    def _is_of_same_customer(self, work: Work, case: Case, target: Case) -> bool:
        if case.customer is not None and case.customer == target.customer:
            return True
        senders = work.cases.senders_on([case.id, target.id])
        return bool(senders.get(case.id, frozenset()) & senders.get(target.id, frozenset()))

    def _take_invoices_over(self, work: Work, case: Case, target: Case) -> list[str]:
        """Put the invoices of a case on another one; return the numbers that are new there."""
        named = work.case_invoices.of_cases([case.id, target.id])
        there = {invoice.number: invoice.position for invoice in named.get(target.id, ())}
        behind = max(there.values(), default=-1) + 1
        new = [invoice for invoice in named.get(case.id, ()) if invoice.number not in there]
        work.case_invoices.insert(
            replace(invoice, case_id=target.id, position=position)
            for position, invoice in enumerate(new, start=behind)
        )
        return [invoice.number for invoice in new]

    def _store_target(
        self, work: Work, target: Case, taken_up: Case, by: PersonKey
    ) -> dict[str, object]:
        """Let a case go on for both; return its deadline under `OWN_DEADLINE` if it had a later."""
        went_by: dict[str, object] = {}
        changed = replace(target, protected=target.protected or taken_up.protected)
        if taken_up.handle_by is not None and changed.urgent is not Urgency.NO:
            sooner = changed.handle_by is None or taken_up.handle_by < changed.handle_by
            if sooner:
                own = {**deadline_values(target), "process": target.process}
                went_by = {OWN_DEADLINE: own}
                changed = replace(
                    changed,
                    handle_by=taken_up.handle_by,
                    safe_until=taken_up.safe_until,
                    deadline_reasons=taken_up.deadline_reasons,
                )
        if changed != target:
            changed = work.cases.change(changed)
        if went_by:
            move_ladder(work, changed, self._house, self._clock.now())
        event = self._event(changed, EventKind.MERGED, by, other=str(taken_up.number))
        work.cases.record([event])
        return went_by

    def _event(
        self, case: Case, kind: EventKind, by: PersonKey, **data: str | int | bool | None
    ) -> Event:
        return Event.on(case, kind, self._clock.now(), self._house.calendar, actor=by, **data)


def _changes(before: Case, after: Case) -> dict[str, str | int | bool | None]:
    """Return what was corrected: key, old key under ``<name>_before``."""
    changes: dict[str, str | int | bool | None] = {}
    for name in ("process", "matter", "urgent", "customer"):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            changes[f"{name}_before"] = None if was is None else str(was)
            changes[name] = None if now is None else str(now)
    if before.possible != after.possible:
        changes |= {"possible_before": before.possible, "possible": after.possible}
    return changes
