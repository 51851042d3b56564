"""What is done for each mailbox now and then: marks, the Sent folder, the full comparison."""

from __future__ import annotations

from collections.abc import Mapping

from bot.clock import Clock
from bot.connecting import Connection
from bot.knowledge import Knowledge
from bot.services.chores import Chore, Chores
from bot.services.comparison import Comparison
from bot.services.marks import Marks
from bot.services.sent_mail import SentMail
from bot.settings import Settings
from bot.store.unit_of_work import Database
from bot.texts import speaker
from bot.vocabulary import MailboxKey
from functionmail.identity import Identity


def mailbox_chores(
    settings: Settings,
    connections: Mapping[MailboxKey, Connection],
    database: Database,
    knowledge: Knowledge,
    identity: Identity,
    clock: Clock,
) -> Chores:
    """Return what the thread of a mailbox does beside taking in mail."""
    sources = {key: connection.source for key, connection in connections.items()}
    sent = {key: connection.sent for key, connection in connections.items()}
    marks = Marks(
        database,
        sources,
        people={key: person.name for key, person in knowledge.people.items()},
        folders={MailboxKey(name): mailbox.folder for name, mailbox in settings.mailboxes.items()},
        say=speaker(settings.language),
    )
    answers = SentMail(database, sent, identity, knowledge.calendar, clock)
    return Chores(
        (
            Chore(name="marks", every_s=5, run=marks.run),
            Chore(name="sent", every_s=60, run=answers.run),
            Chore(name="comparison", every_s=3600, run=Comparison(database, sources, clock).run),
        ),
        clock.monotonic,
    )
