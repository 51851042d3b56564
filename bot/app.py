"""The composition root: the only place that names concrete adapters.

`build` puts the house together from settings; nothing else constructs a service. Importing
this module opens no connection and loads no mail library.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from bot import knowledge as knowledge_package
from bot import templates as templates_package
from bot.actions.alert import AlertPerformer
from bot.actions.reply import Brakes, ReplyPerformer
from bot.actions.second_channel import FallbackNotifier, MailNotifier
from bot.clock import Clock, SystemClock
from bot.connecting import Connection, connect
from bot.errors import KnowledgeError, NotFound, SammaDagError, SettingsError
from bot.knowledge import Knowledge, triage_rules
from bot.knowledge.check import problems
from bot.knowledge.lexicon_words import lexicon_words
from bot.ladder import Ladder
from bot.ledger_file import DEFAULT_STAGES, Column, LedgerFormat
from bot.notifying import ConsoleNotifier, Notifier
from bot.plan import AnswerPolicy, BrakeLimits
from bot.promises import Reminders
from bot.services.backtest import Trial
from bot.services.casework import Casework
from bot.services.chores import Chore, Chores
from bot.services.comparison import Comparison
from bot.services.deadlines import refresh_deadlines
from bot.services.dispatch import Dispatch
from bot.services.ignored import Ignored
from bot.services.intake import Intake, Listener, Probe, no_listener, no_probe
from bot.services.invoice_lookup import refresh_all
from bot.services.leadership import Leadership
from bot.services.ledger_import import LedgerImport
from bot.services.marks import Marks
from bot.services.morning import Morning
from bot.services.new_case import House
from bot.services.phone import Phone
from bot.services.reading import Reader
from bot.services.registers import Registers
from bot.services.same_day import SameDay
from bot.services.sent_mail import SentMail
from bot.services.stop_lists import StopLists, find_misses
from bot.services.urgency_watch import UrgencyWatch
from bot.services.watch import Watch
from bot.settings import (
    BrakeSettings,
    LadderSettings,
    LedgerSettings,
    SameDaySettings,
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
from bot.triage import TriageRules
from bot.triage.cues import CustomerRule
from bot.vocabulary import ActionKind, MailboxKey, Mode
from bot.worker import Worker
from functionmail.identity import Identity

if TYPE_CHECKING:
    from functionmail.connectors.base import MailSender, MailSource


_NOBODYS_KEY = b"triage of files knows no mail of ours"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class FileMail(StrEnum):
    """What becomes of the receipts for mail that is taken in from files."""

    HOLD = "hold"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What process owners edit, loaded, checked and compiled."""

    knowledge: Knowledge
    rules: TriageRules
    templates: Templates


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The house, put together."""

    settings: Settings
    knowledge: Knowledge
    identity: Identity
    clock: Clock
    database: Database
    house: House
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
    urgency_watch: UrgencyWatch
    stop_lists: StopLists
    worker: Worker

    def claim(self) -> RunLock:
        """Claim a SQLite file for this process; see `claim_file`."""
        return claim_file(self.database.engine)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


def load_material(settings: Settings) -> Material:
    """Load knowledge, triage rules and templates; opens no database.

    Raises:
        KnowledgeError: A file is missing or wrong; names file and line.
    """
    knowledge = load_knowledge(settings)
    return Material(
        knowledge=knowledge,
        rules=triage_rules.build(knowledge_folder(settings), customers=_customer_rules(knowledge)),
        templates=Templates(templates_folder(settings)),
    )


def make_reader(settings: Settings, material: Material) -> Reader:
    """Return a reader of mail that needs no database and takes no mail for our own."""
    identity = Identity(keys=(_NOBODYS_KEY,), domain=settings.mail_domain)
    return Reader(material.knowledge, material.rules, identity)


def make_trial(settings: Settings, folder: Path | None) -> Trial:
    """Return what `backtest` tries: changed knowledge, in a folder of its own or in place.

    Its reader knows our own mail, as intake does.

    Raises:
        KnowledgeError: A file is missing or wrong; names file and line.
        SettingsError: A mailbox of the settings is not in the changed knowledge.
    """
    tried = settings if folder is None else settings.model_copy(update={"knowledge": folder})
    identity = Identity(
        keys=secret_keys(settings, resolve_database_url(settings)), domain=settings.mail_domain
    )

    def reader(material: Material) -> Reader:
        return Reader(material.knowledge, material.rules, identity)

    material = load_material(tried)
    _refuse_unknown_mailboxes(settings, material.knowledge)
    folders = {knowledge_folder(each).resolve() for each in (settings, tried)}
    return Trial(
        knowledge=material.knowledge,
        reader=reader(material),
        words=lexicon_words(sorted({*folders, knowledge_package.bundled_folder()})),
        today=(lambda: reader(load_material(settings))) if len(folders) > 1 else None,
    )


def _customer_rules(knowledge: Knowledge) -> list[CustomerRule]:
    return [
        CustomerRule(name=forms[0], also=tuple(forms[1:]))
        for forms in (customer.forms() for customer in knowledge.customers.values())
    ]


def check_everything(settings: Settings) -> list[KnowledgeError]:
    """Return everything that is wrong with the knowledge and the templates that hold."""
    folder = templates_folder(settings)
    templates = templates_package.languages_in(folder)
    return [
        *problems(knowledge_folder(settings), people_file=settings.people, templates=templates),
        *templates_package.faults(folder),
    ]


def templates_folder(settings: Settings) -> Path:
    """Return the folder of the reply templates that hold."""
    return settings.templates or templates_package.bundled_folder()


def knowledge_folder(settings: Settings) -> Path:
    """Return the folder of the knowledge that holds."""
    return settings.knowledge or knowledge_package.bundled_folder()


def load_knowledge(settings: Settings) -> Knowledge:
    """Load and check the knowledge that holds."""
    return knowledge_package.load(knowledge_folder(settings), people_file=settings.people)


def open_database(settings: Settings, *, ready: bool = True) -> Database:
    """Open the database; with `ready` a SQLite file is created and migrated first.

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
    return Database(engine)


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


