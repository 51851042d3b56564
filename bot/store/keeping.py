"""Whose words are kept, and deleting them: what a case became and what happened to it stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Connection,
    Delete,
    Update,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from bot.store.cases import last_closing
from bot.store.engine import chunks, insert_one_if_new
from bot.store.tables import (
    AnswerRatingRow,
    AttachmentRow,
    CaseHoldRow,
    CaseInvoiceRow,
    CaseRow,
    ControlItemRow,
    ConversationRow,
    ErasedCaseRow,
    KeepingRunRow,
    MessageAddressRow,
    MessageRawRow,
    MessageRow,
    MessageTextRow,
    MessageTriageRow,
    PhoneCallRow,
    ProposalRow,
    RegisterEntryRow,
    ReplyDraftRow,
    ReplyDraftTextRow,
    SentReplyRow,
    StopListLineRow,
    TagTipRow,
)
from bot.vocabulary import (
    CaseId,
    CaseStanding,
    MatterKey,
    MessageId,
    PersonKey,
    ProcessKey,
    Status,
)

Erased = Counter[str]
"""How much was deleted, by a word of `What`."""


class What(StrEnum):
    """What can be deleted."""

    CASES = "cases"
    MAILS = "mails"
    IGNORED_MAILS = "ignored_mails"
    ATTACHMENTS = "attachments"
    CALLS = "calls"
    REGISTER_TEXTS = "register_texts"
    DRAFTS = "drafts"
    INVOICE_NAMES = "invoice_names"
    CONVERSATIONS = "conversations"
    PROPOSALS = "proposals"
    RATINGS = "ratings"


class RunKind(StrEnum):
    """Why something was deleted: by age, or because a person asked for it."""

    AGE = "age"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedCase:
    """A case whose words are still there, and when it was last closed."""

    case_id: CaseId
    process: ProcessKey | None
    matter: MatterKey | None
    closed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A case whose words must stay."""

    case_id: CaseId
    at: datetime
    person: PersonKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One deletion as it was noted."""

    kind: RunKind
    at: datetime
    actor: str
    counts: Mapping[str, int]


class Keeping:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hold(self, case_id: CaseId, person: PersonKey, at: datetime) -> bool:
        """Keep the words of a case until `lift`; False where they are held already."""
        values = {"case_id": case_id, "at": at, "person": person}
        return insert_one_if_new(self._connection, CaseHoldRow, values)

    def lift(self, case_id: CaseId) -> bool:
        """End a hold; False where there was none."""
        return self._count(delete(CaseHoldRow).where(CaseHoldRow.case_id == case_id)) > 0

    def holds(self) -> list[Hold]:
        """Return all holds, the oldest first."""
        rows = self._connection.execute(
            select(CaseHoldRow.__table__).order_by(CaseHoldRow.at, CaseHoldRow.case_id)
        )
        return [
            Hold(case_id=CaseId(row.case_id), at=row.at, person=PersonKey(row.person))
            for row in rows
        ]

    def erased_at(self, case_id: CaseId) -> datetime | None:
        """Return when the words of a case were last deleted; None for never."""
        found: datetime | None = self._connection.scalar(
            select(ErasedCaseRow.at).where(ErasedCaseRow.case_id == case_id)
        )
        return found

    def closed(self, *, received_before: datetime, after: CaseId, limit: int) -> list[ClosedCase]:
        """Return closed cases that have words and no hold, whose ids come after one, by id."""
        closed_at = last_closing()
        rows = self._connection.execute(
            select(CaseRow.id, CaseRow.process, CaseRow.matter, closed_at.label("closed_at"))
            .outerjoin(ErasedCaseRow, ErasedCaseRow.case_id == CaseRow.id)
            .where(
                CaseRow.id > after,
                CaseRow.status == Status.CLOSED,
                CaseRow.received_at < received_before,
                ~exists().where(CaseHoldRow.case_id == CaseRow.id),
                or_(ErasedCaseRow.at.is_(None), ErasedCaseRow.at < closed_at),
            )
            .order_by(CaseRow.id)
            .limit(limit)
        )
        return [
            ClosedCase(
                case_id=CaseId(row.id),
                process=None if row.process is None else ProcessKey(row.process),
                matter=None if row.matter is None else MatterKey(row.matter),
                closed_at=row.closed_at,
            )
            for row in rows
            if row.closed_at is not None
        ]

    def standing(self, case_ids: Collection[CaseId]) -> dict[CaseId, CaseStanding]:
        """Tell of each case whether its words may be deleted now, and if not why."""
        found: dict[CaseId, CaseStanding] = {}
        for some in chunks(case_ids):
            rows = self._connection.execute(
                select(CaseRow.id, CaseRow.status, CaseHoldRow.case_id.label("held"))
                .outerjoin(CaseHoldRow, CaseHoldRow.case_id == CaseRow.id)
                .where(CaseRow.id.in_(some))
                .order_by(CaseRow.id)
            )
            for row in rows:
                standing = CaseStanding.CLOSED
                if row.held is not None:
                    standing = CaseStanding.HELD
                elif row.status != Status.CLOSED:
                    standing = CaseStanding.OPEN
                found[CaseId(row.id)] = standing
        return found

    def forget_cases(self, case_ids: Collection[CaseId], at: datetime) -> Erased:
        """Delete the words of some cases, and note when."""
        erased = Erased()
        for some in chunks(case_ids):
            mails = self._connection.scalars(
                select(MessageRow.id).where(MessageRow.case_id.in_(some)).order_by(MessageRow.id)
            ).all()
            erased += self.forget_mails([MessageId(mail) for mail in mails])
            erased[What.CASES] += len(some)
            erased += self.forget_calls([CaseId(case) for case in some])
            erased[What.REGISTER_TEXTS] += self._count(
                update(RegisterEntryRow)
                .where(RegisterEntryRow.case_id.in_(some), RegisterEntryRow.text.is_not(None))
                .values(text=None)
            )
            drafts = select(ReplyDraftRow.id).where(ReplyDraftRow.case_id.in_(some))
            erased[What.DRAFTS] += self._count(
                delete(ReplyDraftTextRow).where(ReplyDraftTextRow.draft_id.in_(drafts))
            )
            erased += self._forget_payers(CaseInvoiceRow.case_id.in_(some))
            self._count(update(ProposalRow).where(ProposalRow.case_id.in_(some)).values(said=None))
            self._count(
                update(ControlItemRow).where(ControlItemRow.case_id.in_(some)).values(note=None)
            )
            self._count(delete(ErasedCaseRow).where(ErasedCaseRow.case_id.in_(some)))
            self._connection.execute(
                insert(ErasedCaseRow), [{"case_id": case, "at": at} for case in some]
            )
        return erased

    def forget_mails(self, message_ids: Collection[MessageId]) -> Erased:
        """Delete what mails say, who wrote them, and what was read out of them."""
        erased = Erased()
        for some in chunks(message_ids):
            erased[What.ATTACHMENTS] += self._count(
                delete(AttachmentRow).where(AttachmentRow.message_id.in_(some))
            )
            for table in (MessageAddressRow, MessageTriageRow, MessageRawRow):
                self._count(delete(table).where(table.message_id.in_(some)))
            erased[What.MAILS] += self._count(
                delete(MessageTextRow).where(MessageTextRow.message_id.in_(some))
            )
        return erased

    def forget_calls(self, case_ids: Collection[CaseId]) -> Erased:
        """Delete what callers said."""
        calls = delete(PhoneCallRow).where(PhoneCallRow.case_id.in_(list(case_ids)))
        return Erased({What.CALLS: self._count(calls)})

    def forget_ignored(self, *, before: datetime, limit: int) -> Erased:
        """Delete what some of the mails say that became no case and came before an instant."""
        mails = self._connection.scalars(
            select(MessageRow.id)
            .join(MessageTextRow, MessageTextRow.message_id == MessageRow.id)
            .where(MessageRow.case_id.is_(None), MessageRow.received_at < before)
            .order_by(MessageRow.received_at, MessageRow.id)
            .limit(limit)
        ).all()
        erased = self.forget_mails([MessageId(mail) for mail in mails])
        return Erased(
            {
                What.IGNORED_MAILS: erased[What.MAILS],
                What.ATTACHMENTS: erased[What.ATTACHMENTS],
            }
        )

    def count_ignored(self, *, before: datetime) -> int:
        """Count the mails that `forget_ignored` would take."""
        return (
            self._connection.scalar(
                select(func.count())
                .select_from(MessageRow)
                .join(MessageTextRow, MessageTextRow.message_id == MessageRow.id)
                .where(MessageRow.case_id.is_(None), MessageRow.received_at < before)
            )
            or 0
        )

    def forget_registers(self, *, before: datetime, dry_run: bool = False) -> Erased:
        """Delete what was written in the registers without a case before an instant."""
        wanted = and_(
            RegisterEntryRow.case_id.is_(None),
            RegisterEntryRow.at < before,
            RegisterEntryRow.text.is_not(None),
        )
        if dry_run:
            query = select(func.count()).select_from(RegisterEntryRow).where(wanted)
            return Erased({What.REGISTER_TEXTS: self._connection.scalar(query) or 0})
        done = self._count(update(RegisterEntryRow).where(wanted).values(text=None))
        return Erased({What.REGISTER_TEXTS: done})

    def forget_conversations(self, *, before: datetime, dry_run: bool = False) -> Erased:
        """Delete what was said to the assistant in conversations that ended before an instant."""
        wanted = and_(ConversationRow.last_at < before, ConversationRow.topic.is_not(None))
        if dry_run:
            query = select(func.count()).select_from(ConversationRow).where(wanted)
            return Erased({What.CONVERSATIONS: self._connection.scalar(query) or 0})
        old = select(ConversationRow.id).where(ConversationRow.last_at < before)
        self._count(
            update(ProposalRow).where(ProposalRow.conversation_id.in_(old)).values(said=None)
        )
        done = self._count(update(ConversationRow).where(wanted).values(topic=None))
        return Erased({What.CONVERSATIONS: done})

    def forget_talk(self, conversations: Collection[int], proposals: Collection[int]) -> Erased:
        """Delete what was said to the assistant in some conversations, and for some proposals."""
        erased = Erased()
        for some in chunks(conversations):
            talk = update(ConversationRow).where(ConversationRow.id.in_(some))
            erased[What.CONVERSATIONS] += self._count(talk.values(topic=None))
        for some in chunks(proposals):
            said = update(ProposalRow).where(ProposalRow.id.in_(some))
            erased[What.PROPOSALS] += self._count(said.values(said=None))
        return erased

    def forget_raters(self, *, before: datetime, dry_run: bool = False) -> Erased:
        """Forget who rated which answer before an instant; how many did stays."""
        wanted = and_(AnswerRatingRow.at < before, AnswerRatingRow.person.is_not(None))
        if dry_run:
            query = select(func.count()).select_from(AnswerRatingRow).where(wanted)
            return Erased({What.RATINGS: self._connection.scalar(query) or 0})
        done = self._count(update(AnswerRatingRow).where(wanted).values(person=None, answer=None))
        return Erased({What.RATINGS: done})

    def forget_sender(self, sender_hash: str) -> None:
        """Forget the keyed hash by which a sender was counted."""
        self._count(delete(TagTipRow).where(TagTipRow.sender_hash == sender_hash))
        self._count(
            update(SentReplyRow)
            .where(SentReplyRow.sender_hash == sender_hash)
            .values(sender_hash="")
        )

    def forget_register_texts(self, entry_ids: Collection[int]) -> Erased:
        """Delete the texts of some entries of registers."""
        done = self._count(
            update(RegisterEntryRow)
            .where(RegisterEntryRow.id.in_(list(entry_ids)))
            .values(text=None)
        )
        return Erased({What.REGISTER_TEXTS: done})

    def forget_drafts(self, draft_ids: Collection[int]) -> Erased:
        """Delete what some replies said while they were written."""
        wanted = ReplyDraftTextRow.draft_id.in_(list(draft_ids))
        return Erased({What.DRAFTS: self._count(delete(ReplyDraftTextRow).where(wanted))})

    def forget_payers(self, case_ids: Collection[CaseId]) -> Erased:
        """Delete whose the invoices of some cases are; their numbers and amounts stay."""
        return self._forget_payers(CaseInvoiceRow.case_id.in_(list(case_ids)))

    def note(self, run: Run) -> None:
        """Write down that something was deleted."""
        self._connection.execute(
            insert(KeepingRunRow).values(
                kind=run.kind, at=run.at, actor=run.actor, counts=dict(run.counts)
            )
        )

    def runs(self, *, limit: int = 50) -> list[Run]:
        """Return what was deleted, the newest first."""
        rows = self._connection.execute(
            select(KeepingRunRow.__table__).order_by(KeepingRunRow.id.desc()).limit(limit)
        )
        return [
            Run(kind=RunKind(row.kind), at=row.at, actor=row.actor, counts=row.counts)
            for row in rows
        ]

    def _forget_payers(self, wanted: Any) -> Erased:  # noqa: ANN401 - a condition of SQLAlchemy
        """Delete whose invoices are, on the cases and on the stop lists that named them."""
        named = or_(CaseInvoiceRow.customer.is_not(None), CaseInvoiceRow.customer_no.is_not(None))
        cases = select(CaseInvoiceRow.case_id).where(wanted)
        for row in self._lines_of(cases):
            line = {**row.line, "customer": None, "customer_no": None, "ocr": None}
            self._count(
                update(StopListLineRow)
                .where(
                    StopListLineRow.stop_list_id == row.stop_list_id,
                    StopListLineRow.position == row.position,
                )
                .values(line=line)
            )
        done = self._count(
            update(CaseInvoiceRow).where(wanted, named).values(customer=None, customer_no=None)
        )
        return Erased({What.INVOICE_NAMES: done})

    def _lines_of(self, cases: Any) -> Iterator[Any]:  # noqa: ANN401 - a query and its rows
        query = (
            select(StopListLineRow.__table__)
            .where(StopListLineRow.case_id.in_(cases))
            .order_by(StopListLineRow.stop_list_id, StopListLineRow.position)
        )
        yield from self._connection.execute(query).all()

    def _count(self, change: Update | Delete) -> int:
        return self._connection.execute(change).rowcount
