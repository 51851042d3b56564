"""What the IMAP connector does beyond its contract, on servers that offer more or less."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functionmail.connectors.imap_folders import Special, SpecialFolders, keyword
from functionmail.connectors.imap_values import Uid
from functionmail.errors import MessageGone
from tests.contracts.imap_server import DRAFTS, INBOX, SENT
from tests.faulty_proxy import Fault

CASE = frozenset({"case"})
ATOM = re.compile(r"[A-Za-z0-9$._+-]{1,60}")


class Minutes:
    """A clock that moves when told, and when somebody sleeps."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def mail(subject: object) -> bytes:
    return (
        f"Message-ID: <{subject}@elsewhere.example>\r\nSubject: {subject}\r\n\r\nHej\r\n".encode()
    )


def keys(batch):
    return [message.key for message in batch.messages]


def commands(imap, word: bytes) -> int:
    return sum(word in sent for sent in imap.proxy.commands)


def test_the_instant_of_a_mail_is_the_servers_own(imap):
    imap.deliver(mail(1), dated=datetime(2026, 3, 1, 12, 30, tzinfo=UTC))
    (message,) = imap.source().fetch(None).messages
    assert message.received_at == datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def test_nothing_new_is_nothing_though_the_server_names_its_last_mail(imap):
    key = imap.deliver(mail(1))
    source = imap.source()
    checkpoint = source.fetch(None).checkpoint
    assert source.fetch(checkpoint).messages == ()
    assert keys(source.fetch(None)) == [key]


def test_a_checkpoint_beyond_what_the_folder_ever_gave_starts_from_the_beginning(imap):
    key = imap.deliver(mail(1))
    source = imap.source()
    checkpoint = source.fetch(None).checkpoint
    beyond = checkpoint.rpartition(".")[0] + ".4000"
    assert keys(source.fetch(beyond)) == [key]


def test_mails_behind_a_wide_gap_are_found(imap):
    first = imap.deliver(mail(1))
    imap.dovecot.administer(
        "mailbox", "update", "-u", imap.account.user, "--min-next-uid", "700000", INBOX
    )
    second = imap.deliver(mail(2))
    assert second.endswith(".700000")
    source = imap.source()
    batch = source.fetch(None, limit=1)
    assert keys(batch) + keys(source.fetch(batch.checkpoint)) == [first, second]
    assert sorted(source.keys()) == sorted([first, second])


def test_large_mails_make_short_batches(imap, monkeypatch):
    monkeypatch.setattr("functionmail.connectors.imap_reading._BATCH_BYTES", 3000)
    monkeypatch.setattr("functionmail.connectors.imap_reading._GROUP_BYTES", 1500)
    delivered = [imap.deliver(mail(number) + b"x" * 1000 + b"\r\n") for number in range(5)]
    source = imap.source()
    first = source.fetch(None)
    second = source.fetch(first.checkpoint)
    assert (len(first.messages), first.more, second.more) == (3, True, False)
    assert keys(first) + keys(second) == delivered


def test_reading_opens_the_folder_to_read_only(imap):
    imap.deliver(mail(1))
    imap.source().fetch(None)
    assert commands(imap, b"EXAMINE") == 1
    assert commands(imap, b"SELECT") == 0


def test_condstore_is_asked_for_before_a_folder_is_opened(imap):
    imap.source().fetch(None)
    (enabled,) = [n for n, sent in enumerate(imap.proxy.commands) if b"ENABLE CONDSTORE" in sent]
    (opened,) = [n for n, sent in enumerate(imap.proxy.commands) if b"EXAMINE" in sent]
    assert enabled < opened


def test_one_idle_serves_many_waits(imap):
    source = imap.source()
    source.fetch(None)
    assert [source.wait(0.01) for _ in range(5)] == [False] * 5
    assert commands(imap, b"IDLE") == 1
    assert commands(imap, b"DONE") == 0


def test_idle_is_renewed_before_the_way_forgets_it(imap):
    clock = Minutes()
    source = imap.source(monotonic=clock.monotonic)
    source.fetch(None)
    source.wait(0.01)
    clock.now += 9 * 60
    source.wait(0.01)
    source.wait(0.01)
    assert commands(imap, b"IDLE") == 2
    assert commands(imap, b"DONE") == 1


