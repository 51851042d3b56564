"""Which templates fit a case, and why each does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.cases import Case
from bot.plan import receipts_for
from bot.reply_rules import ASKING, INFORMATION_REMINDER, Policy, information_letter
from bot.services.case_sheet import sheets
from bot.services.known_values import payment_matters
from bot.services.letter_preview import found_by
from bot.services.writing import Writer
from bot.store.unit_of_work import Work
from bot.templates import Form, Template
from bot.vocabulary import Channel, Missing, Status, TemplateKey, Urgency

_RECEIPTS: Final = frozenset(name for urgent in Urgency for name in receipts_for(urgent))
_OF_PHONE: Final = TemplateKey("phone_feedback")


class Fits(StrEnum):
    """Why a template fits, the best reason first."""

    MISSING = "missing"
    WAITING = "waiting"
    PHONE = "phone"
    MATTER = "matter"
    PROCESS = "process"
    GENERAL = "general"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A template that fits.

    Attributes:
        policy: How far the assistant may go with it here.
    """

    template: Template
    fits: Fits
    policy: Policy


def suggestions(work: Work, case: Case, writer: Writer) -> list[Suggestion]:
    """Return the templates that fit a case, the best first.

    Receipts are left out, since the assistant sends them, and so is what may not be sent.
    """
    (sheet,) = sheets(work, [case])
    found = [
        Suggestion(template=template, fits=fits, policy=writer.policy(case, template.name))
        for template, fits in _fitting(case, sheet.missing, writer)
    ]
    order = tuple(Fits)
    allowed = [one for one in found if one.policy is not Policy.OFF]
    return sorted(allowed, key=lambda one: order.index(one.fits))


def _fitting(
    case: Case, missing: tuple[Missing, ...], writer: Writer
) -> Iterator[tuple[Template, Fits]]:
    matters = payment_matters(writer.templates)
    for template in found_by(writer.templates, process=case.process, matter=case.matter):
        name = template.name
        if template.form is not Form.LETTER or name in _RECEIPTS:
            continue
        if name in ASKING:
            waits = case.status is Status.WAITING_CUSTOMER
            if name == INFORMATION_REMINDER and waits:
                yield template, Fits.WAITING
            elif missing and name == information_letter(case, matters):
                yield template, Fits.MISSING
        elif name == _OF_PHONE:
            if case.channel is Channel.PHONE:
                yield template, Fits.PHONE
        elif template.matters:
            yield template, Fits.MATTER if case.matter is not None else Fits.GENERAL
        elif template.processes:
            yield template, Fits.PROCESS
        else:
            yield template, Fits.GENERAL
