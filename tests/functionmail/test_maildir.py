"""What is special about reading Maildirs; the rest stands in tests/contracts."""

from __future__ import annotations

import os
import resource
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import FixedClock
from functionmail.connectors.maildir import MaildirSource, deliver
from functionmail.connectors.maildir_files import LABELS, MAX_BYTES, make_maildir, read_labels
from functionmail.errors import MailboxUnavailable, SignInRefused
from functionmail.message import MessageKey
from tests.contracts.mail_servers import RootPowersDropped

MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    folder = tmp_path / "info"
    make_maildir(folder)
    return folder


@pytest.fixture
def source(maildir: Path) -> MaildirSource:
    return MaildirSource(maildir, "info")


def put(maildir: Path, name: str, content: bytes = b"Subject: x\r\n\r\n") -> MessageKey:
    return deliver(maildir, name, content, MORNING)


def keys(batch) -> list[MessageKey]:
    return [message.key for message in batch.messages]


def mark_read(maildir: Path, key: str, flags: str = "S") -> None:
    (maildir / "new" / key).rename(maildir / "cur" / f"{key}:2,{flags}")


def set_time(folder: Path, at: datetime) -> None:
    os.utime(folder, (at.timestamp(), at.timestamp()))


def forbid_listing(maildir: Path) -> None:
    for place in ("new", "cur"):
        (maildir / place).chmod(0o311)


def test_a_key_is_the_file_name_without_flags(maildir, source):
    put(maildir, "1772524800.M1P2.mx,S=14")
    mark_read(maildir, "1772524800.M1P2.mx,S=14", "RS")
    assert keys(source.fetch(None)) == ["1772524800.M1P2.mx,S=14"]


def test_mail_that_people_read_and_flag_does_not_come_again(maildir, source):
    put(maildir, "a")
    checkpoint = source.fetch(None).checkpoint
    mark_read(maildir, "a")
    checkpoint = source.fetch(checkpoint).checkpoint
    (maildir / "cur" / "a:2,S").rename(maildir / "cur" / "a:2,FS")
    assert keys(source.fetch(checkpoint)) == []


def test_mail_that_people_read_first_still_comes(maildir, source):
    put(maildir, "a")
    checkpoint = source.fetch(None).checkpoint
    put(maildir, "b")
    mark_read(maildir, "b")
    assert keys(source.fetch(checkpoint)) == ["b"]


def test_mail_that_moves_between_listing_and_reading_still_comes(maildir, source):
    for name in ("a", "b", "c"):
        put(maildir, name)
    batch = source.fetch(None, limit=1)
    mark_read(maildir, "b")
    assert sorted(keys(source.fetch(batch.checkpoint))) == ["b", "c"]


def test_hidden_files_folders_links_and_pipes_are_no_mail(maildir, source):
    (maildir / "new" / ".nfs0001").write_bytes(b"x")
    (maildir / "new" / "folder").mkdir()
    (maildir / "new" / "link").symlink_to("/etc/hostname")
    os.mkfifo(maildir / "cur" / "pipe")
    key = put(maildir, "a")
    assert keys(source.fetch(None)) == [key]
    assert list(source.keys()) == [key]


def test_subfolders_and_half_written_mail_are_not_read(maildir, source):
    make_maildir(maildir / ".Archive")
    put(maildir / ".Archive", "old")
    (maildir / "tmp" / "half").write_bytes(b"Subj")
    assert keys(source.fetch(None)) == []


def test_a_file_name_that_is_not_text_gives_a_key_that_is(maildir, source):
    name = os.fsdecode(b"1.\xff\xfe.mx")
    put(maildir, name)
    (message,) = source.fetch(None).messages
    assert message.key.encode("utf-8").isascii()
    assert message.content == b"Subject: x\r\n\r\n"


