"""What happened around the letters of each template; counted from events alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bot.store.tables import IS_FOUND_BY_TIME, EventRow
from bot.vocabulary import CaseId, EventKind, TemplateKey

_SENT = (EventKind.RECEIPT_SENT, EventKind.REPLY_SENT, EventKind.ANSWERED)
_AFTERWARDS = (EventKind.RECEIVED, EventKind.REMARK_REGISTERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFact:
    """One event that says something of a letter.

    Attributes:
        template: Of the letter, where the event is that one was sent.
        working_seconds: Since the clock of the case started.
    """

    case_id: CaseId
    kind: EventKind
    at: datetime
    working_seconds: int
    template: TemplateKey | None


class ReplyFacts:
    """Works inside the caller's transaction; changes nothing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def between(self, start: datetime, end: datetime) -> Iterator[ReplyFact]:
        """Yield what was sent, received and remarked from `start` on and before `end`, in order.

        The mail that opened a case is no fact here.
        """
        rows = self._connection.execute(
            select(
                EventRow.case_id,
                EventRow.kind,
                EventRow.at,
                EventRow.working_seconds,
                EventRow.data,
            )
            .where(EventRow.kind.in_((*_SENT, *_AFTERWARDS)), EventRow.at >= start)
            .where(EventRow.at < end, IS_FOUND_BY_TIME)
            .order_by(EventRow.at, EventRow.id)
            .execution_options(yield_per=1000)
        )
        for row in rows:
            kind, template = EventKind(row.kind), row.data.get("template")
            opens = kind is EventKind.RECEIVED and not row.data.get("follow_up")
            if opens or (kind in _SENT and template is None):
                continue
            yield ReplyFact(
                case_id=CaseId(row.case_id),
                kind=kind,
                at=row.at,
                working_seconds=row.working_seconds,
                template=None if template is None else TemplateKey(template),
            )
