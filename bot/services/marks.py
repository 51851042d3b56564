"""What people see in the shared mailbox itself: that a mail became a case, and who has it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.store.records import DueMark
from bot.store.unit_of_work import Database
from bot.texts import Say
from bot.vocabulary import MailboxKey, PersonKey
from functionmail.connectors.base import MailSource
from functionmail.errors import MessageGone
from functionmail.message import Moved

_AT_ONCE = 20


class Marks:
    """Sets categories or keywords, and moves mail where a folder is named for it."""

    def __init__(
        self,
        database: Database,
        sources: Mapping[MailboxKey, MailSource],
        people: Mapping[PersonKey, str],
        folders: Mapping[MailboxKey, str],
        say: Say,
    ) -> None:
        """Make a marker.

        Args:
            people: What each of the staff is called.
            folders: Where mail that became a case is put, for mailboxes that have such a folder.
        """
        self._database = database
        self._sources = sources
        self._people = people
        self._folders = folders
        self._say = say

    def run(self, mailbox: MailboxKey) -> int:
        """Set the marks that are due in a mailbox; return how many mails were marked.

        Raises:
            ConnectorError: The mailbox does not answer, or may not be changed.
        """
        with self._database.reading() as work:
            due = work.books.due_marks(mailbox, limit=_AT_ONCE)
        for mark in due:
            self._mark(mailbox, mark)
        return len(due)

    def _mark(self, mailbox: MailboxKey, mark: DueMark) -> None:
        source, folder = self._sources[mailbox], self._folders.get(mailbox, "")
        owner = set() if mark.owner is None else {self._with(mark.owner)}
        others = frozenset(map(self._with, self._people)) - owner
        try:
            source.label(
                mark.key,
                frozenset({self._say("Ärende")} | owner),
                instead_of=others,
                moved=Moved(folder=folder, message_id=mark.message_id) if folder else None,
            )
            if folder:
                source.move(mark.key, folder)
        except MessageGone:
            pass  # people moved or deleted it; the case stands without its mail
        with self._database.work() as work:
            work.books.marked(mailbox, mark)

    def _with(self, person: PersonKey) -> str:
        return self._say("Hos {name}", name=self._people.get(person, person))
