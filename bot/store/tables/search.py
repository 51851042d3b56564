"""The words that cases are found by, and the index of each database over them.

The indexes are written in SQL of their own, since SQLAlchemy knows neither: trigrams (FTS5) on
SQLite, from which a trigger takes what is deleted, and GIN on PostgreSQL. What is added to
``search_entry`` is added to the trigrams by `bot.store.search`: a trigger would write a small
piece of index for every row (measured: 1.0 ms a row instead of 0.1 ms).
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, ForeignKey, Table, Text, event, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import BigId, Row


class SearchEntryRow(Row):
    """The different words of a mail or a call: as text on SQLite, as their stems on PostgreSQL.

    It goes with the text that it was made of, is never changed, and its ids grow with time.
    """

    __tablename__ = "search_entry"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_id: Mapped[int | None] = mapped_column(
        ForeignKey("message_text.message_id", ondelete="CASCADE"), unique=True
    )
    call_id: Mapped[int | None] = mapped_column(
        ForeignKey("phone_call.case_id", ondelete="CASCADE"), unique=True
    )
    words: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))


# detail=none keeps in which entries a trigram stands and not where: a third of the size. What
# is found is therefore compared with the words.
_MAKE: Final = {
    "sqlite": (
        """CREATE VIRTUAL TABLE search_words USING fts5(
            words, content='search_entry', content_rowid='id', detail='none', columnsize=0,
            tokenize='trigram'
        )""",
        """CREATE TRIGGER search_entry_gone AFTER DELETE ON search_entry BEGIN
            INSERT INTO search_words(search_words, rowid, words)
            VALUES ('delete', old.id, old.words);
        END""",
    ),
    "postgresql": ("CREATE INDEX ix_search_entry_words ON search_entry USING gin (words)",),
}
_DROP: Final = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS search_entry_gone",
        "DROP TABLE IF EXISTS search_words",
    ),
    "postgresql": ("DROP INDEX IF EXISTS ix_search_entry_words",),
}


def make_index(connection: Connection) -> None:
    """Make the index over ``search_entry``, which must be empty on SQLite."""
    for statement in _MAKE[connection.dialect.name]:
        connection.execute(text(statement))


def drop_index(connection: Connection) -> None:
    """Drop the index over ``search_entry``, if there is one."""
    for statement in _DROP[connection.dialect.name]:
        connection.execute(text(statement))


def is_of_index(name: str | None) -> bool:
    """Tell whether a table or an index is part of the index, which `Row.metadata` knows not."""
    return name is not None and name.startswith(("search_words", "ix_search_entry_words"))


def _after_create(_table: Table, connection: Connection, **_: Any) -> None:  # noqa: ANN401
    make_index(connection)


def _before_drop(_table: Table, connection: Connection, **_: Any) -> None:  # noqa: ANN401
    drop_index(connection)


event.listen(SearchEntryRow.__table__, "after_create", _after_create)
event.listen(SearchEntryRow.__table__, "before_drop", _before_drop)
