"""Everything the assistant raises, in one tree.

Each error is one line: what, where, what to do. Never mail text, addresses or secrets.

An error carries a Swedish sentence and its values, ``NotFound("ärende {case}: finns inte",
case=7)``, so that each reader gets it in their own language from `Say.error` in `bot.texts`.
The check of the catalogues finds the sentences by the names of the classes.
"""

from __future__ import annotations

from collections.abc import Mapping


class Saying:
    """A Swedish sentence with ``{names}`` and their values, to be said in any language.

    A value may be a sentence itself. `str()` is the Swedish.
    """

    __slots__ = ("source", "values")

    def __init__(self, source: str, /, **values: object) -> None:
        self.source = source
        self.values: Mapping[str, object] = values

    def __str__(self) -> str:
        return self.source.format_map(self.values) if self.values else self.source

    def __repr__(self) -> str:
        return f"Saying({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Saying):
            return NotImplemented
        return (self.source, self.values) == (other.source, other.values)

    def __hash__(self) -> int:
        return hash(str(self))


class SammaDagError(Exception):
    """Base of every error raised by the assistant; `str()` is Swedish and fit to show.

    Attributes:
        source: A Swedish sentence, with ``{names}`` where values belong.
        values: What the names stand for.
    """

    retryable = False

    def __init__(self, source: str, /, **values: object) -> None:
        super().__init__(source)
        self.source = source
        self.values: Mapping[str, object] = values

    def __str__(self) -> str:
        return str(Saying(self.source, **self.values))


class UsageError(SammaDagError):
    """The command or the settings are wrong: exit code 2."""


class SettingsError(UsageError):
    """A setting is unknown, missing or has a bad value."""


class KnowledgeError(SammaDagError):
    """A file under knowledge/ or templates/ is wrong; names file and line."""

    def __init__(self, file: str, line: int | None, what: Saying) -> None:
        if line is None:
            super().__init__("{file}: {what}", file=file, what=what)
        else:
            super().__init__("{file} rad {line}: {what}", file=file, line=line, what=what)
        self.file = file
        self.line = line
        self.what = what


class BadValue(SammaDagError, ValueError):
    """A value in a settings, knowledge or template file does not hold together.

    Raised by validators of pydantic's models, which wrap it in a ValidationError.
    """


class WrongPart(BadValue):
    """Values do not hold together, and one of them must be another.

    Attributes:
        part: Which one, by its name in what they would have made.
    """

    def __init__(self, source: str, /, *, part: str, **values: object) -> None:
        super().__init__(source, **values)
        self.part = part


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
            "mallen {template}: uppgiften {missing} saknas; fyll i den eller skriv för hand",
            template=template,
            missing=missing,
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
