"""What every `MailSource` promises when people move mail and the server changes its mind."""

from __future__ import annotations

from contextlib import suppress

import pytest

from functionmail.errors import MessageGone, SignInRefused
from functionmail.message import Checkpoint, MessageKey, Moved

CASE = frozenset({"case"})


def mail(subject: object) -> bytes:
    """Return a mail that a server can find by its Message-ID."""
    head = (
        f"Message-ID: <{subject}.0a1b2c@elsewhere.example>\r\nSubject: {subject}\r\n"
        "From: kund@elsewhere.example\r\nTo: info@exempelstad.example\r\n"
    )
    return f"{head}\r\nHej\r\n".encode()


def deliver(server, count: int) -> list[MessageKey]:
    return [server.deliver(mail(number)) for number in range(count)]


def as_read(server, *subjects: object) -> list[bytes]:
    return sorted(server.as_read(mail(subject)) for subject in subjects)


def read_everything(source, after: Checkpoint | None = None, *, limit: int = 50) -> list[bytes]:
    found = []
    batch = source.fetch(after, limit=limit)
    while batch.messages:
        found += [message.content for message in batch.messages]
        batch = source.fetch(batch.checkpoint, limit=limit)
    return sorted(found)


def test_a_mail_that_a_person_moved_away_is_no_longer_listed(server):
    first, second = deliver(server, 2)
    source = server.source()
    source.fetch(None)
    server.move_as_person(first, "Elsewhere")
    assert list(source.keys()) == [second]


def test_a_mail_that_a_person_moved_away_does_not_stop_the_others(server):
    _first, second, third = deliver(server, 3)
    source = server.source()
    checkpoint = source.fetch(None, limit=1).checkpoint
    server.move_as_person(second, "Elsewhere")
    assert [message.key for message in source.fetch(checkpoint).messages] == [third]


def test_a_mail_that_a_person_moved_away_and_back_is_one_mail_and_is_read(server):
    deliver(server, 2)
    source = server.source()
    (first, *_) = source.fetch(None).messages
    server.move_as_person(first.key, "Elsewhere")
    server.move_back_as_person("Elsewhere")
    assert len(list(server.source().keys())) == 2
    assert read_everything(server.source()) == as_read(server, 0, 1)


def test_a_mail_that_a_person_put_into_the_inbox_is_read_next(server):
    deliver(server, 2)
    source = server.source()
    (first, *_) = source.fetch(None).messages
    server.move_as_person(first.key, "Elsewhere")
    checkpoint = source.fetch(None).checkpoint
    server.move_back_as_person("Elsewhere")
    assert set(read_everything(source, checkpoint)) <= set(as_read(server, 0))
    assert len(list(source.keys())) == 2


def test_a_mail_that_a_person_moved_is_labelled_or_said_to_be_gone(server):
    (key,) = deliver(server, 1)
    source = server.source()
    source.fetch(None)
    server.move_as_person(key, "Elsewhere")
    with suppress(MessageGone):
        source.label(key, CASE)
        assert server.labels_in("Elsewhere") == [CASE]


def test_a_mail_that_we_moved_is_labelled_where_it_lies(server):
    (key,) = deliver(server, 1)
    source = server.source()
    source.fetch(None)
    source.move(key, "Handled")
    source.label(key, CASE)
    assert server.labels_in("Handled") == [CASE]


def test_a_source_started_anew_labels_a_mail_where_it_is_told_that_it_was_put(server):
    (key,) = deliver(server, 1)
    source = server.source()
    source.fetch(None)
    source.move(key, "Handled")
    moved = Moved(folder="Handled", message_id="0.0a1b2c@elsewhere.example")
    server.source().label(key, CASE, moved=moved)
    assert server.labels_in("Handled") == [CASE]


def test_a_source_that_is_told_wrongly_where_a_mail_was_put_says_that_it_is_gone(server):
    (key,) = deliver(server, 1)
    server.source().fetch(None)
    server.remove(key)
    with pytest.raises(MessageGone):
        server.source().label(key, CASE, moved=Moved(folder="Nowhere", message_id="a@b.example"))


def test_a_mail_keeps_its_labels_when_we_move_it(server):
    (key,) = deliver(server, 1)
    source = server.source()
    source.fetch(None)
    source.label(key, CASE)
    source.move(key, "Handled")
    assert server.labels_in("Handled") == [CASE]


def test_a_mail_that_we_moved_can_be_moved_on(server):
    (key,) = deliver(server, 1)
    source = server.source()
    source.fetch(None)
    source.move(key, "Handled")
    source.move(key, "Archive")
    assert server.in_folder("Handled") == []
    assert server.in_folder("Archive") == as_read(server, 0)


def test_when_the_server_forgot_all_checkpoints_everything_comes_again(server):
    deliver(server, 3)
    source = server.source()
    checkpoint = source.fetch(None).checkpoint
    server.expire_checkpoints()
    assert read_everything(source, checkpoint, limit=2) == as_read(server, 0, 1, 2)


def test_when_the_server_forgot_all_checkpoints_a_restart_reads_everything(server):
    deliver(server, 3)
    checkpoint = server.source().fetch(None).checkpoint
    server.expire_checkpoints()
    assert read_everything(server.source(), checkpoint) == as_read(server, 0, 1, 2)


def test_what_comes_after_the_checkpoints_were_forgotten_is_read_once(server):
    deliver(server, 1)
    checkpoint = server.source().fetch(None).checkpoint
    server.expire_checkpoints()
    server.deliver(mail("new"))
    source = server.source()
    batch = source.fetch(checkpoint)
    assert sorted(one.content for one in batch.messages) == as_read(server, 0, "new")
    assert source.fetch(batch.checkpoint).messages == ()


def test_with_the_right_to_read_only_mail_is_read(server):
    deliver(server, 2)
    server.make_read_only()
    source = server.source()
    batch = source.fetch(None, limit=1)
    assert len(batch.messages) == 1
    assert len(source.fetch(batch.checkpoint).messages) == 1
    assert len(list(source.keys())) == 2


def test_without_the_right_to_write_a_move_needs_a_person(server):
    (key,) = deliver(server, 1)
    source = server.source()
    source.fetch(None)
    server.make_read_only()
    with pytest.raises(SignInRefused) as caught:
        source.move(key, "Handled")
    assert not caught.value.retryable
    assert list(server.source().keys()) == [key]


def test_without_the_right_to_write_labelling_stops_no_reading(server):
    (key,) = deliver(server, 1)
    server.make_read_only()
    source = server.source()
    with suppress(SignInRefused):
        source.label(key, CASE)
    assert [message.key for message in source.fetch(None).messages] == [key]
