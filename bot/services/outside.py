"""Figures of the telephone exchange and of the survey: from a file, or typed in."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from math import isfinite, nan

from bot.clock import Clock
from bot.errors import BadValue, DataError, WrongPart
from bot.knowledge import Knowledge
from bot.outside import SHARES, OutsideFigure, OutsideMeasure, OutsideSource
from bot.services.choices import Choice
from bot.store.unit_of_work import Database
from bot.texts import Say, mark
from bot.vocabulary import PersonKey

COLUMNS = ("from", "to", "place", "measure", "value")
MOST_BYTES = 1_000_000
_MOST_LINES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line that could not be read: which, and why."""

    line: int
    error: BadValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """How many figures were taken in, and what was wrong; with a fault nothing is taken in."""

    figures: int
    faults: tuple[BadLine, ...] = ()


class Outside:
    """Each call is one transaction."""

    def __init__(self, database: Database, knowledge: Knowledge, clock: Clock) -> None:
        self._database = database
        self._knowledge = knowledge
        self._clock = clock

    def add(self, figure: OutsideFigure, *, by: PersonKey) -> None:
        """Take in one figure.

        Raises:
            WrongPart: No process or phone line has that key, or it is of days to come.
        """
        self._require(figure)
        with self._database.work() as work:
            work.outside.put([figure], at=self._clock.now(), actor=by)

    def take_in(self, content: bytes, source: OutsideSource, *, by: PersonKey) -> Imported:
        """Take in a CSV file with the columns `COLUMNS`, separated by semicolons, UTF-8.

        Raises:
            DataError: It is no such file.
        """
        figures: list[OutsideFigure] = []
        faults: list[BadLine] = []
        for line, found in self._read(content, source):
            if isinstance(found, BadValue):
                faults.append(BadLine(line=line, error=found))
            else:
                figures.append(found)
        if faults:
            return Imported(figures=0, faults=tuple(faults))
        with self._database.work() as work:
            work.outside.put(figures, at=self._clock.now(), actor=by)
        return Imported(figures=len(figures))

    def within(self, first: date, last: date, *, place: str | None = None) -> list[OutsideFigure]:
        """Return the figures of a period, in order of time; of one place, or of all."""
        with self._database.reading() as work:
            return work.outside.within(first, last, places=() if place is None else (place,))

    def places(self, say: Say) -> tuple[Choice, ...]:
        """Return what figures can be about: the whole centre, phone lines, processes."""
        names = self._knowledge.names_in(say.language)
        lines = (line.key for line in self._knowledge.roster.lines)
        return (
            Choice(key="", name=say("Hela verksamheten")),
            *(Choice(key=key, name=names.place(key)) for key in lines),
            *(Choice(key=key, name=names.process(key)) for key in self._knowledge.processes),
        )

    def _read(
        self, content: bytes, source: OutsideSource
    ) -> Iterator[tuple[int, OutsideFigure | BadValue]]:
        if len(content) > MOST_BYTES:
            raise DataError("filen är för stor; dela den")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise DataError("filen är inte UTF-8; spara den som CSV UTF-8") from error
        rows = csv.DictReader(StringIO(text), delimiter=";", strict=True)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise DataError("filens första rad ska vara {columns}", columns=";".join(COLUMNS))
        try:
            for number, row in enumerate(rows, start=2):
                if number > _MOST_LINES:
                    raise DataError("filen har för många rader; dela den")
                yield number, self._figure(row, source)
        except csv.Error as error:
            raise DataError("filen är ingen CSV-fil med semikolon") from error

    def _figure(self, row: dict[str, str], source: OutsideSource) -> OutsideFigure | BadValue:
        if None in row or None in row.values():
            return BadValue("fel antal kolumner")
        try:
            measure = measure_of(row["measure"])
            figure = OutsideFigure(
                source=source,
                measure=measure,
                place=row["place"].strip(),
                first=day_of(row["from"]),
                last=day_of(row["to"]),
                value=value_of(row["value"], measure),
            )
            self._require(figure)
        except BadValue as error:
            return error
        return figure

    def _require(self, figure: OutsideFigure) -> None:
        today, place = self._knowledge.calendar.local_date(self._clock.now()), figure.place
        if figure.first > today:
            raise WrongPart(mark("den första dagen har inte varit än"), part="first")
        if figure.last > today.replace(month=12, day=31):
            raise WrongPart(mark("den sista dagen ligger efter årets slut"), part="last")
        lines = {line.key for line in self._knowledge.roster.lines}
        if place and place not in self._knowledge.processes and place not in lines:
            raise WrongPart(
                mark("det finns ingen process eller telefonlinje {key}"),
                part="place",
                key=place[:60],
            )


def day_of(text: str) -> date:
    """Return the day that a text names, ``2026-01-31``; BadValue for any other text."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadValue("en dag skrivs som 2026-01-31") from None


def measure_of(text: str) -> OutsideMeasure:
    """Return what a word names; BadValue with the words there are."""
    try:
        return OutsideMeasure(text.strip())
    except ValueError:
        known = ", ".join(OutsideMeasure)
        raise BadValue("måttet ska vara ett av {known}", known=known) from None


def value_of(text: str, measure: OutsideMeasure) -> float:
    """Return a number with a decimal comma or point, or a share such as ``93 %``.

    Raises:
        WrongPart: It is no number, or per cent of what is no share.
    """
    plain = text.strip().replace("\u00a0", "").replace(" ", "").replace(",", ".")
    share = plain.endswith("%")
    try:
        value = float(plain.removesuffix("%"))
    except ValueError:
        value = nan
    if not isfinite(value):
        raise WrongPart(mark("värdet är inget tal"), part="value")
    if share and measure not in SHARES:
        raise WrongPart(mark("procent passar bara för andelar"), part="value")
    return value / 100 if share else value
