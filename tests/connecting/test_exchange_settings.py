"""What the settings must say before a mailbox is opened on an Exchange Server."""

from __future__ import annotations

import pytest

from bot.connecting import connect
from bot.errors import SettingsError
from bot.settings import MailboxSettings, Settings
from bot.vocabulary import MailboxKey
from tests.ews.house import PASSWORD, House
from tests.ews.server import EwsServer

URL = "https://mail.exempelstad.example/EWS/Exchange.asmx"
USER = "STAD\\svc-sammadag"
MAIL = b"Message-ID: <1@kund.example>\r\nSubject: Hej\r\n\r\nHej\r\n"
TOKENS = {"url": URL, "auth": "oauth2", "access": "impersonation", "tenant": "t", "client_id": "c"}


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\n", "utf-8")
    return path


def connected(*names: str, **exchange: object):
    names = names or ("info",)
    settings = Settings(
        mailboxes={name: MailboxSettings(connector="exchange") for name in names},
        exchange=exchange or None,
    )
    addresses = {MailboxKey(name): f"{name}@exempelstad.example" for name in names}
    return connect(settings, addresses)


def test_a_mailbox_is_connected_without_opening_anything(secret):
    connection = connected(url=URL, user=USER, password_file=secret)["info"]
    assert connection.source.mailbox == connection.sender.mailbox == "info"
    assert connection.sent.mailbox == "info/sent"


def test_without_a_section_for_exchange_the_missing_setting_is_named():
    with pytest.raises(SettingsError, match=r"mailboxes\.info: .* exchange\.url"):
        connected()


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ({"url": URL}, "exchange.user"),
        ({"url": URL, "user": USER}, "exchange.password_file"),
        ({"url": URL, "auth": "basic"}, "exchange.user"),
        ({"url": URL, "auth": "oauth2"}, "exchange.tenant"),
        ({"url": URL, "auth": "oauth2", "tenant": "t"}, "exchange.client_id"),
        (TOKENS, "exchange.client_secret_file"),
    ],
)
def test_what_a_way_of_signing_in_lacks_is_named(given, lacking):
    with pytest.raises(SettingsError, match=lacking.replace(".", r"\.")):
        connected(**given)


def test_a_password_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(SettingsError, match="nowhere"):
        connected(url=URL, user=USER, password_file=tmp_path / "nowhere")


@pytest.mark.parametrize("url", ["http://mail.exempelstad.example/EWS", "http://192.0.2.1/EWS"])
def test_plain_http_leaves_this_machine_never(url, secret):
    with pytest.raises(SettingsError, match="https"):
        connected(url=url, user=USER, password_file=secret)


def test_a_token_authority_is_asked_over_tls_only(secret):
    with pytest.raises(SettingsError, match="https"):
        connected(**TOKENS, client_secret_file=secret, authority="http://login.exempel.example")


def test_tokens_open_mailboxes_by_impersonation_only(secret):
    given = {**TOKENS, "access": "delegate", "client_secret_file": secret}
    with pytest.raises(SettingsError, match="impersonation"):
        connected(**given)


def test_kerberos_says_what_must_be_installed():
    with pytest.raises(SettingsError, match=r"exchangelib\[kerberos\]"):
        connected(url=URL, auth="kerberos")


def test_a_file_that_holds_no_certificate_is_named(secret):
    with pytest.raises(SettingsError, match=r"exchange\.ca_file"):
        connected(url=URL, user=USER, password_file=secret, ca_file=secret)


def test_all_mailboxes_share_the_connections_of_the_service_account(secret):
    connections = connected("info", "kundreskontra", url=URL, user=USER, password_file=secret)
    first, second = (connections[name].source._box.endpoint for name in connections)
    assert first is second


def test_a_mailbox_from_the_settings_is_read_and_sent_from(secret):
    house = House(EwsServer())
    house.add("info")
    house.deliver(MAIL)
    connection = connected(url=house.ews.url, auth="basic", user=USER, password_file=secret)["info"]
    house.made += [connection.source, connection.sender]
    assert len(connection.source.fetch(None).messages) == 1
    draft = connection.sender.save_draft("1@exempelstad.example", MAIL)
    connection.sender.send(draft)
    assert len(connection.sent.fetch(None).messages) == 1
    house.close()
