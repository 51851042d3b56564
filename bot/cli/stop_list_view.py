"""A stop list as CSV and JSON, what it differs in as a table for people, and what was missed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any, Final

from rich import box
from rich.markup import escape

from bot.cli.common import console
from bot.cli.wide_tables import Table
from bot.csv_cells import csv_text
from bot.knowledge import Knowledge
from bot.services.stop_lists import Made
from bot.stop_list import COLUMNS, Line, Part, as_row
from bot.store.stop_list_misses import Miss
from bot.texts import Say

MISS_COLUMNS: Final = ("invoice", "case", "amount_ore", "listed_at", "found_at")
_MOST_SHOWN = 40
"""Lines of a difference on a screen; CSV and JSON have all."""


class Lines:
    """Writes lines in one language, with the names of one city."""

    def __init__(self, say: Say, knowledge: Knowledge) -> None:
        self._say = say
        self._names = knowledge.names_in(say.language)
        self._zone = knowledge.calendar.zone

    def as_csv(self, lines: Sequence[Line]) -> str:
        """Return lines as a CSV file with a heading, no cell of which can become a formula."""
        rows = (tuple(self._row(line).values()) for line in lines)
        return csv_text([COLUMNS, *rows])

    def as_json(self, made: Made) -> Mapping[str, Any]:
        """Return a list as JSON values."""
        return {
            "run": None if made.run is None else made.run.isoformat(),
            "made_at": made.made_at.astimezone(self._zone).isoformat(),
            "parts": {
                part.value: self._rows([line for line in made.lines if line.part is part])
                for part in Part
            },
            "added": self._rows(made.changes.added),
            "removed": self._rows(made.changes.removed),
        }

    def told(self, made: Made, *, today: date) -> Iterator[str]:
        """Yield what a person should know of a list, in a sentence each."""
        say = self._say
        if made.run is None:
            yield say("Ingen körning är känd.")
        elif made.run < today:
            yield say("Obs: körningen {run} har redan gått.", run=say.date(made.run, year=True))
        elif not made.runs_then:
            yield say(
                "Obs: ingen körning går {run} enligt kunskapen; listan har allt som är öppet.",
                run=say.date(made.run, year=True),
            )
        else:
            yield say("Stopplista för körningen {run}.", run=say.date(made.run, year=True))
        if made.before is None:
            yield say("Det är den första listan av sitt slag.")
            return
        yield say(
            "Sedan listan {before}: {added} nya rader, {removed} borta.",
            before=say.moment(made.before, self._zone),
            added=say.number(len(made.changes.added)),
            removed=say.number(len(made.changes.removed)),
        )

    def show_changes(self, made: Made) -> None:
        """Print the difference to the last list on stderr; nothing where there is none."""
        changes = made.changes
        signed = [("+", line) for line in changes.added] + [("−", line) for line in changes.removed]
        if made.before is None or not signed:
            return
        say = self._say
        table = Table(box=box.SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
        headings = ("", say("Del"), say("Ärende"), say("Faktura"), say("Belopp, kr"), say("Orsak"))
        for heading in headings:
            table.add_column(heading)
        for sign, line in signed[:_MOST_SHOWN]:
            table.add_row(sign, *map(escape, self._cells(line)))
        screen = console(to_stderr=True)
        screen.print(table)
        more = len(signed) - _MOST_SHOWN
        if more > 0:
            screen.print(say.plural("och {n} rad till", "och {n} rader till", more))

    def _cells(self, line: Line) -> tuple[str, ...]:
        row = self._row(line)
        ore = line.amount_ore
        return (
            self._say.code(f"stop_part.{line.part}"),
            line.case,
            line.invoice or "",
            "" if ore is None else self._say.number(ore / 100, decimals=2),
            str(row["reason"]),
        )

    def _rows(self, lines: Sequence[Line]) -> list[dict[str, str | int | None]]:
        return [self._row(line) for line in lines]

    def _row(self, line: Line) -> dict[str, str | int | None]:
        return as_row(line, self._say, self._names, self._zone)


def misses_as_json(misses: Sequence[Miss], zone: tzinfo) -> Mapping[str, Any]:
    """Return what was missed, how much, and how much money it is, as JSON values."""
    return {
        "count": len(misses),
        "amount_ore": sum(miss.amount_ore for miss in misses),
        "misses": [dict(zip(MISS_COLUMNS, _of(miss, zone), strict=True)) for miss in misses],
    }


def misses_as_csv(misses: Sequence[Miss], zone: tzinfo) -> str:
    """Return what was missed as a CSV file with a heading."""
    return csv_text([MISS_COLUMNS, *(_of(miss, zone) for miss in misses)])


def _of(miss: Miss, zone: tzinfo) -> tuple[str | int | None, ...]:
    return (
        miss.invoice,
        miss.case,
        miss.amount_ore,
        _local(miss.listed_at, zone),
        _local(miss.found_at, zone),
    )


def _local(instant: datetime, zone: tzinfo) -> str:
    return instant.astimezone(zone).isoformat()
