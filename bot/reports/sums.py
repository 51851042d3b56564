"""Sums of days and months that are over: what is kept of them, and what makes one void.

A sum is what the database counts of one basis in one span of days. As long as no row of those
days changes it is the same each time, so that it is counted once and kept. Here stands how its
rows are packed into bytes, and which days a change of rows makes void.
"""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import Any, Final, NamedTuple

from bot.reports.measures import Basis

FORM: Final = 1
"""The version of what is kept; a sum of another one is not read, and counted anew."""


class Kept(StrEnum):
    """What is kept: what figures count of a basis, arrivals by hour, and answers by template.

    left: Of what was open at the end of a day: two lists, ages in days and how many are so old.
    """

    OPENED = "opened"
    HOURS = "hours"
    ANSWERED = "answered"
    TEMPLATES = "templates"
    CLOSED = "closed"
    LEFT = "left"

    @property
    def basis(self) -> Basis:
        """Return which day of a case must lie in the span."""
        return _BASES[self]


_BASES: Final[Mapping[Kept, Basis]] = {
    Kept.OPENED: Basis.OPENED,
    Kept.HOURS: Basis.OPENED,
    Kept.ANSWERED: Basis.ANSWERED,
    Kept.TEMPLATES: Basis.ANSWERED,
    Kept.CLOSED: Basis.CLOSED,
    Kept.LEFT: Basis.END,
}


