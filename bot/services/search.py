"""Finding cases by whatever people have at hand: a number, a customer, words of a mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.cases import Case, CaseNumber
from bot.knowledge import Knowledge
from bot.language.search_words import AskedWord, asked_words, position
from bot.services.sight import Sight
from bot.store.search import Entry, Hit
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import CaseId, CustomerKey, MessageId

__all__ = ["FoundBy", "FoundCase", "FoundCases", "Rebuilt", "Search", "rebuild"]

MOST_FOUND: Final = 50
_LONGEST: Final = 400
_AROUND: Final = 60
_BATCH: Final = 1000
_SHORTEST_NAME: Final = 2
_NUMBER: Final = re.compile(r"[0-9]{1,30}")
_YEAR_AND_SERIAL: Final = re.compile(r"(?<![0-9])([0-9]{4})-([0-9]{1,8})(?![0-9])")
_GROUPING: Final = re.compile(r"(?<=[0-9])[ \u00a0-](?=[0-9])")
_SERIAL: Final = re.compile(r"[#\[ ]*([0-9]{1,9})[\] ]*")
_SPACES: Final = re.compile(r"\s+")


class FoundBy(StrEnum):
    """Why a case was found; the order is that of results."""

    CASE_NUMBER = "case_number"
    NUMBER = "number"
    CUSTOMER = "customer"
    WORDS = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCase:
    """A case that was found.

    Attributes:
        snippet: The words around the first one that was asked for, on one line; None for
            whoever may not read mails, and where the case was not found by words.
        marked: Where in the snippet the word stands that was asked for, from and to.
    """

    case: Case
    by: FoundBy
    snippet: str | None = None
    marked: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCases:
    """What was found: better reasons first, and the newest first of what is equally good.

    Attributes:
        more: There are more, or may be.
    """

    cases: tuple[FoundCase, ...] = ()
    more: bool = False


class Search:
    """Reads only; each call is one transaction."""

    def __init__(self, database: Database, knowledge: Knowledge) -> None:
        self._database = database
        self._knowledge = knowledge

    def find(self, question: str, sight: Sight, *, limit: int = MOST_FOUND) -> FoundCases:
        """Find cases by what somebody typed, whatever it is; nothing in it is an operator.

        Case numbers are read as people write them (``2026-000123``, ``#2026-123``, ``123``,
        ``[#2026-000123-k7]``), invoice, OCR and customer numbers with or without groups, names
        and abbreviations of customers, and words of mails and calls.

        Args:
            limit: At most `MOST_FOUND`.
        """
        asked_for = _SPACES.sub(" ", question[:_LONGEST].replace("\0", " ")).strip()
        limit = max(1, min(limit, MOST_FOUND))
        if not asked_for:
            return FoundCases()
        asked = asked_words(asked_for)
        with self._database.reading() as work:
            hits = self._ranked(work, asked_for, asked, sight, limit + 1)
            shown = dict(list(hits.items())[:limit])
            cases = work.cases.get_many(shown)
            texts = _texts(work, [hit for _, hit in shown.values()]) if sight.reads else {}
        found = tuple(
            _found(cases[case_id], by, texts.get(case_id), asked)
            for case_id, (by, _) in shown.items()
        )
        return FoundCases(cases=found, more=len(hits) > limit)

    def _ranked(
        self,
        work: Work,
        question: str,
        asked: Sequence[AskedWord],
        sight: Sight,
        limit: int,
    ) -> dict[CaseId, tuple[FoundBy, Hit]]:
        sees = sight.sees_protected
        numbers = _with_ocr(work, _numbers(question))
        customers = self._customers(question)
        ways = (
            (FoundBy.CASE_NUMBER, _by_case_number(work, question, protected=sees)),
            (FoundBy.NUMBER, work.search.naming(numbers, protected=sees, limit=limit)),
            (
                FoundBy.CUSTOMER,
                work.search.of_customers(customers, protected=sees, limit=limit),
            ),
            (FoundBy.WORDS, _newest_first(work.search.with_words(asked, protected=sees))),
        )
        ranked: dict[CaseId, tuple[FoundBy, Hit]] = {}
        for by, hits in ways:
            for hit in hits:
                ranked.setdefault(hit.case_id, (by, hit))
        return ranked

    def _customers(self, question: str) -> tuple[CustomerKey, ...]:
        if len(question) < _SHORTEST_NAME:
            return ()
        found = self._knowledge.customer_key(question)
        return () if found is None else (found,)


def _found(case: Case, by: FoundBy, said: str | None, asked: Sequence[AskedWord]) -> FoundCase:
    if said is None:
        return FoundCase(case=case, by=by)
    for word in asked:
        at = position(said, word)
        if at is not None:
            snippet, marked = _around(said, at)
            return FoundCase(case=case, by=by, snippet=snippet, marked=marked)
    return FoundCase(case=case, by=by)


def _around(said: str, at: tuple[int, int]) -> tuple[str, tuple[int, int]]:
    start, end = at
    before = _SPACES.sub(" ", said[max(0, start - _AROUND) : start]).lstrip()
    after = _SPACES.sub(" ", said[end : end + _AROUND]).rstrip()
    if start > _AROUND:
        before = "…" + before
    if end + _AROUND < len(said):
        after += "…"
    return before + said[start:end] + after, (len(before), len(before) + end - start)


def _texts(work: Work, hits: Sequence[Hit]) -> dict[CaseId, str]:
    """Return what the mails and calls say that cases were found by."""
    mails: dict[MessageId, CaseId] = {
        hit.message_id: hit.case_id for hit in hits if hit.message_id is not None
    }
    texts = {mails[key]: said for key, said in work.search.texts(list(mails)).items()}
    for key, call in work.phone_calls.of_cases(
        [hit.case_id for hit in hits if hit.from_call]
    ).items():
        texts[key] = f"{call.customer}\n{call.note}"
    return texts


def _newest_first(hits: Sequence[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: (hit.received_at, hit.case_id), reverse=True)


def _by_case_number(work: Work, question: str, *, protected: bool) -> list[Hit]:
    numbers = [
        CaseNumber(year=int(year), serial=int(serial))
        for year, serial in _YEAR_AND_SERIAL.findall(question)
    ]
    cases = list(work.cases.by_numbers(numbers).values())
    alone = _SERIAL.fullmatch(question)
    if alone is not None:
        cases += work.cases.with_serial(int(alone.group(1)))
    hits = [
        Hit(case_id=case.id, received_at=case.received_at)
        for case in cases
        if protected or not case.protected
    ]
    return _newest_first(hits)


def _numbers(question: str) -> list[str]:
    """Return what may be an invoice, OCR or customer number, with and without its groups."""
    joined = _GROUPING.sub("", question)
    found = (*_NUMBER.findall(question), *_NUMBER.findall(joined))
    return [number for number in dict.fromkeys(found) if len(number) > 3][:20]


def _with_ocr(work: Work, numbers: Sequence[str]) -> list[str]:
    known = work.ledger.find_many_by_ocr(numbers)
    return [*numbers, *(invoice.number for invoice in known.values())]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """How many mails and calls can be found by their words now."""

    entries: int


def rebuild(
    database: Database, *, progress: Callable[[int, int], object] = lambda _done, _all: None
) -> Rebuilt:
    """Fill the index of words anew from the stored mails and calls.

    Mail is taken in meanwhile: each thousand is a transaction of its own. Until it ends, older
    mails are not found; if it is broken off, it begins anew.

    Args:
        progress: Hears how many mails and calls are read, and of about how many.
    """
    with database.work() as work:
        work.search.clear()
        total = work.search.count_searchable()
    done = 0
    for entries in _batches(database):
        with database.work() as work:
            work.search.add(entries)
        done += len(entries)
        progress(done, total)
    with database.reading() as work:
        return Rebuilt(entries=work.search.count())


def _batches(database: Database) -> Iterator[list[Entry]]:
    """Yield mails and calls about in the order of time, as they were stored."""
    last, since = MessageId(0), None
    while True:
        with database.reading() as work:
            mails = work.search.mails_after(last, limit=_BATCH)
            until: datetime | None = None
            if mails:
                until = max(mail.received_at for mail in mails)
                until = until if since is None else max(until, since)
            calls = work.search.calls_between(since, until)
        entries = [
            *(
                (mail.received_at, Entry(message_id=mail.message_id, words=mail.words))
                for mail in mails
            ),
            *((call.received_at, Entry(call_id=call.case_id, words=call.words)) for call in calls),
        ]
        yield [entry for _, entry in sorted(entries, key=lambda pair: pair[0])]
        if not mails:
            return
        last, since = mails[-1].message_id, until
