"""A chart in Slack: an image with its numbers in words, for those who cannot see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog
from slack_sdk import WebClient

from bot.errors import SammaDagError
from bot.reports.charts import bars, trend
from bot.reports.charts.png import png_of
from bot.slack.text import clip, one_line

if TYPE_CHECKING:
    from bot.reports.model import Series
    from bot.services.assistant import Answer
    from bot.services.talks import Turn
    from bot.texts import Say

log = structlog.get_logger()

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


class AnswerCharts:
    """Draws what answers count."""

    def __init__(self, series_of: Callable[[Answer, Say], Series | None]) -> None:
        """Take what counts: an answer's figure over time; None where there is none to see."""
        self._series_of = series_of

    def __call__(self, turn: Turn, say: Say) -> Chart | None:
        """Return the chart beside an answer; None where there is none, or it cannot be counted.

        An answer in words does without its chart.
        """
        try:
            series = self._series_of(turn.answer, say)
        except SammaDagError as error:
            log.warning("slack_chart_lost", reason=type(error).__name__)
            return None
        return None if series is None else chart_of(series, say)


def chart_of(series: Series, say: Say) -> Chart:
    """Draw a series for Slack, with its numbers in words."""
    drawn = trend(series, say=say) if series.over_time else bars(series, say=say)
    return Chart(title=drawn.title, alt=f"{drawn.title}. {drawn.description}", png=png_of(drawn))


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
