"""What people do with cards and alerts, through the real Bolt app and a websocket."""

from __future__ import annotations

import shutil
import threading
from copy import deepcopy

import pytest

from bot.clock import FixedClock
from bot.vocabulary import Status
from tests.city import TUESDAY
from tests.letters import ORDINARY, URGENT_INVOICE
from tests.slack.office import Office, slack_user
from tests.slack.people import Member
from tests.slack.slack_server import SlackServer
from tests.slack.workspace import ALERTS, CASES, Workspace
from tests.slack_blocks import mentions_in

ANNA = "agneta-brandt"  # of kundreskontra-centrum
BO = "birgitta-lonnell"
STRANGER = "U0STRANGER"


@pytest.fixture(scope="module")
def live(tmp_path_factory, empty_database):
    """An office that is connected for all the tests here; each brings its own case."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copy(empty_database, folder / "sammadag.db")
    clock = FixedClock(TUESDAY)
    slack = SlackServer(Workspace(lambda: clock.now().timestamp()))
    office = Office(folder / "mail", f"sqlite:///{folder / 'sammadag.db'}", slack, clock)
    slack.space.add_user(STRANGER, "nils", "nils@annan.example")
    with office.connected():
        yield office
    office.close()
    slack.close()


@pytest.fixture
def anna(live):
    return Member(live.slack, slack_user(ANNA))


@pytest.fixture
def bo(live):
    return Member(live.slack, slack_user(BO))


@pytest.fixture
def stranger(live):
    return Member(live.slack, STRANGER)


@pytest.fixture
def card(live):
    """Return the card of a new case."""
    live.receive(**ORDINARY | {"sender": f"k{len(live.cases())}@kund.example"})
    return newest_card(live)


@pytest.fixture
def urgent(live):
    """Return the card of a new urgent case."""
    live.receive(**URGENT_INVOICE | {"sender": f"k{len(live.cases())}@kund.example"})
    return newest_card(live)


def wait(live, found, what=""):
    """Wait for something in Slack, letting the turns of the channels come."""

    def look():
        live.later(seconds=1)
        return found()

    return live.slack.space.wait(look, what)


def newest_card(live):
    number = str(live.cases()[-1].number)

    def found():
        return next((one for one in live.cards() if number in one["text"]), None)

    return wait(live, found, f"the card of {number}")


def case_of(live, card):
    return next(case for case in live.cases() if str(case.number) in card["text"])


def alert_of(live, card):
    number = str(case_of(live, card).number)

    def found():
        return next((one for one in live.alerts_told() if number in one["text"]), None)

    return wait(live, found, f"the alert of {number}")


def ephemeral(live, member, text):
    def found():
        return next((one for one in member.ephemerals() if text in one["text"]), None)

    return wait(live, found, f"an ephemeral with {text}")


def drafted(live, member, draft):
    """Return the direct message about a draft."""
    direct = live.slack.space.direct(member.user).id

    def found():
        said = live.slack.space.said(direct)
        return next((one for one in said if f"Utkast {draft.id} " in one["text"]), None)

    return wait(live, found, f"draft {draft.id}")


def modal(live, member, delivery):
    """Return the modal that an act opened."""
    assert delivery.acknowledged
    before = delivery.payload["trigger_id"]
    wait(live, lambda: before not in live.slack.space.triggers, "a modal")
    return member.newest_view()


def test_who_takes_a_case_has_it_and_the_card_says_so(live, card, anna):
    assert anna.click(card, "case_take").acknowledged
    wait(live, lambda: "case_take" not in str(card["blocks"]), "the card to change")
    assert case_of(live, card).owner == ANNA
    assert "Agneta" in card["text"]


def test_a_card_changes_in_its_place(live, card, anna):
    anna.click(card, "case_take")
    wait(live, lambda: card.get("edited"), "the card to change")
    number = str(case_of(live, card).number)
    assert len([one for one in live.cards() if number in one["text"]]) == 1


def test_who_is_too_late_is_told_who_has_it(live, card, anna, bo):
    shown = deepcopy(card)  # as it stands before Bo until it is drawn anew
    anna.click(card, "case_take")
    wait(live, lambda: case_of(live, card).owner == ANNA, "Anna to have it")
    bo.click(shown, "case_take")
    told = ephemeral(live, bo, str(case_of(live, card).number))
    assert "Agneta" in told["text"]
    assert case_of(live, card).owner == ANNA


def test_who_did_what_is_told_in_the_thread_beneath_the_card(live, card, anna):
    anna.click(card, "case_take")
    thread = wait(live, lambda: live.slack.space.said(CASES, thread=card["ts"]), "a note")
    assert "Agneta" in thread[0]["text"]
    assert mentions_in(thread[0]) == []


def test_a_card_that_is_used_at_once_gets_its_note_too(live, anna):
    wait(live, lambda: not live.face.outbox.owes(), "all to be told that other tests began")
    noted = threading.Event()
    live.slack.witness = lambda method, is_done: (
        noted.wait(10) if is_done and method == "chat.postMessage" else None
    )
    try:
        live.receive(**ORDINARY | {"sender": f"k{len(live.cases())}@kund.example"})
        card = newest_card(live)  # it stands in Slack, and we do not know where yet
        anna.click(card, "case_take")
        key = f"note:{case_of(live, card).number}:2:taken"
        live.slack.space.wait(lambda: live.face.outbox.told([key]), "the note to be planned")
    finally:
        noted.set()
        live.slack.witness = lambda _method, _is_done: None
    (note,) = wait(live, lambda: live.slack.space.said(CASES, thread=card["ts"]), "a note")
    assert "Agneta" in note["text"]


def test_a_case_can_be_taken_over(live, card, anna, bo):
    anna.click(card, "case_take")
    wait(live, lambda: "take:" in str(card["blocks"]), "the card to change")
    number = case_of(live, card).number
    bo.click(card, "case_more", choice=f"take:{number}")
    wait(live, lambda: case_of(live, card).owner == BO)


def test_a_stranger_changes_nothing_and_sees_nothing(live, card, stranger):
    stranger.click(card, "case_take")
    told = ephemeral(live, stranger, "känner inte igen dig")
    assert str(case_of(live, card).number) not in told["text"]
    assert case_of(live, card).owner is None


def test_an_alert_is_acknowledged_and_loses_its_buttons(live, urgent, anna):
    alert = alert_of(live, urgent)
    assert len(set(mentions_in(alert))) == 1
    anna.click(alert, "case_acknowledge")
    wait(live, lambda: "Agneta" in alert["text"], "the alert to change")
    assert "case_acknowledge" not in str(alert["blocks"])
    assert mentions_in(alert) == []


def test_who_acknowledges_too_late_is_told_who_did(live, urgent, anna, bo):
    alert = alert_of(live, urgent)
    live.app.casework.acknowledge(case_of(live, urgent), by=ANNA)
    bo.click(alert, "case_acknowledge")
    assert "Agneta" in ephemeral(live, bo, "kvitterade")["text"]


def test_an_alert_is_passed_on_to_the_next_on_the_ladder(live, urgent, anna):
    alert = alert_of(live, urgent)
    anna.click(alert, "case_escalate")
    assert "ersättaren" in ephemeral(live, anna, str(case_of(live, urgent).number))["text"]

    def told():
        live.app.dispatch.run_due()
        number = str(case_of(live, urgent).number)
        return len([one for one in live.alerts_told() if number in one["text"]]) == 2

    wait(live, told, "the second alert")


def test_feedback_that_a_case_is_done_closes_it(live, card, anna):
    view = modal(live, anna, anna.click(card, "case_feedback"))
    sent = anna.submit(view, {"said": "done"})
    assert sent.acknowledged
    assert case_of(live, card).status is Status.CLOSED


def test_a_case_is_closed_after_a_question(live, card, anna):
    view = modal(live, anna, anna.click(card, "case_close"))
    assert anna.submit(view, {}).acknowledged
    assert case_of(live, card).status is Status.CLOSED
    wait(live, lambda: "case_reopen" in str(card["blocks"]), "the card to change")
    anna.click(card, "case_reopen")
    wait(live, lambda: case_of(live, card).status is Status.OPEN)


def test_closing_what_was_closed_meanwhile_is_told_in_the_modal(live, card, anna):
    view = modal(live, anna, anna.click(card, "case_close"))
    live.app.casework.close(case_of(live, card), by=BO)
    sent = anna.submit(view, {})
    assert sent.response["response_action"] == "update"


def test_an_urgent_case_is_not_closed_without_the_tick(live, urgent, anna):
    view = modal(live, anna, anna.click(urgent, "case_close"))
    sent = anna.submit(view, {"reason": "credited"})
    assert set(sent.response["errors"]) == {"confirmed"}
    assert case_of(live, urgent).status is not Status.CLOSED


def test_an_urgent_case_is_closed_with_the_tick(live, urgent, anna):
    view = modal(live, anna, anna.click(urgent, "case_close"))
    sent = anna.submit(view, {"reason": "credited", "confirmed": ["yes"]})
    assert sent.acknowledged
    found = case_of(live, urgent)
    assert (found.status, found.stop_confirmed) == (Status.CLOSED, True)


def test_a_case_moves_to_the_process_it_belongs_to(live, card, anna):
    number = case_of(live, card).number
    view = modal(live, anna, anna.click(card, "case_more", choice=f"move:{number}"))
    processes = live.app.knowledge.processes
    other = next(key for key in processes if key != case_of(live, card).process)
    assert anna.submit(view, {"process": other}).acknowledged
    assert case_of(live, card).process == other


def test_a_case_that_is_there_already_is_told_in_place(live, card, anna):
    case = case_of(live, card)
    view = modal(live, anna, anna.click(card, "case_more", choice=f"move:{case.number}"))
    sent = anna.submit(view, {"process": case.process})
    assert set(sent.response["errors"]) == {"process"}


def test_what_has_happened_is_shown(live, card, anna):
    number = case_of(live, card).number
    view = modal(live, anna, anna.click(card, "case_more", choice=f"events:{number}"))
    assert "Kom in" in str(view["blocks"])


def test_app_home_holds_ones_own_cases_and_the_team_s(live, card, anna):
    number = str(case_of(live, card).number)
    anna.open_home()
    shown = live.slack.space.homes
    wait(live, lambda: number in str(shown.get(anna.user)), "a home with the case")
    home = shown[anna.user]
    anna.click_in_view(home, "case_take")
    wait(live, lambda: shown[anna.user] is not home, "a new home")


def test_a_stranger_sees_no_case_in_app_home(live, card, stranger):
    stranger.open_home()
    home = wait(live, lambda: live.slack.space.homes.get(STRANGER), "a home")
    assert str(case_of(live, card).number) not in str(home)


def test_the_direct_messages_suggest_what_to_ask(live, anna):
    anna.open_home(tab="messages")
    wait(live, lambda: live.slack.space.prompts, "prompts")
    assert len(live.slack.space.prompts[-1]["prompts"]) == 4


def test_a_letter_is_chosen_filled_in_and_drafted(live, card, anna):
    view = modal(live, anna, anna.click(card, "case_template"))
    anna.click_in_view(view, "template", choice="delayed")
    wait(live, lambda: "value:reason" in str(view["blocks"]), "the outline")
    values = {
        "template": "delayed",
        "value:reason": "att vi väntar",
        "value:new_date": "2026-03-29",
    }
    assert anna.submit(view, values).acknowledged
    (draft,) = live.app.replies.listed(case_of(live, card).id)
    assert draft.given == {"reason": "att vi väntar", "new_date": "2026-03-29"}
    told = drafted(live, anna, draft)
    anna.click(told, "letter_send")
    wait(live, lambda: "skickas" in told["text"], "the draft to go")
    assert live.app.replies.listed(case_of(live, card).id)[0].state == "sending"


def test_a_day_that_is_none_is_told_in_its_place(live, card, anna):
    view = modal(live, anna, anna.click(card, "case_template"))
    anna.click_in_view(view, "template", choice="delayed")
    wait(live, lambda: "value:reason" in str(view["blocks"]), "the outline")
    typed = {"value:reason": "x", "value:new_date": "i morgon"}
    sent = anna.submit(view, {"template": "delayed", **typed})
    assert set(sent.response["errors"]) == {"value:new_date"}
    assert live.app.replies.listed(case_of(live, card).id) == []


def written(live, card, anna):
    """Return a draft that was just written in Slack, and the message about it."""
    view = modal(live, anna, anna.click(card, "case_template"))
    anna.click_in_view(view, "template", choice="delayed")
    wait(live, lambda: "value:reason" in str(view["blocks"]), "the outline")
    typed = {"value:reason": "x", "value:new_date": "2026-03-29"}
    anna.submit(view, {"template": "delayed", **typed})
    (draft,) = live.app.replies.listed(case_of(live, card).id)
    return draft, drafted(live, anna, draft)


@pytest.mark.parametrize(
    ("button", "after"), [("letter_send", "sending"), ("letter_discard", "discarded")]
)
def test_a_draft_that_was_changed_since_it_was_shown_is_offered_anew(
    live, card, anna, button, after
):
    draft, told = written(live, card, anna)
    live.app.replies.edit(draft.id, by=BO, given={"reason": "y"})
    anna.click(told, button)
    ephemeral(live, anna, f"utkast {draft.id} har ändrats")
    wait(live, lambda: f"'{draft.id}:2'" in str(told["blocks"]), "the draft of now")
    assert live.app.replies.show(draft.id).draft.state == "open"
    anna.click(told, button)
    wait(live, lambda: live.app.replies.show(draft.id).draft.state == after, after)


def test_a_draft_that_is_sent_already_is_not_called_changed(live, card, anna):
    draft, told = written(live, card, anna)
    as_shown = dict(told)
    anna.click(told, "letter_send")
    wait(live, lambda: "skickas" in told["text"], "the draft to go")
    anna.click(as_shown, "letter_send")
    ephemeral(live, anna, f"utkast {draft.id} är redan skickat")


def test_a_draft_can_be_thrown_away(live, card, anna):
    _, told = written(live, card, anna)
    anna.click(told, "letter_discard")
    wait(live, lambda: "kastat" in told["text"], "the draft to go")
    assert live.app.replies.listed(case_of(live, card).id)[0].state == "discarded"


def test_a_click_that_came_too_late_for_a_modal_is_told(live, card, anna):
    before = len(live.slack.space.views)
    trigger = live.slack.space.trigger
    live.slack.space.trigger = lambda: "spent"
    try:
        anna.click(card, "case_feedback")
    finally:
        live.slack.space.trigger = trigger
    ephemeral(live, anna, "Försök igen")
    assert len(live.slack.space.views) == before


def call(**typed):
    usual = {
        "customer": "Görel Zetterlund",
        "callback": "08-46500417",
        "process": "kundreskontra",
        "matter": "fakturering",
        "note": "Undrar om Sälgvägen 4711.",
    }
    return usual | typed


def test_a_call_is_logged_and_what_was_said_stays_in_the_case(live, anna):
    view = modal(live, anna, anna.shortcut("log_phone"))
    assert anna.submit(view, call()).acknowledged
    card = newest_card(live)
    assert case_of(live, card).channel == "phone"
    sent = "".join(one.raw.decode("utf-8", "replace") for one in live.slack.space.calls)
    for said in ("Zetterlund", "46500417", "Sälgvägen", "S\\u00e4lgv"):
        assert said not in sent


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"customer": "   "}, "customer"),
        ({"callback": " "}, "callback"),
        ({"invoices": "fakturan"}, "invoices"),
    ],
)
def test_what_is_wrong_with_a_call_is_told_in_its_place(live, anna, wrong, place):
    count = len(live.cases())
    view = modal(live, anna, anna.shortcut("log_phone"))
    sent = anna.submit(view, call(**wrong))
    assert set(sent.response["errors"]) == {place}
    assert len(live.cases()) == count


def test_a_message_that_somebody_wrote_becomes_the_note_of_a_call(live, anna):
    said = {"channel": CASES, "ts": "1.2", "text": "Ring <@U1> om hyran", "user": anna.user}
    view = modal(live, anna, anna.shortcut("log_phone_message", said))
    assert "om hyran" in str(view["blocks"])


def test_a_stranger_logs_no_call(live, stranger):
    stranger.shortcut("log_phone")
    direct = live.slack.space.direct(STRANGER).id
    wait(live, lambda: live.slack.space.said(direct), "a message")


def test_alerts_stand_in_their_own_channel(live, urgent):
    assert alert_of(live, urgent)["channel"] == ALERTS
