"""Whom and what a person names: a colleague, a process, a matter, a case."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from bot.cases import Case, CaseNumber
from bot.errors import NotFound, UsageError
from bot.knowledge import Knowledge
from bot.store.unit_of_work import Database
from bot.vocabulary import MatterKey, PersonKey, ProcessKey

_LONGEST = 200
_MOST_DIGITS = 9


def person_with(email: str, knowledge: Knowledge) -> PersonKey:
    """Return whose e-mail address it is, capitals aside.

    Raises:
        UsageError: Nobody's; names the nearest.
    """
    wanted = email.strip().lower()
    found = knowledge.person_by_email.get(wanted)
    if found is not None:
        return found
    locals_ = {address.partition("@")[0]: address for address in knowledge.person_by_email}
    near = _nearest(wanted.partition("@")[0], locals_)
    if near is None:
        raise UsageError("--as: ingen i organisationen har den e-postadressen")
    raise UsageError(
        "--as: ingen i organisationen har den e-postadressen; menade du {near}?",
        near=locals_[near],
    )


def process_named(text: str, knowledge: Knowledge) -> ProcessKey:
    """Return the process with a key, such as ``kundreskontra``, or a code, such as ``KR``.

    Raises:
        UsageError: There is none; names the nearest.
    """
    wanted = text.strip()
    found = knowledge.process_by_code.get(wanted.upper())
    if found is not None:
        return found
    if wanted.lower() in knowledge.processes:
        return ProcessKey(wanted.lower())
    near = _nearest(wanted.lower(), knowledge.processes)
    if near is None:
        raise UsageError("--process: det finns ingen sådan process")
    raise UsageError("--process: det finns ingen sådan process; menade du {near}?", near=near)


def matter_named(text: str, knowledge: Knowledge) -> MatterKey:
    """Return the matter with a key, such as ``anstand``.

    Raises:
        UsageError: There is none; names the nearest.
    """
    wanted = text.strip().lower()
    if wanted in knowledge.matters:
        return MatterKey(wanted)
    near = _nearest(wanted, knowledge.matters)
    if near is None:
        raise UsageError("--matter: det finns ingen sådan ärendetyp")
    raise UsageError("--matter: det finns ingen sådan ärendetyp; menade du {near}?", near=near)


def case_named(text: str, database: Database, *, sees_protected: bool = True) -> Case:
    """Return the case that a person means: ``2026-000123``, ``#2026-123`` or ``123``.

    A number alone means the newest such case.

    Args:
        sees_protected: Cases with protected data are there for who asks.

    Raises:
        NotFound: There is no such case, or none for who asks.
    """
    bare, said = text.strip().removeprefix("#"), text[:_LONGEST]
    number = CaseNumber.parse(bare)
    with database.reading() as work:
        if bare.isascii() and bare.isdigit() and len(bare) <= _MOST_DIGITS:
            said = str(int(bare))
            case: Case | None = work.cases.newest_with_serial(int(bare))
        else:
            case = None if number is None else work.cases.by_numbers([number]).get(number)
    if case is None or (case.protected and not sees_protected):
        raise NotFound("ärende {case} finns inte; kontrollera numret", case=said)
    return case


def _nearest(given: str, known: Iterable[str]) -> str | None:
    found = get_close_matches(given[:_LONGEST], sorted(known), n=1, cutoff=0.6)
    return found[0] if found else None
