"""Waking the dispatcher: at once in this process, and across processes on PostgreSQL."""

from __future__ import annotations

import threading
from contextlib import suppress

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from bot.store.actions import CHANNEL
from bot.store.engine import is_sqlite


class Wakeup:
    """Waits for new actions; a missed call only means that the time-out decides."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._called = threading.Event()
        self._listener: Connection | None = None

    def call(self) -> None:
        """Wake the waiter in this process."""
        self._called.set()

    def wait(self, timeout_s: float) -> None:
        """Return when called, when another process planned an action, or after a time-out."""
        if is_sqlite(self._engine) or self._called.is_set():
            self._called.wait(timeout_s)
        else:
            self._listen(timeout_s)
        self._called.clear()

    def close(self) -> None:
        """Give back the listening connection."""
        if self._listener is not None:
            with suppress(DBAPIError):
                self._listener.close()
            self._listener = None

    def _listen(self, timeout_s: float) -> None:
        import psycopg

        try:
            if self._listener is None:
                self._listener = self._engine.connect().execution_options(
                    isolation_level="AUTOCOMMIT"
                )
                self._listener.execute(text(f"LISTEN {CHANNEL}"))
            raw = self._listener.connection.driver_connection
            assert isinstance(raw, psycopg.Connection)
            for _ in raw.notifies(timeout=min(timeout_s, 1.0), stop_after=1):
                return
        except (DBAPIError, psycopg.Error):
            self.close()
            self._called.wait(min(timeout_s, 1.0))
