"""Every sentence that people read here, in Swedish and English.

Swedish is the source: a sentence is written in the code, ``say("Ärendet är stängt.")``,
and the English beside it stands in ``locale/en/LC_MESSAGES/sammadag.po``. Pure modules
return codes; `CODES` gives each code its Swedish sentence.

To add a sentence: write it with `say(...)`, `say.plural(...)`, as the first argument of an
error or of `Saying`, or with `mark(...)` in a table that is spoken later; run
``python tests/catalogues.py --update``; fill in the empty ``msgstr`` in the catalogue; run
``make check``. To add a code: add a line to `CODES` and do the same. Values are named,
``{antal}``, and nothing else may stand between braces, so that neither a translator nor a
mail can reach into an object. Call the speaker `say`: the check finds sentences by that name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Final

from bot.errors import SammaDagError, Saying
from bot.texts.codes import CODES

if TYPE_CHECKING:
    from gettext import NullTranslations

    from babel import Locale

SOURCE_LANGUAGE: Final = "sv"
CATALOGUES: Final = Path(__file__).parent.parent / "locale"
_LOCALES: Final[Mapping[str, str]] = {"sv": "sv_SE", "en": "en_GB"}
_AT: Final[Mapping[str, str]] = {"sv": "'kl.' HH:mm", "en": "'at' HH:mm"}
LANGUAGES: Final = tuple(_LOCALES)


def mark(source: str) -> str:
    """Return a sentence unchanged, and let the catalogue check find it in a table."""
    return source


def names_in(sentence: str) -> frozenset[str]:
    """Return the values that a sentence names; ValueError if it holds more than plain names."""
    return frozenset(name for _, name in _pieces(sentence) if name is not None)


def speaker(language: str) -> Say:
    """Return the speaker of a language tag such as ``sv``, ``en`` or ``en-GB``.

    An unknown language gives Swedish: staff must always get an answer they can read.
    """
    primary = language.replace("_", "-").partition("-")[0].lower()
    return _speaker(primary if primary in _LOCALES else SOURCE_LANGUAGE)


class Say:
    """Speaks one language. Called with a Swedish sentence, it says it in that language."""

    __slots__ = ("language",)

    def __init__(self, language: str) -> None:
        self.language: Final = language

    def __call__(self, source: str, /, **values: object) -> str:
        """Say a sentence, its ``{names}`` replaced by values.

        A value that is a `Saying` is said in the same language; any other is inserted as
        it is and never read as a sentence.

        Raises:
            KeyError: The sentence names a value that was not given.
        """
        said = {
            name: self.saying(value) if isinstance(value, Saying) else value
            for name, value in values.items()
        }
        return _fill(_catalogue(self.language).gettext(source), said)

    def saying(self, saying: Saying) -> str:
        """Say a sentence that carries its own values."""
        return self(saying.source, **saying.values)

    def error(self, error: SammaDagError) -> str:
        """Say in one line what went wrong, where, and what to do."""
        return self(error.source, **error.values)

    def plural(self, one: str, many: str, n: int, /, **values: object) -> str:
        """Say `one` or `many` after the number `n`, which is also the value ``{n}``."""
        sentence = _catalogue(self.language).ngettext(one, many, n)
        return _fill(sentence, {"n": self.number(n), **values})

    def code(self, code: str, /, **values: object) -> str:
        """Say the sentence of a code in `CODES`; an unknown code is returned as it is."""
        source = CODES.get(code)
        return code if source is None else self(source, **values)

    def month(self, day: date) -> str:
        """Say the month of a day with its year: ``mars 2026``."""
        from babel.dates import format_date

        return format_date(day, "LLLL y", locale=_locale(self.language))

    def date(self, day: date, *, year: bool = False) -> str:
        """Say a day: ``onsdag 4 mars``, with the year on request."""
        from babel.dates import format_date

        return format_date(day, _day_pattern(year), locale=_locale(self.language))

    def moment(self, instant: datetime, zone: tzinfo, *, year: bool = False) -> str:
        """Say an aware instant as the clock on a wall shows it: ``onsdag 4 mars kl. 14:05``."""
        from babel.dates import format_datetime

        if instant.utcoffset() is None:
            raise ValueError(f"an instant must be aware, got {instant!r}")
        pattern = f"{_day_pattern(year)} {_AT[self.language]}"
        local = instant.astimezone(zone).replace(tzinfo=None)
        return format_datetime(local, pattern, locale=_locale(self.language))

    def duration(self, span: timedelta, *, days: bool = True, short: bool = False) -> str:
        """Say a length of time in its two largest units, rounded down to minutes.

        Args:
            span: Not negative.
            days: Whether 24 hours make a day; say no for working time, where they do not.
            short: ``2 tim 5 min`` for tables instead of ``2 timmar och 5 minuter``.
        """
        minutes, left_out = divmod(span, timedelta(minutes=1))
        if minutes < 0:
            raise ValueError(f"a duration is not negative, got {span!r}")
        if minutes == 0 and left_out:
            return self(mark("under en minut"))
        from babel.lists import format_list

        parts = [
            _unit(amount, unit, short, self.language) for amount, unit in _split(minutes, days)
        ]
        if short:
            return " ".join(parts)
        return format_list(parts, locale=_locale(self.language))

    def number(self, value: float, *, decimals: int = 0) -> str:
        """Say a number with grouped thousands: ``12 345,5``."""
        from babel.numbers import format_decimal

        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return format_decimal(value, pattern, locale=_locale(self.language))

    def percent(self, share: float) -> str:
        """Say a share in [0, 1] as whole per cent: ``93 %``."""
        from babel.numbers import format_percent

        return format_percent(share, locale=_locale(self.language))

    def listing(self, items: Iterable[str]) -> str:
        """Say several things in one breath: ``a, b och c``; nothing gives the empty string."""
        from babel.lists import format_list

        return format_list(list(items), locale=_locale(self.language))


@lru_cache
def _speaker(language: str) -> Say:
    return Say(language)


@lru_cache
def _catalogue(language: str) -> NullTranslations:
    from gettext import GNUTranslations, NullTranslations

    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    source = CATALOGUES / language / "LC_MESSAGES" / "sammadag.po"
    compiled = source.with_suffix(".mo")  # `make setup` makes it
    if compiled.is_file() and compiled.stat().st_mtime >= source.stat().st_mtime:
        with compiled.open("rb") as file:
            return GNUTranslations(file)
    return GNUTranslations(_compiled(source, language))


def _compiled(source: Path, language: str) -> BytesIO:
    """Compile a catalogue, which takes longer than all else that a small command does."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return compiled


