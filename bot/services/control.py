"""Internal control: draw a sample, have colleagues review it, and hand the evidence out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.cases import Case, Event
from bot.clock import Clock
from bot.control import Question, Reply, Review, Sample, SampleItem, SampleOrder, Why, draw
from bot.csv_cells import BYTE_ORDER_MARK, Cell, csv_text
from bot.errors import DataError, NotFound
from bot.notifying import Names
from bot.services.archive import letter_files, zipped
from bot.services.new_case import House
from bot.store.unit_of_work import Database, Work
from bot.texts import Say, mark
from bot.vocabulary import EventKind, MatterKey, PersonKey

LISTED = (MatterKey("makulering"), MatterKey("aterbetalning"))
"""Matters of which all cases are looked at, not a sample; domain.md R140."""
MOST_LISTED = 500
_LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedCase:
    """A case of a sample with what belongs to it."""

    item: SampleItem
    case: Case


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSample:
    """A sample and its cases, in its order."""

    sample: Sample
    cases: tuple[ReviewedCase, ...]


class EmptySample(DataError):
    """No case would be in a sample.

    Attributes:
        part: Of the `SampleOrder`: what must be another one.
    """

    def __init__(self, source: str, /, *, part: str) -> None:
        super().__init__(source)
        self.part = part


class InternalControl:
    """Each call is one transaction."""

    def __init__(self, database: Database, house: House, clock: Clock) -> None:
        self._database = database
        self._house = house
        self._clock = clock

    def draw(self, order: SampleOrder, *, by: PersonKey) -> Sample:
        """Draw cases that were closed in the days of the order.

        All cases of `LISTED` matters are added to those that are drawn, at most `MOST_LISTED`.

        Raises:
            EmptySample: No case was closed in those days, or none would be drawn.
        """
        zone = self._house.zone
        start = datetime.combine(order.first, time.min, zone)
        end = datetime.combine(order.last + timedelta(days=1), time.min, zone)
        with self._database.work() as work:
            closed = work.control.closed_between(order.process, start, end)
            listed = [case_id for case_id, matter in closed.items() if matter in LISTED]
            drawn = draw(closed, seed=order.seed, size=order.size)
            already = set(drawn)
            items = [SampleItem(case_id=case_id, why=Why.DRAWN) for case_id in drawn]
            items += [
                SampleItem(case_id=case_id, why=Why.LISTED)
                for case_id in listed[:MOST_LISTED]
                if case_id not in already
            ]
            if not closed:
                raise EmptySample(
                    mark("inga ärenden i processen avslutades under tiden"), part="last"
                )
            if not items:
                raise EmptySample(mark("urvalet blir tomt; ange ett större antal"), part="size")
            return work.control.insert(
                Sample(
                    id=0,
                    order=order,
                    population=len(closed),
                    drawn_at=self._clock.now(),
                    drawn_by=by,
                    items=tuple(items),
                )
            )

    def listed(self) -> list[Sample]:
        """Return the samples, the newest first."""
        with self._database.reading() as work:
            return work.control.listed()

    def opened(self, sample_id: int) -> OpenedSample:
        """Return a sample with its cases.

        Raises:
            NotFound: There is none with that number.
        """
        with self._database.reading() as work:
            return _opened(work, sample_id)

    def review(
        self,
        sample_id: int,
        case: Case,
        answers: Mapping[Question, Reply],
        *,
        note: str = "",
        by: PersonKey,
    ) -> None:
        """Write down what a colleague says of a case; that it was controlled is an event.

        Raises:
            NotFound: The sample has no such case.
            DataError: The reviewer has worked on the case, it was reviewed already, or a
                question is not answered.
        """
        if set(answers) != set(Question):
            raise DataError("svara på alla frågor om ärende {case}", case=case.number)
        if len(note) > _LONGEST_NOTE:
            raise DataError("anteckningen är för lång; högst {n} tecken", n=_LONGEST_NOTE)
        now = self._clock.now()
        review = Review(by=by, at=now, answers=dict(answers), note=note.strip())
        with self._database.work() as work:
            sample = work.control.get(sample_id)
            if case.id not in {item.case_id for item in sample.items}:
                raise NotFound("urval {n} har inget ärende {case}", n=sample_id, case=case.number)
            if by in _handlers(work.cases.events(case.id)):
                raise DataError(
                    "du har själv handlagt ärende {case}; låt en kollega granska det",
                    case=case.number,
                )
            if not work.control.review(sample_id, case.id, review):
                raise DataError("ärende {case} är redan granskat", case=case.number)
            event = Event.on(
                case,
                EventKind.CONTROLLED,
                now,
                self._house.calendar,
                actor=by,
                sample=sample_id,
                fault=review.is_fault,
            )
            work.cases.record([event])

    def evidence(self, sample_id: int, *, say: Say, names: Names, by: PersonKey) -> bytes:
        """Return a ZIP file: the protocol, and a file of evidence for each case.

        Protected cases are in the protocol by number only. Of the others it becomes an event
        that they were handed out.

        Raises:
            NotFound: There is none with that number.
        """
        with self._database.reading() as work:
            opened = _opened(work, sample_id)
            files = [(say("protokoll.csv"), _protocol(opened, say, names))]
            for reviewed in opened.cases:
                if not reviewed.case.protected:
                    files.extend(self._evidence_of(work, reviewed.case, say))
        self._handed_out(opened, by)
        return zipped(files, opened.sample.drawn_at.astimezone(self._house.zone))

    def _handed_out(self, opened: OpenedSample, by: PersonKey) -> None:
        now, sample = self._clock.now(), opened.sample.id
        events = [
            Event.on(
                one.case, EventKind.EXPORTED, now, self._house.calendar, actor=by, sample=sample
            )
            for one in opened.cases
            if not one.case.protected
        ]
        with self._database.work() as work:
            work.cases.record(events)

    def _evidence_of(self, work: Work, case: Case, say: Say) -> Iterator[tuple[str, bytes]]:
        zone = self._house.zone
        mails = list(work.case_papers.mails(case.id))
        values = {
            "case": str(case.number),
            "process": case.process,
            "matter": case.matter,
            "received_at": case.received_at.astimezone(zone).isoformat(),
            "triage": work.messages.first_triage(case.id),
            "events": [
                {
                    "at": event.at.astimezone(zone).isoformat(),
                    "what": say.code(f"event.{event.kind}"),
                    "who": event.actor,
                    "wall_seconds": event.wall_seconds,
                    "working_seconds": event.working_seconds,
                    **event.data,
                }
                for event in work.cases.events(case.id)
            ],
            "letters": [
                {
                    "at": paper.at.astimezone(zone).isoformat(),
                    "incoming": paper.incoming,
                    "template": paper.template,
                    "template_version": paper.template_version,
                }
                for paper in mails
            ],
        }
        folder = str(case.number)
        text = json.dumps(values, ensure_ascii=False, indent=2, default=str) + "\n"
        yield f"{folder}/{say('underlag.json')}", text.encode()
        yield from letter_files(mails, folder, say)


def _opened(work: Work, sample_id: int) -> OpenedSample:
    sample = work.control.get(sample_id)
    cases = work.cases.get_many([item.case_id for item in sample.items])
    return OpenedSample(
        sample=sample,
        cases=tuple(ReviewedCase(item=item, case=cases[item.case_id]) for item in sample.items),
    )


def _handlers(events: list[Event]) -> set[str]:
    looked = (EventKind.VIEWED, EventKind.CONTROLLED, EventKind.EXPORTED)
    return {event.actor for event in events if event.kind not in looked}


def _protocol(opened: OpenedSample, say: Say, names: Names) -> bytes:
    head: list[Cell] = [say("ärende"), say("ärendetyp"), say("varför"), say("granskat av")]
    head += [say("granskat"), *(say.code(f"question.{question}") for question in Question)]
    head.append(say("anteckning"))
    rows: list[list[Cell]] = [head]
    for reviewed in opened.cases:
        case, review = reviewed.case, reviewed.item.review
        row: list[Cell] = [
            str(case.number),
            "" if case.matter is None else names.matter(case.matter),
            say.code(f"control_why.{reviewed.item.why}"),
            "" if review is None else names.person(review.by),
            "" if review is None else review.at.date().isoformat(),
        ]
        for question in Question:
            row.append("" if review is None else say.code(f"control.{review.answers[question]}"))
        row.append("" if review is None else review.note)
        rows.append(row)
    return (BYTE_ORDER_MARK + csv_text(rows)).encode()