def test_a_huge_file_is_read_only_so_far_that_its_size_shows(maildir, source):
    put(maildir, "huge")
    os.truncate(maildir / "new" / "huge", 3 * MAX_BYTES)
    (message,) = source.fetch(None).messages
    assert len(message.content) == MAX_BYTES + 1


def test_a_batch_of_large_files_is_shorter(maildir, source):
    for number in range(4):
        put(maildir, f"large{number}")
        os.truncate(maildir / "new" / f"large{number}", MAX_BYTES)
    batch = source.fetch(None)
    assert keys(batch) == ["large0", "large1"]
    assert batch.more


def test_mail_that_may_not_be_read_is_told_of_behind_all_other_mail_and_comes_later(
    maildir, source
):
    for name in ("a", "b", "c"):
        put(maildir, name)
    (maildir / "new" / "a").chmod(0)
    with RootPowersDropped():
        batch = source.fetch(None, limit=2)
        assert keys(batch) == ["b", "c"]
        with pytest.raises(SignInRefused, match=r"read and write .*new/a"):
            source.fetch(batch.checkpoint)
    (maildir / "new" / "a").chmod(0o600)
    later = source.fetch(batch.checkpoint)
    assert keys(later) == ["a"]
    assert keys(MaildirSource(maildir, "info").fetch(later.checkpoint)) == []


def test_the_received_header_counts_and_not_the_time_of_a_restored_file(maildir, source):
    stamp = b"Received: from a by b; Mon, 2 Mar 2026 14:05:00 +0100\r\n\r\n"
    put(maildir, "a", stamp)
    (message,) = source.fetch(None).messages
    assert message.received_at == datetime(2026, 3, 2, 13, 5, tzinfo=UTC)


def test_without_dates_the_time_of_the_file_counts(maildir, source):
    put(maildir, "a")
    (message,) = source.fetch(None).messages
    assert message.received_at == MORNING


def test_a_file_older_than_its_date_is_believed_to_be_restored(maildir, source):
    deliver(maildir, "a", b"Date: 2 Mar 2026 13:05 GMT\r\n\r\n", MORNING - timedelta(days=9000))
    (message,) = source.fetch(None).messages
    assert message.received_at == datetime(2026, 3, 2, 13, 5, tzinfo=UTC)


