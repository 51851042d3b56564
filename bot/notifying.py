"""Telling staff: what an alert holds, and who can carry it.

An alert carries case number, process, matter, customer unit and numbers, never a subject,
mail text, a sender's name or address (DESIGN, promise 5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from bot.errors import SammaDagError
from bot.texts import Say
from bot.texts.codes import CODES
from bot.vocabulary import (
    LineKey,
    MailboxKey,
    MatterKey,
    PersonKey,
    ProcessKey,
    TeamKey,
    Urgency,
)


class AlertCode(StrEnum):
    """Why staff are told."""

    URGENT = "urgent"
    UNACKNOWLEDGED = "unacknowledged"
    HALF_TIME = "half_time"
    LAST_HOUR = "last_hour"
    DIGEST = "digest"
    UNSTAFFED = "unstaffed"
    REPLY_BOUNCED = "reply_bounced"
    REPLY_NOT_SENT = "reply_not_sent"
    REPLY_UNCERTAIN = "reply_uncertain"
    CLOSE_ASKED = "close_asked"
    DELAY_NEAR = "delay_near"
    BACKLOG = "backlog"
    BREAKER_OPEN = "breaker_open"
    QUARANTINED = "quarantined"
    ACTION_FAILED = "action_failed"
    BOOKS_DIFFER = "books_differ"
    MAILBOX_DOWN = "mailbox_down"
    PROMISE_REMINDER = "promise_reminder"
    PROMISE_BROKEN = "promise_broken"
    STOP_LIST_MISS = "stop_list_miss"
    STOP_LIST_MISSES = "stop_list_misses"
    KNOWLEDGE_REFUSED = "knowledge_refused"
    KNOWLEDGE_DIFFERS = "knowledge_differs"
    KNOWLEDGE_MISSING = "knowledge_missing"
    KNOWLEDGE_UNREADABLE = "knowledge_unreadable"


ANSWERABLE: Final = frozenset(
    {AlertCode.URGENT, AlertCode.UNACKNOWLEDGED, AlertCode.HALF_TIME, AlertCode.LAST_HOUR}
)
"""Alerts that a person can acknowledge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffed:
    """Who answers a mailbox or a phone line today; None where nobody does."""

    place: MailboxKey | LineKey
    on_duty: PersonKey | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing that a person must know.

    Attributes:
        key: The same for a repeat of the same alert, so that a channel can recognise it.
        customer: Name of a registered customer unit; never what a mail says of itself.
        to: The person whom it is for; None where nobody is named.
        handle_by, safe_until: In local time of the centre.
        staffing: Of the places of the team's unit.
        values: Further codes and numbers for the sentence.
    """

    key: str
    code: AlertCode
    case_number: str | None = None
    mailbox: MailboxKey | None = None
    process: ProcessKey | None = None
    matter: MatterKey | None = None
    urgent: Urgency = Urgency.NO
    customer: str | None = None
    team: TeamKey | None = None
    values: Mapping[str, str | int | bool | None] = field(default_factory=dict)
    to: PersonKey | None = None
    handle_by: datetime | None = None
    safe_until: datetime | None = None
    staffing: tuple[Staffed, ...] = ()


class Names(Protocol):
    """What the centre calls its things, in the language of the channel."""

    def process(self, key: ProcessKey) -> str:
        """Return the name of a process."""

    def matter(self, key: MatterKey) -> str:
        """Return the name of a matter."""

    def mailbox(self, key: MailboxKey) -> str:
        """Return the name of a mailbox."""

    def team(self, key: TeamKey) -> str:
        """Return the name of a team."""

    def place(self, key: MailboxKey | LineKey) -> str:
        """Return the name of a mailbox or a phone line."""

    def person(self, key: PersonKey) -> str:
        """Return the name of one of the staff."""


class NotifierUnavailable(SammaDagError):
    """The channel does not answer; the alert stays in the outbox and is tried again."""

    retryable = True


class Notifier(Protocol):
    """Carries alerts to staff."""

    def notify(self, alert: Alert) -> None:
        """Deliver an alert; a repeat with the same key may be shown again or not.

        Raises:
            NotifierUnavailable: Try again later.
        """


class MemoryNotifier:
    """Keeps alerts in a list: for tests and demonstrations, held to the same contract."""

    def __init__(self) -> None:
        self.alerts: list[Alert] = []
        self.down = False

    def notify(self, alert: Alert) -> None:
        """See `Notifier.notify`."""
        if self.down:
            raise NotifierUnavailable("larmen i minnet är avstängda")
        self.alerts.append(alert)


class ConsoleNotifier:
    """Writes one line for each alert."""

    def __init__(self, write: Callable[[str], None], say: Say, names: Names) -> None:
        self._write = write
        self._say = say
        self._names = names

    def notify(self, alert: Alert) -> None:
        """See `Notifier.notify`."""
        try:
            self._write(sentence(alert, self._say, self._names))
        except OSError as error:
            raise NotifierUnavailable("terminalen går inte att skriva till") from error


def sentence(alert: Alert, say: Say, names: Names) -> str:
    """Say an alert in one line."""
    said = {
        **alert.values,
        "case": alert.case_number or "",
        "mailbox": "" if alert.mailbox is None else names.mailbox(alert.mailbox),
        "team": "" if alert.team is None else names.team(alert.team),
    }
    place = alert.values.get("place")
    if isinstance(place, str):
        said["place"] = names.place(MailboxKey(place))
    ore = alert.values.get("amount_ore")
    if isinstance(ore, int):
        said["amount"] = say.number(ore / 100, decimals=2)
    parts = [say.code(f"alert.{alert.code}", **said)]
    if alert.process is not None:
        parts.append(names.process(alert.process))
    if alert.matter is not None:
        parts.append(names.matter(alert.matter))
    if alert.customer is not None:
        parts.append(alert.customer)
    parts.extend(_details(alert, say, names))
    return " · ".join(parts)


def _details(alert: Alert, say: Say, names: Names) -> Iterator[str]:
    if alert.code is AlertCode.BACKLOG and alert.mailbox is not None:
        yield names.mailbox(alert.mailbox)
    if alert.code is AlertCode.BACKLOG and alert.values.get("urgent"):
        yield say.code("alert.urgent_among_them", urgent=alert.values["urgent"])
    if alert.values.get("overdue"):
        yield say.code("alert.overdue_in_registers", overdue=alert.values["overdue"])
    if alert.staffing:
        yield say.code("alert.staffing", who=say.listing(_staffing(alert, say, names)))
    rung = alert.values.get("rung")
    if rung is not None:
        yield say.code(f"rung.{rung}")
    if alert.handle_by is not None:
        yield say.code("alert.handle_by", handle_by=f"{alert.handle_by:%Y-%m-%d %H:%M}")
    if alert.safe_until is not None:
        yield say.code("alert.safe_until", safe_until=f"{alert.safe_until:%Y-%m-%d %H:%M}")
    because = alert.values.get("because")
    for code in (f"withheld.{because}", f"mail_error.{because}"):
        if code in CODES:
            yield say.code(code)


def _staffing(alert: Alert, say: Say, names: Names) -> Iterator[str]:
    for staffed in alert.staffing:
        person = staffed.on_duty
        who = say.code("alert.nobody") if person is None else names.person(person)
        yield f"{names.place(staffed.place)}: {who}"
