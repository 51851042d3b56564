"""A made-up history: planned as a whole, played in pieces, the same for the same wishes.

What a piece holds depends on the wishes and its number alone, so that any number of processes
makes the same rows.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any, Final

from bot.errors import DataError
from bot.material import Material
from bot.settings import Settings, resolve_database_url, secret_keys
from bot.simulate.city import City, Moulds
from bot.simulate.hours import Hours, seconds
from bot.simulate.mail_moulds import Draft, MailMould, MouldMaker
from bot.simulate.mail_story import MailStory
from bot.simulate.merging import LONGEST_APART, mergeable, merged
from bot.simulate.phone_story import PhoneStory
from bot.simulate.player import LAG, MESSAGES, Act, Habits, Item, Stage
from bot.simulate.rhythm import arrivals
from bot.simulate.rows import Rows, no_rows
from bot.store.actions import COUNTED_FOR
from bot.vocabulary import Urgency
from functionmail.identity import Identity

PIECE: Final = 500
"""Items that are played at a time."""
_IGNORED: Final = 15
"""Every so many items is a mail that becomes no case."""
_PHONE: Final = 0.09
_SURELY_ANSWERED: Final = 100
"""Items in a row of which one at least leads to a receipt."""
_USUAL: Final = Habits()
_LAST_ARRIVAL: Final = 120
"""Seconds before the end after which nothing new comes."""
_MOULDS: Final = range(60, 800)
_CASES_A_MOULD: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What history is wanted.

    Attributes:
        cases: How many; exactly so many are made.
        first: Local date of the first day.
        end: Aware instant at which it ends.
    """

    cases: int
    seed: int
    first: date
    end: datetime


