"""Talking with us: mentions, direct messages, the slash command, by the real Bolt app."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest

from bot.clock import FixedClock
from bot.registers import Register
from bot.vocabulary import Status
from tests.city import TUESDAY
from tests.journeys.assistant_talk import unsure_question
from tests.letters import ORDINARY
from tests.slack.office import Office, sees_everything, slack_user
from tests.slack.people import Member
from tests.slack.slack_server import SlackServer
from tests.slack.workspace import CASES, Workspace

ANNA = "agneta-brandt"
EVER = datetime(2000, 1, 1, tzinfo=UTC)
STRANGER = "U0STRANGER"


@pytest.fixture(scope="module")
def live(tmp_path_factory, empty_database):
    """An office that is connected for all the tests here."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copy(empty_database, folder / "sammadag.db")
    clock = FixedClock(TUESDAY)
    slack = SlackServer(Workspace(lambda: clock.now().timestamp()))
    url = f"sqlite:///{folder / 'sammadag.db'}"
    office = Office(folder / "mail", url, slack, clock, web=sees_everything("amir-haddad"))
    slack.space.add_user(STRANGER, "nils", "nils@annan.example")
    office.receive(**ORDINARY)
    office.app.casework.claim(office.cases()[0], by=ANNA)
    with office.connected():
        yield office
    office.close()
    slack.close()


@pytest.fixture
def anna(live):
    return Member(live.slack, slack_user(ANNA))


@pytest.fixture
def amir(live):
    """He may see cases with protected data."""
    return Member(live.slack, slack_user("amir-haddad"))


@pytest.fixture
def protected(live):
    live.receive(text="Mitt personnummer är 19121212-1212. Kan jag få anstånd?")
    case = live.cases()[-1]
    assert case.protected
    yield case
    live.set_status(case, Status.CLOSED, stop_confirmed=True)


@pytest.fixture
def stranger(live):
    return Member(live.slack, STRANGER)


def wait(live, found, what=""):
    def look():
        live.later(seconds=1)
        return found()

    return live.slack.space.wait(look, what)


def later(one, other):
    """Tell whether a message is younger than another; their names end in running numbers."""
    return int(one["ts"].partition(".")[2]) > int(other["ts"].partition(".")[2])


def reply_to(live, delivery):
    """Return what was answered to a message, in its thread."""
    assert delivery.acknowledged
    event = delivery.payload["event"]
    thread = event.get("thread_ts") or event["ts"]

    def found():
        said = live.slack.space.said(event["channel"], thread=thread)
        return next((one for one in said if "bot_id" in one and later(one, event)), None)

    return wait(live, found, "an answer")


def test_a_mention_is_answered_in_its_thread(live, anna):
    assert reply_to(live, anna.mention("hjälp"))["channel"] == CASES


def test_a_direct_message_is_answered(live, anna):
    assert "Fråga mig" in reply_to(live, anna.write_directly("hjälp"))["text"]


def test_a_repeated_event_is_answered_once(live, anna):
    delivery = anna.mention("hjälp")
    reply_to(live, delivery)
    event = delivery.payload["event"]
    live.slack.deliveries.event(event, event_id=delivery.payload["event_id"])
    live.slack.deliveries.event(event)
    live.later(seconds=5)
    assert len(live.slack.space.said(CASES, thread=event["ts"])) == 1


def test_the_command_gives_help(live, anna):
    anna.command("hjälp")
    wait(live, lambda: "/sammadag" in str(anna.ephemerals()), "help")


def test_the_command_shows_ones_own_cases(live, anna):
    anna.command("mina")
    number = str(live.cases()[0].number)
    wait(live, lambda: number in str(anna.ephemerals()), "the queue")


def test_a_stranger_sees_no_queue(live, stranger):
    stranger.command("mina")
    wait(live, lambda: "känner inte igen" in str(stranger.ephemerals()), "an answer")
    assert str(live.cases()[0].number) not in str(stranger.ephemerals())


def test_the_command_opens_the_form_for_a_call(live, anna):
    count = len(live.slack.space.views)
    assert anna.command("logga").acknowledged
    wait(live, lambda: len(live.slack.space.views) > count, "a modal")
    assert anna.newest_view()["callback_id"] == "modal_phone"


def test_who_handles_something_is_answered_with_a_rating_beneath(live, anna):
    told = reply_to(live, anna.mention("vem hanterar anstånd?"))
    assert "Kundreskontra" in told["text"]
    assert "answer_rated" in str(told["blocks"])


def test_a_stranger_hears_who_handles_what_and_nothing_of_cases(live, stranger):
    assert "Kundreskontra" in reply_to(live, stranger.mention("vem hanterar anstånd?"))["text"]
    number = str(live.cases()[0].number)
    told = reply_to(live, stranger.mention(f"hur går det med ärende {number}?"))
    assert "Anstånd" not in str(told)
    assert "Agneta" not in str(told)


