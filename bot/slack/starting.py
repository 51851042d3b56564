"""What must be right before we begin: tokens, permissions, and a place in the channel.

What an operator must set right stops the start, with what to do. A Slack that does not answer
stops nothing: mail is taken in all the same, and urgent alerts go by e-mail.
"""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from slack_sdk import WebClient

from bot.errors import SettingsError
from bot.slack.client import SlackClient
from bot.slack.errors import SlackBusy, SlackDown, SlackRefused
from bot.slack.permissions import SCOPES

log = structlog.get_logger()


def require_ready(
    client: SlackClient, channels: Iterable[str], *, app_token_client: WebClient | None
) -> bool:
    """Ask Slack whether everything is set up; False where Slack does not answer now.

    Args:
        app_token_client: Signs in with the app's own token; None without Socket Mode.

    Raises:
        SettingsError: A token is refused, a permission is missing, or a channel cannot be used.
    """
    try:
        _check_bot_token(client)
        if app_token_client is not None:
            _check_app_token(SlackClient(app_token_client))
        for channel in dict.fromkeys(channels):
            _check_channel(client, channel)
    except (SlackDown, SlackBusy) as error:
        log.warning("slack_unreachable", because=type(error.__cause__).__name__)
        return False
    return True


def _check_bot_token(client: SlackClient) -> None:
    try:
        answer = client.read_whole("auth.test")
    except SlackRefused as error:
        raise SettingsError(
            "slack.bot_token: Slack godtar den inte ({reason}); kopiera Bot User OAuth Token på "
            "nytt från appens sida OAuth & Permissions",
            reason=error.reason,
        ) from error
    given = next(
        (value for name, value in answer.headers.items() if name.lower() == "x-oauth-scopes"), ""
    )
    text = given[0] if isinstance(given, (list, tuple)) else given
    has = {scope.strip() for scope in str(text).split(",")}
    missing = sorted(SCOPES - has)
    if missing:
        raise SettingsError(
            "slack.bot_token: appen saknar behörigheterna {scopes}; klistra in manifest.json i "
            "appens App Manifest och installera appen på nytt",
            scopes=", ".join(missing),
        )


def _check_app_token(client: SlackClient) -> None:
    try:
        client.call("apps.connections.open")
    except SlackRefused as error:
        raise SettingsError(
            "slack.app_token: Slack godtar den inte ({reason}); skapa en App-Level Token med "
            "connections:write på appens sida Basic Information, och slå på Socket Mode",
            reason=error.reason,
        ) from error


def _check_channel(client: SlackClient, channel: str) -> None:
    try:
        found = client.read("conversations.info", channel=channel)["channel"]
    except SlackRefused as error:
        raise SettingsError(
            "slack.channel: Slack hittar inte kanalen {channel} ({reason}); ange kanalens id, "
            "och bjud in appen med /invite om kanalen är privat",
            channel=channel,
            reason=error.reason,
        ) from error
    if found.get("is_archived"):
        raise SettingsError("slack.channel: kanalen {channel} är arkiverad", channel=channel)
    if not found.get("is_member"):
        raise SettingsError(
            "slack.channel: appen är inte med i kanalen {channel}; skriv /invite i kanalen",
            channel=channel,
        )
