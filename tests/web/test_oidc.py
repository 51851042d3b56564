"""Signing in at an identity provider, against a real one on this machine."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from urllib.parse import parse_qs, urlsplit

import pytest
from structlog.testing import capture_logs

from bot.vocabulary import Right
from tests.oidc_provider import CLIENT, SECRET, OidcProvider, make_key
from tests.web_city import BASE, WebCity, text_of


@pytest.fixture(scope="module")
def key():
    return make_key("first")


@pytest.fixture
def provider(city, key):
    made = OidcProvider(now=int(city.clock.now().timestamp()), key=key)
    yield made
    made.close()


@pytest.fixture
def web(city, provider):
    oidc = {"issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET}
    return WebCity(city, rights={Right.OPERATOR: ["drift-samma-dag"]}, oidc=oidc)


def gone_to_the_provider(browser, path="/sign-in"):
    answer = browser.get(path)
    assert answer.status_code == 303
    return answer.headers["location"]


def came_back(browser, provider, path="/sign-in"):
    """Sign in, and return the answer when the browser has come back."""
    brought = provider.sign_in(gone_to_the_provider(browser, path))
    return browser.get("/sign-in/callback", params=brought)


def because(logs):
    return [line["because"] for line in logs if line["event"] == "sign_in_refused"]


def test_somebody_of_the_staff_is_let_in_and_comes_to_where_they_wanted_to_go(web, provider):
    browser = web.stranger()
    answer = came_back(browser, provider, "/sign-in?next=/%3Fa%3D1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?a=1")
    assert "Agneta Brandt" in text_of(browser.get("/"))


def test_the_browser_is_sent_away_with_pkce_and_a_new_state_and_nonce_each_time(web, provider):
    first, second = (
        parse_qs(urlsplit(gone_to_the_provider(web.stranger())).query) for _ in range(2)
    )
    assert first["redirect_uri"] == [BASE + "/sign-in/callback"]
    assert first["code_challenge_method"] == ["S256"]
    assert all(first[name] != second[name] for name in ("state", "nonce", "code_challenge"))


def test_somebody_who_is_not_of_the_staff_is_refused(web, provider):
    provider.claims["preferred_username"] = "stranger@exempelstad.example"
    browser = web.stranger()
    with capture_logs() as logs:
        assert came_back(browser, provider).status_code == 403
    assert because(logs) == ["stranger"]
    assert "stranger@" not in str(logs)
    assert browser.get("/").status_code == 303


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-application"},
        {"aud": []},
        {"aud": None},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"iss": "http://127.0.0.1:1"},
        {"iss": None},
        {"exp": 1},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"preferred_username": None},
        {"preferred_username": ["agneta.brandt@exempelstad.example"]},
    ],
    ids=lambda claims: "-".join(f"{name}:{value}" for name, value in claims.items())[:50],
)
def test_a_token_with_a_wrong_claim_lets_nobody_in(web, provider, claims):
    provider.claims.update(claims)
    browser = web.stranger()
    assert came_back(browser, provider).status_code == 403
    assert browser.get("/").status_code == 303


def test_a_token_that_has_been_over_for_two_minutes_is_not_believed(web, provider):
    provider.claims["exp"] = provider.now - 120
    assert came_back(web.stranger(), provider).status_code == 403


def test_a_token_signed_with_a_key_that_the_provider_does_not_show_is_not_believed(
    web, provider, key
):
    provider.published = [key]
    provider.key = make_key("first")
    assert came_back(web.stranger(), provider).status_code == 403


def test_a_token_signed_with_the_secret_that_we_share_is_not_believed(web, provider):
    """Whoever knows the client's secret must not be able to write tokens."""
    from joserfc.jwk import OctKey

    provider.key = OctKey.import_key(SECRET.encode().ljust(32), {"kid": "first"})
    provider.algorithm = "HS256"
    assert came_back(web.stranger(), provider).status_code == 403


def test_a_new_key_of_the_provider_is_fetched_when_a_token_names_it(web, provider):
    assert came_back(web.stranger(), provider).status_code == 303
    provider.key = make_key("second")
    provider.published = [provider.key]
    assert came_back(web.stranger(), provider).status_code == 303


def test_what_the_provider_says_of_itself_is_asked_for_once(web, provider):
    for _ in range(3):
        came_back(web.stranger(), provider)
    assert provider.asked.count("/.well-known/openid-configuration") == 1
    assert provider.asked.count("/keys") == 1


