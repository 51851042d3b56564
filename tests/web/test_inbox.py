import re

import pytest

from bot.vocabulary import PersonKey, Status
from tests.letters import FOR_SUPPLIERS, ORDINARY, PROTECTED, URGENT_INVOICE
from tests.web.conftest import HOLDERS
from tests.web_city import HANDLER, text_of

COLLEAGUE = PersonKey("amir-haddad")
"""May see protected cases."""
assert COLLEAGUE in HOLDERS.values()


@pytest.fixture
def browser(web_city):
    return web_city.browser()


@pytest.fixture
def cases(city):
    for letter in (ORDINARY, URGENT_INVOICE, PROTECTED):
        city.post(**letter)
    city.work_off()
    return city.cases()


def numbers_in(page):
    return re.findall(r"data-open>([\d-]+)<", page.text)


def news_of(page):
    return re.search(r'id="news"[^>]*hx-get="([^"]*)"', page.text).group(1).replace("&amp;", "&")


def test_what_must_be_handled_first_stands_on_top(browser, cases):
    page = browser.get("/inbox")
    assert numbers_in(page) == [str(cases[1].number), str(cases[0].number)]
    assert "handläggs före" in text_of(page)


def test_protected_cases_are_counted_only_for_those_who_may_not_see_them(browser, cases):
    page = browser.get("/inbox")
    assert str(cases[2].number) not in page.text
    assert "1 ärende till har skyddade uppgifter" in text_of(page)


def test_those_who_may_see_protected_cases_see_them_marked(web_city, cases):
    page = web_city.browser(COLLEAGUE).get("/inbox", protected="1")
    assert numbers_in(page) == [str(cases[2].number)]
    assert "du inte får se" not in text_of(page)


def test_filters_are_combined_and_counted(web_city, city, browser, cases):
    browser.done(f"/cases/{cases[0].number}/take")
    page = browser.get("/inbox")
    assert "Mina 1" in text_of(page)
    assert numbers_in(browser.get("/inbox", mine="1")) == [str(cases[0].number)]
    assert numbers_in(browser.get("/inbox", mine="1", urgent="1")) == []
    assert numbers_in(browser.get("/inbox", urgent="1")) == [str(cases[1].number)]


def test_a_filter_link_turns_its_filter_off_and_keeps_the_others(browser, cases):
    page = browser.get("/inbox", mine="1", urgent="1")
    on = re.search(r'href="/inbox\?([^"]*)" aria-current="true">Mina', page.text)
    assert on.group(1) == "urgent=1"


def test_cases_are_filtered_by_process_and_mailbox(city, browser, cases):
    city.post(**FOR_SUPPLIERS)
    city.work_off()
    last = city.cases()[-1]
    assert numbers_in(browser.get("/inbox", process=last.process)) == [str(last.number)]
    assert numbers_in(browser.get("/inbox", mailbox="info")) == []


def test_waiting_cases_are_found(city, browser, cases):
    city.set_status(cases[0], Status.WAITING_CUSTOMER)
    page = browser.get("/inbox", waiting="1")
    assert numbers_in(page) == [str(cases[0].number)]
    assert "Väntar på kunden" in text_of(page)


def test_several_cases_are_taken_at_once_and_those_of_others_stay_theirs(
    city, web_city, browser, cases
):
    web_city.browser(COLLEAGUE).done(f"/cases/{cases[1].number}/take")
    chosen = [str(cases[0].number), str(cases[1].number)]
    page = browser.done("/inbox/take", case=chosen, back="urgent=1")
    said = text_of(page)
    assert f"Du har tagit ärende {cases[0].number}" in said
    assert f"Amir Haddad har redan ärende {cases[1].number}" in said
    owners = [one.owner for one in city.cases()]
    assert owners[:2] == [HANDLER, COLLEAGUE]


def test_a_protected_case_cannot_be_taken_unseen(city, browser, cases):
    page = browser.done("/inbox/take", case=[str(cases[2].number)])
    assert "finns inte" in text_of(page)
    assert city.cases()[2].owner is None


def test_taking_nothing_says_what_to_do(browser, cases):
    assert "Kryssa för" in text_of(browser.done("/inbox/take"))


@pytest.mark.parametrize("back", ["//evil.example", "a=1\r\nSet-Cookie: x", "#x", "\\\\evil"])
def test_taking_leads_back_to_the_inbox_and_nowhere_else(browser, cases, back):
    answer = browser.post("/inbox/take", back=back)
    assert answer.headers["location"].startswith("/inbox?")
    assert "\n" not in answer.headers["location"]


def test_who_looks_at_a_case_is_shown_in_its_row(web_city, browser, cases):
    web_city.browser(COLLEAGUE).get(f"/cases/{cases[0].number}")
    assert "Tittar nu: Amir Haddad" in text_of(browser.get("/inbox"))


def test_the_news_say_nothing_while_nothing_has_changed(browser, cases):
    page = browser.get("/inbox")
    assert "Inkorgen har ändrats" not in text_of(page)
    assert text_of(browser.client.get(news_of(page))) == ""


def test_the_news_say_when_a_case_has_come_or_changed(city, web_city, browser, cases):
    news = news_of(browser.get("/inbox"))
    web_city.browser(COLLEAGUE).done(f"/cases/{cases[0].number}/take")
    assert "Inkorgen har ändrats" in text_of(browser.client.get(news))


def test_a_page_is_followed_by_the_next_one(city, browser):
    for n in range(53):
        city.post(**{**ORDINARY, "subject": f"[KR] Kundregister – ny adress {n}"})
    city.take_in()
    first = browser.get("/inbox")
    link = re.search(r'href="(/inbox\?[^"]*after=[^"]*)" data-key="n"', first.text).group(1)
    second = browser.client.get(link.replace("&amp;", "&"))
    shown = [*numbers_in(first), *numbers_in(second)]
    assert len(shown) == len(set(shown)) == 53
    assert "Till början" in text_of(second)


def test_nonsense_in_the_address_shows_the_whole_inbox(browser, cases):
    page = browser.get("/inbox", process="nonsense", mailbox="\0", after="'; DROP")
    assert len(numbers_in(page)) == 2
