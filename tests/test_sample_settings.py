"""The sample settings work: each part of them, and each connector's alone, once uncommented."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.connecting import Connection, connect
from bot.errors import SettingsError
from bot.material import load_knowledge
from bot.settings import Connector, load
from bot.vocabulary import MailboxKey, Mode

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
SAMPLE = (ROOT / "sammadag.sample.toml").read_text("utf-8")
PEM = "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\n"
LIBRARIES = {
    Connector.EXCHANGE: ("exchangelib",),
    Connector.GRAPH: ("msal", "httpx2"),
    Connector.IMAP: ("imapclient",),
}
"""What each connector needs, as it is imported."""


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch, tmp_path):
    for name in list(os.environ):  # noqa: TID251 - the test must not inherit settings
        if name.startswith("SAMMADAG_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


def uncommented(text):
    """Take the mark away from settings; words for people have a space behind it."""
    return re.sub(r"(?m)^#(?=[\[a-z])", "", text)


def part_of(connector):
    """Return the part of the sample that sets up a connector, uncommented."""
    (part,) = [part for part in SAMPLE.split("\n\n") if f'#connector = "{connector}"' in part]
    return uncommented(part)


def loaded(text, tmp_path):
    """Load settings whose secrets lie below the test's own folder."""
    secrets = tmp_path / "secrets"
    secrets.mkdir(exist_ok=True)
    for name in re.findall(r"/etc/sammadag/secrets/([\w.]+)", text):
        (secrets / name).write_text(PEM if name.endswith(".pem") else "a secret, long enough")
    file = tmp_path / "sammadag.toml"
    file.write_text(text.replace("/etc/sammadag/secrets", str(secrets)), "utf-8")
    return load(file)


def connected(settings):
    knowledge = load_knowledge(settings.model_copy(update={"knowledge": None, "people": None}))
    return connect(settings, {key: box.address for key, box in knowledge.mailboxes.items()})


def test_the_sample_is_all_comments_and_changes_nothing(tmp_path):
    assert loaded(SAMPLE, tmp_path).model_dump() == loaded("", tmp_path).model_dump()


def test_there_is_a_sample_for_each_connector():
    assert set(re.findall('(?m)^#connector = "([a-z]+)"', SAMPLE)) == set(Connector)


@pytest.mark.parametrize("connector", list(Connector))
def test_the_sample_of_a_connector_connects_a_mailbox_without_opening_it(connector, tmp_path):
    connections = connected(loaded(part_of(connector), tmp_path))
    ((name, connection),) = connections.items()
    assert isinstance(connection, Connection)
    assert connection.source.mailbox == connection.sender.mailbox == name


@pytest.mark.parametrize("connector", list(Connector))
def test_a_sample_begins_where_nothing_is_sent(connector, tmp_path):
    (mailbox,) = loaded(part_of(connector), tmp_path).mailboxes.values()
    assert mailbox.mode is Mode.SHADOW


def test_the_whole_sample_can_be_uncommented_at_once(tmp_path):
    settings = loaded(uncommented(SAMPLE), tmp_path)
    assert {box.connector for box in settings.mailboxes.values()} == set(Connector)
    assert set(connected(settings)) == {MailboxKey(name) for name in settings.mailboxes}


def in_a_new_process(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )


ONLY = """
import sys
from bot.app import build
from bot.settings import load
from pathlib import Path
build(load(Path(sys.argv[1]))).close()
print(*sorted(name for name in sys.argv[2:] if name in sys.modules))
"""


def test_no_library_of_a_connector_is_imported_until_a_mailbox_uses_it(tmp_path):
    text = part_of(Connector.MAILDIR).replace("/var/mail/info", str(tmp_path / "info"))
    loaded(text, tmp_path)
    libraries = [name for names in LIBRARIES.values() for name in names]
    done = in_a_new_process(ONLY, str(tmp_path / "sammadag.toml"), *libraries, "smtplib", "psycopg")
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr


BLOCKED = """
import sys
for name in sys.argv[2].split(","):
    sys.modules[name] = None  # importing it fails as if it were not installed
from bot.cli import run
sys.exit(run(["--config", sys.argv[1], "run"]))
"""


@pytest.mark.parametrize("connector", list(LIBRARIES))
def test_a_connector_that_is_not_installed_is_one_clear_line(connector, tmp_path):
    loaded(part_of(connector), tmp_path)
    blocked = ",".join(LIBRARIES[connector])
    done = in_a_new_process(BLOCKED, str(tmp_path / "sammadag.toml"), blocked)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert f"pip install 'sammadag[{connector}]'" in line


def test_a_missing_driver_for_postgresql_is_one_clear_line(tmp_path):
    loaded('database_url = "postgresql://x@127.0.0.1/none"\n' + part_of("maildir"), tmp_path)
    (tmp_path / "secret").write_text("a secret, long enough")
    code = BLOCKED.replace('"run"]', '"db", "upgrade"]')
    done = in_a_new_process(code, str(tmp_path / "sammadag.toml"), "psycopg")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "postgres" in line


def test_a_fault_of_our_own_is_not_taken_for_a_missing_library(tmp_path, monkeypatch):
    settings = loaded(part_of(Connector.IMAP), tmp_path)
    monkeypatch.setitem(sys.modules, "functionmail.connectors.imap", None)
    monkeypatch.delitem(sys.modules, "bot.connecting.imap", raising=False)
    with pytest.raises(ModuleNotFoundError):
        connected(settings)


def test_a_secret_that_is_not_there_is_one_clear_line(tmp_path):
    settings = loaded(part_of(Connector.IMAP), tmp_path)
    (tmp_path / "secrets" / "redovisning.password").unlink()
    with pytest.raises(SettingsError, match=r"redovisning\.password"):
        connected(settings)
