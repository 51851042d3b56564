"""The options that `remark` and `log` share, declared in one language."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import typer

from bot.cli.common import day_option, person_option
from bot.texts import Say


class Options:
    """Declares each option once for all commands."""

    def __init__(self, say: Say) -> None:
        self._say = say

    def number(self) -> int:
        """Return NUMBER, of an item."""
        found: int = typer.Argument(
            ..., metavar=self._say("NUMMER"), help=self._say("Numret i listan.")
        )
        return found

    def by(self) -> str:
        """Return ``--as``, which must be given."""
        return person_option(self._say)

    def text(self, *, needed: bool = True) -> str:
        """Return ``--text``."""
        found: str = typer.Option(
            ... if needed else None,
            "--text",
            metavar=self._say("TEXT"),
            help=self._say("Vad som skrivs in, utan personnummer; - läser från standard in."),
        )
        return found

    def case(self) -> str:
        """Return ``--case``."""
        found: str = typer.Option(
            None, "--case", metavar=self._say("ÄRENDE"), help=self._say("Ärendet som det kom av.")
        )
        return found

    def unit(self) -> str:
        """Return ``--unit``."""
        found: str = typer.Option(
            None, "--unit", metavar=self._say("ENHET"), help=self._say("Enhetens nyckel.")
        )
        return found

    def process(self) -> str:
        """Return ``--process``."""
        found: str = typer.Option(
            None,
            "--process",
            metavar=self._say("PROCESS"),
            help=self._say("Processens nyckel eller kod."),
        )
        return found

    def customer(self) -> str:
        """Return ``--customer``."""
        found: str = typer.Option(
            None,
            "--customer",
            metavar=self._say("KUND"),
            help=self._say("Förvaltning eller bolag, nyckel eller namn."),
        )
        return found

    def owner(self) -> str:
        """Return ``--owner``."""
        found: str = typer.Option(
            None,
            "--owner",
            metavar=self._say("ADRESS"),
            help=self._say("E-postadress till den som ska ansvara."),
        )
        return found

    def words(self, name: str, about: str) -> str:
        """Return an option that takes one of several words, which its help names."""
        found: str = typer.Option(None, name, metavar=self._say("ORD"), help=about)
        return found

    def day(self, name: str, about: str) -> datetime:
        """Return an option that takes a date."""
        return day_option(self._say, name, about)

    def flag(self, name: str, about: str) -> bool:
        """Return a flag that is off unless given."""
        found: bool = typer.Option(False, name, help=about)
        return found

    def out(self) -> Path:
        """Return ``--out``."""
        found: Path = typer.Option(
            None,
            "--out",
            metavar=self._say("FIL"),
            help=self._say("Fil att skriva till; annars standard ut."),
        )
        return found
