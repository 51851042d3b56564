"""Calls that end in time, whatever they call.

A call runs in a thread of its own. One that does not end is left behind; it ends with its
socket, or with the program.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

Result = TypeVar("Result")


class DeadlinePassed(Exception):
    """A call did not end in time; what it did is unknown."""


def within(deadline_s: float, act: Callable[[], Result]) -> Result:
    """Return what a function gives, or raise what it raises, in so many seconds.

    Raises:
        DeadlinePassed: It has not ended by then; it goes on in its thread.
    """
    outcome: Future[Result] = Future()
    threading.Thread(target=_run, args=(outcome, act), name="exchange-call", daemon=True).start()
    if not wait([outcome], timeout=deadline_s).done:
        raise DeadlinePassed
    return outcome.result()


def _run(outcome: Future[Result], act: Callable[[], Result]) -> None:
    try:
        outcome.set_result(act())
    except BaseException as error:  # handed over to the thread that waits, bugs and all
        outcome.set_exception(error)
