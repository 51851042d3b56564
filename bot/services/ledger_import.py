"""Import of the ledger: a file becomes a new generation, and then the one that counts.

Mail is taken in meanwhile: no transaction lasts longer than half a second, and between two
of them the database is free for long enough that a waiting writer gets it. Killed at any
point the old ledger stays; the next import clears up what was left.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import BinaryIO, Final

import structlog

from bot.clock import Clock
from bot.errors import DataError, NotFound, Saying
from bot.ledger_file import (
    Fault,
    FaultKind,
    LedgerFormat,
    LedgerRefused,
    Row,
    detect_encoding,
    read_rows,
)
from bot.store.ledger import Generation
from bot.store.unit_of_work import Database, Work

log = structlog.get_logger()

_CHUNK: Final = 1 << 20
_FAULTY_AT_MOST: Final = 0.01
_SHRUNK_AT_MOST: Final = 0.30
_BATCH: Final = range(100, 12_000)
_FIRST_BATCH: Final = 2_000
_DELETED: Final = 40_000
"""Rows deleted in one transaction at most: they take no memory here, unlike a batch to add, and
fewer transactions write the pages of an index less often (measured: 36 s down to 21 s)."""
_GROWTH: Final = 1.5
_SLOWER: Final = 4
"""How much longer a row takes whose number may be there already."""
_AIM_S: Final = 0.25
"""What a transaction should last; half a second is the limit."""
_TIDY_AFTER: Final = 36_000
"""Rows; what is committed lies beside a SQLite file until it is tidied up, up to 100 MB."""
_GAP_S: Final = 0.1
"""SQLite's waiting writers look at least this often whether the database is free."""


class ImportStep(Enum):
    """Named instants of an import, where a crash test may stop the process."""

    BEGUN = "begun"
    ADDED = "added"
    FILLED = "filled"
    SWITCHED = "switched"
    CLEANED = "cleaned"


