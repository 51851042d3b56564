"""What all tables have in common: names of keys, and types that both databases keep alike.

A SQLite file holds instants as seconds since 1970, UTC, and texts packed (`bot.store.packing`);
so it is far smaller than with instants as text and texts as they are. A whole second is a whole
number, which takes half the room of one with a fraction; SQLite orders both kinds together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from math import floor
from typing import Any, ClassVar, Final, NamedTuple

from sqlalchemy import (
    BLOB,
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from bot.store.engine import stored_json
from bot.store.packing import (
    pack_bytes,
    pack_short,
    pack_text,
    unpack_bytes,
    unpack_short,
    unpack_text,
)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = 86_400
_MICROS: Final = 1_000_000
_EXACT: Final = 2**33
"""Seconds from 1970, there or back, within which a fraction keeps all its microseconds."""
_DIGEST: Final = re.compile(r"[0-9a-f]{32}")

Convert = Callable[[Any], Any]


class _Way(NamedTuple):
    """How a column is packed."""

    pack: Convert
    unpack: Convert


_TEXT: Final = _Way(pack_text, unpack_text)
_LINE: Final = _Way(pack_short, unpack_short)


def stored_instant(at: datetime) -> int | float:
    """Return an aware instant as a SQLite file holds it; whole seconds before 1698, after 2241."""
    span = at - _EPOCH
    seconds = span.days * _DAY + span.seconds
    if not span.microseconds or not -_EXACT < seconds < _EXACT:
        return seconds
    return (seconds * _MICROS + span.microseconds) / _MICROS


def told_instant(stored: float) -> datetime:
    """Return the aware UTC instant that a SQLite file holds."""
    if isinstance(stored, int):
        return _EPOCH + timedelta(seconds=stored)
    seconds = floor(stored)
    return _EPOCH + timedelta(seconds=seconds, microseconds=round((stored - seconds) * _MICROS))


def _unless_none(convert: Convert) -> Convert:
    return lambda value: None if value is None else convert(value)


class _Seconds(sqlite.DATETIME):
    """A column that is declared as ever, and holds seconds (`stored_instant`)."""

    def bind_processor(self, dialect: Dialect) -> Convert:
        return _unless_none(stored_instant)

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert:
        return _unless_none(told_instant)

    def literal_processor(self, dialect: Dialect) -> Convert:
        return lambda value: repr(stored_instant(value))


class _PackedBlob(BLOB):
    """A column of packed bytes."""

    def bind_processor(self, dialect: Dialect) -> Convert:
        return _unless_none(pack_bytes)

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert:
        return _unless_none(unpack_bytes)


class _JsonText(UserDefinedType[Any]):
    """A column that is declared as JSON, and gets texts and bytes as they are.

    SQLAlchemy puts a type of its own in the place of whatever is a JSON of SQLite.
    """

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "JSON"


class PackedJson(TypeDecorator[Any]):
    """JSON, packed in a SQLite file; no SQL can look into it."""

    impl = JSON
    cache_ok = True
    way: ClassVar[_Way] = _TEXT

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Store texts and bytes in a SQLite file."""
        kind = _JsonText() if dialect.name == "sqlite" else JSON(none_as_null=True)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> Any:  # noqa: ANN401 - JSON
        """Pack for SQLite."""
        return (
            value
            if value is None or dialect.name != "sqlite"
            else self.way.pack(stored_json(value))
        )

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any:  # noqa: ANN401 - JSON
        """Unpack what SQLite has."""
        if value is None or dialect.name != "sqlite":
            return value
        return json.loads(self.way.unpack(value))


class ShortJson(PackedJson):
    """JSON that is a line long."""

    cache_ok = True
    way = _LINE


class PackedText(TypeDecorator[str]):
    """A text of people, packed in a SQLite file; no SQL can look into it."""

    impl = Text
    cache_ok = True
    way: ClassVar[_Way] = _TEXT

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401 - bytes
        """Pack a text for SQLite."""
        return value if value is None or dialect.name != "sqlite" else self.way.pack(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ANN401
        """Unpack a text of SQLite."""
        return value if value is None or dialect.name != "sqlite" else self.way.unpack(value)


class ShortText(PackedText):
    """A text that is a line long, packed in a SQLite file; no SQL can look into it."""

    cache_ok = True
    way = _LINE


class Digest(TypeDecorator[str]):
    """A sum in hexadecimal digits, as bytes in a SQLite file; other text stays what it is."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401 - bytes
        """Store bytes in a SQLite file."""
        if value is None or dialect.name != "sqlite" or not _DIGEST.fullmatch(value):
            return value
        return bytes.fromhex(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ANN401
        """Hand out digits."""
        return value.hex() if isinstance(value, bytes) else value


def _digits(stored: Any) -> Any:  # noqa: ANN401 - bytes, text or None
    return stored.hex() if isinstance(stored, bytes) else stored


PackedBytes = LargeBinary().with_variant(_PackedBlob(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant, on SQLite (which knows none) and PostgreSQL alike."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Store numbers in a SQLite file."""
        if dialect.name != "sqlite":
            return dialect.type_descriptor(self.impl_instance)
        return dialect.type_descriptor(_Seconds())  # type: ignore[no-untyped-call]

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; refuse a naive instant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: attach a zone before storing it")
        return value if value.tzinfo is UTC else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Hand out aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Row(DeclarativeBase):
    """Base of all mapped classes."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[dict[str, Any]]: JSON,
    }


def plain_rows(
    table: Table, columns: Sequence[str]
) -> Callable[[Iterable[Sequence[Any]]], Iterator[list[Any]]]:
    """Return what makes rows for PostgreSQL's COPY of rows as a SQLite file holds them."""
    changes = [
        (place, convert)
        for place, name in enumerate(columns)
        if (convert := _out_of_file(table.columns[name].type)) is not None
    ]

    def rows_of(rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
        for row in rows:
            plain = list(row)
            for place, convert in changes:
                if plain[place] is not None:
                    plain[place] = convert(plain[place])
            yield plain

    return rows_of


def _out_of_file(kind: TypeEngine[Any]) -> Convert | None:
    """Return what makes a plain value of one of a SQLite file; None where it is one."""
    if isinstance(kind, UtcDateTime):
        return told_instant
    if isinstance(kind, PackedText | PackedJson):
        return kind.way.unpack
    if kind is PackedBytes:
        return unpack_bytes
    return _digits if isinstance(kind, Digest) else None


# SQLite numbers rows by itself only for a column of type INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")
