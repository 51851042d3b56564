"""The file of open customer invoices, as a finance system exports it: bytes -> rows and faults.

The file is read as a stream and never trusted: a line, a joined row and a field have a
longest length, a lone quotation mark costs its own line only, and a row that cannot be
understood is a fault with its line and its column, never an exception. What stood in the row
is not repeated, since it may be a person's name or number.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple, TextIO

from bot.errors import DataError
from bot.vocabulary import InvoiceStage

LONGEST_LINE: Final = 65_536
"""Characters; a longer line is a fault and is passed over without being kept."""
_MOST_JOINED: Final = 10
"""Lines over which a field in quotation marks may stretch."""
_LONGEST_NUMBER: Final = 30
_LONGEST_NAME: Final = 200
_LONGEST_AMOUNT: Final = 40
_YEARS: Final = range(1900, 3000)
_UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Column(StrEnum):
    """What the ledger knows of an invoice; the file may call it otherwise."""

    NUMBER = "number"
    OCR = "ocr"
    CUSTOMER_NO = "customer_no"
    CUSTOMER = "customer"
    DUE = "due"
    AMOUNT = "amount"
    STAGE = "stage"
    PAID_ON = "paid_on"


DEFAULT_HEADER: Final[Mapping[Column, str]] = {
    Column.NUMBER: "fakturanr",
    Column.OCR: "ocr",
    Column.CUSTOMER_NO: "kundnr",
    Column.CUSTOMER: "kund",
    Column.DUE: "förfallodatum",
    Column.AMOUNT: "belopp",
    Column.STAGE: "status",
    Column.PAID_ON: "betaldatum",
}
DEFAULT_STAGES: Final[Mapping[str, InvoiceStage]] = {
    "öppen": InvoiceStage.OPEN,
    "påmind": InvoiceStage.REMINDED,
    "inkasso": InvoiceStage.COLLECTION,
    "betald": InvoiceStage.PAID,
    "krediterad": InvoiceStage.CREDITED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFormat:
    """How one finance system writes its file.

    Attributes:
        header: What the file calls each column, in any case; a column that it has not is
            absent. Number, due date, amount and stage must be there.
        separator: One character.
        decimal_mark: ``,`` or ``.``.
        stages: What the file calls each stage, in lower case.
    """

    header: Mapping[Column, str] = field(default_factory=lambda: DEFAULT_HEADER)
    separator: str = ";"
    decimal_mark: str = ","
    stages: Mapping[str, InvoiceStage] = field(default_factory=lambda: DEFAULT_STAGES)


class Invoice(NamedTuple):
    """A customer invoice as the ledger has it; a tuple, since millions of them pass by.

    ``amount_ore`` below zero is a credit note. ``number`` and ``ocr`` are digits.
    """

    number: str
    ocr: str | None
    customer_no: str | None
    customer: str | None
    due: date | None
    amount_ore: int
    stage: InvoiceStage
    paid_on: date | None


class FaultKind(StrEnum):
    """What can be wrong with a row."""

    FIELDS = "fields"
    TOO_LONG = "too_long"
    NUMBER = "number"
    OCR = "ocr"
    CUSTOMER_NO = "customer_no"
    DUE = "due"
    AMOUNT = "amount"
    STAGE = "stage"
    PAID_ON = "paid_on"
    DUPLICATE = "duplicate"


class Fault(NamedTuple):
    """A row with a fault, by its line in the file; the header is line 1.

    Attributes:
        number: The invoice that is there more than once; None for any other fault.
    """

    line: int
    kind: FaultKind
    number: str | None = None


class Row(NamedTuple):
    """An invoice, and the line on which it begins."""

    line: int
    invoice: Invoice


class LedgerRefused(DataError):
    """The file as a whole cannot be trusted; the old ledger stays."""


def detect_encoding(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Return (encoding, lines at most) of a file that is given piece by piece.

    A file in which letters beyond ASCII were valid UTF-8 before a fault is damaged UTF-8 and
    not cp1252: read as that, every name would be wrong.

    Raises:
        LedgerRefused: It is neither UTF-8 nor cp1252.
    """
    utf8 = codecs.getincrementaldecoder("utf-8")()
    cp1252 = codecs.getincrementaldecoder("cp1252")()
    is_utf8, is_cp1252, beyond_ascii, lines = True, True, False, 1
    for index, chunk in enumerate(chunks):
        lines += chunk.count(b"\n") + chunk.count(b"\r") - chunk.count(b"\r\n")
        is_cp1252 = is_cp1252 and not (index == 0 and chunk.startswith(_UTF16_MARKS))
        if is_utf8:
            try:
                beyond_ascii = not utf8.decode(chunk).isascii() or beyond_ascii
            except UnicodeDecodeError as error:
                is_utf8 = False
                beyond_ascii = beyond_ascii or not error.object[: error.start].isascii()
        is_cp1252 = is_cp1252 and not beyond_ascii and _decodes(cp1252, chunk)
    if is_utf8 and _decodes(utf8, b"", final=True):
        return "utf-8-sig", lines
    if is_cp1252:
        return "cp1252", lines
    raise LedgerRefused("filen är varken UTF-8 eller cp1252; spara den i någon av dem")


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def read_rows(text: TextIO, form: LedgerFormat) -> Iterator[Row | Fault]:
    """Yield each row of a file in order, or what is wrong with it; empty lines are passed over.

    A row whose OCR number is malformed comes twice: as a fault, and without the number.

    Args:
        text: Opened with universal newlines.

    Raises:
        LedgerRefused: A column is missing, before anything is yielded.
    """
    lines = _Lines(text)
    layout = _Layout(_header(lines, form.separator), form)
    width, separator = layout.width, form.separator
    while (found := lines.next()) is not None:
        number, line = found
        if line is None:
            yield Fault(number, FaultKind.TOO_LONG)
            continue
        plain = '"' not in line
        fields = line.split(separator) if plain else _quoted(line, lines, separator, width)
        if len(fields) != width:
            if line and not line.isspace():
                yield Fault(number, FaultKind.FIELDS)
            continue
        read = layout.read(fields)
        if isinstance(read, FaultKind):
            yield Fault(number, read)
            continue
        if read.ocr is None and layout.has_ocr(fields):
            yield Fault(number, FaultKind.OCR)
        yield Row(number, read)


