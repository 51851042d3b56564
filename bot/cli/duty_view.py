"""Who is on duty, as a table for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from rich import box
from rich.console import Console
from rich.markup import escape

from bot.cli.wide_tables import Table
from bot.duty import Because, Staffing, Week
from bot.knowledge import Knowledge
from bot.texts import Say
from bot.vocabulary import PersonKey

_ORDINARY = Because.ROTA


def show(
    found: Sequence[Staffing], day: date, console: Console, say: Say, knowledge: Knowledge
) -> None:
    """Print who answers and substitutes at each place, what differs, and what is unstaffed."""
    names = knowledge.names_in(say.language)
    people = {key: person.name for key, person in knowledge.people.items()}
    console.print(_heading(day, say, knowledge))
    table = Table(box=box.SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(say("Brevlåda, linje"), no_wrap=True)
    for heading in (say("Svarar"), say("Ersättare"), say("Chef")):
        table.add_column(heading)
    for staffing in found:
        table.add_row(
            escape(names.place(staffing.place)),
            escape(_name(staffing.on_duty, people) or say("ingen")),
            escape(", ".join(_name(person, people) for person in staffing.substitutes)),
            escape(_name(staffing.head, people) or say("ingen")),
        )
    console.print(table)
    for staffing in found:
        remarks = "; ".join(_remarks(staffing, people, say))
        if remarks:
            console.print(f"{names.place(staffing.place)}: {remarks}", markup=False)
    missing = [names.place(staffing.place) for staffing in found if staffing.on_duty is None]
    if missing:
        console.print(say("Obemannat: {places}.", places=say.listing(missing)), markup=False)
    else:
        console.print(say("Allt är bemannat."))


def _heading(day: date, say: Say, knowledge: Knowledge) -> str:
    date_said = say.date(day, year=True)
    heading = say(
        "{day}, vecka {week}",
        day=f"{date_said[:1].upper()}{date_said[1:]}",
        week=Week.of(day).number,
    )
    note = knowledge.calendar.note(day)
    return heading if note is None else f"{heading} · {say.code(note)}"


def _name(person: PersonKey | None, people: Mapping[PersonKey, str]) -> str:
    return "" if person is None else people.get(person, person)


def _remarks(staffing: Staffing, people: Mapping[PersonKey, str], say: Say) -> list[str]:
    return [
        say.code(f"duty.{reason.code}", person=_name(reason.person, people))
        for reason in staffing.reasons
        if reason.code is not _ORDINARY
    ]
