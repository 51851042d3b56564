"""What staff are told when a mail did not go out, or perhaps did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.cases import Case
from bot.plan import Withheld, plan_alert, plan_operator_alert
from bot.store.records import ClaimedAction
from bot.store.unit_of_work import Work
from bot.vocabulary import ActionState, MessageId, Urgency
from functionmail.errors import Refusal, SendUncertain

WITHHELD: Mapping[Refusal, Withheld] = {
    Refusal.SEND_AS_DENIED: Withheld.SEND_AS_DENIED,
    Refusal.MAILBOX_FULL: Withheld.MAILBOX_FULL,
    Refusal.RECIPIENT: Withheld.RECIPIENT,
    Refusal.TOO_LARGE: Withheld.TOO_LARGE,
    Refusal.OTHER: Withheld.REFUSED_BY_SERVER,
}


def leave_to_a_person(
    work: Work, case: Case, action: ClaimedAction, cause: MessageId | str, now: datetime
) -> bool:
    """Stop here: sending again could answer twice, and not sending could answer never.

    Args:
        cause: What the alert is about, so that it comes once.

    Returns:
        False when somebody else ended the action before.
    """
    because = SendUncertain.code
    if not work.actions.finish(action, now, state=ActionState.UNCERTAIN, because=because):
        return False
    work.actions.plan(plan_alert(case, cause, at=now, code="reply_uncertain"), now)
    return True


def tell_of_refusal(
    work: Work,
    case: Case,
    action: ClaimedAction,
    cause: MessageId | str,
    *,
    because: str,
    now: datetime,
) -> None:
    """Tell operators that a mail will not go out, and of an urgent case who is on duty too."""
    alert = plan_operator_alert("action_failed", action.key, now=now, because=because)
    work.actions.plan([alert], now)
    if case.urgent is not Urgency.NO:
        work.actions.plan(plan_alert(case, cause, at=now, code="reply_not_sent"), now)
