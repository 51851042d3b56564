"""A chart in Slack: an image with its numbers in words, for those who cannot see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from slack_sdk import WebClient

from bot.slack.text import clip, one_line

FILE_NAME: Final = "diagram.png"
"""File names say nothing of what is in them."""
_TITLE: Final = 200
_ALT: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawn chart.

    Attributes:
        alt: What it shows, with the numbers; read out by screen readers. Never empty.
        png: The image.
    """

    title: str
    alt: str
    png: bytes

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise ValueError("a chart says in words what it shows")


def post_chart(web: WebClient, channel: str, chart: Chart, *, thread: str | None = None) -> None:
    """Upload a chart and show it in a channel, or in a thread there.

    Args:
        channel: Id of a channel or of direct messages, not of a user.

    Raises:
        SlackApiError: Slack did not take it.
    """
    web.files_upload_v2(
        channel=channel,
        content=chart.png,
        filename=FILE_NAME,
        title=clip(one_line(chart.title), _TITLE),
        alt_txt=clip(one_line(chart.alt), _ALT),
        thread_ts=thread,
    )
