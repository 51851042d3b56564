"""Cards lead to the case on the web page, where there is one."""

from __future__ import annotations

import json

from bot.faces import open_slack
from bot.settings import SlackSettings, WebSettings
from bot.slack.face import SlackFace
from tests.city import City
from tests.letters import ORDINARY
from tests.slack.office import Office
from tests.slack.slack_server import APP_TOKEN, BOT_TOKEN
from tests.slack.workspace import CASES

WEB = "https://samma-dag.exempelstad.example"


def card(face: SlackFace, city: City) -> str:
    (case,) = city.cases()
    return json.dumps(face.draw(case).blocks)


def with_web(tmp_path, sqlite_url, slack, clock) -> City:
    given = {"channel": CASES, "url": slack.url, "bot_token": BOT_TOKEN, "app_token": APP_TOKEN}
    return City(
        tmp_path / "mail",
        sqlite_url,
        clock=clock,
        slack=SlackSettings.model_validate(given),
        web=WebSettings(base_url=WEB),
    )


def test_a_card_opens_its_case_on_the_web_page(tmp_path, sqlite_url, slack, clock):
    city = with_web(tmp_path, sqlite_url, slack, clock)
    city.post(**ORDINARY)
    city.take_in()
    face = open_slack(city.app)
    assert f'"{WEB}/cases/2026-000001"' in card(face, city)
    city.close()


def test_without_a_web_page_a_card_leads_nowhere(office: Office):
    office.post(**ORDINARY)
    office.take_in()
    assert "/cases/" not in card(office.face, office)