def test_another_state_than_the_one_that_was_sent_is_refused_before_the_provider_is_asked(
    web, provider
):
    browser = web.stranger()
    brought = provider.sign_in(gone_to_the_provider(browser))
    answer = browser.get("/sign-in/callback", params={**brought, "state": "another"})
    assert answer.status_code == 403
    assert "/token" not in provider.asked


def test_nobody_can_be_signed_in_by_a_link_that_somebody_else_began(web, provider):
    brought = provider.sign_in(gone_to_the_provider(web.stranger()))
    victim = web.stranger()
    assert victim.get("/sign-in/callback", params=brought).status_code == 403
    assert victim.get("/").status_code == 303


def test_coming_back_twice_lets_in_once(web, provider):
    browser = web.stranger()
    brought = provider.sign_in(gone_to_the_provider(browser))
    assert browser.get("/sign-in/callback", params=brought).status_code == 303
    assert browser.get("/sign-in/callback", params=brought).status_code == 403


def test_coming_back_after_ten_minutes_is_too_late(web, provider, city):
    browser = web.stranger()
    brought = provider.sign_in(gone_to_the_provider(browser))
    city.later(minutes=11)
    assert browser.get("/sign-in/callback", params=brought).status_code == 403


def test_a_refusal_of_the_provider_is_a_refusal_of_ours_and_shows_nothing_of_its_words(
    web, provider
):
    browser = web.stranger()
    state = provider.sign_in(gone_to_the_provider(browser))["state"]
    said = {"error": "access_denied", "error_description": "<b>boom</b>", "state": state}
    answer = browser.get("/sign-in/callback", params=said)
    assert answer.status_code == 403
    assert "boom" not in answer.text


def test_a_session_that_was_there_before_is_replaced_by_signing_in(web, provider):
    browser = web.stranger()
    came_back(browser, provider)
    before = browser.cookies["__Host-sammadag"]
    came_back(browser, provider)
    assert browser.cookies["__Host-sammadag"] != before


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
def test_a_provider_that_fails_is_told_as_such_and_lets_nobody_in(web, provider, path):
    provider.fails.add(path)
    browser = web.stranger()
    answer = browser.get("/sign-in")
    if answer.status_code == 303:
        brought = provider.sign_in(answer.headers["location"])
        answer = browser.get("/sign-in/callback", params=brought)
    assert answer.status_code == 503
    assert "svarar inte" in text_of(answer)
    assert browser.get("/").status_code == 303


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "http://127.0.0.1:1"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
    ],
)
def test_a_description_that_cannot_be_trusted_is_not_followed(web, provider, discovery):
    provider.discovery.update(discovery)
    assert web.stranger().get("/sign-in").status_code == 503


def test_a_group_of_the_provider_gives_the_right_that_the_settings_name(web, provider):
    provider.claims["groups"] = ["everybody", "Drift-Samma-Dag"]
    browser = web.stranger()
    came_back(browser, provider)
    assert 'href="/operations"' in browser.get("/").text


def test_without_the_group_there_is_no_such_right(web, provider):
    provider.claims["groups"] = ["everybody"]
    browser = web.stranger()
    came_back(browser, provider)
    assert 'href="/operations"' not in browser.get("/").text
    assert browser.get("/operations").status_code == 403


def test_groups_that_give_no_right_are_not_remembered(web, provider):
    provider.claims["groups"] = ["secret-project", "drift-samma-dag"]
    browser = web.stranger()
    came_back(browser, provider)
    cookie = browser.cookies["__Host-sammadag"].split(".")[0]
    assert urlsafe_b64encode(b"secret-project").decode().rstrip("=") not in cookie
    session = web.web.sessions.read(browser.cookies["__Host-sammadag"], web.city.clock.now())
    assert session.groups == ("drift-samma-dag",)


def test_an_address_that_the_provider_has_not_verified_is_not_believed(city, provider):
    oidc = {
        "issuer": provider.issuer,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "email_claim": "email",
    }
    provider.claims.update(email="agneta.brandt@exempelstad.example", email_verified=False)
    assert came_back(WebCity(city, oidc=oidc).stranger(), provider).status_code == 403


def test_signing_in_never_leads_to_another_site(web, provider):
    answer = came_back(web.stranger(), provider, "/sign-in?next=//evil.example/")
    assert answer.headers["location"] == "/"
