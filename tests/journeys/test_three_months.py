"""Three months of a busy centre with a clock that jumps: nothing urgent is silently late.

20,000 cases from March to May 2026: the clock change, Easter, four half days, and people who
are away. What should have happened is worked out by `tests.by_hand`, never by the house.
"""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from ruamel.yaml import YAML
from sqlalchemy import event

from bot import knowledge
from bot.clock import FixedClock
from bot.services.stop_lists import MOST_SINGLE_ALERTS
from tests import by_hand
from tests.by_hand import Roster
from tests.city import City, shipped_material
from tests.quarter import BOX, Centre
from tests.quarter_mails import DAYS, START, mails

CASES = 20_000
ALL_AWAY = date(2026, 5, 20)
HEADS = {
    "kundreskontra": ("anette-forsbro", "bengt-ohlander", "camilla-dyrssen"),
    "leverantorsreskontra": ("bengt-ohlander", "camilla-dyrssen", "daniel-westergard"),
}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def rows_of(mailbox):
    """Return the rows of a rota as `duty.yaml` has them."""
    duty = YAML(typ="safe").load(knowledge.bundled_folder() / "duty.yaml")
    (post,) = [post for post in duty["posts"] if post.get("mailbox") == mailbox]
    return [[row["answers"], *row["substitutes"]] for row in post["rota"]]


def absences(chance):
    """Return (person, first day, last day): everybody is away now and then, one day too many."""
    people = {person for box in HEADS for row in rows_of(box) for person in row}
    heads = {head for box in HEADS for head in HEADS[box]}
    found = [(person, ALL_AWAY, ALL_AWAY) for person in sorted(people - heads)]
    for person in sorted(people | heads):
        for _ in range(3):
            first = START + timedelta(days=chance.randrange(DAYS))
            found.append((person, first, first + timedelta(days=chance.randrange(5))))
    return found


def knowledge_with(away, folder):
    """Return the knowledge of the sample city with absences written into its `duty.yaml`."""
    shutil.copytree(knowledge.bundled_folder(), folder)
    lines = [f"  - {{person: {who}, from: {first}, to: {last}}}" for who, first, last in away]
    duty = folder / "duty.yaml"
    text = duty.read_text(encoding="utf-8").replace(
        "absences: []", "\n".join(["absences:", *lines])
    )
    duty.write_text(text, encoding="utf-8")
    return knowledge.load(folder)


def do_without_the_disk(city):
    """Let commits not wait for the disk: what a power cut does is not asked here."""

    def quick(connection, _record):
        connection.execute("PRAGMA synchronous = OFF")

    event.listen(city.app.database.engine, "connect", quick)
    city.app.database.engine.dispose()


@pytest.fixture(scope="module")
def away():
    return absences(Random(3))


@pytest.fixture(scope="module")
def quarter(tmp_path_factory, away):
    """Live through the three months once."""
    folder = tmp_path_factory.mktemp("quarter")
    city = City(
        folder / "mail",
        f"sqlite:///{folder}/q.db",
        [BOX],
        clock=FixedClock(by_hand.instant(START, 0)),
        material=replace(shipped_material(), knowledge=knowledge_with(away, folder / "knowledge")),
    )
    do_without_the_disk(city)
    centre = Centre(city, Random(1), mails(Random(2), CASES))
    centre.live()
    yield centre
    city.close()


@pytest.fixture(scope="module")
def stories(quarter):
    """Return the urgent cases."""
    return list(quarter.stories.values())


@pytest.fixture(scope="module")
def ladders(stories):
    """Return each story with the alerts that it should have led to."""
    return [
        (story, by_hand.ladder(story.mail.at, story.untils, story.acknowledged))
        for story in stories
    ]


def rounded(told):
    """Return alerts to the second: a third of the time left may end between two."""
    return [(t.at + timedelta(milliseconds=1)).replace(microsecond=0) for t in told], [
        (t.code, t.rung) for t in told
    ]


def test_every_urgent_case_is_told_to_a_person_before_its_deadline(quarter, stories):
    people = quarter.city.app.knowledge.people
    assert len(stories) > CASES / 11
    late = [s for s in stories if not s.told or s.told[0].at > s.untils[0].handle_by]
    assert late == []
    assert all(person in people for story in stories for person in story.told_to)


def test_the_head_hears_of_a_case_before_its_deadline_passes_unacknowledged(stories):
    passed = [
        story
        for story in stories
        if len(story.untils) == 1 and story.acknowledged > story.untils[0].handle_by
    ]
    assert len(passed) > 20
    for story in passed:
        told = [told.rung for told in story.told if told.at < story.untils[0].handle_by]
        assert "head" in told


