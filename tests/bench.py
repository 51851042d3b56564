"""Speed and memory: what the product must bear, measured and held against its aims.

``make bench`` takes about two minutes; ``make bench-full`` adds the ledger and ten mailboxes on
Dovecot at full size, and the kill tests at full count. Exit 1 when an aim is missed. Two cores
are what the aims were set for.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from statistics import median

from rich.console import Console
from rich.table import Table

from tests.benches.figure import Figure, timed
from tests.benches.history import MILLION, history_of
from tests.ordinary_mails import ordinary_mails

ROOT = Path(__file__).parent.parent
FIRST_INVOICE = 40_000_000
FULL_TESTS = (
    "tests/journeys/test_crash.py",
    "tests/journeys/test_ledger_crash.py",
    "tests/journeys/test_imap_city.py",
    "tests/slack/test_kills.py",
)


def main() -> int:
    """Measure, show a table, and tell by the exit code whether all aims were reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="measure at full size")
    full = parser.parse_args().full
    console = Console()
    figures: list[Figure] = []
    for measure in _measures(full):
        console.print(f"[dim]{measure.__doc__}[/dim]")
        for figure in measure():
            console.print(f"  {figure.name}: {figure.said}")
            figures.append(figure)
    _show(figures, console)
    passed = not full or _full_tests()
    return 0 if passed and all(figure.reached for figure in figures) else 1