def _header(lines: _Lines, separator: str) -> list[str]:
    """Return the fields of the first line that is not empty; none if there is no such line."""
    while (found := lines.next()) is not None and found[1] is not None:
        if found[1].strip():
            return _split(found[1], separator)[0]
    return []


def to_ore(text: str, decimal_mark: str = ",") -> int | None:
    """Return an amount in öre, exactly; None if it is no amount in whole öre.

    Thousands may be grouped by spaces and by the mark that is not the decimal one, in groups
    of three. A minus may stand before or after.
    """
    if len(text) > _LONGEST_AMOUNT:
        return None
    found = _AMOUNTS[decimal_mark].fullmatch(text.strip())
    if found is None:
        return None
    before, whole, decimals, after = found.groups()
    if before and after:
        return None
    digits = whole.replace(" ", "")
    kronor = int(digits if digits.isdigit() else _NOT_DIGITS.sub("", digits))
    ore = 100 * kronor + (0 if decimals is None else int(decimals.ljust(2, "0")))
    return -ore if before or after else ore


def _amount(decimal_mark: str, grouping: str) -> re.Pattern[str]:
    return re.compile(
        rf"([-−])?\s?([0-9]{{1,15}}|[0-9]{{1,3}}(?:[ \u00a0\u202f{grouping}][0-9]{{3}}){{1,4}})"
        rf"(?:{decimal_mark}([0-9]{{1,2}})0*)?\s?([-−])?"
    )


_AMOUNTS: Final = {",": _amount(",", "."), ".": _amount(r"\.", ",")}
_NOT_DIGITS: Final = re.compile(r"[^0-9]")


@lru_cache(maxsize=8192)
def to_day(text: str) -> date | None:
    """Return the day that ``2026-03-31`` or ``20260331`` names, None if there is none."""
    text = text.strip()
    dashed = len(text) == 10 and text[4] == text[7] == "-"
    digits = text[:4] + text[5:7] + text[8:] if dashed else text
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        return None
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