def test_every_deadline_is_the_one_worked_out_by_hand(quarter):
    assert quarter.wrong_deadlines == []


def test_every_step_comes_at_its_working_minute_and_none_after_acknowledgement(ladders):
    wrong = [story for story, wanted in ladders if rounded(story.told) != rounded(wanted)]
    assert wrong == []


def test_the_quarter_holds_what_could_go_wrong(ladders):
    codes = Counter((told.code, told.rung) for story, _ in ladders for told in story.told)
    assert set(codes) == {
        ("urgent", None),
        ("unacknowledged", "substitute"),
        ("unacknowledged", "head"),
        ("half_time", "on_duty"),
        ("last_hour", "head"),
    }
    assert min(codes.values()) > 20
    assert sum(len(story.untils) > 1 for story, _ in ladders) > 20
    at_night = [s for s, _ in ladders if not by_hand.is_open(s.told[0].at)]
    assert len(at_night) > 5
    over = {by_hand.SUMMER_TIME, *(by_hand.instant(day, 12) for day in by_hand.CLOSED)}
    over |= {by_hand.instant(day, 15) for day in by_hand.HALF}
    spans = [(s.told[0].at, s.told[-1].at) for s, _ in ladders]
    end = by_hand.instant(START + timedelta(days=DAYS), 0)
    crossed = [any(first < at < last for first, last in spans) for at in over if at < end]
    assert all(crossed)
    assert len(crossed) > 7


def test_no_alert_of_the_ladder_follows_an_acknowledgement(stories):
    for story in stories:
        assert story.acknowledged is not None
        assert all(told.at <= story.acknowledged for told in story.told)


def test_nobody_is_called_outside_opening_hours_for_what_can_wait(stories):
    for story in stories:
        for told in story.told:
            in_hours = by_hand.is_open(told.at) or by_hand.last_open(told.at) == told.at
            safe = [until.safe_until for until in story.untils if until.since <= told.at][-1]
            assert in_hours or (safe is not None and safe <= told.at)


def test_each_alert_goes_to_who_is_there_that_day(stories, away):
    days = frozenset(
        (person, first + timedelta(days=n))
        for person, first, last in away
        for n in range((last - first).days + 1)
    )
    rosters = {box: Roster(rows_of(box), heads, days) for box, heads in HEADS.items()}
    nobody_away = {box: Roster(rows_of(box), heads, frozenset()) for box, heads in HEADS.items()}
    stand_ins = Counter()
    for story in stories:
        box = story.mail.triage.process
        wanted = [rosters[box].who(told.rung, told.at) for told in story.told]
        assert story.told_to == wanted
        for told, person in zip(story.told, wanted, strict=True):
            stand_ins[told.rung] += person != nobody_away[box].who(told.rung, told.at)
    assert min(stand_ins[rung] for rung in (None, "substitute", "head")) > 10


def test_every_stop_list_is_exactly_right(quarter):
    for listed in quarter.lists:
        assert sorted(listed.rows(), key=repr) == sorted(listed.wanted, key=repr)
    parts = Counter(row[0] for listed in quarter.lists for row in listed.wanted)
    assert len(quarter.lists) == 2 * DAYS
    assert min(parts[part] for part in ("stop", "no_number", "at_collector")) > 100


def test_every_stop_list_says_what_is_new_and_gone_since_the_last(quarter):
    for listed in quarter.lists:
        now, before = ({row[:3] for row in rows} for rows in (listed.wanted, listed.wanted_before))
        changes = listed.made.changes
        told = [
            {(line.part.value, line.case, line.invoice) for line in lines}
            for lines in (changes.added, changes.removed)
        ]
        assert told == [now - before, before - now]


def test_every_invoice_that_went_to_the_collector_all_the_same_is_found_and_told_once(quarter):
    found = quarter.city.app.stop_lists.misses()
    assert {miss.invoice: miss.amount_ore for miss in found} == quarter.missed
    assert len(found) == len(quarter.missed) > 20
    for alerts, wanted in zip(quarter.miss_alerts, quarter.wanted_miss_alerts, strict=True):
        if len(wanted) > MOST_SINGLE_ALERTS:
            (alert,) = alerts
            said = (alert.values["count"], alert.values["amount_ore"])
            assert said == (len(wanted), sum(wanted.values()))
        else:
            assert {a.values["invoice"]: a.values["amount_ore"] for a in alerts} == wanted
