"""The composition root: the only place that names concrete adapters.

`build` puts the house together from settings; nothing else constructs a service. Importing
this module opens no connection and loads no mail library.
"""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.actions.alert import AlertPerformer
from bot.actions.monthly_mail import MonthlyMailPerformer
from bot.actions.reply import ReplyPerformer
from bot.actions.second_channel import FallbackNotifier, MailNotifier
from bot.actions.staff_mail import StaffMailer
from bot.clock import Clock, SystemClock
from bot.connecting import Connection, connect
from bot.connecting.mailbox_chores import mailbox_chores
from bot.errors import NotFound, SammaDagError, SchemaOutdated
from bot.house_rules import (
    FileMail,
    brakes_of,
    house_of,
    ledger_format_of,
    monthly_mail_to,
    policies_of,
    reminders_of,
)
from bot.knowledge import Knowledge
from bot.knowledge.plain_file import load_plain
from bot.material import (
    Material,
    ground_of,
    knowledge_folder,
    load_knowledge,
    load_material,
    refuse_unknown_mailboxes,
)
from bot.notifying import ConsoleNotifier, Notifier
from bot.services.casework import Casework
from bot.services.deadlines import refresh_deadlines
from bot.services.dispatch import Dispatch
from bot.services.editing.ground import Ground
from bot.services.editing.service import Editing
from bot.services.ignored import Ignored
from bot.services.inbox import Inbox
from bot.services.intake import Intake, Listener, Probe, no_listener, no_probe
from bot.services.invoice_lookup import refresh_all
from bot.services.leadership import Leadership
from bot.services.ledger_import import LedgerImport
from bot.services.monthly_mail import MonthlyMail
from bot.services.morning import Morning
from bot.services.moving import Moving
from bot.services.new_case import House
from bot.services.phone import Phone
from bot.services.reading import Reader
from bot.services.registers import Registers
from bot.services.replies import Replies
from bot.services.reply_outline import Outlines
from bot.services.reply_timer import ReplyTimer
from bot.services.reporting import Reporting
from bot.services.same_day import SameDay
from bot.services.search import Search
from bot.services.stop_lists import StopLists, find_misses
from bot.services.summing import Summing
from bot.services.urgency_watch import UrgencyWatch
from bot.services.watch import Watch
from bot.services.writing import Writer
from bot.settings import (
    Settings,
    resolve_database_url,
    secret_keys,
)
from bot.store import schema
from bot.store.engine import has_file, is_sqlite, open_engine
from bot.store.exclusive import RunLock, claim_file
from bot.store.unit_of_work import Database
from bot.store.wakeup import Wakeup
from bot.templates import Templates
from bot.texts import speaker
from bot.vocabulary import ActionKind, MailboxKey
from bot.worker import Worker
from bot.worktime import Calendar
from functionmail.identity import Identity

