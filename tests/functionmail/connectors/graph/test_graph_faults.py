"""What goes wrong between us and Graph, one fault in every call."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from functionmail.connectors.graph import GraphSource, Patience, Wire, trust
from functionmail.connectors.graph_wire import Answer
from functionmail.errors import MailboxUnavailable, SignInRefused
from tests.graph.graph_connection import GraphConnection
from tests.graph.graph_mailbox import GraphMailbox
from tests.graph.graph_server import Fault

pytestmark = pytest.mark.slow

ID = "c1.0a1b2c@exempelstad.example"
MAIL = f"Message-ID: <{ID}>\r\nAuto-Submitted: auto-replied\r\nSubject: Hej\r\n\r\nHej\r\n".encode()
ALWAYS = 9
LABEL = frozenset({"case"})


def act(tenant, name):
    """Return an act that uses a route, with what it needs already there."""
    source, sender = tenant.source(), tenant.sender()
    if name in ("patch_label", "move"):
        (message,) = source.fetch(None).messages
        if name == "move":
            return lambda: source.move(message.key, "Handled")
        return lambda: source.label(message.key, LABEL)
    if name in ("send", "state"):
        draft = sender.save_draft(ID, MAIL)
        return lambda: sender.send(draft)
    return {
        "fetch": lambda: source.fetch(None),
        "latest": source.latest,
        "keys": lambda: list(source.keys()),
        "save_draft": lambda: sender.save_draft(ID, MAIL),
        "find_draft": lambda: sender.find_draft(ID),
        "find_sent": lambda: sender.find_sent(ID),
    }[name]


CALLS = [
    ("fetch", "discovery"),
    ("fetch", "token"),
    ("fetch", "delta"),
    ("fetch", "message"),
    ("fetch", "mime"),
    ("fetch", "folder"),
    ("latest", "delta"),
    ("keys", "delta"),
    ("patch_label", "message"),
    ("patch_label", "patch"),
    ("move", "folder"),
    ("move", "make_folder"),
    ("move", "message"),
    ("move", "move"),
    ("save_draft", "create"),
    ("save_draft", "patch"),
    ("state", "message"),
    ("send", "send"),
    ("find_draft", "find"),
    ("find_sent", "find"),
]


@pytest.fixture(params=CALLS, ids=lambda call: "-".join(call))
def failing(request, tenant):
    """An act and the route that goes wrong in it."""
    name, route = request.param
    tenant.box.deliver(b"Subject: 1\r\n\r\nHej\r\n")
    return act(tenant, name), route


def test_a_connection_that_is_dropped_is_unavailable(tenant, failing):
    perform, route = failing
    tenant.server.fail(route, Fault(how="drop"), times=ALWAYS)
    with pytest.raises(MailboxUnavailable) as caught:
        perform()
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize(("name", "route"), [call for call in CALLS if call != ("send", "send")])
def test_half_an_answer_is_unavailable(tenant, name, route):
    tenant.box.deliver(b"Subject: 1\r\n\r\nHej\r\n")
    perform = act(tenant, name)
    tenant.server.fail(route, Fault(how="half"), times=ALWAYS)
    with pytest.raises(MailboxUnavailable):
        perform()


def test_throttling_says_when_to_come_back(tenant, failing):
    perform, route = failing
    tenant.server.fail(route, Fault(429, "ApplicationThrottled", "17"))
    with pytest.raises(MailboxUnavailable) as caught:
        perform()
    assert caught.value.retry_after_s == 17


def test_a_busy_server_says_when_to_come_back(tenant, failing):
    perform, route = failing
    tenant.server.fail(route, Fault(503, "ErrorServerBusy", "30"))
    with pytest.raises(MailboxUnavailable) as caught:
        perform()
    assert caught.value.retry_after_s == 30


def test_an_error_holds_no_text_of_the_server_and_no_address(tenant, failing):
    perform, route = failing
    tenant.server.fail(route, Fault(429, "ApplicationThrottled"))
    with pytest.raises(MailboxUnavailable) as caught:
        perform()
    text = str(caught.value)
    assert "@" not in text
    assert "token-" not in text
    assert "\n" not in text


def test_after_a_dropped_connection_the_same_call_succeeds(tenant, failing):
    perform, route = failing
    tenant.server.fail(route, Fault(how="drop"), times=3)
    with pytest.raises(MailboxUnavailable):
        for _ in range(3):
            perform()
    tenant.server.mend()
    perform()


@pytest.mark.parametrize("how", ["hang", "drip"])
@pytest.mark.parametrize(("name", "route"), [("fetch", "token"), ("fetch", "delta")])
def test_a_server_that_hangs_or_drips_holds_a_call_no_longer_than_its_deadline(
    tenant, how, name, route
):
    tenant.box.deliver(b"Subject: 1\r\n\r\nHej\r\n")
    tenant.connection = tenant.connect(patience=Patience(silence_s=0.2, deadline_s=0.3))
    tenant.server.fail(route, Fault(how=how), times=ALWAYS)
    with pytest.raises(MailboxUnavailable):
        act(tenant, name)()


def test_a_name_that_cannot_be_resolved_is_unavailable(tenant):
    tenant.connection = tenant.connect(url="https://no-such-host.invalid/v1.0")
    with pytest.raises(MailboxUnavailable, match="cannot be reached"):
        tenant.source().fetch(None)


def test_a_certificate_of_an_unknown_authority_is_not_trusted(tenant):
    wire = Wire("info", trust())
    with pytest.raises(MailboxUnavailable, match=r"graph\.ca_file"):
        wire.call("GET", tenant.server.url, "reading", headers={})
    wire.close()


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_gateway_that_stumbles_once_is_asked_again(tenant, status):
    mail = tenant.box.deliver(b"Subject: 1\r\n\r\nHej\r\n")
    tenant.server.fail("delta", Fault(status, "UnknownError"))
    (message,) = tenant.source().fetch(None).messages
    assert message.key == mail.key
    assert tenant.connection.slept == [1.0]


def test_the_same_mailbox_is_closed_to_an_application_without_rights(tenant):
    tenant.server.rights = set()
    with pytest.raises(SignInRefused, match="right"):
        tenant.source().fetch(None)


def test_a_mailbox_that_is_not_there_needs_a_person(tenant):
    del tenant.server.boxes["info@exempelstad.example"]
    with pytest.raises(SignInRefused, match="no such mailbox"):
        tenant.source().fetch(None)


def test_the_page_of_a_proxy_is_not_taken_for_an_answer_of_graph(tenant):
    tenant.server.fail("delta", Fault(how="page"), times=ALWAYS)
    with pytest.raises(MailboxUnavailable, match="not from Graph"):
        tenant.source().fetch(None)


def test_a_gateway_that_says_when_to_come_back_is_not_asked_before(tenant):
    tenant.server.fail("delta", Fault(504, "UnknownError", "25"))
    with pytest.raises(MailboxUnavailable) as caught:
        tenant.source().fetch(None)
    assert caught.value.retry_after_s == 25
    assert tenant.server.calls.count("delta") == 1


def test_an_instant_to_come_back_at_is_counted_from_the_servers_own_clock():
    headers = {
        "date": "Tue, 03 Mar 2026 08:00:00 GMT",
        "retry-after": "Tue, 03 Mar 2026 08:01:30 GMT",
    }
    assert Answer(status=429, headers=headers, content=b"").retry_after_s == 90


@pytest.mark.parametrize("asked", ["", "soon", "-5", "1e9", "²"])
def test_a_wish_that_cannot_be_read_is_none(asked):
    answer = Answer(status=429, headers={"retry-after": asked}, content=b"")
    assert answer.retry_after_s is None


def test_nobody_is_kept_away_for_more_than_an_hour():
    answer = Answer(status=429, headers={"retry-after": "99999999"}, content=b"")
    assert answer.retry_after_s == 3600


def test_while_one_mailbox_hangs_the_others_go_on(tenant):
    other = "kundreskontra@exempelstad.example"
    box = tenant.server.boxes[other] = GraphMailbox(other)
    mail = box.deliver(b"Subject: 1\r\n\r\nHej\r\n")
    hung = threading.Event()
    tenant.server.fail("delta", Fault(how="hang", meanwhile=hung.set))
    with (
        ThreadPoolExecutor(1) as beside,
        GraphConnection(tenant.server, other) as well,
    ):
        ill = beside.submit(tenant.source().fetch, None)
        assert hung.wait(10)
        (message,) = GraphSource(well.client()).fetch(None).messages
        assert (message.key, ill.done()) == (mail.key, False)
        tenant.server.stop()
        assert isinstance(ill.exception(), MailboxUnavailable)
