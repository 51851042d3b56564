"""What doctor says of mailboxes on an Exchange server and in Exchange Online."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import FixedClock
from bot.material import load_knowledge
from bot.operating.doctor import Doctor
from bot.operating.findings import Matter, State
from bot.settings import MailboxSettings
from bot.vocabulary import MailboxKey, Mode
from tests.city import TUESDAY, city_settings
from tests.ews.house import ACCOUNT, PASSWORD
from tests.ews.server import EwsServer
from tests.ews.world import User
from tests.graph.graph_server import CLIENT_ID, SECRET, TENANT, GraphServer
from tests.graph.loopback_ca import authority
from tests.kept_database import bring_up_to_date

MAIL = b"Message-ID: <1@kund.example>\r\nSubject: Faktura\r\n\r\nHej\r\n"
ALL = (Matter.SIGN_IN, Matter.READ, Matter.MARK, Matter.DRAFTS, Matter.SENT, Matter.SEND)


@pytest.fixture
def examine(tmp_path):
    """Let doctor examine the mailbox `info`; return matter -> finding."""

    def run(connector, **section):
        url = f"sqlite:///{tmp_path / 'sammadag.db'}"
        bring_up_to_date(url)
        mailbox = MailboxSettings(connector=connector, mode=Mode.AUTO)
        settings = city_settings(tmp_path, url, [], **{connector: section})
        settings = settings.model_copy(update={"mailboxes": {"info": mailbox}})
        doctor = Doctor(settings, FixedClock(TUESDAY), faults=lambda _settings: 0)
        return {one.matter: one for one in doctor.examine() if one.mailbox == "info"}

    return run


@pytest.fixture
def address(tmp_path):
    """The address of the mailbox `info` in the knowledge."""
    settings = city_settings(tmp_path, "sqlite://", [])
    return load_knowledge(settings).mailboxes[MailboxKey("info")].address


@pytest.fixture
def ews(address):
    server = EwsServer()
    server.shows = TUESDAY
    server.world.add_mailbox("svc@exempelstad.example")
    server.world.deliver(server.world.add_mailbox(address), MAIL)
    server.world.users[ACCOUNT] = User(PASSWORD, "svc@exempelstad.example", full_access={address})
    yield server
    server.close()


@pytest.fixture
def exchange(ews):
    return {"url": ews.url, "auth": "basic", "user": ACCOUNT, "password": PASSWORD}


@pytest.fixture
def online(address):
    server = GraphServer(address)
    server.shows = TUESDAY
    yield server
    server.close()


@pytest.fixture
def graph(online, tmp_path):
    (tmp_path / "ca.pem").write_bytes(authority().ca_pem)
    return {
        "tenant": TENANT,
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        "authority": online.authority,
        "url": online.url,
        "ca_file": tmp_path / "ca.pem",
    }


def states(found, *matters):
    return {matter: found[matter].state for matter in matters or ALL if matter in found}


def test_of_an_exchange_server_everything_is_told_but_who_may_send_as_whom(examine, exchange):
    found = examine("exchange", **exchange)
    right = dict.fromkeys((*ALL, Matter.CLOCK), State.RIGHT)
    assert states(found, *ALL, Matter.CLOCK) == right | {Matter.SEND: State.DOUBTFUL}
    assert "--send-test" in str(found[Matter.SEND].text)


def test_an_account_that_may_only_read_on_an_exchange_server_is_wrong_for_answers(
    examine, exchange, ews, address
):
    ews.world.users[ACCOUNT] = User(PASSWORD, "svc@exempelstad.example", read_only={address})
    found = examine("exchange", **exchange)
    assert states(found) == {
        Matter.SIGN_IN: State.RIGHT,
        Matter.READ: State.RIGHT,
        Matter.MARK: State.DOUBTFUL,
        Matter.DRAFTS: State.WRONG,
        Matter.SENT: State.WRONG,
        Matter.SEND: State.DOUBTFUL,
    }


def test_of_exchange_online_everything_is_told(examine, graph):
    found = examine("graph", **graph)
    right = dict.fromkeys((*ALL, Matter.CLOCK), State.RIGHT)
    assert states(found, *ALL, Matter.CLOCK) == right
    assert Matter.SCOPE not in found


def test_an_app_that_may_not_send_in_exchange_online_is_wrong_for_answers(examine, graph, online):
    online.rights = {"Mail.ReadWrite"}
    assert states(examine("graph", **graph), Matter.DRAFTS, Matter.SEND) == {
        Matter.DRAFTS: State.RIGHT,
        Matter.SEND: State.WRONG,
    }


def test_an_app_that_may_open_every_mailbox_is_doubtful(examine, graph, online):
    online.granted_in_entra = {"Mail.ReadWrite", "Mail.Send"}
    scope = examine("graph", **graph)[Matter.SCOPE]
    assert scope.state is State.DOUBTFUL
    assert "ta bort Mail.ReadWrite, Mail.Send i Entra" in str(scope.text)


@pytest.mark.parametrize("connector", ["exchange", "graph"])
def test_a_servers_clock_that_is_wrong_is_doubtful(
    examine, exchange, graph, ews, online, connector
):
    ews.shows = online.shows = TUESDAY + timedelta(minutes=2)
    found = examine(connector, **{"exchange": exchange, "graph": graph}[connector])
    assert found[Matter.CLOCK].state is State.DOUBTFUL


@pytest.mark.parametrize("connector", ["exchange", "graph"])
def test_an_account_that_is_refused_is_one_finding(examine, exchange, graph, connector):
    section = {
        "exchange": exchange | {"password": "fel"},
        "graph": graph | {"client_secret": "fel"},
    }[connector]
    found = examine(connector, **section)
    del found[Matter.SETTINGS]
    assert {matter: one.state for matter, one in found.items()} == {Matter.SIGN_IN: State.WRONG}
