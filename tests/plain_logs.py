"""How tests log: as the program does where nothing is set up, but for what tracebacks show."""

from __future__ import annotations

import structlog


def log_plainly() -> None:
    """Set logging back to structlog's defaults, with tracebacks as Python writes them.

    The default draws all local variables of each frame. Where one of them leads to the whole
    house, one traceback takes up to a hundred seconds of a core (2026-11).
    """
    structlog.reset_defaults()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ]
    )