def make_ledger_import(
    settings: Settings, database: Database, clock: Clock | None = None
) -> LedgerImport:
    """Return what imports the ledger; all cases are looked up anew after each import."""
    clock = clock or SystemClock()
    house = _house(load_knowledge(settings), settings)
    return LedgerImport(
        database,
        _ledger_format(settings.ledger),
        clock,
        after_switch=(
            lambda: refresh_all(database, clock),
            lambda: refresh_deadlines(database, house, clock),
            lambda: find_misses(database, clock),
        ),
    )


def _ledger_format(given: LedgerSettings) -> LedgerFormat:
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
    database = open_database(settings)
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
) -> App:
    """Put the house together.

    Args:
        material: Loaded already; default: load what the settings name.
        notifier: Who carries alerts; default: one line each through `write`.
        probe: Called at each named step, for crash tests.
        heard: Told of every mail that was taken in.
        files: The house takes in mail from files; what becomes of the receipts.
    """
    clock = clock or SystemClock()
    url = resolve_database_url(settings)
    material = material or load_material(settings)
    knowledge = material.knowledge
    identity = Identity(keys=secret_keys(settings, url), domain=settings.mail_domain)
    _refuse_unknown_mailboxes(settings, knowledge)
    connections = connect(
        settings, {key: mailbox.address for key, mailbox in knowledge.mailboxes.items()}
    )
    sources = {key: connection.source for key, connection in connections.items()}
    senders = {key: connection.sender for key, connection in connections.items()}
    reader = Reader(knowledge, material.rules, identity, watched=sources)
    policies = _policies(settings, files)
    house = _house(knowledge, settings)
    database = open_database(settings)  # last, when nothing else can be wrong any more
    intake = Intake(database, reader, house, policies, clock, probe=probe, heard=heard)
    worker_name = f"{socket.gethostname()}:{os.getpid()}"[:60]
    watch = Watch(
        sources,
        intake,
        database,
        clock,
        chores=_chores(settings, connections, database, knowledge, identity, clock),
        leadership=None
        if is_sqlite(database.engine)
        else Leadership(database, clock, worker=worker_name),
        alarm_after=timedelta(minutes=settings.mailbox_alarm_minutes),
    )
    urgency_watch = UrgencyWatch(database, knowledge.calendar, clock, ladder=house.ladder)
    registers = Registers(database, knowledge, clock)
    morning = Morning(database, house, registers, clock)
    same_day = SameDay(database, house, clock, reminders=_reminders(settings.same_day))
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
            ActionKind.REPLY: ReplyPerformer(
                database,
                senders=senders,
                templates=material.templates,
                knowledge=knowledge,
                calendar=knowledge.calendar,
                identity=identity,
                brakes=_brakes(settings.brakes),
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
        identity=identity,
        clock=clock,
        database=database,
        house=house,
        sources=sources,
        intake=intake,
        dispatch=dispatch,
        watch=watch,
        ignored=Ignored(database, reader, house, clock),
        registers=registers,
        phone=Phone(database, house, clock),
        same_day=same_day,
        morning=morning,
        casework=Casework(database, knowledge.calendar, clock),
        urgency_watch=urgency_watch,
        stop_lists=StopLists(database, knowledge, clock),
        worker=Worker(
            watch,
            intake,
            dispatch,
            (watch.raise_alarms, urgency_watch.run_due, same_day.run_due, morning.run_due),
            Wakeup(database.engine),
            poll_s=settings.poll_seconds,
            monotonic=clock.monotonic,
        ),
    )


def _chores(
    settings: Settings,
    connections: Mapping[MailboxKey, Connection],
    database: Database,
    knowledge: Knowledge,
    identity: Identity,
    clock: Clock,
) -> Chores:
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


def _house(knowledge: Knowledge, settings: Settings) -> House:
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


def _reminders(settings: SameDaySettings) -> Reminders:
    return Reminders(
        at=settings.reminder.replace(tzinfo=None),
        before_closing=timedelta(minutes=settings.last_reminder),
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


def _refuse_unknown_mailboxes(settings: Settings, knowledge: Knowledge) -> None:
    for name in settings.mailboxes:
        if name not in knowledge.mailboxes:
            known = ", ".join(sorted(knowledge.mailboxes))
            raise SettingsError(
                "mailboxes.{name}: brevlådan finns inte i kunskapen; där finns {known}",
                name=name,
                known=known,
            )


def _policies(
    settings: Settings, files: FileMail | None
) -> Callable[[MailboxKey, datetime], AnswerPolicy]:
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


def _brakes(limits: BrakeSettings) -> Brakes:
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
