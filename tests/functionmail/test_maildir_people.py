"""Whatever people and mail servers do to a Maildir, nothing in it is lost."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from functionmail.connectors.maildir import MaildirSource
from functionmail.connectors.maildir_files import make_maildir
from functionmail.message import Checkpoint
from tests.contracts.mail_servers import RootPowersDropped

MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)


def set_time(path: Path, at: datetime) -> None:
    os.utime(path, (at.timestamp(), at.timestamp()))


class PeopleAndReader(RuleBasedStateMachine):
    """Anything people, mail servers and restarts do to a Maildir while it is read."""

    @initialize()
    def start(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="sammadag-maildir-"))
        self.maildir = self.root / "info"
        make_maildir(self.maildir)
        self.source = MaildirSource(self.maildir, "info")
        self.history: list[tuple[Checkpoint | None, frozenset[str]]] = [(None, frozenset())]
        self.touched: set[str] = set()
        self.may_repeat: set[str] = set()
        self.remembers = True
        self.count = 0

    def teardown(self) -> None:
        if not hasattr(self, "root"):
            return
        try:
            while self.read(50):
                pass
            assert {self._key(path) for path in self._files()} <= self.history[-1][1]
        finally:
            shutil.rmtree(self.root)

    @rule(place=st.sampled_from(["new", "cur"]), age_days=st.integers(min_value=0, max_value=3000))
    def mail_comes(self, place: str, age_days: int) -> None:
        self.count += 1
        path = self.maildir / "tmp" / f"{self.count:04}.mx"
        path.write_bytes(b"Date: Tue, 3 Mar 2020 09:00:00 +0100\r\n\r\n")
        set_time(path, MORNING - timedelta(days=age_days))
        path.rename(self.maildir / place / path.name)

    @rule(limit=st.integers(min_value=1, max_value=4))
    def mail_is_read(self, limit: int) -> None:
        self.read(limit)

    @precondition(lambda self: self._files())
    @rule(data=st.data(), flags=st.sampled_from(["", "S", "F", "RS"]))
    def a_person_moves_or_flags_mail(self, data: st.DataObject, flags: str) -> None:
        path = data.draw(st.sampled_from(self._files()))
        self.touched.add(self._key(path))
        path.rename(self.maildir / "cur" / f"{self._key(path)}:2,{flags}")

    @precondition(lambda self: self._files())
    @rule(data=st.data())
    def a_person_deletes_mail(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self._files())).unlink()

    @rule()
    def the_reader_restarts(self) -> None:
        self.source = MaildirSource(self.maildir, "info")
        self.remembers = False

    @rule(steps=st.integers(min_value=1, max_value=3))
    def the_last_batches_were_never_stored(self, steps: int) -> None:
        del self.history[max(1, len(self.history) - steps) :]
        self.remembers = False

    @rule()
    def the_clock_is_set_far_back(self) -> None:
        for place in ("new", "cur"):
            set_time(self.maildir / place, datetime.fromtimestamp(self.count, UTC))
        self.touched |= {self._key(path) for path in self._files()}

    def read(self, limit: int) -> bool:
        if not self.remembers:
            self.may_repeat |= self.touched
            self.remembers = True
        after, returned = self.history[-1]
        batch = self.source.fetch(after, limit=limit)
        found = {message.key for message in batch.messages}
        assert len(found) == len(batch.messages) <= limit
        assert not (found & returned) - self.may_repeat
        self.history.append((batch.checkpoint, returned | found))
        return bool(found)

    def _files(self) -> list[Path]:
        return sorted(p for place in ("new", "cur") for p in (self.maildir / place).iterdir())

    @staticmethod
    def _key(path: Path) -> str:
        return path.name.partition(":")[0]


PeopleAndReader.TestCase.settings = settings(max_examples=60, stateful_step_count=40)


class TestPeopleAndReader(PeopleAndReader.TestCase):
    """Nothing is lost; nothing comes twice, unless renamed before a restart."""


@pytest.mark.slow
class TestPeopleAndReaderAtLength(PeopleAndReader.TestCase):
    """The same, through many more histories."""

    settings = settings(max_examples=200, stateful_step_count=50)


@pytest.mark.slow
def test_twenty_thousand_waiting_mails_are_read_once_each_from_one_listing(tmp_path):
    maildir = tmp_path / "info"
    make_maildir(maildir)
    names = [f"{number:06}.mx" for number in range(20_000)]
    for name in names:
        (maildir / "new" / name).write_bytes(b"Subject: x\r\n\r\n")
    source = MaildirSource(maildir, "info")
    batch = source.fetch(None)
    found = [message.key for message in batch.messages]
    (maildir / "new").chmod(0o311)
    with RootPowersDropped():
        while batch.more:
            batch = source.fetch(batch.checkpoint)
            found += [message.key for message in batch.messages]
    assert sorted(found) == names
