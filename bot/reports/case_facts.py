"""What figures need of a case: one row for each time that its clock ran, folded from its events.

Nearly all cases have one row. A case that is opened again gets another, since its clock starts
anew: the customer waits again. Everything comes from the case and its events, so that a figure
can be traced and counted anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, Final, NamedTuple, Protocol

from bot.cases import SYSTEM
from bot.vocabulary import Channel, EventKind, Urgency
from bot.worktime import Calendar, end_of_working_day

RULES: Final = 2
"""The version of the rules by which facts are made; a row of an older one is made anew."""
AGAIN_WITHIN: Final = 3
"""Working days after an answer, in which a new mail from the customer counts as asking again."""
ANSWERS: Final = (EventKind.ANSWERED, EventKind.FEEDBACK_ONGOING, EventKind.FEEDBACK_DONE)
"""What counts as an answer: a person's; receipts and other automatic letters never do."""
_FEEDBACK: Final = (EventKind.FEEDBACK_ONGOING, EventKind.FEEDBACK_DONE)


class Stop(StrEnum):
    """When a person ticked the stop of an urgent case, seen from its deadline."""

    IN_TIME = "in_time"
    LATE = "late"


class Mark(StrEnum):
    """How a customer marked the subject of the mail that opened a case.

    wrong: With the code of another process than the one that the case belongs to.
    """

    RIGHT = "right"
    MISSPELT = "misspelt"
    MISSING = "missing"
    WRONG = "wrong"


class TagSeen(StrEnum):
    """What triage saw of a code in a subject; stands in the event `triaged`."""

    EXACT = "exact"
    FUZZY = "fuzzy"
    NONE = "none"


class About(Protocol):
    """What is read of a case; `bot.cases.Case` has it, and so has its row."""

    @property
    def id(self) -> int: ...  # noqa: D102
    @property
    def process(self) -> str | None: ...  # noqa: D102
    @property
    def matter(self) -> str | None: ...  # noqa: D102
    @property
    def mailbox(self) -> str: ...  # noqa: D102
    @property
    def customer(self) -> str | None: ...  # noqa: D102
    @property
    def team(self) -> str: ...  # noqa: D102
    @property
    def channel(self) -> str: ...  # noqa: D102
    @property
    def protected(self) -> bool: ...  # noqa: D102
    @property
    def misdirected(self) -> bool: ...  # noqa: D102
    @property
    def urgent(self) -> str: ...  # noqa: D102
    @property
    def received_at(self) -> datetime: ...  # noqa: D102
    @property
    def handle_by(self) -> datetime | None: ...  # noqa: D102


