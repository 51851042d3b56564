"""What is owed to Slack: once, in its turn, the urgent first, and found again where unsure."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bot.slack.message import SlackMessage
from bot.vocabulary import Status
from tests.letters import ORDINARY, URGENT_INVOICE
from tests.slack.office import slack_user
from tests.slack.slack_server import Fault
from tests.slack.workspace import ALERTS, CASES

HELLO = SlackMessage(text="Hej")


@pytest.fixture
def begun(machine):
    machine.begin()
    return machine


def receive(office, count):
    for number in range(count):
        office.receive(**ORDINARY, sender=f"p{number}@kund{number}.example")


def numbers_of(messages, cases):
    """Return the cases that messages are about, in the order of the messages."""
    found = []
    for message in messages:
        found += [case.number for case in cases if str(case.number) in message["text"]]
    return found


def test_each_case_has_one_card(begun):
    receive(begun, 5)
    begun.tell()
    cases = begun.cases()
    assert sorted(numbers_of(begun.cards(), cases)) == [case.number for case in cases]


def test_no_two_messages_go_to_a_channel_within_a_second(begun):
    begun.slack.per_channel_s = 1.0
    receive(begun, 6)
    begun.receive(**URGENT_INVOICE)
    begun.tell()
    for channel in (CASES, ALERTS):
        posted = [
            call.at
            for call in begun.slack.calls("chat.postMessage")
            if call.args["channel"] == channel
        ]
        assert all(later - before >= 1.0 for before, later in pairwise(posted))
    assert len(begun.cards()) == 7


def test_a_channel_rests_for_as_long_as_slack_asks(begun):
    receive(begun, 1)
    begun.slack.fail("chat.postMessage", Fault(retry_after=17))
    begun.tell()
    refused, posted = begun.slack.calls("chat.postMessage")
    assert posted.at - refused.at >= 17
    assert len(begun.cards()) == 1


def test_an_urgent_case_overtakes_the_cards_that_wait(begun):
    receive(begun, 4)
    begun.face.work_off()
    begun.receive(**URGENT_INVOICE)
    begun.tell()
    cases = begun.cases()
    told = numbers_of(begun.cards(), cases)
    assert told[1] == cases[-1].number
    assert len(told) == 5


def test_new_cards_come_before_changes_of_old_ones(begun):
    receive(begun, 1)
    begun.tell()
    (first,) = begun.cases()
    begun.app.casework.take(first, by=next(iter(begun.app.knowledge.people)))
    receive(begun, 2)
    begun.tell()
    methods = [call.method for call in begun.slack.space.calls if call.method.startswith("chat.")]
    assert methods == ["chat.postMessage"] * 3 + ["chat.update"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(drop=True, done=True),
        Fault(status=502, done=True),
        Fault(drop=True),
        Fault(status=503),
        Fault(error="internal_error"),
    ],
    ids=["answer cut", "bad gateway", "cut before", "unavailable", "internal error"],
)
def test_a_card_whose_posting_ended_unknown_is_there_once(begun, fault):
    receive(begun, 2)
    begun.slack.fail("chat.postMessage", fault)
    begun.tell()
    cases = begun.cases()
    assert sorted(numbers_of(begun.cards(), cases)) == [case.number for case in cases]


def test_a_card_that_was_found_again_shows_what_has_changed_meanwhile(begun):
    receive(begun, 1)
    begun.slack.fail("chat.postMessage", Fault(drop=True, done=True))
    begun.face.work_off()
    (case,) = begun.cases()
    begun.app.casework.close(case, by=next(iter(begun.app.knowledge.people)))
    begun.tell()
    (card,) = begun.cards()
    assert begun.say.code(f"status.{Status.CLOSED}") in card["text"]


def test_a_card_is_found_behind_many_later_messages(begun):
    receive(begun, 1)
    begun.slack.fail("chat.postMessage", Fault(drop=True, done=True))
    begun.face.work_off()
    person = begun.slack.member(slack_user(next(iter(begun.app.knowledge.people))))
    for number in range(450):
        person._write(f"hej {number}", CASES, None)
    begun.tell()
    assert len(begun.cards()) == 1
    assert len(begun.slack.calls("conversations.history")) == 3


def test_what_another_app_or_a_person_says_of_a_key_is_not_taken_for_our_card(begun):
    receive(begun, 1)
    begun.slack.fail("chat.postMessage", Fault(drop=True))
    begun.face.work_off()
    begun.slack.space.messages.append(
        {
            "type": "message",
            "ts": begun.slack.space.ts(),
            "channel": CASES,
            "user": "U0OTHER00",
            "text": "jag är ett kort",
            "metadata": {"event_type": "sammadag", "event_payload": {"key": "card:1"}},
        }
    )
    begun.tell()
    assert len(begun.cards()) == 1


def test_a_card_that_somebody_deleted_is_posted_anew_when_its_case_changes(begun):
    receive(begun, 1)
    begun.tell()
    begun.slack.space.messages.clear()
    (case,) = begun.cases()
    begun.app.casework.take(case, by=next(iter(begun.app.knowledge.people)))
    begun.tell()
    (card,) = begun.cards()
    assert str(case.number) in card["text"]


def test_a_card_that_slack_does_not_understand_is_posted_as_text(begun):
    receive(begun, 1)
    begun.slack.fail("chat.postMessage", Fault(error="invalid_blocks"))
    begun.tell()
    (card,) = begun.cards()
    assert "blocks" not in card


def test_a_case_from_before_slack_was_connected_gets_no_card(machine):
    receive(machine, 2)
    machine.begin()
    receive(machine, 1)
    machine.tell()
    assert numbers_of(machine.cards(), machine.cases()) == [machine.cases()[-1].number]


def test_a_reopened_case_is_shown_as_open_again(begun):
    receive(begun, 1)
    person = next(iter(begun.app.knowledge.people))
    begun.app.casework.close(begun.cases()[0], by=person)
    begun.tell()
    begun.app.casework.reopen(begun.cases()[0], by=person)
    begun.tell()
    (card,) = begun.cards()
    assert begun.say.code(f"status.{Status.OPEN}") in card["text"]


@pytest.mark.parametrize("reason", ["token_revoked", "missing_scope", "not_in_channel"])
def test_cards_wait_until_slack_lets_us_in_again(begun, reason):
    receive(begun, 3)
    begun.slack.fail("chat.postMessage", Fault(error=reason), times=5)
    begun.tell()
    assert len(begun.cards()) == 3


def test_a_message_is_posted_once_for_each_key(begun):
    poster = begun.poster
    for key in ("a", "b", "a"):
        poster.post(key, CASES, HELLO)
    begun.tell()
    assert len(begun.cards()) == 2


def test_a_message_may_stand_in_the_thread_of_a_card(begun):
    receive(begun, 1)
    begun.tell()
    card = begun.poster.card_of(begun.cases()[0].id)
    begun.slack.fail("chat.postMessage", Fault(drop=True, done=True))
    begun.poster.post("note", card.channel, HELLO, thread=card.ts)
    begun.tell()
    (said,) = begun.slack.space.said(CASES, thread=card.ts)
    assert said["text"] == "Hej"


def test_of_several_updates_of_a_message_only_the_last_is_sent(begun):
    begun.poster.post("a", CASES, HELLO)
    begun.tell()
    (message,) = begun.cards()
    for text in ("ett", "två", "tre"):
        begun.poster.update(CASES, message["ts"], SlackMessage(text=text))
    begun.tell()
    (message,) = begun.cards()
    assert (message["text"], message["edited"]) == ("tre", 1)


def test_a_person_can_be_written_to_directly(begun):
    user = slack_user(next(iter(begun.app.knowledge.people)))
    begun.poster.post("a", user, HELLO)
    begun.tell()
    (said,) = begun.slack.space.said(begun.slack.space.direct(user).id)
    assert said["text"] == "Hej"


def test_a_message_to_a_channel_that_is_not_there_holds_up_nothing(begun):
    begun.poster.post("lost", "C0NOWHERE", HELLO)
    begun.poster.post("a", CASES, HELLO)
    begun.tell()
    assert [message["text"] for message in begun.cards()] == ["Hej"]


def test_what_was_said_is_forgotten_once_it_is_posted(begun):
    begun.poster.post("a", CASES, HELLO)
    begun.tell()
    with begun.app.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT state, body FROM slack_post").all()
    assert [state for state, body in rows if "Hej" not in str(body)] == ["sent"]
