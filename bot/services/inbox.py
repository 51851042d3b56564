"""The inbox: what is open, in the order in which it must be handled, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import ClassVar

from bot.cases import Case
from bot.clock import Clock
from bot.services.sight import Sight
from bot.store.inbox_queue import MOST_COUNTED, Filters, LastEvent, Place
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import CaseId, MailboxKey, PersonKey, ProcessKey, TeamKey
from bot.worktime import Calendar

__all__ = ["Inbox", "InboxCounts", "InboxFilters", "InboxPage", "InboxRow", "LastEvent"]

MOST_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFilters:
    """Which cases are asked for; all that is given must hold, and nothing given asks for all.

    Attributes:
        team: A team's, whoever owns them.
        mine: Those that the one who looks owns.
        possible: Those that may be urgent.
        no_feedback: Those whose caller was promised feedback today, or earlier, and waits for
            it.
        waiting: Those that wait for the customer or for others.
        protected: Those with protected data; none for somebody without the right.
    """

    process: ProcessKey | None = None
    mailbox: MailboxKey | None = None
    team: TeamKey | None = None
    mine: bool = False
    urgent: bool = False
    possible: bool = False
    no_feedback: bool = False
    waiting: bool = False
    protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One case of the inbox.

    Attributes:
        promise_due: Until when feedback was promised that has not been given; None where none
            is owed.
        last: What happened to it last, but for somebody looking at it.
        subject: Of its first mail; None for whoever may not read it, and where there is none.
    """

    case: Case
    promise_due: datetime | None
    last: LastEvent | None
    subject: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxCounts:
    """How many cases are open, of each sort, whatever was asked for; never above a thousand.

    Attributes:
        hidden: Protected cases that the one who looks may not see; they are in no other count.
        by_process, by_mailbox: Only those that have open cases.
    """

    every: int = 0
    mine: int = 0
    team: int = 0
    urgent: int = 0
    possible: int = 0
    no_feedback: int = 0
    waiting: int = 0
    protected: int = 0
    hidden: int = 0
    by_process: Mapping[ProcessKey, int] = field(default_factory=dict)
    by_mailbox: Mapping[MailboxKey, int] = field(default_factory=dict)

    MOST: ClassVar[int] = MOST_COUNTED


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage:
    """Some cases of the inbox, in order.

    Attributes:
        next: To be given as `after` for the following page; None on the last one.
    """

    rows: tuple[InboxRow, ...]
    next: str | None
    counts: InboxCounts


class Inbox:
    """Reads only; each call is one transaction."""

    def __init__(self, database: Database, calendar: Calendar, clock: Clock) -> None:
        self._database = database
        self._calendar = calendar
        self._clock = clock

    def page(
        self,
        sight: Sight,
        filters: InboxFilters | None = None,
        *,
        after: str | None = None,
        limit: int = 50,
    ) -> InboxPage:
        """Return a page of the inbox, and how many cases there are of each sort.

        Args:
            after: `InboxPage.next` of the page before; anything else begins at the head.
            limit: At most `MOST_ROWS`.
        """
        limit = max(1, min(limit, MOST_ROWS))
        wanted = self._stored(filters or InboxFilters(), sight)
        with self._database.reading() as work:
            places = work.inbox.places(
                wanted, after=Place.parse(after) if after else None, limit=limit + 1
            )
            rows = _rows(work, [place.case_id for place in places[:limit]], sight)
            counts = self._counts(work, sight)
        return InboxPage(
            rows=rows, next=str(places[limit - 1]) if len(places) > limit else None, counts=counts
        )

    def _stored(self, filters: InboxFilters, sight: Sight) -> Filters:
        return Filters(
            process=filters.process,
            mailbox=filters.mailbox,
            team=filters.team,
            owner=_owner(sight) if filters.mine else None,
            urgent=filters.urgent,
            possible=filters.possible,
            no_feedback_before=self._end_of_today() if filters.no_feedback else None,
            waiting=filters.waiting,
            protected=filters.protected,
            hide_protected=not sight.sees_protected,
        )

    def _counts(self, work: Work, sight: Sight) -> InboxCounts:
        seen = Filters(hide_protected=not sight.sees_protected)
        tally = work.inbox.tally(
            owner=_owner(sight), team=sight.team, protected=sight.sees_protected
        )
        return InboxCounts(
            every=_capped(tally.every),
            mine=_capped(tally.mine),
            team=_capped(tally.team),
            urgent=_capped(tally.urgent),
            possible=_capped(tally.possible),
            no_feedback=_capped(
                work.inbox.count(replace(seen, no_feedback_before=self._end_of_today()))
            ),
            waiting=_capped(tally.waiting),
            protected=_capped(tally.protected),
            hidden=_capped(tally.hidden),
            by_process={ProcessKey(key): _capped(n) for key, n in tally.by_process.items()},
            by_mailbox={MailboxKey(key): _capped(n) for key, n in tally.by_mailbox.items()},
        )

    def _end_of_today(self) -> datetime:
        calendar = self._calendar
        tomorrow = calendar.local_date(self._clock.now()) + timedelta(days=1)
        return calendar.instant(datetime.combine(tomorrow, time.min, calendar.zone))


def _owner(sight: Sight) -> PersonKey:
    """Return whose cases are meant by `mine`; nobody's, for somebody who is not staff."""
    return PersonKey("") if sight.person is None else sight.person


def _capped(count: int) -> int:
    return min(count, MOST_COUNTED)


def _rows(work: Work, case_ids: Sequence[CaseId], sight: Sight) -> tuple[InboxRow, ...]:
    cases = work.cases.get_many(case_ids)
    promises = work.promises.unkept(case_ids)
    last = work.inbox.last_events(case_ids)
    subjects = work.inbox.subjects(case_ids) if sight.reads else {}
    return tuple(
        InboxRow(
            case=cases[case_id],
            promise_due=promises.get(case_id),
            last=last.get(case_id),
            subject=subjects.get(case_id),
        )
        for case_id in case_ids
    )
