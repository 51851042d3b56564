"""Years of cases: how fast a history is made, and how fast pages and reports are on it.

Server side: whole pages as a browser gets them, each a few times on different cases and words.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
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
    aim = min(SECONDS, SECONDS * cases / MILLION + 20)  # a short history starts programs too
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
    from bot.clock import FixedClock
    from bot.vocabulary import CaseId, Right
    from tests.city import City
    from tests.web_city import HANDLER, WebCity

    chance = Random(1)
    with tempfile.TemporaryDirectory() as name:
        city = City(Path(name), url, clock=FixedClock(NOON))
        email = city.app.knowledge.people[HANDLER].email
        browser = WebCity(
            city, rights={right: [email] for right in Right if right is not Right.STAFF}
        ).browser()
        with city.app.database.reading() as work:
            last = int(work.cases.newest_with_serial(1).id)  # the first case of the last year
            ids = [CaseId(chance.randrange(1, last + 1)) for _ in range(TURNS)]
            cases = [case.number for case in work.cases.get_many(ids).values()]

        def page(path: str, **query: str) -> None:
            answer = browser.get(path, **query)
            assert answer.status_code == 200, (path, answer.status_code)

        def searched(turn: int) -> None:
            answer = browser.post("/search", question=WORDS[turn % len(WORDS)])
            assert answer.status_code in (200, 303)  # a case number leads to its case

        yield {
            "inbox": (lambda _turn: page("/inbox"), 150),
            "case page": (lambda turn: page(f"/cases/{cases[turn % len(cases)]}"), 150),
            "search": (searched, 200),
            "figures of a month": (
                lambda turn: page("/figures", by="", period=f"2025-{1 + turn % 12:02}"),
                300,
            ),
            "figures of a year": (lambda _turn: page("/figures", by="", period="2025"), 1500),
            "figures of a year by process": (
                lambda _turn: page("/figures", by="process", period="2025"),
                1500,
            ),
        }
        city.close()
