"""One transaction, and the stores that share it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from bot.store.actions import ActionQueue, SentReplies
from bot.store.books import Books
from bot.store.case_facts import CaseFacts
from bot.store.case_invoices import CaseInvoices
from bot.store.case_mails import CaseMails
from bot.store.case_papers import CasePapers
from bot.store.cases import Cases
from bot.store.checkpoints import Mailboxes
from bot.store.control import Control, OutsideFigures
from bot.store.conversations import Conversations
from bot.store.editing import KnowledgeChanges
from bot.store.engine import is_sqlite, tidy, transaction
from bot.store.fact_keeping import CalendarOf, FactKeeper, usual_calendar
from bot.store.fact_sums import FactSums
from bot.store.facts import Facts
from bot.store.frozen_figures import FrozenFigures
from bot.store.inbox_queue import InboxQueue
from bot.store.keeping import Keeping
from bot.store.ledger import Ledger
from bot.store.merges import LastActs, Merges
from bot.store.messages import Messages
from bot.store.operating import Operating
from bot.store.presence import Presence
from bot.store.promises import PhoneCalls, Promises
from bot.store.ratings import Ratings
from bot.store.registers import RegisterEntries
from bot.store.replies import ReplyDrafts, ReplyTasks, TagTips
from bot.store.reply_facts import ReplyFacts
from bot.store.said import AllSaid
from bot.store.search import SearchIndex
from bot.store.slack import SlackEvents, SlackLinks, SlackPace
from bot.store.slack_cards import SlackCards
from bot.store.slack_posts import SlackPosts
from bot.store.stop_list_misses import Misses
from bot.store.stop_lists import StopLists
from bot.store.watches import Watches


@dataclass(frozen=True, slots=True)
class Work:
    """What a service may touch while its transaction is open."""

    mailboxes: Mailboxes
    messages: Messages
    books: Books
    cases: Cases
    actions: ActionQueue
    sent_replies: SentReplies
    ledger: Ledger
    case_invoices: CaseInvoices
    registers: RegisterEntries
    phone_calls: PhoneCalls
    promises: Promises
    watches: Watches
    stop_lists: StopLists
    misses: Misses
    reply_drafts: ReplyDrafts
    reply_tasks: ReplyTasks
    tag_tips: TagTips
    reply_facts: ReplyFacts
    slack_events: SlackEvents
    slack_cards: SlackCards
    slack_posts: SlackPosts
    slack_pace: SlackPace
    slack_links: SlackLinks
    conversations: Conversations
    ratings: Ratings
    keeping: Keeping
    control: Control
    outside: OutsideFigures
    case_papers: CasePapers
    said: AllSaid
    facts: Facts
    case_facts: CaseFacts
    fact_sums: FactSums
    frozen: FrozenFigures
    knowledge: KnowledgeChanges
    search: SearchIndex
    inbox: InboxQueue
    operating: Operating
    presence: Presence
    last_acts: LastActs
    merges: Merges
    case_mails: CaseMails


class Database:
    """Hands out transactions; SQLite and PostgreSQL behave the same."""

    def __init__(self, engine: Engine, calendar: CalendarOf = usual_calendar) -> None:
        """Make it of an open engine.

        Args:
            calendar: When the centre is open, asked for when something happened to a case;
                default: an office in Sweden on weekdays.
        """
        self.engine = engine
        self._calendar = calendar
        self._turn = threading.RLock() if is_sqlite(engine) else nullcontext()
        self._whole = threading.local()

    @contextmanager
    def work(self) -> Iterator[Work]:
        """Open a transaction that may write: commit on success, else roll back.

        SQLite lets one write at a time and makes others poll; threads of one process wait in
        line instead, so that none is turned away as long as only they write.
        """
        whole = self._of_whole()
        with nullcontext() if whole is not None else self._turn, self._begun(whole) as connection:
            facts = FactKeeper(connection, self._calendar)
            yield _work(connection, facts)
            facts.settle()

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """Open a transaction that only reads, beside any writer."""
        whole = self._of_whole()
        if whole is not None:
            yield _work(whole, FactKeeper(whole, self._calendar))
            return
        with transaction(self.engine, read_only=True) as connection:
            yield _work(connection, FactKeeper(connection, self._calendar))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one transaction of all that this thread opens until the end, whoever opens it.

        Each `work` in it is a part that is rolled back alone where it fails, and is stored
        only if the whole is.
        """
        with self._turn, transaction(self.engine) as connection:
            self._whole.connection = connection
            try:
                yield
            finally:
                self._whole.connection = None

    def _of_whole(self) -> Connection | None:
        found: Connection | None = getattr(self._whole, "connection", None)
        return found

    @contextmanager
    def _begun(self, whole: Connection | None) -> Iterator[Connection]:
        if whole is None:
            with transaction(self.engine) as connection:
                yield connection
            return
        with whole.begin_nested():
            yield whole

    def tidy(self) -> None:
        """Let a SQLite file take in what very many rows have left beside it."""
        tidy(self.engine)

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


def _work(connection: Connection, kept: FactKeeper) -> Work:
    return Work(
        mailboxes=Mailboxes(connection),
        messages=Messages(connection),
        books=Books(connection),
        cases=Cases(connection, kept),
        actions=ActionQueue(connection),
        sent_replies=SentReplies(connection),
        ledger=Ledger(connection),
        case_invoices=CaseInvoices(connection),
        registers=RegisterEntries(connection),
        phone_calls=PhoneCalls(connection),
        promises=Promises(connection),
        watches=Watches(connection),
        stop_lists=StopLists(connection),
        misses=Misses(connection),
        reply_drafts=ReplyDrafts(connection),
        reply_tasks=ReplyTasks(connection),
        tag_tips=TagTips(connection),
        reply_facts=ReplyFacts(connection),
        slack_events=SlackEvents(connection),
        slack_cards=SlackCards(connection),
        slack_posts=SlackPosts(connection),
        slack_pace=SlackPace(connection),
        slack_links=SlackLinks(connection),
        conversations=Conversations(connection),
        ratings=Ratings(connection),
        keeping=Keeping(connection),
        control=Control(connection),
        outside=OutsideFigures(connection),
        case_papers=CasePapers(connection),
        said=AllSaid(connection),
        facts=Facts(connection),
        case_facts=CaseFacts(connection),
        fact_sums=FactSums(connection),
        frozen=FrozenFigures(connection),
        knowledge=KnowledgeChanges(connection),
        search=SearchIndex(connection),
        inbox=InboxQueue(connection),
        operating=Operating(connection),
        presence=Presence(connection),
        last_acts=LastActs(connection),
        merges=Merges(connection),
        case_mails=CaseMails(connection),
    )
