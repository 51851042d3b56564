"""What goes wrong between us and the server, in every call."""

from __future__ import annotations

import socket
from threading import Event

import pytest
from exchangelib.errors import SessionPoolMinSizeReached

from functionmail.connectors.exchange_deadline import within
from functionmail.errors import ConnectorError, MailboxUnavailable, MessageGone, SignInRefused
from tests.ews.house import ACCOUNT, House
from tests.ews.world import Item

pytestmark = pytest.mark.slow

ID = "c1.0a1b2c@exempelstad.example"
MAIL = b"Message-ID: <1@kund.example>\r\nSubject: Faktura\r\n\r\nHej\r\n"
DRAFT = f"Message-ID: <{ID}>\r\nSubject: Mottaget\r\n\r\nTack\r\n".encode()
CASE = frozenset({"case"})


def fetch(house: House, _item: Item):
    source = house.source()
    return lambda: source.fetch(None).messages[0].content == MAIL


def keys(house: House, _item: Item):
    source = house.source()
    return lambda: len(list(source.keys())) == 1


def label(house: House, item: Item):
    source = house.source()
    (message,) = source.fetch(None).messages

    def labelled():
        source.label(message.key, CASE)
        return item.categories == ["case"]

    return labelled


def label_unknown(house: House, item: Item):
    (message,) = house.source().fetch(None).messages
    source = house.source()

    def labelled():
        source.label(message.key, CASE)
        return item.categories == ["case"]

    return labelled


def label_moved(house: House, item: Item):
    world = house.ews.world
    box = world.box_of(item)
    found = label_unknown(house, item)
    world.move(item, world.add_folder(box, "Annas", box.known("msgfolderroot")))
    return found


def move(house: House, item: Item):
    source = house.source()
    (message,) = source.fetch(None).messages

    def moved():
        source.move(message.key, "Klart")
        return item.folder.name == "Klart"

    return moved


def save_draft(house: House, _item: Item):
    sender = house.sender()

    def saved():
        sender.save_draft(ID, DRAFT)
        return [draft.mime for draft in house.lying_in("drafts")] == [DRAFT]

    return saved


def save_draft_again(house: House, item: Item):
    house.sender().save_draft(ID, DRAFT)
    return save_draft(house, item)


def send(house: House, _item: Item):
    sender = house.sender()
    draft = sender.save_draft(ID, DRAFT)

    def sent():
        sender.send(draft)
        return [mail.mime for mail in house.lying_in("sentitems")] == [DRAFT]

    return sent


def find_sent(house: House, _item: Item):
    sender = house.sender()
    return lambda: sender.find_sent(ID) is False


