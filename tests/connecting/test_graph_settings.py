"""What the settings must say before a mailbox in Exchange Online is connected."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.connecting import connect
from bot.errors import SettingsError
from bot.settings import MailboxSettings, Settings
from bot.vocabulary import MailboxKey
from tests.graph.graph_server import CLIENT_ID, SECRET, TENANT, GraphServer
from tests.graph.loopback_ca import authority

INFO = MailboxKey("info")
ADDRESS = "info@exempelstad.example"
APP = {"tenant": TENANT, "client_id": CLIENT_ID}


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret"
    path.write_text(f"{SECRET}\n", "utf-8")
    return path


@pytest.fixture
def certificate(tmp_path):
    path = tmp_path / "app.pem"
    path.write_text(authority().app_pem, "ascii")
    return path


@pytest.fixture
def server(tmp_path):
    (tmp_path / "ca.pem").write_bytes(authority().ca_pem)
    server = GraphServer(ADDRESS)
    yield server
    server.close()


def connected(**graph):
    settings = Settings(mailboxes={"info": MailboxSettings(connector="graph")}, graph=graph or None)
    return connect(settings, {INFO: ADDRESS})[INFO]


def close(connection):
    connection.source.close()
    connection.sent.close()
    connection.sender.close()


def test_a_mailbox_is_connected_without_opening_anything(secret):
    connection = connected(**APP, client_secret_file=secret)
    assert connection.source.mailbox == connection.sender.mailbox == "info"
    assert connection.sent.mailbox == "info/sent"


def test_without_a_section_for_graph_the_missing_setting_is_named():
    with pytest.raises(SettingsError, match=r"mailboxes\.info: .* graph\.tenant"):
        connected()


def test_without_a_certificate_and_a_secret_the_missing_setting_is_named():
    with pytest.raises(SettingsError, match=r"graph\.certificate_file"):
        connected(**APP)


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(SettingsError, match="nowhere"):
        connected(**APP, certificate_file=tmp_path / "nowhere")


def test_a_certificate_without_its_key_is_refused(secret):
    with pytest.raises(SettingsError, match=r"graph\.certificate_file.*privata nyckeln"):
        connected(**APP, certificate_file=secret)


def test_a_ca_file_that_holds_no_certificate_is_refused(secret):
    with pytest.raises(SettingsError, match=r"graph\.ca_file"):
        connected(**APP, client_secret_file=secret, ca_file=secret)


@pytest.mark.parametrize(
    ("setting", "url"),
    [
        ("url", "http://graph.exempelstad.example/v1.0"),
        ("url", "graph.microsoft.com"),
        ("authority", "http://127.0.0.1:1"),
        ("authority", "http://login.exempelstad.example"),
    ],
)
def test_an_address_without_encryption_is_refused(secret, setting, url):
    with pytest.raises(SettingsError, match=rf"graph\.{setting}.*https"):
        connected(**APP, client_secret_file=secret, **{setting: url})


def test_mail_is_read_and_sent_as_the_settings_say(server, certificate, tmp_path):
    server.secret = None
    mail = server.boxes[ADDRESS].deliver(b"Subject: Hej\r\n\r\nHej\r\n")
    connection = connected(
        **APP,
        certificate_file=certificate,
        url=server.url,
        authority=server.authority,
        ca_file=tmp_path / "ca.pem",
    )
    (message,) = connection.source.fetch(None).messages
    assert message.key == mail.key
    latest = connection.sent.latest()
    draft = connection.sender.save_draft("1@x.example", b"Message-ID: <1@x.example>\r\n\r\nHej\r\n")
    connection.sender.send(draft)
    assert len(connection.sent.fetch(latest).messages) == 1
    close(connection)


def test_nothing_of_graph_is_imported_until_a_mailbox_uses_it():
    code = "import sys, bot.app, bot.connecting; print({'msal', 'httpx2'} & set(sys.modules))"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert out.stdout.strip() == "set()"
