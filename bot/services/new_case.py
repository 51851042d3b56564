"""What a read mail gives a new case, and which cases it names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from bot.cases import Case, CaseNumber
from bot.knowledge import Knowledge
from bot.ladder import Ladder
from bot.services.reading import Reading
from bot.vocabulary import CaseId, Channel, Status
from bot.worktime import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the register must know of the house: its knowledge and its time."""

    knowledge: Knowledge
    calendar: Calendar
    zone: tzinfo
    ladder: Ladder


def new_case(reading: Reading, case_id: CaseId, received_at: datetime, house: House) -> Case:
    """Return the case that a mail opens; its serial is 0 until one is reserved."""
    found = reading.triage
    return Case(
        id=case_id,
        number=CaseNumber(year=received_at.astimezone(house.zone).year, serial=0),
        status=Status.NEW,
        channel=Channel.EMAIL,
        mailbox=reading.mailbox,
        process=found.process,
        matter=found.matter,
        urgent=found.urgent,
        possible=found.possible,
        protected=found.protected,
        complaint=found.complaint,
        misdirected=found.misdirected,
        customer=house.knowledge.customer_key(found.customer),
        team=house.knowledge.team_for(found.process, found.customer, reading.mailbox),
        owner=None,
        language=found.lang.value,
        received_at=received_at,
        clock_started_at=received_at,
    )


def numbers_named(reading: Reading) -> set[CaseNumber]:
    """Return the numbers of the cases that a mail may belong to, proven or not."""
    texts = [own.case_number for own in reading.candidates.own]
    if reading.failure is not None:
        texts.extend(own.case_number for own in reading.failure.own_ids)
    numbers = {CaseNumber.parse(text) for text in texts}
    if reading.candidates.reference is not None:
        reference = reading.candidates.reference
        numbers.add(CaseNumber(year=reference.year, serial=reference.serial))
    return {number for number in numbers if number is not None}
