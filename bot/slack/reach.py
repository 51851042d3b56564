"""Whether Slack has answered lately, so that nobody waits for it in vain."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger()

_FIRST_WAIT_S = 2.0
_LONGEST_WAIT_S = 30.0


class Reach:
    """Shared by all who call Slack; after a failure nobody tries for a while."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._failures = 0
        self._until = 0.0

    @property
    def is_down(self) -> bool:
        """Tell whether it is too early to try again."""
        with self._lock:
            return self._failures > 0 and self._monotonic() < self._until

    @property
    def wait_s(self) -> float:
        """Return how long to wait before the next try."""
        with self._lock:
            return max(0.0, self._until - self._monotonic()) if self._failures else 0.0

    def failed(self, because: str) -> None:
        """Note that a call did not get through."""
        with self._lock:
            self._failures += 1
            wait = min(_FIRST_WAIT_S * 2.0 ** min(self._failures - 1, 10), _LONGEST_WAIT_S)
            self._until = self._monotonic() + wait
            first = self._failures == 1
        if first:
            log.warning("slack_unreachable", because=because)

    def worked(self) -> None:
        """Note that a call got through."""
        with self._lock:
            failures, self._failures = self._failures, 0
        if failures:
            log.info("slack_back", failures=failures)
