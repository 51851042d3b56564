import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.vocabulary import PersonKey, Right
from tests.letters import ORDINARY
from tests.web.conftest import HOLDERS
from tests.web_city import text_of

CALL = {
    "customer": "Kulturförvaltningen",
    "callback": "08-46500417",
    "process": "kundreskontra",
    "matter": "fakturering",
    "invoices": "",
    "note": "Undrar om Sälgvägen 4711.",
}
SAMPLE = {"process": "kundreskontra", "first": "2026-01-01", "last": "2026-03-03", "size": "5"}


@pytest.fixture
def browser(web_city):
    return web_city.browser()


def key_of(page):
    """Return the key that stands in all forms of a page."""
    (found,) = set(re.findall(r'name="once" value="([^"]+)"', page.text))
    return found


def test_a_call_whose_form_is_sent_twice_is_logged_once(city, browser):
    once = key_of(browser.get("/phone"))
    first = text_of(browser.done("/phone/log", once=once, **CALL))
    second = text_of(browser.done("/phone/log", once=once, **CALL))
    (case,) = city.cases()
    for page in (first, second):
        assert f"Ärende {case.number} är loggat." in page


def test_two_clicks_at_the_same_moment_log_one_call(city, web_city):
    browsers = [web_city.browser(), web_city.browser()]
    once = key_of(browsers[0].get("/phone"))
    with ThreadPoolExecutor(2) as threads:
        sent = [threads.submit(one.post, "/phone/log", once=once, **CALL) for one in browsers]
    assert [one.result().status_code for one in sent] == [303, 303]
    assert len(city.cases()) == 1


def test_each_page_has_a_key_of_its_own_so_that_the_same_call_can_be_logged_again(city, browser):
    for _ in range(2):
        browser.done("/phone/log", once=key_of(browser.get("/phone")), **CALL)
    assert len(city.cases()) == 2


def test_another_call_from_an_old_page_is_logged_too(city, browser):
    once = key_of(browser.get("/phone"))
    browser.done("/phone/log", once=once, **CALL)
    browser.done("/phone/log", once=once, **CALL | {"customer": "Svea Svensson"})
    assert len(city.cases()) == 2


def test_a_colleague_who_sends_the_same_is_not_taken_for_the_same_person(city, web_city, browser):
    once = key_of(browser.get("/phone"))
    browser.done("/phone/log", once=once, **CALL)
    web_city.browser(PersonKey("ebba-nyren")).done("/phone/log", once=once, **CALL)
    assert len(city.cases()) == 2


def test_a_form_that_was_refused_can_be_sent_again(city, browser):
    once = key_of(browser.get("/phone"))
    assert browser.post("/phone/log", once=once, **CALL | {"matter": ""}).status_code == 422
    assert browser.post("/phone/log", once=once, **CALL | {"matter": ""}).status_code == 422
    browser.done("/phone/log", once=once, **CALL)
    assert len(city.cases()) == 1


def test_a_sample_whose_form_is_sent_twice_is_drawn_once(city, web_city, browser):
    city.post(**ORDINARY)
    city.work_off()
    (case,) = city.cases()
    browser.done(f"/cases/{case.number}/close")
    manager = web_city.browser(PersonKey(HOLDERS[Right.MANAGER]))
    once = key_of(manager.get("/control"))
    sent = [manager.post("/control", once=once, seed="mars", **SAMPLE) for _ in range(2)]
    assert sent[0].headers["location"] == sent[1].headers["location"]
    assert len(web_city.web.house().control.listed()) == 1


def test_a_remark_whose_form_is_sent_twice_is_registered_once(browser):
    once = key_of(browser.get("/remarks/new"))
    remark = {"text": "Köerna är långa.", "unit": "kundreskontra", "nature": "complaint"}
    sent = [browser.post("/remarks/new", once=once, **remark) for _ in range(2)]
    assert sent[0].status_code == 303, text_of(sent[0])
    assert sent[0].headers["location"] == sent[1].headers["location"]


def test_a_draft_whose_form_is_sent_twice_is_begun_once(city, browser):
    city.post(**ORDINARY)
    city.work_off()
    (case,) = city.cases()
    at = f"/cases/{case.number}/reply"
    once = key_of(browser.get(at))
    for _ in range(2):
        browser.done(at, once=once, template="done")
    assert len(city.app.replies.listed(case.id)) == 1


def test_the_address_of_a_form_that_was_refused_opens_the_page_that_it_belongs_to(city, browser):
    city.post(**ORDINARY)
    city.work_off()
    (case,) = city.cases()
    at = f"/cases/{case.number}"
    assert browser.post(f"{at}/merge", into=str(case.number)).status_code == 409
    for form in ("merge", "close", "undo"):
        answer = browser.get(f"{at}/{form}")
        assert (answer.status_code, answer.headers["location"]) == (303, at)
    assert browser.get("/phone/log").headers["location"] == "/phone"
    assert browser.get("/phone/1/feedback").headers["location"] == "/phone"


def test_choosing_a_language_after_a_refused_form_leads_back_to_its_page(city, browser):
    city.post(**ORDINARY)
    city.work_off()
    (case,) = city.cases()
    page = browser.post(f"/cases/{case.number}/merge", into=str(case.number))
    (back,) = re.findall(r'name="back" value="([^"]*)"', page.text)
    answer = browser.post("/language", language="en", back=back)
    again = browser.get(answer.headers["location"])
    assert again.headers["location"] == f"/cases/{case.number}"