def test_a_proposal_is_done_after_one_click_and_undone_after_another(live, anna):
    live.receive(**ORDINARY | {"sender": "ny@kund.example"})
    case = live.cases()[-1]
    told = reply_to(live, anna.mention(f"jag tar ärende {case.number}"))
    assert live.cases()[-1].owner is None
    anna.click(told, "answer_do")
    wait(live, lambda: live.cases()[-1].owner == ANNA, "the case to be taken")
    wait(live, lambda: "answer_undo" in str(told["blocks"]), "the message to change")
    anna.click(told, "answer_undo")
    wait(live, lambda: live.cases()[-1].owner is None, "the case to be given back")


def test_a_proposal_is_settled_by_the_one_who_asked_only(live, anna):
    live.receive(**ORDINARY | {"sender": "annan@kund.example"})
    case = live.cases()[-1]
    told = reply_to(live, anna.mention(f"jag tar ärende {case.number}"))
    bo = Member(live.slack, slack_user("birgitta-lonnell"))
    bo.click(told, "answer_do")
    wait(live, lambda: bo.ephemerals(), "an answer")
    assert live.cases()[-1].owner is None
    anna.click(told, "answer_drop")
    wait(live, lambda: "låter jag" in told["text"], "the message to change")


def test_what_a_proposal_lacks_is_filled_in_before_it_is_done(live, anna):
    told = reply_to(live, anna.mention("logga samtal om faktura, Görel ringde"))
    shown = [e for block in told["blocks"] for e in block.get("elements", ())]
    assert "answer_fill" in [element.get("action_id") for element in shown]
    count = len(live.slack.space.views)
    anna.click(told, "answer_fill")
    wait(live, lambda: len(live.slack.space.views) > count, "a modal")
    view = anna.newest_view()
    usual = {
        "part:process": "kundreskontra",
        "part:matter": "fakturering",
        "part:customer": "Görel",
        "part:callback": "08-46500417",
    }
    asked = {block["block_id"] for block in view["blocks"]}
    before = len(live.cases())
    sent = anna.submit(view, {name: value for name, value in usual.items() if name in asked})
    assert sent.acknowledged
    assert len(live.cases()) == before + 1
    wait(live, lambda: "Klart" in told["text"], "the message to change")


def test_a_conversation_keeps_its_thread(live, anna):
    first = reply_to(live, anna.mention("hur många ärenden kom in förra veckan?"))
    second = reply_to(live, anna.mention("och förra månaden?", thread=first["thread_ts"]))
    assert "2026-02-01" in second["text"]


def test_a_note_on_an_answer_that_did_not_help_becomes_a_point_in_the_process_log(live, anna):
    told = reply_to(live, anna.mention("vem hanterar anstånd?"))
    (rating,) = [b["elements"][0] for b in told["blocks"] if b["type"] == "context_actions"]
    count = len(live.slack.space.views)
    anna.click(told, "answer_rated", choice=rating["negative_button"]["value"])
    wait(live, lambda: len(live.slack.space.views) > count, "a modal")
    values = {"process": "kundreskontra", "note": "Det är inte vi längre."}
    assert anna.submit(anna.newest_view(), values).acknowledged
    direct = live.slack.space.direct(anna.user).id
    wait(live, lambda: "processloggen" in str(live.slack.space.said(direct)), "thanks")
    (entry,) = live.app.registers.sheet(Register.PROCESS_LOG, 1).entries
    assert entry.text.endswith("vem som tar hand om något.\nDet är inte vi längre.")


def test_a_rating_needs_no_note(live, anna):
    told = reply_to(live, anna.mention("vem hanterar anstånd?"))
    (rating,) = [b["elements"][0] for b in told["blocks"] if b["type"] == "context_actions"]
    count = len(live.slack.space.views)
    anna.click(told, "answer_rated", choice=rating["negative_button"]["value"])
    wait(live, lambda: len(live.slack.space.views) > count, "a modal")
    assert anna.submit(anna.newest_view(), {"note": " "}).acknowledged
    direct = live.slack.space.direct(anna.user).id
    wait(live, lambda: "Tack!" in [m["text"] for m in live.slack.space.said(direct)], "thanks")


def test_what_was_wrong_is_asked_for_before_the_rating_waits_for_its_turn_to_write(live, anna):
    told = reply_to(live, anna.mention("vem hanterar anstånd?"))
    (rating,) = [b["elements"][0] for b in told["blocks"] if b["type"] == "context_actions"]
    before, count = unhelpful(live), len(live.slack.space.views)
    with live.app.database.work():
        anna.click(told, "answer_rated", choice=rating["negative_button"]["value"])
        live.slack.space.wait(lambda: len(live.slack.space.views) > count, "a modal", seconds=3)
        assert unhelpful(live) == before
    wait(live, lambda: unhelpful(live) == before + 1, "the rating")


