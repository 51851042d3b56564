"""All that the page of a case shows, read in one transaction; and who looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from bot.cases import Case, DeadlineReason, Event
from bot.clock import Clock
from bot.dunning import DeadlineCode, sentence
from bot.errors import NotFound
from bot.promises import Promise
from bot.reply_rules import ReplyDraft
from bot.services.case_sheet import CaseSheet, sheets
from bot.services.new_case import House
from bot.services.sight import Sight
from bot.services.undoing import may_be_undone
from bot.store.case_invoices import CaseInvoice
from bot.store.case_mails import CaseMail, MailFile, Party
from bot.store.merges import LastAct
from bot.store.promises import PhoneCall
from bot.store.unit_of_work import Database, Work
from bot.store.watches import StoredWatch
from bot.texts import Say
from bot.vocabulary import (
    CaseId,
    EventKind,
    MessageId,
    PersonKey,
    Status,
    Urgency,
)
from bot.worktime import CountedSpan, explain, working_time
from functionmail.parse import extract, parse

__all__ = [
    "CaseInvoice", "CaseMail", "CasePage", "CasePages", "Counted", "MailFile", "OpenedFile",
    "OpenedMail", "Party", "because",
]  # fmt: skip

PRESENT: Final = timedelta(seconds=60)
"""So long is somebody there after their browser was last heard."""
_MOST_MAILS: Final = 50
_MOST_EVENTS: Final = 200
_MOST_VIEWS: Final = 20
_MOST_SIBLINGS: Final = 10
_SIBLINGS_SINCE: Final = timedelta(days=90)
_LONGEST_EXPLAINED: Final = timedelta(days=62)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How long a customer has waited, or waited, for a first answer of a person.

    Attributes:
        until: When a person answered; None where nobody has.
        closed_at: When the case was closed without an answer; None where the time still runs.
        spans: What was counted and what was not; empty where that is longer than two months.
    """

    since: datetime
    until: datetime | None
    closed_at: datetime | None
    wall: timedelta
    working: timedelta
    spans: tuple[CountedSpan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """A case with everything that belongs to it.

    Attributes:
        mails: Oldest first, the newest fifty; those of cases that it took up among them.
        mail_count: Of all of them.
        triage: `Triage.as_json` of the first mail; None where there is none any more.
        call, promise: Of a case that came by phone.
        events: Oldest first, the newest two hundred; views are in `views`.
        drafts: Replies that wait, are being sent or were sent.
        goes_on_in: The case that goes on for this one.
        taken_up: The cases that go on in this one.
        siblings: Other open cases of the customer, for putting together.
        undoable: What can be taken back.
        others: Who else looks at it.
        doubtful_send: Nobody knows whether an answer was sent.
    """

    case: Case
    sheet: CaseSheet
    mails: tuple[CaseMail, ...]
    mail_count: int
    triage: Mapping[str, Any] | None
    call: PhoneCall | None
    promise: Promise | None
    watch: StoredWatch | None
    events: tuple[Event, ...]
    views: tuple[Event, ...]
    drafts: tuple[ReplyDraft, ...]
    goes_on_in: Case | None
    taken_up: tuple[Case, ...]
    siblings: tuple[Case, ...]
    undoable: LastAct | None
    others: tuple[PersonKey, ...]
    counted: Counted
    doubtful_send: bool

    @property
    def last_incoming(self) -> CaseMail | None:
        """Return the mail that is to be answered."""
        return next((mail for mail in reversed(self.mails) if mail.incoming), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedMail:
    """One mail, whole.

    Attributes:
        html: As the sender wrote it, not made safe; None where there is none.
        body: Its whole text.
    """

    mail: CaseMail
    html: str | None
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFile:
    """The bytes of an attachment or of a mail, and what it is called."""

    name: str
    content: bytes


class CasePages:
    """Reads cases for people; each call is one transaction, and views are noted in another."""

    def __init__(self, database: Database, house: House, clock: Clock) -> None:
        self._database = database
        self._house = house
        self._clock = clock

    def viewed(self, case: Case, *, by: PersonKey, **what: str | int) -> None:
        """Note that somebody looks at a case, or opens what belongs to it.

        Args:
            what: What was opened, where it is not the page of the case itself.
        """
        now = self._clock.now()
        event = Event.on(case, EventKind.VIEWED, now, self._house.calendar, actor=by, **what)
        with self._database.work() as work:
            work.cases.record([event])
            work.presence.touch(case.id, by, now, gone=now - PRESENT)

    def still_there(self, case: Case, *, by: PersonKey) -> tuple[PersonKey, ...]:
        """Note that somebody has a case open still; return who else has."""
        now = self._clock.now()
        with self._database.work() as work:
            work.presence.touch(case.id, by, now, gone=now - PRESENT)
            return self._others(work, case.id, by, now)

    def looking_at(
        self, cases: list[CaseId], *, but: PersonKey
    ) -> Mapping[CaseId, tuple[PersonKey, ...]]:
        """Return who has each of some cases open, without one person."""
        since = self._clock.now() - PRESENT
        with self._database.reading() as work:
            found = work.presence.of_cases(cases, since=since)
        there = {key: tuple(one for one in who if one != but) for key, who in found.items()}
        return {key: who for key, who in there.items() if who}

    def page(self, case: Case, sight: Sight) -> CasePage:
        """Return all that the page of a case shows."""
        now = self._clock.now()
        by = sight.person or PersonKey("")
        with self._database.reading() as work:
            case = work.cases.get(case.id)
            taken_up = work.merges.taken_up_by(case.id)
            ids = [case.id, *taken_up]
            mails = work.case_mails.newest(ids, limit=_MOST_MAILS)
            full = len(mails) == _MOST_MAILS
            events = work.case_mails.timeline(case.id, limit=_MOST_EVENTS)
            ends = work.merges.goes_on_in([case.id])
            others = work.cases.get_many([*taken_up, *ends.values()])
            return CasePage(
                case=case,
                sheet=self._sheet(work, case),
                mails=tuple(mails),
                mail_count=work.case_mails.count(ids) if full else len(mails),
                triage=work.messages.first_triage(case.id),
                call=work.phone_calls.of_cases([case.id]).get(case.id),
                promise=work.promises.newest([case.id]).get(case.id),
                watch=work.watches.get(case.id) if case.urgent is not Urgency.NO else None,
                events=tuple(events),
                views=tuple(work.case_mails.views(case.id, limit=_MOST_VIEWS)),
                drafts=tuple(work.reply_drafts.of_case(case.id)),
                goes_on_in=others[ends[case.id]] if case.id in ends else None,
                taken_up=tuple(others[key] for key in taken_up),
                siblings=self._siblings(work, case, sight, now),
                undoable=may_be_undone(work, case, now),
                others=self._others(work, case.id, by, now),
                counted=self._counted(case, events, now),
                doubtful_send=_is_in_doubt(events),
            )

    def open_mail(self, case: Case, message_id: MessageId) -> OpenedMail:
        """Return one mail of a case, whole.

        Raises:
            NotFound: The case has no such mail, or its bytes have been deleted.
        """
        with self._database.reading() as work:
            ids = [case.id, *work.merges.taken_up_by(case.id)]
            stored = work.messages.stored(message_id)
            mail = work.case_mails.one(message_id)
        if stored is None or mail is None or mail.case_id not in ids:
            raise _no_mail(case)
        message = parse(stored.content, transport_headers=stored.transport_headers)
        return OpenedMail(mail=mail, html=message.html, body=message.body)

    def original(self, case: Case, message_id: MessageId) -> OpenedFile:
        """Return the bytes of a mail as its server had them; NotFound as `open_mail`."""
        content = self._content(case, message_id)
        return OpenedFile(name=f"{case.number}-{message_id}.eml", content=content)

    def attachment(self, case: Case, message_id: MessageId, position: int) -> OpenedFile:
        """Return an attachment, called as the sender calls it; NotFound as `open_mail`."""
        content = self._content(case, message_id)
        with self._database.reading() as work:
            mail = work.case_mails.one(message_id)
        files = () if mail is None else mail.files
        file = next((file for file in files if file.position == position), None)
        if file is None:
            raise _no_mail(case)
        return OpenedFile(name=file.name, content=extract(content, position))

    def _content(self, case: Case, message_id: MessageId) -> bytes:
        with self._database.reading() as work:
            ids = [case.id, *work.merges.taken_up_by(case.id)]
            stored = work.messages.stored(message_id)
        if stored is None or stored.case_id not in ids:
            raise _no_mail(case)
        return stored.content

    def _sheet(self, work: Work, case: Case) -> CaseSheet:
        (sheet,) = sheets(work, [case])
        return replace(sheet, case=case)

    def _siblings(self, work: Work, case: Case, sight: Sight, now: datetime) -> tuple[Case, ...]:
        found = work.case_mails.open_of_customer(
            case, since=now - _SIBLINGS_SINCE, limit=_MOST_SIBLINGS
        )
        return tuple(one for one in found if sight.sees_protected or not one.protected)

    def _others(
        self, work: Work, case_id: CaseId, by: PersonKey, now: datetime
    ) -> tuple[PersonKey, ...]:
        there = work.presence.of_cases([case_id], since=now - PRESENT).get(case_id, ())
        return tuple(person for person in there if person != by)

    def _counted(self, case: Case, events: list[Event], now: datetime) -> Counted:
        since, calendar = case.clock_started_at, self._house.calendar
        answered = next(
            (event.at for event in events if event.kind in _ANSWERS and event.at >= since), None
        )
        closed = (event.at for event in reversed(events) if event.kind is EventKind.CLOSED)
        is_over = answered is None and case.status is Status.CLOSED
        closed_at = next(closed, None) if is_over else None
        until = max(answered or closed_at or now, since)
        short = until - since <= _LONGEST_EXPLAINED
        return Counted(
            since=since,
            until=answered,
            closed_at=closed_at,
            wall=until - since,
            working=working_time(since, until, calendar),
            spans=explain(since, until, calendar) if short else (),
        )


_ANSWERS: Final = (EventKind.ANSWERED, EventKind.FEEDBACK_ONGOING, EventKind.FEEDBACK_DONE)


def because(reason: DeadlineReason, say: Say, zone: tzinfo) -> str:
    """Say one reason of a deadline; a part of a sentence."""
    code = DeadlineCode(reason.code.removeprefix("deadline."))
    return sentence(code, reason.values, say, zone=zone)


def _is_in_doubt(events: list[Event]) -> bool:
    told = [
        event.kind
        for event in events
        if event.kind in (EventKind.SEND_UNCERTAIN, EventKind.SEND_SETTLED)
    ]
    return bool(told) and told[-1] is EventKind.SEND_UNCERTAIN


def _no_mail(case: Case) -> NotFound:
    return NotFound("ärende {case}: mejlet finns inte, eller har gallrats", case=case.number)
