"""The examination of the house: what is right, what is not, and that nothing is changed."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import FixedClock
from bot.connecting import Connection
from bot.errors import Saying
from bot.knowledge import bundled_folder
from bot.operating.doctor import Doctor
from bot.operating.findings import Found, Matter, State, all_right
from bot.operating.house import LITTLE_SPACE, NO_SPACE, count_faults, judge_space
from bot.operating.mailboxes import Examiner
from bot.store import engine, schema
from bot.store.engine import open_engine
from bot.vocabulary import Mode
from functionmail.connectors.maildir import deliver
from functionmail.connectors.memory import MemoryMailbox, MemorySender, MemorySource
from functionmail.errors import MailboxUnavailable, SignInRefused
from tests.city import SECRET, TUESDAY, City, city_settings, mail, make_folders
from tests.commands import call, write_settings
from tests.letters import ORDINARY
from tests.postgres_server import fresh_database


@pytest.fixture
def clock():
    return FixedClock(TUESDAY)


@pytest.fixture
def settings(tmp_path, sqlite_url):
    make_folders(tmp_path / "mail", ["info"])
    return city_settings(tmp_path / "mail", sqlite_url, ["info"])


def examined(settings, clock, **more):
    """Examine a house, its knowledge but quickly; return (mailbox, matter) -> finding."""
    doctor = Doctor(settings, clock, **({"faults": lambda _settings: 0} | more))
    return {(one.mailbox, one.matter): one for one in doctor.examine()}


def states(found, *, mailbox=None):
    return {one.matter: one.state for one in found.values() if one.mailbox == mailbox}


def snapshot(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file()
        else ""
        for path in sorted(Path(folder).rglob("*"))
    }


def test_a_house_that_is_in_order_is_found_so(settings, tmp_path):
    clock = FixedClock(TUESDAY)
    found = examined(settings, clock)
    del found["info", Matter.CLOCK]  # the file system's clock is the machine's
    assert [one for one in found.values() if one.state is not State.RIGHT] == []
    assert set(states(found)) == {Matter.KNOWLEDGE, Matter.DATABASE, Matter.SPACE, Matter.KEY}
    assert set(states(found, mailbox="info")) == {
        Matter.SETTINGS,
        Matter.SIGN_IN,
        Matter.READ,
        Matter.MARK,
        Matter.DRAFTS,
        Matter.SENT,
        Matter.SEND,
    }


def test_an_examination_changes_nothing(settings, clock, tmp_path):
    deliver(tmp_path / "mail" / "info", "1.test", mail(), TUESDAY)
    before = snapshot(tmp_path)
    examined(settings, clock)
    assert snapshot(tmp_path) == before


def test_a_fresh_machine_has_nothing_wrong_but_its_mailboxes(tmp_path, clock):
    settings = city_settings(tmp_path / "mail", f"sqlite:///{tmp_path / 'new.db'}", ["info"])
    found = examined(settings.model_copy(update={"secret_key": None}), clock)
    assert found[None, Matter.DATABASE].state is State.DOUBTFUL
    assert found[None, Matter.KEY].state is State.RIGHT
    assert found["info", Matter.SIGN_IN].state is State.WRONG
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_was_lost_is_missed(settings, clock):
    found = examined(settings.model_copy(update={"secret_key": None}), clock)
    assert found[None, Matter.KEY].state is State.WRONG
    assert "lägg tillbaka" in str(found[None, Matter.KEY].text)


def test_a_key_that_others_can_read_is_doubtful(settings, clock, tmp_path):
    file = tmp_path / "secret.key"
    file.write_text(SECRET)
    file.chmod(0o644)
    own = settings.model_copy(update={"secret_key": None, "secret_key_file": file})
    assert examined(own, clock)[None, Matter.KEY].state is State.DOUBTFUL
    file.chmod(0o600)
    assert examined(own, clock)[None, Matter.KEY].state is State.RIGHT


def test_a_short_key_is_wrong(settings, clock, tmp_path):
    (tmp_path / "secret.key").write_text("short")
    own = settings.model_copy(
        update={"secret_key": None, "secret_key_file": tmp_path / "secret.key"}
    )
    assert examined(own, clock)[None, Matter.KEY].state is State.WRONG


def test_a_database_that_can_be_read_and_not_written_is_wrong(settings, clock, monkeypatch):
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 20)
    file = settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert examined(settings, clock)[None, Matter.DATABASE].state is State.WRONG
        other.execute("ROLLBACK")
    assert examined(settings, clock)[None, Matter.DATABASE].state is State.RIGHT


@pytest.mark.parametrize(("revision", "state"), [("0001", State.DOUBTFUL), ("9999", State.WRONG)])
def test_a_file_of_another_schema_is_told_of(settings, clock, tmp_path, revision, state):
    with closing(sqlite3.connect(tmp_path / "sammadag.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    assert examined(settings, clock)[None, Matter.DATABASE].state is state


def test_a_damaged_database_is_wrong(settings, clock, tmp_path):
    (tmp_path / "sammadag.db").write_bytes(b"no database at all" * 100)
    assert examined(settings, clock)[None, Matter.DATABASE].state is State.WRONG


@pytest.mark.parametrize(
    ("free", "size", "state"),
    [
        (NO_SPACE - 1, 0, State.WRONG),
        (NO_SPACE, 0, State.DOUBTFUL),
        (LITTLE_SPACE - 1, 0, State.DOUBTFUL),
        (LITTLE_SPACE, 0, State.RIGHT),
        (LITTLE_SPACE, LITTLE_SPACE + 1, State.DOUBTFUL),
    ],
)
def test_a_disk_without_room_for_a_copy_is_doubtful_and_a_full_one_wrong(free, size, state):
    assert judge_space(free, size).state is state


@pytest.mark.slow
def test_faults_in_the_knowledge_are_counted(settings, clock, tmp_path):
    folder = tmp_path / "knowledge"
    shutil.copytree(bundled_folder(), folder)
    file = folder / "mailboxes.yaml"
    file.write_text(file.read_text("utf-8") + "\nnonsense: 1\n", "utf-8")
    edited = settings.model_copy(update={"knowledge": folder})
    found = examined(edited, clock, faults=count_faults)
    assert found[None, Matter.KNOWLEDGE].state is State.WRONG


def test_a_house_without_mailboxes_is_wrong(settings, clock):
    found = examined(settings.model_copy(update={"mailboxes": {}}), clock)
    assert found[None, Matter.SETTINGS].state is State.WRONG


def test_mails_that_cannot_be_found_by_their_words_are_doubtful(settings, clock, tmp_path):
    town = City(tmp_path / "mail", settings.database_url, ("info",), clock=clock)
    town.post(**ORDINARY, mailbox="info")
    town.take_in()
    assert examined(settings, clock)[None, Matter.DATABASE].state is State.RIGHT
    with town.app.database.work() as work:
        work.search.clear()
    found = examined(settings, clock)[None, Matter.DATABASE]
    assert (found.state, "search rebuild" in str(found.text)) == (State.DOUBTFUL, True)
    town.close()


@pytest.mark.postgres
def test_postgresql_is_asked_for_schema_and_clock(settings, postgres_url):
    with fresh_database(postgres_url) as address:
        there = settings.model_copy(update={"database_url": address})
        found = examined(there, FixedClock(TUESDAY))
        assert found[None, Matter.DATABASE].state is State.WRONG
        assert "db upgrade" in str(found[None, Matter.DATABASE].text)
        assert found[None, Matter.CLOCK].state is State.DOUBTFUL
        engine = open_engine(address)
        schema.upgrade(engine)
        engine.dispose()
        assert examined(there, FixedClock(TUESDAY))[None, Matter.DATABASE].state is State.RIGHT


@pytest.mark.postgres
def test_a_server_that_does_not_answer_is_wrong(settings, clock):
    away = settings.model_copy(update={"database_url": "postgresql://x@127.0.0.1:1/none"})
    assert examined(away, clock)[None, Matter.DATABASE].state is State.WRONG


def test_one_mailbox_with_a_fault_does_not_hide_the_others(settings, clock, tmp_path):
    more = city_settings(
        tmp_path / "mail", settings.database_url, ["nowhere", "kundreskontra", "info"]
    )
    found = examined(more, clock)
    assert found["nowhere", Matter.SETTINGS].state is State.WRONG
    assert found["kundreskontra", Matter.SIGN_IN].state is State.WRONG
    assert found["info", Matter.READ].state is State.RIGHT


def test_a_setting_that_a_connector_needs_is_missed(settings, clock):
    incomplete = settings.mailboxes["info"].model_copy(update={"path": None})
    found = examined(settings.model_copy(update={"mailboxes": {"info": incomplete}}), clock)
    assert found["info", Matter.SETTINGS].state is State.WRONG
    assert "mailboxes.info.path" in str(found["info", Matter.SETTINGS].text)


class Untelling:
    """A source or sender that does not examine anything."""

    def __init__(self, inner):
        self._inner = inner

    def __getattr__(self, name):
        if name == "examine":
            raise AttributeError(name)
        return getattr(self._inner, name)


@pytest.fixture
def box():
    return MemoryMailbox("info")


@pytest.fixture
def examine(box, clock):
    """Examine a mailbox in memory, told of by its connector or found out by reading."""

    def run(*, telling=True, mode=Mode.AUTO):
        parts = (MemorySource(box), MemorySource(box), MemorySender(box))
        source, sent, sender = parts if telling else map(Untelling, parts)
        connection = Connection(source=source, sent=sent, sender=sender)
        found = Examiner("info", mode, connection, clock).examine()
        return {one.matter: one for one in found}

    return run


def test_what_a_connector_tells_is_believed(examine):
    assert {one.state for one in examine().values()} == {State.RIGHT}


def test_what_no_connector_tells_is_found_out_by_reading_or_left_open(examine):
    found = examine(telling=False)
    assert {matter: one.state for matter, one in found.items()} == {
        Matter.SIGN_IN: State.RIGHT,
        Matter.READ: State.RIGHT,
        Matter.SENT: State.RIGHT,
        Matter.MARK: State.DOUBTFUL,
        Matter.DRAFTS: State.DOUBTFUL,
        Matter.SEND: State.DOUBTFUL,
    }


def test_a_mailbox_that_may_only_be_read_is_doubtful_and_not_wrong(examine, box):
    box.read_only = True
    assert examine()[Matter.MARK].state is State.DOUBTFUL


@pytest.mark.parametrize("telling", [True, False])
@pytest.mark.parametrize("error", [SignInRefused, MailboxUnavailable])
def test_a_mailbox_that_does_not_let_us_in_is_one_finding(examine, box, telling, error):
    box.outage = error("info", "connecting", "ask the operator of the server")
    (found,) = examine(telling=telling).values()
    assert (found.matter, found.state) == (Matter.SIGN_IN, State.WRONG)
    assert found.detail == "ask the operator of the server"


class WithoutSent(MemorySender):
    """A sender that may not look into Sent, and does not tell of it."""

    def find_sent(self, message_id):
        raise SignInRefused(self.mailbox, "looking in Sent", "no right to the folder")


@pytest.mark.parametrize(
    ("mode", "state"),
    [
        (Mode.AUTO, State.WRONG),
        (Mode.DRAFT, State.WRONG),
        (Mode.SHADOW, State.DOUBTFUL),
        (Mode.OFF, State.DOUBTFUL),
    ],
)
def test_a_right_that_is_missing_is_wrong_where_the_mode_needs_it(box, clock, mode, state):
    source = MemorySource(box)
    connection = Connection(source=source, sent=source, sender=Untelling(WithoutSent(box)))
    found = {one.matter: one for one in Examiner("info", mode, connection, clock).examine()}
    assert (found[Matter.SENT].state, found[Matter.SIGN_IN].state) == (state, State.RIGHT)
    assert found[Matter.SENT].detail == "no right to the folder"


@pytest.mark.parametrize(
    ("off", "state"),
    [
        (0, State.RIGHT),
        (5, State.RIGHT),
        (-5, State.RIGHT),
        (6, State.DOUBTFUL),
        (-6, State.DOUBTFUL),
    ],
)
def test_a_clock_that_is_more_than_five_seconds_off_is_doubtful(examine, box, off, state):
    box.server_time = TUESDAY + timedelta(seconds=off)
    assert examine()[Matter.CLOCK].state is state


def test_doubts_do_not_fail_an_examination_and_faults_do():
    def finding(state):
        return Found(matter=Matter.KEY, state=state, text=Saying("ja"))

    assert all_right([finding(State.RIGHT), finding(State.DOUBTFUL)])
    assert not all_right([finding(State.RIGHT), finding(State.WRONG)])


class Sleeper:
    """Sleeps by moving the clock."""

    def __init__(self, clock):
        self.clock = clock
        self.slept = 0

    def __call__(self, seconds):
        self.slept += 1
        self.clock.advance(timedelta(seconds=seconds))


def test_a_send_test_sends_one_mail_from_the_mailbox_to_itself(settings, clock, tmp_path):
    found = examined(settings, clock, send_test=Sleeper(clock))
    assert found["info", Matter.SEND_TEST].state is State.RIGHT
    (file,) = (tmp_path / "mail" / "info" / ".Sent" / "cur").iterdir()
    content = file.read_bytes()
    assert b"From: info@exempelstad.example" in content
    assert b"To: info@exempelstad.example" in content
    assert b"Auto-Submitted: auto-generated" in content


def test_without_being_asked_nothing_is_sent(settings, clock, tmp_path):
    examined(settings, clock)
    assert not (tmp_path / "mail" / "info" / ".Sent").exists()


def test_the_intake_knows_the_mail_of_a_send_test_for_our_own(tmp_path, sqlite_url, clock):
    city = City(tmp_path / "mail", sqlite_url, ["info"], clock=clock)
    city.work_off()
    examined(city.app.settings, clock, send_test=Sleeper(clock))
    (content,) = city.sent("info")
    city.deliver(content, "info")
    city.work_off()
    with city.app.database.reading() as work:
        assert [one.because for one in work.books.ignored()] == ["own_loop"]
    assert (city.outcomes(), city.alerts(), len(city.sent("info"))) == ({"ignored": 1}, [], 1)
    city.close()


def test_a_second_test_does_not_take_the_mail_of_the_first_for_its_own(settings, clock, tmp_path):
    examined(settings, clock, send_test=Sleeper(clock))
    clock.advance(timedelta(minutes=1))
    examined(settings, clock, send_test=Sleeper(clock))
    assert len(list((tmp_path / "mail" / "info" / ".Sent" / "cur").iterdir())) == 2


@pytest.mark.slow
def test_doctor_says_as_json_what_is_wrong_and_exits_1(tmp_path, sqlite_url):
    make_folders(tmp_path / "mail", ["info"])
    config = write_settings(tmp_path, sqlite_url, mailboxes=("info", "kundreskontra"))
    called = call("--config", config, "--lang", "en", "doctor", "--json")
    row = called.row()
    assert (called.code, row["ok"]) == (1, False)
    wrong = [one for one in row["checks"] if one["state"] == "wrong"]
    assert [(one["mailbox"], one["what"]) for one in wrong] == [("kundreskontra", "sign_in")]
    assert wrong[0]["text"] == "it does not answer; check that it exists and is connected"


@pytest.mark.slow
def test_doctor_shows_people_a_table_with_signs(tmp_path, sqlite_url):
    make_folders(tmp_path / "mail", ["info"])
    called = call("--config", write_settings(tmp_path, sqlite_url, mailboxes=("info",)), "doctor")
    assert called.code == 0
    assert "✓" in called.out
    assert "✗" not in called.out
