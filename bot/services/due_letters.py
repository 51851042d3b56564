"""Which letters are due on a case beside its receipt, and who may send them; nothing is written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.cases import Case
from bot.knowledge import Knowledge
from bot.reply_prompts import Prompts
from bot.reply_rules import (
    DELAYED,
    INFORMATION_REMINDER,
    MOVED,
    REMARK_RECEIVED,
    DraftState,
    Policy,
    ReplyDraft,
    TaskKind,
    information_letter,
    is_sure_move,
    least,
    occasion_of,
    only_one_invoice_number,
)
from bot.vocabulary import MatterKey, MessageId, Missing, TemplateKey
from functionmail.message import Message
from functionmail.subject import strip_prefixes


class PolicyOf(Protocol):
    """Tells how far the assistant may go with a reply; see `bot.actions.policy.reply_policy`."""

    def __call__(self, case: Case, name: TemplateKey, *, beyond_doubt: bool = False) -> Policy:
        """Return how far it may go with a letter on a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLetter:
    """A letter that is due, and who may send it.

    Attributes:
        message_id: The mail that it answers; None for the last one on the case.
    """

    name: TemplateKey
    policy: Policy
    occasion: str | None
    message_id: MessageId | None = None

    @property
    def is_written(self) -> bool:
        """Tell whether the assistant may write it, whoever sends it."""
        return self.policy in (Policy.DRAFT, Policy.AUTO)


def asked_for_by(
    mail: Message, matter: MatterKey, prompts: Prompts, knowledge: Knowledge
) -> TemplateKey | None:
    """Return the letter that a mail about a matter asks for itself, or None."""
    internal = mail.sender is not None and knowledge.is_organisation_domain(mail.sender.domain)
    return prompts.letter_for(matter, strip_prefixes(mail.subject), mail.text, internal=internal)


def fitting_letter(case: Case, name: TemplateKey, policy_of: PolicyOf) -> DueLetter:
    """Return the letter that a mail itself asks for; a person always sends it."""
    policy = least((policy_of(case, name), Policy.DRAFT))
    return DueLetter(name=name, policy=policy, occasion=f"{TaskKind.FITTING}:{name}")


def moved_letter(
    case: Case, confidence: float, policy_of: PolicyOf, *, automatic: bool
) -> DueLetter | None:
    """Return the letter about a move, or None where the receipt itself says so.

    Args:
        confidence: Of the triage of the mail that opened the case.
        automatic: The mail may be answered automatically.
    """
    policy = policy_of(case, MOVED, beyond_doubt=True)
    if is_sure_move(case, confidence) and automatic and policy is Policy.AUTO:
        return None
    occasion = f"{TaskKind.MOVED}:{case.process}"
    return DueLetter(name=MOVED, policy=policy_of(case, MOVED), occasion=occasion)


def asking_letter(
    case: Case, missing: Sequence[Missing], matters: Collection[str], policy_of: PolicyOf
) -> DueLetter:
    """Return the letter that asks for what is missing.

    Args:
        matters: Those of the letter with the facts that stop a payment.
    """
    name = information_letter(case, matters)
    policy = policy_of(case, name, beyond_doubt=only_one_invoice_number(missing))
    return DueLetter(name=name, policy=policy, occasion=occasion_of(missing))


def late_letter(case: Case, until: datetime, policy_of: PolicyOf) -> DueLetter:
    """Return the letter that says before a promised time passes that it takes longer."""
    policy = least((policy_of(case, DELAYED), Policy.DRAFT))
    occasion = f"{TaskKind.DELAY}:{int(until.timestamp())}"
    return DueLetter(name=DELAYED, policy=policy, occasion=occasion)


def thanking_letter(case: Case, remark: int, policy_of: PolicyOf) -> DueLetter:
    """Return the letter that thanks for a remark; it goes by itself where the rules allow it."""
    policy = policy_of(case, REMARK_RECEIVED)
    return DueLetter(name=REMARK_RECEIVED, policy=policy, occasion=f"{TaskKind.REMARK}:{remark}")


def reminding_letter(case: Case, drafts: Sequence[ReplyDraft], policy_of: PolicyOf) -> DueLetter:
    """Return the letter that reminds of what was asked for.

    Args:
        drafts: Of the case, oldest first.
    """
    sent = [
        draft
        for draft in drafts
        if draft.state is DraftState.SENT and draft.template != INFORMATION_REMINDER
    ]
    by_person = bool(sent) and not sent[-1].automatic
    return DueLetter(
        name=INFORMATION_REMINDER,
        policy=policy_of(case, INFORMATION_REMINDER, beyond_doubt=by_person),
        occasion=f"reminder:{sent[-1].id}" if sent else None,
    )