if TYPE_CHECKING:
    from functionmail.connectors.base import MailSender, MailSource


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The house, put together.

    Attributes:
        ground: The folders that people edit; those of the settings may be copies with versions
            laid over them.
    """

    settings: Settings
    knowledge: Knowledge
    templates: Templates
    identity: Identity
    clock: Clock
    database: Database
    ground: Ground
    house: House
    connections: Mapping[MailboxKey, Connection]
    sources: Mapping[MailboxKey, MailSource]
    intake: Intake
    dispatch: Dispatch
    watch: Watch
    ignored: Ignored
    registers: Registers
    phone: Phone
    same_day: SameDay
    morning: Morning
    casework: Casework
    inbox: Inbox
    search: Search
    urgency_watch: UrgencyWatch
    stop_lists: StopLists
    writer: Writer
    replies: Replies
    outlines: Outlines
    reply_timer: ReplyTimer
    moving: Moving
    reporting: Reporting
    monthly: MonthlyMail
    editing: Editing
    worker: Worker

    def claim(self) -> RunLock:
        """Claim a SQLite file for this process; see `claim_file`."""
        return claim_file(self.database.engine)

    def close(self) -> None:
        """Let go of the mailboxes and the database."""
        for connection in self.connections.values():
            connection.close()
        self.database.close()


def open_database(
    settings: Settings, *, ready: bool = True, calendar: Calendar | None = None
) -> Database:
    """Open the database; with `ready` a SQLite file is created and migrated first.

    Args:
        calendar: When the centre is open; default: as the settings' knowledge says, once asked.

    Raises:
        SchemaOutdated: PostgreSQL is behind; see `schema.make_ready`.
    """
    engine = open_engine(resolve_database_url(settings))
    if ready:
        try:
            schema.make_ready(engine)
        except SammaDagError:
            engine.dispose()
            raise
    return Database(engine, lambda: calendar or load_knowledge(settings).calendar)


def open_to_read(settings: Settings) -> Database | None:
    """Open the database as it is; None where nothing has been stored yet at all.

    Nothing is created and nothing migrated.

    Raises:
        NotFound: The settings name a SQLite file that does not exist.
        SchemaOutdated: The database is not of the program's schema.
    """
    engine = open_engine(resolve_database_url(settings))
    if not has_file(engine):
        engine.dispose()
        if not settings.database_url:
            return None
        raise NotFound("database_url: databasens fil finns inte; kontrollera adressen")
    try:
        schema.require(engine)
    except SammaDagError:
        engine.dispose()
        raise
    return Database(engine)


def open_if_there(settings: Settings) -> Database | None:
    """Open the database, brought to the program's schema; None where there is none yet.

    Raises:
        SchemaOutdated: PostgreSQL is behind.
    """
    try:
        return open_to_read(settings)
    except NotFound:
        return None
    except SchemaOutdated:
        return open_database(settings)


def make_ledger_import(
    settings: Settings, database: Database, clock: Clock | None = None
) -> LedgerImport:
    """Return what imports the ledger; all cases are looked up anew after each import."""
    clock = clock or SystemClock()
    house = house_of(load_knowledge(settings), settings)
    return LedgerImport(
        database,
        ledger_format_of(settings.ledger),
        clock,
        after_switch=(
            lambda: refresh_all(database, clock),
            lambda: refresh_deadlines(database, house, clock),
            lambda: find_misses(database, house.calendar, clock),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What keeping the registers takes: no mail, no rules of triage, no templates."""

    knowledge: Knowledge
    database: Database
    registers: Registers


@contextmanager
def open_desk(settings: Settings, clock: Clock | None = None) -> Iterator[Desk]:
    """Open the registers for one command, and let go of the database afterwards.

    Raises:
        KnowledgeError: A file is missing or wrong; names file and line.
        SchemaOutdated: PostgreSQL is behind; see `schema.make_ready`.
    """
    clock = clock or SystemClock()
    knowledge = load_knowledge(settings)
    database = open_database(settings, calendar=knowledge.calendar)
    try:
        yield Desk(
            knowledge=knowledge,
            database=database,
            registers=Registers(database, knowledge, clock),
        )
    finally:
        database.close()


