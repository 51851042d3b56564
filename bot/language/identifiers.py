"""What names a person for certain: an e-mail address or a number, however it is written.

Names are not here: many people share one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_FEWEST_DIGITS: Final = 6
_LONGEST: Final = 254
_ADDRESS: Final = re.compile(r"[^\s@<>\"',;:()]{1,64}@[^\s@<>\"',;:()]{1,190}")
_NUMBER: Final = re.compile(r"\+?[0-9][0-9 ()/.\u00a0\u2010-\u2014+-]*")
_NOT_DIGITS: Final = re.compile(r"[^0-9]+")
_ADDRESS_ENDS: Final = frozenset(".-_+")
_SWEDEN: Final = "46"
_WITH_CENTURY: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """One address or one number.

    Attributes:
        address: In small letters; empty for a number.
        digits: Those that stand in every way of writing the number; empty for an address.
    """

    address: str = ""
    digits: str = ""

    @classmethod
    def parse(cls, text: str) -> Identifier | None:
        """Return what a person typed; None for what is neither.

        A personal number is known with and without its century, a phone number with its zero
        or with +46.
        """
        given = text.strip()
        if len(given) > _LONGEST:
            return None
        if _ADDRESS.fullmatch(given):
            return cls(address=given.lower())
        if not _NUMBER.fullmatch(given):
            return None
        digits = _core(_NOT_DIGITS.sub("", given), has_plus=given.startswith("+"))
        return cls(digits=digits) if len(digits) >= _FEWEST_DIGITS else None

    def stands_in(self, text: str) -> bool:
        """Tell whether a text holds it, however it is written there."""
        if self.address:
            return self._address_stands_in(text.lower())
        return any(
            self.digits in _NOT_DIGITS.sub("", found.group()) for found in _NUMBER.finditer(text)
        )

    def _address_stands_in(self, text: str) -> bool:
        at = text.find(self.address)
        while at >= 0:
            before, after = text[at - 1 : at] if at else "", text[at + len(self.address) :][:2]
            if not _goes_on(before) and not _is_longer(after):
                return True
            at = text.find(self.address, at + 1)
        return False


def _core(digits: str, *, has_plus: bool) -> str:
    if has_plus and digits.startswith(_SWEDEN):
        return digits.removeprefix(_SWEDEN)
    if digits.startswith("00" + _SWEDEN):
        return digits.removeprefix("00" + _SWEDEN)
    if len(digits) == _WITH_CENTURY and digits[:2] in ("18", "19", "20"):
        return digits[2:]
    return digits.removeprefix("0")


def _goes_on(sign: str) -> bool:
    return sign.isalnum() or sign in _ADDRESS_ENDS if sign else False


def _is_longer(after: str) -> bool:
    """Tell whether an address goes on: a full stop at its end ends a sentence."""
    if not after:
        return False
    if after[0].isalnum() or after[0] in "-_":
        return True
    return after[0] == "." and len(after) > 1 and after[1].isalnum()
