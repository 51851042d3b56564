"""Making the pieces of a history in several processes; they arrive in order."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from threading import Semaphore
from typing import Final

from bot.material import load_material
from bot.settings import Settings
from bot.simulate.city import Moulds
from bot.simulate.history import History, Wishes, moulds_of
from bot.simulate.mail_moulds import Draft, MailMould
from bot.simulate.rows import Rows

_AHEAD: Final = 4
"""Pieces that each process may be ahead of the writer."""
_DRAFTS: Final = 25
_OBJECTS: Final = 200_000


@dataclass(slots=True)
class _Worker:
    history: History
    moulds: Moulds


_worker: list[_Worker] = []
"""What this process works on; filled once, when it starts."""


@contextmanager
def pieces_of(history: History, *, alone: bool) -> Iterator[Iterator[Rows]]:
    """Give the pieces of a history, in order.

    Args:
        alone: Make them in this process.
    """
    if alone:
        moulds = moulds_of([_made(history, one) for one in history.drafts()])
        yield (history.play(number, moulds) for number in range(history.pieces))
        return
    processes = max(2, os.cpu_count() or 1)
    context = get_context("spawn")
    # Settings that were loaded are of a class of their own, which other processes cannot know.
    settings = Settings.model_validate(history.city.settings.model_dump())
    given = (history.wishes, settings)
    with context.Pool(processes, _begin, (*given, None)) as pool:
        moulds = moulds_of(pool.map(_make, history.drafts(), chunksize=_DRAFTS))
    turns = Semaphore(_AHEAD * processes)
    with context.Pool(processes, _begin, (*given, moulds)) as pool:
        yield _in_turn(pool.imap(_play, _numbers(history.pieces, turns)), turns)


def spare_garbage() -> None:
    """Look for garbage seldom: rows are many, and none of them is in a circle."""
    gc.freeze()
    gc.set_threshold(_OBJECTS, 20, 20)


def _numbers(pieces: int, turns: Semaphore) -> Iterator[int]:
    for number in range(pieces):
        turns.acquire()
        yield number


def _in_turn(made: Iterator[Rows], turns: Semaphore) -> Iterator[Rows]:
    for rows in made:
        yield rows
        turns.release()


def _begin(wishes: Wishes, settings: Settings, moulds: Moulds | None) -> None:
    history = History(wishes, settings, load_material(settings))
    spare_garbage()
    empty = Moulds(opening=(), follow_ups=(), ignored=())
    _worker.append(_Worker(history=history, moulds=moulds or empty))


def _make(given: tuple[str, Draft]) -> tuple[str, MailMould | None]:
    return _made(_worker[0].history, given)


def _made(history: History, given: tuple[str, Draft]) -> tuple[str, MailMould | None]:
    kind, draft = given
    return kind, history.maker.make(draft)


def _play(number: int) -> Rows:
    return _worker[0].history.play(number, _worker[0].moulds)
