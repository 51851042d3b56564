"""How we sign in to Slack: where it is, and with which tokens."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from slack_sdk import WebClient

from bot.errors import SettingsError
from bot.knowledge import Knowledge
from bot.services.slack_channels import Channels
from bot.settings import SlackSettings, Transport, secret_text
from bot.slack.client import Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What opens Slack to us.

    Attributes:
        app_token: Empty without Socket Mode.
        signing_secret: Empty with it.
    """

    endpoint: Endpoint
    bot_token: str
    app_token: str = ""
    signing_secret: str = ""

    def app_token_client(self) -> WebClient | None:
        """Return what signs in with the app's own token; None without Socket Mode."""
        return self.endpoint.web_client(self.app_token) if self.app_token else None

    def __repr__(self) -> str:
        return f"Access({self.endpoint.url!r})"


def access_of(given: SlackSettings) -> Access:
    """Return what the settings say, with the secrets of their files.

    Raises:
        SettingsError: A token is missing or of another kind, a file cannot be read, or the
            address is not encrypted.
    """
    endpoint = _endpoint(given)
    bot_token = _token(given, "bot_token", "xoxb-")
    if given.transport is Transport.HTTP:
        secret = _token(given, "signing_secret", "")
        return Access(endpoint=endpoint, bot_token=bot_token, signing_secret=secret)
    app_token = _token(given, "app_token", "xapp-")
    return Access(endpoint=endpoint, bot_token=bot_token, app_token=app_token)


def channels_of(given: SlackSettings, knowledge: Knowledge) -> Channels:
    """Return which channels the settings name.

    Raises:
        SettingsError: A channel is given to a team or a process that there is none of.
    """
    for team in given.team_channels:
        if team not in knowledge.teams:
            raise SettingsError(
                "slack.team_channels: det finns inget team {key}; se organisation.yaml", key=team
            )
    for process in given.process_channels:
        if process not in knowledge.processes:
            raise SettingsError(
                "slack.process_channels: det finns ingen process {key}; se processes.yaml",
                key=process,
            )
    return Channels(
        cards=given.channel,
        alerts=given.alert_channel or given.channel,
        teams=given.team_channels,
        processes=given.process_channels,
    )


def _token(given: SlackSettings, name: str, begins_with: str) -> str:
    variable = f"SLACK_{name.upper()}"
    token = secret_text(getattr(given, name), getattr(given, f"{name}_file"), variable=variable)
    if not token:
        raise SettingsError(
            "slack.{name}: saknas; ange slack.{name}_file eller miljövariabeln {variable}",
            name=name,
            variable=variable,
        )
    if not token.startswith(begins_with):
        raise SettingsError(
            "slack.{name}: ska börja med {beginning}; kopiera rätt värde från appens sida hos "
            "Slack",
            name=name,
            beginning=begins_with,
        )
    return token


def _endpoint(given: SlackSettings) -> Endpoint:
    url = given.url if given.url.endswith("/") else f"{given.url}/"
    if not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise SettingsError("slack.url: ange en adress med https")
    return Endpoint(url=url, proxy=given.proxy or None, tls=_trust(given.ca_file))


def _trust(ca_file: Path | None) -> ssl.SSLContext | None:
    if ca_file is None:
        return None
    trusted = ssl.create_default_context()
    try:
        trusted.load_verify_locations(cafile=ca_file)
    except OSError as error:
        raise SettingsError(
            "{section}.ca_file: filen {file} kan inte läsas som certifikat",
            section="slack",
            file=ca_file,
        ) from error
    return trusted
