"""What every `MailSource` promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from functionmail.errors import ConnectorError, MailboxUnavailable, MessageGone
from functionmail.message import Checkpoint, MessageKey

LONG_AGO = datetime(2019, 5, 2, 10, tzinfo=UTC)
EVERY_BYTE = bytes(range(256)) + b"\r\n.\r\n\nFrom \r\r\n"


def mail(subject: object, body: bytes = b"Hej\r\n") -> bytes:
    return f"Subject: {subject}\r\n\r\n".encode() + body


def deliver(server, count: int) -> list[MessageKey]:
    return [server.deliver(mail(number)) for number in range(count)]


def keys(batch) -> list[MessageKey]:
    return [message.key for message in batch.messages]


def read_everything(source, after=None, *, limit=50) -> list[MessageKey]:
    found = []
    batch = source.fetch(after, limit=limit)
    while batch.messages:
        found += keys(batch)
        batch = source.fetch(batch.checkpoint, limit=limit)
    return found


def test_the_mailbox_is_named(server):
    assert server.source().mailbox == "info"


def test_an_empty_mailbox_still_gives_a_checkpoint(server):
    source = server.source()
    batch = source.fetch(None)
    assert (batch.messages, batch.more) == ((), False)
    (key,) = deliver(server, 1)
    assert keys(source.fetch(batch.checkpoint)) == [key]


def test_messages_come_oldest_first(server):
    delivered = deliver(server, 5)
    assert keys(server.source().fetch(None)) == delivered


def test_order_is_by_arrival_and_not_by_date(server):
    first = server.deliver(mail("first"))
    late = server.deliver(
        b"Date: Thu, 2 May 2019 12:00:00 +0200\r\n" + mail("late"), dated=LONG_AGO
    )
    last = server.deliver(mail("last"))
    assert set(read_everything(server.source())) == {first, late, last}


def test_reading_twice_from_one_checkpoint_gives_the_same_messages(server):
    deliver(server, 3)
    source = server.source()
    assert source.fetch(None, limit=2) == source.fetch(None, limit=2)


def test_reading_again_from_an_older_checkpoint_gives_its_messages_again(server):
    delivered = deliver(server, 6)
    source = server.source()
    first = source.fetch(None, limit=2)
    second = source.fetch(first.checkpoint, limit=2)
    source.fetch(second.checkpoint, limit=2)
    assert keys(source.fetch(first.checkpoint, limit=3)) == delivered[2:5]


def test_another_reader_gets_the_same_messages_from_the_same_checkpoint(server):
    deliver(server, 4)
    start = server.source().fetch(None, limit=1).checkpoint
    assert server.source().fetch(start) == server.source().fetch(start)


def test_a_checkpoint_excludes_what_was_returned_with_it(server):
    first, second = deliver(server, 2)
    source = server.source()
    batch = source.fetch(None, limit=1)
    assert keys(batch) == [first]
    assert keys(source.fetch(batch.checkpoint)) == [second]


def test_nothing_comes_again_when_nothing_new_came(server):
    deliver(server, 3)
    source = server.source()
    checkpoint = source.fetch(None).checkpoint
    assert keys(source.fetch(checkpoint)) == []
    assert keys(source.fetch(source.fetch(checkpoint).checkpoint)) == []


def test_a_restart_continues_from_the_stored_checkpoint(server):
    delivered = deliver(server, 5)
    stored = str(server.source().fetch(None, limit=2).checkpoint)
    assert read_everything(server.source(), Checkpoint(stored)) == delivered[2:]


def test_a_restart_before_every_batch_loses_nothing_and_repeats_nothing(server):
    delivered = deliver(server, 7)
    found, after = [], None
    for _ in range(5):
        batch = server.source().fetch(after, limit=2)
        found += keys(batch)
        after = batch.checkpoint
    assert found == delivered


def test_mail_that_comes_while_others_wait_is_not_lost(server):
    delivered = deliver(server, 3)
    source = server.source()
    batch = source.fetch(None, limit=1)
    delivered += deliver(server, 2)
    assert keys(batch) + read_everything(source, batch.checkpoint, limit=2) == delivered


def test_behind_the_latest_comes_only_what_is_new(server):
    deliver(server, 3)
    latest = server.source().latest()
    new = deliver(server, 2)
    assert read_everything(server.source(), latest) == new


def test_the_latest_of_one_source_serves_itself(server):
    deliver(server, 2)
    source = server.source()
    latest = source.latest()
    assert keys(source.fetch(latest)) == []
    (new,) = deliver(server, 1)
    assert keys(source.fetch(latest)) == [new]


def test_the_latest_of_an_empty_mailbox_is_its_beginning(server):
    latest = server.source().latest()
    assert read_everything(server.source(), latest) == []
    delivered = deliver(server, 1)
    assert read_everything(server.source(), latest) == delivered


def test_late_mail_with_an_older_date_comes_next(server):
    deliver(server, 2)
    source = server.source()
    checkpoint = source.fetch(None).checkpoint
    dated = b"Date: Thu, 2 May 2019 12:00:00 +0200\r\n"
    late = server.deliver(dated + mail("late"), dated=LONG_AGO)
    assert keys(source.fetch(checkpoint)) == [late]


def test_late_mail_with_an_older_date_comes_after_a_restart(server):
    deliver(server, 2)
    checkpoint = server.source().fetch(None).checkpoint
    late = server.deliver(mail("late"), dated=LONG_AGO)
    assert keys(server.source().fetch(checkpoint)) == [late]


def test_a_batch_holds_no_more_than_was_asked_for(server):
    deliver(server, 3)
    batch = server.source().fetch(None, limit=2)
    assert (len(batch.messages), batch.more) == (2, True)


def test_the_last_batch_says_that_no_more_is_waiting(server):
    deliver(server, 2)
    assert server.source().fetch(None, limit=2).more is False


def test_a_limit_below_one_is_a_mistake(server):
    with pytest.raises(ValueError, match="limit"):
        server.source().fetch(None, limit=0)


def test_the_same_mail_delivered_twice_is_two_messages(server):
    first, second = server.deliver(mail("same")), server.deliver(mail("same"))
    assert first != second
    assert keys(server.source().fetch(None)) == [first, second]


def test_all_keys_are_listed_whatever_was_fetched(server):
    delivered = deliver(server, 4)
    source = server.source()
    source.fetch(None, limit=2)
    assert sorted(source.keys()) == sorted(delivered)


def test_a_removed_mail_is_no_longer_listed(server):
    first, second = deliver(server, 2)
    server.remove(first)
    assert list(server.source().keys()) == [second]


def test_a_mail_that_vanishes_before_it_is_read_does_not_stop_the_others(server):
    first, second, third = deliver(server, 3)
    source = server.source()
    batch = source.fetch(None, limit=1)
    server.remove(second)
    rest = source.fetch(batch.checkpoint)
    assert keys(batch) + keys(rest) == [first, third]
    assert rest.more is False


@pytest.mark.parametrize("doomed", [0, 1, 2])
def test_a_mail_that_vanishes_while_it_is_fetched_is_left_out(server, doomed):
    listed = deliver(server, 3)
    server.vanish_when_read(listed[doomed])
    source = server.source()
    batch = source.fetch(None)
    assert listed[doomed] not in list(source.keys())
    left = [key for key in listed if key != listed[doomed]]
    assert keys(batch) + keys(source.fetch(batch.checkpoint)) == left


def test_after_the_only_mail_vanished_while_it_was_fetched_the_next_one_is_read(server):
    (only,) = deliver(server, 1)
    server.vanish_when_read(only)
    source = server.source()
    batch = source.fetch(None)
    later = server.deliver(mail(1))
    assert (keys(batch), keys(source.fetch(batch.checkpoint))) == ([], [later])


def test_the_mail_a_checkpoint_stands_behind_may_vanish(server):
    first, second = deliver(server, 2)
    checkpoint = server.source().fetch(None, limit=1).checkpoint
    server.remove(first)
    assert keys(server.source().fetch(checkpoint)) == [second]


def test_a_mail_that_cannot_be_read_comes_empty_and_stops_no_other(server):
    first, broken, third = deliver(server, 3)
    server.make_unreadable(broken)
    batch = server.source().fetch(None)
    assert set(keys(batch)) == {first, broken, third}
    contents = {message.key: message.content for message in batch.messages}
    assert contents == {first: mail(0), broken: b"", third: mail(2)}


@pytest.mark.parametrize(
    "unknown",
    [
        "",
        "x",
        "{}",
        "[]",
        "null",
        "0",
        "-1",
        "99999999999999999999",
        '{"v":1}',
        "å\x00",
        "[" * 9999,
    ],
)
def test_a_checkpoint_that_the_server_does_not_know_starts_from_the_beginning(server, unknown):
    delivered = deliver(server, 2)
    assert keys(server.source().fetch(Checkpoint(unknown))) == delivered


def test_labelling_twice_is_the_same_as_once(server):
    (key,) = deliver(server, 1)
    source = server.source()
    source.label(key, frozenset({"case"}))
    source.label(key, frozenset({"case"}))
    assert server.labels(key) == {"case"}


def test_labels_add_up(server):
    (key,) = deliver(server, 1)
    source = server.source()
    source.label(key, frozenset({"case"}))
    source.label(key, frozenset({"answered"}))
    assert server.labels(key) == {"case", "answered"}


def test_labels_that_people_set_stay(server):
    (key,) = deliver(server, 1)
    server.label_as_person(key, "important")
    server.source().label(key, frozenset({"case"}))
    assert server.labels(key) == {"case", "important"}


def test_a_label_belongs_to_one_mail(server):
    first, second = deliver(server, 2)
    server.source().label(first, frozenset({"case"}))
    assert server.labels(second) == frozenset()


def test_a_label_can_take_the_place_of_another(server):
    (key,) = deliver(server, 1)
    server.label_as_person(key, "important")
    source = server.source()
    source.label(key, frozenset({"case", "with-anna"}))
    source.label(key, frozenset({"with-bo"}), instead_of=frozenset({"with-anna", "with-eva"}))
    assert server.labels(key) == {"case", "with-bo", "important"}


def test_a_moved_mail_lies_in_the_folder_and_no_longer_in_the_inbox(server):
    first, second = deliver(server, 2)
    server.source().move(first, "Handled")
    assert list(server.source().keys()) == [second]
    assert server.in_folder("Handled") == [mail(0)]


def test_moving_twice_is_the_same_as_once(server):
    (key,) = deliver(server, 1)
    source = server.source()
    source.move(key, "Handled")
    source.move(key, "Handled")
    assert server.in_folder("Handled") == [mail(0)]


def test_moving_makes_no_mail_come_again(server):
    deliver(server, 2)
    source = server.source()
    batch = source.fetch(None)
    source.move(batch.messages[0].key, "Handled")
    assert keys(source.fetch(batch.checkpoint)) == []


def test_moving_a_mail_that_is_gone_says_so(server):
    (key,) = deliver(server, 1)
    source = server.source()
    source.fetch(None)
    server.remove(key)
    with pytest.raises(MessageGone):
        source.move(key, "Handled")


def test_waiting_for_mail_that_has_come_ends_and_asks_for_a_fetch(server):
    source = server.source()
    checkpoint = source.fetch(None).checkpoint
    (key,) = deliver(server, 1)
    while not source.wait(0.01):
        pass
    assert keys(source.fetch(checkpoint)) == [key]


def test_waiting_on_a_server_that_is_down_raises_nothing(server):
    source = server.source()
    source.fetch(None)
    server.break_down()
    source.wait(0.01)
    with pytest.raises(MailboxUnavailable):
        source.fetch(None)


def test_a_closed_source_can_be_used_again(server):
    delivered = deliver(server, 1)
    source = server.source()
    source.fetch(None)
    source.close()
    assert keys(source.fetch(None)) == delivered


def test_labelling_makes_no_mail_come_again(server):
    (key,) = deliver(server, 1)
    source = server.source()
    checkpoint = source.fetch(None).checkpoint
    source.label(key, frozenset({"case"}))
    assert keys(source.fetch(checkpoint)) == []


def test_labelling_a_mail_that_is_gone_says_so(server):
    (key,) = deliver(server, 1)
    source = server.source()
    source.fetch(None)
    server.remove(key)
    with pytest.raises(MessageGone):
        source.label(key, frozenset({"case"}))


def test_every_byte_is_kept(server):
    server.deliver(mail("bytes", EVERY_BYTE))
    (message,) = server.source().fetch(None).messages
    assert message.content == server.as_read(mail("bytes", EVERY_BYTE))


def test_an_empty_mail_is_a_message(server):
    key = server.deliver(b"")
    assert keys(server.source().fetch(None)) == [key]


def test_a_mail_of_twenty_megabytes_comes_whole(server):
    large = mail("large", b"0123456789abcd\r\n" * (20 * 1024 * 64))
    server.deliver(large)
    (message,) = server.source().fetch(None).messages
    assert message.content == large


def test_instants_are_utc(server):
    server.deliver(mail("now"))
    (message,) = server.source().fetch(None).messages
    assert message.received_at.utcoffset() == timedelta(0)


def test_reading_changes_nothing_on_the_server(server):
    deliver(server, 3)
    before = server.contents()
    source = server.source()
    read_everything(source, limit=1)
    list(source.keys())
    assert server.contents() == before


@pytest.mark.parametrize("doing", ["fetch", "keys", "label", "move"])
def test_a_server_that_does_not_answer_is_unavailable_and_may_be_tried_again(server, doing):
    (key,) = deliver(server, 1)
    source = server.source()
    server.break_down()
    calls = {
        "fetch": lambda: source.fetch(None),
        "keys": lambda: list(source.keys()),
        "label": lambda: source.label(key, frozenset({"case"})),
        "move": lambda: source.move(key, "Handled"),
    }
    with pytest.raises(MailboxUnavailable) as caught:
        calls[doing]()
    assert caught.value.retryable
    assert caught.value.mailbox == "info"
    assert "\n" not in str(caught.value)


def test_an_outage_between_two_batches_loses_nothing(server):
    delivered = deliver(server, 4)
    source = server.source()
    batch = source.fetch(None, limit=1)
    server.break_down()
    with pytest.raises(MailboxUnavailable):
        source.fetch(batch.checkpoint, limit=2)
    server.recover()
    assert keys(batch) + read_everything(source, batch.checkpoint) == delivered


def test_an_outage_at_the_first_call_is_overcome(server):
    delivered = deliver(server, 2)
    source = server.source()
    server.break_down()
    with pytest.raises(ConnectorError):
        source.fetch(None)
    server.recover()
    assert keys(source.fetch(None)) == delivered
