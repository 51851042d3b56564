"""Feedback by a person: the customer was told that a case is ongoing, or that it is done.

A case that came by phone has a promise to keep; see `Phone.feedback`. For one that came by mail
a person has called the customer, or met them; a reply from a template counts by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.cases import Case, Event
from bot.clock import Clock
from bot.promises import Feedback
from bot.services.feedback import store_feedback
from bot.services.new_case import House
from bot.services.phone import Phone
from bot.services.undoing import Act, remember
from bot.store.unit_of_work import Database
from bot.vocabulary import Channel, EventKind, PersonKey, Status

_EVENT_OF: Final[Mapping[Feedback, EventKind]] = {
    Feedback.ONGOING: EventKind.FEEDBACK_ONGOING,
    Feedback.DONE: EventKind.FEEDBACK_DONE,
}


class Telling:
    """Notes what customers were told; each call is one transaction."""

    def __init__(self, database: Database, house: House, phone: Phone, clock: Clock) -> None:
        self._database = database
        self._house = house
        self._phone = phone
        self._clock = clock

    def told(self, case: Case, said: Feedback, *, by: PersonKey) -> Case:
        """Note that a person has told the customer how a case stands.

        A case that is done is closed, unless it is urgent and nobody has ticked the stop.

        Raises:
            IllegalChange: It is closed.
        """
        if case.channel is Channel.PHONE:
            return self._phone.feedback(case, said, by=by).case
        with self._database.work() as work:
            before = work.cases.get(case.id)
            before.require_open()
            after = store_feedback(work, before, said)
            work.cases.record([self._event(after, _EVENT_OF[said], by)])
            if after.status is Status.CLOSED:
                work.cases.record([self._event(after, EventKind.CLOSED, by)])
            remember(work, before, after, Act.FEEDBACK, by=by, now=self._clock.now())
            return after

    def _event(self, case: Case, kind: EventKind, by: PersonKey) -> Event:
        return Event.on(case, kind, self._clock.now(), self._house.calendar, actor=by)
