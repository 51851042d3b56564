import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.vocabulary import EventKind, PersonKey, Right
from tests.letters import ORDINARY, URGENT_INVOICE
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


ACTS = [
    ("take", {}, EventKind.TAKEN),
    ("give", {"to": "person:ebba-nyren"}, EventKind.HANDED_OVER),
    ("move", {"new_process": "leverantorsreskontra"}, EventKind.MOVED_PROCESS),
    ("feedback", {"said": "ongoing"}, EventKind.FEEDBACK_ONGOING),
    ("wait", {"waits_for": "waiting_customer"}, EventKind.WAITING),
    ("close", {"confirmed": "yes", "reason": "credited"}, EventKind.CLOSED),
    ("acknowledge", {}, EventKind.ACKNOWLEDGED),
    ("escalate", {}, EventKind.ESCALATED),
]


def case_page(city, browser):
    """Return an urgent case, where its page is, and the key in the forms of the page."""
    city.post(**URGENT_INVOICE)
    city.work_off()
    (case,) = city.cases()
    at = f"/cases/{case.number}"
    return case, at, key_of(browser.get(at))


def undo_on(page):
    """Return the address that takes back what a page says was done."""
    (found,) = set(re.findall(r'action="([^"]+/undo\?[^"]+)"', page.text))
    return found


@pytest.mark.parametrize(("act", "fields", "kind"), ACTS, ids=[act for act, *_ in ACTS])
def test_an_act_on_a_case_that_is_clicked_twice_is_done_once_and_leads_to_the_case(
    city, browser, act, fields, kind
):
    case, at, once = case_page(city, browser)
    before = city.events(case).count(kind)
    for _ in range(2):
        answer = browser.post(f"{at}/{act}", once=once, **fields)
        assert (answer.status_code, answer.headers.get("location")) == (303, at)
    assert city.events(case).count(kind) == before + 1


def test_an_act_that_is_taken_back_by_a_double_click_is_taken_back_once(city, browser):
    case, at, once = case_page(city, browser)
    browser.done(f"{at}/take", once=once)
    page = browser.done(f"{at}/wait", waits_for="waiting_customer")
    for _ in range(2):
        answer = browser.post(undo_on(page), once=key_of(page))
        assert (answer.status_code, answer.headers.get("location")) == (303, at)
    assert city.events(case).count(EventKind.UNDONE) == 1


def test_the_same_act_some_time_later_is_an_act_of_its_own(city, browser):
    case, at, once = case_page(city, browser)
    browser.done(undo_on(browser.done(f"{at}/take", once=once)))
    city.clock.advance(timedelta(seconds=30))
    browser.done(f"{at}/take", once=once)
    (case,) = city.cases()
    assert case.owner == "agneta-brandt"


def test_a_colleague_who_closes_what_was_closed_meanwhile_is_told(city, web_city, browser):
    _, at, once = case_page(city, browser)
    colleague = web_city.browser(PersonKey("ebba-nyren"))
    of_colleague = key_of(colleague.get(at))
    closing = {"confirmed": "yes", "reason": "credited"}
    browser.done(f"{at}/close", once=once, **closing)
    assert colleague.post(f"{at}/close", once=of_colleague, **closing).status_code == 409


def test_a_draft_that_is_discarded_by_a_double_click_leads_to_the_case(city, browser):
    case, at, once = case_page(city, browser)
    draft = city.app.replies.draft(case, "done", by=PersonKey("agneta-brandt"))
    once = key_of(browser.get(f"{at}/replies/{draft.id}"))
    for _ in range(2):
        answer = browser.post(f"{at}/replies/{draft.id}/discard", once=once)
        assert (answer.status_code, answer.headers.get("location")) == (303, at)


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
