import re

from tests.letters import ORDINARY, PROTECTED, URGENT_INVOICE
from tests.web_city import text_of


def test_the_start_shows_what_waits_for_the_viewer_and_their_team(city, web_city):
    city.post(**ORDINARY)
    city.work_off()
    (case,) = city.cases()
    browser = web_city.browser()
    page = browser.get("/")
    assert f'href="/cases/{case.number}"' in page.text
    assert "Inget väntar på dig" in text_of(page)


def test_the_start_hides_protected_cases(city, web_city):
    city.post(**PROTECTED)
    city.work_off()
    assert str(city.cases()[0].number) not in web_city.browser().get("/").text


def test_an_urgent_case_that_is_late_says_so_on_the_start(city, web_city):
    city.post(**URGENT_INVOICE)
    city.work_off()
    assert "för sent" not in text_of(web_city.browser().get("/"))
    city.later(days=10)
    assert "för sent" in text_of(web_city.browser().get("/"))


def test_the_marks_of_a_case_do_not_run_into_the_words_beside_them(city, web_city):
    city.post(**URGENT_INVOICE)
    city.work_off()
    page = web_city.browser().get("/").text
    assert 'class="badge urgent"' in page
    assert not re.search(r'class="badge [^>]*>[^<]*</span><', page)
