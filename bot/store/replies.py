"""Replies that are written, what is owed later, and tips on tags."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, insert, or_, select, update

from bot.errors import DataError, NotFound
from bot.promises import Feedback
from bot.reply_rules import DraftState, ReplyDraft, ReplyTask, TaskKind, TaskStep
from bot.store.engine import insert_if_new
from bot.store.tables import CaseRow, ReplyDraftRow, ReplyDraftTextRow, ReplyTaskRow, TagTipRow
from bot.vocabulary import CaseId, DraftId, MailboxKey, MessageId, Status, TemplateKey

_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_TEXTS = ("recipient", "given", "own_text", "subject", "text", "html")
_FIXED = ("id", "case_id", "created_at", "version")


class ReplyDrafts:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def insert(self, draft: ReplyDraft) -> ReplyDraft | None:
        """Store a new draft and return it with its id.

        None where something has been written for the same occasion before.
        """
        if draft.occasion is not None and self._of_occasion(draft.case_id, draft.occasion):
            return None
        values, texts = _values(draft)
        del values["id"]
        stored = insert(ReplyDraftRow).values(**values).returning(ReplyDraftRow.id)
        draft_id = DraftId(self._connection.scalars(stored).one())
        self._connection.execute(insert(ReplyDraftTextRow).values(draft_id=draft_id, **texts))
        return dataclasses.replace(draft, id=draft_id)

    def get(self, draft_id: DraftId) -> ReplyDraft:
        """Return a draft; NotFound where there is none."""
        found = self._found(ReplyDraftRow.id == draft_id)
        if not found:
            raise NotFound("utkast {draft} finns inte; kontrollera numret", draft=draft_id)
        return found[0]

    def of_case(self, case_id: CaseId) -> list[ReplyDraft]:
        """Return all drafts on a case, oldest first."""
        return self._found(ReplyDraftRow.case_id == case_id)

    def open(self, *, limit: int = 1000) -> list[ReplyDraft]:
        """Return the drafts that wait for a person, oldest first.

        On a closed case nobody waits for one, and one whose words were deleted cannot be sent.
        """
        goes_on = select(CaseRow.id).where(
            CaseRow.id == ReplyDraftRow.case_id, CaseRow.status != Status.CLOSED
        )
        return self._found(
            ReplyDraftRow.state == DraftState.OPEN,
            goes_on.exists(),
            ReplyDraftTextRow.draft_id.is_not(None),
            limit=limit,
        )

    def of_templates(
        self, names: Collection[TemplateKey], *, since: datetime, limit: int = 1000
    ) -> list[ReplyDraft]:
        """Return the drafts from some templates, oldest first.

        Args:
            since: Those that are sent or discarded are left out if they were begun before.
        """
        lasting = ReplyDraftRow.state.in_((DraftState.OPEN, DraftState.SENDING))
        settled = ReplyDraftRow.state.in_((DraftState.SENT, DraftState.DISCARDED))
        lately = and_(settled, ReplyDraftRow.created_at >= since)
        return self._found(ReplyDraftRow.template.in_(names), or_(lasting, lately), limit=limit)

    def next_number(self, case_id: CaseId, now: datetime) -> int:
        """Return the number of the next mail of ours on a case; the receipt is number 1.

        It grows with time, so that a database that was restored, and has forgotten letters,
        gives none of their numbers to another letter.
        """
        last = self._connection.scalar(
            select(func.max(ReplyDraftRow.n)).where(ReplyDraftRow.case_id == case_id)
        )
        return max((last or 1) + 1, (now - _BEGINNING) // _MINUTE)

    def change(self, draft: ReplyDraft) -> ReplyDraft:
        """Store a changed draft and return it with its new version.

        Raises:
            DataError: Somebody else changed it since it was read.
        """
        values, texts = _values(draft)
        for fixed in _FIXED:
            del values[fixed]
        changed = self._connection.execute(
            update(ReplyDraftRow)
            .where(ReplyDraftRow.id == draft.id, ReplyDraftRow.version == draft.version)
            .values(**values, version=ReplyDraftRow.version + 1)
        )
        if changed.rowcount != 1:
            raise DataError(
                "utkast {draft} har ändrats av någon annan; läs det igen", draft=draft.id
            )
        self._connection.execute(
            update(ReplyDraftTextRow).where(ReplyDraftTextRow.draft_id == draft.id).values(**texts)
        )
        return dataclasses.replace(draft, version=draft.version + 1)

    def _of_occasion(self, case_id: CaseId, occasion: str) -> bool:
        count = self._connection.scalar(
            select(func.count())
            .select_from(ReplyDraftRow)
            .where(ReplyDraftRow.case_id == case_id, ReplyDraftRow.occasion == occasion)
        )
        return bool(count)

    def _found(self, *wanted: Any, limit: int | None = None) -> list[ReplyDraft]:  # noqa: ANN401
        rows = self._connection.execute(
            select(
                ReplyDraftRow.__table__,
                *(getattr(ReplyDraftTextRow, name) for name in _TEXTS),
            )
            .outerjoin(ReplyDraftTextRow, ReplyDraftTextRow.draft_id == ReplyDraftRow.id)
            .where(*wanted)
            .order_by(ReplyDraftRow.id)
            .limit(limit)
        )
        return [_draft(row) for row in rows]


class ReplyTasks:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def insert(self, tasks: Iterable[ReplyTask]) -> None:
        """Store tasks; one that a case has already is left as it is."""
        insert_if_new(self._connection, ReplyTaskRow, [_task_values(task) for task in tasks])

    def put(self, task: ReplyTask) -> None:
        """Store a task in place of the one of its kind that the case has."""
        same = (ReplyTaskRow.case_id == task.case_id, ReplyTaskRow.kind == task.kind)
        self._connection.execute(delete(ReplyTaskRow).where(*same))
        self._connection.execute(insert(ReplyTaskRow).values(**_task_values(task)))

    def due(self, now: datetime, *, limit: int = 200) -> list[ReplyTask]:
        """Return the tasks that are due, the longest due first."""
        rows = self._connection.execute(
            select(ReplyTaskRow.__table__)
            .where(ReplyTaskRow.next_at <= now)
            .order_by(ReplyTaskRow.next_at, ReplyTaskRow.case_id, ReplyTaskRow.kind)
            .limit(limit)
        )
        return [_task(row) for row in rows]

    def go_on(self, task: ReplyTask, *, was: datetime) -> bool:
        """Store the next step of a task; False where another worker was faster."""
        changed = self._connection.execute(
            update(ReplyTaskRow)
            .where(
                ReplyTaskRow.case_id == task.case_id,
                ReplyTaskRow.kind == task.kind,
                ReplyTaskRow.next_at == was,
            )
            .values(step=task.step, next_at=task.next_at)
        )
        return changed.rowcount == 1


class TagTips:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def last(self, sender_hash: str) -> datetime | None:
        """Return when a sender last got a tip, or None."""
        return self._connection.scalar(
            select(TagTipRow.at).where(TagTipRow.sender_hash == sender_hash)
        )

    def record(self, sender_hash: str, at: datetime) -> None:
        """Remember that a sender got a tip."""
        same = TagTipRow.sender_hash == sender_hash
        changed = self._connection.execute(update(TagTipRow).where(same).values(at=at))
        if not changed.rowcount:
            insert_if_new(self._connection, TagTipRow, [{"sender_hash": sender_hash, "at": at}])


def _values(draft: ReplyDraft) -> tuple[dict[str, Any], dict[str, Any]]:
    values = {field.name: getattr(draft, field.name) for field in dataclasses.fields(ReplyDraft)}
    texts = {name: values.pop(name) for name in _TEXTS}
    texts["given"] = dict(draft.given)
    return values, texts


def _draft(row: Row[Any]) -> ReplyDraft:
    return ReplyDraft(
        id=DraftId(row.id),
        case_id=CaseId(row.case_id),
        message_id=None if row.message_id is None else MessageId(row.message_id),
        mailbox=MailboxKey(row.mailbox),
        template=TemplateKey(row.template),
        template_version=row.template_version,
        language=row.language,
        state=DraftState(row.state),
        occasion=row.occasion,
        automatic=row.automatic,
        author=row.author,
        editor=row.editor,
        approved_by=row.approved_by,
        sent_by=row.sent_by,
        feedback=None if row.feedback is None else Feedback(row.feedback),
        n=row.n,
        created_at=row.created_at,
        finished_at=row.finished_at,
        version=row.version,
        recipient=row.recipient,
        given=row.given or {},
        own_text=row.own_text,
        subject=row.subject,
        text=row.text,
        html=row.html,
    )


def _task_values(task: ReplyTask) -> dict[str, Any]:
    return {field.name: getattr(task, field.name) for field in dataclasses.fields(ReplyTask)}


def _task(row: Row[Any]) -> ReplyTask:
    return ReplyTask(
        case_id=CaseId(row.case_id),
        kind=TaskKind(row.kind),
        step=TaskStep(row.step),
        next_at=row.next_at,
        message_id=None if row.message_id is None else MessageId(row.message_id),
        automatic=row.automatic,
    )
