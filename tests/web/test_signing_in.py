from datetime import timedelta

from bot.vocabulary import PersonKey
from tests.web_city import BASE, text_of


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


def test_a_one_time_link_works_once(web_city, city):
    way = web_city.ways[0]
    way._email = city.app.knowledge.people[PersonKey("agneta-brandt")].email
    first, second = web_city.stranger(), web_city.stranger()
    link = way.path
    assert first.get(link).headers["location"] == "/"
    assert first.get("/").status_code == 200
    assert second.get(link).status_code == 403


def test_signing_in_never_leads_to_another_site(web_city, city):
    way = web_city.ways[0]
    way._email = city.app.knowledge.people[PersonKey("agneta-brandt")].email
    answer = web_city.stranger().get(way.path + "&next=//evil.example/")
    assert answer.headers["location"] == "/"


def test_signing_out_ends_the_session_in_the_browser(web_city):
    answer = web_city.browser().client.post("/sign-out", headers={"origin": BASE})
    assert "Max-Age=0" in answer.headers["set-cookie"]