def unhelpful(live):
    with live.app.database.reading() as work:
        return sum(one.count for one in work.ratings.counted(EVER) if not one.helped)


def test_a_protected_case_is_told_of_to_those_with_the_right_and_to_them_alone(
    live, anna, amir, protected
):
    number = str(protected.number)
    assert number in reply_to(live, amir.write_directly("vad är brådskande?"))["text"]
    told = reply_to(live, anna.write_directly("vad är brådskande?"))["text"]
    assert number not in told
    assert "1 ärende har skyddade uppgifter och visas inte här" in told
    told = reply_to(live, anna.write_directly(f"hur går det för {number}?"))["text"]
    assert "finns inte" in told


def test_in_a_channel_nobody_hears_of_a_protected_case(live, amir, protected):
    told = reply_to(live, amir.mention("vad är brådskande?"))["text"]
    assert str(protected.number) not in told


def test_a_protected_case_is_not_taken_by_talking_without_the_right(live, anna, protected):
    told = reply_to(live, anna.write_directly(f"jag tar ärende {protected.number}"))
    anna.click(told, "answer_do")
    direct = live.slack.space.direct(anna.user).id
    wait(live, lambda: "finns inte" in str(anna.ephemerals()), direct)
    assert live.cases()[-1].owner is None


def test_the_card_of_a_protected_case_opens_for_those_with_the_right_only(
    live, anna, amir, protected
):
    number = str(protected.number)
    card = wait(
        live, lambda: next((one for one in live.cards() if number in one["text"]), None), "a card"
    )
    assert "Anstånd" not in str(card)
    assert "Skyddade uppgifter" in card["text"]
    anna.click(card, "case_take")
    refusal = f"{number} har skyddade uppgifter"
    wait(live, lambda: refusal in str(anna.ephemerals()), "an answer")
    amir.click(card, "case_take")
    wait(live, lambda: live.cases()[-1].owner == "amir-haddad", "the case to be taken")


def test_app_home_counts_protected_cases_for_those_without_the_right(live, anna, amir, protected):
    homes = live.slack.space.homes
    for member in (anna, amir):
        homes.pop(member.user, None)
        member.open_home()
        wait(live, lambda user=member.user: user in homes, "a home")
    assert str(protected.number) in str(homes[amir.user])
    assert str(protected.number) not in str(homes[anna.user])
    assert "1 ärende har skyddade uppgifter och visas inte för dig." in str(homes[anna.user])


def test_an_unsure_answer_gives_way_to_the_reading_that_is_chosen(live, anna):
    told = reply_to(live, anna.mention(unsure_question()))
    assert "osäker" in told["text"]
    assert unsure_question() not in str(told["blocks"])
    anna.click(told, "answer_second")
    wait(live, lambda: "osäker" not in told["text"], "the other answer")
    assert "answer_second" not in str(told["blocks"])
    assert "answer_rated" in str(told["blocks"])


def test_the_reading_is_chosen_under_the_answer_to_a_command_too(live, anna):
    anna.command(unsure_question())
    told = wait(
        live,
        lambda: next((one for one in anna.ephemerals() if "osäker" in one["text"]), None),
        "an answer",
    )
    count = len(anna.ephemerals())
    anna.click(told, "answer_second")
    wait(live, lambda: len(anna.ephemerals()) > count, "the other answer")
    assert "osäker" not in anna.ephemerals()[-1]["text"]


def test_only_the_one_who_asked_chooses_what_was_meant(live, anna, amir):
    told = reply_to(live, anna.mention(unsure_question()))
    amir.click(told, "answer_first")
    wait(live, lambda: "Bara den som frågade" in str(amir.ephemerals()), "an answer")
    assert "osäker" in told["text"]


def test_a_stranger_is_given_no_choice(live, stranger):
    assert "answer_second" not in str(reply_to(live, stranger.mention(unsure_question()))["blocks"])


def test_hearing_how_a_case_stands_counts_as_looking_at_it(live, anna):
    case = live.cases()[0]
    reply_to(live, anna.mention(f"hur går det med ärende {case.number}?"))
    assert "viewed" in live.events(case)


def test_a_right_answer_is_thanked_for(live, anna):
    told = reply_to(live, anna.mention("vem hanterar anstånd?"))
    (rating,) = [b["elements"][0] for b in told["blocks"] if b["type"] == "context_actions"]
    with live.app.database.reading() as work:
        before = sum(one.count for one in work.ratings.counted(EVER) if one.helped)
    anna.click(told, "answer_rated", choice=rating["positive_button"]["value"])
    wait(live, lambda: "Tack" in str(anna.ephemerals()), "thanks")
    with live.app.database.reading() as work:
        after = sum(one.count for one in work.ratings.counted(EVER) if one.helped)
    assert after == before + 1
