"""Entries of registers for tests, made by the rules: only what may follow does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from bot.cases import CaseNumber
from bot.errors import DataError
from bot.registers import (
    NATURES,
    Entry,
    EntryKind,
    Facts,
    Register,
    Rung,
    Source,
    check_following,
    fold,
    kinds_of,
)
from bot.vocabulary import CustomerKey, PersonKey, ProcessKey, UnitKey

BEGUN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
ANNA, BO = PersonKey("anna"), PersonKey("bo")

OPENINGS = {
    Register.REMARKS: Facts(
        source=Source.PHONE,
        unit=UnitKey("kundreskontra"),
        process=ProcessKey("kundreskontra"),
        owner=ANNA,
        due=date(2026, 3, 17),
    ),
    Register.CUSTOMER_LOG: Facts(customer=CustomerKey("trafik")),
    Register.PROCESS_LOG: Facts(
        process=ProcessKey("kundreskontra"), owner=ANNA, proposer=BO, rung=Rung.FIRST_LINE
    ),
}


def opened(register, nature=None, **facts):
    """Return the first entry of an item."""
    said = OPENINGS[register].then(Facts(nature=nature or NATURES[register][0], **facts))
    return Entry(
        id=1,
        register=register,
        number=1,
        kind=EntryKind.OPENED,
        at=BEGUN,
        actor=ANNA,
        text="Hur det började.",
        facts=said,
        case_number=CaseNumber(year=2026, serial=1),
    )


def after(entries, kind, *, text="Vad som hände.", **facts):
    """Return an entry that is to follow on others."""
    first = entries[0]
    return Entry(
        id=len(entries) + 1,
        register=first.register,
        number=first.number,
        kind=kind,
        at=BEGUN + timedelta(hours=len(entries)),
        actor=BO,
        text=text,
        facts=Facts(**facts),
    )


def item_with(register, *kinds, nature=None):
    """Return an item after some kinds of entries, each with what it must say."""
    entries = [opened(register, nature)]
    for kind in kinds:
        entries.append(entry := after(entries, kind, **_must(kind, fold(entries))))
        check_following(fold(entries[:-1]), entry)
    return fold(entries)


def _must(kind, item):
    if kind is EntryKind.HANDED_OVER:
        return {"owner": BO}
    if kind is EntryKind.ESCALATED:
        return {"rung": _UP[item.facts.rung]}
    return {}


_UP = {
    Rung.FIRST_LINE: Rung.SPECIALIST,
    Rung.SPECIALIST: Rung.KAIZEN,
    Rung.KAIZEN: Rung.MANAGER,
    Rung.MANAGER: Rung.SUPPLIER,
    Rung.SUPPLIER: Rung.OWNER,
    Rung.OWNER: Rung.MANAGER,
}


@st.composite
def histories(draw):
    """Draw the entries of one item of any register, as the rules let them come about."""
    register = draw(st.sampled_from(Register))
    entries = [opened(register, draw(st.sampled_from(NATURES[register])))]
    for kind in draw(st.lists(st.sampled_from(kinds_of(register)), max_size=8)):
        item = fold(entries)
        entry = after(entries, kind, **_must(kind, item))
        try:
            check_following(item, entry)
        except DataError:
            continue
        entries.append(entry)
    return entries
