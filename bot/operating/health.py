"""Does a worker run: quick enough to be asked every half minute.

Whether each mailbox answers is no part of it; operators get an alert for that, and starting
the program anew would not help.
"""

from __future__ import annotations

from datetime import timedelta

from bot.clock import Clock
from bot.errors import DataError, Saying
from bot.settings import Settings, resolve_database_url
from bot.store import schema
from bot.store.engine import has_file, opened, sqlite_file
from bot.store.exclusive import is_claimed
from bot.store.unit_of_work import Database
from bot.vocabulary import MailboxKey

LONGEST_SILENCE = timedelta(minutes=6)
"""A mailbox that does not answer is looked at, and its lease renewed, every five minutes."""


def require_health(settings: Settings, clock: Clock) -> Saying:
    """Return what shows that a worker runs on the database.

    Raises:
        DataError: No worker runs, or a mailbox has none.
        DatabaseUnavailable, SchemaOutdated: The database does not serve.
    """
    with opened(resolve_database_url(settings)) as engine:
        if not has_file(engine):
            raise DataError("programmet är inte i gång: databasen finns inte än")
        schema.require(engine)
        if sqlite_file(engine) is not None:
            if not is_claimed(engine):
                raise DataError("programmet är inte i gång: ingen har tagit databasens fil")
            return Saying("programmet är i gång och databasen svarar")
        with Database(engine).reading() as work:
            led = work.mailboxes.led(clock.now() - LONGEST_SILENCE)
        without = [name for name in settings.mailboxes if MailboxKey(name) not in led]
    if without:
        raise DataError("brevlådan {name} har ingen som bevakar den", name=without[0])
    return Saying("programmet är i gång och databasen svarar")
