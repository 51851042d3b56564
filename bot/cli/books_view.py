"""The books, and the mail that became no case, as tables for people.

Nothing of what stands in a mail is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from rich import box
from rich.console import Console

from bot.cli.wide_tables import Table, parts
from bot.knowledge import Knowledge
from bot.knowledge.name_book import NameBook
from bot.services.books import Balance
from bot.services.quarantine import name_of
from bot.store.records import IgnoredMail, Quarantined
from bot.texts import Say
from bot.vocabulary import MailboxKey, Outcome, is_sent_folder, mailbox_of_sent


def show_books(found: Balance, console: Console, say: Say, names: NameBook) -> None:
    """Print what became of all mail, mailbox by mailbox, and whether it adds up."""
    headings = (
        say("Brevlåda"),
        say("Ärenden"),
        say("Följdmejl"),
        say("Undanlagda"),
        say("Dubbletter"),
        say("Karantän"),
        say("Flyttade eller raderade"),
    )
    rows = [
        (
            _place(mailbox, say, names),
            *(say.number(counts.get(outcome, 0)) for outcome in _COLUMNS),
            say.number(found.taken_away.get(mailbox, 0)),
        )
        for mailbox, counts in sorted(found.outcomes.items())
    ]
    for part in parts(headings, rows, console.width):
        table = _table()
        table.fill(part, headings, rows)
        console.print(table)
    if found.balanced:
        console.print(say("Böckerna går ihop: varje mejl har exakt ett utfall."))
        return
    console.print(
        say(
            "Böckerna går inte ihop: {without} mejl saknar utfall, {faulty} poster är fel.",
            without=found.without_outcome,
            faulty=found.faulty,
        )
    )


def _place(mailbox: MailboxKey, say: Say, names: NameBook) -> str:
    if not is_sent_folder(mailbox):
        return names.mailbox(mailbox)
    return say("{mailbox}: skickat", mailbox=names.mailbox(mailbox_of_sent(mailbox)))


_COLUMNS = (
    Outcome.CASE,
    Outcome.FOLLOW_UP,
    Outcome.IGNORED,
    Outcome.DUPLICATE,
    Outcome.QUARANTINED,
)


def show_ignored(
    mails: Sequence[IgnoredMail], console: Console, say: Say, knowledge: Knowledge
) -> None:
    """Print the mail that was put aside, with the reason, and which a person should look at."""
    if not mails:
        console.print(say("Inga undanlagda mejl."))
        return
    names, zone = knowledge.names_in(say.language), knowledge.calendar.zone
    table = _table()
    table.add_column(say("Nr"), justify="right")
    table.add_column(say("Inkom"), no_wrap=True)
    table.add_column(say("Brevlåda"), no_wrap=True)
    table.add_column(say("Skäl"))
    table.add_column(say("Titta på"))
    for mail in mails:
        table.add_row(
            str(mail.id),
            _moment(mail.received_at, zone),
            names.mailbox(mail.mailbox),
            say.code(f"ignored.{mail.because}"),
            say("ja") if mail.glance else "",
        )
    console.print(table)


def show_quarantined(
    mails: Sequence[Quarantined], console: Console, say: Say, knowledge: Knowledge
) -> None:
    """Print the mail that our own code failed on, and when it is tried again."""
    if not mails:
        console.print(say("Karantänen är tom."))
        return
    names, zone = knowledge.names_in(say.language), knowledge.calendar.zone
    table = _table()
    for heading in (say("Fil"), say("Brevlåda"), say("Fel"), say("Försök"), say("Prövas igen")):
        table.add_column(heading)
    for mail in mails:
        table.add_row(
            name_of(mail).rpartition("-")[2],
            names.mailbox(mail.mailbox),
            mail.error,
            str(mail.attempts),
            _moment(mail.retry_at, zone),
        )
    console.print(table)


def _table() -> Table:
    return Table(box=box.SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))


def _moment(instant: datetime, zone: tzinfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"
