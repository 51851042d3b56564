"""Our own marks on mail: Message-IDs and case references that only we can make.

Each use of a key has its own purpose mixed in, so that letters for one purpose never
serve another. Verification tries every key and takes the same time for a wrong mark.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from functionmail.message import CaseReference

LOOP_HEADER = "X-Samma-Dag"
"""Stands in everything that we send. Anyone can write it, so it only ever keeps us silent."""

OWN_ID_HEADER = "X-Samma-Dag-Id"
"""Where a connector tells our Message-ID of a mail to which the server gave another; never sent."""

_SHORTEST_KEY = 16
_MAC_BYTES = 7
_MAC_SHIFTS = range(51, 5, -5)
"""Where ten letters of five bits begin, from the highest down. 50 bits are more than anyone can
try by sending mail."""
_BASE_32 = "abcdefghijklmnopqrstuvwxyz234567"

_FIRST_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_LETTERS = _FIRST_LETTERS + "23456789"
"""Without i, l, o, 0 and 1, which people confuse. The first is never a digit, so that a
reference is never taken for a date."""

_CASE_NUMBER = re.compile(r"([0-9]{4})-([0-9]{6,9})")
_OWN_ID = re.compile(
    r"fm\.([0-9]{4}-[0-9]{6,9})\.(0|[1-9][0-9]{0,8})\.([a-z2-7]{10})@([a-z0-9.-]{1,253})"
)
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_LONGEST_ID = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnId:
    """What a Message-ID of ours says.

    Attributes:
        n: Running number of our mail within the case, from 0.
    """

    case_number: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who we are, and how we recognise our own mail.

    Attributes:
        keys: Secrets of at least 16 bytes, the current one first, then older ones that
            still verify. Never shown.
        domain: What stands after the @ in our Message-IDs, lower case.
    """

    keys: tuple[bytes, ...] = field(repr=False)
    domain: str

    def __post_init__(self) -> None:
        """Refuse an empty or short key and a domain that is none."""
        if not self.keys or any(len(key) < _SHORTEST_KEY for key in self.keys):
            raise ValueError(f"an identity needs keys of at least {_SHORTEST_KEY} bytes")
        if not _DOMAIN.fullmatch(self.domain):
            raise ValueError(f"not a domain in lower case: {self.domain!r}")

    def own_message_id(self, case_number: str, n: int) -> str:
        """Return ``fm.{case}.{n}.{mac}@{domain}``, without brackets, the same every time.

        Raises:
            ValueError: Not a case number ``YYYY-NNNNNN``, or n is negative or above 999999999.
        """
        if not 0 <= n <= 999_999_999:
            raise ValueError(f"a message number is 0 to 999999999, got {n}")
        year, serial = _parts(case_number)
        number = f"{year:04}-{serial:06}"
        return f"fm.{number}.{n}.{self._id_mac(self.keys[0], number, n)}@{self.domain}"

    def read_own(self, message_id: str) -> OwnId | None:
        """Return what one of our Message-IDs says, or None for anything that we did not make.

        Angle brackets, outer spaces and capital letters are forgiven.
        """
        if len(message_id) > _LONGEST_ID:
            return None
        match = _OWN_ID.fullmatch(message_id.strip().strip("<>").lower())
        if match is None or match[4] != self.domain:
            return None
        own = OwnId(case_number=match[1], n=int(match[2]))
        macs = [self._id_mac(key, own.case_number, own.n) for key in self.keys]
        return own if _any_equal(macs, match[3]) else None

    def case_reference(self, case_number: str) -> str:
        """Return ``[#2018-000123-k7]``, as it stands in our subjects.

        Raises:
            ValueError: Not a case number ``YYYY-NNNNNN``.
        """
        year, serial = _parts(case_number)
        return f"[#{year:04}-{serial:06}-{self.check_letters(case_number)}]"

    def check_letters(self, case_number: str) -> str:
        """Return the two check letters of a case, made with the current key.

        Raises:
            ValueError: Not a case number ``YYYY-NNNNNN``.
        """
        return _check_letters(self.keys[0], *_parts(case_number))

    def verify_reference(self, reference: CaseReference) -> bool:
        """Tell whether the check letters of a reference are right, by any key.

        A stranger guesses two letters in about 700 tries, so this alone proves nothing:
        `conversation.join` also wants a sender who is on the case.
        """
        letters = [_check_letters(key, reference.year, reference.serial) for key in self.keys]
        return _any_equal(letters, reference.check.lower())

    def hash_address(self, address: str) -> str:
        """Return 32 hexadecimal digits that stand for an address, to count without keeping it.

        Capitals and outer spaces make no difference. A new current key starts new counts.
        """
        return _mac(self.keys[0], "address", address.strip().lower()).hex()[:32]

    def _id_mac(self, key: bytes, case_number: str, n: int) -> str:
        mac = _mac(key, "message-id", f"{case_number}.{n}@{self.domain}")
        number = int.from_bytes(mac[:_MAC_BYTES], "big")
        return "".join([_BASE_32[number >> shift & 31] for shift in _MAC_SHIFTS])


def _mac(key: bytes, purpose: str, text: str) -> bytes:
    message = f"functionmail/{purpose}\0{text}".encode("utf-8", "backslashreplace")
    mac = _keyed(key).copy()
    mac.update(message)
    return mac.digest()


@lru_cache(maxsize=16)
def _keyed(key: bytes) -> hmac.HMAC:
    """Return what has read a key; a copy of it is faster than reading the key again."""
    return hmac.new(key, digestmod=sha256)


def _check_letters(key: bytes, year: int, serial: int) -> str:
    mac = _mac(key, "case-reference", f"{year:04}-{serial:06}")
    number = int.from_bytes(mac[:8], "big")
    number, first = divmod(number, len(_FIRST_LETTERS))
    return _FIRST_LETTERS[first] + _LETTERS[number % len(_LETTERS)]


def _any_equal(candidates: list[str], given: str) -> bool:
    """Compare with every candidate in constant time, also after the first that fits."""
    equal = False
    for candidate in candidates:
        equal |= hmac.compare_digest(candidate.encode(), given.encode("utf-8", "backslashreplace"))
    return equal


def _parts(case_number: str) -> tuple[int, int]:
    match = _CASE_NUMBER.fullmatch(case_number)
    if match is None:
        raise ValueError(f"not a case number YYYY-NNNNNN: {case_number!r}")
    return int(match[1]), int(match[2])