@lru_cache
def _locale(language: str) -> Locale:
    from babel import Locale

    return Locale.parse(_LOCALES[language])


@lru_cache(maxsize=2048)
def _pieces(sentence: str) -> tuple[tuple[str, str | None], ...]:
    """Split a sentence into literal text and the name of the value after it."""
    pieces = []
    for literal, name, spec, conversion in Formatter().parse(sentence):
        if name is not None and (spec or conversion or not name.isidentifier()):
            raise ValueError(f"only a plain {{name}} may stand in a sentence: {sentence!r}")
        pieces.append((literal, name))
    return tuple(pieces)


def _fill(sentence: str, values: Mapping[str, object]) -> str:
    return "".join(
        literal if name is None else f"{literal}{values[name]}"
        for literal, name in _pieces(sentence)
    )


def _day_pattern(year: bool) -> str:
    return "EEEE d MMMM y" if year else "EEEE d MMMM"


def _split(minutes: int, days: bool) -> list[tuple[int, str]]:
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24) if days else (0, hours)
    amounts = [(day, "day"), (hour, "hour"), (minute, "minute")]
    first = next((index for index, (amount, _) in enumerate(amounts) if amount), 2)
    return [pair for pair in amounts[first : first + 2] if pair[0]] or [(0, "minute")]


def _unit(amount: int, unit: str, short: bool, language: str) -> str:
    from babel.units import format_unit

    if short and amount == 1 and language == SOURCE_LANGUAGE:
        # Swedish has one short form, of which Babel knows the plural only: "1 dygn" beside "2 d".
        return _unit(2, unit, short, language).replace("2", "1")
    return format_unit(amount, unit, "short" if short else "long", locale=_locale(language))
