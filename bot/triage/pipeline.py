"""The way from a mail to a decision."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.triage.matters import ENOUGH, best, scores
from bot.triage.model import Reason, Triage
from bot.triage.reading import Reading, read
from bot.triage.rules import TriageRules
from bot.triage.tags import Tag
from bot.vocabulary import Kind, MailboxKey, MatterKey, ProcessKey, Urgency
from functionmail.message import Message
from functionmail.subject import is_reply

_OTHER = MatterKey("ovrigt")
_MACHINES = {
    "auto_reply": Kind.AUTO_REPLY,
    "bounce": Kind.BOUNCE,
    "spam": Kind.SPAM,
}


class AuthorshipLike(Protocol):
    """Who wrote a mail: what `functionmail.automatic.authorship` says."""

    @property
    def kind(self) -> StrEnum:
        """Return person, auto_reply, bounce, spam or the like."""

    @property
    def rule(self) -> str:
        """Return the code of the rule that decided."""

    @property
    def words(self) -> str:
        """Return what the rule saw."""


def triage(
    message: Message,
    *,
    mailbox: MailboxKey,
    received_at: datetime,
    authorship: AuthorshipLike,
    rules: TriageRules,
) -> Triage:
    """Decide what a mail is and what it needs; never raises for any mail.

    Args:
        mailbox: The function mailbox that it arrived in; the sender may have chosen wrongly.
        received_at: Aware; dates such as "på fredag" count from its local day.
    """
    kind = _MACHINES.get(str(authorship.kind), Kind.CASE)
    reading = read(message, rules)
    if not kind.for_people:
        reason = Reason(rule=f"kind.{kind.value}", words=authorship.words[:80], where="header")
        return Triage(kind=kind, process=None, matter=None, confidence=0.99, reasons=(reason,))
    tag = rules.tags.read(message.subject)
    found = scores(reading, tag, rules)
    matter = best(found, rules)
    process = _process(matter, tag, mailbox, rules)
    urgent = rules.matters[matter].urgent if matter else Urgency.NO
    reasons = _reasons(reading, tag)
    if matter:
        reasons += found[matter].reasons
    return Triage(
        kind=Kind.FOLLOW_UP if is_reply(message.subject) else Kind.CASE,
        process=process,
        matter=matter or _OTHER,
        urgent=urgent,
        misdirected=_is_misdirected(process, mailbox, rules),
        confidence=0.9 if matter and found[matter].total >= ENOUGH else 0.4,
        reasons=reasons,
    )


def _process(
    matter: MatterKey | None, tag: Tag | None, mailbox: MailboxKey, rules: TriageRules
) -> ProcessKey | None:
    rule = rules.matters.get(matter) if matter else None
    if rule and rule.process:
        return rule.process
    if tag:
        return tag.process
    return rules.mailboxes.get(mailbox)


def _is_misdirected(process: ProcessKey | None, mailbox: MailboxKey, rules: TriageRules) -> bool:
    own = rules.mailboxes.get(mailbox)
    return process is not None and own is not None and own != process


def _reasons(reading: Reading, tag: Tag | None) -> tuple[Reason, ...]:
    if tag is None:
        return ()
    rule = "tag.exact" if tag.exact else "tag.fuzzy"
    return (Reason(rule=rule, words=tag.words[:80], where="subject"),)
