"""The ledger: the open customer invoices, and their import as a new generation.

An import fills a generation that nobody reads in short transactions; one UPDATE makes it the
current one. Rows of any other generation are waste and may be deleted at any time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Connection,
    FromClause,
    Row,
    TextClause,
    column,
    delete,
    func,
    insert,
    select,
    table,
    update,
)

from bot.ledger_file import Invoice
from bot.store import counters
from bot.store.engine import by_index, chunks, give_room, insert_if_new, insert_many_if_new
from bot.store.tables import LedgerCurrentRow, LedgerGenerationRow, LedgerInvoiceRow
from bot.vocabulary import InvoiceStage

_NAME: Final = "current"
_COLUMNS: Final = ("generation", *(name for name in Invoice._fields))
_TABLE: Final = LedgerInvoiceRow.__tablename__
_NOT_AT_COLLECTOR: Final = (InvoiceStage.OPEN, InvoiceStage.REMINDED)
_INVOICE: Final = [LedgerInvoiceRow.__table__.c[name] for name in Invoice._fields]
_PLAIN: Final = [column(known.name, known.type) for known in _INVOICE]
"""The same without their table, for a FROM of our own."""
_COUNTING: Final = LedgerCurrentRow.__table__.c
_CURRENT: Final = select(_COUNTING.generation).where(_COUNTING.name == _NAME).scalar_subquery()
_COUNTS_NOW: Final = select(LedgerGenerationRow.__table__).where(LedgerGenerationRow.id == _CURRENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One import that became the ledger."""

    id: int
    switched_at: datetime
    rows: int
    rejected: int


