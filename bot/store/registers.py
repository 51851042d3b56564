"""The entries of the registers: added and read, never changed and never removed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, exists, insert, select

from bot.cases import CaseNumber
from bot.registers import Entry, EntryKind, Facts, Nature, Register, Rung, Source
from bot.store import by_age, counters
from bot.store.engine import flagged
from bot.store.tables import CaseRow, RegisterEntryRow
from bot.vocabulary import CaseId, CustomerKey, PersonKey, ProcessKey, UnitKey


class RegisterEntries:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def reserve_number(self) -> int:
        """Return the number of a new item; no two items of any register share one."""
        return counters.take(self._connection, "register_item", 1)

    def add(self, entry: Entry) -> Entry:
        """Append an entry and return it with its id."""
        row_id = self._connection.scalar(
            insert(RegisterEntryRow)
            .values(
                register=entry.register,
                entry=entry.number,
                kind=entry.kind,
                subject=_subject(entry),
                case_id=entry.case_id,
                at=entry.at,
                actor=entry.actor,
                data=_to_data(entry.facts),
                text=entry.text,
            )
            .returning(RegisterEntryRow.id)
        )
        assert row_id is not None
        return dataclasses.replace(entry, id=row_id)

    def hold(self, register: Register, number: int) -> list[Entry]:
        """Return the entries of an item, and let nobody else add to it in the meantime."""
        self._connection.execute(
            select(RegisterEntryRow.id)
            .where(
                RegisterEntryRow.register == register,
                RegisterEntryRow.entry == number,
                RegisterEntryRow.kind == EntryKind.OPENED,
            )
            .order_by(RegisterEntryRow.id)
            .with_for_update()
        ).all()
        return self.of_item(register, number)

    def of_item(self, register: Register, number: int) -> list[Entry]:
        """Return the entries of an item, oldest first; none where there is no such item."""
        return self._read(
            _entries().where(
                RegisterEntryRow.register == register, RegisterEntryRow.entry == number
            )
        )

    def of_register(self, register: Register) -> list[Entry]:
        """Return all entries of a register, oldest first."""
        return self._read(_entries().where(RegisterEntryRow.register == register))

    def of_items(self, register: Register, numbers: Iterable[int]) -> list[Entry]:
        """Return the entries of some items, oldest first."""
        return self._read(
            _entries().where(
                RegisterEntryRow.register == register, RegisterEntryRow.entry.in_(list(numbers))
            )
        )

    def opened(
        self, register: Register, *, below: int | None, limit: int
    ) -> list[tuple[int, datetime]]:
        """Return the numbers of items and when they were opened, the newest first.

        Args:
            below: Only smaller numbers; None begins with the newest.
        """
        query = select(RegisterEntryRow.entry, RegisterEntryRow.at).where(
            RegisterEntryRow.register == register, RegisterEntryRow.kind == EntryKind.OPENED
        )
        if below is not None:
            query = query.where(RegisterEntryRow.entry < below)
        rows = self._connection.execute(query.order_by(RegisterEntryRow.entry.desc()).limit(limit))
        return [(number, at) for number, at in rows]

    def first_opened_from(self, register: Register, at: datetime) -> int | None:
        """Return the number of the first item that was opened at an instant or later."""
        return self._connection.scalar(
            select(RegisterEntryRow.entry)
            .where(
                RegisterEntryRow.register == register,
                RegisterEntryRow.kind == EntryKind.OPENED,
                RegisterEntryRow.at >= at,
            )
            .order_by(RegisterEntryRow.at, RegisterEntryRow.id)
            .limit(1)
        )

    def complaints_without_remark(self, *, below: CaseId | None = None, limit: int) -> list[CaseId]:
        """Return the cases that were taken for complaints and have no remark, newest first.

        Args:
            below: Only those behind this one, whatever became of it.
        """
        query = (
            select(CaseRow.id)
            .where(*_IS_COMPLAINT_ALONE)
            .order_by(CaseRow.received_at.desc(), CaseRow.id.desc())
            .limit(limit)
        )
        if below is not None:
            place, before = by_age.places(CaseRow, below)
            query = query.where(place < before)
        found = self._connection.scalars(query)
        return [CaseId(case_id) for case_id in found]

    def complaint_above(self, case_id: CaseId, *, places: int) -> CaseId | None:
        """Return the one so many places above a case in that list; None where there are fewer."""
        found = by_age.above(self._connection, CaseRow, _IS_COMPLAINT_ALONE, case_id, places)
        return None if found is None else CaseId(found)

    def _read(self, query: Select[Any]) -> list[Entry]:
        rows = self._connection.execute(query.order_by(RegisterEntryRow.id))
        return [_entry(row) for row in rows]


_IS_COMPLAINT_ALONE: Final = (
    flagged("case_file.complaint"),
    ~exists().where(
        RegisterEntryRow.register == Register.REMARKS, RegisterEntryRow.case_id == CaseRow.id
    ),
)


def _entries() -> Select[Any]:
    return select(RegisterEntryRow.__table__, CaseRow.year, CaseRow.serial).join_from(
        RegisterEntryRow, CaseRow, CaseRow.id == RegisterEntryRow.case_id, isouter=True
    )


def _subject(entry: Entry) -> str | None:
    subjects = {
        Register.REMARKS: entry.facts.unit,
        Register.CUSTOMER_LOG: entry.facts.customer,
        Register.PROCESS_LOG: entry.facts.process,
    }
    return subjects[entry.register]


_READ: Final[Mapping[str, Callable[[str], object]]] = {
    "nature": Nature,
    "source": Source,
    "unit": UnitKey,
    "process": ProcessKey,
    "customer": CustomerKey,
    "owner": PersonKey,
    "proposer": PersonKey,
    "rung": Rung,
    "due": date.fromisoformat,
}


def _to_data(facts: Facts) -> dict[str, str]:
    return {name: str(value) for name, value in facts.said().items()}


def _from_data(data: Mapping[str, str]) -> Facts:
    read: dict[str, Any] = {name: _READ[name](value) for name, value in data.items()}
    return Facts(**read)


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        id=row.id,
        register=Register(row.register),
        number=row.entry,
        kind=EntryKind(row.kind),
        at=row.at,
        actor=PersonKey(row.actor),
        text=row.text,
        facts=_from_data(row.data),
        case_id=None if row.case_id is None else CaseId(row.case_id),
        case_number=None if row.year is None else CaseNumber(year=row.year, serial=row.serial),
    )
