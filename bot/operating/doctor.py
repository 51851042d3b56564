"""The whole examination, in the order in which an operator would set things right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bot.clock import Clock
from bot.errors import KnowledgeError, Saying
from bot.material import load_knowledge
from bot.operating.findings import Found, Matter, State, all_right
from bot.operating.house import CountFaults, count_faults, examine_house
from bot.operating.mailboxes import Examiner, connect_one, settings_found
from bot.operating.send_test import SendTest
from bot.operating.slack import examine_slack
from bot.operating.web import examine_web
from bot.settings import Settings, resolve_database_url, secret_keys
from bot.texts import speaker
from bot.vocabulary import MailboxKey
from functionmail.identity import Identity

Sleep = Callable[[float], None]
"""Waits so many seconds."""


class Doctor:
    """Examines the house that the settings describe.

    Nothing is changed, in the database or in a mailbox, but for the mails of a send test.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        send_test: Sleep | None = None,
        faults: CountFaults = count_faults,
    ) -> None:
        """Make a doctor.

        Args:
            send_test: Send a mail from each mailbox to itself, and wait by this for it.
        """
        self._faults = faults
        self._settings = settings
        self._clock = clock
        self._sleep = send_test

    def examine(self) -> Iterator[Found]:
        """Yield everything that is right, doubtful or wrong, as it is found out."""
        house = []
        for found in examine_house(self._settings, self._clock, faults=self._faults):
            house.append(found)
            yield found
        yield from examine_slack(self._settings)
        yield from examine_web(self._settings, self._clock)
        if not self._settings.mailboxes:
            text = Saying("ingen brevlåda är inställd; se sammadag.sample.toml")
            yield Found(matter=Matter.SETTINGS, state=State.WRONG, text=text)
            return
        try:
            knowledge = load_knowledge(self._settings)
        except KnowledgeError:
            return  # told already; without the knowledge no mailbox has an address
        addresses = {key: mailbox.address for key, mailbox in knowledge.mailboxes.items()}
        test = self._send_test() if all_right(house) else None
        for name in self._settings.mailboxes:
            yield from self._mailbox(name, addresses, test)

    def _mailbox(
        self, name: str, addresses: Mapping[MailboxKey, str], test: SendTest | None
    ) -> Iterator[Found]:
        connection = connect_one(self._settings, name, addresses)
        if isinstance(connection, Found):
            yield connection
            return
        mailbox = self._settings.mailboxes[name]
        yield settings_found(name, mailbox)
        try:
            found = list(Examiner(name, mailbox.mode, connection, self._clock).examine())
            yield from found
            if test is not None and all_right(found):
                address = mailbox.address or addresses[MailboxKey(name)]
                yield test.run(name, connection.sender, address)
        finally:
            for part in (connection.source, connection.sent, connection.sender):
                part.close()

    def _send_test(self) -> SendTest | None:
        if self._sleep is None:
            return None
        keys = secret_keys(self._settings, resolve_database_url(self._settings))
        return SendTest(
            identity=Identity(keys=keys, domain=self._settings.mail_domain),
            say=speaker(self._settings.language),
            clock=self._clock,
            sleep=self._sleep,
        )
