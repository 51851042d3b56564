"""Erasing a person, known by an address or a number, from everything that was said.

What a case became, and what happened to it, stays: it holds no person. Open cases and held ones
are left alone and named, for a person to decide on. Attachments go with their mail; they are
not read themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.cases import CaseNumber
from bot.clock import Clock
from bot.errors import UsageError
from bot.language.identifiers import Identifier
from bot.store.keeping import Erased, Run, RunKind
from bot.store.said import Said, Source
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import CaseId, CaseStanding, MessageId

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureReport:
    """What was erased, or would be; never whose it was.

    Attributes:
        counts: What -> how many.
        touched: Cases of which something was erased.
        left: Cases that name the person and were left alone, and why.
    """

    counts: dict[str, int]
    touched: tuple[CaseNumber, ...] = ()
    left: tuple[tuple[CaseNumber, CaseStanding], ...] = ()
    dry_run: bool


@dataclass(slots=True)
class _Found:
    """What names the person, by source; what belongs to no case under None."""

    said: list[Said] = field(default_factory=list)
    payers: list[CaseId] = field(default_factory=list)

    def cases(self) -> set[CaseId]:
        return {item.case_id for item in self.said if item.case_id is not None} | {*self.payers}


class Erasing:
    """Finds a person, and erases them.

    Args:
        hash_address: Returns the keyed hash by which senders are counted.
    """

    def __init__(
        self, database: Database, clock: Clock, *, hash_address: Callable[[str], str]
    ) -> None:
        self._database = database
        self._clock = clock
        self._hash = hash_address

    def count(self) -> int:
        """Count what must be read through."""
        with self._database.reading() as work:
            return work.said.count()

    def erase(
        self,
        who: str,
        *,
        actor: str,
        dry_run: bool = False,
        progress: Callable[[int], None] = lambda _count: None,
    ) -> ErasureReport:
        """Erase a person, and note how much that was.

        Raises:
            UsageError: It is neither an address nor a number of at least six digits.
        """
        person = Identifier.parse(who)
        if person is None:
            raise UsageError(
                "ange en e-postadress, eller ett nummer med minst sex siffror; namn räcker inte"
            )
        found = self._find(person, progress)
        now = self._clock.now()
        with self._database.reading() if dry_run else self._database.work() as work:
            standing = work.keeping.standing(found.cases())
            cases = work.cases.get_many(sorted(found.cases()))
            numbers = {case_id: case.number for case_id, case in cases.items()}
            free = {case for case, how in standing.items() if how is CaseStanding.CLOSED}
            wanted = [item for item in found.said if item.case_id is None or item.case_id in free]
            payers = [case for case in found.payers if case in free]
            erased = _planned(wanted, payers) if dry_run else _forget(work, wanted, payers)
            counts = {str(what): count for what, count in sorted(erased.items()) if count}
            if not dry_run:
                if person.address:
                    work.keeping.forget_sender(self._hash(person.address))
                work.keeping.note(Run(kind=RunKind.PERSON, at=now, actor=actor, counts=counts))
        touched = {item.case_id for item in wanted if item.case_id is not None} | {*payers}
        return ErasureReport(
            counts=counts,
            touched=tuple(numbers[case] for case in sorted(touched)),
            left=tuple(
                (numbers[case], how)
                for case, how in sorted(standing.items())
                if how is not CaseStanding.CLOSED
            ),
            dry_run=dry_run,
        )

    def _find(self, person: Identifier, progress: Callable[[int], None]) -> _Found:
        found, looked_at = _Found(), 0
        with self._database.reading() as work:
            for said in work.said.read():
                if any(person.stands_in(text) for text in said.texts):
                    found.said.append(said)
                looked_at += 1
                if looked_at % _BATCH == 0:
                    progress(_BATCH)
            if person.digits:
                found.payers = work.said.cases_of_payer(person.digits)
        return found


_WHAT = {
    Source.MAIL: "mails",
    Source.CALL: "calls",
    Source.REGISTER: "register_texts",
    Source.DRAFT: "drafts",
    Source.CONVERSATION: "conversations",
    Source.PROPOSAL: "proposals",
}


def _planned(said: list[Said], payers: list[CaseId]) -> Erased:
    erased = Erased(_WHAT[item.source] for item in said)
    erased["invoice_names"] += len(payers)
    return erased


def _forget(work: Work, said: list[Said], payers: list[CaseId]) -> Erased:
    keeping = work.keeping
    ids = {source: [item.id for item in said if item.source is source] for source in Source}
    return (
        keeping.forget_mails([MessageId(mail) for mail in ids[Source.MAIL]])
        + keeping.forget_calls([CaseId(case) for case in ids[Source.CALL]])
        + keeping.forget_register_texts(ids[Source.REGISTER])
        + keeping.forget_drafts(ids[Source.DRAFT])
        + keeping.forget_talk(ids[Source.CONVERSATION], ids[Source.PROPOSAL])
        + keeping.forget_payers(payers)
    )
