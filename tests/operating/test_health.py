"""Does a worker run: asked every half minute, so it is quick and changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import DataError, SchemaOutdated
from bot.operating.health import LONGEST_SILENCE, require_health
from bot.services.leadership import LEASE, Leadership
from bot.store import schema
from bot.store.engine import open_engine
from bot.store.exclusive import claim_file
from bot.store.unit_of_work import Database
from bot.vocabulary import MailboxKey
from tests.city import city_settings
from tests.commands import call, write_settings
from tests.kept_database import bring_up_to_date
from tests.postgres_server import fresh_database


@pytest.fixture
def file(tmp_path):
    """An engine for a SQLite file with the present schema."""
    url = f"sqlite:///{tmp_path / 'sammadag.db'}"
    bring_up_to_date(url)
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def settings(tmp_path):
    return city_settings(tmp_path / "mail", f"sqlite:///{tmp_path / 'sammadag.db'}", ["info"])


def test_a_program_that_holds_the_file_is_well(file, settings, clock):
    lock = claim_file(file)
    assert "i gång" in str(require_health(settings, clock))
    lock.release()
    with pytest.raises(DataError):
        require_health(settings, clock)


def test_asking_does_not_keep_a_program_from_starting(file, settings, clock):
    with pytest.raises(DataError):
        require_health(settings, clock)
    claim_file(file).release()
    with pytest.raises(DataError):
        require_health(settings, clock)
    claim_file(file).release()


def test_asking_makes_no_database(settings, clock, tmp_path):
    with pytest.raises(DataError, match="finns inte än"):
        require_health(settings, clock)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def postgres(postgres_url):
    with fresh_database(postgres_url) as url:
        yield url


@pytest.mark.postgres
def test_on_postgresql_each_mailbox_has_a_worker(postgres, tmp_path, clock):
    settings = city_settings(tmp_path / "mail", postgres, ["info", "kundreskontra"])
    with pytest.raises(SchemaOutdated):
        require_health(settings, clock)
    database = Database(open_engine(postgres))
    schema.upgrade(database.engine)
    leader = Leadership(database, clock, worker="one")
    leader.leads(MailboxKey("info"))
    with pytest.raises(DataError, match="kundreskontra"):
        require_health(settings, clock)
    leader.leads(MailboxKey("kundreskontra"))
    assert "i gång" in str(require_health(settings, clock))
    clock.advance(LEASE + LONGEST_SILENCE - timedelta(seconds=1))
    assert "i gång" in str(require_health(settings, clock))
    clock.advance(timedelta(seconds=2))
    with pytest.raises(DataError):
        require_health(settings, clock)
    database.close()


def test_the_command_exits_1_when_nothing_runs(file, tmp_path):
    config = write_settings(tmp_path, f"sqlite:///{tmp_path / 'sammadag.db'}")
    asked = call("--config", config, "health")
    assert (asked.code, asked.out) == (1, "")
    lock = claim_file(file)
    assert call("--config", config, "health").code == 0
    lock.release()
