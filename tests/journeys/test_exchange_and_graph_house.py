"""The whole house over an Exchange server and over Exchange Online: a mail in, an answer out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from exchangelib.protocol import close_connections

from bot.app import build
from bot.cases import SOMEBODY
from bot.clock import FixedClock
from bot.notifying import MemoryNotifier
from bot.services.books import balance
from bot.settings import Settings
from bot.vocabulary import EventKind, MailboxKey, Mode, Outcome
from functionmail.parse import parse
from tests.city import LONG_AGO, SECRET, City, mail, shipped_material
from tests.crashing import UNBRAKED
from tests.ews.house import ACCOUNT, PASSWORD
from tests.ews.server import EwsServer
from tests.ews.world import MORNING, User
from tests.graph.graph_mailbox import INBOX, SENT
from tests.graph.graph_server import CLIENT_ID, TENANT, GraphServer
from tests.graph.graph_server import SECRET as APP_SECRET
from tests.graph.loopback_ca import authority
from tests.letters import ORDINARY

BOX = "kundreskontra"
ADDRESS = f"{BOX}@exempelstad.example"
CUSTOMER = "karin@kund.example"
QUESTION = mail(**ORDINARY, sender=CUSTOMER, to=ADDRESS)


class OnExchange:
    """The mailbox on an Exchange server that writes mail anew."""

    def __init__(self, _folder):
        self.server = EwsServer()
        world = self.server.world
        world.strips_headers = world.invents_ids = True
        world.add_mailbox("svc@exempelstad.example")
        self.box = world.add_mailbox(ADDRESS)
        world.users[ACCOUNT] = User(
            PASSWORD, "svc@exempelstad.example", full_access={ADDRESS}, send_as={ADDRESS}
        )
        self.section = {
            "url": self.server.url,
            "auth": "basic",
            "user": ACCOUNT,
            "password": PASSWORD,
        }

    def deliver(self, content):
        self.server.world.deliver(self.box, content)

    def send_as_person(self, content):
        self.server.world.deliver(self.box, content, folder=self.box.known("sentitems"))

    def labels(self):
        (item,) = self.box.lying_in(self.box.known("inbox"))
        return set(item.categories)

    def sent(self):
        return [item.mime for item in self.box.lying_in(self.box.known("sentitems"))]

    def close(self):
        self.server.close()
        close_connections()


class OnGraph:
    """The mailbox in Exchange Online, which writes mail anew."""

    def __init__(self, folder):
        self.server = GraphServer(ADDRESS)
        self.box = self.server.boxes[ADDRESS]
        self.box.regenerates = True
        (folder / "ca.pem").write_bytes(authority().ca_pem)
        self.section = {
            "tenant": TENANT,
            "client_id": CLIENT_ID,
            "client_secret": APP_SECRET,
            "authority": self.server.authority,
            "url": self.server.url,
            "ca_file": folder / "ca.pem",
        }

    def deliver(self, content):
        self.box.deliver(content)

    def send_as_person(self, content):
        self.box.deliver(content, folder=SENT)

    def labels(self):
        (found,) = self.box.in_folder(INBOX)
        return set(found.categories)

    def sent(self):
        return [found.content for found in self.box.in_folder(SENT)]

    def close(self):
        self.server.close()


SERVERS = {"exchange": OnExchange, "graph": OnGraph}


class House:
    """The program over one mailbox."""

    def __init__(self, connector, post, database_url):
        mailbox = {"connector": connector, "mode": Mode.AUTO, "answer_from": LONG_AGO}
        settings = Settings.model_validate(
            {
                "database_url": database_url,
                "secret_key": SECRET,
                "twin_wait": 0,
                "mailboxes": {BOX: mailbox},
                "brakes": UNBRAKED,
                connector: post.section,
            }
        )
        self.clock = FixedClock(MORNING + timedelta(minutes=1))
        self.app = build(
            settings, material=shipped_material(), clock=self.clock, notifier=MemoryNotifier()
        )

    def work(self):
        """Do one whole round: mail in, answers out, marks, Sent."""
        self.look()
        self.app.dispatch.run_due()
        self.later(hours=1)
        self.look()

    def look(self):
        while self.app.watch.round(MailboxKey(BOX)).wait_s == 0:
            pass

    later = City.later
    cases = City.cases
    history = City.history

    def answered(self):
        return [
            event
            for case in self.cases()
            for event in self.history(case)
            if event.kind is EventKind.ANSWERED
        ]


@pytest.fixture(params=list(SERVERS))
def connector(request):
    return request.param


@pytest.fixture
def post(connector, tmp_path):
    made = SERVERS[connector](tmp_path)
    yield made
    made.close()


@pytest.fixture
def house(connector, post, sqlite_url):
    made = House(connector, post, sqlite_url)
    yield made
    made.app.close()


def test_a_mail_becomes_a_case_is_marked_and_is_answered_once(house, post):
    post.deliver(QUESTION)
    house.work()
    house.work()
    books = balance(house.app.database, house.app.sources.values())
    assert (books.balanced, books.total(Outcome.CASE)) == (True, 1)
    assert post.labels() == {"Ärende"}
    (receipt,) = [parse(content) for content in post.sent()]
    assert [one.address for one in receipt.to] == [CUSTOMER]


def test_a_person_who_answers_in_outlook_answers_the_case(house, post):
    post.deliver(QUESTION)
    house.work()
    answer = mail(
        "Hej! Det är ändrat nu.",
        sender=ADDRESS,
        to=CUSTOMER,
        message_id="<o1@exempelstad.example>",
        headers=[("In-Reply-To", "<1@kund.example>")],
    )
    post.send_as_person(answer)
    house.work()
    assert [event.actor for event in house.answered()] == [SOMEBODY]
    assert len(house.cases()) == 1


def test_a_customer_who_answers_the_receipt_joins_the_case(house, post):
    post.deliver(QUESTION)
    house.work()
    (receipt,) = [parse(content) for content in post.sent()]
    answer = mail(
        "Hej! Tack för det.",
        sender=CUSTOMER,
        to=ADDRESS,
        subject=f"SV: {receipt.subject}",
        message_id="<2@kund.example>",
        headers=[("In-Reply-To", f"<{receipt.message_id}>")],
    )
    post.deliver(answer)
    house.work()
    books = balance(house.app.database, house.app.sources.values())
    assert (len(house.cases()), books.total(Outcome.FOLLOW_UP)) == (1, 1)