class Ledger:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, number: str) -> Invoice | None:
        """Return the invoice with a number, or None."""
        return self.find_many([number]).get(number)

    def find_by_ocr(self, ocr: str) -> Invoice | None:
        """Return the invoice with an OCR number, or None; the lowest number if several."""
        return self.find_many_by_ocr([ocr]).get(ocr)

    def find_many(self, numbers: Collection[str]) -> dict[str, Invoice]:
        """Return the invoices with these numbers; unknown ones are absent."""
        found: dict[str, Invoice] = {}
        for some in chunks(numbers):
            rows = self._connection.execute(
                select(*_INVOICE)
                .where(LedgerInvoiceRow.generation == _CURRENT, LedgerInvoiceRow.number.in_(some))
                .order_by(LedgerInvoiceRow.number)
            )
            found.update((row.number, _invoice(row)) for row in rows)
        return found

    def find_many_by_ocr(self, ocrs: Collection[str]) -> dict[str, Invoice]:
        """Return the invoices with these OCR numbers, by OCR; unknown ones are absent."""
        found: dict[str, Invoice] = {}
        for some in chunks(ocrs):
            rows = self._connection.execute(
                select(*_PLAIN)
                .select_from(by_index(self._connection, _TABLE, f"ix_{_TABLE}_generation_ocr"))
                .where(column("generation") == _CURRENT, column("ocr").in_(some))
                .order_by(column("number"))
            )
            for row in rows:
                found.setdefault(row.ocr, _invoice(row))
        return found

    def open_of_customers(self, names: Collection[str]) -> dict[str, list[Invoice]]:
        """Return what can still go on to collection, of customers named exactly so, by name.

        Looks through the whole ledger once for every few hundred names.
        """
        return self._open_of("customer", names, table(_TABLE))

    def open_of_customer_numbers(self, numbers: Collection[str]) -> dict[str, list[Invoice]]:
        """Return what can still go on to collection, by the number of the customer."""
        index = f"ix_{_TABLE}_generation_customer_no"
        return self._open_of("customer_no", numbers, by_index(self._connection, _TABLE, index))

    def _open_of(
        self, asked: str, wanted: Collection[str], source: FromClause | TextClause
    ) -> dict[str, list[Invoice]]:
        found: dict[str, list[Invoice]] = {}
        for some in chunks(wanted):
            rows = self._connection.execute(
                select(*_PLAIN)
                .select_from(source)
                .where(
                    column("generation") == _CURRENT,
                    column(asked).in_(some),
                    column("stage").in_(_NOT_AT_COLLECTOR),
                    column("amount_ore") > 0,
                )
                .order_by(column("number"))
            )
            for row in rows:
                found.setdefault(getattr(row, asked), []).append(_invoice(row))
        return found

    def current(self) -> Generation | None:
        """Return the import that counts now, or None before the first."""
        row = self._connection.execute(_COUNTS_NOW).one_or_none()
        if row is None:
            return None
        return Generation(
            id=row.id, switched_at=row.switched_at, rows=row.rows, rejected=row.rejected
        )

    def begin(self, now: datetime) -> int:
        """Begin a new generation and return its id; an unfinished one can no longer be filled."""
        give_room(self._connection)
        generation = counters.take(self._connection, "ledger_generation", 1)
        self._connection.execute(
            delete(LedgerGenerationRow).where(LedgerGenerationRow.switched_at.is_(None))
        )
        insert_if_new(self._connection, LedgerCurrentRow, [{"name": _NAME, "generation": None}])
        self._connection.execute(
            insert(LedgerGenerationRow),
            [{"id": generation, "begun_at": now, "rows": 0, "rejected": 0}],
        )
        return generation

    def add(self, generation: int, invoices: Sequence[Invoice]) -> bool:
        """Add invoices with numbers that are all different to a generation.

        Returns:
            False, and nothing is added, where it holds some of the numbers already.
        """
        with self._connection.begin_nested() as attempt:
            if self._insert(generation, invoices) != len(invoices):
                attempt.rollback()
                return False
        self._count(generation, len(invoices))
        return True

    def replace(self, generation: int, invoices: Sequence[Invoice]) -> set[str]:
        """Add invoices as `add` does, in place of those with the same numbers.

        Returns:
            The numbers that the generation held already.
        """
        again: set[str] = set()
        for some in chunks([invoice.number for invoice in invoices]):
            same = (LedgerInvoiceRow.generation == generation, LedgerInvoiceRow.number.in_(some))
            again.update(
                self._connection.scalars(
                    delete(LedgerInvoiceRow).where(*same).returning(LedgerInvoiceRow.number)
                )
            )
        self._insert(generation, invoices)
        self._count(generation, len(invoices) - len(again))
        return again

    def _insert(self, generation: int, invoices: Sequence[Invoice]) -> int:
        return insert_many_if_new(
            self._connection,
            _TABLE,
            _COLUMNS,
            [_values(generation, invoice) for invoice in invoices],
        )

    def _count(self, generation: int, more: int) -> None:
        self._connection.execute(
            update(LedgerGenerationRow)
            .where(LedgerGenerationRow.id == generation)
            .values(rows=LedgerGenerationRow.rows + more)
        )

    def is_being_filled(self, generation: int) -> bool:
        """Tell whether a generation still waits for its switch, and keep it so.

        The UPDATE holds the row, so that no other import can take it away meanwhile.
        """
        held = self._connection.execute(
            update(LedgerGenerationRow)
            .where(LedgerGenerationRow.id == generation, LedgerGenerationRow.switched_at.is_(None))
            .values(rows=LedgerGenerationRow.rows)
        )
        return held.rowcount == 1

    def switch(self, generation: int, *, rejected: int, now: datetime) -> None:
        """Make a filled generation the current one."""
        self._connection.execute(
            update(LedgerGenerationRow)
            .where(LedgerGenerationRow.id == generation)
            .values(switched_at=now, rejected=rejected)
        )
        self._connection.execute(
            update(LedgerCurrentRow)
            .where(LedgerCurrentRow.name == _NAME)
            .values(generation=generation)
        )

    def abandon(self, generation: int) -> None:
        """Give a generation up; its rows are waste from now on."""
        self._connection.execute(
            delete(LedgerGenerationRow).where(
                LedgerGenerationRow.id == generation, LedgerGenerationRow.switched_at.is_(None)
            )
        )

    def waste(self) -> list[int]:
        """Return the generations whose rows nobody needs, lowest first."""
        needed = set(
            self._connection.scalars(
                select(LedgerGenerationRow.id)
                .where(
                    (LedgerGenerationRow.id == _CURRENT) | LedgerGenerationRow.switched_at.is_(None)
                )
                .order_by(LedgerGenerationRow.id)
            )
        )
        return [generation for generation in self._generations() if generation not in needed]

    def delete_some(self, generation: int, count: int) -> bool:
        """Delete `count` rows of a generation, lowest numbers first; False if none is left."""
        first_to_stay = self._connection.scalar(
            select(LedgerInvoiceRow.number)
            .where(LedgerInvoiceRow.generation == generation)
            .order_by(LedgerInvoiceRow.number)
            .offset(count)
            .limit(1)
        )
        doomed = delete(LedgerInvoiceRow).where(LedgerInvoiceRow.generation == generation)
        if first_to_stay is not None:
            doomed = doomed.where(LedgerInvoiceRow.number < first_to_stay)
        self._connection.execute(doomed)
        return first_to_stay is not None

    def _generations(self) -> Iterable[int]:
        """Yield the generations that have rows, by leaps through the index."""
        last = 0
        while True:
            found = self._connection.scalar(
                select(func.min(LedgerInvoiceRow.generation)).where(
                    LedgerInvoiceRow.generation > last
                )
            )
            if found is None:
                return
            yield found
            last = found


def _values(generation: int, invoice: Invoice) -> tuple[Any, ...]:
    number, ocr, customer_no, customer, due, amount_ore, stage, paid_on = invoice
    return (
        generation,
        number,
        ocr,
        customer_no,
        customer,
        None if due is None else due.isoformat(),
        amount_ore,
        stage.value,
        None if paid_on is None else paid_on.isoformat(),
    )


def _invoice(row: Row[Any]) -> Invoice:
    return Invoice._make(row)._replace(stage=InvoiceStage(row.stage))
