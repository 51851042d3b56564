"""The examination of the web page: how people sign in, and who has rights in Slack too."""

from __future__ import annotations

import pytest

from bot.clock import FixedClock
from bot.operating.findings import Matter, State
from bot.operating.web import examine_web
from bot.settings import SlackSettings, WebSettings
from bot.vocabulary import Right
from tests.city import TUESDAY, city_settings
from tests.oidc_provider import CLIENT, OidcProvider, make_key
from tests.web_city import BASE


@pytest.fixture(scope="module")
def key():
    return make_key("first")


@pytest.fixture
def provider(key):
    made = OidcProvider(now=int(TUESDAY.timestamp()), key=key)
    yield made
    made.close()


@pytest.fixture
def examine(tmp_path, sqlite_url):
    settings = city_settings(tmp_path / "mail", sqlite_url, ["info"])

    def examine(*, slack=None, **web):
        given = {"web": WebSettings.model_validate({"base_url": BASE, **web}), "slack": slack}
        return list(examine_web(settings.model_copy(update=given), FixedClock(TUESDAY)))

    return examine


def of(provider):
    return {"issuer": provider.issuer, "client_id": CLIENT}


def test_a_provider_that_answers_and_calls_itself_as_we_do_is_right(examine, provider):
    (found,) = examine(oidc=of(provider))
    assert (found.matter, found.state) == (Matter.WEB, State.RIGHT)
    assert "/token" not in provider.asked


def test_a_provider_that_calls_itself_otherwise_is_wrong(examine, provider):
    provider.discovery["issuer"] = provider.issuer + "/"
    (found,) = examine(oidc=of(provider))
    assert found.state is State.WRONG
    assert "precis som" in found.text.source


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys"])
def test_a_provider_that_does_not_answer_is_wrong(examine, provider, path):
    provider.fails.add(path)
    (found,) = examine(oidc=of(provider))
    assert found.state is State.WRONG
    assert "svarar inte" in found.text.source


def test_a_page_that_nobody_can_sign_in_to_is_wrong(examine):
    (found,) = examine()
    assert found.state is State.WRONG


def test_groups_that_give_no_right_in_slack_are_told_of(examine):
    rights = {Right.PROTECTED: ("sekretess", "Agneta.Brandt@exempelstad.example")}
    proxy = {"addresses": ["127.0.0.1"]}
    page, found = examine(proxy=proxy, rights=rights, slack=SlackSettings(channel="C0123456789"))
    assert page.state is State.RIGHT
    assert (found.matter, found.state) == (Matter.RIGHTS, State.DOUBTFUL)
    assert found.text.values == {"n": 1}
