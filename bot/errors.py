"""Everything the assistant raises, in one tree.

Each error is one line: what, where, what to do. Never mail text, addresses or secrets.
"""

from __future__ import annotations


class SammaDagError(Exception):
    """Base of every error raised by the assistant; `str()` is fit to show."""

    retryable = False


class UsageError(SammaDagError):
    """The command or the settings are wrong: exit code 2."""


class SettingsError(UsageError):
    """A setting is unknown, missing or has a bad value."""


class KnowledgeError(SammaDagError):
    """A file under knowledge/ or templates/ is wrong; names file and line."""

    def __init__(self, file: str, line: int | None, what: str) -> None:
        where = file if line is None else f"{file} line {line}"
        super().__init__(f"{where}: {what}")
        self.file = file
        self.line = line
        self.what = what


class DataError(SammaDagError):
    """Something was wrong with the data and is named: exit code 1."""


class IllegalChange(DataError):
    """A case cannot go from its status to the wished one."""


class NotFound(DataError):
    """No case, message or person with that number or name."""


class ReplyHasHole(SammaDagError):
    """A template lacks a value, so the reply must not be sent."""

    def __init__(self, template: str, missing: str) -> None:
        super().__init__(
            f"template {template}: the value {missing} is missing; fill it in or write by hand"
        )
        self.template = template
        self.missing = missing


class DatabaseUnavailable(SammaDagError):
    """The database is locked, full or gone; the same call may succeed later."""

    retryable = True


class StoreRefused(SammaDagError):
    """The database refuses these rows: a value it cannot hold, or one stored meanwhile."""


class SchemaOutdated(UsageError):
    """The database has an older schema than the program."""


class AlreadyRunning(UsageError):
    """Another process already runs on the same SQLite file."""
