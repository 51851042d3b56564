"""What people think of the assistant's answers: codes and keys, never what was asked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from bot.ratings import Rating
from bot.store.engine import insert_one_if_new
from bot.store.tables import AnswerRatingRow
from bot.vocabulary import ProcessKey


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingCount:
    """How many answers of a kind were rated alike."""

    intent: str
    process: ProcessKey | None
    helped: bool
    count: int


class Ratings:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, rating: Rating, at: datetime) -> None:
        """Store what somebody thinks of an answer, in place of what they thought before."""
        answer = hashlib.blake2b(rating.answer.encode(), digest_size=16).hexdigest()
        values = {
            "at": at,
            "face": rating.face,
            "intent": rating.intent,
            "process": rating.process,
            "helped": rating.helped,
        }
        whose = {"answer": answer, "person": rating.person}
        if not insert_one_if_new(self._connection, AnswerRatingRow, {**whose, **values}):
            self._connection.execute(
                update(AnswerRatingRow)
                .where(AnswerRatingRow.answer == answer, AnswerRatingRow.person == rating.person)
                .values(**values)
            )

    def counted(self, since: datetime) -> list[RatingCount]:
        """Count ratings since an instant, by intent, process and what they say."""
        table = AnswerRatingRow
        kinds = (table.intent, table.process, table.helped)
        rows = self._connection.execute(
            select(*kinds, func.count().label("number"))
            .where(table.at >= since)
            .group_by(*kinds)
            .order_by(*kinds)
        )
        return [
            RatingCount(
                intent=row.intent,
                process=None if row.process is None else ProcessKey(row.process),
                helped=row.helped,
                count=row.number,
            )
            for row in rows
        ]
