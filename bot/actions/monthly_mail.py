"""The month in numbers, mailed to those who lead: no names, no cases, and where to read on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from bot.actions.result import Done, Dropped, Result
from bot.actions.staff_mail import Note, StaffMailer
from bot.knowledge import Knowledge
from bot.reports.measures import MEASURES
from bot.reports.tables import value_text
from bot.store.records import ClaimedAction
from bot.store.unit_of_work import Work
from bot.texts import Say, speaker
from bot.vocabulary import PersonKey


class MonthlyMailPerformer:
    """Mails what `bot.services.monthly_mail` has planned."""

    def __init__(self, mailer: StaffMailer, knowledge: Knowledge, *, base_url: str) -> None:
        """Make a performer.

        Args:
            base_url: Of the web page, without a slash at its end; empty where there is none.
        """
        self._mailer = mailer
        self._knowledge = knowledge
        self._base_url = base_url

    def perform(self, action: ClaimedAction) -> Result:
        """See `Performer.perform`."""
        person = self._knowledge.people.get(PersonKey(action.data["to"]))
        if person is None:
            return Dropped(because="no_such_person")
        say = speaker(person.language)
        month = date.fromisoformat(action.data["month"] + "-01")
        note = Note(
            key=action.key,
            subject=say("Samma dag: siffror för {month}", month=say.month(month)),
            text="\n".join(self._lines(action.data, month, say)) + "\n",
        )
        self._mailer.send(note, person, say)
        return Done()

    def gave_up(self, work: Work, action: ClaimedAction, because: str) -> None:
        """See `Performer.gave_up`. The figures stand on the page all the same."""

    def _lines(self, data: Mapping[str, Any], month: date, say: Say) -> Iterator[str]:
        yield say("Siffror för {month}, som de frystes.", month=say.month(month))
        yield ""
        for key, measure in MEASURES.items():
            if key in data:
                value = None if data[key] is None else float(data[key])
                yield f"{say.code(f'figure.{key}')}: {value_text(value, measure.unit, say)}"
        if self._base_url:
            yield ""
            yield say("Mer, och hur varje siffra är räknad:")
            yield f"{self._base_url}/figures?period={month:%Y-%m}"
