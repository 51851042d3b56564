"""What we owe about a case: pure decisions, performed later by `bot.actions`.

Alerts tell staff, whatever the mailbox's mode. Automatic mail goes only where the mode, the
age of the mail, the loop rules and the brakes allow it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.cases import Case, PlannedAction
from bot.ladder import Cause, Rung
from bot.vocabulary import ActionKind, MailboxKey, MessageId, Mode, TemplateKey, Urgency

MAX_RECEIPT_AGE = timedelta(hours=24)
"""A receipt that comes later than this says nothing that the customer does not know."""

RECEIVED = TemplateKey("received")
RECEIVED_OUTSIDE_HOURS = TemplateKey("received_outside_hours")
RECEIVED_URGENT_INVOICE = TemplateKey("received_urgent_invoice")
RECEIVED_URGENT_PAYMENT = TemplateKey("received_urgent_payment")
RECEIVED_PROTECTED = TemplateKey("received_protected")


class Withheld(StrEnum):
    """Why an automatic mail does not go out."""

    NO_ANSWER_RULE = "no_answer_rule"
    BEFORE_ANSWER_FROM = "before_answer_from"
    TOO_OLD = "too_old"
    MODE = "mode"
    POLICY = "policy"
    ALREADY_SENT = "already_sent"
    NO_ADDRESS = "no_address"
    SENDER_HOUR = "sender_hour"
    SENDER_DAY = "sender_day"
    SAME_TEMPLATE_CASE = "same_template_case"
    SAME_TEMPLATE_HOUR = "same_template_hour"
    UNANSWERED_ON_CASE = "unanswered_on_case"
    MAILBOX_BREAKER = "mailbox_breaker"
    GLOBAL_BREAKER = "global_breaker"
    TEMPLATE_HOLE = "template_hole"
    REFUSED_BY_SERVER = "refused_by_server"
    SEND_AS_DENIED = "send_as_denied"
    MAILBOX_FULL = "mailbox_full"
    RECIPIENT = "recipient"
    TOO_LARGE = "too_large"
    GAVE_UP = "gave_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPolicy:
    """How far automatic mail may go in one mailbox.

    Attributes:
        hold: Plan receipts for the record only and let one summary stand for all alerts;
            used when mail is taken in from files.
    """

    mode: Mode
    answer_from: datetime
    twin_wait: timedelta
    hold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What we owe, and why something that might be expected is not owed."""

    actions: tuple[PlannedAction, ...] = ()
    withheld: tuple[str, ...] = ()


def plan_new_case(
    case: Case,
    message_id: MessageId,
    *,
    no_answer: Sequence[str],
    policy: AnswerPolicy,
    backlog: bool,
    now: datetime,
    alert_at: datetime,
) -> Plan:
    """Plan the alert and the receipt of a new case.

    Args:
        no_answer: Codes of the loop rules that forbid an automatic answer to the mail.
        backlog: The mail lay there before we came: no alert of its own, one summary follows.
        alert_at: When staff are told of an urgent case; see `ladder.first_alert_at`.
    """
    alerts = () if backlog else plan_alert(case, message_id, at=alert_at)
    because = _receipt_withheld(case, no_answer, policy)
    if because is not None:
        return Plan(actions=alerts, withheld=(because,))
    if policy.mode is Mode.OFF:
        return Plan(actions=alerts)
    receipt = PlannedAction(
        key=f"reply:receipt:{case.id}",
        kind=ActionKind.REPLY,
        case_id=case.id,
        due_at=now + policy.twin_wait,
        data={"what": "receipt", "message": message_id, "mailbox": case.mailbox, "n": 1},
        held=policy.hold or policy.mode is Mode.SHADOW,
    )
    return Plan(actions=(*alerts, receipt))


def _receipt_withheld(case: Case, no_answer: Sequence[str], policy: AnswerPolicy) -> str | None:
    if policy.mode is Mode.OFF:
        return None
    if no_answer:
        return f"{Withheld.NO_ANSWER_RULE}:{no_answer[0]}"
    if case.received_at < policy.answer_from:
        return Withheld.BEFORE_ANSWER_FROM
    return None


def plan_alert(
    case: Case, cause: MessageId | str, *, at: datetime, code: str = "urgent"
) -> tuple[PlannedAction, ...]:
    """Plan an alert about a case, by default that it is urgent, once for each cause.

    Args:
        cause: A mail, or another word for what gave cause.
    """
    if case.urgent is Urgency.NO and code == "urgent":
        return ()
    return (
        PlannedAction(
            key=f"alert:{code}:{case.id}:{cause}",
            kind=ActionKind.ALERT,
            case_id=case.id,
            due_at=at,
            data={"code": code},
        ),
    )


