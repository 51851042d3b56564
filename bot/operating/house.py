"""Examining what is no mailbox: knowledge, database, key, disk, clocks."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bot.app import open_to_read
from bot.clock import Clock
from bot.errors import SammaDagError, Saying, SettingsError
from bot.material import check_everything, ground_of
from bot.operating.findings import Found, Matter, State
from bot.services.editing.taking_up import Unlike, differing, waiting_changes
from bot.settings import Settings, resolve_database_url, secret_file, secret_keys
from bot.store import schema
from bot.store.engine import has_file, opened, server_time, sqlite_file, transaction
from bot.texts import mark

CLOCKS_MAY_DIFFER = timedelta(seconds=5)
LITTLE_SPACE = 1_000_000_000
"""Bytes; where a database is larger than this, a copy of it must fit."""
NO_SPACE = 100_000_000


CountFaults = Callable[[Settings], int]
"""Counts what is wrong with knowledge and templates."""


def count_faults(settings: Settings) -> int:
    """Check knowledge and templates as `sammadag check` does; takes some seconds."""
    return len(check_everything(settings))


def examine_house(
    settings: Settings, clock: Clock, *, faults: CountFaults = count_faults
) -> Iterator[Found]:
    """Yield what is right and wrong with all but the mailboxes."""
    yield _knowledge(settings, faults)
    try:
        address = resolve_database_url(settings)
        yield from _database(address, clock)
        yield from _contents(settings)
    except SettingsError as error:
        yield _wrong(Matter.DATABASE, Saying(error.source, **error.values))
        return
    yield _key(settings, address)


def compare_clocks(
    theirs: datetime, before: datetime, after: datetime, *, mailbox: str | None = None
) -> Found:
    """Compare a server's clock with ours, read before and after the server was asked."""
    off = max(before - theirs, theirs - after, timedelta())
    if off <= CLOCKS_MAY_DIFFER:
        return Found(
            mailbox=mailbox,
            matter=Matter.CLOCK,
            state=State.RIGHT,
            text=Saying("serverns klocka går som vår"),
        )
    return Found(
        mailbox=mailbox,
        matter=Matter.CLOCK,
        state=State.DOUBTFUL,
        text=Saying(
            "serverns klocka och vår skiljer {seconds} sekunder; ställ båda efter en tidsserver "
            "(NTP)",
            seconds=round(off.total_seconds()),
        ),
    )


def _knowledge(settings: Settings, faults: CountFaults) -> Found:
    try:
        found = faults(settings)
    except SammaDagError as error:
        return _wrong(Matter.KNOWLEDGE, Saying(error.source, **error.values))
    if found:
        return _wrong(Matter.KNOWLEDGE, Saying("{n} fel; kör `sammadag check`", n=found))
    return _right(Matter.KNOWLEDGE, Saying("kunskap och mallar är utan fel"))


_UNLIKE: Final = {
    Unlike.MISSING: mark(
        "{file} saknas i mappen ({n} filer), men gäller som den var; hämta den med `sammadag edit "
        "export`"
    ),
    Unlike.UNREADABLE: mark(
        "{file} i mappen går inte att läsa ({n} filer); kontrollera filens rättigheter och storlek"
    ),
    Unlike.REFUSED: mark(
        "{file} i mappen är ändrad men inte i bruk ({n} filer): den har fel, eller programmet har "
        "inte kört sedan dess; kör `sammadag check`"
    ),
    Unlike.DISPLACED: mark(
        "{file} i mappen är en annan än den som är sparad i programmet och gäller ({n} filer); se "
        "`sammadag edit versions`, och `sammadag edit export` för de som gäller"
    ),
}


def _contents(settings: Settings) -> Iterator[Found]:
    """Tell of files in the folder that are not those in force, and of words that are not found."""
    try:
        database = open_to_read(settings)
    except SammaDagError:
        return  # told already
    if database is None:
        return
    with closing(database):
        waiting = waiting_changes(database)
        unlike = differing(database, ground_of(settings))
        with database.reading() as work:
            found, searchable = work.search.count(), work.search.count_searchable()
    if 2 * found < searchable:  # some have no words, but not as many as that
        text = Saying(
            "{n} mejl och samtal går inte att hitta på sina ord; kör `sammadag search rebuild`",
            n=searchable - found,
        )
        yield _doubtful(Matter.DATABASE, text)
    for how, said in _UNLIKE.items():
        files = sorted(path for path, one in unlike.items() if one.how is how)
        if files:
            yield _doubtful(Matter.KNOWLEDGE, Saying(said, file=files[0], n=len(files)))
    if waiting:
        text = Saying("{n} ändringar väntar på att godkännas eller avslås", n=waiting)
        yield _right(Matter.KNOWLEDGE, text)