def build(
    settings: Settings,
    *,
    material: Material | None = None,
    clock: Clock | None = None,
    notifier: Notifier | None = None,
    write: Callable[[str], None] = print,
    probe: Probe = no_probe,
    heard: Listener = no_listener,
    files: FileMail | None = None,
    ground: Ground | None = None,
) -> App:
    """Put the house together.

    Args:
        material: Loaded already; default: load what the settings name.
        notifier: Who carries alerts; default: one line each through `write`.
        probe: Called at each named step, for crash tests.
        heard: Told of every mail that was taken in.
        files: The house takes in mail from files; what becomes of the receipts.
        ground: The folders that people edit, where the settings name files with versions laid
            over them; see `bot.in_force`.
    """
    clock = clock or SystemClock()
    ground = ground or ground_of(settings)
    url = resolve_database_url(settings)
    material = material or load_material(settings)
    knowledge = material.knowledge
    identity = Identity(keys=secret_keys(settings, url), domain=settings.mail_domain)
    refuse_unknown_mailboxes(settings, knowledge)
    connections = connect(
        settings, {key: mailbox.address for key, mailbox in knowledge.mailboxes.items()}
    )
    sources = {key: connection.source for key, connection in connections.items()}
    senders = {key: connection.sender for key, connection in connections.items()}
    reader = Reader(knowledge, material.rules, identity, watched=sources)
    policies = policies_of(settings, files)
    house = house_of(knowledge, settings)
    managers = monthly_mail_to(settings, knowledge)
    # Last, when nothing else can be wrong any more.
    database = open_database(settings, calendar=knowledge.calendar)
    intake = Intake(database, reader, house, policies, clock, probe=probe, heard=heard)
    worker_name = f"{socket.gethostname()}:{os.getpid()}"[:60]
    watch = Watch(
        sources,
        intake,
        database,
        clock,
        chores=mailbox_chores(settings, connections, database, knowledge, identity, clock),
        leadership=None
        if is_sqlite(database.engine)
        else Leadership(database, clock, worker=worker_name),
        alarm_after=timedelta(minutes=settings.mailbox_alarm_minutes),
    )
    urgency_watch = UrgencyWatch(database, knowledge.calendar, clock, ladder=house.ladder)
    registers = Registers(database, knowledge, clock)
    morning = Morning(database, house, registers, clock)
    same_day = SameDay(database, house, clock, reminders=reminders_of(settings.same_day))
    writer = Writer(house, material.templates, identity, policies, clock)
    reply_timer = ReplyTimer(database, writer, clock)
    reporting = Reporting(database, knowledge, clock, material.templates)
    monthly = MonthlyMail(database, knowledge.calendar, reporting, clock, to=managers)
    dispatch = Dispatch(
        database,
        {
            ActionKind.ALERT: AlertPerformer(
                database,
                notifier or _channels(write, settings, knowledge, senders, identity, clock),
                knowledge,
                knowledge.calendar,
                clock,
            ),
            ActionKind.DIGEST: MonthlyMailPerformer(
                StaffMailer(senders, knowledge, identity, clock),
                knowledge,
                base_url=settings.web.base_url if settings.web else "",
            ),
            ActionKind.REPLY: ReplyPerformer(
                database,
                senders=senders,
                templates=material.templates,
                knowledge=knowledge,
                calendar=knowledge.calendar,
                identity=identity,
                brakes=brakes_of(settings.brakes),
                policies=policies,
                clock=clock,
                probe=probe,
            ),
        },
        clock,
        worker=worker_name,
        probe=probe,
    )
    return App(
        settings=settings,
        knowledge=knowledge,
        templates=material.templates,
        identity=identity,
        clock=clock,
        database=database,
        ground=ground,
        house=house,
        connections=connections,
        sources=sources,
        intake=intake,
        dispatch=dispatch,
        watch=watch,
        ignored=Ignored(database, reader, house, clock),
        registers=registers,
        phone=Phone(database, house, clock),
        same_day=same_day,
        morning=morning,
        casework=Casework(database, house, clock),
        inbox=Inbox(database, house.calendar, clock),
        search=Search(database, knowledge),
        urgency_watch=urgency_watch,
        stop_lists=StopLists(database, knowledge, clock),
        writer=writer,
        replies=Replies(
            database, writer, clock, plain=lambda: load_plain(knowledge_folder(settings))
        ),
        outlines=Outlines(database, writer),
        reply_timer=reply_timer,
        moving=Moving(database, writer, clock),
        reporting=reporting,
        monthly=monthly,
        editing=Editing(
            database,
            ground,
            clock,
            today=lambda: knowledge.calendar.local_date(clock.now()),
        ),
        worker=Worker(
            watch,
            dispatch,
            (
                intake.retry_quarantined,
                watch.raise_alarms,
                urgency_watch.run_due,
                same_day.run_due,
                morning.run_due,
                reply_timer.run_due,
                reporting.catch_up,
                Summing(database, knowledge, clock).run_due,
                reporting.freeze_due,
                monthly.run_due,
            ),
            Wakeup(database.engine),
            poll_s=settings.poll_seconds,
            monotonic=clock.monotonic,
            spread=lambda: random.uniform(1.0, 1.25),
        ),
    )


def _channels(
    write: Callable[[str], None],
    settings: Settings,
    knowledge: Knowledge,
    senders: Mapping[MailboxKey, MailSender],
    identity: Identity,
    clock: Clock,
) -> Notifier:
    say = speaker(settings.language)
    return FallbackNotifier(
        ConsoleNotifier(write, say, knowledge.names_in(say.language)),
        MailNotifier(senders, knowledge, identity, clock, say),
    )
