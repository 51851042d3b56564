"""Who answers a mailbox or a phone line on a day, who substitutes, and who is told above them.

A single day goes before a week, and a week before the standing rota. Whoever is away is passed
over and the next in turn steps in: first who answers, then the substitutes in their order.
Days are local dates and weeks those of ISO 8601, so that the rota runs on over New Year and a
week 53. The reason of an absence is nobody's business here and not kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Final

from bot.vocabulary import LineKey, MailboxKey, PersonKey, UnitKey

PlaceKey = MailboxKey | LineKey
"""What is answered: a mailbox or a phone line. No line has the key of a mailbox."""

PHONE_SUBSTITUTES: Final = 2
"""How many substitutes a phone line needs, from as many units.

Source: the centre's plan, appendix on customer invoices: back-up by two people from different
units.
"""


class Because(StrEnum):
    """Why somebody is on duty, or nobody. The codes ``duty.…`` put it into words."""

    DAY = "day"
    WEEK = "week"
    ROTA = "rota"
    AWAY = "away"
    STEPS_IN = "steps_in"
    UNSTAFFED = "unstaffed"
    NO_SUBSTITUTE = "no_substitute"
    FEW_SUBSTITUTES = "few_substitutes"
    HEAD_AWAY = "head_away"
    HEAD_SUBSTITUTE = "head_substitute"
    NO_HEAD = "no_head"
    NOT_LISTED = "not_listed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason, and whom it is about."""

    code: Because
    person: PersonKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Week:
    """A week of ISO 8601, written ``2026-W07``.

    Raises:
        ValueError: The year has no such week.
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        date.fromisocalendar(self.year, self.number, 1)

    @classmethod
    def of(cls, day: date) -> Week:
        """Return the week of a day; around New Year its year may be another than the day's."""
        year, number, _ = day.isocalendar()
        return cls(year=year, number=number)

    @property
    def monday(self) -> date:
        """The first day of the week."""
        return date.fromisocalendar(self.year, self.number, 1)

    def __str__(self) -> str:
        return f"{self.year:04}-W{self.number:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Who answers, and who substitutes, the first of them first.

    Raises:
        ValueError: Somebody stands there twice.
    """

    answers: PersonKey
    substitutes: tuple[PersonKey, ...] = ()

    def __post_init__(self) -> None:
        if len(set(self.people)) < len(self.people):
            raise ValueError("a substitute is somebody else than who answers, and each stands once")

    @property
    def people(self) -> tuple[PersonKey, ...]:
        """All of them in turn."""
        return (self.answers, *self.substitutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """Shifts that take a week each and begin anew after the last.

    Attributes:
        first_week: A week of the first shift. The rota holds before it too.
        turns: At least one.
    """

    first_week: Week
    turns: tuple[Shift, ...]

    def __post_init__(self) -> None:
        if not self.turns:
            raise ValueError("a rota needs a turn")

    def shift(self, day: date) -> Shift:
        """Return the shift of a day."""
        weeks = (Week.of(day).monday - self.first_week.monday).days // 7
        return self.turns[weeks % len(self.turns)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """A shift for some weeks instead of the rota's, both included."""

    first: Week
    last: Week
    shift: Shift

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("weeks end after they begin")

    def __contains__(self, week: Week) -> bool:
        return self.first <= week <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """How one mailbox or line is staffed.

    Attributes:
        unit: Whose head is told when nobody answers.
        weeks: Exceptions; of two for one week the first holds.
        days: Exceptions that go before all else.
    """

    unit: UnitKey
    rota: Rota
    weeks: tuple[Weeks, ...] = ()
    days: Mapping[date, Shift] = field(default_factory=dict)
    is_line: bool = False

    def shift(self, day: date) -> tuple[Shift, Because]:
        """Return the shift of a day, whoever is away, and by what it holds."""
        if day in self.days:
            return self.days[day], Because.DAY
        week = Week.of(day)
        for exception in self.weeks:
            if week in exception:
                return exception.shift, Because.WEEK
        return self.rota.shift(day), Because.ROTA


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """Days on which somebody is away, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """The whole roster, as `bot.knowledge` makes it out of ``duty.yaml``.

    Attributes:
        zone: Where a day begins at midnight.
        posts: Mailboxes first, then lines.
        heads: The head of each unit, then who stands in for the head.
        units: The unit of each person.
        absences: Of those who have any.
    """

    zone: tzinfo
    posts: Mapping[PlaceKey, Post]
    heads: Mapping[UnitKey, tuple[PersonKey, ...]]
    units: Mapping[PersonKey, UnitKey]
    absences: Mapping[PersonKey, tuple[Away, ...]] = field(default_factory=dict)

    def is_present(self, person: PersonKey, day: date) -> bool:
        """Tell whether a person is not away on a day, as far as is known."""
        return not any(day in away for away in self.absences.get(person, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """Who is on duty at one place on one day. Nobody named in the first three is away.

    Attributes:
        on_duty: None if neither who answers nor any substitute is there.
        substitutes: Those who are there, in turn, without who stepped in.
        head: The unit's head or who stands in; None if they are all away.
        reasons: By what the shift holds, then what differs from it.
    """

    place: PlaceKey
    day: date
    on_duty: PersonKey | None = None
    substitutes: tuple[PersonKey, ...] = ()
    head: PersonKey | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unstaffed:
    """The alarm that nobody answers a place on a day.

    Attributes:
        unit: None for a place that the roster does not know.
        head: Who should hear of it; None if they are away too.
    """

    place: PlaceKey
    day: date
    unit: UnitKey | None
    head: PersonKey | None

    @property
    def key(self) -> str:
        """The same for the same place and day, so that it is told once."""
        return f"unstaffed:{self.place}:{self.day.isoformat()}"


def who(duty: Duty, place: PlaceKey, at: datetime) -> Staffing:
    """Return who is on duty at an instant; see `who_on`.

    Args:
        at: Aware. At night and on days off it is the same people as in the rest of the day or
            week; whether the centre is open is another question.
    """
    if at.utcoffset() is None:
        raise ValueError(f"an instant must be aware, got {at!r}")
    return who_on(duty, place, at.astimezone(duty.zone).date())


def who_on(duty: Duty, place: PlaceKey, day: date) -> Staffing:
    """Return who is on duty on a local date.

    A place that is not in the roster, as a mailbox of an old case may be, has nobody.
    """
    post = duty.posts.get(place)
    if post is None:
        return Staffing(place=place, day=day, reasons=(Reason(code=Because.NOT_LISTED),))
    shift, holds_by = post.shift(day)
    present = tuple(person for person in shift.people if duty.is_present(person, day))
    head, about_head = _head(duty, post.unit, day)
    return Staffing(
        place=place,
        day=day,
        on_duty=present[0] if present else None,
        substitutes=present[1:],
        head=head,
        reasons=(
            Reason(code=holds_by),
            *_changes(shift, present),
            *_short(duty, post, present),
            *about_head,
        ),
    )


def unstaffed(duty: Duty, day: date, places: Iterable[PlaceKey]) -> tuple[Unstaffed, ...]:
    """Return an alarm for each place that nobody answers on a local date, in the given order.

    Whether the day is a working day is for the caller to ask.
    """
    return tuple(
        Unstaffed(
            place=found.place,
            day=day,
            unit=duty.posts[found.place].unit if found.place in duty.posts else None,
            head=found.head,
        )
        for found in (who_on(duty, place, day) for place in places)
        if found.on_duty is None
    )


def are_enough(substitutes: Collection[PersonKey], units: Mapping[PersonKey, UnitKey]) -> bool:
    """Tell whether these are substitutes enough for a phone line; see `PHONE_SUBSTITUTES`."""
    return len({units.get(person) for person in substitutes}) >= PHONE_SUBSTITUTES


def _changes(shift: Shift, present: tuple[PersonKey, ...]) -> Iterator[Reason]:
    for person in shift.people:
        if person not in present:
            yield Reason(code=Because.AWAY, person=person)
    if present and present[0] != shift.answers:
        yield Reason(code=Because.STEPS_IN, person=present[0])


def _short(duty: Duty, post: Post, present: tuple[PersonKey, ...]) -> Iterator[Reason]:
    if not present:
        yield Reason(code=Because.UNSTAFFED)
    elif len(present) == 1:
        yield Reason(code=Because.NO_SUBSTITUTE)
    elif post.is_line and not are_enough(present[1:], duty.units):
        yield Reason(code=Because.FEW_SUBSTITUTES)


def _head(duty: Duty, unit: UnitKey, day: date) -> tuple[PersonKey | None, tuple[Reason, ...]]:
    heads = duty.heads.get(unit, ())
    found = next((person for person in heads if duty.is_present(person, day)), None)
    if found is None:
        return None, (Reason(code=Because.NO_HEAD),)
    if found == heads[0]:
        return found, ()
    return found, (
        Reason(code=Because.HEAD_AWAY, person=heads[0]),
        Reason(code=Because.HEAD_SUBSTITUTE, person=found),
    )
