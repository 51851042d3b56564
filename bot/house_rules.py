"""What the settings amount to, in the words of the house: rules that services take as values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.actions.reply import Brakes
from bot.errors import SettingsError
from bot.knowledge import Knowledge
from bot.ladder import Ladder
from bot.ledger_file import DEFAULT_STAGES, Column, LedgerFormat
from bot.plan import AnswerPolicy, BrakeLimits
from bot.promises import Reminders
from bot.services.new_case import House
from bot.settings import (
    BrakeSettings,
    LadderSettings,
    LedgerSettings,
    SameDaySettings,
    Settings,
)
from bot.vocabulary import MailboxKey, Mode, PersonKey

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class FileMail(StrEnum):
    """What becomes of the receipts for mail that is taken in from files."""

    HOLD = "hold"
    ANSWER = "answer"


def ledger_format_of(given: LedgerSettings) -> LedgerFormat:
    """Return how the files of customer invoices are written."""
    named = given.columns.model_dump()
    return LedgerFormat(
        header={column: named[column] for column in Column if named[column]},
        separator=given.separator,
        decimal_mark=given.decimal_mark,
        stages={
            **DEFAULT_STAGES,
            **{word.casefold(): stage for word, stage in given.stages.items()},
        },
    )


def house_of(knowledge: Knowledge, settings: Settings) -> House:
    """Return what the services must know of the house."""
    return House(
        knowledge=knowledge,
        calendar=knowledge.calendar,
        zone=knowledge.calendar.zone,
        ladder=_ladder(settings.ladder),
    )


def _ladder(settings: LadderSettings) -> Ladder:
    return Ladder(
        to_substitute=timedelta(minutes=settings.to_substitute),
        to_head=timedelta(minutes=settings.to_head),
        again=timedelta(minutes=settings.again),
    )


def reminders_of(settings: SameDaySettings) -> Reminders:
    """Return when the owner of a phone case is reminded."""
    return Reminders(
        at=settings.reminder.replace(tzinfo=None),
        before_closing=timedelta(minutes=settings.last_reminder),
    )


def policies_of(
    settings: Settings, files: FileMail | None
) -> Callable[[MailboxKey, datetime], AnswerPolicy]:
    """Return how far automatic mail may go: mailbox and first contact -> policy."""
    twin_wait = timedelta(seconds=settings.twin_wait)
    not_named = Mode.OFF if files is None else Mode.AUTO

    def policy(mailbox: MailboxKey, connected_at: datetime) -> AnswerPolicy:
        given = settings.mailboxes.get(mailbox)
        since = None if given is None else given.answer_from
        return AnswerPolicy(
            mode=not_named if given is None or files is FileMail.HOLD else given.mode,
            answer_from=since or (connected_at if files is None else _LONG_AGO),
            twin_wait=twin_wait,
            hold=files is FileMail.HOLD,
        )

    return policy


def monthly_mail_to(settings: Settings, knowledge: Knowledge) -> tuple[PersonKey, ...]:
    """Return who is mailed the figures of each month.

    Raises:
        SettingsError: An address is not that of one of the staff.
    """
    found = []
    for address in settings.monthly_mail:
        person = knowledge.person_by_email.get(address.strip().lower())
        if person is None:
            raise SettingsError("monthly_mail: en adress hör inte till någon i personalen")
        found.append(person)
    return tuple(found)


def brakes_of(limits: BrakeSettings) -> Brakes:
    """Return how many automatic mails may go out."""

    def of(per_hour: int, per_day: int) -> BrakeLimits:
        return BrakeLimits(
            sender_per_hour=per_hour,
            sender_per_day=per_day,
            unanswered_per_case=limits.unanswered_per_case,
            mailbox_per_hour=limits.mailbox_per_hour,
            everything_per_hour=limits.everything_per_hour,
        )

    return Brakes(
        customer=of(limits.customer_per_hour, limits.customer_per_day),
        unknown=of(limits.unknown_sender_per_hour, limits.unknown_sender_per_day),
    )
