"""What connectors tell of a mailbox before anything goes wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from functionmail.connectors.examining import Ability, Examinable, Examination, Finding
from functionmail.connectors.maildir import MaildirSender, MaildirSource
from functionmail.connectors.maildir_files import make_maildir
from functionmail.errors import MailboxUnavailable
from tests.contracts.mail_servers import RootPowersDropped


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "info"
    make_maildir(path)
    return path


def able(*parts):
    return {one.what: one.ok for part in parts for one in part.examine().findings}


def test_a_maildir_of_ones_own_allows_everything(folder):
    source, sender = MaildirSource(folder, "info"), MaildirSender(folder, "info")
    assert isinstance(source, Examinable)
    assert isinstance(sender, Examinable)
    assert able(source, sender) == dict.fromkeys(Ability, True)


def test_what_is_told_of_a_maildir_is_its_folder_and_no_words(folder):
    (read, *_) = MaildirSource(folder, "info").examine().findings
    assert (read.what, read.detail) == (Ability.READ, str(folder))


def test_examining_a_maildir_leaves_it_as_it_was(folder):
    before = sorted(folder.rglob("*"))
    able(MaildirSource(folder, "info"), MaildirSender(folder, "info"))
    assert sorted(folder.rglob("*")) == before


def test_a_maildir_that_may_only_be_read_says_so(folder):
    for path in (folder / "tmp", folder):
        path.chmod(0o500)
    with RootPowersDropped():
        found = able(MaildirSource(folder, "info"), MaildirSender(folder, "info"))
    assert found == {
        Ability.READ: True,
        Ability.MARK: False,
        Ability.DRAFTS: False,
        Ability.SENT: False,
        Ability.SEND: False,
    }


def test_the_clock_of_a_maildirs_file_server_is_read(folder):
    found = MaildirSource(folder, "info").examine().server_time
    changed = datetime.fromtimestamp((folder / "tmp").stat().st_mtime, UTC)
    assert abs(found - changed) < timedelta(seconds=60)


def test_a_maildir_that_is_not_there_is_unavailable(tmp_path):
    with pytest.raises(MailboxUnavailable):
        MaildirSource(tmp_path / "none", "info").examine()


def test_a_servers_time_is_in_utc():
    found = (Finding(what=Ability.READ, ok=True),)
    with pytest.raises(ValueError, match="server_time"):
        Examination(findings=found, server_time=datetime(2026, 3, 3))  # noqa: DTZ001 - the point
