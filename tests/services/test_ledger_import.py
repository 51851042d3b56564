from __future__ import annotations

import gc
import threading
import time
from contextlib import contextmanager

import pytest

from bot.clock import SystemClock
from bot.errors import DataError, NotFound
from bot.ledger_file import Fault, FaultKind, LedgerFormat
from bot.services.ledger_import import ImportStep, LedgerImport, Watchers
from bot.store import schema
from bot.store.engine import open_engine
from bot.store.unit_of_work import Database
from bot.vocabulary import InvoiceStage
from tests.ledger_files import many, row, write_ledger


@pytest.fixture
def database(database_url):
    engine = open_engine(database_url)
    schema.upgrade(engine)
    database = Database(engine)
    yield database
    database.close()


@pytest.fixture
def office(database, clock, tmp_path):
    return Office(database, clock, tmp_path)


class Office:
    """A database and files that become its ledger."""

    def __init__(self, database, clock, folder):
        self.database = database
        self.clock = clock
        self.folder = folder
        self.faults: list[Fault] = []
        self.looked_up = 0

    def importer(self, **more):
        return LedgerImport(
            self.database,
            LedgerFormat(),
            self.clock,
            after_switch=(self._look_up,),
            rest=lambda _seconds: None,
            **more,
        )

    def load(self, *lines, force=False, probe=lambda _step: None, encoding="utf-8", **more):
        path = write_ledger(self.folder / "ledger.csv", lines, encoding=encoding, **more)
        self.faults.clear()
        watchers = Watchers(fault=self.faults.append, probe=probe)
        return self.importer().run(path, force=force, watchers=watchers)

    def find(self, number):
        with self.database.reading() as work:
            return work.ledger.find(str(number))

    def generations(self):
        """Return the generations that have rows."""
        with self.database.reading() as work:
            return sorted({*work.ledger.waste(), work.ledger.current().id})

    def _look_up(self):
        self.looked_up += 1


def test_a_file_becomes_the_ledger(office):
    result = office.load(*many(25))
    assert (result.rows, result.imported, result.rejected) == (25, 25, 0)
    assert result.switched
    assert result.all_in
    assert office.find(40000024).amount_ore == 123450
    assert office.find(40000025) is None


def test_a_file_in_cp1252_is_read(office):
    office.load(row(1, customer="Åkes Läder AB"), encoding="cp1252")
    assert office.find(1).customer == "Åkes Läder AB"


def test_the_next_file_takes_the_place_of_the_last_whole(office):
    office.load(row(1, stage="öppen"), row(2))
    office.load(row(1, stage="inkasso"), row(3))
    assert office.find(1).stage is InvoiceStage.COLLECTION
    assert office.find(2) is None
    assert len(office.generations()) == 1


def test_faulty_rows_are_left_out_and_named(office):
    result = office.load(*many(300), row(1, due="2026-02-30"), row("x"), row(2, amount="?"))
    assert (result.rows, result.imported, result.rejected) == (303, 300, 3)
    assert result.switched
    assert not result.all_in
    assert office.faults == [
        Fault(302, FaultKind.DUE),
        Fault(303, FaultKind.NUMBER),
        Fault(304, FaultKind.AMOUNT),
    ]


def test_of_a_number_that_is_there_twice_the_last_row_counts_and_it_is_named(office):
    result = office.load(row(1, amount="1,00"), row(2), row(1, amount="2,00"))
    assert office.find(1).amount_ore == 200
    assert office.faults == [Fault(4, FaultKind.DUPLICATE, "1")]
    assert (result.rows, result.imported, result.rejected) == (3, 2, 0)
    assert not result.all_in


def test_a_number_may_come_again_in_any_later_transaction(office):
    lines = many(2000, amount="1,00")
    result = office.load(*lines, *many(3, amount="2,00"), *many(3, amount="3,00"))
    assert [office.find(40000000 + n).amount_ore for n in range(4)] == [300, 300, 300, 100]
    assert sorted(fault.line for fault in office.faults) == list(range(2002, 2008))
    assert result.imported == 2000
    with office.database.reading() as work:
        assert work.ledger.current().rows == 2000


def test_a_credit_note_is_kept(office):
    office.load(row(1, amount="-500,00", stage="krediterad"))
    assert office.find(1).amount_ore == -50000


def test_over_one_percent_of_faulty_rows_refuses_the_file(office):
    office.load(row(7))
    result = office.load(*many(98), row("x"), row("y"))
    assert (result.switched, result.imported, result.rejected) == (False, 0, 2)
    assert office.find(7) is not None
    assert office.find(40000000) is None
    assert len(office.generations()) == 1


