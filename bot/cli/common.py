"""What every command shares: settings, language, where results and words go."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.texts import SOURCE_LANGUAGE, Say, speaker

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from bot.app import App
    from bot.house_rules import FileMail
    from bot.settings import Settings


@dataclass(slots=True, kw_only=True)
class Session:
    """One call of the command line: what stands before the command, and in which language.

    Attributes:
        say: Speaks the language of ``--lang``, and that of the settings once they are loaded.
    """

    say: Say
    config: str | None = None
    database_url: str | None = None
    lang: str | None = None


def of(context: typer.Context) -> Session:
    """Return the call that a command belongs to."""
    found = context.find_object(Session)
    assert found is not None
    return found


def settings_of(context: typer.Context) -> Settings:
    """Load the settings that hold for this command; from now on their language is spoken."""
    from bot.settings import load

    session = of(context)
    settings = load(
        None if session.config is None else Path(session.config),
        {"database_url": session.database_url, "language": session.lang},
    )
    session.say = speaker(settings.language)
    return settings


def settings_in_force(context: typer.Context) -> Settings:
    """Load the settings as `settings_of` does, with knowledge and templates as they hold.

    Where somebody has edited them in the program, their folders are other ones, which are gone
    after the command.
    """
    from bot.in_force import in_force

    held: Settings = context.with_resource(in_force(settings_of(context)))
    return held


@contextmanager
def opened_house(context: typer.Context, *, files: FileMail | None = None) -> Iterator[App]:
    """Put the house together for a command, and close it afterwards; only warnings are logged.

    Args:
        files: As for `bot.app.build`.
    """
    from bot.app import build
    from bot.in_force import in_force
    from bot.logging_setup import configure
    from bot.material import ground_of

    configure(level="warning")
    settings = settings_of(context)
    held: Settings = context.with_resource(in_force(settings))
    built = build(held, ground=ground_of(settings), files=files)
    try:
        yield built
    finally:
        built.close()


_OBJECTS = 100_000
"""Made before garbage is looked for, where hardly any of them is in a circle."""


@contextmanager
def seldom_garbage() -> Iterator[None]:
    """Look for garbage seldom: mails leave hardly any that goes round in a circle."""
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def person_option(say: Say) -> str:
    """Return ``--as``, the e-mail address of whoever gives the command; it must be given."""
    found: str = typer.Option(..., "--as", metavar=say("ADRESS"), help=say("Din e-postadress."))
    return found


LARGEST_NUMBER = 2**31 - 1
"""Above it no database has a row."""
_YEARS = range(1900, 2200)
"""Of which people ask; calendars end, and so do the days that Python can count."""


def day_option(say: Say, name: str, about: str | None = None, *, needed: bool = False) -> datetime:
    """Return an option that takes a day, and may be left out unless it is needed."""
    found: datetime = typer.Option(
        ... if needed else None,
        name,
        formats=["%Y-%m-%d"],
        metavar=say("ÅÅÅÅ-MM-DD"),
        help=about,
        callback=_in_calendars,
    )
    return found


def _in_calendars(option: typer.CallbackParam, day: datetime | None) -> datetime | None:
    from bot.errors import UsageError

    if day is not None and day.year not in _YEARS:
        raise UsageError(
            "{option}: ange en dag från {first} till {last}",
            option=option.opts[0],
            first=_YEARS[0],
            last=_YEARS[-1],
        )
    return day


_WITH_VALUE = ("--config", "--database-url", "--lang")


def language_of(arguments: Sequence[str]) -> str:
    """Return the language that is asked for before the command, without parsing the rest."""
    waiting = iter(arguments)
    for argument in waiting:
        name, equals, value = argument.partition("=")
        if not name.startswith("-"):
            break
        if name in _WITH_VALUE and not equals:
            value = next(waiting, "")
        if name == "--lang":
            return value
    return SOURCE_LANGUAGE


def print_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Write one JSON value as one line to stdout.

    Letters that stdout cannot take, such as broken ones in the name of a file, are escaped.
    """
    line = json.dumps(value, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        line = json.dumps(value)
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def tell(line: str) -> None:
    """Write one line for people to stderr."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def write_privately(target: Path, content: bytes) -> None:
    """Write a new file that only its owner may read.

    Raises:
        UsageError: It exists already, or cannot be written.
    """
    from bot.errors import UsageError

    try:
        target.touch(mode=0o600, exist_ok=False)
        target.write_bytes(content)
    except FileExistsError as error:
        raise UsageError("--out: {file} finns redan; välj ett annat namn", file=target) from error
    except OSError as error:
        raise UsageError("--out: {file} kan inte skrivas", file=target) from error


def progress_bar() -> Progress:
    """Return a progress bar on stderr that is shown to people only, and gone afterwards."""
    from rich.progress import Progress

    screen = console(to_stderr=True)
    return Progress(console=screen, transient=True, disable=not screen.is_terminal)


_ENDLESS = 1_000_000
"""Columns of what is no screen, and is cut nowhere."""


def console(*, to_stderr: bool = False) -> Console:
    """Return a console for tables and progress; a file or a pipe has no width."""
    from rich.console import Console

    screen = Console(stderr=to_stderr, highlight=False)
    if not screen.is_terminal:
        screen.width = _ENDLESS
    return screen
