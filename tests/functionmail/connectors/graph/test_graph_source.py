"""Reading by rounds of a delta query: order, restarts, forgotten links, people in between."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functionmail.connectors.graph import GraphSource
from functionmail.connectors.graph_delta import Position, read_checkpoint
from functionmail.errors import MailboxUnavailable, MessageGone
from functionmail.message import Checkpoint
from tests.graph.graph_connection import GraphConnection
from tests.graph.graph_mailbox import DELETED, INBOX, SENT
from tests.graph.graph_server import Fault, GraphServer

LONG_AGO = datetime(2019, 5, 2, 10, tzinfo=UTC)
CASE = frozenset({"case"})


def mail(subject: object) -> bytes:
    return f"Subject: {subject}\r\n\r\nHej\r\n".encode()


def deliver(tenant, count):
    return [tenant.box.deliver(mail(number)) for number in range(count)]


def keys(batch):
    return [message.key for message in batch.messages]


def read_all(source, after=None, *, limit=2):
    found, more = [], True
    while more:
        batch = source.fetch(after, limit=limit)
        found += keys(batch)
        after, more = batch.checkpoint, batch.more
    return found, after


def test_pages_that_come_newest_first_are_returned_oldest_first(tenant):
    delivered = [one.key for one in deliver(tenant, 10)]
    found, _ = read_all(tenant.source())
    assert found == delivered


def test_a_late_mail_that_comes_in_the_middle_of_the_first_listing_survives_a_restart(tenant):
    delivered = deliver(tenant, 6)
    first = tenant.source().fetch(None, limit=4)
    late = tenant.box.deliver(mail("late"), dated=LONG_AGO)
    rest, _ = read_all(tenant.source(), first.checkpoint)
    assert keys(first) + rest == [*(one.key for one in delivered), late.key]


def test_mail_that_comes_in_the_middle_is_returned_once_after_a_restart(tenant):
    delivered = deliver(tenant, 3)
    first = tenant.source().fetch(None, limit=1)
    delivered += deliver(tenant, 3)
    rest, _ = read_all(tenant.source(), first.checkpoint)
    assert keys(first) + rest == [one.key for one in delivered]


def test_a_batch_goes_on_into_the_round_that_begins_where_the_last_one_ended(tenant):
    deliver(tenant, 3)
    source = tenant.source()
    first = source.fetch(None, limit=2)
    new = deliver(tenant, 2)
    batch = source.fetch(first.checkpoint, limit=50)
    assert keys(batch)[1:] == [one.key for one in new]
    assert batch.more is False


@pytest.mark.parametrize("when", ["before", "between"])
def test_when_the_links_are_forgotten_everything_comes_again(tenant, when):
    delivered = [one.key for one in deliver(tenant, 5)]
    batch = tenant.source().fetch(None, limit=50 if when == "before" else 2)
    tenant.box.forget_rounds()
    found, _ = read_all(tenant.source(), batch.checkpoint)
    assert found == delivered


def test_a_listing_that_is_forgotten_halfway_is_tried_again_by_the_next_call(tenant):
    delivered = [one.key for one in deliver(tenant, 5)]
    source = tenant.source()
    tenant.server.fail_after("delta", 1, Fault(410, "SyncStateNotFound"))
    with pytest.raises(MailboxUnavailable):
        source.fetch(None)
    assert read_all(source)[0] == delivered


def test_a_listing_that_broke_off_goes_on_where_it_broke(tenant):
    deliver(tenant, 9)
    source = tenant.source()
    source.fetch(None, limit=1)
    tenant.box.page_size = 1
    tenant.server.fail_after("delta", 6, Fault(504), times=3)
    with pytest.raises(MailboxUnavailable):
        source.latest()
    asked = tenant.server.calls.count("delta")
    source.latest()
    assert tenant.server.calls.count("delta") - asked == 3


def test_behind_a_large_folder_costs_its_listing_and_no_contents(tenant):
    tenant.box.page_size = 500
    deliver(tenant, 2000)
    sent = tenant.source()
    latest = sent.latest()
    assert tenant.server.calls.count("delta") == 4
    assert "mime" not in tenant.server.calls
    assert sent.fetch(latest).messages == ()


def test_a_server_that_tells_of_every_change_loses_nothing(tenant):
    tenant.box.noisy = True
    first, second, third = deliver(tenant, 3)
    source = tenant.source()
    checkpoint = source.fetch(None).checkpoint
    tenant.box.changed(first)
    tenant.box.remove(second)
    new = tenant.box.deliver(mail("new"))
    tenant.box.changed(new)
    found = keys(source.fetch(checkpoint))
    assert new.key in found
    assert second.key not in found
    assert third.key not in found


def test_what_exchange_took_from_the_mime_stands_beside_it(tenant):
    tenant.box.regenerates = True
    tenant.box.deliver(
        b"Auto-Submitted: auto-replied\r\nList-Id: <x>\r\nSubject: Hej\r\n\r\nHej\r\n"
    )
    (message,) = tenant.source().fetch(None).messages
    assert b"Auto-Submitted" not in message.content
    assert ("Auto-Submitted", "auto-replied") in message.transport_headers
    assert ("List-Id", "<x>") in message.transport_headers


def test_the_instant_is_that_of_the_server(tenant):
    tenant.box.deliver(b"Date: Thu, 2 May 2019 12:00:00 +0200\r\n\r\n", dated=LONG_AGO)
    (message,) = tenant.source().fetch(None).messages
    assert message.received_at == LONG_AGO


def test_a_mail_that_the_server_stumbles_over_holds_the_others_up_for_a_while_only(tenant):
    broken, fine = deliver(tenant, 2)
    source = tenant.source()
    for _ in range(4):
        tenant.server.fail("mime", Fault(500, "UnknownError"), times=3)
        with pytest.raises(MailboxUnavailable):
            source.fetch(None)
    tenant.server.fail("mime", Fault(500, "UnknownError"), times=3)
    contents = {message.key: message.content for message in source.fetch(None).messages}
    assert contents == {broken.key: b"", fine.key: mail(1)}


def test_a_mail_of_twenty_megabytes_takes_little_time_to_read(tenant):
    tenant.box.deliver(mail("large") + b"0123456789abcde\n" * (20 * 1024 * 64))
    source = tenant.source()
    started = time.process_time()
    (message,) = source.fetch(None).messages
    assert len(message.content) > 20 * 1024 * 1024
    assert time.process_time() - started < 2.0  # both sides, in one process


def test_a_checkpoint_in_the_middle_holds_no_address_and_no_server(tenant):
    deliver(tenant, 5)
    checkpoint = tenant.source().fetch(None, limit=2).checkpoint
    assert "127.0.0.1" not in checkpoint
    assert "exempelstad" not in checkpoint
    assert len(checkpoint) < 2000


def test_a_link_to_another_server_is_not_followed(tenant):
    deliver(tenant, 1)
    far_away = json.dumps({"v": 1, "start": "$deltatoken=x#@elsewhere.example/"})
    assert len(tenant.source().fetch(Checkpoint(far_away)).messages) == 1


positions = st.builds(
    Position,
    start=st.none() | st.text(max_size=20),
    end=st.text(max_size=20),
    after=st.none() | st.tuples(st.text(max_size=20), st.text(max_size=20)),
) | st.builds(Position, start=st.none() | st.text(max_size=20))


@given(positions)
def test_a_position_is_read_as_it_was_written(position):
    assert read_checkpoint(position.to_checkpoint()) == position


@given(st.text(max_size=40) | st.from_type(type(None)))
def test_whatever_a_checkpoint_holds_it_is_read_without_a_fault(text):
    assert isinstance(read_checkpoint(text), Position)


acts = st.lists(
    st.sampled_from(["deliver", "late", "fetch", "restart", "mark", "take", "put_back", "move"]),
    max_size=25,
)


@given(acts=acts, limit=st.integers(1, 4), noisy=st.booleans())
@settings(max_examples=25)
def test_whatever_people_do_meanwhile_every_mail_left_in_the_inbox_is_returned(
    shared_server, acts, limit, noisy
):
    server, connection = shared_server
    box = server.renew("info@exempelstad.example")
    box.noisy = noisy
    source = connection.source()
    returned, taken, after = set(), [], None
    for number, act in enumerate(acts):
        inbox = box.in_folder(INBOX)
        if act in ("deliver", "late"):
            dated = LONG_AGO + timedelta(seconds=number) if act == "late" else None
            box.deliver(mail(number), dated=dated)
        elif act == "fetch":
            batch = source.fetch(after, limit=limit)
            returned |= set(keys(batch))
            after = batch.checkpoint
        elif act == "restart":
            source = connection.source()
        elif act == "put_back" and taken:
            box.move(taken.pop(), INBOX)
        elif inbox and act == "mark":
            source.label(inbox[number % len(inbox)].key, CASE)
        elif inbox and act == "take":
            taken.append(inbox[number % len(inbox)])
            box.move(taken[-1], DELETED)
        elif inbox and act == "move" and inbox[0].key in returned:
            source.move(inbox[0].key, "Handled")
    found, _ = read_all(source, after, limit=limit)
    left = {one.key for one in box.in_folder(INBOX)}
    assert left <= returned | set(found)


@pytest.fixture(scope="module")
def shared_server():
    server = GraphServer("info@exempelstad.example")

    class Connection(GraphConnection):
        def source(self):
            return GraphSource(self.client())

    with Connection(server, "info@exempelstad.example") as connection:
        yield server, connection
    server.close()


def test_a_source_asks_at_its_own_pace(tenant):
    source = tenant.source(poll_s=20.0)
    source.fetch(None)
    assert [source.wait(8.0), tenant.now] == [False, 8.0]
    assert [source.wait(8.0), tenant.now] == [False, 16.0]
    assert [source.wait(8.0), tenant.now] == [True, 20.0]


def test_a_source_that_never_fetched_asks_at_once(tenant):
    assert tenant.source(poll_s=20.0).wait(5.0) is True
    assert tenant.now == 0.0


def test_categories_that_people_set_meanwhile_stay(tenant):
    (one,) = deliver(tenant, 1)
    person = Fault(
        409, "ErrorIrresolvableConflict", meanwhile=lambda: one.categories.append("Anna")
    )
    tenant.server.fail("patch", person)
    tenant.source().label(one.key, CASE)
    assert one.categories == ["Anna", "case"]


def test_a_label_that_stands_already_is_not_written_again(tenant):
    (one,) = deliver(tenant, 1)
    source = tenant.source()
    source.label(one.key, CASE)
    source.label(one.key, CASE)
    assert tenant.server.calls.count("patch") == 1


def test_a_mail_that_a_person_threw_away_is_not_fetched_back_by_a_move(tenant):
    (one,) = deliver(tenant, 1)
    tenant.box.move(one, DELETED)
    with pytest.raises(MessageGone):
        tenant.source().move(one.key, "Handled")
    assert one.folder == DELETED


def test_a_key_stays_good_when_a_person_moves_the_mail(tenant):
    (one,) = deliver(tenant, 1)
    tenant.box.move(one, tenant.box.make_folder("Annas", ""))
    tenant.source().label(one.key, CASE)
    assert one.categories == ["case"]


def test_a_folder_may_lie_below_another(tenant):
    (one,) = deliver(tenant, 1)
    tenant.source().move(one.key, "Samma dag/Blev ärende")
    shown, parent = tenant.box.folders[one.folder]
    assert (shown, tenant.box.folders[parent][0]) == ("Blev ärende", "Samma dag")


def test_a_folder_with_an_apostrophe_is_found_again(tenant):
    first, second = deliver(tenant, 2)
    tenant.source().move(first.key, "Anna's")
    tenant.source().move(second.key, "Anna's")
    assert first.folder == second.folder


def test_a_folder_that_people_deleted_is_made_again(tenant):
    first, second = deliver(tenant, 2)
    source = tenant.source()
    source.move(first.key, "Handled")
    del tenant.box.folders[first.folder]
    source.move(second.key, "Handled")
    assert tenant.box.folders[second.folder] == ("Handled", "")


def test_a_folder_that_somebody_makes_meanwhile_is_used(tenant):
    (one,) = deliver(tenant, 1)
    made = Fault(409, "ErrorFolderExists", meanwhile=lambda: tenant.box.make_folder("Handled", ""))
    tenant.server.fail("make_folder", made)
    tenant.source().move(one.key, "Handled")
    assert tenant.box.folders[one.folder] == ("Handled", "")


def test_what_people_send_is_read_from_sent(tenant):
    deliver(tenant, 1)
    source = tenant.sent()
    latest = source.latest()
    written = tenant.box.deliver(mail("by Anna"), folder=SENT)
    assert keys(source.fetch(latest)) == [written.key]
