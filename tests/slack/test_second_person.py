"""Letters that two people must stand behind, approved in Slack by the second."""

from __future__ import annotations

import shutil

import pytest

from bot.clock import FixedClock
from bot.settings import WebSettings
from tests.city import TUESDAY
from tests.letters import URGENT_INVOICE
from tests.slack.office import Office, slack_user
from tests.slack.people import Member
from tests.slack.slack_server import SlackServer
from tests.slack.workspace import CASES, Workspace

ANNA = "agneta-brandt"
BO = "birgitta-lonnell"
WEB = "https://samma-dag.exempelstad.example"
LETTER = "extension_not_possible"
VALUES = {
    "invoice_numbers": ["40012345"],
    "decided_by": "Trafikkontoret",
    "reason": "Skälet Skälsson",
    "options": ["betala i dag"],
    "administration_contact": "08-46500420",
}


@pytest.fixture(scope="module")
def live(tmp_path_factory, empty_database):
    """An office that is connected for all the tests here; each brings its own case."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copy(empty_database, folder / "sammadag.db")
    clock = FixedClock(TUESDAY)
    slack = SlackServer(Workspace(lambda: clock.now().timestamp()))
    url = f"sqlite:///{folder / 'sammadag.db'}"
    office = Office(folder / "mail", url, slack, clock, web=WebSettings(base_url=WEB))
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
def draft(live):
    """A finished letter of Anna's, written on the web page."""
    live.receive(**URGENT_INVOICE | {"sender": f"k{len(live.cases())}@kund.example"})
    case = live.cases()[-1]
    wait(live, lambda: any(str(case.number) in one["text"] for one in live.cards()), "a card")
    return live.app.replies.draft(case, LETTER, by=ANNA, given=VALUES)


def wait(live, found, what):
    def look():
        live.later(seconds=1)
        return found()

    return live.slack.space.wait(look, what)


def thread_of(live, draft):
    """Return what is said beneath the card of the case of a draft."""
    number = str(live.app.replies.show(draft.id).case.number)
    card = next(one for one in live.cards() if number in one["text"])
    return live.slack.space.said(CASES, thread=card["ts"])


def question(live, draft):
    """Return the message that asks for the approval of a draft."""

    def found():
        live.face.approvals.tell()
        said = thread_of(live, draft)
        return next((one for one in said if f"utkast {draft.id} " in one["text"].lower()), None)

    return wait(live, found, "the question")


def state(live, draft):
    return live.app.replies.show(draft.id).draft


def test_the_second_person_is_asked_beneath_the_card_with_a_link_and_nothing_of_the_letter(
    live, draft
):
    asked = question(live, draft)
    case = live.app.replies.show(draft.id).case
    assert "Agneta Brandt har skrivit" in asked["text"]
    assert f"{WEB}/cases/{case.number}/replies/{draft.id}" in str(asked["blocks"])
    assert "Skälet Skälsson" not in str(live.slack.everything_sent())


def test_a_colleague_approves_and_the_writer_is_told(live, draft, bo, anna):
    asked = question(live, draft)
    bo.click(asked, "letter_approve")
    wait(live, lambda: "Birgitta Lönnell har godkänt" in asked["text"], "the message to change")
    assert state(live, draft).approved_by == BO
    direct = live.slack.space.direct(anna.user).id
    told = wait(
        live,
        lambda: next(
            (one for one in live.slack.space.said(direct) if f"utkast {draft.id} " in one["text"]),
            None,
        ),
        "the writer to be told",
    )
    anna.click(told, "letter_send")
    wait(live, lambda: state(live, draft).state == "sending", "the letter to go")
    wait(live, lambda: "är skickat" in asked["text"], "the message to change")


def test_a_letter_that_was_changed_since_its_approval_is_not_sent_unread(live, draft, anna):
    asked = question(live, draft)
    live.app.replies.approve(draft.id, by=BO)
    live.face.approvals.tell()
    wait(live, lambda: "har godkänt" in asked["text"], "the approval")
    as_read = dict(asked)
    live.app.replies.edit(draft.id, by=ANNA, given={"reason": "Ett annat skäl."})
    live.app.replies.approve(draft.id, by=BO)
    anna.click(as_read, "letter_send")
    wait(live, lambda: f"utkast {draft.id} har ändrats" in str(anna.ephemerals()), "an answer")
    assert state(live, draft).state == "open"
    version = state(live, draft).version
    wait(live, lambda: f"'{draft.id}:{version}'" in str(asked["blocks"]), "the message to change")
    anna.click(asked, "letter_send")
    wait(live, lambda: state(live, draft).state == "sending", "the letter to go")


def test_nobody_approves_their_own_letter(live, draft, anna):
    asked = question(live, draft)
    anna.click(asked, "letter_approve")
    wait(live, lambda: "kan inte godkänna" in str(anna.ephemerals()), "an answer")
    assert state(live, draft).approved_by is None
    assert "letter_approve" in str(asked["blocks"])


def test_who_is_too_late_is_told_who_has_approved(live, draft, bo):
    asked = dict(question(live, draft))
    live.app.replies.approve(draft.id, by="amir-haddad")
    bo.click(asked, "letter_approve")
    wait(live, lambda: "Amir Haddad har redan godkänt" in str(bo.ephemerals()), "an answer")
    assert state(live, draft).approved_by == "amir-haddad"


def test_a_letter_that_was_changed_since_is_not_approved_unread(live, draft, bo):
    asked = question(live, draft)
    as_read = dict(asked)
    live.app.replies.edit(draft.id, by=ANNA, given={"reason": "Ett annat skäl."})
    bo.click(as_read, "letter_approve")
    wait(live, lambda: "läs det igen" in str(bo.ephemerals()), "an answer")
    assert state(live, draft).approved_by is None
    wait(live, lambda: f"'{draft.id}:2'" in str(asked["blocks"]), "the message to change")
    bo.click(asked, "letter_approve")
    wait(live, lambda: state(live, draft).approved_by == BO, "the approval")


def test_an_approval_is_lost_with_a_change_and_the_message_asks_again(live, draft):
    asked = question(live, draft)
    live.app.replies.approve(draft.id, by=BO)
    live.face.approvals.tell()
    wait(live, lambda: "har godkänt" in asked["text"], "the approval")
    live.app.replies.edit(draft.id, by=ANNA, given={"reason": "Ett annat skäl."})
    live.face.approvals.tell()
    wait(live, lambda: "behöver godkänna" in asked["text"], "the question")
    assert [one["text"] for one in thread_of(live, draft)].count(asked["text"]) == 1


def test_nobody_is_asked_about_a_letter_that_is_not_finished(live, draft, bo):
    case = live.app.replies.show(draft.id).case
    unfinished = live.app.replies.draft(case, LETTER, by=ANNA)
    question(live, draft)
    live.face.approvals.tell()
    live.later(seconds=5)
    assert f"utkast {unfinished.id} " not in str(thread_of(live, draft))


def test_a_letter_that_was_thrown_away_asks_for_nothing(live, draft):
    asked = question(live, draft)
    live.app.replies.discard(draft.id)
    live.face.approvals.tell()
    wait(live, lambda: "är kastat" in asked["text"], "the message to change")
    assert "letter_approve" not in str(asked["blocks"])