def _database(address: str, clock: Clock) -> Iterator[Found]:
    with opened(address) as engine:
        file = sqlite_file(engine)
        try:
            if has_file(engine):
                yield _revision(schema.current(engine), waits=file is None)
                with transaction(engine):  # a file may be readable and yet not writable
                    pass
            else:
                text = Saying("databasens fil finns inte än; den skapas vid första starten")
                yield _doubtful(Matter.DATABASE, text)
            if file is None:
                before = clock.now()
                yield compare_clocks(server_time(engine), before, clock.now())
        except SammaDagError as error:
            yield _wrong(Matter.DATABASE, Saying(error.source, **error.values))
    if file is not None:
        yield _space(file)


def _revision(found: str | None, *, waits: bool) -> Found:
    """Judge the schema of a database; one that `waits` is not upgraded by the next start."""
    if found == schema.HEAD:
        return _right(Matter.DATABASE, Saying("svarar och har schema {schema}", schema=found))
    if (found or "") > schema.HEAD:
        text = Saying("är nyare än programmet (schema {found}); installera ett nyare", found=found)
        return _wrong(Matter.DATABASE, text)
    if waits:
        text = Saying("har ett äldre schema; säkerhetskopiera och kör `sammadag db upgrade`")
        return _wrong(Matter.DATABASE, text)
    text = Saying("har ett äldre schema och uppgraderas vid nästa start; säkerhetskopiera först")
    return _doubtful(Matter.DATABASE, text)


def judge_space(free: int, size: int) -> Found:
    """Judge how many bytes are free beside a database of a size."""
    megabytes = free // 1_000_000
    if free < NO_SPACE:
        text = Saying("bara {megabytes} MB ledigt; frigör utrymme genast", megabytes=megabytes)
        return _wrong(Matter.SPACE, text)
    if free < max(LITTLE_SPACE, size):
        text = Saying("{megabytes} MB ledigt; frigör utrymme", megabytes=megabytes)
        return _doubtful(Matter.SPACE, text)
    return _right(Matter.SPACE, Saying("{megabytes} MB ledigt", megabytes=megabytes))


def _space(file: Path) -> Found:
    try:
        free = shutil.disk_usage(file.parent).free
        size = file.stat().st_size if file.exists() else 0
    except OSError:
        text = Saying("mappen {folder} går inte att läsa; skapa den", folder=file.parent)
        return _wrong(Matter.SPACE, text)
    return judge_space(free, size)


def _key(settings: Settings, address: str) -> Found:
    file = secret_file(settings, address)
    made_at_start = file is not None and settings.secret_key_file is None and not file.exists()
    if made_at_start and file is not None:
        with opened(address) as engine:
            lost = has_file(engine)
        if lost:
            text = Saying(
                "nyckeln {file} saknas fast databasen finns: lägg tillbaka den, annars känns svar "
                "på våra tidigare mejl inte igen",
                file=file,
            )
            return _wrong(Matter.KEY, text)
        return _right(Matter.KEY, Saying("nyckeln skapas vid första starten"))
    try:
        secret_keys(settings, address)
    except SammaDagError as error:
        return _wrong(Matter.KEY, Saying(error.source, **error.values))
    if file is not None and stat.S_IMODE(file.stat().st_mode) & 0o077:
        text = Saying("andra kan läsa nyckeln; kör: chmod 600 {file}", file=file)
        return _doubtful(Matter.KEY, text)
    return _right(Matter.KEY, Saying("nyckeln finns"))


def _right(matter: Matter, text: Saying) -> Found:
    return Found(matter=matter, state=State.RIGHT, text=text)


def _doubtful(matter: Matter, text: Saying) -> Found:
    return Found(matter=matter, state=State.DOUBTFUL, text=text)


def _wrong(matter: Matter, text: Saying) -> Found:
    return Found(matter=matter, state=State.WRONG, text=text)
