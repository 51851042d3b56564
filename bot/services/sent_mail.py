"""People who answer in Outlook: their mail is found in Sent and joins its case."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime

import structlog

from bot.actions.overtaken import discard_overtaken
from bot.cases import SOMEBODY, Case, CaseNumber, Event
from bot.clock import Clock
from bot.store.records import Delivery, SentMessage
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import EventKind, IgnoredBecause, MailboxKey, Outcome, Status, sent_folder
from bot.worktime import Calendar
from functionmail.connectors.base import MailSource
from functionmail.conversation import candidates
from functionmail.identity import OWN_ID_HEADER, Identity
from functionmail.message import Checkpoint, Message, RawMessage
from functionmail.parse import parse

log = structlog.get_logger()


class SentMail:
    """Takes in what lies in the Sent folders from the first contact on."""

    def __init__(
        self,
        database: Database,
        sent: Mapping[MailboxKey, MailSource],
        identity: Identity,
        calendar: Calendar,
        clock: Clock,
    ) -> None:
        """Make a watcher.

        Args:
            sent: The Sent folder of each mailbox.
        """
        self._database = database
        self._sent = sent
        self._identity = identity
        self._calendar = calendar
        self._clock = clock

    def run(self, mailbox: MailboxKey) -> int:
        """Take in one batch of what was sent from a mailbox; return how many mails it held.

        Raises:
            ConnectorError: The mailbox does not answer; nothing was changed.
        """
        source, key = self._sent[mailbox], sent_folder(mailbox)
        with self._database.work() as work:
            state = work.mailboxes.connect(key, self._clock.now())
        if state.checkpoint is None:
            self._begin_behind(source.latest(), key)
            return 0
        batch = source.fetch(Checkpoint(state.checkpoint))
        if batch.messages or batch.checkpoint != state.checkpoint:
            with self._database.work() as work:
                seen = work.books.seen(key, [raw.key for raw in batch.messages])
                for raw in batch.messages:
                    if raw.key not in seen:
                        work.books.deliver([self._take(work, mailbox, raw)])
                work.mailboxes.save(key, batch.checkpoint, self._clock.now())
        return len(batch.messages)

    def _begin_behind(self, latest: Checkpoint, key: MailboxKey) -> None:
        with self._database.work() as work:
            work.mailboxes.save(key, latest, self._clock.now())

    def _take(self, work: Work, mailbox: MailboxKey, raw: RawMessage) -> Delivery:
        message = parse(raw.content, transport_headers=raw.transport_headers)
        delivery = Delivery(
            mailbox=sent_folder(mailbox),
            key=raw.key,
            outcome=Outcome.IGNORED,
            seen_at=self._clock.now(),
        )
        if self._is_ours(message):
            return dataclasses.replace(delivery, because=IgnoredBecause.OWN_COPY)
        case = self._case_of(work, message)
        if case is None:
            return dataclasses.replace(delivery, because=IgnoredBecause.NO_CASE)
        at = min(raw.received_at, self._clock.now())
        message_id = work.messages.insert_sent(
            SentMessage(
                message=message,
                content=raw.content,
                mailbox=mailbox,
                case_id=case.id,
                automatic=False,
                template=None,
                template_version=None,
                sent_at=at,
            )
        )
        if message_id is None:
            return dataclasses.replace(delivery, because=IgnoredBecause.OWN_COPY)
        if self._is_to_the_customer(work, case, message):
            self._answered(work, case, at, message=message_id)
        return dataclasses.replace(
            delivery, outcome=Outcome.FOLLOW_UP, message_id=message_id, case_id=case.id
        )

    def _is_ours(self, message: Message) -> bool:
        """Tell whether the program sent a mail, also where the server changed its Message-ID."""
        ids = (message.message_id, message.header(OWN_ID_HEADER) or "")
        return any(self._identity.read_own(one) is not None for one in ids)

    def _case_of(self, work: Work, message: Message) -> Case | None:
        """Return the case that a mail from our own Sent folder names; no proof is needed there."""
        named = candidates(message, self._identity)
        numbers = [own.case_number for own in named.own]
        if named.reference is not None:
            numbers.append(named.reference.case_number)
        known = {mail.mid: mail.case_id for mail in work.messages.known(named.stored)}
        ids = [case_id for mid in named.stored if (case_id := known.get(mid)) is not None]
        if ids:
            return _going_on(work, work.cases.get(ids[0]))
        read = {number for text in numbers if (number := CaseNumber.parse(text)) is not None}
        cases = work.cases.by_numbers(read)
        case = next(iter(cases.values()), None)
        return None if case is None else _going_on(work, case)

    def _is_to_the_customer(self, work: Work, case: Case, message: Message) -> bool:
        """Tell whether somebody who wrote on the case gets the mail; not where it is passed on."""
        ids = [case.id, *work.merges.taken_up_by(case.id)]
        wrote = frozenset[str]().union(*work.cases.senders_on(ids).values())
        return any(party.address in wrote for party in (*message.to, *message.cc))

    def _answered(self, work: Work, case: Case, at: datetime, *, message: int) -> None:
        discard_overtaken(work, case.id, self._clock.now())
        if case.status is Status.NEW:
            case = work.cases.change(dataclasses.replace(case, status=Status.OPEN))
        work.cases.record(
            [
                Event.on(
                    case,
                    EventKind.ANSWERED,
                    at,
                    self._calendar,
                    actor=SOMEBODY,
                    message=message,
                )
            ]
        )
        log.info("answer_found_in_sent")


def _going_on(work: Work, case: Case) -> Case:
    """Return the case that goes on for a case that was put together with others."""
    end = work.merges.goes_on_in([case.id]).get(case.id)
    return case if end is None else work.cases.get(end)
