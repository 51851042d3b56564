"""Slack: where cards and alerts are shown, and where staff talk to the assistant."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr

from bot.settings.section import Section
from bot.vocabulary import ProcessKey, TeamKey

_ChannelId = Annotated[str, Field(min_length=1, max_length=40)]


class Transport(StrEnum):
    """How Slack reaches us.

    socket: we connect to Slack; nothing needs to be opened in the firewall.
    http: Slack connects to us, through a reverse proxy of the city's with a certificate.
    """

    SOCKET = "socket"
    HTTP = "http"


class SlackSettings(Section):
    """The city's own Slack app, made from ``manifest.json``.

    Attributes:
        channel: Id of the channel that holds the cards, such as ``C0123456789``.
        alert_channel: Where alerts go; default: the same.
        team_channels, process_channels: Team or process -> id of the channel that holds its
            cards and alerts instead.
        bot_token, app_token, signing_secret: Also as ``SLACK_BOT_TOKEN``,
            ``SLACK_APP_TOKEN`` and ``SLACK_SIGNING_SECRET``.
        host, port: Where we listen with the transport `http`.
        proxy: The city's proxy; the one that the environment names serves where this is empty.
        ca_file: Certificates of the city's own authority, beside the system's.
    """

    transport: Transport = Transport.SOCKET
    channel: str = Field(min_length=1, max_length=40)
    alert_channel: str = Field(default="", max_length=40)
    team_channels: Mapping[TeamKey, _ChannelId] = Field(default_factory=dict)
    process_channels: Mapping[ProcessKey, _ChannelId] = Field(default_factory=dict)
    bot_token: SecretStr | None = None
    bot_token_file: Path | None = None
    app_token: SecretStr | None = None
    app_token_file: Path | None = None
    signing_secret: SecretStr | None = None
    signing_secret_file: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8090, ge=0, lt=65536)
    url: str = "https://slack.com/api/"
    proxy: str = ""
    ca_file: Path | None = None
