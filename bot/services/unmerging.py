"""What a case has from those that go on in it, and what it keeps when one of them is taken out.

Invoices and deadlines go with the case that brought them, unless another one that still goes on
in it has them too, or its own mails name them. A case stays protected if it became so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from bot.cases import Case, DeadlineReason
from bot.services.deadlines import deadline_by_ledger, move_ladder
from bot.services.invoice_lookup import as_known
from bot.services.new_case import House
from bot.store.merges import LastAct
from bot.store.unit_of_work import Work
from bot.vocabulary import CaseId, Status, Urgency

INTO: Final = "into"
"""Of a merge: the case that goes on."""
BROUGHT: Final = "invoices"
"""Of a merge: the numbers of the invoices that were new to the case that goes on."""
OWN_DEADLINE: Final = "own_deadline"
"""Of a merge: what the case that goes on went by before it took over a sooner deadline.

Its deadline, and the process for which that holds.
"""
_MOST_MAILS: Final = 1000


def take_out(work: Work, gone: LastAct, house: House, now: datetime) -> Case:
    """Take what a merge brought off the case that went on for both, and return that as stored.

    Args:
        gone: The merge that is undone; its case no longer goes on in the other one.
    """
    target = work.cases.get(CaseId(int(gone.before[INTO])))
    still = {case_id: work.last_acts.get(case_id) for case_id in work.merges.taken_up_by(target.id)}
    merges = {
        case_id: act
        for case_id, act in still.items()
        if act is not None and act.before.get(INTO) == target.id
    }
    _take_invoices_off(work, target, gone, merges)
    return _by_its_own_deadline(work, target, gone, merges, house, now)


def _take_invoices_off(
    work: Work, target: Case, gone: LastAct, merges: Mapping[CaseId, LastAct]
) -> None:
    """Take the invoices off that only the case taken out names; others go on to who has them."""
    alone = {str(number) for number in gone.before[BROUGHT]} - _named_by_mail(work, target)
    named = work.case_invoices.of_cases(merges)
    for case_id, act in merges.items():
        shared = sorted(alone.intersection(one.number for one in named.get(case_id, ())))
        alone.difference_update(shared)
        if shared:
            _amend(work, act, **{BROUGHT: [*act.before[BROUGHT], *shared]})
    work.case_invoices.remove(target.id, alone)


def _named_by_mail(work: Work, case: Case) -> set[str]:
    """Return the invoices that the mails of a case itself name, as its file may have them."""
    mails = work.case_mails.newest([case.id], limit=_MOST_MAILS)
    named = {
        str(number)
        for mail in mails
        if mail.triage is not None
        for number in mail.triage.get("invoices", ())
    }
    return as_known(work, named)


def _by_its_own_deadline(
    work: Work,
    target: Case,
    gone: LastAct,
    merges: Mapping[CaseId, LastAct],
    house: House,
    now: datetime,
) -> Case:
    """Return a case that went on for two, stored with the deadline that it has by itself.

    A case that still goes on in it may have an earlier one, which then holds. A deadline
    that came after the merge stays: it was moved, became urgent anew, or took over another.
    """
    own = gone.before.get(OWN_DEADLINE)
    if own is not None:
        _forget_act_by(work, target, gone)
    if target.status is Status.CLOSED or target.urgent is Urgency.NO:
        return target
    found = target
    if own is not None:
        if deadline_of(deadline_values(target)) != deadline_of(gone.before):
            _pass_on(work, merges, own, in_place_of=gone.before)
        elif own.get("process", target.process) == target.process:
            found = _earliest(work, target, own, merges)
    invoices = work.case_invoices.of_cases([target.id]).get(target.id, ())
    found = deadline_by_ledger(found, invoices, house)
    if found == target:
        return target
    stored = work.cases.change(found)
    move_ladder(work, stored, house, now)
    return stored


def _forget_act_by(work: Work, target: Case, gone: LastAct) -> None:
    """Let nothing restore the deadline of a case that was taken out, as undoing a closing would."""
    act = work.last_acts.get(target.id)
    if act is not None and deadline_of(act.before) == deadline_of(gone.before):
        work.last_acts.forget(target.id)


def _earliest(
    work: Work, target: Case, own: Mapping[str, Any], merges: Mapping[CaseId, LastAct]
) -> Case:
    """Return a case with the earliest deadline: its own, or of those that still go on in it."""
    alone = replace(target, **deadline_of(own))
    sooner = [
        (case.handle_by, case.id, case)
        for case in work.cases.get_many(merges).values()
        if case.handle_by is not None
        and (alone.handle_by is None or case.handle_by < alone.handle_by)
    ]
    if not sooner:
        return alone
    _, _, first = min(sooner, key=lambda one: one[:2])
    _amend(work, merges[first.id], **{OWN_DEADLINE: dict(own)})
    return replace(target, **deadline_of(deadline_values(first)))


def _pass_on(
    work: Work,
    merges: Mapping[CaseId, LastAct],
    own: Mapping[str, Any],
    *,
    in_place_of: Mapping[str, Any],
) -> None:
    """Let a later merge, which took over from the one undone, restore what that one would have."""
    for act in merges.values():
        went_by = act.before.get(OWN_DEADLINE)
        if went_by is not None and deadline_of(went_by) == deadline_of(in_place_of):
            _amend(work, act, **{OWN_DEADLINE: dict(own)})


def _amend(work: Work, act: LastAct, **more: object) -> None:
    """Put more on what is remembered of an act; it may have been amended since it was read."""
    now = work.last_acts.get(act.case_id) or act
    work.last_acts.put(replace(now, before={**now.before, **more}))


def deadline_values(case: Case) -> dict[str, Any]:
    """Return the deadline of a case and its reasons as they are remembered."""
    return {
        "handle_by": _text(case.handle_by),
        "safe_until": _text(case.safe_until),
        "deadline_reasons": [
            {"code": reason.code, **reason.values} for reason in case.deadline_reasons
        ],
    }


def deadline_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a case that `deadline_values` holds."""
    return {
        "handle_by": _instant(values["handle_by"]),
        "safe_until": _instant(values["safe_until"]),
        "deadline_reasons": tuple(
            DeadlineReason(
                code=reason["code"],
                values={key: value for key, value in reason.items() if key != "code"},
            )
            for reason in values["deadline_reasons"]
        ),
    }


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