def plan_ladder_alert(
    case: Case, cause: Cause, rung: Rung, *, since: datetime, number: int, now: datetime
) -> PlannedAction:
    """Plan one step of the ladder, once: an urgent case that no person has acknowledged."""
    step = f"{cause}:{number}" if cause is Cause.UNACKNOWLEDGED else cause.value
    return PlannedAction(
        key=f"alert:ladder:{case.id}:{int(since.timestamp())}:{step}",
        kind=ActionKind.ALERT,
        case_id=case.id,
        due_at=now,
        data={"code": cause.value, "rung": rung.value},
    )


def plan_operator_alert(
    code: str, scope: str, *, now: datetime, **data: str | int | bool | None
) -> PlannedAction:
    """Plan an alert that belongs to no case; `scope` makes it once."""
    return PlannedAction(
        key=f"alert:{code}:{scope}",
        kind=ActionKind.ALERT,
        case_id=None,
        due_at=now,
        data={"code": code, **data},
    )


def choose_receipt(case: Case, *, is_open: bool) -> TemplateKey:
    """Choose the receipt that fits: protected before urgent before the hour of the day."""
    return _receipt(case.urgent, protected=case.protected, is_open=is_open)


def receipts_for(usual: Urgency) -> tuple[TemplateKey, ...]:
    """Return every receipt that may answer a case of a matter, by its usual urgency.

    A case of an urgent matter may be none, as where somebody withdraws it.
    """
    both = (True, False)
    return tuple(
        dict.fromkeys(
            _receipt(urgent, protected=protected, is_open=is_open)
            for urgent in (usual, Urgency.NO)
            for is_open in both
            for protected in both
        )
    )


def _receipt(urgent: Urgency, *, protected: bool, is_open: bool) -> TemplateKey:
    if protected:
        return RECEIVED_PROTECTED
    if urgent is Urgency.COLLECTIONS:
        return RECEIVED_URGENT_INVOICE
    if urgent is Urgency.PAYOUT:
        return RECEIVED_URGENT_PAYMENT
    return RECEIVED if is_open else RECEIVED_OUTSIDE_HOURS


@dataclass(frozen=True, slots=True, kw_only=True)
class BrakeLimits:
    """How many automatic mails may go out; `mail.md` section 6, row 13."""

    sender_per_hour: int
    sender_per_day: int
    unanswered_per_case: int
    mailbox_per_hour: int
    everything_per_hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SentSoFar:
    """What went out already, when one more automatic mail is about to."""

    to_sender_last_hour: int
    to_sender_last_day: int
    same_template_to_sender_last_hour: int
    same_template_on_case: int
    unanswered_on_case: int
    from_mailbox_last_hour: int
    everything_last_hour: int


def brake(sent: SentSoFar, limits: BrakeLimits, *, urgent: bool) -> Withheld | None:
    """Return what stops one more automatic mail, or None.

    The breakers come first, since they stop everything; an urgent case is exempt only from
    the rule about the same template to one sender.
    """
    rules = (
        (sent.everything_last_hour >= limits.everything_per_hour, Withheld.GLOBAL_BREAKER),
        (sent.from_mailbox_last_hour >= limits.mailbox_per_hour, Withheld.MAILBOX_BREAKER),
        (sent.same_template_on_case > 0, Withheld.SAME_TEMPLATE_CASE),
        (sent.unanswered_on_case >= limits.unanswered_per_case, Withheld.UNANSWERED_ON_CASE),
        (sent.to_sender_last_day >= limits.sender_per_day, Withheld.SENDER_DAY),
        (sent.to_sender_last_hour >= limits.sender_per_hour, Withheld.SENDER_HOUR),
        (
            not urgent and sent.same_template_to_sender_last_hour > 0,
            Withheld.SAME_TEMPLATE_HOUR,
        ),
    )
    return next((because for stops, because in rules if stops), None)


def is_too_old(received_at: datetime, now: datetime) -> bool:
    """Tell whether a receipt would come more than 24 hours after the mail."""
    return now - received_at > MAX_RECEIPT_AGE


def backlog_alert(
    mailbox: MailboxKey, *, cases: int, urgent: int, scope: str, now: datetime
) -> PlannedAction:
    """Plan the one alert about the mail that lay there before we came."""
    return plan_operator_alert(
        "backlog", f"{mailbox}:{scope}", now=now, mailbox=mailbox, cases=cases, urgent=urgent
    )