class History:
    """Makes the rows of a history."""

    def __init__(self, wishes: Wishes, settings: Settings, material: Material) -> None:
        self.wishes = wishes
        calendar = material.knowledge.calendar
        first = datetime.combine(wishes.first, datetime.min.time(), calendar.zone)
        keys = secret_keys(settings, resolve_database_url(settings))
        self.city = City(
            settings=settings,
            material=material,
            identity=Identity(keys=keys, domain=settings.mail_domain),
            hours=Hours(calendar, first, wishes.end),
            end=seconds(wishes.end),
        )

    @cached_property
    def _arrivals(self) -> list[int]:
        chance = Random(f"{self.wishes.seed}:arrivals")
        last = self.city.end - _LAST_ARRIVAL
        return arrivals(self._items, self.wishes.first, last, self.city.hours, chance)

    @property
    def _items(self) -> int:
        cases = self.wishes.cases
        return cases + (cases - 1) // (_IGNORED - 1) if cases else 0

    @property
    def pieces(self) -> int:
        """Return how many pieces there are."""
        return -(-self._items // PIECE)

    @cached_property
    def _years(self) -> dict[int, int]:
        """Return the index of the first item of each local year."""
        zone = self.city.hours.calendar.zone
        last = self.city.hours.local_year(self.city.end)
        return {
            year: bisect_left(self._arrivals, seconds(datetime(year, 1, 1, tzinfo=zone)))
            for year in range(self.wishes.first.year, last + 1)
        }

    @cached_property
    def _counted_from(self) -> int:
        """Return an instant well before the last mails went out, of which some had a receipt."""
        kept = int(COUNTED_FOR.total_seconds())
        return self._arrivals[-min(_SURELY_ANSWERED, self._items)] - kept

    @property
    def last_message(self) -> int:
        """Return the largest id that a mail can have."""
        return MESSAGES * self._items

    def serials(self) -> dict[int, int]:
        """Return how many cases there are of each year."""
        starts = [*self._years.values(), self._items]
        return {
            year: _cases_before(starts[place + 1]) - _cases_before(starts[place])
            for place, year in enumerate(self._years)
        }

    def drafts(self) -> list[tuple[str, Draft]]:
        """Return the mails that moulds are made of, and what each is for."""
        chance = Random(f"{self.wishes.seed}:moulds")
        count = min(max(self.wishes.cases // _CASES_A_MOULD, _MOULDS.start), _MOULDS.stop)
        maker = self.maker
        return [
            *(("opening", draft) for draft in maker.drafts(count, chance)),
            *(("follow_ups", draft) for draft in maker.follow_ups(max(48, count // 12), chance)),
            *(("ignored", draft) for draft in maker.ignored(max(12, count // 20), chance)),
        ]

    @cached_property
    def maker(self) -> MouldMaker:
        """Return what makes moulds."""
        city = self.city
        return MouldMaker(city.material.knowledge, city.reader, city.identity, city.wording)

    def play(
        self,
        number: int,
        moulds: Moulds,
        *,
        acts: list[Act] | None = None,
        habits: Habits = _USUAL,
    ) -> Rows:
        """Return the rows of a piece; what happened is in order of time.

        Args:
            acts: What is done is noted here, if anything is to be.
        """
        rows = no_rows()
        chance = Random(f"{self.wishes.seed}:piece:{number}")
        stage = Stage(
            city=self.city,
            moulds=moulds,
            rows=rows,
            chance=chance,
            habits=habits,
            counted_from=self._counted_from,
            acts=acts,
        )
        items = self._items_of(number)
        for item in items:
            _play(item, items, stage)
        rows["event"].sort(key=lambda row: row[2])
        rows["sent_reply"] = still_counted(rows["sent_reply"])
        rows["search_entry"].sort(key=lambda row: row[0] or 10 * row[1])
        return rows

    def _items_of(self, number: int) -> Iterator[Item]:
        years, starts = list(self._years), list(self._years.values())
        for index in range(number * PIECE, min((number + 1) * PIECE, self._items)):
            at = self._arrivals[index]
            year = years[bisect_right(starts, index) - 1]
            case = _cases_before(index)
            is_ignored = index % _IGNORED == _IGNORED - 1
            yield Item(
                index=index,
                at=at,
                case_id=None if is_ignored else case + 1,
                year=year,
                serial=case + 1 - _cases_before(self._years[year]),
            )


def _play_two(item: Item, later: Iterator[Item], stage: Stage) -> None:
    other = next(later, None)
    if other is None:
        MailStory(stage, item).case()
    elif other.case_id is None or other.at - item.at > LONGEST_APART or not mergeable(stage):
        MailStory(stage, item).case()
        _play(other, later, stage)
    else:
        merged(stage, item, other)


def still_counted(sent: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the rows of automatic mails that are not forgotten; see `SentReplies.record`."""
    kept = COUNTED_FOR // timedelta(seconds=1)
    first = max((row[-1] for row in sent), default=0) - kept
    return [row for row in sent if row[-1] >= first]


def _cases_before(index: int) -> int:
    """Return how many of the items before one are cases."""
    return index - index // _IGNORED


def _play(item: Item, later: Iterator[Item], stage: Stage) -> None:
    """Play an item, and sometimes the next one with it."""
    if item.case_id is None:
        MailStory(stage, item).ignored()
    elif stage.chance.random() < stage.habits.merges:
        _play_two(item, later, stage)
    elif stage.city.hours.is_open(item.at + LAG) and stage.chance.random() < _PHONE:
        PhoneStory(stage, item).case()
    else:
        MailStory(stage, item).case()


def moulds_of(found: list[tuple[str, MailMould | None]]) -> Moulds:
    """Return the moulds, each where it belongs.

    Raises:
        DataError: Of one sort there is none.
    """

    def of(kind: str) -> tuple[MailMould, ...]:
        return tuple(mould for known, mould in found if known == kind and mould is not None)

    moulds = Moulds(
        opening=tuple(mould for mould in of("opening") if mould.ignored is None),
        follow_ups=tuple(mould for mould in of("follow_ups") if mould.found.urgent is Urgency.NO),
        ignored=tuple(mould for mould in of("ignored") if mould.ignored is not None),
    )
    if not (moulds.opening and moulds.follow_ups and moulds.ignored):
        raise DataError(
            "simulate: reglerna läser de påhittade mejlen olika beroende på namnen i dem; "
            "pröva med den medföljande kunskapen"
        )
    return moulds


def first_day(last: date, years: int) -> date:
    """Return the first of the days that make up so many years, of which the last is given."""
    day = last
    try:
        before = day.replace(year=day.year - years)
    except ValueError:  # 29 February
        before = day.replace(year=day.year - years, day=28)
    return before + timedelta(days=1)
