"""Stop lists as they were given out, and what goes on the next one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    func,
    insert,
    select,
)

from bot.cases import CaseNumber
from bot.stop_list import Line, ListedCase, ListedInvoice
from bot.store import counters
from bot.store.engine import chunks
from bot.store.tables import (
    IS_OPEN,
    CaseInvoiceRow,
    CaseRow,
    LedgerCurrentRow,
    LedgerInvoiceRow,
    MessageAddressRow,
    MessageRow,
    MessageTextRow,
    MessageTriageRow,
    PhoneCallRow,
    StopListLineRow,
    StopListRow,
)
from bot.vocabulary import (
    NOT_CLOSED,
    CaseId,
    InvoiceStage,
    MatterKey,
    Missing,
    ProcessKey,
    Urgency,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenOut:
    """A stop list that was given out."""

    kind: Urgency
    run_on: date | None
    made_at: datetime
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What triage said of the first mail of a case."""

    missing: tuple[Missing, ...]
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What senders and callers say of themselves and of amounts; personal data."""

    names: tuple[str, ...]
    texts: tuple[str, ...]


class StopLists:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open_cases(self, urgent: Urgency) -> list[ListedCase]:
        """Return the open, unticked cases of an urgency with their invoices, oldest first.

        The ledger that counts has the word about an invoice; where it does not have the
        number, what was last looked up holds. All in one statement, so that no case is seen
        without the invoices it has.
        """
        found = self._connection.execute(_open_cases(urgent))
        return [_case(list(rows)) for _, rows in groupby(found, key=lambda row: row.id)]

    def judged(self, case_ids: Collection[CaseId]) -> dict[CaseId, Judged]:
        """Return what triage said of the first mail of each case; absent where it is gone."""
        found: dict[CaseId, Judged] = {}
        for chunk in chunks(case_ids):
            rows = self._connection.execute(
                select(MessageRow.case_id, MessageTriageRow.triage)
                .join(MessageTriageRow, MessageTriageRow.message_id == MessageRow.id)
                .where(MessageRow.case_id.in_(chunk), MessageRow.direction == "in")
                .order_by(MessageRow.id)
            )
            for case_id, triage in rows:
                if case_id is not None:
                    found.setdefault(CaseId(case_id), _judged(triage))
        return found

    def stated(self, case_ids: Collection[CaseId]) -> dict[CaseId, Stated]:
        """Return what people have written and said on some cases; absent where it is gone."""
        names: dict[CaseId, list[str]] = {}
        texts: dict[CaseId, list[str]] = {}
        for chunk in chunks(case_ids):
            for case_id, name, text in self._said(chunk):
                names.setdefault(case_id, []).append(name)
                texts.setdefault(case_id, []).append(text)
        return {
            case_id: Stated(names=tuple(dict.fromkeys(said)), texts=tuple(texts[case_id]))
            for case_id, said in names.items()
        }

    def _said(self, case_ids: list[CaseId]) -> Iterator[tuple[CaseId, str, str]]:
        written = self._connection.execute(
            select(
                MessageRow.case_id,
                MessageAddressRow.people,
                MessageTextRow.subject,
                MessageTextRow.text,
            )
            .join(MessageTextRow, MessageTextRow.message_id == MessageRow.id)
            .join(MessageAddressRow, MessageAddressRow.message_id == MessageRow.id)
            .where(
                MessageRow.case_id.in_(case_ids),
                MessageRow.direction == "in",
            )
            .order_by(MessageRow.id)
        )
        for case_id, people, subject, text in written:
            for role, name, _ in people:
                if case_id is not None and role == "from":
                    yield CaseId(case_id), name, f"{subject}\n{text}"
        called = self._connection.execute(
            select(PhoneCallRow.case_id, PhoneCallRow.customer, PhoneCallRow.note)
            .where(PhoneCallRow.case_id.in_(case_ids))
            .order_by(PhoneCallRow.case_id)
        )
        for case_id, customer, note in called:
            yield CaseId(case_id), customer, note

    def last(self, kind: Urgency) -> GivenOut | None:
        """Return the list of a kind that was given out last; None where there is none."""
        row = self._connection.execute(
            select(StopListRow.__table__)
            .where(StopListRow.kind == kind)
            .order_by(StopListRow.id.desc())
            .limit(1)
        ).one_or_none()
        if row is None:
            return None
        lines = self._connection.scalars(
            select(StopListLineRow.line)
            .where(StopListLineRow.stop_list_id == row.id)
            .order_by(StopListLineRow.position)
        )
        return GivenOut(
            kind=Urgency(row.kind),
            run_on=row.run_on,
            made_at=row.made_at,
            lines=tuple(map(Line.from_json, lines)),
        )

    def give_out(self, given: GivenOut) -> None:
        """Store a list as it is given out."""
        list_id = counters.take(self._connection, "stop_list", 1)
        self._connection.execute(
            insert(StopListRow).values(
                id=list_id, kind=given.kind, run_on=given.run_on, made_at=given.made_at
            )
        )
        rows = [
            {
                "stop_list_id": list_id,
                "position": position,
                "part": line.part,
                "case_id": line.case_id,
                "invoice": line.invoice,
                "line": line.as_json(),
            }
            for position, line in enumerate(given.lines)
        ]
        if rows:
            self._connection.execute(insert(StopListLineRow), rows)


def _open_cases(urgent: Urgency) -> Select[*tuple[Any, ...]]:
    ledger = LedgerInvoiceRow
    return (
        select(
            CaseRow.id,
            CaseRow.year,
            CaseRow.serial,
            CaseRow.urgent,
            CaseRow.process,
            CaseRow.matter,
            CaseRow.protected,
            CaseRow.customer,
            CaseRow.clock_started_at,
            CaseRow.handle_by,
            CaseInvoiceRow.number,
            CaseInvoiceRow.stopped,
            CaseInvoiceRow.due,
            CaseInvoiceRow.amount_ore,
            CaseInvoiceRow.stage,
            CaseInvoiceRow.customer_no,
            CaseInvoiceRow.customer.label("payer"),
            ledger.number.label("known"),
            ledger.ocr,
            ledger.due.label("ledger_due"),
            ledger.amount_ore.label("ledger_amount_ore"),
            ledger.stage.label("ledger_stage"),
            ledger.customer_no.label("ledger_customer_no"),
            ledger.customer.label("ledger_customer"),
        )
        .join(CaseInvoiceRow, CaseInvoiceRow.case_id == CaseRow.id, isouter=True)
        .join(
            ledger,
            and_(
                ledger.number == CaseInvoiceRow.number,
                ledger.generation
                == select(func.max(LedgerCurrentRow.generation)).scalar_subquery(),
            ),
            isouter=True,
        )
        .where(
            CaseRow.status.in_(NOT_CLOSED),
            IS_OPEN,
            CaseRow.urgent == urgent,
            CaseRow.stop_confirmed.is_(False),
        )
        .order_by(CaseRow.id, CaseInvoiceRow.position, CaseInvoiceRow.number)
    )


def _case(rows: Sequence[Row[Any]]) -> ListedCase:
    first = rows[0]
    numbered = [row for row in rows if row.number is not None]
    return ListedCase(
        id=CaseId(first.id),
        number=str(CaseNumber(year=first.year, serial=first.serial)),
        urgent=Urgency(first.urgent),
        process=None if first.process is None else ProcessKey(first.process),
        matter=None if first.matter is None else MatterKey(first.matter),
        protected=first.protected,
        customer=first.customer,
        since=first.clock_started_at,
        handle_by=first.handle_by,
        invoices=tuple(_invoice(row) for row in numbered if not row.stopped),
        numbered=bool(numbered),
    )


def _invoice(row: Row[Any]) -> ListedInvoice:
    if row.known is None:
        return ListedInvoice(
            number=row.number,
            customer_no=row.customer_no,
            customer=row.payer,
            due=row.due,
            amount_ore=row.amount_ore,
            stage=None if row.stage is None else InvoiceStage(row.stage),
        )
    return ListedInvoice(
        number=row.number,
        ocr=row.ocr,
        customer_no=row.ledger_customer_no,
        customer=row.ledger_customer,
        due=row.ledger_due,
        amount_ore=row.ledger_amount_ore,
        stage=InvoiceStage(row.ledger_stage),
    )


def _judged(triage: Mapping[str, Any]) -> Judged:
    due = triage.get("due")
    return Judged(
        missing=tuple(map(Missing, triage.get("missing", ()))),
        due=None if due is None else date.fromisoformat(due),
    )