def test_news_that_come_with_the_answer_to_idle_are_heard(imap):
    # The library looks at the socket alone, where the line is no longer.
    source = imap.source()
    source.fetch(None)
    imap.proxy.rewrite(b"+ idling\r\n", b"+ idling\r\n* 1 EXISTS\r\n")
    assert source.wait(20.0) is True


def test_news_that_come_between_fetching_and_waiting_are_heard(imap):
    imap.deliver(mail(1))
    source = imap.source()
    imap.proxy.before(b"BODY.PEEK[]", lambda: imap.deliver(mail(2)))
    checkpoint = source.fetch(None).checkpoint
    assert source.wait(20.0) is True
    assert len(source.fetch(checkpoint).messages) == 1


def test_news_that_come_with_the_answer_to_another_question_are_heard(imap):
    source = imap.source()
    checkpoint = source.fetch(None).checkpoint
    key = imap.deliver(mail(1))
    assert list(source.keys()) == [key]
    assert source.wait(20.0) is True
    assert keys(source.fetch(checkpoint)) == [key]


def test_a_server_that_only_says_that_it_lives_is_not_taken_for_news(imap):
    source = imap.source()
    source.fetch(None)
    imap.proxy.rewrite(b"+ idling\r\n", b"+ idling\r\n* OK Still here\r\n")
    assert source.wait(0.01) is False


def test_a_connection_that_ends_while_waiting_asks_for_a_fetch_and_is_made_anew(imap):
    source = imap.source()
    checkpoint = source.fetch(None).checkpoint
    source.wait(0.01)
    imap.proxy.drop_connections()
    assert source.wait(20.0) is True
    key = imap.deliver(mail(1))
    assert keys(source.fetch(checkpoint)) == [key]


def test_without_a_connection_waiting_takes_its_time(imap):
    clock = Minutes()
    source = imap.source(monotonic=clock.monotonic, sleep=clock.sleep)
    assert source.wait(7.0) is True
    assert clock.now == 1007.0


def test_a_server_without_idle_is_asked_now_and_then(imap):
    imap.proxy.rewrite(b" IDLE ", b" IDLX ")
    clock = Minutes()
    source = imap.source(monotonic=clock.monotonic, sleep=clock.sleep)
    checkpoint = source.fetch(None).checkpoint
    key = imap.deliver(mail(1))
    heard = [source.wait(5.0) for _ in range(3)]
    assert heard == [False, False, True]
    assert keys(source.fetch(checkpoint)) == [key]
    assert [source.wait(5.0) for _ in range(6)] == [False] * 6
    assert commands(imap, b"IDLE") == 0


def test_without_move_a_mail_is_copied_and_only_that_one_is_deleted(imap):
    imap.proxy.rewrite(b" MOVE ", b" MOVX ")
    moved, marked = imap.deliver(mail(1)), imap.deliver(mail(2))
    imap.label_as_person(marked, "\\Deleted")
    source = imap.source()
    source.move(moved, "Handled")
    assert imap.in_folder("Handled") == [mail(1)]
    assert list(source.keys()) == [marked]
    source.label(moved, CASE)
    assert imap.labels_in("Handled") == [CASE]


def test_without_uidplus_a_moved_mail_is_found_again_by_its_message_id(imap):
    imap.proxy.rewrite(b"COPYUID", b"COPYUIX")
    key = imap.deliver(mail(1))
    source = imap.source()
    source.move(key, "Handled")
    source.label(key, CASE)
    assert imap.labels_in("Handled") == [CASE]


def test_a_moved_mail_whose_folder_people_deleted_is_gone(imap):
    key = imap.deliver(mail(1))
    source = imap.source()
    source.move(key, "Handled")
    with imap.people() as client:
        client.delete_folder("Handled")
    with pytest.raises(MessageGone):
        source.label(key, CASE)


def test_a_message_id_of_a_stranger_is_no_command(imap):
    imap.proxy.rewrite(b"COPYUID", b"COPYUIX")
    hostile = b'Message-ID: <a" OR ALL\xe5 {3}@x>\r\n\r\nHej\r\n'
    key = imap.deliver(hostile)
    source = imap.source()
    source.move(key, "Handled")
    with pytest.raises(MessageGone):
        source.label(key, CASE)


