"""The sample city: the whole product in a temporary folder, without a network.

Eleven Maildirs, a SQLite file, made-up mail, and the web page for this machine only. Answers
land in the Maildirs' own Sent folders; nothing leaves the machine.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from socket import socket

from rich.console import Console

from bot import knowledge
from bot.app import App, build
from bot.clock import SystemClock
from bot.demo.view import Screen, as_json, show_folders, show_link, show_summary
from bot.running import Running
from bot.samples import sample_mails
from bot.services.books import balance
from bot.services.summary import Summary, summarise
from bot.settings import Settings, load
from bot.signals import stop_on_signals
from bot.texts import Say
from bot.vocabulary import MailboxKey, PersonKey
from bot.web_serving import listen_here, open_sample_web
from functionmail.connectors.maildir import deliver
from functionmail.connectors.maildir_files import make_maildir

_POLL_S = 0.3
_GUEST = PersonKey("agneta-brandt")
"""Who one is on the web page; with every right, which nobody has in a real house."""


def run_once(say: Say, *, json_wanted: bool) -> int:
    """Handle the sample mail, show what became of it, and return the exit code."""
    city = knowledge.load(knowledge.bundled_folder())
    names = city.names_in(say.language)
    console = Console(highlight=False, soft_wrap=False)
    screen = Screen(console, say, names)
    with _settled(city.mailboxes, say) as (settings, _):
        app = build(settings, write=screen.write, heard=screen.hear)
        with closing(app):
            lock = app.claim()
            try:
                summary = _work_off(app)
            finally:
                lock.release()
    if json_wanted:
        sys.stdout.write(json.dumps(as_json(summary), ensure_ascii=False) + "\n")
    else:
        show_summary(summary, console, say, names)
    return 0 if summary.balanced else 1


def run(say: Say, *, port: int) -> None:
    """Handle the sample mail, then watch the Maildirs and serve the web page, until stopped.

    Args:
        port: Of the web page; 0 lets the system choose one.

    Raises:
        SettingsError: The port is taken, or the web page's extra is not installed.
    """
    with closing(listen_here(port)) as listening:
        _run(say, listening)


def _run(say: Say, listening: socket) -> None:
    city = knowledge.load(knowledge.bundled_folder())
    names = city.names_in(say.language)
    console = Console(highlight=False)
    screen = Screen(console, say, names)
    console.print(say("Tar hand om exempelmejlen …"))
    with _settled(city.mailboxes, say) as (settings, folder), _open(settings, screen) as running:
        app = running.current
        show_summary(_work_off(app), console, say, names)
        folders = {
            mailbox.address: _mail_folder(folder, key) / "new"
            for key, mailbox in city.mailboxes.items()
        }
        show_folders(folders, console, say)
        web = open_sample_web(
            app,
            listening,
            _GUEST,
            lambda link: show_link(link, console, say),
            now=lambda: running.current,
        )
        screen.is_on = True
        stop_on_signals(running.stop)
        web.start()
        try:
            running.run()
        finally:
            web.stop()
    console.print(say("Demon är avslutad."))


@contextmanager
def _settled(mailboxes: Iterable[MailboxKey], say: Say) -> Iterator[tuple[Settings, Path]]:
    """Put a sample city's mail and settings in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="sammadag-demo-") as name:
        folder = Path(name)
        settings_file = folder / "sammadag.toml"
        settings_file.write_text(_settings(folder, mailboxes), encoding="utf-8")
        _deliver_samples(folder, mailboxes)
        database = f"sqlite:///{folder / 'sammadag.db'}"
        yield load(settings_file, {"database_url": database, "language": say.language}), folder


@contextmanager
def _open(settings: Settings, screen: Screen) -> Iterator[Running]:
    """Put the house together that goes on running."""
    running = Running(settings, make=partial(build, write=screen.write, heard=screen.hear))
    with closing(running):
        lock = running.current.claim()
        try:
            yield running
        finally:
            lock.release()


def _mail_folder(folder: Path, mailbox: str) -> Path:
    return folder / "mail" / mailbox


def _settings(folder: Path, mailboxes: Iterable[MailboxKey]) -> str:
    since = SystemClock().now() - timedelta(days=2)
    lines = [f"poll_seconds = {_POLL_S}", "twin_wait = 0"]
    for mailbox in mailboxes:
        lines += [
            f"[mailboxes.{mailbox}]",
            'connector = "maildir"',
            f'path = "{_mail_folder(folder, mailbox).as_posix()}"',
            'mode = "auto"',
            f"answer_from = {since.isoformat()}",
        ]
    return "\n".join(lines) + "\n"


def _deliver_samples(folder: Path, mailboxes: Iterable[MailboxKey]) -> None:
    (folder / "mail").mkdir()
    for mailbox in mailboxes:
        make_maildir(_mail_folder(folder, mailbox))
    for mail in sample_mails(SystemClock().now()):
        for name in (mail.mailbox, *mail.also_in):
            deliver(_mail_folder(folder, name), mail.name, mail.content, mail.delivered_at)


def _work_off(app: App) -> Summary:
    """Take in and answer all that waits; return what became of it."""
    waiting = list(app.watch.mailboxes)
    while waiting:
        waiting = [mailbox for mailbox in waiting if app.watch.round(mailbox).wait_s == 0.0]
    app.dispatch.run_due()
    return summarise(app.database, balance(app.database, app.sources.values()))
