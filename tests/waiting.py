"""Waiting for what other threads and processes do, with a deadline and no longer than needed."""

from __future__ import annotations

import time
from collections.abc import Callable


def until(condition: Callable[[], object], *, seconds: float = 10.0) -> float:
    """Wait until something holds; return the seconds that it took, or fail."""
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > seconds:
            raise AssertionError(f"did not come true within {seconds} s")
        time.sleep(0.01)
    return time.monotonic() - started
