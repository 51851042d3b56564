import pytest

from bot.web.article_text import paragraphs
from tests.web_city import text_of

PAGES = (
    "/knowledge",
    "/knowledge/people",
    "/knowledge/customers",
    "/knowledge/articles",
    "/knowledge/processes/kundreskontra",
)


@pytest.fixture
def browser(web_city):
    return web_city.browser()


def test_each_process_stands_with_its_mailbox_and_teams(browser):
    page = text_of(browser.get("/knowledge"))
    card = page.partition("Kundreskontra [KR]")[2][:400]
    assert "kundreskontra@exempelstad.example" in card
    assert "Chef" in card


def test_a_process_shows_its_people_articles_and_templates(browser):
    page = browser.get("/knowledge/processes/kundreskontra")
    assert "Agneta Brandt" in text_of(page)
    assert 'href="/knowledge/articles/anstand"' in page.text
    assert 'href="/templates/extension_registered"' in page.text


def test_a_process_says_what_must_most_often_be_asked_for(browser):
    said = text_of(browser.get("/knowledge/processes/kundreskontra"))
    asked = "fakturanummer, önskat nytt datum och orsak"
    assert f"Anstånd. Oftast behöver du fråga efter {asked}." in said


def test_a_process_that_does_not_exist_is_not_found(browser):
    assert browser.get("/knowledge/processes/nonsens").status_code == 404


def test_everybody_is_found_with_team_and_address(browser, city):
    page = text_of(browser.get("/knowledge/people"))
    assert all(person.name in page for person in city.app.knowledge.people.values())
    assert "amir.haddad@exempelstad.example" in page


def test_somebody_who_is_away_is_told_without_a_reason(web_city, city):
    city.later(days=281)
    page = text_of(web_city.browser().get("/knowledge/people"))
    row = page.partition("amir.haddad@exempelstad.example")[2][:20]
    assert row.strip().startswith("borta i dag")


def test_each_customer_stands_with_its_own_teams_and_the_contacts(browser):
    page = text_of(browser.get("/knowledge/customers"))
    assert "Kulturförvaltningen" in page
    assert "Amir Haddad" in page.partition("Kundkontakter")[2]


def test_an_article_is_shown_with_sources_and_owner(browser):
    page = text_of(browser.get("/knowledge/articles/anstand"))
    assert "Anstånd betyder att kunden får längre tid" in page
    assert "Verksamhetsplan 2018, God tillgänglighet" in page
    assert "Ägare Kundreskontra" in page


def test_the_lists_of_an_article_are_lists(browser):
    page = browser.get("/knowledge/articles/aterbetalning").text
    assert "<li>Har vi redan betalat tillbaka?</li>" in page


def test_an_article_that_does_not_exist_is_not_found(browser):
    assert browser.get("/knowledge/articles/nonsens").status_code == 404


def test_a_question_finds_the_article_that_answers(browser):
    answer = browser.post("/knowledge/articles", question="vad gäller vid dödsbo?")
    assert answer.status_code == 200
    found = answer.text.partition("Det här svarar artiklarna")[2].partition("Alla artiklar")[0]
    assert 'href="/knowledge/articles/dodsbo"' in found


def test_an_empty_question_is_told_beside_the_field(browser):
    answer = browser.post("/knowledge/articles", question="")
    assert answer.status_code == 422
    assert 'id="question-error"' in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_the_knowledge_is_there_in_english(web_city, path):
    from bot.web.door import LANGUAGE

    browser = web_city.browser()
    browser.client.cookies.set(web_city.web.jar.name(LANGUAGE), "en")
    page = browser.get(path)
    assert page.status_code == 200
    assert '<html lang="en">' in page.text


def test_a_passage_falls_into_paragraphs_and_lists():
    found = paragraphs("Tänk på\nföljande:\n- en sak\n- en\n  annan")
    assert [(one.is_list, one.lines) for one in found] == [
        (False, ("Tänk på följande:",)),
        (True, ("en sak", "en annan")),
    ]


def test_what_an_article_says_is_never_markup():
    (one,) = paragraphs("<script>alert(1)</script>")
    assert one.lines == ("<script>alert(1)</script>",)
