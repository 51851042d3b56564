"""The sample city: the whole product in a temporary folder, without a network.

Eleven Maildirs, a SQLite file and made-up mail. Answers land in the Maildirs' own Sent
folders; nothing leaves the machine.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot import knowledge
from bot.app import App, build
from bot.clock import SystemClock
from bot.samples import sample_mails
from bot.services.books import balance
from bot.services.summary import Summary, outcome_counts, summarise
from bot.settings import load
from bot.signals import stop_on_signals
from bot.texts import Say
from functionmail.connectors.maildir import deliver
from functionmail.connectors.maildir_files import make_maildir

_POLL_S = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class _City:
    app: App
    folder: Path


def run_once(say: Say, *, as_json: bool) -> int:
    """Handle the sample mail, show what became of it, and return the exit code."""
    console = Console(stderr=as_json, highlight=False)
    with _city(say, console) as city:
        _work_off(city.app)
        books = balance(city.app.database, city.app.sources.values())
        summary = summarise(city.app.database, books)
    if as_json:
        sys.stdout.write(json.dumps(_as_json(summary), ensure_ascii=False) + "\n")
    else:
        _show(summary, say, console)
    return 0 if summary.balanced else 1


def run(say: Say, *, port: int) -> None:
    """Watch the sample Maildirs until interrupted."""
    console = Console(highlight=False)
    with _city(say, console) as city:
        _show_folders(city, say, console)
        stop_on_signals(city.app.worker.stop)
        city.app.worker.run()


@contextmanager
def _city(say: Say, console: Console) -> Iterator[_City]:
    with tempfile.TemporaryDirectory(prefix="sammadag-demo-") as name:
        folder = Path(name)
        settings_file = folder / "sammadag.toml"
        settings_file.write_text(_settings(folder), encoding="utf-8")
        _deliver_samples(folder)
        settings = load(
            settings_file,
            {"database_url": f"sqlite:///{folder / 'sammadag.db'}", "language": say.language},
        )
        app = build(settings, write=lambda line: console.print(line, markup=False))
        lock = app.claim()
        try:
            yield _City(app=app, folder=folder)
        finally:
            lock.release()
            app.close()


def _mail_folder(folder: Path, mailbox: str) -> Path:
    return folder / "mail" / mailbox


def _settings(folder: Path) -> str:
    since = SystemClock().now() - timedelta(days=2)
    lines = [f"poll_seconds = {_POLL_S}", "twin_wait = 0"]
    for mailbox in knowledge.load(knowledge.bundled_folder()).mailboxes:
        lines += [
            f"[mailboxes.{mailbox}]",
            'connector = "maildir"',
            f'path = "{_mail_folder(folder, mailbox).as_posix()}"',
            'mode = "auto"',
            f"answer_from = {since.isoformat()}",
        ]
    return "\n".join(lines) + "\n"


def _deliver_samples(folder: Path) -> None:
    (folder / "mail").mkdir()
    for mailbox in knowledge.load(knowledge.bundled_folder()).mailboxes:
        make_maildir(_mail_folder(folder, mailbox))
    for mail in sample_mails(SystemClock().now()):
        for name in (mail.mailbox, *mail.also_in):
            deliver(_mail_folder(folder, name), mail.name, mail.content, mail.delivered_at)


def _work_off(app: App) -> None:
    waiting = list(app.watch.mailboxes)
    while waiting:
        waiting = [mailbox for mailbox in waiting if app.watch.round(mailbox).wait_s == 0.0]
    app.dispatch.run_due()


def _as_json(summary: Summary) -> dict[str, object]:
    return {
        **outcome_counts(summary.counts),
        "urgent": [
            {
                "case": str(urgent.case.number),
                "matter": urgent.case.matter,
                "reason": "; ".join(f"{rule}: {words}" for rule, words in urgent.reasons),
            }
            for urgent in summary.urgent
        ],
        "receipts": summary.receipts,
        "balanced": summary.balanced,
    }


def _show(summary: Summary, say: Say, console: Console) -> None:
    table = Table(
        say("Ärende"), say("Process"), say("Ärendetyp"), say("Team"), say("Läge"), box=None
    )
    for case in reversed(summary.cases):
        table.add_row(
            str(case.number),
            say.code(f"process.{case.process}") if case.process else "–",
            say.code(f"matter.{case.matter}") if case.matter else "–",
            case.team,
            say.code(f"urgent.{case.urgent}"),
        )
    console.print(table)
    _show_urgent(summary, say, console)
    console.print(
        say(
            "{mails} mejl: {cases} nya ärenden, {follow_ups} följdmejl, {ignored} undanlagda, "
            "{duplicates} dubbletter, {quarantined} i karantän. {receipts} kvittenser skickade.",
            **outcome_counts(summary.counts),
            receipts=summary.receipts,
        )
    )
    console.print(
        say("Böckerna går ihop: varje mejl har exakt ett utfall.")
        if summary.balanced
        else say("Böckerna går inte ihop.")
    )


def _show_urgent(summary: Summary, say: Say, console: Console) -> None:
    console.print()
    console.print(
        say.plural("{n} brådskande ärende", "{n} brådskande ärenden", len(summary.urgent))
    )
    for urgent in summary.urgent:
        why = "; ".join(say.code(f"reason.{rule}", words=words) for rule, words in urgent.reasons)
        matter = say.code(f"matter.{urgent.case.matter}") if urgent.case.matter else "–"
        console.print(f"  {urgent.case.number}  {matter}: {why}", markup=False)
    console.print()


def _show_folders(city: _City, say: Say, console: Console) -> None:
    console.print(
        say("Lägg en fil med ett mejl i en av mapparna, så blir den ett ärende inom en sekund:")
    )
    for mailbox in city.app.knowledge.mailboxes.values():
        new = _mail_folder(city.folder, mailbox.key) / "new"
        console.print(f"  {mailbox.address:45} {new}", soft_wrap=True)
    console.print(say("Svaren ligger i mappen .Sent bredvid. Avsluta med Ctrl-C."))
    sys.stdout.flush()
