import re
from html import unescape

import pytest

from bot.vocabulary import PersonKey
from tests.web_city import text_of

MANAGER = PersonKey("anette-forsbro")


@pytest.fixture
def browser(web_city):
    return web_city.browser(MANAGER)


def a_customer(web_city):
    return next(iter(web_city.city.app.knowledge.customers))


def test_the_tertial_report_shows_the_five_goals(browser):
    page = text_of(browser.get("/reports/tertial", period="2026-T1"))
    assert "Tertialrapport, T1 2026" in page
    assert "5. Rätt service" in page


def test_without_a_period_it_is_the_last_whole_tertial(browser):
    assert "Tertialrapport, T3 2025" in text_of(browser.get("/reports/tertial"))


def test_the_sheet_for_a_customer_meeting_is_named_after_the_customer(web_city, browser):
    key = a_customer(web_city)
    page = browser.get("/reports/customer", customer=key, period="2026-02")
    assert web_city.city.app.knowledge.customer_name(key) in unescape(page.text)


def test_the_name_of_a_customer_is_in_no_file_name(web_city, browser):
    query = {"customer": a_customer(web_city), "period": "2026-02", "form": "xlsx"}
    answer = browser.get("/reports/customer", **query)
    assert 'filename="kundmote-2026-02.xlsx"' in answer.headers["content-disposition"]


def test_the_quarters_of_a_year_are_shown(browser):
    assert "kvartal 1 2026" in text_of(browser.get("/reports/quarter", period="2026"))


def test_each_report_offers_its_files(browser):
    page = browser.get("/reports/quarter", period="2026")
    links = [unescape(link) for link in re.findall(r'href="(/reports/quarter[^"]+)"', page.text)]
    assert len(links) == 3
    assert all(browser.client.get(link).status_code == 200 for link in links)


@pytest.mark.parametrize(
    ("path", "typed", "field"),
    [
        ("/reports/tertial", {"period": "2026-11"}, "tertial"),
        ("/reports/quarter", {"period": "våren"}, "year"),
        ("/reports/customer", {"period": "2026-02"}, "customer"),
        ("/reports/customer", {"period": "våren"}, "period"),
    ],
)
def test_a_choice_that_makes_no_sense_is_said_beside_its_field(browser, path, typed, field):
    answer = browser.get(path, **typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


@pytest.mark.parametrize(
    "path", ["/reports", "/reports/tertial", "/reports/customer", "/reports/quarter"]
)
def test_reports_are_for_managers(web_city, path):
    assert web_city.browser().get(path).status_code == 403
