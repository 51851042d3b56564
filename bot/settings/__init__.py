"""Settings: the only reader of the environment and of sammadag.toml."""

from bot.settings.exchange import ExchangeSettings
from bot.settings.graph import GraphSettings
from bot.settings.imap import ImapSettings, SmtpSettings
from bot.settings.loading import (
    data_folder,
    load,
    resolve_database_url,
    secret_file,
    secret_keys,
    secret_text,
)
from bot.settings.mailboxes import Connector, MailboxSettings
from bot.settings.model import (
    BrakeSettings,
    LadderSettings,
    LedgerSettings,
    SameDaySettings,
    Settings,
)
from bot.settings.slack import SlackSettings, Transport
from bot.settings.web import OidcSettings, ProxySettings, WebSettings

__all__ = [
    "BrakeSettings",
    "Connector",
    "ExchangeSettings",
    "GraphSettings",
    "ImapSettings",
    "LadderSettings",
    "LedgerSettings",
    "MailboxSettings",
    "OidcSettings",
    "ProxySettings",
    "SameDaySettings",
    "Settings",
    "SlackSettings",
    "SmtpSettings",
    "Transport",
    "WebSettings",
    "data_folder",
    "load",
    "resolve_database_url",
    "secret_file",
    "secret_keys",
    "secret_text",
]
