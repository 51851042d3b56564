"""Cases in words: one of them, a queue, and what is urgent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from bot.cases import Case
from bot.errors import NotFound
from bot.services.answers.ground import Ground
from bot.services.naming import case_named
from bot.store.facts import ANSWERS
from bot.texts import Say
from bot.understanding import QueueFilter, Slot, Whose
from bot.vocabulary import CaseId, Channel, EventKind, Status, TeamKey, Urgency
from bot.worktime import working_time

MOST_SHOWN: Final = 10
_MOST_READ: Final = 5_000
_WORKING_DAY: Final = timedelta(hours=8)
"""Working time after which a case that no person has answered is overdue."""


def case_asked_for(ground: Ground) -> Case | None:
    """Return the case whose number is named; None where none is that may be told of."""
    return find_case(ground, ground.slots[Slot.CASE]) if Slot.CASE in ground.slots else None


def one_case(ground: Ground, case: Case | None) -> Iterator[str]:
    """Yield how a case stands, by its number or by an invoice that it names.

    Args:
        case: What `case_asked_for` has found.
    """
    say = ground.say
    if Slot.CASE in ground.slots:
        if case is None:
            yield say("Ärende {case} finns inte; kontrollera numret.", case=ground.slots[Slot.CASE])
            return
        yield from _sheet(ground, case)
    elif Slot.INVOICE in ground.slots:
        yield from _by_invoice(ground, ground.slots[Slot.INVOICE])
    else:
        yield say("Vilket ärende? Skriv numret, till exempel 2018-000123.")


def find_case(ground: Ground, text: str) -> Case | None:
    """Return the case that a text means; None where there is none that may be told of."""
    if ground.database is None:
        return None
    try:
        found = case_named(text, ground.database)
    except NotFound:
        return None
    return next(iter(ground.seen([found])), None)


def case_line(case: Case, ground: Ground) -> str:
    """Say a case on one line: number, matter, team or owner, status, deadline."""
    say, names = ground.say, ground.names
    parts = [str(case.number), say.code(f"status.{case.status}")]
    parts.append(names.matter(case.matter) if case.matter else names.process(case.process))
    if case.customer is not None and not case.protected:
        unit = ground.knowledge.customer_name(case.customer)
        if unit is not None:
            parts.append(unit)
    parts.append(names.person(case.owner) if case.owner else names.team(case.team))
    if case.handle_by is not None:
        zone = ground.knowledge.calendar.zone
        parts.append(say("senast {at}", at=say.moment(case.handle_by, zone)))
    return " · ".join(parts)


def _sheet(ground: Ground, case: Case) -> Iterator[str]:
    say, zone = ground.say, ground.knowledge.calendar.zone
    yield case_line(case, ground)
    yield say("Kom in {at}.", at=say.moment(case.received_at, zone))
    if case.urgent is not Urgency.NO:
        yield say.code(f"urgent.{case.urgent}") + "."
        if case.stop_confirmed:
            yield say("Stoppet är bekräftat.")
    if case.owner is None:
        yield say("Ingen har tagit ärendet.")
    assert ground.database is not None  # the case came from it
    with ground.database.reading() as work:
        events = work.cases.events(case.id)
    answers = [event for event in events if event.kind in ANSWERS]
    if answers:
        yield say("Kunden fick svar senast {at}.", at=say.moment(answers[-1].at, zone))
    else:
        yield say("Ingen person har svarat kunden än.")
    last = next((event for event in reversed(events) if event.kind is not EventKind.VIEWED), None)
    if last is not None:
        yield say(
            "Senast: {event}, {at}.",
            event=say.code(f"event.{last.kind}"),
            at=say.moment(last.at, zone),
        )


def _by_invoice(ground: Ground, invoice: str) -> Iterator[str]:
    say = ground.say
    every: list[Case] = []
    if ground.database is not None:
        with ground.database.reading() as work:
            every = list(work.cases.get_many(work.facts.naming(invoice, limit=_MOST_READ)).values())
    found = ground.seen(every)
    if not every:
        yield say("Inget ärende nämner faktura {invoice}.", invoice=invoice)
        return
    yield say.plural(
        "{n} ärende nämner faktura {invoice}:",
        "{n} ärenden nämner faktura {invoice}:",
        len(every),
        invoice=invoice,
    )
    yield from (case_line(case, ground) for case in found[:MOST_SHOWN])
    yield from _hidden(len(every) - len(found), ground)


def queue(ground: Ground) -> Iterator[str]:
    """Yield the open cases that are asked for, what must be handled first on top."""
    say = ground.say
    whose, wanted = ground.slots.get(Slot.WHOSE), ground.slots.get(Slot.FILTER)
    if whose in (Whose.MINE, Whose.TEAM) and ground.person is None:
        yield say("Jag vet inte vem du är, och kan inte säga vilka ärenden som är dina.")
        return
    cases = [case for case in _open_cases(ground) if _is_asked_for(case, ground)]
    if cases and wanted in (QueueFilter.OVERDUE, QueueFilter.NO_FEEDBACK_TODAY):
        waiting = _unanswered(ground, cases)
        cases = [case for case in cases if case.id in waiting]
        if wanted == QueueFilter.OVERDUE:
            cases = [case for case in cases if _is_late(case, ground)]
    yield from _listed(cases, ground, say("Inga sådana ärenden."))


def urgent(ground: Ground) -> Iterator[str]:
    """Yield the urgent cases that are not stopped, the earliest deadline first."""
    cases = [
        case
        for case in _open_cases(ground, urgent_only=True)
        if not case.stop_confirmed and ground.process in (None, case.process)
    ]
    yield from _listed(cases, ground, ground.say("Inget är brådskande just nu."))
    yield ground.say("Stopplistan för nästa körning: sammadag stop-list")


def _open_cases(ground: Ground, *, urgent_only: bool = False) -> Sequence[Case]:
    if ground.database is None:
        return ()
    with ground.database.reading() as work:
        return work.cases.queue(urgent_only=urgent_only, limit=_MOST_READ)


def _is_asked_for(case: Case, ground: Ground) -> bool:
    whose = ground.slots.get(Slot.WHOSE)
    if ground.process not in (None, case.process):
        return False
    if whose == Whose.MINE:
        return case.owner == ground.person
    if whose == Whose.UNASSIGNED:
        return case.owner is None
    return whose != Whose.TEAM or case.team == _team(ground)


def _team(ground: Ground) -> TeamKey | None:
    return None if ground.person is None else ground.knowledge.people[ground.person].team


def _unanswered(ground: Ground, cases: Iterable[Case]) -> set[CaseId]:
    """Return the cases to whose customer nobody has said anything since their clock started."""
    assert ground.database is not None  # there are cases
    cases = list(cases)
    with ground.database.reading() as work:
        last = work.facts.last_answers([case.id for case in cases])
    return {
        case.id for case in cases if case.id not in last or last[case.id] < case.clock_started_at
    }


def _is_late(case: Case, ground: Ground) -> bool:
    """Tell whether a case has waited longer than one working day for an answer."""
    calendar = ground.knowledge.calendar
    if case.handle_by is not None and case.handle_by < ground.at:
        return True
    if case.status in (Status.WAITING_CUSTOMER, Status.WAITING_OTHER):
        return False
    if case.channel is Channel.PHONE:
        return calendar.local_date(case.clock_started_at) < ground.today
    waited = working_time(case.clock_started_at, max(ground.at, case.clock_started_at), calendar)
    return waited > _WORKING_DAY


def _listed(cases: Sequence[Case], ground: Ground, none: str) -> Iterator[str]:
    say: Say = ground.say
    if not cases:
        yield none
        return
    yield say.plural("{n} ärende:", "{n} ärenden:", len(cases))
    seen = ground.seen(cases)
    yield from (case_line(case, ground) for case in seen[:MOST_SHOWN])
    if len(seen) > MOST_SHOWN:
        left = len(seen) - MOST_SHOWN
        yield say.plural("… och {n} till.", "… och {n} till.", left)
    yield from _hidden(len(cases) - len(seen), ground)


def _hidden(count: int, ground: Ground) -> Iterator[str]:
    if count:
        yield ground.say.plural(
            "{n} ärende har skyddade uppgifter och visas inte här.",
            "{n} ärenden har skyddade uppgifter och visas inte här.",
            count,
        )
