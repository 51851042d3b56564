"""Hostile mail: some hundred mails with one named fault each, the same every time.

Every mail says what must still be read of it. All are made up here; nothing is copied from
real mail, and addresses end in ``.example``.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

from tests.hostile_families import (
    addresses,
    automatic,
    bounces,
    charsets,
    headers,
    huge,
    markup,
    no_mail,
    sealed,
    structure,
    transfer,
    words,
)
from tests.hostile_families.base import HostileMail

__all__ = ["HostileMail", "hostile_mails"]

_FAMILIES = (
    addresses,
    automatic,
    bounces,
    charsets,
    headers,
    huge,
    markup,
    no_mail,
    sealed,
    structure,
    transfer,
    words,
)


@cache
def _all() -> tuple[HostileMail, ...]:
    mails = tuple(mail for family in _FAMILIES for mail in family.mails())
    repeated = [name for name, times in Counter(mail.name for mail in mails).items() if times > 1]
    if repeated:
        raise ValueError(f"hostile mails need names of their own: {repeated}")
    return mails


def hostile_mails() -> list[HostileMail]:
    """Return every hostile mail, always in the same order and with the same bytes."""
    return list(_all())
