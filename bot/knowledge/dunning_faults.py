"""Whether the files about runs agree with themselves and with the processes."""

from __future__ import annotations

from bot.knowledge.comparing import Errors, placed, twice, unknown, values
from bot.knowledge.files import Files
from bot.texts import mark


def faults(files: Files) -> Errors:
    """Yield keys that stand twice, and processes that do not exist."""
    yield from _groups(files)
    yield from _payment_runs(files)


def _groups(files: Files) -> Errors:
    document = files.dunning
    if document is None:
        return
    entries = placed(("groups",), document.content.groups)
    yield from twice(document, mark("nyckeln"), values(entries, "key"))
    yield from twice(document, mark("kundsorten"), values(entries, "kinds"))
    yield from twice(document, mark("början av kundnumret"), values(entries, "numbers"))


def _payment_runs(files: Files) -> Errors:
    document = files.payment_runs
    if document is None or files.processes is None:
        return
    known = {process.key for process in files.processes.content.processes}
    entries = placed(("runs",), document.content.runs)
    yield from unknown(document, mark("processen"), values(entries, "process"), known)
