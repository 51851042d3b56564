from tests.letters import ORDINARY, PROTECTED
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
