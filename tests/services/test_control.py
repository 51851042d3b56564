"""Internal control and figures from elsewhere, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from bot.control import Question, Reply, SampleOrder
from bot.errors import BadValue, DataError, NotFound
from bot.outside import OutsideFigure, OutsideMeasure, OutsideSource
from bot.services.control import InternalControl
from bot.services.outside import Outside
from bot.texts import speaker
from bot.vocabulary import EventKind, MatterKey, PersonKey, StopReason, Urgency
from tests.city import City
from tests.letters import ORDINARY

ANNA, COLLEAGUE = PersonKey("agneta-brandt"), PersonKey("ebba-nyren")
ALL_WELL = dict.fromkeys(Question, Reply.YES)
SWEDISH = speaker("sv")


@pytest.fixture
def city(tmp_path, database_url):
    made = City(tmp_path / "mail", database_url, ("kundreskontra", "info"))
    yield made
    made.close()


@pytest.fixture
def control(city):
    return InternalControl(city.app.database, city.app.house, city.clock)


@pytest.fixture
def outside(city):
    return Outside(city.app.database, city.app.knowledge, city.clock)


def close_all(city, letters):
    for letter in letters:
        city.post(**letter)
    city.work_off()
    for case in city.cases():
        city.app.casework.take(case, by=ANNA)
        if case.urgent is not Urgency.NO:
            city.app.casework.confirm_stop(case, StopReason.CREDITED, by=ANNA)
        city.app.casework.close(case, by=ANNA)
    return city.cases()


def ordered(**other):
    values = {
        "process": "kundreskontra",
        "first": date(2026, 3, 1),
        "last": date(2026, 3, 31),
        "size": 2,
        "seed": "t1",
    }
    return SampleOrder(**(values | other))


def letters(count):
    return [{**ORDINARY, "sender": f"p{n}@kund{n}.example"} for n in range(count)]


def test_a_sample_is_drawn_from_the_cases_that_were_closed_in_its_days(city, control):
    close_all(city, letters(5))
    sample = control.draw(ordered(), by=ANNA)
    assert (sample.population, len(sample.items)) == (5, 2)
    with pytest.raises(DataError, match="inga ärenden"):
        control.draw(ordered(last=date(2026, 3, 2)), by=ANNA)


def test_the_same_order_gives_the_same_cases_again(city, control):
    close_all(city, letters(5))
    first, second = (control.draw(ordered(), by=ANNA) for _ in range(2))
    assert [item.case_id for item in first.items] == [item.case_id for item in second.items]


def test_an_open_case_is_not_drawn(city, control):
    city.post(**ORDINARY)
    city.work_off()
    with pytest.raises(DataError, match="inga ärenden"):
        control.draw(ordered(), by=ANNA)


def test_a_sample_without_a_case_is_not_made(city, control):
    close_all(city, letters(1))
    with pytest.raises(DataError, match="tomt"):
        control.draw(ordered(size=0), by=ANNA)
    assert control.listed() == []


@pytest.mark.parametrize("matter", ["makulering", "aterbetalning"])
def test_all_cancellations_and_repayments_are_listed_beside_what_is_drawn(city, control, matter):
    cancelled, *_ = close_all(city, letters(3))
    with city.app.database.work() as work:
        case = work.cases.get(cancelled.id)
        work.cases.change(replace(case, matter=MatterKey(matter)))
    sample = control.draw(ordered(size=0), by=ANNA)
    assert [item.case_id for item in sample.items] == [cancelled.id]


def test_a_colleague_reviews_a_case_and_that_is_an_event(city, control):
    close_all(city, letters(3))
    sample = control.draw(ordered(size=1), by=ANNA)
    (reviewed,) = control.opened(sample.id).cases
    answers = ALL_WELL | {Question.LEAD_TIME_KEPT: Reply.NO}
    control.review(sample.id, reviewed.case, answers, note="För sent", by=COLLEAGUE)
    sample = control.opened(sample.id).sample
    assert (sample.reviewed, sample.faults) == (1, 1)
    event = city.history(reviewed.case)[-1]
    assert (event.kind, event.actor) == (EventKind.CONTROLLED, COLLEAGUE)


def test_what_was_noted_of_a_case_is_deleted_with_its_words_and_the_answers_stay(city, control):
    close_all(city, letters(1))
    sample = control.draw(ordered(size=1), by=ANNA)
    (reviewed,) = control.opened(sample.id).cases
    control.review(sample.id, reviewed.case, ALL_WELL, note="Kim Ek ringde", by=COLLEAGUE)
    with city.app.database.work() as work:
        work.keeping.forget_cases([reviewed.case.id], city.clock.now())
    (item,) = control.opened(sample.id).sample.items
    assert item.review is not None
    assert (item.review.answers, item.review.note) == (ALL_WELL, "")


def test_nobody_reviews_a_case_that_they_have_worked_on(city, control):
    close_all(city, letters(1))
    sample = control.draw(ordered(), by=ANNA)
    (reviewed,) = control.opened(sample.id).cases
    with pytest.raises(DataError):
        control.review(sample.id, reviewed.case, ALL_WELL, by=ANNA)


def test_a_case_is_reviewed_once_and_every_question_is_answered(city, control):
    close_all(city, letters(1))
    sample = control.draw(ordered(), by=ANNA)
    (reviewed,) = control.opened(sample.id).cases
    with pytest.raises(DataError):
        control.review(sample.id, reviewed.case, {}, by=COLLEAGUE)
    control.review(sample.id, reviewed.case, ALL_WELL, by=COLLEAGUE)
    with pytest.raises(DataError):
        control.review(sample.id, reviewed.case, ALL_WELL, by=COLLEAGUE)


def test_a_case_that_is_not_in_the_sample_is_not_reviewed_in_it(city, control):
    cases = close_all(city, letters(2))
    sample = control.draw(ordered(size=1), by=ANNA)
    (other,) = [case for case in cases if case.id != sample.items[0].case_id]
    with pytest.raises(NotFound):
        control.review(sample.id, other, ALL_WELL, by=COLLEAGUE)


def test_the_evidence_holds_the_protocol_and_a_file_for_each_case(city, control):
    close_all(city, letters(2))
    sample = control.draw(ordered(), by=ANNA)
    for reviewed in control.opened(sample.id).cases:
        control.review(sample.id, reviewed.case, ALL_WELL, note="=Bra", by=COLLEAGUE)
    names = city.app.knowledge.names_in("sv")
    with ZipFile(
        BytesIO(control.evidence(sample.id, say=SWEDISH, names=names, by=ANNA))
    ) as archive:
        protocol = archive.read("protokoll.csv").decode("utf-8-sig")
        number = str(reviewed.case.number)
        evidence = json.loads(archive.read(f"{number}/underlag.json"))
        assert f"{number}/001-in.eml" in archive.namelist()
    assert "Ebba" in protocol
    assert "'=Bra" in protocol
    assert evidence["letters"][1]["template_version"]
    assert any(event["who"] == ANNA for event in evidence["events"])
    assert {"rule": "tag.exact", "words": "KR", "where": "subject"} in evidence["triage"]["reasons"]
    assert {event["at"] for event in evidence["events"]} == {"2026-03-03T10:00:00+01:00"}
    assert all("working_seconds" in event for event in evidence["events"])


def test_an_unknown_sample_is_said_to_be_unknown(control):
    with pytest.raises(NotFound):
        control.opened(17)


FILE = (
    "from;to;place;measure;value\r\n"
    "2026-01-01;2026-01-31;kundsupport;calls_offered;1200\r\n"
    "2026-01-01;2026-01-31;kundsupport;answered_in_time;93,5 %\r\n"
)


def test_figures_of_the_exchange_are_read_from_a_file(outside):
    done = outside.take_in(FILE.encode(), OutsideSource.CALLGUIDE, by=ANNA)
    assert (done.figures, done.faults) == (2, ())
    found = outside.within(date(2026, 1, 1), date(2026, 4, 30))
    assert sorted(figure.value for figure in found) == [0.935, 1200]


def test_a_file_that_is_read_again_replaces_its_figures(outside):
    outside.take_in(FILE.encode(), OutsideSource.CALLGUIDE, by=ANNA)
    changed = FILE.replace("1200", "1300")
    outside.take_in(changed.encode(), OutsideSource.CALLGUIDE, by=ANNA)
    found = outside.within(date(2026, 1, 1), date(2026, 1, 31), place="kundsupport")
    assert sorted(figure.value for figure in found) == [0.935, 1300]


WRONG_LINES = [
    "2026-01-32;2026-01-31;kundsupport;calls_offered;1",
    "2026-01-02;2026-01-01;kundsupport;calls_offered;1",
    "2026-01-01;2026-01-31;nobody;calls_offered;1",
    "2026-01-01;2026-01-31;kundsupport;nonsense;1",
    "2026-01-01;2026-01-31;kundsupport;calls_offered;många",
    "2026-01-01;2026-01-31;kundsupport;calls_offered;nan",
    "2026-01-01;2026-01-31;kundsupport;answered_in_time;93",
    "2026-01-01;2026-01-31",
]


@pytest.mark.parametrize("line", WRONG_LINES)
def test_a_file_with_a_wrong_line_is_refused_whole_and_the_line_is_named(outside, line):
    done = outside.take_in(f"{FILE}{line}\r\n".encode(), OutsideSource.CALLGUIDE, by=ANNA)
    assert (done.figures, [fault.line for fault in done.faults]) == (0, [4])
    assert outside.within(date(2026, 1, 1), date(2026, 12, 31)) == []


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a;b\r\n1;2\r\n", b"x" * 1_000_001])
def test_what_is_no_such_file_is_refused(outside, content):
    with pytest.raises(DataError):
        outside.take_in(content, OutsideSource.SURVEY, by=ANNA)


def test_a_figure_can_be_typed_in_and_its_place_must_exist(outside):
    values = {
        "source": OutsideSource.SURVEY,
        "measure": OutsideMeasure.INDEX,
        "first": date(2026, 1, 1),
        "last": date(2026, 12, 31),
        "value": 78,
    }
    outside.add(OutsideFigure(place="", **values), by=ANNA)
    with pytest.raises(BadValue):
        outside.add(OutsideFigure(place="nobody", **values), by=ANNA)
    assert [f.value for f in outside.within(date(2026, 1, 1), date(2026, 12, 31))] == [78]


def test_what_was_closed_a_day_after_is_not_of_the_period(city, control):
    close_all(city, letters(1))
    case = city.cases()[0]
    city.clock.advance(timedelta(days=40))
    city.app.casework.reopen(case, by=ANNA)
    city.app.casework.close(case, by=ANNA)
    with pytest.raises(DataError, match="inga ärenden"):
        control.draw(ordered(), by=ANNA)