class _Lines:
    """The lines of a file with their numbers; some can be given back."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._number = 0
        self._back: deque[tuple[int, str | None]] = deque()

    def next(self) -> tuple[int, str | None] | None:
        """Return (number, line without its end), None for the line if it was too long."""
        if self._back:
            return self._back.popleft()
        line = self._text.readline(LONGEST_LINE)
        if not line:
            return None
        self._number += 1
        if len(line) < LONGEST_LINE or line.endswith("\n"):
            return self._number, line.removesuffix("\n")
        while line and not line.endswith("\n"):
            line = self._text.readline(LONGEST_LINE)
        return self._number, None

    def give_back(self, lines: Sequence[tuple[int, str | None]]) -> None:
        """Let lines that were read ahead come again."""
        self._back.extendleft(reversed(lines))


def _quoted(line: str, lines: _Lines, separator: str, width: int) -> list[str]:
    """Split a line with quotation marks; join the next ones if that makes the row whole."""
    fields, is_open = _split(line, separator)
    if not is_open:
        return fields
    ahead: list[tuple[int, str | None]] = []
    joined = line
    while len(ahead) < _MOST_JOINED and (found := lines.next()) is not None:
        ahead.append(found)
        if found[1] is None or len(joined) + len(found[1]) >= LONGEST_LINE:
            break
        joined += "\n" + found[1]
        if '"' not in found[1]:
            continue
        whole, is_open = _split(joined, separator)
        if not is_open:
            if len(whole) == width:
                return whole
            break
    lines.give_back(ahead)
    return []


def _split(text: str, separator: str) -> tuple[list[str], bool]:
    """Return (fields, whether the last one still waits for its closing quotation mark)."""
    rows = list(csv.reader([line + "\n" for line in text.split("\n")], delimiter=separator))
    fields = rows[0] if len(rows) == 1 else []
    return fields, bool(fields) and fields[-1].endswith("\n")


class _Layout:
    """Where each column stands, and how to read a row."""

    def __init__(self, names: Sequence[str], form: LedgerFormat) -> None:
        found = {" ".join(name.split()).casefold(): place for place, name in enumerate(names)}
        missing = [name for name in form.header.values() if name.casefold() not in found]
        if missing:
            raise LedgerRefused(
                "kolumner saknas i filens första rad: {columns}; kontrollera filen eller "
                "inställningen ledger.columns",
                columns=", ".join(missing),
            )
        self.width = len(names)
        place = {column: found[name.casefold()] for column, name in form.header.items()}
        self._pick = itemgetter(*(place.get(column, self.width) for column in Column))
        self._ocr = place.get(Column.OCR)
        self._mark = form.decimal_mark
        self._stages = form.stages

    def has_ocr(self, fields: Sequence[str]) -> bool:
        """Tell whether a row has anything where the OCR number stands."""
        return self._ocr is not None and bool(fields[self._ocr].strip())

    def read(self, fields: list[str]) -> Invoice | FaultKind:
        """Return the invoice of a row, or its first fault."""
        fields.append("")  # what stands in a column that the file has not
        number, ocr, customer_no, customer, due, amount, stage, paid_on = self._pick(fields)
        number = number.strip()
        if not _is_number(number):
            return FaultKind.NUMBER
        due_on = to_day(due)
        if due_on is None and due.strip():
            return FaultKind.DUE
        ore = to_ore(amount, self._mark)
        if ore is None:
            return FaultKind.AMOUNT
        reached = self._stages.get(stage) or self._stages.get(stage.strip().casefold())
        if reached is None:
            return FaultKind.STAGE
        paid = to_day(paid_on) if paid_on else None
        if paid is None and paid_on.strip():
            return FaultKind.PAID_ON
        whose = _text(customer_no)
        if whose is not None and len(whose) > _LONGEST_NUMBER:
            return FaultKind.CUSTOMER_NO
        ocr = ocr.replace(" ", "")
        pays = ocr if _is_number(ocr) else None
        return Invoice(number, pays, whose, _text(customer), due_on, ore, reached, paid)


_NUMBER: Final = re.compile(rf"[0-9]{{1,{_LONGEST_NUMBER}}}").fullmatch


def _is_number(text: str) -> bool:
    return _NUMBER(text) is not None


def _text(field_: str) -> str | None:
    """Return a text that a database can hold; letters are kept, control characters are not."""
    text = field_ if field_.isprintable() else "".join(map(_printable, field_[:LONGEST_LINE]))
    return text.strip()[:_LONGEST_NAME].rstrip() or None


def _printable(letter: str) -> str:
    return letter if letter.isprintable() else " "
