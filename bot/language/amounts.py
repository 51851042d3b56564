"""Amounts of money in a text.

Only what says that it is money counts: a number with öre after a comma, or one beside ``kr``,
``SEK`` or ``belopp``. Whether it is the amount of an invoice, nobody here knows.
"""

from __future__ import annotations

import re
from typing import Final

_EXAMINED: Final = 20_000
_MOST: Final = 20

# Every quantifier is bounded, so that no text takes more than linear time.
_AMOUNT = re.compile(
    r"(?P<before>\b(?:kr|sek|kronor|belopp(?:et)?|summan?|amount)(?: på| of)?:?[ \u00a0]{0,2})?"
    r"(?<![\d.,])(?P<whole>\d{1,3}(?:[ \u00a0.]\d{3}){1,3}|\d{1,9})"
    r"(?:(?P<sign>[,.:])(?P<ore>\d{2}))?(?![.,]?\d)"
    r"(?P<after>[ \u00a0]?(?:kr\b|kronor\b|sek\b|:-))?",
    re.IGNORECASE,
)


def find_amounts(text: str) -> tuple[int, ...]:
    """Return the amounts of a text in öre, each once, in order; at most twenty.

    The first 20,000 characters are read.
    """
    found: dict[int, None] = {}
    for match in _AMOUNT.finditer(text[:_EXAMINED]):
        if not (match["before"] or match["after"] or match["sign"] == ","):
            continue
        whole = "".join(sign for sign in match["whole"] if sign.isdecimal())
        found[int(whole) * 100 + int(match["ore"] or 0)] = None
        if len(found) == _MOST:
            break
    return tuple(found)
