"""The clock: the only place that reads the time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where a service learns what time it is."""

    def now(self) -> datetime:
        """Return the present instant, aware and in UTC."""

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start; never goes back."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """See `Clock.now`."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return time.monotonic()


class FixedClock:
    """A clock that stands still until it is moved; for tests, simulations and `--now`."""

    def __init__(self, at: datetime) -> None:
        if at.utcoffset() is None:
            raise ValueError(f"a clock needs an aware instant, got {at!r}")
        self._now = at.astimezone(UTC)
        self._start = self._now

    def now(self) -> datetime:
        """See `Clock.now`."""
        return self._now

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return (self._now - self._start).total_seconds()

    def advance(self, by: timedelta) -> None:
        """Move the clock forward."""
        self._now += by

    def set(self, at: datetime) -> None:
        """Move the clock to an aware instant."""
        self._now = at.astimezone(UTC)
