"""A chart is an image that says in words what it shows."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient

from bot.slack.charts import FILE_NAME, Chart, post_chart
from tests.slack.slack_server import BOT_TOKEN
from tests.slack.workspace import CASES

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
ALT = "Ärenden per vecka: 12, 14 och 9."


@pytest.fixture
def web(slack):
    return WebClient(token=BOT_TOKEN, base_url=slack.url)


def test_a_chart_is_shown_in_the_thread_with_its_numbers_in_words(slack, web):
    chart = Chart(title="Ärenden", alt=ALT, png=PNG)
    post_chart(web, CASES, chart, thread="1.2")
    (message,) = slack.space.said(CASES, thread="1.2")
    (file,) = message["files"]
    stored = slack.space.files[file["id"]]
    assert (stored["alt_txt"], stored["data"], stored["name"]) == (ALT, PNG, FILE_NAME)


def test_a_long_description_is_clipped(slack, web):
    post_chart(web, CASES, Chart(title="x" * 900, alt="y" * 5000, png=PNG))
    (file,) = slack.space.files.values()
    assert len(file["alt_txt"]) == 1000
    assert len(file["title"]) == 200


def test_a_chart_without_words_is_none():
    with pytest.raises(ValueError, match="words"):
        Chart(title="Ärenden", alt=" ", png=PNG)
