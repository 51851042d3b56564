"""What a person last did with a case, and taking it back.

Each act of a person remembers how the case stood before. What is undone restores that, with the
event `undone`. Nothing is undone that somebody has built upon since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from bot.cases import Case, Event
from bot.clock import Clock
from bot.errors import DataError
from bot.reply_rules import MOVED, DraftState, ReplyDraft
from bot.services.new_case import House
from bot.services.unmerging import INTO, deadline_of, deadline_values, take_out
from bot.services.urgent_cases import watch_over
from bot.store.merges import LastAct
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import (
    CaseId,
    EventKind,
    MatterKey,
    PersonKey,
    ProcessKey,
    Status,
    TeamKey,
    Urgency,
)

OFFERED: Final = timedelta(hours=24)
"""So long is undoing offered; the case itself must not have changed either."""


class Act(StrEnum):
    """What a person can do with a case; stands in the event `undone` as ``undid``."""

    TAKE = "take"
    GIVE = "give"
    MOVE = "move"
    RETAG = "retag"
    WAIT = "wait"
    RESUME = "resume"
    FEEDBACK = "feedback"
    STOP = "stop"
    CLOSE = "close"
    REOPEN = "reopen"
    MERGE = "merge"


def remember(
    work: Work, before: Case, after: Case, act: Act, *, by: PersonKey, now: datetime, **more: object
) -> None:
    """Remember how a case stood before an act, in the transaction of the act.

    Args:
        after: As stored, with its new version.
        more: Keys, codes and numbers that undoing needs beside the case.
    """
    work.last_acts.put(
        LastAct(
            case_id=after.id,
            act=act.value,
            actor=by,
            at=now,
            version=after.version,
            before={**_as_values(before), **more},
        )
    )


def may_be_undone(work: Work, case: Case, now: datetime) -> LastAct | None:
    """Return what can still be taken back of a case; None where nothing can."""
    found = work.last_acts.get(case.id)
    if found is None or found.version != case.version or now - found.at > OFFERED:
        return None
    if found.act == Act.MOVE and any(
        letter.state is not DraftState.OPEN for letter in _letters(work, case)
    ):
        return None
    return None if _merged_on(work, found) else found


def mark_of(last: LastAct) -> str:
    """Return what tells an act on a case from all others on it; letters, digits and dashes.

    Not every act changes the version of its case: feedback on an open one does not.
    """
    return f"{last.version}-{last.act}-{int(last.at.timestamp() * 1_000_000)}"


class Undoing:
    """Takes back the last act on a case; each call is one transaction."""

    def __init__(self, database: Database, house: House, clock: Clock) -> None:
        self._database = database
        self._house = house
        self._clock = clock

    def offered(self, case: Case) -> LastAct | None:
        """Return the last act on a case, if it can be taken back now."""
        with self._database.reading() as work:
            return may_be_undone(work, work.cases.get(case.id), self._clock.now())

    def undo(
        self,
        case: Case,
        *,
        by: PersonKey,
        version: int | None = None,
        mark: str | None = None,
    ) -> Case:
        """Restore how a case stood before the last act, and return it.

        Args:
            version: Of the case as it was seen; default: as it was given.
            mark: Of the act that is meant, see `mark_of`; default: the last one.

        Raises:
            DataError: Somebody has changed the case since, or nothing is there to take back.
        """
        seen = case.version if version is None else version
        with self._database.work() as work:
            now_case = work.cases.get(case.id)
            last = work.last_acts.get(case.id)
            newer = last is not None and (last.version != seen or mark not in (None, mark_of(last)))
            if now_case.version != seen or newer:
                raise DataError(
                    "ärende {case} har ändrats sedan dess; det går inte att ångra",
                    case=now_case.number,
                )
            if last is None:
                raise DataError("ärende {case}: det finns inget att ångra", case=now_case.number)
            merged_on = _merged_on(work, last)
            if merged_on is not None:
                case, other = merged_on
                raise DataError(
                    "ärende {case} är i sin tur ihopslaget med ärende {other}; ångra det först",
                    case=case.number,
                    other=other.number,
                )
            return self._undone(work, now_case, last, by)

    def _undone(self, work: Work, case: Case, last: LastAct, by: PersonKey) -> Case:
        self._take_back_beside(work, case, last, by)
        before = _with_values(case, last.before)
        stored = work.cases.change(before)
        work.last_acts.forget(case.id)
        events = [self._event(stored, EventKind.UNDONE, by, undid=last.act)]
        if stored.status is Status.CLOSED:
            events.append(self._event(stored, EventKind.CLOSED, by))
        work.cases.record(events)
        if stored.owner != case.owner:
            work.books.mark_case(case.id)
        self._watch(work, stored, case)
        return stored

    def _take_back_beside(self, work: Work, case: Case, last: LastAct, by: PersonKey) -> None:
        """Take back what an act did beside changing the case."""
        if last.act == Act.FEEDBACK and last.before.get("kept"):
            take_promise_back(work, case.id, self._clock.now())
        elif last.act == Act.MERGE:
            work.merges.forget(case.id)
            target = take_out(work, last, self._house, self._clock.now())
            work.cases.record(
                [self._event(target, EventKind.MERGED, by, other=str(case.number), undone=True)]
            )
        elif last.act == Act.MOVE:
            self._take_letter_back(work, case)

    def _take_letter_back(self, work: Work, case: Case) -> None:
        """Throw away the letter about a move; DataError where the customer has it already."""
        for draft in _letters(work, case):
            if draft.state is not DraftState.OPEN:
                raise DataError(
                    "ärende {case}: kunden har redan fått besked om flytten; flytta ärendet "
                    "i stället",
                    case=case.number,
                )
            work.reply_drafts.change(draft.discarded(self._clock.now()))

    def _watch(self, work: Work, now: Case, was: Case) -> None:
        """Watch over a case that is urgent again, and no longer over one that is not."""
        urgent = now.urgent is not Urgency.NO and not now.stop_confirmed
        if now.status is Status.CLOSED or not urgent:
            work.watches.end([now.id])
            return
        watched = was.urgent is not Urgency.NO and not was.stop_confirmed
        if not watched or was.status is Status.CLOSED:
            at = self._clock.now()
            watch_over(work, now, self._house, at, because=f"undone:{now.version}")

    def _event(
        self, case: Case, kind: EventKind, by: PersonKey, **data: str | int | bool | None
    ) -> Event:
        return Event.on(case, kind, self._clock.now(), self._house.calendar, actor=by, **data)


def _merged_on(work: Work, last: LastAct) -> tuple[Case, Case] | None:
    """Return the case that another one was merged into, and where that goes on itself since."""
    if last.act != Act.MERGE:
        return None
    into = CaseId(int(last.before[INTO]))
    end = work.merges.goes_on_in([into]).get(into)
    return None if end is None else (work.cases.get(into), work.cases.get(end))


def _letters(work: Work, case: Case) -> list[ReplyDraft]:
    """Return the letters that tell the customer of the last move of a case."""
    return [
        draft
        for draft in work.reply_drafts.of_case(case.id)
        if draft.template == MOVED and draft.occasion == f"moved:{case.process}"
    ]


def take_promise_back(work: Work, case_id: CaseId, now: datetime) -> None:
    """Let a caller wait again for feedback that was not given after all."""
    newest = work.promises.newest([case_id]).get(case_id)
    if newest is not None and newest.kept_at is not None:
        work.promises.take_back(case_id, newest.kept_at, now)


def _as_values(case: Case) -> dict[str, Any]:
    return {
        "status": case.status.value,
        "process": case.process,
        "matter": case.matter,
        "urgent": case.urgent.value,
        "possible": case.possible,
        "protected": case.protected,
        "misdirected": case.misdirected,
        "customer": case.customer,
        "team": case.team,
        "owner": case.owner,
        "clock_started_at": case.clock_started_at.isoformat(),
        "stop_confirmed": case.stop_confirmed,
        **deadline_values(case),
    }


def _with_values(case: Case, values: Mapping[str, Any]) -> Case:
    return replace(
        case,
        status=Status(values["status"]),
        process=None if values["process"] is None else ProcessKey(values["process"]),
        matter=None if values["matter"] is None else MatterKey(values["matter"]),
        urgent=Urgency(values["urgent"]),
        possible=values["possible"],
        protected=values["protected"],
        misdirected=values["misdirected"],
        customer=values["customer"],
        team=TeamKey(values["team"]),
        owner=None if values["owner"] is None else PersonKey(values["owner"]),
        clock_started_at=datetime.fromisoformat(values["clock_started_at"]),
        stop_confirmed=values["stop_confirmed"],
        **deadline_of(values),
    )