Probe = Callable[[ImportStep], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file.

    Attributes:
        rows: In the file, empty lines and the header not counted.
        imported: Invoices in the new ledger; 0 if the file was refused.
        rejected: Rows with a fault, left out.
        repeated: Rows whose number came again later; the later row counts.
        refused: Why the old ledger stays; None if it was replaced.
    """

    rows: int
    imported: int
    rejected: int
    repeated: int
    seconds: float
    refused: Saying | None

    @property
    def switched(self) -> bool:
        """Tell whether the file is the ledger now."""
        return self.refused is None

    @property
    def all_in(self) -> bool:
        """Tell whether every row of the file is in the ledger."""
        return self.switched and not self.rejected and not self.repeated


@dataclass(slots=True)
class _Count:
    rows: int = 0
    rejected: int = 0
    repeated: int = 0
    imported: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchers:
    """Who hears of an import while it goes on.

    Attributes:
        fault: Every fault, in the order in which they are found.
        progress: How many lines were read since the last call, and how many there are.
        probe: Each named step.
    """

    fault: Callable[[Fault], None] = lambda _fault: None
    progress: Callable[[int, int], None] = lambda _done, _all: None
    probe: Probe = lambda _step: None


class LedgerImport:
    """Imports files of one format."""

    def __init__(
        self,
        database: Database,
        form: LedgerFormat,
        clock: Clock,
        *,
        after_switch: Sequence[Callable[[], object]] = (),
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        """Make an importer.

        Args:
            after_switch: Called in order once a new ledger counts, to look cases up anew.
            rest: Waits some seconds.
        """
        self._database = database
        self._form = form
        self._clock = clock
        self._after_switch = after_switch
        self._pace = _Pace(database, clock, rest)
        self._batch = _Size(_BATCH.stop)
        self._deletion = _Size(_DELETED)

    def run(self, path: Path, *, force: bool = False, watchers: Watchers | None = None) -> Imported:
        """Make a file the ledger, unless it cannot be trusted as a whole.

        Args:
            force: Take it also when it has over 30 % fewer invoices than the ledger.

        Raises:
            NotFound: There is no such file, or it cannot be read.
            DataError: Another import has begun meanwhile.
            DatabaseUnavailable: The old ledger stays; call again.
        """
        watchers = watchers or Watchers()
        started = self._clock.monotonic()
        count = _Count()
        refused = self._import(path, force, watchers, count)
        _log(count, refused)
        return Imported(
            rows=count.rows,
            imported=0 if refused else count.imported,
            rejected=count.rejected,
            repeated=count.repeated,
            seconds=self._clock.monotonic() - started,
            refused=refused,
        )

    def _import(self, path: Path, force: bool, watchers: Watchers, count: _Count) -> Saying | None:
        with _opened(path) as file:
            try:
                encoding, lines = detect_encoding(iter(lambda: file.read(_CHUNK), b""))
                file.seek(0)
                text = io.TextIOWrapper(file, encoding, newline=None)
                rows = read_rows(text, self._form)
                batches = _Batches(rows, lines, watchers, count)
                return self._fill_and_switch(batches, force, watchers, count)
            except LedgerRefused as error:
                return Saying(error.source, **error.values)

    def _fill_and_switch(
        self, batches: _Batches, force: bool, watchers: Watchers, count: _Count
    ) -> Saying | None:
        batch = batches.next(_FIRST_BATCH)  # a missing column is found before anything changes
        with self._database.work() as work:
            generation = work.ledger.begin(self._clock.now())
        watchers.probe(ImportStep.BEGUN)
        self._clear_up()
        while batch:
            count.imported += len(batch) - self._add(generation, batch, batches)
            watchers.probe(ImportStep.ADDED)
            batch = batches.next(self._batch.rows)
        watchers.probe(ImportStep.FILLED)
        refused = self._switch(generation, force, count)
        watchers.probe(ImportStep.SWITCHED)
        if refused is None:
            for follow in self._after_switch:
                follow()
        self._clear_up()
        watchers.probe(ImportStep.CLEANED)
        return refused

    def _add(self, generation: int, batch: Sequence[Row], batches: _Batches) -> int:
        """Add rows with different numbers; return how many of them were there before."""
        with self._pace.turn(self._batch, len(batch)) as work:
            _require(work, generation)
            if work.ledger.add(generation, [row.invoice for row in batch]):
                return 0
        repeated = 0
        size = max(_BATCH.start, self._batch.rows // _SLOWER)
        for start in range(0, len(batch), size):
            part = batch[start : start + size]
            with self._pace.turn(self._batch, len(part)) as work:
                _require(work, generation)
                again = work.ledger.replace(generation, [row.invoice for row in part])
            for row in part:
                if row.invoice.number in again:
                    batches.repeats(row)
            repeated += len(again)
        return repeated

    def _switch(self, generation: int, force: bool, count: _Count) -> Saying | None:
        with self._pace.turn() as work:
            _require(work, generation)
            refused = _verdict(count, work.ledger.current(), force)
            if refused is None:
                work.ledger.switch(generation, rejected=count.rejected, now=self._clock.now())
            else:
                work.ledger.abandon(generation)
        return refused

    def _clear_up(self) -> None:
        """Delete the rows of all generations that nobody needs."""
        with self._database.reading() as work:
            waste = work.ledger.waste()
        for generation in waste:
            more = True
            while more:
                size = self._deletion.rows
                with self._pace.turn(self._deletion, size) as work:
                    more = work.ledger.delete_some(generation, size)


class _Batches:
    """The rows of a file in lists, within each of which every number stands once."""

    def __init__(
        self, rows: Iterator[Row | Fault], lines: int, watchers: Watchers, count: _Count
    ) -> None:
        self._rows = rows
        self._lines = lines
        self._watchers = watchers
        self._count = count
        self._told = 0
        self._first: dict[str, Row] = {}
        self._doomed = False

    def next(self, size: int) -> list[Row]:
        """Return the next rows; none at the end, or when too many were faulty already."""
        batch: dict[str, Row] = {}
        self._first.clear()
        line = self._told
        for row in self._rows:
            line = row.line
            if isinstance(row, Fault):
                self._reject(row)
            else:
                self._count.rows += 1
                if row.invoice.number in batch:
                    self._first.setdefault(row.invoice.number, batch[row.invoice.number])
                    self._name(row)
                batch[row.invoice.number] = row
                if self._doomed:
                    batch.clear()
                elif len(batch) == size:
                    break
        self._watchers.progress(line - self._told, self._lines)
        self._told = line
        return list(batch.values())

    def repeats(self, row: Row) -> None:
        """Name a row of the last batch whose number came in an earlier one."""
        self._name(self._first.get(row.invoice.number, row))

    def _name(self, row: Row) -> None:
        self._count.repeated += 1
        self._watchers.fault(Fault(row.line, FaultKind.DUPLICATE, row.invoice.number))

    def _reject(self, fault: Fault) -> None:
        if fault.kind is not FaultKind.OCR:
            self._count.rows += 1
            self._count.rejected += 1
            most = max(self._lines, self._count.rows)
            self._doomed = self._count.rejected > _FAULTY_AT_MOST * most
        self._watchers.fault(fault)


class _Size:
    """How many rows a transaction of one sort may touch, by how long the last ones took."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.rows = _FIRST_BATCH

    def learn(self, rows: int, took: float) -> None:
        """Learn from one transaction: how many rows it touched, and its seconds."""
        if took > _AIM_S or rows >= self.rows:
            wished = int(rows * min(_GROWTH, _AIM_S / max(took, 0.001)))
            self.rows = max(_BATCH.start, min(self._most, wished))


class _Pace:
    """When the next transaction may begin."""

    def __init__(self, database: Database, clock: Clock, rest: Callable[[float], None]) -> None:
        self._database = database
        self._clock = clock
        self._rest = rest
        self._ended: float | None = None
        self._untidy = 0

    @contextmanager
    def turn(self, size: _Size | None = None, rows: int = 0) -> Iterator[Work]:
        """Hold one transaction after the gap, and let its size learn from how long it takes."""
        self._keep_gap()
        started = self._clock.monotonic()
        with self._database.work() as work:
            yield work
        self._ended = self._clock.monotonic()
        if size is not None:
            size.learn(rows, self._ended - started)
        self._untidy += rows
        if self._untidy >= _TIDY_AFTER:
            self._untidy = 0
            self._database.tidy()

    def _keep_gap(self) -> None:
        if self._ended is not None:
            gap = self._clock.monotonic() - self._ended
            if gap < _GAP_S:
                self._rest(_GAP_S - gap)


def _require(work: Work, generation: int) -> None:
    if not work.ledger.is_being_filled(generation):
        raise DataError("en annan import av reskontran har börjat; den här är avbruten")


def _verdict(count: _Count, before: Generation | None, force: bool) -> Saying | None:
    """Return why a file that was read to its end is refused, or None."""
    if count.rejected > _FAULTY_AT_MOST * count.rows:
        return Saying(
            "{rejected} av {rows} rader är felaktiga, över 1 %; rätta filen",
            rejected=count.rejected,
            rows=count.rows,
        )
    if before is None or force or count.imported >= (1 - _SHRUNK_AT_MOST) * before.rows:
        return None
    return Saying(
        "filen har {imported} fakturor mot {before} förut, över 30 % färre; är det rätt, "
        "kör igen med --force",
        imported=count.imported,
        before=before.rows,
    )


def _log(count: _Count, refused: Saying | None) -> None:
    numbers = {
        "rows": count.rows,
        "imported": count.imported,
        "rejected": count.rejected,
        "repeated": count.repeated,
    }
    if refused is None:
        log.info("ledger_imported", **numbers)
    else:
        log.warning("ledger_refused", **numbers)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise NotFound(
            "{file}: går inte att läsa; kontrollera namn och rättigheter", file=path.name
        ) from error
