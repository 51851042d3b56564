"""What a mail is: a new case, a follow-up, or nothing for a person to answer."""

from __future__ import annotations

from bot.triage.cues import Feature
from bot.triage.matters import ENOUGH, Judgement
from bot.triage.model import Reason
from bot.triage.reading import Place, Reading
from bot.vocabulary import Kind


def spam_reason(reading: Reading) -> Reason | None:
    """Return why a mail is advertising or phishing, or None.

    One plain sign is enough; of lesser ones it takes two, or one beside a bulk header.
    What a person forwards may end with how to unsubscribe, and does not count.
    """
    strong = _own(reading.reasons("spam.sign", Feature.SPAM_STRONG))
    if strong:
        return strong[0]
    weak = _own(reading.reasons("spam.signs", Feature.SPAM))
    bulk = reading.message.header("list-unsubscribe") is not None or (
        (reading.message.header("precedence") or "").strip().lower() in ("bulk", "list", "junk")
    )
    if len(weak) >= 2 or (weak and bulk):
        return weak[0]
    return None


def _own(reasons: tuple[Reason, ...]) -> list[Reason]:
    return [reason for reason in reasons if reason.where != Place.QUOTED]


def case_or_follow_up(reading: Reading, judgement: Judgement) -> tuple[Kind, tuple[Reason, ...]]:
    """Tell a new matter from the continuation of one."""
    message = reading.message
    if reading.forwarded or (reading.marked_forward and not reading.marked_reply):
        return Kind.CASE, ()
    new = reading.reasons("kind.new", Feature.NEW_MATTER)
    if new:
        return Kind.CASE, new[:1]
    if message.in_reply_to or message.references:
        return Kind.FOLLOW_UP, (Reason(rule="kind.reply", words="In-Reply-To", where="header"),)
    if reading.marked_reply:
        return Kind.FOLLOW_UP, (
            Reason(rule="kind.reply", words=message.subject[:20], where="subject"),
        )
    said = reading.reasons("kind.follow_up", Feature.FOLLOW_UP)
    if said:
        return Kind.FOLLOW_UP, said[:1]
    closes = judgement.quiet & {Feature.WITHDRAWAL, Feature.SETTLED, Feature.THANKS}
    if closes and Feature.REQUEST not in judgement.live and _is_quiet(judgement):
        return Kind.FOLLOW_UP, (Reason(rule="kind.closes", words="", where="body"),)
    return Kind.CASE, ()


def _is_quiet(judgement: Judgement) -> bool:
    """Tell whether the matter is told, and not asked for in earnest."""
    if judgement.matter is None:
        return False
    score = judgement.scores[judgement.matter]
    return score.live < min(score.total, ENOUGH)