def test_levels_of_folders_are_parted_as_the_server_does(imap):
    key = imap.deliver(mail(1))
    imap.source().move(key, "Klart/2026 år")
    assert imap.in_folder("Klart/2026 år") == [mail(1)]


def test_labels_are_keywords_of_ascii_that_mails_share(imap):
    first, second = imap.deliver(mail(1)), imap.deliver(mail(2))
    source = imap.source()
    for key in (first, second):
        source.label(key, frozenset({"Hos Åsa Öberg", "Ärende"}))
    assert imap.labels(first) == imap.labels(second) == {"Hos_Asa_Oberg", "Arende"}


def test_where_no_keyword_lasts_labelling_does_nothing_and_says_so(imap):
    imap.proxy.rewrite(rb" \*)", b")")
    key = imap.deliver(mail(1))
    source = imap.source()
    source.label(key, CASE)
    assert imap.labels(key) == frozenset()
    assert source.labels_last is False
    assert keys(source.fetch(None)) == [key]


def test_with_the_right_to_read_only_labelling_does_nothing_and_says_so(imap):
    key = imap.deliver(mail(1))
    imap.make_read_only()
    source = imap.source()
    source.label(key, CASE)
    assert source.labels_last is False


def test_a_server_without_any_extension_serves(imap):
    for extension in (b"IDLE", b"MOVE", b"UIDPLUS", b"CONDSTORE", b"ENABLE", b"NAMESPACE"):
        imap.proxy.rewrite(b" " + extension + b" ", b" X" + extension[1:] + b" ")
    imap.proxy.rewrite(b"AUTH=PLAIN", b"AUTH=PLAIX")
    key = imap.deliver(mail(1))
    source = imap.source()
    assert keys(source.fetch(None)) == [key]
    source.label(key, CASE)
    source.move(key, "Handled")
    assert imap.in_folder("Handled") == [mail(1)]
    assert commands(imap, b"LOGIN") == 1


def test_closing_takes_leave_of_the_server(imap):
    source = imap.source()
    source.fetch(None)
    source.wait(0.01)
    source.close()
    assert commands(imap, b"DONE") == commands(imap, b"LOGOUT") == 1


def test_what_people_sent_is_read_from_the_folder_that_the_server_calls_sent(imap):
    source = imap.sent_source()
    before = source.latest()
    with imap.people() as client:
        client.append(SENT, mail("answer"))
    (message,) = source.fetch(before).messages
    assert message.content == mail("answer")


def test_a_special_folder_is_taken_by_its_usual_name_where_the_server_names_none(imap):
    imap.proxy.rewrite(b"\\Sent", b"\\Senx")
    with imap.people() as client:
        client.append(SENT, mail("answer"))
        client.create_folder("Sent Items")
        client.append("Sent Items", mail("other"))
    contents = [one.content for one in imap.sent_source().fetch(None).messages]
    assert contents == [mail("other")]


def test_a_special_folder_has_the_name_of_the_settings_and_is_made_if_missing(imap):
    imap.proxy.rewrite(b"\\Drafts", b"\\Drafx")
    source = imap.source(special=Special.DRAFTS, names=SpecialFolders(drafts="Bot/Utkast"))
    assert source.fetch(None).messages == ()
    with imap.people() as client:
        assert client.folder_exists("Bot/Utkast")


def test_a_special_folder_that_was_renamed_is_found_again(imap):
    source = imap.sent_source()
    source.fetch(None)
    imap.proxy.rewrite(b"\\Sent", b"\\Senx")
    imap.proxy.plan(b"EXAMINE", Fault.SAY, says=b"NO no such folder")
    source.close()
    assert source.fetch(None).messages == ()
    assert DRAFTS != SENT


@given(st.text())
def test_a_keyword_is_always_an_atom(label):
    assert ATOM.fullmatch(keyword(label))


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_a_uid_is_read_as_it_was_written(uidvalidity, uid):
    at = Uid(uidvalidity=uidvalidity, uid=uid)
    assert Uid.read(str(at)) == at


@given(st.text(alphabet="0123456789.-x", max_size=30))
def test_what_is_read_as_a_uid_is_written_as_one(text):
    at = Uid.read(text)
    assert at is None or (at.uidvalidity, at.uid) == tuple(map(int, text.split(".")))