CALLS = {
    "SyncFolderItems": fetch,
    "SyncFolderItems, for the books": keys,
    "GetItem": fetch,
    "GetItem, before labelling": label,
    "UpdateItem": label,
    "FindItem": label_unknown,
    "GetFolder": label_moved,
    "FindFolder": label_moved,
    "FindFolder, before moving": move,
    "CreateFolder": move,
    "MoveItem": move,
    "FindItem, before saving": save_draft,
    "CreateItem": save_draft,
    "DeleteItem": save_draft_again,
    "FindItem, before sending": send,
    "SendItem": send,
    "FindItem, in Sent": find_sent,
}
BROKEN = {"dropped": {"drop": True}, "half an answer": {"half": True}}
LATER = {
    "busy": ({"back_off_ms": 7000}, 7),
    "busy without a time": ({"code": "ErrorServerBusy"}, 10),
    "throttled": ({"status": 429, "headers": {"Retry-After": "31"}}, 31),
    "unavailable": ({"status": 503, "headers": {"Retry-After": "9"}}, 9),
    "unavailable until a date": ({"status": 503, "headers": {"Retry-After": "Fri, 1 Jan"}}, 10),
    "a proxy's page": ({"status": 502}, None),
    "no page of Exchange": ({"status": 404}, None),
    "store away": ({"code": "ErrorMailboxStoreUnavailable"}, None),
    "moving": ({"code": "ErrorMailboxMoveInProgress"}, None),
    "failing over": ({"code": "ErrorMailboxFailover"}, None),
    "directory away": ({"code": "ErrorADUnavailable", "soap": True}, None),
    "unknown to the library": ({"code": "ErrorInventedLater"}, None),
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("call", CALLS)
def test_a_connection_that_breaks_in_any_call_is_made_anew(house, call, broken):
    operation = call.partition(",")[0]
    what = BROKEN[broken]
    if (operation, broken) == ("SendItem", "half an answer"):
        what = {"drop": True}  # half an answer means that it was sent: test_sending
    act = CALLS[call](house, house.deliver(MAIL))
    house.ews.fail(operation, **what)
    with pytest.raises(MailboxUnavailable) as caught:
        act()
    assert caught.value.retryable
    assert caught.value.__cause__ is not None
    assert_tells_nothing(caught.value)
    assert act()


@pytest.mark.parametrize("call", CALLS)
def test_a_server_that_is_busy_in_any_call_is_asked_again_when_it_said(house, call):
    act = CALLS[call](house, house.deliver(MAIL))
    house.ews.fail(call.partition(",")[0], back_off_ms=7000)
    with pytest.raises(MailboxUnavailable) as caught:
        act()
    assert caught.value.retry_after_s == 7
    assert act()


@pytest.mark.parametrize("wrong", LATER)
def test_what_passes_is_unavailable_and_the_next_call_works(house, wrong):
    what, wait_s = LATER[wrong]
    act = fetch(house, house.deliver(MAIL))
    house.ews.fail("SyncFolderItems", **what)
    with pytest.raises(MailboxUnavailable) as caught:
        act()
    assert wait_s in (None, caught.value.retry_after_s)
    assert caught.value.__cause__ is not None
    assert_tells_nothing(caught.value)
    assert act()


@pytest.mark.parametrize("call", CALLS)
def test_a_server_that_hangs_is_left_in_time_and_asked_anew(house, call):
    act = CALLS[call](house, house.deliver(MAIL))
    for made in house.made:
        made._box._deadline_s = 0.3
    house.ews.fail(call.partition(",")[0], hang=True)
    with pytest.raises(MailboxUnavailable) as caught:
        act()
    assert_tells_nothing(caught.value)
    for made in house.made:
        made._box._deadline_s = 5.0
    assert act()


def test_a_server_that_is_silent_is_left_before_the_deadline(house):
    house.deliver(MAIL)
    source = house.source(house.box(endpoint=house.endpoint(silence_s=0.2)))
    house.ews.fail("SyncFolderItems", hang=True)
    with pytest.raises(MailboxUnavailable):
        source.fetch(None)
    assert len(source.fetch(None).messages) == 1


NEEDS_A_PERSON = {
    "ErrorAccessDenied": "rights",
    "ErrorNonExistentMailbox": "address",
    "ErrorImpersonateUserDenied": "ApplicationImpersonation",
    "ErrorMissingEmailAddress": "mailbox of its own",
    "ErrorPasswordExpired": "password",
    "ErrorAccountDisabled": "account",
    "ErrorFolderNotFound": "folder",
}


@pytest.mark.parametrize("code", NEEDS_A_PERSON)
def test_what_only_a_person_can_mend_is_not_tried_again(house, code):
    source = house.source()
    house.ews.fail("SyncFolderItems", code=code)
    with pytest.raises(SignInRefused, match=NEEDS_A_PERSON[code]) as caught:
        source.fetch(None)
    assert not caught.value.retryable
    assert_tells_nothing(caught.value)


def test_a_redirect_to_another_server_is_not_followed(house):
    source = house.source()
    house.ews.fail(status=302, headers={"Location": "https://fiende.example/EWS/Exchange.asmx"})
    with pytest.raises(SignInRefused, match=r"exchange\.url"):
        source.fetch(None)


def test_a_name_that_nobody_knows_is_unavailable(house, monkeypatch):
    def unknown(*_args: object, **_more: object):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    source = house.source()
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(MailboxUnavailable):
        source.fetch(None)


def test_while_one_mailbox_is_ill_the_others_go_on(house):
    house.add("kundreskontra")
    endpoint = house.endpoint()
    house.deliver(MAIL, "kundreskontra")
    house.ews.fail(code="ErrorMailboxMoveInProgress", mailbox="info@exempelstad.example", times=0)
    ill = house.source(house.box(endpoint=endpoint))
    well = house.source(house.box("kundreskontra", endpoint))
    with pytest.raises(MailboxUnavailable):
        ill.fetch(None)
    assert len(well.fetch(None).messages) == 1


def test_while_one_mailbox_hangs_the_others_go_on(house):
    house.add("kundreskontra")
    endpoint = house.endpoint()
    house.deliver(MAIL, "kundreskontra")
    well = house.source(house.box("kundreskontra", endpoint))
    ill = house.source(house.box(endpoint=endpoint, deadline_s=0.3))
    well.fetch(None)
    house.ews.fail(hang=True, mailbox="info@exempelstad.example")
    with pytest.raises(MailboxUnavailable):
        ill.fetch(None)
    assert len(well.fetch(None).messages) == 1


def test_a_right_that_is_missing_is_named_and_reading_goes_on(house):
    house.deliver(MAIL)
    house.user.read_only, house.user.full_access = house.user.full_access, set()
    source = house.source()
    (message,) = source.fetch(None).messages
    for act in (lambda: source.label(message.key, CASE), lambda: source.move(message.key, "Klart")):
        with pytest.raises(SignInRefused, match="rights"):
            act()
    assert len(source.fetch(None).messages) == 1


def test_a_full_mailbox_takes_no_label_and_is_tried_again_later(house):
    house.deliver(MAIL)
    source = house.source()
    (message,) = source.fetch(None).messages
    house.ews.world.mailboxes["info@exempelstad.example"].full = True
    with pytest.raises(MailboxUnavailable, match="full") as caught:
        source.label(message.key, CASE)
    assert caught.value.retry_after_s >= 60


def test_an_answer_that_was_cut_on_its_way_is_not_taken_for_a_whole_mail(house):
    # The library mends broken XML, and so would hand over the first half of a mail.
    long = MAIL + b"Rad\r\n" * 5000
    house.deliver(long)
    source = house.source()
    house.ews.fail("GetItem", cut=True)
    with pytest.raises(MailboxUnavailable):
        source.fetch(None)
    assert source.fetch(None).messages[0].content == long


def test_a_listing_that_was_cut_on_its_way_loses_no_mail(house):
    for _ in range(20):
        house.deliver(MAIL)
    source = house.source()
    house.ews.fail("SyncFolderItems", cut=True)
    with pytest.raises(MailboxUnavailable):
        source.fetch(None)
    assert len(source.fetch(None).messages) == 20


def test_a_busy_server_does_not_make_the_pool_wait_for_itself(house):
    # The library takes a session out of the pool then, with the pool's lock in its hand.
    pool = house.endpoint(connections=2).account("info@exempelstad.example").protocol
    held = [pool.get_session(), pool.get_session()]
    with pytest.raises(SessionPoolMinSizeReached):
        within(2, pool.decrease_poolsize)
    for session in held:
        pool.release_session(session)


def test_a_large_mail_gets_more_time_than_a_question(house):
    box = house.box(deadline_s=0.1)
    with pytest.raises(MailboxUnavailable):
        box.perform("reading", lambda _account: Event().wait(0.4))
    assert box.perform("reading", lambda _account: not Event().wait(0.4), transfer=1_000_000)


def test_a_mail_that_went_away_is_said_to_be_gone(house):
    item = house.deliver(MAIL)
    source = house.source()
    (message,) = source.fetch(None).messages
    house.ews.world.delete(item)
    with pytest.raises(MessageGone):
        source.label(message.key, CASE)


def assert_tells_nothing(error: ConnectorError) -> None:
    """Check that a text for logs is one line without anything of a mail or a sign-in."""
    text = str(error)
    assert "\n" not in text
    for secret in (ACCOUNT, "lösenord", "@", "Faktura", "Svensson", "svensson"):
        assert secret not in text
