"""A mailbox in Exchange Online, by Microsoft Graph."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from bot.connecting.connection import Connection, Place
from bot.errors import SettingsError
from bot.settings import GraphSettings, secret_text
from functionmail.connectors.graph import (
    SENT,
    Application,
    Certificate,
    GraphClient,
    GraphSender,
    GraphSource,
    Patience,
    Secret,
    Tokens,
    Wire,
    trust,
)
from functionmail.connectors.mail_server import is_this_machine

_READING = Patience(silence_s=30.0, deadline_s=300.0)
_SENDING = Patience(silence_s=15.0, deadline_s=40.0)
"""All that one sending may ask must be over before the outbox's lease of the action is."""


def connect(place: Place) -> Connection:
    """Connect a mailbox; its source and its sender share the application's tokens.

    Raises:
        SettingsError: A setting is missing, a file cannot be read or does not hold what it
            should, or the connection would go over a network without encryption.
    """
    given = place.settings.graph
    if given is None:
        raise place.lacks("graph.tenant")
    _check_addresses(given)
    tls = _trust(given.ca_file)
    application = Application(
        tenant=given.tenant,
        client_id=given.client_id,
        credential=_credential(place, given),
        authority=given.authority,
        url=given.url,
    )
    tokens = Tokens(application, place.key, Wire(place.key, tls, patience=_SENDING))

    def client(name: str, patience: Patience) -> GraphClient:
        wire = Wire(name, tls, patience=patience)
        return GraphClient(given.url, name, place.address, tokens, wire)

    return Connection(
        source=GraphSource(client(place.key, _READING), poll_s=given.poll_seconds),
        sent=GraphSource(client(place.sent_key, _READING), folder=SENT, poll_s=given.poll_seconds),
        sender=GraphSender(client(place.key, _SENDING)),
    )


def _check_addresses(given: GraphSettings) -> None:
    for name, url in (("url", given.url), ("authority", given.authority)):
        parts = urlsplit(url)
        inside = name == "url" and parts.scheme == "http" and is_this_machine(parts.hostname or "")
        if not (parts.scheme == "https" and parts.hostname) and not inside:
            raise SettingsError("graph.{setting}: ange en adress med https", setting=name)


@lru_cache(maxsize=8)
def _trust(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return trust(ca_file)
    except OSError as error:
        raise SettingsError(
            "{section}.ca_file: filen {file} kan inte läsas som certifikat",
            section="graph",
            file=ca_file,
        ) from error


def _credential(place: Place, given: GraphSettings) -> Certificate | Secret:
    """Return how the application signs in; files are read anew at each sign-in."""
    if given.certificate_file is not None:
        pem = secret_text(None, given.certificate_file)
        if "PRIVATE KEY-----" not in pem or "BEGIN CERTIFICATE-----" not in pem:
            raise SettingsError(
                "graph.certificate_file: filen {file} ska innehålla både den privata nyckeln "
                "och certifikatet (PEM)",
                file=given.certificate_file,
            )
        return Certificate(_reader(given.certificate_file))
    if given.client_secret is not None:
        return Secret(given.client_secret.get_secret_value)
    if given.client_secret_file is None:
        raise place.lacks("graph.certificate_file")
    secret_text(None, given.client_secret_file)  # so that a missing file is named at the start
    return Secret(_reader(given.client_secret_file))


def _reader(file: Path) -> Callable[[], str]:
    return lambda: file.read_text("utf-8", "replace").strip()