def _measures(full: bool) -> list[Callable[[], Iterator[Figure]]]:
    return [
        _ingest,
        _ledger_of(1_700_000 if full else 170_000),
        history_of(MILLION if full else MILLION // 10),
        _reading,
        _asking,
        _start,
    ]


def _ingest() -> Iterator[Figure]:
    """Ingest of 2,000 and of 20,000 ordinary mails, SQLite FULL, one process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small, large = folder / "small", folder / "large"
        _write(small, 2_000)
        _write(large, 20_000)
        first = _ingest_in_a_process(small, folder / "small.db")
        second = _ingest_in_a_process(large, folder / "large.db")
    yield Figure(
        name="ingest, 2,000 mails",
        value=2_000 / first["seconds"],
        unit="mails/s",
        aim=400,
        at_least=True,
    )
    yield Figure(
        name="ingest, 20,000 mails",
        value=20_000 / second["seconds"],
        unit="mails/s",
        aim=400,
        at_least=True,
    )
    growth = second["peak_mb"] / first["peak_mb"] - 1
    yield Figure(name="peak memory, 2,000 mails", value=first["peak_mb"], unit="MB", aim=400)
    yield Figure(name="its growth at 20,000 mails", value=100 * growth, unit="%", aim=20)


def _write(folder: Path, count: int) -> None:
    folder.mkdir()
    for number, content in enumerate(ordinary_mails(count)):
        (folder / f"{number:06}.eml").write_bytes(content)


def _ingest_in_a_process(folder: Path, database: Path) -> dict[str, float]:
    found = _in_a_process(database, "ingest", str(folder), "--json")
    assert found["mails"] == len(list(folder.iterdir()))
    return found


def _in_a_process(database: Path, *arguments: str) -> dict[str, float]:
    """Run a command that prints one JSON object; return that and its peak memory."""
    command = [
        sys.executable,
        "-c",
        "import resource, sys; from bot.cli import main\n"
        "try: main()\n"
        "finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)",
        f"--database-url=sqlite:///{database}",
        *arguments,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    result, peak_kb = done.stdout.splitlines()
    return {**json.loads(result), "peak_mb": int(peak_kb) / 1024}


def _ledger_of(rows: int) -> Callable[[], Iterator[Figure]]:
    def measure() -> Iterator[Figure]:
        with tempfile.TemporaryDirectory() as name:
            file, database = Path(name) / "ledger.csv", Path(name) / "ledger.db"
            for what, is_later in (("ledger", False), ("ledger again, changed", True)):
                _write_invoices(file, rows, is_later=is_later)
                found = _in_a_process(database, "ledger", "import", str(file), "--json")
                assert found["imported"] == rows
                yield Figure(
                    name=f"{what}, {rows:,} rows",
                    value=found["seconds"],
                    unit="s",
                    aim=90 * rows / 1_700_000,
                )
                yield Figure(name="its peak memory", value=found["peak_mb"], unit="MB", aim=300)
            yield from _lookups(database, rows)

    measure.__doc__ = (
        f"Import of a ledger of {rows:,} invoices, SQLite FULL, twice, and looking them up."
    )
    return measure


def _write_invoices(file: Path, rows: int, *, is_later: bool) -> None:
    """Write a ledger; some days later every seventh invoice has gone on a stage."""
    chance = Random(1)
    stages = ("öppen", "påmind", "inkasso", "betald", "krediterad")
    with file.open("w", encoding="utf-8") as out:
        out.write("fakturanr;ocr;kundnr;kund;förfallodatum;belopp;status;betaldatum\n")
        for n in range(rows):
            customer, ore = chance.randrange(1 + rows // 8), chance.randrange(100, 9_000_000)
            out.write(
                f"{FIRST_INVOICE + n};{10 * (FIRST_INVOICE + n) + n % 10};{100_000 + customer};"
                f"Bolaget nr {customer} AB;2026-{1 + n % 12:02}-{1 + n % 28:02};"
                f"{ore // 100:,}".replace(",", " ")
                + f",{ore % 100:02};{stages[(n + (is_later and n % 7 == 0)) % 5]};\n"
            )


def _lookups(database: Path, rows: int) -> Iterator[Figure]:
    from bot.store.engine import open_engine
    from bot.store.unit_of_work import Database

    opened = Database(open_engine(f"sqlite:///{database}"))
    chance = Random(2)
    with opened.reading() as work:
        ways: dict[str, Callable[[int], object]] = {
            "number": lambda n: work.ledger.find(str(FIRST_INVOICE + n)),
            "OCR number": lambda n: work.ledger.find_by_ocr(f"{10 * (FIRST_INVOICE + n) + n % 10}"),
            "customer": lambda n: work.ledger.open_of_customer_numbers([str(100_000 + n // 9)]),
        }
        for way, look in ways.items():
            picked = [chance.randrange(rows) for _ in range(500)]
            times = [timed(lambda n=n, look=look: look(n))[1] for n in picked]
            yield Figure(name=f"lookup by {way}", value=1000 * median(times), unit="ms", aim=1)
    opened.close()


def _reading() -> Iterator[Figure]:
    """Parsing and triage of 2,000 ordinary mails."""
    from bot.material import load_material, make_reader
    from bot.services.reading import Arrival
    from bot.settings import Settings
    from functionmail.message import MessageKey, RawMessage
    from functionmail.parse import parse
    from tests.ordinary_mails import START

    reader = make_reader(Settings(), load_material(Settings()))
    parsing, triaging, reading = [], [], []
    for number, content in enumerate(ordinary_mails(2_000)):
        message, seconds = timed(lambda content=content: parse(content))
        parsing.append(seconds)
        _, seconds = timed(
            lambda message=message: reader.triage_message(
                message, mailbox="kundreskontra", received_at=START
            )
        )
        triaging.append(seconds)
        raw = RawMessage(key=MessageKey(str(number)), received_at=START, content=content)
        _, seconds = timed(lambda raw=raw: reader.read(Arrival(mailbox="kundreskontra", raw=raw)))
        reading.append(seconds)
    yield Figure(name="parse, median", value=1000 * median(parsing), unit="ms", aim=0.5)
    yield Figure(name="triage, median", value=1000 * median(triaging), unit="ms", aim=1.0)
    yield Figure(name="whole reading, median", value=1000 * median(reading), unit="ms", aim=1.8)


def _asking() -> Iterator[Figure]:
    """Questions of staff, answered by the assistant over two thousand cases."""
    from bot.asking import open_assistant
    from bot.services.assistant import Question
    from bot.settings import Settings
    from bot.texts import speaker
    from tests.ordinary_mails import START
    from tests.understanding.staff_questions import rows_of

    with tempfile.TemporaryDirectory() as name:
        folder, database = Path(name) / "mails", Path(name) / "asked.db"
        _write(folder, 2_000)
        _ingest_in_a_process(folder, database)
        times = []
        with open_assistant(Settings(database_url=f"sqlite:///{database}")) as desk:
            person = next(iter(desk.knowledge.people))
            for row in rows_of("questions.jsonl"):
                question = Question(text=row["text"], at=START, person=person)
                _, seconds = timed(lambda asked=question: desk.assistant.ask(asked, speaker("sv")))
                times.append(seconds)
    yield Figure(name="answer, median", value=1000 * median(times), unit="ms", aim=30)


def _start() -> Iterator[Figure]:
    """Start of the command line."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "bot", "--help"], cwd=ROOT, capture_output=True, check=True
        )
        times.append(time.perf_counter() - start)
    yield Figure(name="sammadag --help", value=median(times), unit="s", aim=0.5)


def _show(figures: list[Figure], console: Console) -> None:
    table = Table("", "measured", "aim", "")
    for figure in figures:
        table.add_row(
            figure.name,
            figure.said,
            figure.said_aim,
            "ok" if figure.reached else "MISSED",
        )
    console.print(table)


def _full_tests() -> bool:
    environment = dict(os.environ)  # noqa: TID251 - the tests below read these
    environment |= {
        "SAMMADAG_TEST_CRASH_ROUNDS": "10",
        "SAMMADAG_TEST_RANDOM_KILLS": "100",
        "SAMMADAG_TEST_FULL": "1",
    }
    command = [sys.executable, "-m", "pytest", "-q", *FULL_TESTS]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


if __name__ == "__main__":
    raise SystemExit(main())
