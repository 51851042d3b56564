import re

import pytest

from bot.web.door import LANGUAGE
from tests.web_city import text_of


@pytest.fixture
def browser(web_city):
    return web_city.browser()


def names_in(page):
    return re.findall(r'href="/templates/([a-z_]+)"', page.text)


def test_every_template_is_listed_with_its_purpose(browser, city):
    page = browser.get("/templates")
    assert sorted(names_in(page)) == sorted(city.app.templates.names())
    assert city.app.templates.get("delayed").purpose in text_of(page)


def test_templates_are_found_by_matter(browser):
    found = names_in(browser.get("/templates", matter="makulering"))
    assert "invoice_cancelled" in found
    assert "rent_adjusted" not in found


def test_a_template_is_shown_as_the_customer_sees_it(browser):
    page = text_of(browser.get("/templates/extension_registered"))
    letter = page.partition("Så ser kunden brevet")[2].partition("Om mallen")[0]
    assert "Hej" in letter
    assert "{{" not in letter


def test_a_template_is_shown_in_english_on_request(browser):
    page = browser.get("/templates/received", language="en")
    assert '<div class="card" lang="en">' in page.text


def test_a_language_that_a_template_lacks_shows_its_own(browser):
    assert browser.get("/templates/received", language="xx").status_code == 200


def test_a_template_is_reviewed_for_plain_language(browser):
    assert "Klarspråk" in text_of(browser.get("/templates/delayed"))


def test_a_template_that_does_not_exist_is_not_found(browser):
    assert browser.get("/templates/nonsens").status_code == 404


def test_templates_are_described_in_the_language_of_the_reader(browser, web_city):
    browser.client.cookies.set(web_city.web.jar.name(LANGUAGE), "en")
    for path in ("/templates", "/templates/delayed"):
        page = text_of(browser.get(path))
        assert "Says that it takes longer, why, and which date holds now." in page
        assert "Försening" not in page
    assert "When we expect to be done" in text_of(browser.get("/templates/delayed"))