def test_one_percent_of_faulty_rows_is_borne(office):
    assert office.load(*many(99), row("x")).switched


def test_all_faults_of_a_refused_file_are_named(office):
    result = office.load(*[row("x")] * 50, *many(3_000), *[row("y")] * 200)
    assert len(office.faults) == result.rejected == 250
    assert result.rows == 3_250


@pytest.mark.parametrize("header", ["fakturanr;ocr", "", "a;b;c"])
def test_a_missing_column_refuses_the_file(office, header):
    office.load(row(7))
    assert not office.load(row(8), header=header).switched
    assert office.find(7) is not None


def test_bytes_that_are_no_text_refuse_the_file(office):
    office.load(row(7))
    path = office.folder / "broken.csv"
    path.write_bytes(b"\x81\x8d\x00" * 1000)
    assert not office.importer().run(path).switched
    assert office.find(7) is not None


def test_a_file_that_has_shrunk_by_over_thirty_percent_is_refused(office):
    office.load(*many(100))
    assert office.load(*many(70)).switched
    result = office.load(*many(48))
    assert not result.switched
    assert office.find(40000069) is not None


def test_a_shrunk_file_is_taken_by_force(office):
    office.load(*many(100))
    assert office.load(*many(5), force=True).switched
    assert office.find(40000050) is None


def test_force_does_not_take_a_faulty_file(office):
    assert not office.load(*many(5), row("x"), force=True).switched


def test_cases_are_looked_up_after_a_switch_only(office):
    office.load(*many(100))
    office.load(row("x"))
    office.load(*many(10))
    assert office.looked_up == 1


def test_a_file_that_is_not_there_is_named(office):
    with pytest.raises(NotFound, match="saknas"):
        office.importer().run(office.folder / "saknas.csv")


def test_a_later_import_ends_an_earlier_one(office):
    office.load(row(7))
    other = Office(office.database, office.clock, office.folder)
    path = write_ledger(office.folder / "other.csv", many(3))

    def overtake(step):
        if step is ImportStep.BEGUN:
            assert other.importer().run(path).switched

    with pytest.raises(DataError, match="annan import"):
        office.load(*many(50, first=1), probe=overtake)
    assert office.find(40000002) is not None
    assert len(office.generations()) == 1


def test_the_old_ledger_counts_until_the_new_one_is_whole(office):
    office.load(row(7))
    seen = []

    def look(step):
        seen.append((step, office.find(7) is not None, office.find(40004999) is not None))

    office.load(*many(5000), probe=look, force=True)
    for step, old, new in seen:
        switched = step in (ImportStep.SWITCHED, ImportStep.CLEANED)
        assert (old, new) == (not switched, switched)


@contextmanager
def writing_all_the_while(database, clock):
    """Let another connection write without a pause; yield the seconds that each write took."""
    waits: list[float] = []
    over = threading.Event()

    def write():
        other = Database(open_engine(str(database.engine.url.render_as_string(False))))
        number = 0
        while not over.is_set():
            started = time.perf_counter()
            with other.work() as work:
                work.mailboxes.connect(f"box{number % 10}", clock.now())
            waits.append(time.perf_counter() - started)
            number += 1
            over.wait(0.02)
        other.close()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield waits
    finally:
        over.set()
        thread.join()


@pytest.fixture
def without_the_garbage_of_other_tests():
    """Keep what thousands of collected tests hold out of the collector's way."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.alone
@pytest.mark.usefixtures("without_the_garbage_of_other_tests")
def test_mail_can_be_taken_in_during_an_import(database, tmp_path):
    path = write_ledger(tmp_path / "ledger.csv", many(12_000))
    clock = SystemClock()
    importer = LedgerImport(database, LedgerFormat(), clock)
    with writing_all_the_while(database, clock) as waits:
        assert importer.run(path).switched
    assert len(waits) > 5
    assert max(waits) < 0.5


def test_transactions_become_small_where_the_database_is_slow(office):
    class SlowClock(SystemClock):
        """Each look at the clock costs a second, so that every transaction seems slow."""

        seconds = 0.0

        def monotonic(self):
            self.seconds += 1.0
            return self.seconds

    office.clock = SlowClock()
    steps = []
    assert office.load(*many(3000), probe=steps.append).switched
    assert steps.count(ImportStep.ADDED) > 5