class Counted(NamedTuple):
    """A row of what was counted.

    Attributes:
        key: Of the group; "" for none.
        day: Ordinal of a local day, where rows are told apart by time.
        cells: Numbers, and what else tells rows of a group apart.
        lists: Values of columns, each in ascending order where `Kept` says nothing else.
    """

    key: str
    day: int | None
    cells: tuple[Any, ...]
    lists: tuple[Sequence[int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Days:
    """Ordinals of local days, both included."""

    first: int
    last: int


def between(wanted: Days, kept: Iterable[Days]) -> list[Days]:
    """Return the days that are wanted and not kept, as spans in order.

    Args:
        kept: Within the wanted days, none overlapping another.
    """
    edges = [wanted.first - 1, *(day for days in sorted(kept) for day in (days.first, days.last))]
    gaps = pairwise([*edges, wanted.last + 1])
    return [
        Days(first=last + 1, last=first - 1)
        for number, (last, first) in enumerate(gaps)
        if number % 2 == 0 and last + 1 < first
    ]


def pack(rows: Iterable[Counted]) -> bytes:
    """Return rows of one sum as bytes; their days are left out."""
    heads: list[tuple[str, tuple[Any, ...], list[int]]] = []
    values = array("i")
    for row in rows:
        heads.append((row.key, row.cells, [len(each) for each in row.lists]))
        for each in row.lists:
            values.extend(each)
    if sys.byteorder == "big":
        values.byteswap()
    head = json.dumps(heads, separators=(",", ":"), ensure_ascii=False).encode()
    return zlib.compress(b"%d\n" % len(values) + values.tobytes() + head, 1)


def unpack(content: bytes, day: int | None) -> list[Counted]:
    """Return the rows that `pack` was given, all with one day."""
    count, _, rest = zlib.decompress(content).partition(b"\n")
    values = array("i")
    size = int(count) * values.itemsize
    values.frombytes(rest[:size])
    if sys.byteorder == "big":
        values.byteswap()
    rows, start = [], 0
    for key, cells, lengths in json.loads(rest[size:]):
        ends = list(accumulate(lengths, initial=start))
        lists = tuple(values[begin:end] for begin, end in pairwise(ends))
        rows.append(Counted(key, day, tuple(cells), lists))
        start = ends[-1]
    return rows


class Void(NamedTuple):
    """Of which days the sums of a basis do not hold any more, by their ordinals."""

    basis: Basis
    first: int
    last: int


def touched(before: Iterable[Any], after: Iterable[Any]) -> set[Void]:
    """Return what is void when rows become others.

    A case is closed long after it came, as a rule: what was counted of its arrival stands, if it
    had an answer, and so does the backlog of all days before. So rows are compared by what each
    basis counts, not as a whole.

    Args:
        before, after: Of the same cases: each a `CaseFact`, or what a database hands out of one
            with `SEEN_COLUMNS`.
    """
    old, new = list(before), list(after)
    days = {Void(basis, day, day) for basis, day, *_ in _seen(old) ^ _seen(new)}
    return days | {Void(Basis.END, ends.first, ends.last) for ends in _ends(old, new)}


def _ends(before: Iterable[Any], after: Iterable[Any]) -> Iterator[Days]:
    """Yield at the end of which days a row was open and is not, or the other way round."""
    old, new = _open(before), _open(after)
    for who in old.keys() | new.keys():
        one, other = old.get(who), new.get(who)
        if one is None or other is None or one.first != other.first:
            yield from (days for days in (one, other) if days is not None)
        elif one.last != other.last:
            first, last = sorted((one.last, other.last))
            yield Days(first=first + 1, last=last)


def _open(facts: Iterable[Any]) -> dict[tuple[Any, ...], Days]:
    """Return at the end of which days each row was open, by all that tells it apart."""
    found = {}
    for fact in facts:
        last = _FOR_EVER if fact.closed_day is None else fact.closed_day - 1
        if not fact.merged and fact.opened_day <= last:
            found[_who(fact)] = Days(first=fact.opened_day, last=last)
    return found


def _who(fact: Any) -> tuple[Any, ...]:  # noqa: ANN401 - see `touched`
    return (fact.case_id, fact.clock, *(getattr(fact, name) for name in _KEYS))


def _seen(facts: Iterable[Any]) -> set[tuple[Any, ...]]:
    """Return what each basis counts of rows, as (basis, day, everything else)."""
    found: set[tuple[Any, ...]] = set()
    for fact in facts:
        who = _who(fact)
        unanswered = fact.answered_day is None
        found.add(
            (
                *(Basis.OPENED, fact.opened_day, *who, fact.opened_hour, fact.answer_work_s),
                *(unanswered, unanswered and fact.closed_day is not None),
                *(fact.same_day, fact.misdirected, fact.mark),
            )
        )
        if fact.answered_day is not None:
            times = (fact.answer_wall_s, fact.answer_work_s)
            rest = (*who, *times, fact.template, fact.again)
            found.add((Basis.ANSWERED, fact.answered_day, *rest))
        if fact.closed_day is not None:
            times = (fact.close_wall_s, fact.close_work_s)
            acts = (fact.handovers + fact.moves > 0, fact.corrections > 0)
            rest = (*who, *times, *acts, fact.merged, unanswered)
            found.add((Basis.CLOSED, fact.closed_day, *rest))
    return found


_FOR_EVER: Final = date.max.toordinal()
_KEYS: Final = ("process", "matter", "mailbox", "customer", "team", "channel")
"""By what a sum is told apart; also what a lead time asks for."""
COUNTED_COLUMNS: Final[Mapping[Basis, frozenset[str]]] = {
    Basis.OPENED: frozenset(
        {
            *("opened_day", "clock", *_KEYS, "opened_hour", "answered_day", "answer_work_s"),
            *("closed_day", "same_day", "misdirected", "mark"),
        }
    ),
    Basis.ANSWERED: frozenset(
        {"answered_day", "clock", *_KEYS, "answer_wall_s", "answer_work_s", "template", "again"}
    ),
    Basis.CLOSED: frozenset(
        {
            *("closed_day", "clock", *_KEYS, "close_wall_s", "close_work_s", "handovers"),
            *("moves", "corrections", "merged", "answered_day"),
        }
    ),
    Basis.END: frozenset({"opened_day", "closed_day", "merged", "clock", *_KEYS}),
}
"""The columns that `touched` looks at."""
SEEN_COLUMNS: Final = tuple(sorted({"case_id", *frozenset().union(*COUNTED_COLUMNS.values())}))
