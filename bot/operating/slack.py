"""Examining Slack: tokens, permissions, channels; and how the connection stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.clock import Clock
from bot.errors import DataError, KnowledgeError, Saying, SettingsError
from bot.material import load_knowledge
from bot.operating.findings import Found, Matter, State
from bot.settings import Settings, resolve_database_url
from bot.store.engine import opened
from bot.store.unit_of_work import Database

LONGEST_SILENCE = timedelta(minutes=2)
"""A worker notes every twenty seconds how its connection stands."""


def examine_slack(settings: Settings) -> Iterator[Found]:
    """Yield what is right and wrong with Slack; nothing where the settings name none."""
    given = settings.slack
    if given is None:
        return
    from bot.connecting.slack import access_of, channels_of
    from bot.slack.client import SlackClient
    from bot.slack.starting import require_ready

    try:
        channels = channels_of(given, load_knowledge(settings)).every
    except KnowledgeError:
        channels = (given.channel,)  # what is wrong with the knowledge is told elsewhere
    except SettingsError as error:
        yield _wrong(error)
        return
    try:
        access = access_of(given)
        answers = require_ready(
            SlackClient(access.endpoint.web_client(access.bot_token)),
            channels,
            app_token_client=access.app_token_client(),
        )
    except SettingsError as error:
        yield _wrong(error)
        return
    if answers:
        text = Saying("Slack godtar appen, och den är med i kanalerna")
        yield Found(matter=Matter.SLACK, state=State.RIGHT, text=text)
        return
    text = Saying("Slack svarar inte; kontrollera brandvägg och proxy mot slack.com, port 443")
    yield Found(matter=Matter.SLACK, state=State.WRONG, text=text)


def _wrong(error: SettingsError) -> Found:
    text = Saying(error.source, **error.values)
    return Found(matter=Matter.SLACK, state=State.WRONG, text=text)


def require_slack(settings: Settings, clock: Clock) -> Saying | None:
    """Return what shows that a worker is connected to Slack; None where no Slack is set up.

    Raises:
        DataError: No worker is.
    """
    if settings.slack is None:
        return None
    with opened(resolve_database_url(settings)) as engine, Database(engine).reading() as work:
        links = work.slack_links.seen_since(clock.now() - LONGEST_SILENCE)
    connected = [link for link in links if link.connected]
    if not connected:
        raise DataError("Slack: ingen förbindelse; mejl tas emot ändå, och brådskande larm mejlas")
    heard = [link.last_frame_at for link in connected if link.last_frame_at is not None]
    if not heard:
        return Saying("Slack: ansluten")
    minutes = int((clock.now() - max(heard)) / timedelta(minutes=1))
    return Saying("Slack: ansluten, hördes senast för {minutes} minuter sedan", minutes=minutes)