class Happened(Protocol):
    """What is read of an event; `bot.cases.Event` has it, and so has its row."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def at(self) -> datetime: ...  # noqa: D102
    @property
    def actor(self) -> str: ...  # noqa: D102
    @property
    def wall_seconds(self) -> int: ...  # noqa: D102
    @property
    def working_seconds(self) -> int: ...  # noqa: D102
    @property
    def data(self) -> Mapping[str, Any]: ...  # noqa: D102


class CaseFact(NamedTuple):
    """One run of the clock of a case. Days are ordinals of local dates (`date.toordinal`).

    A tuple, since it is a row, and since a history of years makes very many of them.

    Attributes:
        clock: 1 from the arrival on; one more each time that the case was opened again.
        opened_hour: Local hour in which this clock started.
        answered_day: When a person first answered; None while nobody has.
        answer_wall_s, answer_work_s: From the start of this clock until then.
        same_day: A person answered on the day on which this clock started, or kept the promise
            to somebody who called.
        template: Of that answer, where it was written from one.
        again: The customer wrote again within `AGAIN_WITHIN` working days after it.
        closed_day: Where it stands closed; a closing that was undone never was.
        merged: It ended in another case; nobody was to answer it.
        due_day: Of the deadline; only on the last clock of an urgent case that did not end in
            another one.
        stop: None while nobody has ticked the stop.
        handovers, moves, corrections: While this clock ran: given to others, moved to another
            process by a person, and what triage had said corrected.
        mark: Only on the first clock of a case that came by mail; None where no event says.
    """

    case_id: int
    clock: int
    process: str | None
    matter: str | None
    mailbox: str
    customer: str | None
    team: str
    channel: str
    protected: bool
    urgent: str
    misdirected: bool
    opened_day: int
    opened_hour: int
    answered_day: int | None = None
    answer_wall_s: int | None = None
    answer_work_s: int | None = None
    same_day: bool = False
    template: str | None = None
    again: bool = False
    closed_day: int | None = None
    close_wall_s: int | None = None
    close_work_s: int | None = None
    merged: bool = False
    due_day: int | None = None
    stop: str | None = None
    handovers: int = 0
    moves: int = 0
    corrections: int = 0
    mark: str | None = None


FACT_COLUMNS: Final = CaseFact._fields
"""The columns of ``case_fact``, in order, before ``rules``."""


def facts_of(case: About, events: Iterable[Happened], calendar: Calendar) -> tuple[CaseFact, ...]:
    """Fold the events of a case into what figures need of it.

    Args:
        events: All of the case, in the order in which they were recorded.

    Returns:
        One for each run of the clock, the first one first; nothing for a case that was logged
        by mistake and undone.
    """
    fold = _Fold(case.received_at, calendar)
    for event in events:
        step = _STEPS.get(event.kind)
        if step is not None:
            step(fold, event)
    if fold.void:
        return ()
    return tuple(
        _fact(
            case,
            number,
            clock,
            calendar,
            last=number == len(fold.clocks),
            again=fold.asked_again(number),
        )
        for number, clock in enumerate(fold.clocks, start=1)
    )


@dataclass(slots=True)
class _Clock:
    started: datetime
    turns: list[Happened] = field(default_factory=list)
    closing: Happened | None = None
    closed_by: Happened | None = None
    stops: list[Happened] = field(default_factory=list)
    merged: bool = False
    handovers: int = 0
    moves: int = 0
    corrections: int = 0
    tag: str | None = None
    tag_process: str | None = None

    @property
    def answers(self) -> list[Happened]:
        """What a person answered; beside it `turns` holds what the customer wrote since."""
        return [turn for turn in self.turns if turn.kind in ANSWERS]


class _Fold:
    """What has happened so far."""

    def __init__(self, received_at: datetime, calendar: Calendar) -> None:
        self.clocks = [_Clock(received_at)]
        self.void = False
        self._calendar = calendar

    def answered(self, event: Happened) -> None:
        self.clocks[-1].turns.append(event)

    def closed(self, event: Happened) -> None:
        clock = self.clocks[-1]
        # Told again of a case that stays closed when something else is undone.
        if clock.closing is None:
            clock.closing = event
            last = clock.turns[-1] if clock.turns else None
            clock.closed_by = last if last is not None and last.at == event.at else None

    def reopened(self, event: Happened) -> None:
        self.clocks.append(_Clock(event.at))

    def received(self, event: Happened) -> None:
        if event.data.get("follow_up"):
            self.clocks[-1].turns.append(event)

    def asked_again(self, number: int) -> bool:
        """Tell whether the customer soon wrote again after the answers of a clock.

        Until a later clock has an answer of its own, what is written then counts here.
        """
        last = None
        for clock in self.clocks[number - 1 :]:
            if last is not None and clock.answers:
                return False
            for turn in clock.turns:
                if turn.kind in ANSWERS:
                    last = turn.at if last is None else max(last, turn.at)
                elif last is not None and turn.at <= end_of_working_day(
                    last, self._calendar, after_days=AGAIN_WITHIN
                ):
                    return True
        return False

    def triaged(self, event: Happened) -> None:
        clock = self.clocks[0]
        if clock.tag is None and "tag" in event.data:
            clock.tag, clock.tag_process = event.data["tag"], event.data.get("tag_process")

    def undone(self, event: Happened) -> None:
        clock = self.clocks[-1]
        match event.data.get("undid"):
            case "log_phone":
                self.void = True
            case "feedback":
                dropped = _drop_last(clock.turns, _FEEDBACK)
                if dropped is not None and dropped is clock.closed_by:
                    clock.closing = None
            case "close" | "merge":
                clock.merged, clock.closing = False, None
            case "reopen" if len(self.clocks) > 1:
                self.clocks.pop()
                self.clocks[-1].turns += clock.turns
            case "stop" if clock.stops:
                clock.stops.pop()
            case act if act in _COUNTED_ACTS:
                name = _COUNTED_ACTS[act]
                setattr(clock, name, max(0, getattr(clock, name) - 1))

    def stopped(self, event: Happened) -> None:
        self.clocks[-1].stops.append(event)

    def triaged_urgent(self, event: Happened) -> None:
        self.triaged(event)
        if "process" not in event.data:
            # A later mail made the case urgent, or urgent again: it needs a tick of its own.
            self.clocks[-1].stops.clear()

    def handed_over(self, _event: Happened) -> None:
        self.clocks[-1].handovers += 1

    def moved(self, event: Happened) -> None:
        # On arrival the program itself gives a case to the process that it belongs to.
        if event.actor != SYSTEM:
            self.clocks[-1].moves += 1

    def corrected(self, _event: Happened) -> None:
        self.clocks[-1].corrections += 1

    def merged(self, event: Happened) -> None:
        if "into" in event.data:
            self.clocks[-1].merged = True


_COUNTED_ACTS: Final = {"give": "handovers", "move": "moves", "retag": "corrections"}
_STEPS: Final[Mapping[str, Callable[[_Fold, Happened], None]]] = {
    **dict.fromkeys(ANSWERS, _Fold.answered),
    EventKind.CLOSED: _Fold.closed,
    EventKind.REOPENED: _Fold.reopened,
    EventKind.RECEIVED: _Fold.received,
    EventKind.TRIAGED: _Fold.triaged_urgent,
    EventKind.UNDONE: _Fold.undone,
    EventKind.STOP_CONFIRMED: _Fold.stopped,
    EventKind.HANDED_OVER: _Fold.handed_over,
    EventKind.MOVED_PROCESS: _Fold.moved,
    EventKind.RETAGGED: _Fold.corrected,
    EventKind.MERGED: _Fold.merged,
}
COUNTED_EVENTS: Final = frozenset(_STEPS)
"""The kinds of events that change what figures say; all others leave them alone."""


def _drop_last(turns: list[Happened], kinds: Collection[str]) -> Happened | None:
    for at in range(len(turns) - 1, -1, -1):
        if turns[at].kind in kinds:
            return turns.pop(at)
    return None


def _fact(
    case: About, number: int, clock: _Clock, calendar: Calendar, *, last: bool, again: bool
) -> CaseFact:
    started = clock.started.astimezone(calendar.zone)
    opened_day = started.toordinal()
    first = min(clock.answers, key=_at, default=None)
    closing = clock.closing
    answered_day = None if first is None else _day(first.at, calendar)
    urgent = last and not clock.merged and case.urgent != Urgency.NO and case.handle_by is not None
    return CaseFact(
        case_id=case.id,
        clock=number,
        process=case.process,
        matter=case.matter,
        mailbox=case.mailbox,
        customer=case.customer,
        team=case.team,
        channel=case.channel,
        protected=case.protected,
        urgent=case.urgent,
        misdirected=case.misdirected,
        opened_day=opened_day,
        opened_hour=started.hour,
        answered_day=answered_day,
        answer_wall_s=None if first is None else first.wall_seconds,
        answer_work_s=None if first is None else first.working_seconds,
        same_day=first is not None and bool(first.data.get("in_time", answered_day == opened_day)),
        template=None if first is None else first.data.get("template"),
        again=again,
        closed_day=None if closing is None else _day(closing.at, calendar),
        close_wall_s=None if closing is None else closing.wall_seconds,
        close_work_s=None if closing is None else closing.working_seconds,
        merged=clock.merged,
        due_day=_day(case.handle_by, calendar) if urgent and case.handle_by else None,
        stop=_stop(case, clock.stops[0] if clock.stops else None) if urgent else None,
        handovers=clock.handovers,
        moves=clock.moves,
        corrections=clock.corrections,
        mark=_mark(case, clock) if number == 1 else None,
    )


_at = attrgetter("at")


def _day(at: datetime, calendar: Calendar) -> int:
    return at.astimezone(calendar.zone).toordinal()


def _stop(case: About, tick: Happened | None) -> str | None:
    if tick is None or case.handle_by is None:
        return None
    return Stop.IN_TIME if tick.at <= case.handle_by else Stop.LATE


def _mark(case: About, clock: _Clock) -> str | None:
    if clock.tag is None or case.channel != Channel.EMAIL:
        return None
    if clock.tag == TagSeen.NONE:
        return Mark.MISSING
    if clock.tag_process != case.process:
        return Mark.WRONG
    return Mark.RIGHT if clock.tag == TagSeen.EXACT else Mark.MISSPELT
