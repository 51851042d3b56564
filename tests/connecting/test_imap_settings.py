"""What the settings must say before a mailbox is read by IMAP and sent from by SMTP."""

from __future__ import annotations

import pytest

from bot.connecting import connect
from bot.errors import SettingsError
from bot.settings import MailboxSettings, Settings
from bot.vocabulary import MailboxKey

INFO = MailboxKey("info")
IMAP = {"host": "imap.exempelstad.example"}
SMTP = {"host": "smtp.exempelstad.example"}
HERE = {"host": "127.0.0.1", "port": 1143, "security": "none"}


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "password"
    path.write_text("hemligt\n", "utf-8")
    return path


def connected(*, mailbox=None, **sections):
    settings = Settings(
        mailboxes={"info": MailboxSettings(connector="imap", **(mailbox or {}))}, **sections
    )
    return connect(settings, {INFO: "info@exempelstad.example"})[INFO]


def test_a_mailbox_is_connected_without_opening_anything(secret):
    connection = connected(imap={**IMAP, "password_file": secret}, smtp=SMTP)
    assert connection.source.mailbox == connection.sender.mailbox == "info"
    assert connection.sent.mailbox == "info/sent"


def test_without_a_section_for_imap_the_missing_setting_is_named():
    with pytest.raises(SettingsError, match=r"mailboxes\.info: .* imap\.host"):
        connected()


def test_without_a_password_the_missing_setting_is_named():
    with pytest.raises(SettingsError, match=r"imap\.password_file"):
        connected(imap=IMAP)


def test_a_password_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(SettingsError, match="nowhere"):
        connected(imap={**IMAP, "password_file": tmp_path / "nowhere"})


def test_a_token_needs_its_file(secret):
    with pytest.raises(SettingsError, match=r"imap\.token_file"):
        connected(imap={**IMAP, "auth": "xoauth2", "password_file": secret})


def test_a_mailbox_of_its_own_password_needs_no_common_one(secret):
    assert connected(mailbox={"password_file": secret}, imap=IMAP).source.mailbox == "info"


@pytest.mark.parametrize("mode", ["off", "shadow"])
def test_a_mailbox_that_is_only_read_needs_no_smtp_server(secret, mode):
    connection = connected(mailbox={"mode": mode}, imap={**IMAP, "password_file": secret})
    assert connection.sender.mailbox == "info"


@pytest.mark.parametrize("mode", ["draft", "auto"])
def test_a_mailbox_that_answers_needs_an_smtp_server(secret, mode):
    with pytest.raises(SettingsError, match=r"smtp\.host"):
        connected(mailbox={"mode": mode}, imap={**IMAP, "password_file": secret})


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_may_be_reached_without_encryption(secret, host):
    given = {**HERE, "host": host, "password_file": secret}
    assert connected(imap=given).source.mailbox == "info"


@pytest.mark.parametrize(
    "host", ["imap.exempelstad.example", "10.0.0.7", "localhost.exempelstad.example", "0.0.0.0"]
)
def test_no_other_machine_may_be_reached_without_encryption(secret, host):
    with pytest.raises(SettingsError, match=r"imap\.security: .* tls eller starttls") as caught:
        connected(imap={**HERE, "host": host, "password_file": secret})
    assert "\n" not in str(caught.value)


def test_mail_is_handed_to_no_other_machine_without_encryption(secret):
    with pytest.raises(SettingsError, match=r"smtp\.security"):
        connected(imap={**IMAP, "password_file": secret}, smtp={**SMTP, "security": "none"})


def test_a_file_that_holds_no_certificate_is_named(secret):
    with pytest.raises(SettingsError, match=r"imap\.ca_file: .*password"):
        connected(imap={**IMAP, "password_file": secret, "ca_file": secret})


def test_the_password_shows_in_no_text_of_a_connection(secret):
    connection = connected(imap={**IMAP, "password_file": secret}, smtp=SMTP)
    account = connection.source._session._account
    assert account.secret() == "hemligt"
    assert "hemligt" not in repr(account)
