"""Years of cases: how fast a history is made, and how fast pages and reports are on it.

Server side: the services that the pages call, each a few times on different cases and words.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from statistics import median

from tests.benches.figure import Figure, timed
from tests.postgres_server import fresh_database, postgres_server

ROOT = Path(__file__).parent.parent.parent
MILLION = 1_000_000
LAST_DAY = date(2026, 11, 25)
NOON = datetime(2026, 11, 26, 11, tzinfo=UTC)
SECONDS, GIGABYTES = 360, 4
TURNS = 15
WORDS = (
    "anstånd faktura", "projektkod ombyggnaden", "solrosens förskola", "behörighet attestera",
    "hyran bostaden", "Hosseini", "utrangeras anläggningsregistret", "nyckel", "bankgiro",
    "kulturförvaltningen", "40123456", "2026-100123", "klagomål veckor", "invoice payment",
)  # fmt: skip


def history_of(cases: int) -> Callable[[], Iterator[Figure]]:
    """Return the measurements with so many cases, on both databases."""

    def measure() -> Iterator[Figure]:
        with tempfile.TemporaryDirectory() as name:
            file = Path(name) / "history.db"
            yield from _made(f"sqlite:///{file}", cases, "SQLite", file)
            yield from _pages(f"sqlite:///{file}", "SQLite")
        with postgres_server() as server, fresh_database(server) as url:
            yield from _made(url, cases, "PostgreSQL", None)
            yield from _pages(url, "PostgreSQL")

    measure.__doc__ = f"A history of {cases:,} cases: made, and looked at by page and report."
    return measure


def _made(url: str, cases: int, where: str, file: Path | None) -> Iterator[Figure]:
    until = LAST_DAY.isoformat()
    environment = dict(os.environ)  # noqa: TID251 - the settings of the measured program
    environment["SAMMADAG_SECRET_KEY"] = "a secret for measuring only"
    upgrade = [sys.executable, "-m", "bot", f"--database-url={url}", "db", "upgrade"]
    command = [sys.executable, "-m", "bot", f"--database-url={url}", "simulate"]
    command += ["--cases", str(cases), "--until", until, "--json"]
    for each in (upgrade, command):
        _, seconds = timed(
            lambda each=each: subprocess.run(
                each, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True
            )
        )
    aim = SECONDS * cases / MILLION + 20
    is_aimed = file is not None
    yield Figure(
        name=f"simulate, {cases:,} cases, {where}",
        value=seconds,
        unit="s",
        aim=aim if is_aimed else None,
    )
    if file is not None:
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
        yield Figure(name="its peak memory, one process", value=peak, unit="GB", aim=GIGABYTES / 3)
        size = file.stat().st_size / 1024**3
        yield Figure(name="the file", value=size, unit="GB", aim=GIGABYTES * cases / MILLION)


def _pages(url: str, where: str) -> Iterator[Figure]:
    with _ways(url) as ways:
        for name, (work, aim) in ways.items():
            work(0)  # whoever comes first after the start waits for what is read once
            times = [timed(lambda turn=turn, work=work: work(turn))[1] for turn in range(TURNS)]
            yield Figure(
                name=f"{name}, {where}, median", value=1000 * median(times), unit="ms", aim=aim
            )


@contextmanager
def _ways(url: str) -> Iterator[Mapping[str, tuple[Callable[[int], object], float]]]:
    """Give what is measured: what to do in a turn, and how many milliseconds it may take."""
    from bot.app import open_database
    from bot.clock import FixedClock
    from bot.house_rules import house_of
    from bot.material import load_knowledge
    from bot.reports.model import Granularity, Period
    from bot.reports.scope import By
    from bot.services.case_page import CasePages
    from bot.services.inbox import Inbox
    from bot.services.reporting import Reporting
    from bot.services.search import Search
    from bot.services.sight import Sight
    from bot.settings import Settings
    from bot.texts import speaker
    from bot.vocabulary import CaseId, PersonKey, Right

    settings = Settings.model_validate({"database_url": url, "secret_key": "s" * 32})
    knowledge, clock, say = load_knowledge(settings), FixedClock(NOON), speaker("sv")
    database = open_database(settings)
    sight = Sight(person=PersonKey("agneta-brandt"), rights=frozenset(Right))
    pages = CasePages(database, house_of(knowledge, settings), clock)
    reporting = Reporting(database, knowledge, clock)
    search, inbox = Search(database, knowledge), Inbox(database, knowledge.calendar, clock)
    chance = Random(1)
    with database.reading() as work:
        last = int(work.cases.newest_with_serial(1).id)  # the first case of the last year
        picked = work.cases.get_many([CaseId(chance.randrange(1, last + 1)) for _ in range(TURNS)])
    cases = list(picked.values())

    def month(turn: int) -> Period:
        first = date(2025, 1 + turn % 12, 1)
        last = first.replace(day=monthrange(first.year, first.month)[1])
        return Period(first=first, last=last, granularity=Granularity.MONTH)

    year = Period(first=date(2025, 1, 1), last=date(2025, 12, 31), granularity=Granularity.YEAR)
    yield {
        "inbox": (lambda _turn: inbox.page(sight), 150),
        "case page": (lambda turn: pages.page(cases[turn % len(cases)], sight), 150),
        "search": (lambda turn: search.find(WORDS[turn % len(WORDS)], sight), 200),
        "report of a month": (lambda turn: reporting.report(month(turn), say), 300),
        "report of a year": (lambda _turn: reporting.report(year, say), 1500),
        "report of a year by process": (
            lambda _turn: reporting.report(year, say, by=By.PROCESS),
            1500,
        ),
    }
    database.close()
