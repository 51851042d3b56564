"""Registers: remarks, the customer log and the process log, as entries that only add up.

An item (one remark, one point of a log) is never changed. What happens to it, a correction
too, is one more entry; how it stands is folded from its entries. Source of the registers, the
stages of a remark and the support ladder: the centre's plan, Bilaga 1 and 10.
"""

from __future__ import annotations

from bot.registers.model import (
    NOTHING_SAID,
    Entry,
    EntryKind,
    Facts,
    Item,
    Nature,
    Register,
    Rung,
    Source,
    State,
    Step,
)
from bot.registers.rules import (
    NATURES,
    answer_due,
    check_following,
    check_opening,
    fold,
    kinds_of,
    may_follow,
    may_say,
    next_rung,
    overdue,
)
from bot.registers.text import LONGEST_TEXT, clean_text

__all__ = [
    "LONGEST_TEXT",
    "NATURES",
    "NOTHING_SAID",
    "Entry",
    "EntryKind",
    "Facts",
    "Item",
    "Nature",
    "Register",
    "Rung",
    "Source",
    "State",
    "Step",
    "answer_due",
    "check_following",
    "check_opening",
    "clean_text",
    "fold",
    "kinds_of",
    "may_follow",
    "may_say",
    "next_rung",
    "overdue",
]