def test_mail_delivered_within_one_tick_of_the_last_listing_comes(maildir, source):
    put(maildir, "a")
    batch = source.fetch(None)
    before = (maildir / "new").stat()
    put(maildir, "b")
    os.utime(maildir / "new", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert keys(source.fetch(batch.checkpoint)) == ["b"]
    assert keys(MaildirSource(maildir, "info").fetch(batch.checkpoint)) == ["b"]


def test_after_the_clock_was_set_far_back_a_restart_reads_from_the_beginning(maildir, source):
    put(maildir, "a")
    checkpoint = source.fetch(None).checkpoint
    put(maildir, "b")
    set_time(maildir / "new", datetime.fromtimestamp(0, UTC))
    assert keys(MaildirSource(maildir, "info").fetch(checkpoint)) == ["a", "b"]


def test_after_the_clock_was_set_far_back_a_running_source_repeats_nothing(maildir, source):
    put(maildir, "a")
    checkpoint = source.fetch(None).checkpoint
    put(maildir, "b")
    set_time(maildir / "new", datetime.fromtimestamp(0, UTC))
    assert keys(source.fetch(checkpoint)) == ["b"]


def test_a_mailbox_restored_beside_and_moved_into_place_is_read_from_the_beginning(maildir, source):
    put(maildir, "a")
    checkpoint = source.fetch(None).checkpoint
    restored = maildir.with_name("restored")
    shutil.copytree(maildir, restored)
    put(restored, "b")
    shutil.rmtree(maildir)
    restored.rename(maildir)
    assert sorted(keys(MaildirSource(maildir, "info").fetch(checkpoint))) == ["a", "b"]


def test_a_restart_in_the_middle_of_an_old_backlog_goes_on_there(maildir):
    names = [f"{number:02}" for number in range(9)]
    for name in names:
        put(maildir, name)
    tomorrow = (maildir / "new").stat().st_mtime + 86_400
    os.utime(maildir / "new", (tomorrow, tomorrow))
    checkpoint = MaildirSource(maildir, "info").fetch(None, limit=4).checkpoint
    assert len(checkpoint) < 150
    assert keys(MaildirSource(maildir, "info").fetch(checkpoint)) == names[4:]


def test_a_checkpoint_in_use_is_not_forgotten_while_people_flag_mail(maildir, source):
    put(maildir, "a")
    checkpoint = source.fetch(None).checkpoint
    mark_read(maildir, "a")
    for flags in "RSFT" * 8:
        (path,) = (maildir / "cur").iterdir()
        path.rename(path.with_name(f"a:2,{flags}"))
        assert keys(source.fetch(checkpoint)) == []


def test_a_batch_tells_of_mail_that_came_after_the_listing(maildir, source):
    put(maildir, "a")
    put(maildir, "b")
    first = source.fetch(None, limit=1)
    put(maildir, "c")
    later = (maildir / "new").stat().st_mtime + 1
    os.utime(maildir / "new", (later, later))
    assert source.fetch(first.checkpoint, limit=1).more


def test_the_checkpoint_stays_the_same_while_nothing_happens(maildir, source):
    put(maildir, "a")
    checkpoint = source.fetch(None).checkpoint
    assert source.fetch(checkpoint).checkpoint == checkpoint
    assert MaildirSource(maildir, "info").fetch(checkpoint).checkpoint == checkpoint


def test_a_backlog_is_listed_once(maildir, source):
    names = [f"{number:02}" for number in range(9)]
    for name in names:
        put(maildir, name)
    batch = source.fetch(None, limit=3)
    found = keys(batch)
    forbid_listing(maildir)
    with RootPowersDropped():
        while batch.more:
            batch = source.fetch(batch.checkpoint, limit=3)
            found += keys(batch)
    assert found == names


def test_a_quiet_mailbox_is_not_listed_again(maildir):
    clock = FixedClock(MORNING)
    source = MaildirSource(maildir, "info", monotonic=clock.monotonic)
    put(maildir, "a")
    checkpoint = source.fetch(None).checkpoint
    clock.advance(timedelta(seconds=5))
    source.fetch(checkpoint)
    forbid_listing(maildir)
    clock.advance(timedelta(seconds=5))
    with RootPowersDropped():
        assert keys(source.fetch(checkpoint)) == []


def test_a_quiet_mailbox_is_listed_once_a_minute_all_the_same(maildir):
    clock = FixedClock(MORNING)
    source = MaildirSource(maildir, "info", monotonic=clock.monotonic)
    checkpoint = source.fetch(None).checkpoint
    clock.advance(timedelta(seconds=5))
    source.fetch(checkpoint)
    before = (maildir / "new").stat()
    put(maildir, "a")
    os.utime(maildir / "new", ns=(before.st_atime_ns, before.st_mtime_ns))
    clock.advance(timedelta(seconds=60))
    assert keys(source.fetch(checkpoint)) == ["a"]


@pytest.fixture
def quiet(maildir):
    """Return a source whose Maildir has not changed for so long that its listing is final."""
    clock = FixedClock(MORNING)
    source = MaildirSource(
        maildir,
        "info",
        monotonic=clock.monotonic,
        sleep=lambda seconds: clock.advance(timedelta(seconds=seconds)),
    )
    put(maildir, "a")
    checkpoint = source.fetch(None).checkpoint
    clock.advance(timedelta(seconds=5))
    source.fetch(checkpoint)
    return source


def test_waiting_on_a_quiet_mailbox_asks_for_a_fetch_once_a_minute(quiet):
    asked = [quiet.wait(1) for _ in range(60)]
    assert asked == [False] * 59 + [True]


def test_waiting_asks_for_a_fetch_whatever_changes(maildir, quiet):
    put(maildir, "b")
    assert quiet.wait(1)


def test_waiting_asks_for_a_fetch_while_the_clock_of_the_files_could_hide_a_mail(maildir, source):
    put(maildir, "a")
    source.fetch(None)
    assert source.wait(0)


def test_waiting_asks_for_a_fetch_while_mail_of_the_last_listing_is_left(maildir, quiet):
    put(maildir, "b")
    put(maildir, "c")
    quiet.fetch(None, limit=1)
    for _ in range(10):
        assert quiet.wait(1)


def test_waiting_on_a_maildir_that_went_away_asks_for_the_fetch_that_says_so(maildir, quiet):
    shutil.rmtree(maildir)
    assert quiet.wait(1)
    with pytest.raises(MailboxUnavailable):
        quiet.fetch(None)


def test_a_missing_maildir_is_unavailable_with_advice(tmp_path):
    with pytest.raises(MailboxUnavailable, match="no Maildir with new/ and cur/") as caught:
        MaildirSource(tmp_path / "nowhere", "info").fetch(None)
    assert str(tmp_path / "nowhere") in str(caught.value)


def test_a_folder_without_new_and_cur_is_no_empty_mailbox(tmp_path):
    with pytest.raises(MailboxUnavailable):
        list(MaildirSource(tmp_path, "info").keys())


def test_a_mailbox_that_may_not_be_listed_needs_a_person(maildir, source):
    forbid_listing(maildir)
    with RootPowersDropped(), pytest.raises(SignInRefused, match="let the account"):
        source.fetch(None)


def test_a_mailbox_whose_mail_may_not_be_opened_needs_a_person(maildir, source):
    put(maildir, "a")
    put(maildir, "b")
    checkpoint = source.fetch(None, limit=1).checkpoint
    (maildir / "new").chmod(0o600)
    with RootPowersDropped(), pytest.raises(SignInRefused):
        source.fetch(checkpoint)


def test_a_machine_without_free_file_handles_makes_no_mail_empty(maildir, source):
    put(maildir, "a")
    put(maildir, "b")
    checkpoint = source.fetch(None, limit=1).checkpoint
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        with pytest.raises(MailboxUnavailable):
            source.fetch(checkpoint)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert [message.content for message in source.fetch(checkpoint).messages] == [
        b"Subject: x\r\n\r\n"
    ]


def test_labels_lie_beside_the_mail_and_flags_stay(maildir, source):
    put(maildir, "a")
    mark_read(maildir, "a", "FS")
    source.label(MessageKey("a"), frozenset({"ärende 2026-000001", "brådskande"}))
    assert (maildir / "cur" / "a:2,FS").exists()
    assert read_labels(maildir, MessageKey("a")) == {"ärende 2026-000001", "brådskande"}


def test_labels_outlive_flag_changes_and_restarts(maildir, source):
    put(maildir, "a")
    source.label(MessageKey("a"), frozenset({"case"}))
    mark_read(maildir, "a")
    MaildirSource(maildir, "info").label(MessageKey("a"), frozenset({"answered"}))
    assert read_labels(maildir, MessageKey("a")) == {"case", "answered"}


def test_labels_that_are_there_already_are_not_written_again(maildir, source):
    put(maildir, "a")
    source.label(MessageKey("a"), frozenset({"case", "answered"}))
    before = (maildir / LABELS / "a").stat().st_ino
    source.label(MessageKey("a"), frozenset({"case"}))
    assert (maildir / LABELS / "a").stat().st_ino == before


def test_a_very_long_file_name_can_be_labelled(maildir, source):
    key = put(maildir, "x" * 250)
    source.label(key, frozenset({"case"}))
    assert read_labels(maildir, key) == {"case"}
