"""What is owed to Slack, on both databases and by several workers at once."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.clock import FixedClock
from bot.services.slack_outbox import Outbox
from bot.store.slack import Link
from bot.store.slack_posts import NewPost
from bot.vocabulary import CaseId, Status, Urgency
from tests.made_cases import TUESDAY, a_case

LEASE = timedelta(seconds=60)
SECOND = timedelta(seconds=1)
CHANNEL = "C1"
LATER = TUESDAY + timedelta(hours=1)


@pytest.fixture
def begun(database):
    """A database whose channel holds the cards of all cases."""
    with database.work() as work:
        work.slack_cards.begin(CHANNEL, TUESDAY)
    return database


def open_cases(database, *cases):
    with database.work() as work:
        work.cases.insert(cases)
        work.slack_cards.add_new(CHANNEL, TUESDAY)


def claim(database, now=TUESDAY, **how):
    with database.work() as work:
        return work.slack_cards.claim_due(now, lease=LEASE, **how)


def show(database, case_id, ts, version=1, *, closed=False):
    with database.work() as work:
        work.slack_cards.shown(CaseId(case_id), ts=ts, version=version, closed=closed)


def claimed_ids(database, count, **how):
    found = [claim(database, **how) for _ in range(count)]
    return [None if card is None else card.case_id for card in found]


def test_each_new_case_is_owed_a_card_once(begun):
    open_cases(begun, a_case(1), a_case(2))
    with begun.work() as work:
        work.slack_cards.add_new(CHANNEL, TUESDAY)
    assert claimed_ids(begun, 3) == [1, 2, None]


def test_urgent_cases_come_first_and_changes_last(begun):
    open_cases(begun, a_case(1), a_case(2), a_case(3, urgent=Urgency.PAYOUT))
    show(begun, 1, "1.1", version=0)
    assert claimed_ids(begun, 4) == [3, 2, 1, None]


def test_only_urgent_cards_are_claimed_where_only_they_are_asked_for(begun):
    open_cases(begun, a_case(1), a_case(2, urgent=Urgency.COLLECTIONS))
    assert claimed_ids(begun, 2, urgent_only=True) == [2, None]


def test_a_crashed_workers_card_is_free_after_its_lease_and_says_that_posting_began(begun):
    open_cases(begun, a_case(1))
    assert claim(begun).begun_at is None
    assert claim(begun, TUESDAY + LEASE - SECOND) is None
    assert claim(begun, TUESDAY + LEASE).begun_at == TUESDAY


def test_a_card_that_shows_its_case_is_not_due_until_the_case_changes(begun):
    open_cases(begun, a_case(1))
    show(begun, 1, "1.1")
    assert claim(begun) is None
    with begun.work() as work:
        case = work.cases.get(CaseId(1))
        work.cases.change(dataclasses.replace(case, status=Status.OPEN))
    card = claim(begun)
    assert (card.case_id, card.ts) == (1, "1.1")


def test_a_card_of_a_closed_case_is_due_again_only_when_it_is_reopened(begun):
    open_cases(begun, a_case(1, status=Status.CLOSED))
    show(begun, 1, "1.1", closed=True)
    assert claim(begun) is None
    with begun.work() as work:
        case = work.cases.get(CaseId(1))
        work.cases.change(dataclasses.replace(case, status=Status.OPEN))
    assert claim(begun).case_id == 1


def test_a_card_stands_where_its_case_belongs_and_is_posted_anew_where_it_moves(begun):
    with begun.work() as work:
        work.cases.insert([a_case(1), a_case(2, process="redovisning")])
        assert work.slack_cards.is_to_come(CaseId(2))
        work.slack_cards.add_new(CHANNEL, TUESDAY, lambda _team, process: f"C-{process}")
    assert [claim(begun).channel for _ in range(2)] == ["C-kundreskontra", "C-redovisning"]
    show(begun, 1, "1.1")
    with begun.work() as work:
        assert not work.slack_cards.is_to_come(CaseId(1))
        work.slack_cards.moves(CaseId(1), "C-redovisning", TUESDAY)
    card = claim(begun)
    assert (card.channel, card.ts, card.begun_at) == ("C-redovisning", None, None)


def test_what_was_told_is_found_by_its_key_with_its_place(begun):
    with begun.work() as work:
        for key in ("a:1", "a:2"):
            work.slack_posts.plan(NewPost(key=key, channel=CHANNEL, body={}), TUESDAY)
        work.slack_posts.sent("a:1", "1.1", TUESDAY)
        told = work.slack_posts.told(["a:1", "a:2", "a:3"])
    assert {key: place.ts for key, place in told.items()} == {"a:1": "1.1", "a:2": None}


def test_nothing_is_due_in_a_channel_whose_turn_it_is_not(begun):
    open_cases(begun, a_case(1))
    with begun.work() as work:
        assert work.slack_pace.take(CHANNEL, TUESDAY, gap=SECOND)
        assert not work.slack_pace.take(CHANNEL, TUESDAY, gap=SECOND)
    assert claim(begun) is None
    assert claim(begun, TUESDAY + SECOND).case_id == 1


def test_a_reserved_turn_comes_before_all_who_take_one(database):
    with database.work() as work:
        pace = work.slack_pace
        turns = [
            pace.reserve(CHANNEL, TUESDAY, gap=SECOND, most=timedelta(seconds=2)) for _ in range(4)
        ]
        assert not pace.take(CHANNEL, TUESDAY + 2 * SECOND, gap=SECOND)
        assert pace.take(CHANNEL, TUESDAY + 3 * SECOND, gap=SECOND)
    assert turns == [TUESDAY, TUESDAY + SECOND, TUESDAY + 2 * SECOND, None]


def test_a_channel_is_held_for_as_long_as_slack_asks_and_never_shorter(database):
    with database.work() as work:
        assert work.slack_pace.take(CHANNEL, TUESDAY, gap=SECOND)
        work.slack_pace.hold(CHANNEL, TUESDAY + 30 * SECOND)
        work.slack_pace.hold(CHANNEL, TUESDAY + 10 * SECOND)
        assert not work.slack_pace.take(CHANNEL, TUESDAY + 29 * SECOND, gap=SECOND)
        assert work.slack_pace.take(CHANNEL, TUESDAY + 30 * SECOND, gap=SECOND)


def test_workers_who_claim_at_once_get_different_cards_and_one_turn_a_second(begun):
    open_cases(begun, *(a_case(number) for number in range(1, 13)))
    clock = FixedClock(TUESDAY)
    outbox = Outbox(begun, clock)
    seen = []
    with ThreadPoolExecutor(max_workers=4) as pool:
        for _ in range(12):
            at_once = [pool.submit(outbox.claim_card, CHANNEL) for _ in range(4)]
            found = [card.case_id for work in at_once if (card := work.result()) is not None]
            assert len(found) <= 1
            seen += found
            clock.advance(SECOND)
    assert len(seen) == len(set(seen))
    assert len(seen) >= 11


def post(key="a", **more):
    return NewPost(key=key, channel=CHANNEL, body={"text": key, "blocks": []}, **more)


def claim_post(database, now=TUESDAY, *, urgent=False):
    with database.work() as work:
        return work.slack_posts.claim_due(now, lease=LEASE, urgent=urgent)


def test_a_message_is_claimed_once_and_forgotten_once_it_is_sent(database):
    with database.work() as work:
        for _ in range(2):
            work.slack_posts.plan(post(), TUESDAY)
    found = claim_post(database)
    assert (found.key, found.body["text"]) == ("a", "a")
    assert claim_post(database) is None
    with database.work() as work:
        work.slack_posts.sent("a", "1.1", TUESDAY, planned_at=found.planned_at)
        assert work.slack_posts.ts_of("a") == "1.1"
        assert not work.slack_posts.owes()
    assert claim_post(database, LATER) is None


def test_what_took_a_messages_place_while_it_was_sent_is_still_to_come(database):
    with database.work() as work:
        work.slack_posts.plan(post(replaces="1.1"), TUESDAY)
    first = claim_post(database)
    with database.work() as work:
        newer = NewPost(
            key="a", channel=CHANNEL, body={"text": "nyare", "blocks": []}, replaces="1.1"
        )
        work.slack_posts.plan(newer, TUESDAY + SECOND)
        work.slack_posts.sent("a", "1.1", TUESDAY + SECOND, planned_at=first.planned_at)
    assert claim_post(database, TUESDAY + SECOND).body["text"] == "nyare"


def test_urgent_messages_are_claimed_apart(database):
    with database.work() as work:
        work.slack_posts.plan(post("calm"), TUESDAY)
        work.slack_posts.plan(post("urgent", urgent=True), TUESDAY)
    assert claim_post(database, urgent=True).key == "urgent"
    assert claim_post(database).key == "calm"


def test_a_message_that_its_caller_posts_says_how_far_it_had_come(database):
    def begin(now):
        with database.work() as work:
            return work.slack_posts.begin(post(), now)

    assert begin(TUESDAY).begun_at is None
    assert begin(LATER).begun_at == TUESDAY
    with database.work() as work:
        work.slack_posts.sent("a", "1.1", LATER)
    assert begin(LATER).ts == "1.1"
    assert claim_post(database, LATER) is None


def test_old_messages_are_deleted_but_for_those_that_wait(database):
    with database.work() as work:
        for key in ("sent", "failed", "begun", "waits"):
            if key == "begun":
                work.slack_posts.begin(post(key), TUESDAY)
            else:
                work.slack_posts.plan(post(key), TUESDAY)
        work.slack_posts.sent("sent", "1.1", TUESDAY)
        work.slack_posts.failed("failed", "channel_not_found", TUESDAY)
    with database.work() as work:
        assert work.slack_posts.forget(LATER, alerts_before=TUESDAY) == 3
    assert claim_post(database, LATER).key == "waits"


def test_alerts_and_what_took_their_place_are_remembered_longer(database):
    with database.work() as work:
        work.slack_posts.begin(post("alert", urgent=True), TUESDAY)
        work.slack_posts.sent("alert", "1.1", TUESDAY)
        work.slack_posts.plan(post("update", replaces="1.1"), TUESDAY)
        work.slack_posts.sent("update", "1.1", TUESDAY)
    with database.work() as work:
        assert work.slack_posts.forget(LATER, alerts_before=TUESDAY) == 0
        assert work.slack_posts.forget(LATER, alerts_before=LATER) == 2


def remember(database, event_id, now=TUESDAY):
    with database.work() as work:
        return work.slack_events.remember(event_id, {"id": event_id}, now, lease=LEASE)


def left_behind(database, now):
    with database.work() as work:
        since = TUESDAY - timedelta(hours=1)
        return work.slack_events.claim_unhandled(now, lease=LEASE, since=since)


def test_an_event_is_new_once(database):
    assert [remember(database, key) for key in ("a", "b", "a")] == [True, True, False]


def test_an_event_is_left_behind_when_its_workers_lease_has_run_out(database):
    remember(database, "a")
    assert left_behind(database, TUESDAY) == []
    assert left_behind(database, TUESDAY + LEASE) == [("a", {"id": "a"})]
    assert left_behind(database, TUESDAY + LEASE) == []


def test_a_handled_event_is_known_but_what_it_said_is_forgotten(database):
    remember(database, "a")
    with database.work() as work:
        work.slack_events.handled("a", TUESDAY)
    assert left_behind(database, LATER) == []
    assert not remember(database, "a", LATER)
    with database.work() as work:
        assert work.slack_events.forget(LATER) == 1


def test_two_workers_that_hear_of_one_event_at_once_handle_it_once(database):
    with ThreadPoolExecutor(max_workers=8) as pool:
        new = list(pool.map(lambda _: remember(database, "a"), range(16)))
    assert new.count(True) == 1


def test_how_a_connection_stands_is_kept_for_each_worker(database):
    def link(worker, connected, at):
        return Link(
            worker=worker,
            transport="socket",
            connected=connected,
            last_frame_at=None,
            seen_at=at,
        )

    with database.work() as work:
        for one in (link("a", True, TUESDAY), link("a", False, LATER), link("b", True, TUESDAY)):
            work.slack_links.report(one)
        assert work.slack_links.seen_since(LATER) == [link("a", False, LATER)]
        work.slack_links.leave("a")
        assert [one.worker for one in work.slack_links.seen_since(TUESDAY)] == ["b"]
