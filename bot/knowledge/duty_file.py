"""Who answers and who substitutes: ``duty.yaml``, and the roster that it makes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, tzinfo
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, model_validator

from bot.duty import Away, Duty, PlaceKey, Post, Rota, Week, Weeks
from bot.duty import Shift as DutyShift
from bot.errors import BadValue
from bot.knowledge.models import Absence, File, Key, Names
from bot.knowledge.yaml_file import KnowledgeModel
from bot.vocabulary import LineKey, MailboxKey, PersonKey, UnitKey

_WEEK: Final = re.compile(r"([0-9]{4})-W([0-9]{2})")


def _week(text: object) -> object:
    found = _WEEK.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise BadValue("veckor skrivs som 2026-W07")
    year, number = int(found[1]), int(found[2])
    try:
        return Week(year=year, number=number)
    except ValueError:
        raise BadValue("år {year} har ingen vecka {week}", year=year, week=number) from None


WeekText = Annotated[Week, BeforeValidator(_week)]


class Shift(KnowledgeModel):
    """Who answers, and who substitutes, the first of them first."""

    answers: PersonKey
    substitutes: tuple[PersonKey, ...] = ()

    @model_validator(mode="after")
    def _names_each_once(self) -> Shift:
        if len({self.answers, *self.substitutes}) <= len(self.substitutes):
            raise BadValue("samma person står två gånger")
        return self

    def of_duty(self) -> DutyShift:
        """Return it as the roster has it."""
        return DutyShift(answers=self.answers, substitutes=self.substitutes)


class WeekShift(Shift):
    """A shift for one week, or for all weeks from one to another, both included."""

    first: WeekText = Field(alias="from")
    last: WeekText | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> WeekShift:
        if self.until < self.first:
            raise BadValue("slutar innan det börjar")
        return self

    @property
    def until(self) -> Week:
        """The last week."""
        return self.last or self.first


class DayShift(Shift):
    """A shift for a single day."""

    day: date


class DutyPost(KnowledgeModel):
    """How one mailbox or one phone line is staffed.

    Attributes:
        first_week: A week of the first of `rota`; each has a week, and then they begin anew.
        weeks, days: Exceptions. A day goes before a week, a week before the rota.
    """

    mailbox: MailboxKey | None = None
    line: LineKey | None = None
    first_week: WeekText
    rota: Annotated[tuple[Shift, ...], Field(min_length=1)]
    weeks: tuple[WeekShift, ...] = ()
    days: tuple[DayShift, ...] = ()

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> DutyPost:
        if (self.mailbox is None) == (self.line is None):
            raise BadValue("är antingen en brevlåda (mailbox) eller en telefonlinje (line)")
        return self

    @property
    def place(self) -> PlaceKey:
        """The mailbox or the line."""
        place = self.line if self.mailbox is None else self.mailbox
        assert place is not None  # checked on entry
        return place


class Line(KnowledgeModel):
    """A phone line.

    Attributes:
        unit: Whose head is told when nobody answers.
    """

    key: Key[LineKey]
    name: Names
    unit: UnitKey


class HeadSubstitutes(KnowledgeModel):
    """Who stands in for the head of a unit, the first of them first."""

    unit: UnitKey
    substitutes: Annotated[tuple[PersonKey, ...], Field(min_length=1)]


class PersonAbsence(Absence):
    """Days on which somebody is away, beside those in the list of people."""

    person: PersonKey


class DutyFile(File):
    """``duty.yaml``."""

    lines: tuple[Line, ...] = ()
    posts: Annotated[tuple[DutyPost, ...], Field(min_length=1)]
    heads: tuple[HeadSubstitutes, ...] = ()
    absences: tuple[PersonAbsence, ...] = ()


def make_duty(
    file: DutyFile,
    *,
    zone: tzinfo,
    mailbox_units: Mapping[MailboxKey, UnitKey],
    person_units: Mapping[PersonKey, UnitKey],
    heads: Mapping[UnitKey, PersonKey],
    absences: Mapping[PersonKey, tuple[Absence, ...]],
) -> Duty:
    """Return the roster of a file that agrees with the rest of the knowledge.

    Args:
        absences: Those in the list of people.
    """
    away = {
        person: [Away(first=absence.first, last=absence.last) for absence in known]
        for person, known in absences.items()
        if known
    }
    for absence in file.absences:
        away.setdefault(absence.person, []).append(Away(first=absence.first, last=absence.last))
    stand_ins = {entry.unit: entry.substitutes for entry in file.heads}
    units: dict[PlaceKey, UnitKey] = {line.key: line.unit for line in file.lines}
    units.update((mailbox, unit) for mailbox, unit in mailbox_units.items())
    posts = sorted(file.posts, key=lambda post: post.mailbox is None)
    return Duty(
        zone=zone,
        posts={post.place: _post(post, units[post.place]) for post in posts},
        heads={unit: (head, *stand_ins.get(unit, ())) for unit, head in heads.items()},
        units=person_units,
        absences={person: tuple(days) for person, days in away.items()},
    )


def _post(post: DutyPost, unit: UnitKey) -> Post:
    return Post(
        unit=unit,
        rota=Rota(
            first_week=post.first_week,
            turns=tuple(shift.of_duty() for shift in post.rota),
        ),
        weeks=tuple(
            Weeks(first=shift.first, last=shift.until, shift=shift.of_duty())
            for shift in post.weeks
        ),
        days={shift.day: shift.of_duty() for shift in post.days},
        is_line=post.mailbox is None,
    )
