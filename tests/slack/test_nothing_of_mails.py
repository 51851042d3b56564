"""Whatever staff open, choose and ask in Slack, nothing that a mail has said goes there."""

from __future__ import annotations

import shutil
from urllib.parse import unquote_plus

import pytest

from bot.clock import FixedClock
from tests.city import TUESDAY
from tests.letters import URGENT_INVOICE, URGENT_PAYMENT
from tests.slack.office import Office, sees_everything, slack_user
from tests.slack.people import Member
from tests.slack.slack_server import SlackServer
from tests.slack.workspace import Workspace

ANNA = "agneta-brandt"
SECRETS = {
    "subject": "Zqamnesrad",
    "name": "Zqnamnsson",
    "address": "zqadress",
    "text": "Zqmejltext",
    "personal number": "19811218-9876",
    "invoice": "4711998877",
    "phone": "070-1740635",
}
QUESTIONS = (
    "hur går det med ärende {case}?",
    "visa öppna ärenden",
    "vad är brådskande?",
    "vilket ärende gäller faktura 4711998877?",
    "vilken mall passar för anstånd?",
    "hur många ärenden kom in den här veckan?",
    "jag tar ärende {case}",
    "kunden i ärende {case} har fått veta att det pågår",
    "avsluta ärende {case}",
)


def secret_mail(letter):
    said = ", ".join(SECRETS[key] for key in ("text", "personal number", "invoice", "phone"))
    return letter | {
        "subject": f"{letter.get('subject', '')} {SECRETS['subject']}",
        "sender": f"{SECRETS['name']} <{SECRETS['address']}@kund.example>",
        "text": f"{letter['text']}\n\n{said}\n\nHälsningar {SECRETS['name']}",
    }


@pytest.fixture(scope="module")
def seen(tmp_path_factory, empty_database):
    """Let one of the staff open everything there is about two cases; return all that was sent."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copy(empty_database, folder / "sammadag.db")
    clock = FixedClock(TUESDAY)
    slack = SlackServer(Workspace(lambda: clock.now().timestamp()))
    url = f"sqlite:///{folder / 'sammadag.db'}"
    office = Office(folder / "mail", url, slack, clock, web=sees_everything(ANNA))
    with office.connected():
        for letter in (URGENT_INVOICE, URGENT_PAYMENT):
            office.receive(**secret_mail(letter))
        walk_through(office, Member(slack, slack_user(ANNA)))
    office.close()
    slack.close()
    return [unquote_plus(call.raw.decode("utf-8", "replace")) for call in slack.space.calls]


def walk_through(office, anna):
    """Open every modal of every card, see every letter, and ask about everything."""
    cards = wait(office, lambda: len(office.cards()) == 2 and office.cards(), "the cards")
    wait(office, lambda: len(office.alerts_told()) >= 2, "the alerts")
    for card, case in zip(cards, office.cases(), strict=True):
        for action in ("case_feedback", "case_close"):
            opened(office, lambda at=action, on=card: anna.click(on, at))
        for choice in ("events", "move"):
            value = f"{choice}:{case.number}"
            opened(office, lambda on=card, at=value: anna.click(on, "case_more", choice=at))
        view = opened(office, lambda on=card: anna.click(on, "case_template"))
        menu = view["blocks"][1]["element"]
        for option in menu["options"]:
            hash_before = view["hash"]
            anna.click_in_view(view, "template", choice=option["value"])
            wait(office, lambda was=hash_before, on=view: on["hash"] != was, "the letter")
        anna.submit(view, {"template": menu["options"][0]["value"]})
        for question in QUESTIONS:
            count = len(office.slack.space.messages)
            anna.write_directly(question.format(case=case.number))
            wait(office, lambda was=count: len(office.slack.space.messages) > was + 1, question)
    anna.open_home()
    wait(office, lambda: office.slack.space.homes, "the home")


def opened(office, act):
    """Return the modal that an act opens."""
    count = len(office.slack.space.views)
    assert act().acknowledged
    wait(office, lambda: len(office.slack.space.views) > count, "a modal")
    return list(office.slack.space.views.values())[-1]


def wait(office, found, what):
    def look():
        office.later(seconds=1)
        return found()

    return office.slack.space.wait(look, what)


def test_much_was_looked_at(seen):
    assert len(seen) > 60
    assert any("views.open" in one or "modal_template" in one for one in seen)


@pytest.mark.parametrize("what", [key for key in SECRETS if key != "invoice"])
def test_nothing_of_a_mail_was_sent(seen, what):
    wanted = SECRETS[what].casefold()
    assert not [one for one in seen if wanted in one.casefold()]


def test_an_invoice_is_named_only_to_who_has_named_it(seen):
    told = [one for one in seen if SECRETS["invoice"] in one]
    assert all("nämner faktura" in one or "n\\u00e4mner faktura" in one for one in told)
