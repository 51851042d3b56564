"""Kill -9 during an import: the old ledger stays or the new one counts, never a part."""

from __future__ import annotations

import random

import pytest

from bot.clock import SystemClock
from bot.ledger_file import LedgerFormat
from bot.services.ledger_import import ImportStep, LedgerImport, Watchers
from bot.store import schema
from bot.store.engine import open_engine
from bot.store.unit_of_work import Database
from tests.crashing import run_for, run_until_killed
from tests.ledger_files import many, write_ledger

OLD, NEW = 40000000, 50000000
ROWS = 4000


class Ledgers:
    """A database whose ledger is replaced by imports that are killed."""

    def __init__(self, folder, database_url):
        self.database_url = database_url
        self.old = write_ledger(folder / "old.csv", many(ROWS, first=OLD))
        self.new = write_ledger(folder / "new.csv", many(ROWS, first=NEW))
        with self.opened() as database:
            schema.upgrade(database.engine)
        self.load(self.old)

    def opened(self):
        return _Opened(self.database_url)

    def load(self, path, probe=lambda _step: None):
        with self.opened() as database:
            importer = LedgerImport(
                database, LedgerFormat(), SystemClock(), rest=lambda _seconds: None
            )
            assert importer.run(path, watchers=Watchers(probe=probe)).switched

    def load_new(self, probe):
        self.load(self.new, probe)

    def assert_one_whole_ledger(self):
        """Return whether it is the new one."""
        with self.opened() as database, database.reading() as work:
            found = [
                len(work.ledger.find_many([str(first + n) for n in range(ROWS)]))
                for first in (OLD, NEW)
            ]
        assert found in ([ROWS, 0], [0, ROWS])
        return found[1] == ROWS

    def assert_the_same_command_makes_it_good(self):
        self.load(self.new)
        assert self.assert_one_whole_ledger()
        with self.opened() as database, database.reading() as work:
            assert work.ledger.waste() == []
            assert work.ledger.current().rows == ROWS


class _Opened:
    def __init__(self, url):
        self._database = Database(open_engine(url))

    def __enter__(self):
        return self._database

    def __exit__(self, *_about):
        self._database.close()


@pytest.fixture
def ledgers(tmp_path, database_url):
    return Ledgers(tmp_path, database_url)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "nth", "is_new"),
    [
        (ImportStep.BEGUN, 1, False),
        (ImportStep.ADDED, 1, False),
        (ImportStep.ADDED, 2, False),
        (ImportStep.FILLED, 1, False),
        (ImportStep.SWITCHED, 1, True),
        (ImportStep.CLEANED, 1, True),
    ],
)
def test_a_kill_at_any_step_leaves_one_whole_ledger(ledgers, step, nth, is_new):
    assert run_until_killed(ledgers.load_new, step=step, nth=nth), f"{step} was never reached"
    assert ledgers.assert_one_whole_ledger() is is_new
    ledgers.assert_the_same_command_makes_it_good()


@pytest.mark.slow
def test_kills_at_random_instants_leave_one_whole_ledger(ledgers, random_kills):
    chance = random.Random(20261126)
    for _ in range(random_kills):
        run_for(ledgers.load_new, seconds=chance.uniform(0.0, 0.6))
        ledgers.assert_one_whole_ledger()
    ledgers.assert_the_same_command_makes_it_good()
