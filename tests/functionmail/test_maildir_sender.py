"""What is special about sending through Maildirs; the rest stands in tests/contracts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from functionmail.connectors.maildir import MaildirSender, deliver
from functionmail.connectors.maildir_files import make_maildir
from functionmail.errors import MailboxUnavailable

MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)
ID = "c1.0a1b2c@exempelstad.example"


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    folder = tmp_path / "info"
    make_maildir(folder)
    return folder


@pytest.fixture
def sender(maildir: Path) -> MaildirSender:
    return MaildirSender(maildir, "info")


def test_every_byte_of_a_sent_mail_is_kept(maildir, sender):
    content = bytes(range(256)) + b"\n\r\n.\r\n"
    sender.send(sender.save_draft(ID, content))
    (sent,) = (maildir / ".Sent" / "cur").iterdir()
    assert sent.read_bytes() == content


def test_drafts_and_sent_mail_lie_where_other_programs_look(maildir, sender):
    draft = sender.save_draft(ID, b"x")
    assert (maildir / ".Drafts" / "cur" / f"{draft}:2,D").read_bytes() == b"x"
    sender.send(draft)
    assert (maildir / ".Sent" / "cur" / f"{draft}:2,S").read_bytes() == b"x"
    assert (maildir / ".Sent" / "maildirfolder").exists()
    assert list((maildir / ".Drafts" / "tmp").iterdir()) == []


def test_saving_a_draft_again_replaces_it(maildir, sender):
    first, second = sender.save_draft(ID, b"old"), sender.save_draft(ID, b"new")
    assert first == second
    assert [path.read_bytes() for path in (maildir / ".Drafts" / "cur").iterdir()] == [b"new"]


def test_a_draft_that_a_person_looked_at_can_be_sent(maildir, sender):
    draft = sender.save_draft(ID, b"x")
    folder = maildir / ".Drafts" / "cur"
    (folder / f"{draft}:2,D").rename(folder / f"{draft}:2,DFS")
    assert sender.find_draft(ID) == draft
    sender.send(draft)
    assert sender.find_sent(ID)


def test_sending_the_same_mail_again_leaves_one_copy_in_sent(maildir, sender):
    draft = sender.save_draft(ID, b"x")
    sender.send(draft)
    folder = maildir / ".Sent" / "cur"
    (folder / f"{draft}:2,S").rename(folder / f"{draft}:2,RS")
    sender.send(sender.save_draft(ID, b"x"))
    assert [path.name for path in folder.iterdir()] == [f"{draft}:2,RS"]


def test_a_copy_that_another_program_put_in_sent_is_found_by_its_header(maildir, sender):
    assert not sender.find_sent(ID)
    content = f"Subject: x\r\nMESSAGE-ID:\r\n <{ID}>\r\n\r\n".encode()
    deliver(maildir / ".Sent", "172.M1.client", content, MORNING)
    assert sender.find_sent(ID)


def test_a_draft_of_another_program_is_found_and_sent(maildir, sender):
    assert sender.find_draft(ID) is None
    deliver(maildir / ".Drafts", "172.M1.client", f"Message-ID: <{ID}>\n\n".encode(), MORNING)
    draft = sender.find_draft(ID)
    assert draft == "172.M1.client"
    sender.send(draft)
    assert sender.find_sent(ID)


def test_a_half_written_draft_is_not_found(maildir, sender):
    assert sender.find_draft(ID) is None
    (maildir / ".Drafts" / "tmp" / "half").write_bytes(f"Message-ID: <{ID}>\n\n".encode())
    assert sender.find_draft(ID) is None


def test_sent_mail_is_open_to_whom_the_mailbox_is(maildir, sender):
    maildir.chmod(0o750)
    sender.send(sender.save_draft(ID, b"x"))
    (sent,) = (maildir / ".Sent" / "cur").iterdir()
    assert sent.stat().st_mode & 0o007 == 0


def test_a_mailbox_that_does_not_exist_is_not_made(tmp_path):
    with pytest.raises(MailboxUnavailable):
        MaildirSender(tmp_path / "nowhere", "info").save_draft(ID, b"x")
    assert list(tmp_path.iterdir()) == []
