import re
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.vocabulary import PersonKey
from bot.web.door import own_path
from bot.web.tries import MOST_OF_ALL, MOST_OF_ONE
from tests.web_city import BASE, HANDLER, WebCity, text_of

COOKIE = "__Host-sammadag"


def test_a_stranger_is_sent_to_sign_in_and_comes_back_to_where_they_wanted_to_go(web_city):
    answer = web_city.stranger().get("/?a=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/%3Fa%3D1"


def test_a_signed_in_person_sees_the_start(web_city):
    page = web_city.browser().get("/")
    assert page.status_code == 200
    assert "Agneta Brandt" in text_of(page)


def test_a_session_ends_after_the_hours_of_the_settings(web_city):
    then = web_city.city.clock.now() - timedelta(hours=10)
    assert web_city.browser(at=then).get("/").status_code == 303


def test_somebody_who_has_left_is_not_let_in_with_an_old_session(web_city):
    assert web_city.browser(PersonKey("has-left")).get("/").status_code == 303


def test_a_changed_cookie_signs_nobody_in(web_city):
    browser = web_city.browser()
    (cookie,) = browser.client.cookies.jar
    cookie.value = "x" + cookie.value
    assert browser.get("/").status_code == 303


@pytest.mark.parametrize("value", ["", ".", "e30.x", "\x00", "é" * 10, "x" * 5000])
def test_a_cookie_of_nonsense_signs_nobody_in(web_city, value):
    answer = web_city.stranger().get("/", headers={"cookie": f"{COOKIE}={value}".encode()})
    assert answer.status_code == 303


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_unencrypted_nor_planted(web_city):
    answer = web_city.stranger().get(web_city.link.path)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "domain" not in cookie.lower()


def test_without_https_the_cookie_has_a_name_that_browsers_take(city):
    web_city = WebCity(city, base_url="http://127.0.0.1:8000")
    browser = web_city.stranger()
    answer = browser.get("http://127.0.0.1:8000" + web_city.link.path)
    assert answer.headers["set-cookie"].startswith("sammadag=")
    assert "Secure" not in answer.headers["set-cookie"]


# The link that works once


def test_a_one_time_link_works_once(web_city):
    first, second = web_city.stranger(), web_city.stranger()
    link = web_city.link.path
    assert first.get(link).headers["location"] == "/"
    assert first.get("/").status_code == 200
    assert second.get(link).status_code == 403


def test_looking_ahead_does_not_use_a_link_up(web_city):
    link = web_city.link.path
    assert "set-cookie" not in web_city.stranger().head(link).headers
    assert web_city.stranger().get(link).status_code == 303


def test_signing_in_never_leads_to_another_site(web_city):
    answer = web_city.stranger().get(web_city.link.path + "&next=//evil.example/")
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/ok\\..\\evil",
        "\\\\evil.example",
        "/\tx",
        "/\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        " //evil.example",
        "evil.example",
        "",
        "/sign-in",
        "/sign-out",
        "/" + "x" * 2000,
    ],
)
def test_only_addresses_of_ours_are_gone_to(path):
    assert own_path(path) == "/"


def test_an_address_of_ours_is_gone_to_with_all_that_belongs_to_it():
    assert own_path("/cases/2026-000123?view=mail#last") == "/cases/2026-000123?view=mail#last"


# Too many tries


def test_whoever_has_failed_ten_times_must_wait_and_cannot_sign_in_even_with_the_right_link(
    web_city,
):
    guesser = web_city.stranger("10.0.0.1")
    answers = [guesser.get("/sign-in?code=guess").status_code for _ in range(MOST_OF_ONE)]
    assert set(answers) == {403}
    refused = guesser.get(web_city.link.path)
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "300"
    assert web_city.stranger("10.0.0.2").get(web_city.link.path).status_code == 303


def test_after_five_minutes_one_may_try_again(web_city, city):
    guesser = web_city.stranger("10.0.0.1")
    for _ in range(MOST_OF_ONE):
        guesser.get("/sign-in?code=guess")
    city.later(minutes=5)
    assert guesser.get(web_city.link.path).status_code == 303


