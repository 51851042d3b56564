"""A mailbox on an Exchange Server in the city's own house."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from pydantic import SecretStr

from bot.connecting.connection import Connection, Place
from bot.errors import SettingsError
from bot.settings import ExchangeSettings, secret_text
from functionmail.connectors.exchange import (
    Access,
    Auth,
    Endpoint,
    ExchangeMailbox,
    ExchangeSender,
    ExchangeSource,
    News,
    Server,
    is_protected,
    kerberos_is_installed,
    sent,
)

_NEEDED = {
    Auth.NTLM: ("user",),
    Auth.BASIC: ("user",),
    Auth.OAUTH2: ("tenant", "client_id"),
    Auth.KERBEROS: (),
}


def connect(place: Place) -> Connection:
    """Connect a mailbox; all mailboxes of the server share the service account's connections.

    Raises:
        SettingsError: A setting is missing or does not go with another, a file cannot be
            read, or the connection would go over a network without encryption.
    """
    given = place.settings.exchange
    if given is None:
        raise place.lacks("exchange.url")
    _check(place, given)
    box = ExchangeMailbox(_endpoint(given), place.key, place.address)
    news = News(box)
    return Connection(
        source=ExchangeSource(box, news),
        sent=ExchangeSource(box, news, name=place.sent_key, folder=sent),
        sender=ExchangeSender(box),
    )


def _check(place: Place, given: ExchangeSettings) -> None:
    auth = Auth(given.auth)
    lacking = next((name for name in _NEEDED[auth] if not getattr(given, name)), None)
    if lacking is not None:
        raise place.lacks(f"exchange.{lacking}")
    if auth is not Auth.KERBEROS and not any(_secret_of(given)):
        secret = "client_secret_file" if auth is Auth.OAUTH2 else "password_file"
        raise place.lacks(f"exchange.{secret}")
    if auth is Auth.KERBEROS and not kerberos_is_installed():
        raise SettingsError(
            "exchange.auth: kerberos behöver ett bibliotek till; kör "
            "pip install 'exchangelib[kerberos]'"
        )
    if auth is Auth.OAUTH2 and Access(given.access) is not Access.IMPERSONATION:
        raise SettingsError(
            "exchange.access: med oauth2 öppnas brevlådorna genom impersonation; ange det"
        )
    if not (is_protected(given.url) and is_protected(given.authority)):
        raise SettingsError(
            "exchange.url: utan kryptering nås bara den här datorn; ange en adress med https"
        )


@lru_cache(maxsize=8)
def _endpoint(given: ExchangeSettings) -> Endpoint:
    server = Server(
        url=given.url,
        auth=Auth(given.auth),
        access=Access(given.access),
        user=given.user,
        tenant=given.tenant,
        client_id=given.client_id,
        authority=given.authority,
        ca_file=given.ca_file,
    )
    try:
        return Endpoint(server, _secret(given))
    except OSError as error:
        raise SettingsError(
            "{section}.ca_file: filen {file} kan inte läsas som certifikat",
            section="exchange",
            file=given.ca_file,
        ) from error


def _secret(given: ExchangeSettings) -> Callable[[], str]:
    """Return what gives the password or secret; a file is read anew at each sign-in."""
    value, file = _secret_of(given)
    secret_text(value, file)  # so that a file that is missing is named at the start
    if value is not None or file is None:
        return lambda: "" if value is None else value.get_secret_value()
    return lambda: file.read_text("utf-8", "replace").strip()


def _secret_of(given: ExchangeSettings) -> tuple[SecretStr | None, Path | None]:
    if Auth(given.auth) is Auth.OAUTH2:
        return given.client_secret, given.client_secret_file
    return given.password, given.password_file
