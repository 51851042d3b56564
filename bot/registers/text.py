"""What may be written in a register: free text of staff, without what must not stay there."""

from __future__ import annotations

import unicodedata
from typing import Final

from bot.errors import DataError
from bot.privacy import find_personal_numbers

LONGEST_TEXT: Final = 4000
"""Letters of one entry; what is longer belongs in a document of its own."""

_BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_text(text: str) -> str:
    """Return what somebody wrote without control characters and without blanks around it.

    Raises:
        DataError: It is empty, too long, or holds a personal number: a register goes to
            meetings and nothing in it can be taken back.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        sign
        for sign in lines
        if sign in "\n\t" or (unicodedata.category(sign) not in ("Cc", "Cs") and sign not in _BIDI)
    ).strip()
    if not kept:
        raise DataError("texten saknas")
    if len(kept) > LONGEST_TEXT:
        raise DataError("texten är för lång; högst {most} tecken", most=LONGEST_TEXT)
    if any(not number.labelled_otherwise for number in find_personal_numbers(kept)):
        raise DataError(
            "texten innehåller ett personnummer; skriv utan det och hänvisa till ärendet, "
            "för i ett register går inget att ta bort"
        )
    return kept
