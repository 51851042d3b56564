"""Mail that became no case: the list that people look through, and the way back."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.cases import Case
from bot.clock import Clock
from bot.errors import DataError, NotFound
from bot.plan import AnswerPolicy
from bot.services.new_case import House
from bot.services.reading import Arrival, Reader
from bot.services.registering import MailboxTerms, Register
from bot.store.records import Delivery, IgnoredMail
from bot.store.unit_of_work import Database, Work
from bot.triage.model import Triage
from bot.vocabulary import MessageId, Mode, Outcome

MOST_LISTED: Final = 200


class Ignored:
    """Lists ignored mail and makes a case of it when a person says so."""

    def __init__(self, database: Database, reader: Reader, house: House, clock: Clock) -> None:
        self._database = database
        self._reader = reader
        self._house = house
        self._clock = clock

    def listed(
        self, *, glance_only: bool = False, below: MessageId | None = None, limit: int = MOST_LISTED
    ) -> list[IgnoredMail]:
        """Return ignored mails, newest first; see `Books.ignored`."""
        with self._database.reading() as work:
            return work.books.ignored(glance_only=glance_only, below=below, limit=limit)

    def above(
        self, message_id: MessageId, *, places: int, glance_only: bool = False
    ) -> MessageId | None:
        """Return the one so many places above a mail of that list; None where there are fewer."""
        with self._database.reading() as work:
            return work.books.ignored_above(message_id, places=places, glance_only=glance_only)

    def make_case(self, message_id: MessageId, *, by: str) -> Case:
        """Open a case for an ignored mail; no receipt goes out, a person has taken it up.

        Raises:
            NotFound: No such mail, or its bytes were deleted.
            DataError: The mail is on a case already.
        """
        with self._database.reading() as work:
            stored = work.messages.stored(message_id)
        if stored is None:
            raise NotFound(
                "mejl {mail} finns inte bland de undanlagda; kontrollera numret",
                mail=message_id,
            )
        if stored.case_id is not None:
            raise DataError("mejl {mail} hör redan till ett ärende", mail=message_id)
        arrival = Arrival(mailbox=stored.mailbox, raw=stored.as_raw())
        reading = self._reader.read_as_case(arrival, stored.mailbox)
        now = self._clock.now()
        policy = AnswerPolicy(mode=Mode.OFF, answer_from=now, twin_wait=timedelta())
        terms = MailboxTerms(policy=policy, quiet_before=None)
        with self._database.work() as work:
            register = Register(work, self._house, now, actor=by)
            case = register.open_ignored(reading, message_id, terms)
            register.write()
            self._settle(work, message_id, case, reading.triage)
            return work.cases.get(case.id)

    def _settle(self, work: Work, message_id: MessageId, case: Case, triage: Triage) -> None:
        deliveries = work.messages.attach(message_id, case.id, triage)
        if deliveries is None:
            raise DataError("mejl {mail} hör redan till ett ärende", mail=message_id)
        for delivery in deliveries:
            outcome = Outcome.CASE if delivery.outcome is Outcome.IGNORED else delivery.outcome
            work.books.settle(
                Delivery(
                    mailbox=delivery.mailbox,
                    key=delivery.key,
                    outcome=outcome,
                    message_id=message_id,
                    case_id=case.id,
                    seen_at=delivery.seen_at,
                )
            )
