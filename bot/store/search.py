"""Finding cases: by the words of their mails and calls, by invoice, by customer.

SQLite looks trigrams up (FTS5) and so finds words that hold what is asked for anywhere;
PostgreSQL looks stems up (``tsvector``, Swedish) and so finds words that begin with it. What
both promise is the smaller of the two: words that begin as the one asked for, and its other
forms. A case is found by words that stand in one mail, or in one call.

Work is bounded: of all that is found, only the newest is looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, delete, func, or_, select, text, union

from bot.language.search_words import AskedWord, entry_words
from bot.store.engine import chunks
from bot.store.tables import (
    CaseInvoiceRow,
    CaseRow,
    MessageAddressRow,
    MessageRow,
    MessageTextRow,
    PhoneCallRow,
    SearchEntryRow,
)
from bot.store.tables.search import drop_index, make_index
from bot.vocabulary import CaseId, MessageId

MOST_LOOKED_AT: Final = 400
"""Mails and calls that hold the words, the newest ones."""
_SAMPLE: Final = 5_000
_NEWEST: Final = 40_000
"""Entries that are looked at one by one before an index without an order is asked for all."""
_FOUND_IN_SAMPLE: Final = 8
"""So many in the sample make a page in the newest."""
_COMMON_IN_SAMPLE: Final = 100
_MOST_COMPARED: Final = 2_000
"""Entries with the trigrams of a question that are compared with its words."""
_SENDERS: Final = ("from", "reply_to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one mail, or else one call, is found by; `words` come from `entry_words`."""

    words: str
    message_id: MessageId | None = None
    call_id: CaseId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A case that was found, with the mail or the call that says so, if one does."""

    case_id: CaseId
    received_at: datetime
    message_id: MessageId | None = None
    from_call: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnindexedCall:
    """A call that is to be found by its words."""

    case_id: CaseId
    received_at: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnindexedMail:
    """A mail that is to be found by its words."""

    message_id: MessageId
    received_at: datetime
    words: str


class SearchIndex:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"

    def add(self, entries: Iterable[Entry]) -> None:
        """Let mails and calls be found; what is there already is left as it is.

        Deleting the text of a mail, or a call, deletes its entry; the schema sees to that.
        """
        rows = [
            {"message_id": entry.message_id, "call_id": entry.call_id, "words": entry.words}
            for entry in entries
            if entry.words
        ]
        if not rows:
            return
        last = self._last_id() if self._is_sqlite else 0
        self._connection.execute(_INSERT[self._connection.dialect.name], rows)
        if self._is_sqlite:
            self._connection.execute(_ADD_TRIGRAMS, {"last": last})

    def with_words(
        self, asked: Sequence[AskedWord], *, protected: bool, limit: int = MOST_LOOKED_AT
    ) -> list[Hit]:
        """Return the newest mails and calls that hold all words, the newest first.

        Args:
            asked: Without any, nothing is found.
            protected: Also those of protected cases.
        """
        if not asked:
            return []
        ids = self._by_trigrams(asked, limit) if self._is_sqlite else self._by_stems(asked, limit)
        return self._hits(ids, protected=protected)

    def naming(self, numbers: Collection[str], *, protected: bool, limit: int) -> list[Hit]:
        """Return the cases with one of these invoices, or of a customer with such a number."""
        if not numbers:
            return []
        named = select(CaseInvoiceRow.case_id).where(CaseInvoiceRow.number.in_(numbers))
        owed = select(CaseInvoiceRow.case_id).where(CaseInvoiceRow.customer_no.in_(numbers))
        return self._cases(
            # As one list: asked for either of two, PostgreSQL reads all cases.
            select(CaseRow.id, CaseRow.received_at).where(CaseRow.id.in_(union(named, owed))),
            protected=protected,
            limit=limit,
        )

    def of_customers(self, customers: Collection[str], *, protected: bool, limit: int) -> list[Hit]:
        """Return the cases of customers, by their keys, the newest first."""
        found: list[Hit] = []
        for customer in sorted(customers):
            query = select(CaseRow.id, CaseRow.received_at).where(CaseRow.customer == customer)
            found += self._cases(query, protected=protected, limit=limit)
        return sorted(found, key=lambda hit: (hit.received_at, hit.case_id), reverse=True)[:limit]

    def texts(self, message_ids: Collection[MessageId]) -> dict[MessageId, str]:
        """Return subject and text of mails on lines of their own; those deleted are absent."""
        rows = self._connection.execute(
            select(MessageTextRow.message_id, MessageTextRow.subject, MessageTextRow.text)
            .where(MessageTextRow.message_id.in_(message_ids))
            .order_by(MessageTextRow.message_id)
        )
        return {MessageId(row.message_id): f"{row.subject}\n{row.text}" for row in rows}

    def clear(self) -> None:
        """Forget all words; far faster than by deleting them one by one."""
        drop_index(self._connection)
        self._connection.execute(delete(SearchEntryRow))
        make_index(self._connection)

    def count(self) -> int:
        """Count the mails and calls that can be found by their words."""
        return self._connection.scalar(select(func.count()).select_from(SearchEntryRow)) or 0

    def count_searchable(self) -> int:
        """Count the mails and calls that are to be found, about: some may have no words."""
        mails = select(func.count()).select_from(MessageRow).where(*_SEARCHABLE)
        calls = select(func.count()).select_from(PhoneCallRow)
        return (self._connection.scalar(mails) or 0) + (self._connection.scalar(calls) or 0)

    def mails_after(self, message_id: MessageId, *, limit: int) -> list[UnindexedMail]:
        """Return the mails whose ids come after one and that are to be found, by id."""
        rows = self._connection.execute(
            select(
                MessageRow.id, MessageRow.received_at, MessageTextRow.subject, MessageTextRow.text
            )
            .join(MessageTextRow, MessageTextRow.message_id == MessageRow.id)
            .where(MessageRow.id > message_id, *_SEARCHABLE)
            .order_by(MessageRow.id)
            .limit(limit)
        ).all()
        senders = self._senders([row.id for row in rows])
        return [
            UnindexedMail(
                message_id=MessageId(row.id),
                received_at=row.received_at,
                words=entry_words(row.subject, *senders.get(row.id, ()), row.text),
            )
            for row in rows
        ]

    def calls_between(self, after: datetime | None, until: datetime | None) -> list[UnindexedCall]:
        """Return the calls that came after an instant and until another, oldest first.

        Args:
            after, until: None stands for the beginning, and for the end.
        """
        query = select(PhoneCallRow.__table__, CaseRow.received_at).join(
            CaseRow, CaseRow.id == PhoneCallRow.case_id
        )
        if after is not None:
            query = query.where(CaseRow.received_at > after)
        if until is not None:
            query = query.where(CaseRow.received_at <= until)
        rows = self._connection.execute(query.order_by(CaseRow.received_at, CaseRow.id))
        return [
            UnindexedCall(
                case_id=CaseId(row.case_id),
                received_at=row.received_at,
                words=entry_words(row.customer, row.callback, row.note),
            )
            for row in rows
        ]

    def add_stored(self, message_id: MessageId) -> None:
        """Let a stored mail be found that has come to a case."""
        self.add(
            Entry(message_id=found.message_id, words=found.words)
            for found in self.mails_after(MessageId(message_id - 1), limit=1)
            if found.message_id == message_id
        )

    def _last_id(self) -> int:
        return self._connection.scalar(_LAST_ID) or 0

    def _senders(self, message_ids: Collection[int]) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for some in chunks(message_ids):
            rows = self._connection.execute(
                select(MessageAddressRow.__table__)
                .join(MessageRow, MessageRow.id == MessageAddressRow.message_id)
                .where(
                    MessageAddressRow.message_id.in_(some),
                    MessageRow.direction == "in",
                )
                .order_by(MessageRow.id)
            )
            for row in rows:
                found[row.message_id] = [
                    said
                    for role, name, address in row.people
                    if role in _SENDERS
                    for said in (name, address)
                ]
        return found

    def _by_trigrams(self, asked: Sequence[AskedWord], limit: int) -> list[int]:
        stems = sorted({word.stem for word in asked})
        pieces = {piece: None for stem in stems for piece in _trigrams(stem)}
        same = " AND ".join(f"instr(entry.words, :stem{n}) > 0" for n in range(len(stems)))
        rows = self._connection.scalars(
            text(_TRIGRAMS.format(same=same)),
            {
                "match": " AND ".join(f'"{piece}"' for piece in pieces),
                "most": _MOST_COMPARED,
                "limit": limit,
                **{f"stem{n}": stem for n, stem in enumerate(stems)},
            },
        )
        return list(rows)

    def _by_stems(self, asked: Sequence[AskedWord], limit: int) -> list[int]:
        """Find entries by the index of stems, unless the newest ones are enough.

        The index knows no order, and reads all mails with a word to find the newest.
        """
        query = " && ".join(map(_begins_so, range(len(asked))))
        values = {**_stem_values(asked), "limit": limit}

        def newest(count: int) -> list[int]:
            ids = self._connection.scalars(
                text(_AMONG_NEWEST.format(query=query)), values | {"newest": count}
            )
            return list(ids)

        found = newest(_SAMPLE)
        if len(found) < limit and len(found) >= _FOUND_IN_SAMPLE:
            return newest(_NEWEST)
        if len(found) >= limit:
            return found
        return list(
            self._connection.scalars(
                text(_AMONG_ALL.format(query=self._by_frequency(asked, values))), values
            )
        )

    def _by_frequency(self, asked: Sequence[AskedWord], values: Mapping[str, Any]) -> str:
        """Return a question that asks for a common word as it stands, without its beginnings.

        For a beginning the index gathers all mails with any word that begins so. What is lost
        are old mails that hold it in another form only, such as a compound.
        """
        counts = ", ".join(
            f"count(*) FILTER (WHERE words @@ ({_begins_so(n)}))" for n in range(len(asked))
        )
        row = self._connection.execute(
            text(_COUNT_NEWEST.format(counts=counts)), {**values, "newest": _SAMPLE}
        ).one()
        return " && ".join(
            _is_so(n) if count > _COMMON_IN_SAMPLE else _begins_so(n) for n, count in enumerate(row)
        )

    def _hits(self, entry_ids: Sequence[int], *, protected: bool) -> list[Hit]:
        case_id = func.coalesce(MessageRow.case_id, SearchEntryRow.call_id)
        query = (
            select(SearchEntryRow.message_id, CaseRow.id, CaseRow.received_at)
            .outerjoin(MessageRow, MessageRow.id == SearchEntryRow.message_id)
            .join(CaseRow, CaseRow.id == case_id)
            .where(SearchEntryRow.id.in_(entry_ids))
            .order_by(SearchEntryRow.id.desc())
        )
        if not protected:
            query = query.where(~CaseRow.protected)
        return [
            Hit(
                case_id=CaseId(row.id),
                received_at=row.received_at,
                message_id=None if row.message_id is None else MessageId(row.message_id),
                from_call=row.message_id is None,
            )
            for row in self._connection.execute(query)
        ]

    def _cases(self, query: Select[int, datetime], *, protected: bool, limit: int) -> list[Hit]:
        if not protected:
            query = query.where(~CaseRow.protected)
        rows = self._connection.execute(
            query.order_by(CaseRow.received_at.desc(), CaseRow.id.desc()).limit(limit)
        )
        return [Hit(case_id=CaseId(row.id), received_at=row.received_at) for row in rows]


_SEARCHABLE = (
    MessageRow.case_id.is_not(None),
    or_(
        MessageRow.direction == "in",
        ~MessageRow.automatic & MessageRow.template.is_(None),
    ),
)
"""What people wrote about a case: their mails, and answers that come from no template."""

_INSERT: Final = {
    "sqlite": text("""INSERT INTO search_entry (message_id, call_id, words)
        VALUES (:message_id, :call_id, :words) ON CONFLICT DO NOTHING"""),
    "postgresql": text("""INSERT INTO search_entry (message_id, call_id, words)
        VALUES (:message_id, :call_id, strip(to_tsvector('swedish', :words)))
        ON CONFLICT DO NOTHING"""),
}
_ADD_TRIGRAMS: Final = text("""INSERT INTO search_words (rowid, words)
    SELECT id, words FROM search_entry WHERE id > :last ORDER BY id""")
_LAST_ID: Final = select(func.max(SearchEntryRow.id))
_TRIGRAMS: Final = """SELECT entry.id FROM (
        SELECT rowid AS id FROM search_words WHERE search_words MATCH :match
        ORDER BY rowid DESC LIMIT :most
    ) AS found CROSS JOIN search_entry AS entry ON entry.id = found.id
    WHERE {same} ORDER BY entry.id DESC LIMIT :limit"""
_AMONG_NEWEST: Final = """SELECT id FROM (
        SELECT id, words FROM search_entry ORDER BY id DESC LIMIT :newest
    ) AS entry WHERE words @@ ({query}) ORDER BY id DESC LIMIT :limit"""
_COUNT_NEWEST: Final = """SELECT {counts} FROM (
        SELECT words FROM search_entry ORDER BY id DESC LIMIT :newest
    ) AS entry"""
# Adding nothing to the id keeps PostgreSQL from walking through all entries from the newest on
# in the hope of meeting enough: the first query did that, and met too few.
_AMONG_ALL: Final = """SELECT id FROM search_entry
    WHERE words @@ ({query}) ORDER BY id + 0 DESC LIMIT :limit"""


def _stem_values(asked: Sequence[AskedWord]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for n, word in enumerate(asked):
        values[f"form{n}"] = " | ".join((f"{word.stem}:*", *word.roots))
        values[f"word{n}"] = f"{word.word} or {word.stem}"
    return values


def _is_so(n: int) -> str:
    """Return the question for the forms of the word with a number that share its stem."""
    return f"websearch_to_tsquery('swedish', :word{n})"


def _begins_so(n: int) -> str:
    """Return the question for words that begin as the word with a number, and for its forms."""
    return f"(CAST(:form{n} AS tsquery) || {_is_so(n)})"


def _trigrams(word: str) -> Iterable[str]:
    """Yield trigrams side by side, and the last; those between would tell little more."""
    last = len(word) - 3
    return (word[at : at + 3] for at in (*range(0, last, 3), last))