def test_a_network_of_version_six_counts_as_one_address(web_city):
    for number in range(MOST_OF_ONE):
        web_city.stranger(f"2001:db8::{number + 1}").get("/sign-in?code=guess")
    assert web_city.stranger("2001:db8::ffff").get("/sign-in").status_code == 429
    assert web_city.stranger("2001:db8:0:1::1").get("/sign-in").status_code == 403


def test_very_many_failures_from_everywhere_stop_all_tries_and_no_session(web_city):
    browser = web_city.browser()
    for number in range(MOST_OF_ALL):
        web_city.stranger(f"10.1.{number // 250}.{number % 250}").get("/sign-in?code=guess")
    assert web_city.stranger("10.2.0.1").get(web_city.link.path).status_code == 429
    assert browser.get("/").status_code == 200


def test_behind_a_reverse_proxy_each_person_counts_for_themselves(web_city):
    for _ in range(MOST_OF_ONE):
        web_city.stranger("127.0.0.1", **{"x-forwarded-for": "10.9.9.9, 10.0.0.1"}).get("/sign-in")
    same = web_city.stranger("127.0.0.1", **{"x-forwarded-for": "10.8.8.8, 10.0.0.1"})
    other = web_city.stranger("127.0.0.1", **{"x-forwarded-for": "10.0.0.1, 10.0.0.2"})
    assert same.get("/sign-in").status_code == 429
    assert other.get("/sign-in").status_code == 403


def test_nobody_else_can_claim_to_come_from_elsewhere(web_city):
    for number in range(MOST_OF_ONE):
        forwarded = {"x-forwarded-for": f"10.9.9.{number}"}
        web_city.stranger("10.0.0.1", **forwarded).get("/sign-in")
    assert web_city.stranger("10.0.0.1").get("/sign-in").status_code == 429


# Signing out


def test_signing_out_ends_the_session_in_the_browser(web_city):
    browser = web_city.stranger()
    browser.get(web_city.link.path)
    token = re.search('name="token" value="([^"]+)"', browser.get("/").text)[1]
    answer = browser.post("/sign-out", data={"token": token})
    assert "Du är utloggad" in text_of(answer)
    assert COOKIE not in browser.cookies


def test_signing_out_ends_the_session_for_whoever_has_a_copy_of_the_cookie(web_city):
    browser, thief = web_city.browser(), web_city.stranger()
    thief.cookies.set(COOKIE, browser.client.cookies[COOKIE])
    assert thief.get("/").status_code == 200
    browser.post("/sign-out")
    assert thief.get("/").status_code == 303


def test_signing_out_ends_no_other_session_of_the_same_person(web_city):
    at_work, at_home = web_city.browser(), web_city.browser()
    at_work.post("/sign-out")
    assert at_home.get("/").status_code == 200


def test_nobody_is_signed_out_by_a_form_without_its_token(web_city):
    browser = web_city.browser()
    browser.client.post("/sign-out", headers={"origin": BASE})
    assert browser.get("/").status_code == 200


def test_signing_out_without_a_session_says_so_all_the_same(web_city):
    assert "Du är utloggad" in text_of(web_city.stranger().post("/sign-out"))


# The header of a reverse proxy

PROXY = {"addresses": ["10.0.0.7", "10.1.0.0/16"], "header": "X-Remote-User"}
AGNETA = {"x-remote-user": "agneta.brandt@exempelstad.example"}
EBBA = {"x-remote-user": "ebba.nyren@exempelstad.example"}


@pytest.fixture
def behind(city):
    return WebCity(city, proxy=PROXY)


def signed_in(behind, address="10.0.0.7", **headers):
    browser = behind.stranger(address, **headers)
    assert browser.get("/sign-in").status_code == 303
    return browser


@pytest.mark.parametrize("address", ["10.0.0.7", "10.1.2.3", "::ffff:10.0.0.7"])
def test_whom_the_proxy_names_is_let_in(behind, address):
    assert "Agneta Brandt" in text_of(signed_in(behind, address, **AGNETA).get("/"))


