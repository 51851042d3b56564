"""Connecting every mailbox of the settings."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Protocol, cast

from bot.connecting.connection import Connection, Place
from bot.errors import SettingsError
from bot.settings import Connector, MailboxSettings, Settings
from bot.vocabulary import MailboxKey

_OUR_OWN = ("bot", "functionmail")
"""A module of these that is not found is no library that was left out."""


class _Connecting(Protocol):
    def connect(self, place: Place) -> Connection: ...


def connect(
    settings: Settings, addresses: Mapping[MailboxKey, str]
) -> dict[MailboxKey, Connection]:
    """Return the connections of all mailboxes in the settings.

    Args:
        addresses: What the knowledge says, for mailboxes whose settings name no address.

    Raises:
        SettingsError: A setting that a connector needs is missing, or its extra is not
            installed.
    """
    return {
        key: _connect(
            Place(
                key=key,
                address=mailbox.address or addresses[key],
                mailbox=mailbox,
                settings=settings,
            )
        )
        for key, mailbox in _named(settings.mailboxes)
    }


def _named(mailboxes: Mapping[str, MailboxSettings]) -> list[tuple[MailboxKey, MailboxSettings]]:
    return [(MailboxKey(name), mailbox) for name, mailbox in mailboxes.items()]


def _connect(place: Place) -> Connection:
    connector: Connector = place.mailbox.connector
    try:
        connecting = cast("_Connecting", import_module(f"bot.connecting.{connector}"))
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in _OUR_OWN:
            raise
        raise SettingsError(
            "mailboxes.{name}: anslutningen {connector} är inte installerad; kör "
            "pip install 'sammadag[{connector}]'",
            name=place.key,
            connector=connector.value,
        ) from error
    return connecting.connect(place)
