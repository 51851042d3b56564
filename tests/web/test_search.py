import pytest

from tests.letters import ORDINARY, PROTECTED, URGENT_INVOICE
from tests.web_city import text_of


@pytest.fixture
def browser(web_city):
    return web_city.browser()


@pytest.fixture
def case(city):
    city.post(**ORDINARY)
    city.work_off()
    return city.cases()[-1]


def test_the_page_asks_what_is_searched_for(browser):
    page = browser.get("/search")
    assert page.status_code == 200
    assert "Vad söker du?" in text_of(page)


def test_words_of_a_mail_are_found_and_marked(browser, case):
    page = browser.post("/search", question="förening")
    assert str(case.number) in page.text
    assert "<mark>förening</mark>" in page.text


def test_a_whole_case_number_leads_straight_to_the_case(browser, case):
    for question in (str(case.number), f"#{case.number}", f" [#{case.number}-k7] "):
        answer = browser.post("/search", question=question)
        assert answer.headers["location"] == f"/cases/{case.number}"


def test_an_invoice_number_finds_its_case(city, browser):
    city.post(**URGENT_INVOICE)
    city.work_off()
    assert str(city.cases()[0].number) in browser.post("/search", question="40012345").text


def test_what_a_mail_says_is_no_html_in_what_is_found(city, browser):
    city.post(**{**ORDINARY, "text": "Hej <img src=x onerror=alert(1)> bananbåt <b>"})
    city.work_off()
    page = browser.post("/search", question="bananbåt").text
    assert "<img" not in page
    assert "<mark>bananbåt</mark>" in page


def test_protected_cases_are_not_found_by_those_who_may_not_see_them(city, browser):
    city.post(**PROTECTED)
    city.work_off()
    page = browser.post("/search", question="19900101-2384")
    assert "Inget ärende hittades" in text_of(page)


def test_what_is_searched_for_stands_in_no_address(browser, case):
    form = browser.get("/search").text
    assert 'method="post" action="/search"' in form
    assert browser.get("/search", question="förening").text.count("<mark>") == 0


@pytest.mark.parametrize("question", ["", "   ", '"', "*", "NEAR(", "%", "x" * 10_000, "\0"])
def test_any_question_is_answered(browser, case, question):
    assert browser.post("/search", question=question).status_code == 200
