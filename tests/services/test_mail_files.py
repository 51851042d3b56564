from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest

from bot.errors import UsageError
from bot.services.mail_files import find, known_mailbox, read
from tests.city import mail

ADDRESSES = {
    "kundreskontra@exempelstad.example": "kundreskontra",
    "hyror@exempelstad.example": "hyror",
}


def written(folder, name, content=b"Subject: x\r\n\r\ny"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def names(path):
    return [file.name for file in find(path)]


def test_one_file_is_one_mail(tmp_path):
    assert names(written(tmp_path, "a.eml")) == ["a.eml"]


def test_every_file_below_a_folder_is_a_mail_in_the_order_of_paths(tmp_path):
    for name in ("b.eml", "a/z", "a/a/m", "c/1", "a.eml"):
        written(tmp_path, name)
    assert names(tmp_path) == ["a/a/m", "a/z", "a.eml", "b.eml", "c/1"]


def test_a_maildir_is_a_folder_like_any_other(tmp_path):
    for name in ("cur/1:2,S", "new/2", "tmp/3"):
        written(tmp_path, name)
    assert names(tmp_path) == ["cur/1:2,S", "new/2", "tmp/3"]


def test_hidden_files_and_folders_are_left_out(tmp_path):
    for name in (".hidden", ".Sent/cur/1", "a/.uidvalidity", "a/1"):
        written(tmp_path, name)
    assert names(tmp_path) == ["a/1"]


def test_a_folder_that_is_hidden_itself_is_read_when_it_is_named(tmp_path):
    written(tmp_path, ".Sent/cur/1")
    assert names(tmp_path / ".Sent") == ["cur/1"]


@pytest.mark.timeout(20)
def test_pipes_and_dangling_links_are_no_mail(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    written(tmp_path, "a")
    assert names(tmp_path) == ["a"]


def test_a_link_to_a_folder_above_does_not_go_round_for_ever(tmp_path):
    written(tmp_path, "a/1")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    assert names(tmp_path) == ["a/1"]


def test_an_empty_folder_holds_no_mail(tmp_path):
    assert names(tmp_path) == []


def test_a_path_that_is_not_there_is_wrong_usage(tmp_path):
    with pytest.raises(UsageError, match="nowhere"):
        list(find(tmp_path / "nowhere"))


def arrival_of(tmp_path, content, **options):
    (file,) = find(written(tmp_path, "a.eml", content))
    return read(file, ADDRESSES, **options)


@pytest.mark.parametrize(
    ("parts", "mailbox"),
    [
        pytest.param({"to": "Hyror <HYROR@exempelstad.example>"}, "hyror", id="to"),
        pytest.param(
            {"to": "a@b.example, hyror@exempelstad.example, kundreskontra@exempelstad.example"},
            "hyror",
            id="first-of-to",
        ),
        pytest.param(
            {"to": "a@b.example", "headers": [("Cc", "hyror@exempelstad.example")]},
            "hyror",
            id="cc",
        ),
        pytest.param(
            {"to": "a@b.example", "headers": [("Delivered-To", "<hyror@exempelstad.example>")]},
            "hyror",
            id="delivered-to",
        ),
        pytest.param({"to": "a@b.example"}, "info", id="nowhere"),
    ],
)
def test_the_mailbox_is_the_one_that_the_mail_was_addressed_to(tmp_path, parts, mailbox):
    assert arrival_of(tmp_path, mail(**parts)).mailbox == mailbox


def test_a_mailbox_that_a_person_names_wins_over_what_the_mail_says(tmp_path):
    arrival = arrival_of(tmp_path, mail(to="hyror@exempelstad.example"), mailbox="kundreskontra")
    assert (arrival.mailbox, arrival.settled) == ("kundreskontra", True)


DATE = "Tue, 3 Mar 2026 10:00:00 +0100"
RECEIVED = "from a by b; Tue, 3 Mar 2026 12:00:00 +0100"
EARLIER = "from c by a; Tue, 3 Mar 2026 11:00:00 +0100"


@pytest.mark.parametrize(
    ("head", "hour"),
    [
        pytest.param(
            f"Received: {RECEIVED}\r\nReceived: {EARLIER}\r\nDate: {DATE}", 11, id="received"
        ),
        pytest.param(f"Date: {DATE}", 9, id="date"),
        pytest.param("Subject: x", 8, id="file"),
        pytest.param("Date: i går\r\nReceived: x", 8, id="nonsense"),
    ],
)
def test_a_mail_was_received_when_its_topmost_server_says_else_its_date_else_its_file(
    tmp_path, head, hour
):
    path = written(tmp_path, "a.eml", f"{head}\r\n\r\nHej".encode())
    os.utime(path, (datetime(2026, 3, 3, 8, tzinfo=UTC).timestamp(),) * 2)
    (file,) = find(path)
    assert read(file, ADDRESSES).raw.received_at == datetime(2026, 3, 3, hour, tzinfo=UTC)


def test_the_keys_of_long_names_fit_and_stay_different(tmp_path):
    deep = "/".join(["x" * 200] * 4)
    for name in (f"a/{deep}/1", f"b/{deep}/1"):
        written(tmp_path, name)
    keys = [read(file, ADDRESSES, key_prefix="file:now:").raw.key for file in find(tmp_path)]
    assert len(set(keys)) == 2
    assert all(len(key) <= 500 and key.startswith("file:now:") for key in keys)


def test_the_key_of_a_name_that_is_no_text_can_be_stored(tmp_path):
    path = tmp_path / os.fsdecode(b"br\xf6ken")
    path.write_bytes(mail())
    (file,) = find(path)
    assert read(file, ADDRESSES).raw.key.encode("utf-8") == rb"br\udcf6ken"


def test_an_unknown_mailbox_is_refused_with_the_known_ones():
    with pytest.raises(UsageError, match="hyror"):
        known_mailbox("nonsense", {"hyror": None})