def test_the_header_is_ignored_from_anybody_else_and_that_is_logged(behind):
    with capture_logs() as logs:
        answer = behind.stranger("10.0.0.8", **AGNETA).get("/sign-in")
    assert answer.status_code == 403
    events = [line["event"] for line in logs]
    assert events == ["proxy_header_ignored", "sign_in_refused"]
    assert "agneta" not in str(logs)


def test_a_session_opens_nothing_past_the_proxy(behind):
    inside = signed_in(behind, **AGNETA)
    past = behind.stranger("10.0.0.8", **AGNETA)
    past.cookies.set(COOKIE, inside.cookies[COOKIE])
    assert past.get("/").status_code == 303


def test_the_session_is_over_when_the_proxy_names_somebody_else(behind):
    browser = signed_in(behind, **AGNETA)
    assert browser.get("/", headers=EBBA).status_code == 303
    browser.get("/sign-in", headers=EBBA)
    assert "Ebba Nyrén" in text_of(browser.get("/", headers=EBBA))


def test_the_session_is_over_when_the_proxy_names_nobody(behind):
    cookie = signed_in(behind, **AGNETA).cookies[COOKIE]
    browser = behind.stranger("10.0.0.7")
    browser.cookies.set(COOKIE, cookie)
    assert browser.get("/").status_code == 303


def test_a_header_that_comes_twice_lets_nobody_in(behind):
    browser = behind.stranger("10.0.0.7")
    twice = [*AGNETA.items(), *EBBA.items()]
    assert browser.get("/sign-in", headers=twice).status_code == 403


def test_whom_the_proxy_names_and_nobody_knows_is_refused(behind):
    browser = behind.stranger("10.0.0.7", **{"x-remote-user": "x@elsewhere.example"})
    assert browser.get("/sign-in").status_code == 403


# Languages


def test_one_sees_the_page_in_the_language_that_one_chooses(web_city):
    browser = web_city.browser()
    page = browser.done("/language", language="en", back="/?a=1")
    assert '<html lang="en">' in page.text
    assert page.url.query == b"a=1"
    assert '<html lang="sv">' in browser.done("/language", language="sv").text


def test_choosing_a_language_never_leads_to_another_site(web_city):
    answer = web_city.browser().post("/language", language="en", back="//evil.example")
    assert answer.headers["location"] == "/"


def test_a_language_that_we_do_not_speak_is_swedish(web_city):
    assert '<html lang="sv">' in web_city.browser().done("/language", language="xx").text


def test_errors_are_told_in_the_language_of_the_one_who_is_signed_in(web_city):
    browser = web_city.browser()
    browser.post("/language", language="en")
    page = browser.get("/no-such-page")
    assert page.status_code == 404
    assert "The page does not exist" in text_of(page)
    assert "Agneta Brandt" in text_of(page)


def test_a_stranger_with_an_english_browser_is_refused_in_english(web_city):
    answer = web_city.stranger(**{"accept-language": "en-GB,sv"}).get("/sign-in?code=x")
    assert "You are not signed in" in text_of(answer)


# Forms of a session that is over


def test_a_form_that_is_sent_without_a_session_says_how_to_save_what_was_written(web_city):
    answer = web_city.stranger().post("/language", data={"language": "en"})
    assert answer.status_code == 403
    assert "kopiera det du har skrivit" in text_of(answer)


def test_a_form_of_an_earlier_session_gives_back_what_was_written(web_city):
    browser = web_city.browser(HANDLER)
    old = web_city.browser(HANDLER, at=web_city.city.clock.now() - timedelta(hours=1)).token
    text = "Ett långt svar som någon har skrivit <b>med möda</b>"
    answer = browser.client.post("/language", data={"token": old, "text": text})
    assert answer.status_code == 403
    assert "skrivit &lt;b&gt;med möda" in answer.text


def test_a_part_of_a_page_that_is_asked_for_without_a_session_leaves_the_page_as_it_is(web_city):
    answer = web_city.stranger(**{"hx-request": "true"}).get("/")
    assert (answer.status_code, answer.text) == (204, "")
