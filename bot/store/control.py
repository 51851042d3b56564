"""Samples of internal control with their reviews, and figures from elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, or_, select, update

from bot.control import Question, Reply, Review, Sample, SampleItem, SampleOrder, Why
from bot.errors import NotFound
from bot.outside import OutsideFigure, OutsideMeasure, OutsideSource
from bot.store.cases import last_closing
from bot.store.tables import (
    IS_FOUND_BY_TIME,
    CaseRow,
    ControlItemRow,
    ControlSampleRow,
    EventRow,
    OutsideFigureRow,
)
from bot.vocabulary import CaseId, EventKind, MatterKey, PersonKey, ProcessKey, Status


class Control:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def closed_between(
        self, process: ProcessKey, start: datetime, end: datetime
    ) -> dict[CaseId, MatterKey | None]:
        """Return the closed cases of a process that were last closed then, by id."""
        closed_then = select(EventRow.case_id).where(
            EventRow.kind == EventKind.CLOSED,
            EventRow.at >= start,
            EventRow.at < end,
            IS_FOUND_BY_TIME,
        )
        rows = self._connection.execute(
            select(CaseRow.id, CaseRow.matter)
            .where(
                CaseRow.id.in_(closed_then),
                CaseRow.process == process,
                CaseRow.status == Status.CLOSED,
                last_closing() < end,
            )
            .order_by(CaseRow.id)
        )
        return {
            CaseId(row.id): None if row.matter is None else MatterKey(row.matter) for row in rows
        }

    def insert(self, sample: Sample) -> Sample:
        """Store a sample; returned with its number."""
        order = sample.order
        sample_id = self._connection.execute(
            insert(ControlSampleRow)
            .values(
                process=order.process,
                first=order.first,
                last=order.last,
                size=order.size,
                seed=order.seed,
                population=sample.population,
                drawn_at=sample.drawn_at,
                drawn_by=sample.drawn_by,
            )
            .returning(ControlSampleRow.id)
        ).scalar_one()
        rows = [
            {
                "sample_id": sample_id,
                "position": position,
                "case_id": item.case_id,
                "why": item.why,
            }
            for position, item in enumerate(sample.items)
        ]
        if rows:
            self._connection.execute(insert(ControlItemRow), rows)
        return self.get(sample_id)

    def get(self, sample_id: int) -> Sample:
        """Return a sample with its items.

        Raises:
            NotFound: There is none with that number.
        """
        found = self._read(
            select(ControlSampleRow.__table__).where(ControlSampleRow.id == sample_id)
        )
        if not found:
            raise NotFound("urval {n} finns inte; kontrollera numret", n=sample_id)
        return found[0]

    def listed(self, *, limit: int = 100) -> list[Sample]:
        """Return samples with their items, the newest first."""
        newest = select(ControlSampleRow.__table__).order_by(ControlSampleRow.id.desc())
        return self._read(newest.limit(limit))

    def review(self, sample_id: int, case_id: CaseId, review: Review) -> bool:
        """Write down what a colleague says; False where the case was reviewed already."""
        changed = self._connection.execute(
            update(ControlItemRow)
            .where(
                ControlItemRow.sample_id == sample_id,
                ControlItemRow.case_id == case_id,
                ControlItemRow.reviewed_at.is_(None),
            )
            .values(
                reviewed_by=review.by,
                reviewed_at=review.at,
                answers={question.value: reply.value for question, reply in review.answers.items()},
                note=review.note,
            )
        )
        return changed.rowcount > 0

    def _read(self, query: Select[Any]) -> list[Sample]:
        """Return the samples of a query with their items."""
        rows = self._connection.execute(query).all()
        items: dict[int, list[SampleItem]] = {row.id: [] for row in rows}
        found = self._connection.execute(
            select(ControlItemRow.__table__)
            .where(ControlItemRow.sample_id.in_(items))
            .order_by(ControlItemRow.sample_id, ControlItemRow.position)
        )
        for row in found:
            items[row.sample_id].append(_item(row))
        return [_sample(row, items[row.id]) for row in rows]


class OutsideFigures:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, figures: Iterable[OutsideFigure], *, at: datetime, actor: PersonKey) -> None:
        """Store figures; one of the same days and place takes the place of the earlier one."""
        table = OutsideFigureRow
        for figure in figures:
            self._connection.execute(
                delete(table).where(
                    table.source == figure.source,
                    table.measure == figure.measure,
                    table.place == figure.place,
                    table.first == figure.first,
                    table.last == figure.last,
                )
            )
            self._connection.execute(
                insert(table).values(
                    source=figure.source,
                    measure=figure.measure,
                    place=figure.place,
                    first=figure.first,
                    last=figure.last,
                    value=figure.value,
                    at=at,
                    actor=actor,
                )
            )

    def within(
        self, first: date, last: date, *, places: Collection[str] = ()
    ) -> list[OutsideFigure]:
        """Return the figures of days that lie in a period, in order of time.

        Args:
            places: Only of these, where given; ``""`` is the whole centre.
        """
        table = OutsideFigureRow
        query = select(table.__table__).where(table.first >= first, table.last <= last)
        if places:
            query = query.where(or_(*(table.place == place for place in places)))
        rows = self._connection.execute(
            query.order_by(table.first, table.last, table.source, table.measure, table.place)
        )
        return [
            OutsideFigure(
                source=OutsideSource(row.source),
                measure=OutsideMeasure(row.measure),
                place=row.place,
                first=row.first,
                last=row.last,
                value=row.value,
            )
            for row in rows
        ]


def _sample(row: Row[Any], items: Iterable[SampleItem]) -> Sample:
    return Sample(
        id=row.id,
        order=SampleOrder(
            process=ProcessKey(row.process),
            first=row.first,
            last=row.last,
            size=row.size,
            seed=row.seed,
        ),
        population=row.population,
        drawn_at=row.drawn_at,
        drawn_by=PersonKey(row.drawn_by),
        items=tuple(items),
    )


def _item(row: Row[Any]) -> SampleItem:
    review = None
    if row.reviewed_at is not None:
        review = Review(
            by=PersonKey(row.reviewed_by),
            at=row.reviewed_at,
            answers={Question(name): Reply(said) for name, said in (row.answers or {}).items()},
            note=row.note or "",
        )
    return SampleItem(case_id=CaseId(row.case_id), why=Why(row.why), review=review)
