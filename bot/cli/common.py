"""What every command shares: settings, language, where results and words go."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.texts import Say

if TYPE_CHECKING:
    from rich.console import Console

    from bot.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What was given before the command's name."""

    config: str | None
    database_url: str | None
    lang: str | None
    say: Say


def of(context: typer.Context) -> Context:
    """Return what was given before the command's name."""
    found = context.obj
    assert isinstance(found, Context)
    return found


def settings_of(context: typer.Context) -> Settings:
    """Load the settings that hold for this command."""
    from bot.settings import load

    given = of(context)
    return load(
        None if given.config is None else Path(given.config),
        {"database_url": given.database_url, "language": given.lang},
    )


def language_of(arguments: Sequence[str]) -> str:
    """Return the language that the arguments ask for, before they are parsed."""
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            return arguments[position + 1]
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    return "sv"


def print_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Write one JSON value as one line to stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def tell(line: str) -> None:
    """Write one line for people to stderr."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def console(*, to_stderr: bool = False) -> Console:
    """Return a console for tables and progress."""
    from rich.console import Console

    return Console(stderr=to_stderr, highlight=False)
