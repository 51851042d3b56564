"""Files of customer invoices for tests, as a finance system exports them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

HEADER = "fakturanr;ocr;kundnr;kund;förfallodatum;belopp;status;betaldatum"


def row(
    number: object = 40000001,
    *,
    ocr: object = "",
    customer_no: object = 1001,
    customer: str = "Bolaget AB",
    due: str = "2026-03-31",
    amount: str = "1 234,50",
    stage: str = "öppen",
    paid_on: str = "",
) -> str:
    """Return one line of a file in the default format."""
    parts = (number, ocr, customer_no, customer, due, amount, stage, paid_on)
    return ";".join(map(str, parts))


def write_ledger(
    path: Path, lines: Iterable[str], *, header: str = HEADER, encoding: str = "utf-8"
) -> Path:
    """Write a file of a header and lines; return its path."""
    path.write_bytes("".join(f"{line}\r\n" for line in (header, *lines)).encode(encoding))
    return path


def many(count: int, *, first: int = 40000000, **parts: object) -> list[str]:
    """Return lines with numbers that follow each other, each with an OCR number of its own."""
    return [
        row(number, ocr=f"{number}9", customer_no=number % 1000, **parts)  # type: ignore[arg-type]
        for number in range(first, first + count)
    ]
