"""What may follow what in the registers, and how an item stands after its entries."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Final

from bot.errors import DataError, IllegalChange, Saying
from bot.registers.model import Entry, EntryKind, Facts, Item, Nature, Register, Rung, State
from bot.texts.codes import CODES
from bot.worktime import Calendar, end_of_working_day

NATURES: Final[Mapping[Register, tuple[Nature, ...]]] = {
    Register.REMARKS: (Nature.COMPLAINT, Nature.OPINION, Nature.SUGGESTION, Nature.PRAISE),
    Register.CUSTOMER_LOG: (
        Nature.EVENT,
        Nature.RECURRING,
        Nature.INFORMATION_NEED,
        Nature.MEETING,
    ),
    Register.PROCESS_LOG: (Nature.PROPOSAL, Nature.FAULT, Nature.SUPPORT),
}
"""What an item of each register can be; the first is meant where nothing is said."""

_FOR_THE_RECORD: Final = frozenset({Nature.EVENT, Nature.MEETING})

_REQUIRED: Final[Mapping[Register, tuple[str, ...]]] = {
    Register.REMARKS: ("nature", "source", "unit", "owner"),
    Register.CUSTOMER_LOG: ("nature", "customer"),
    Register.PROCESS_LOG: ("nature", "process", "owner", "proposer", "rung"),
}
_KNOWN: Final[Mapping[Register, frozenset[str]]] = {
    Register.REMARKS: frozenset(
        {"nature", "source", "unit", "process", "customer", "owner", "due"}
    ),
    Register.CUSTOMER_LOG: frozenset({"nature", "source", "process", "customer", "owner", "due"}),
    Register.PROCESS_LOG: frozenset(
        {"nature", "process", "customer", "owner", "proposer", "rung", "due"}
    ),
}
_ANYTHING: Final = frozenset(each.name for each in dataclasses.fields(Facts))
_MAY_SAY: Final[Mapping[EntryKind, frozenset[str]]] = {
    EntryKind.OPENED: _ANYTHING,
    EntryKind.HANDED_OVER: frozenset({"owner"}),
    EntryKind.ESCALATED: frozenset({"rung", "owner", "due"}),
    EntryKind.CORRECTED: _ANYTHING - {"owner", "rung"},
    EntryKind.REOPENED: frozenset({"owner", "due"}),
    EntryKind.DISCUSSED: frozenset({"due"}),
    EntryKind.MEASURE: frozenset({"due"}),
    EntryKind.COMMENTED: frozenset({"due"}),
}
"""What beside its text an entry may say; a kind that is absent, nothing."""
_MUST_SAY: Final[Mapping[EntryKind, str]] = {
    EntryKind.HANDED_OVER: "owner",
    EntryKind.ESCALATED: "rung",
}

_UNSETTLED: Final = (State.OPEN, State.DISCUSSED, State.ACTING)


def _stay(*states: State) -> dict[State, State]:
    return {state: state for state in states}


def _to(target: State, *states: State) -> dict[State, State]:
    return dict.fromkeys(states, target)


_ALWAYS: Final = {
    EntryKind.COMMENTED: _stay(*State),
    EntryKind.CORRECTED: _stay(*State),
    EntryKind.HANDED_OVER: _stay(*_UNSETTLED, State.RESOLVED),
    EntryKind.DISCUSSED: _stay(*State) | _to(State.DISCUSSED, State.OPEN),
    EntryKind.MEASURE: _stay(State.DONE) | _to(State.ACTING, *_UNSETTLED),
}
_LEADS: Final[Mapping[Register, Mapping[EntryKind, Mapping[State, State]]]] = {
    Register.REMARKS: _ALWAYS
    | {
        EntryKind.ANSWERED: _to(State.DONE, *_UNSETTLED),
        EntryKind.CLOSED: _to(State.DONE, *_UNSETTLED),
        EntryKind.REOPENED: _to(State.OPEN, State.DONE),
    },
    Register.CUSTOMER_LOG: _ALWAYS
    | {
        EntryKind.RESOLVED: _to(State.DONE, *_UNSETTLED),
        EntryKind.CLOSED: _to(State.DONE, *_UNSETTLED),
        EntryKind.REOPENED: _to(State.OPEN, State.DONE),
    },
    Register.PROCESS_LOG: _ALWAYS
    | {
        EntryKind.ESCALATED: _stay(*_UNSETTLED),
        EntryKind.RESOLVED: _to(State.RESOLVED, *_UNSETTLED),
        EntryKind.CLOSED: _to(State.RESOLVED, *_UNSETTLED),
        EntryKind.FEEDBACK: _stay(*_UNSETTLED) | _to(State.DONE, State.RESOLVED),
        EntryKind.REOPENED: _to(State.OPEN, State.RESOLVED, State.DONE),
    },
}
"""Register -> kind of entry -> the states it may follow, and the state it leads to."""


def kinds_of(register: Register) -> tuple[EntryKind, ...]:
    """Return what can follow the first entry of an item, in the order of `EntryKind`."""
    return tuple(kind for kind in EntryKind if kind in _LEADS[register])


def may_follow(item: Item) -> tuple[EntryKind, ...]:
    """Return what can follow on how an item stands, in the order of `EntryKind`."""
    leads = _LEADS[item.register]
    return tuple(kind for kind in EntryKind if item.state in leads.get(kind, {}))


def may_say(register: Register, kind: EntryKind) -> frozenset[str]:
    """Return the names of the facts that an entry may say beside its text."""
    return _MAY_SAY.get(kind, frozenset()) & _KNOWN[register]


def fold(entries: Iterable[Entry]) -> Item:
    """Return how an item stands after its entries, whatever order they are read in.

    Raises:
        ValueError: There are none, they are of several items, or the first opens nothing.
    """
    ordered = sorted(entries, key=lambda entry: entry.id)
    if len({(entry.register, entry.number) for entry in ordered}) != 1:
        raise ValueError("entries of exactly one item are needed")
    first = ordered[0]
    if first.kind is not EntryKind.OPENED:
        raise ValueError(f"the first entry of item {first.number} does not open it")
    facts, state = first.facts, _begins(first.facts.nature)
    for entry in ordered[1:]:
        facts = facts.then(entry.facts)
        state = _state_after(state, entry)
    return Item(
        register=first.register,
        number=first.number,
        state=state,
        facts=facts,
        case_number=first.case_number,
        opened_at=first.at,
        opened_by=first.actor,
        changed_at=ordered[-1].at,
    )


def _begins(nature: Nature | None) -> State:
    return State.NOTED if nature in _FOR_THE_RECORD else State.OPEN


def _state_after(state: State, entry: Entry) -> State:
    if entry.facts.nature is not None and state in (State.NOTED, State.OPEN):
        return _begins(entry.facts.nature)
    return _LEADS[entry.register].get(entry.kind, {}).get(state, state)


def check_opening(entry: Entry) -> None:
    """Raise DataError unless an entry may open an item of its register.

    It needs a text, a nature of the register and what the register is kept by.
    """
    _check_facts(entry)
    said = entry.facts.said()
    for name in _REQUIRED[entry.register]:
        if name not in said:
            raise DataError("{what} saknas", what=Saying(CODES[f"fact.{name}"]))
    if not entry.text:
        raise DataError("texten saknas")


def check_following(item: Item, entry: Entry, staffed: Collection[Rung] = frozenset(Rung)) -> None:
    """Raise DataError unless an entry may be added to an item as it stands.

    Args:
        staffed: The rungs of the support ladder on which somebody stands for the process.
    """
    after = _LEADS[item.register].get(entry.kind)
    if after is None or item.state not in after:
        raise IllegalChange(
            "post {number} är ”{state}”; då går det inte att skriva in ”{kind}”",
            number=item.number,
            state=Saying(CODES[f"item.{item.state}"]),
            kind=Saying(CODES[f"entry.{entry.kind}"]),
        )
    _check_facts(entry)
    said = entry.facts.said()
    required = _MUST_SAY.get(entry.kind)
    if required is not None and required not in said:
        raise DataError("{what} saknas", what=Saying(CODES[f"fact.{required}"]))
    if not entry.text and entry.kind is not EntryKind.HANDED_OVER:
        raise DataError("texten saknas")
    if entry.facts.rung is not None and item.facts.rung is not None:
        _check_climb(item.facts.rung, entry.facts.rung, staffed)


def _check_facts(entry: Entry) -> None:
    allowed = may_say(entry.register, entry.kind)
    for name in entry.facts.said():
        if name not in allowed:
            raise DataError(
                "{what} hör inte till ”{kind}” här",
                what=Saying(CODES[f"fact.{name}"]),
                kind=Saying(CODES[f"entry.{entry.kind}"]),
            )
    nature = entry.facts.nature
    if nature is not None and nature not in NATURES[entry.register]:
        raise DataError(
            "”{nature}” hör inte till det här registret",
            nature=Saying(CODES[f"nature.{nature}"]),
        )


def next_rung(at: Rung, staffed: Collection[Rung]) -> Rung | None:
    """Return the next rung up on which somebody stands; None from the top."""
    above = [rung for rung in Rung if rung.level > at.level and rung in staffed]
    return min(above, key=lambda rung: rung.level, default=None)


def _check_climb(at: Rung, to: Rung, staffed: Collection[Rung]) -> None:
    """Hold to the ladder: upward only, and past no rung on which somebody stands."""
    nearest = next_rung(at, staffed)
    sideways = to.level == at.level and to is not at
    upward = to.level > at.level and (nearest is None or to.level <= nearest.level)
    if not (sideways or upward):
        raise IllegalChange(
            "stödtrappan går ett steg i taget uppåt: från ”{at}” inte till ”{to}”",
            at=Saying(CODES[f"support.{at}"]),
            to=Saying(CODES[f"support.{to}"]),
        )


def answer_due(at: datetime, working_days: int, calendar: Calendar) -> date:
    """Return the day by which a remark is answered.

    It is that many working days after the one on which it was registered; what is registered
    after closing or on a day off belongs to the next working day.
    """
    end = end_of_working_day(at, calendar, after_days=working_days)
    return end.astimezone(calendar.zone).date()


def overdue(items: Iterable[Item], today: date) -> list[Item]:
    """Return the items that should have been seen to before a day, the longest overdue first."""
    late = [item for item in items if item.is_overdue(today)]
    return sorted(late, key=lambda item: (item.facts.due or today, item.number))
