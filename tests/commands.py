"""The command line, called as a person calls it but inside this process, to be quick."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from bot.cli import build, run
from bot.texts import speaker
from tests.city import SECRET
from tests.plain_logs import log_plainly


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What a command gave back."""

    code: int
    out: str
    err: str

    def rows(self) -> list[Any]:
        """Return every line of stdout, each of which must be JSON."""
        return [json.loads(line) for line in self.out.splitlines()]

    def row(self) -> Any:
        """Return the one JSON object on stdout."""
        (row,) = self.rows()
        return row


def call(*arguments: object) -> Called:
    """Run ``sammadag ARGUMENTS``; logging is as before afterwards."""
    out, err = io.StringIO(), io.StringIO()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = run([str(argument) for argument in arguments])
    finally:
        log_plainly()
    return Called(code=code, out=out.getvalue(), err=err.getvalue())


def commands() -> list[str]:
    """Return every command there is, as it is called: ``case take``."""

    def below(command: Any, path: str) -> Iterator[str]:
        inner = getattr(command, "commands", None)
        if inner is None:
            yield path
            return
        for name, child in inner.items():
            yield from below(child, f"{path} {name}".strip())

    return list(below(typer.main.get_command(build(speaker("sv"))), ""))


def write_settings(
    folder: Path, database_url: str, *lines: str, mailboxes: tuple[str, ...] = ("kundreskontra",)
) -> Path:
    """Write a settings file for Maildirs below ``folder/mail``; return its path."""
    (folder / "secret").write_text(SECRET, encoding="utf-8")
    text = [f'database_url = "{database_url}"', f'secret_key_file = "{folder / "secret"}"']
    text += ["twin_wait = 0", "poll_seconds = 0.1", *lines]
    for mailbox in mailboxes:
        text += [f"[mailboxes.{mailbox}]", f'path = "{folder / "mail" / mailbox}"', 'mode = "auto"']
    path = folder / "sammadag.toml"
    path.write_text("\n".join(text) + "\n", encoding="utf-8")
    return path
