import re

import pytest

from bot.registers import EntryKind, Facts, Nature, Register, Step
from bot.vocabulary import PersonKey, ProcessKey
from bot.web_face import web_house
from tests.web_city import HANDLER, text_of

REMARK = {"text": "Svaret tog tre veckor.", "nature": "complaint", "process": "kundreskontra"}
MAY_SEE_PROTECTED = PersonKey("amir-haddad")


@pytest.fixture
def browser(web_city):
    return web_city.browser()


def complaint(city, text="Jag vill klaga: det är under all kritik att ni aldrig svarar."):
    city.post(text, subject="Klagomål")
    city.work_off()
    return city.cases()[-1]


def tomorrow(web_city):
    web_city.city.later(days=1)
    return web_city.browser()


def rows_of(page):
    return re.findall(r'<th scope="row"><a href="/remarks/(\d+)">', page.text)


def test_a_remark_is_registered_and_goes_to_the_head_of_the_unit(browser, city):
    page = text_of(browser.done("/remarks/new", **REMARK))
    assert "Inskrivet som nummer 1." in page
    head = city.app.knowledge.head_of(city.app.knowledge.unit_of(PersonKey("agneta-brandt")))
    assert f"Ansvarig {city.app.knowledge.people[head].name}" in page
    assert "Svaret tog tre veckor." in page


def test_a_remark_without_words_is_refused_and_nothing_typed_is_lost(browser):
    answer = browser.post("/remarks/new", **REMARK | {"text": " ", "customer": "kultur"})
    assert answer.status_code == 422
    assert "Skriv vad som ska stå." in text_of(answer)
    assert '<option value="kundreskontra" selected>' in answer.text


def test_a_personal_number_is_refused_beside_the_text(browser):
    answer = browser.post("/remarks/new", **REMARK | {"text": "19121212-1212 är arg"})
    assert answer.status_code == 422
    assert "personnummer; skriv utan det" in text_of(answer)
    assert 'id="text-error"' in answer.text


def test_what_is_not_to_be_chosen_is_refused_beside_its_field(browser):
    answer = browser.post("/remarks/new", **REMARK | {"owner": "nobody"})
    assert answer.status_code == 422
    assert 'id="owner-error"' in answer.text


def test_a_day_that_has_been_is_refused_beside_the_day(browser):
    answer = browser.post("/remarks/new", **REMARK | {"due": "2020-01-01"})
    assert answer.status_code == 422
    assert 'id="due-error"' in answer.text


def test_a_day_that_does_not_exist_is_told_with_an_example(browser):
    answer = browser.post("/remarks/new", **REMARK | {"due": "2026-02-30"})
    assert answer.status_code == 422
    beside = answer.text.partition('id="due-error">')[2].partition("<")[0]
    assert beside == "Skriv en dag som 2026-03-31."


def test_what_the_register_itself_misses_is_told_beside_its_field(browser):
    answer = browser.post("/remarks/new", text="Svaret tog tre veckor.", nature="complaint")
    assert answer.status_code == 422
    assert re.findall(r'class="error" id="([a-z]+)-error"', answer.text) == ["unit"]


def test_an_answer_ends_a_remark(browser):
    browser.done("/remarks/new", **REMARK)
    page = text_of(browser.done("/remarks/1", kind="answered", text="Vi har bett om ursäkt."))
    assert "Nummer 1: Klar." in page
    assert "Vi har bett om ursäkt." in page


def test_another_owner_is_chosen_when_a_remark_is_handed_over(browser):
    browser.done("/remarks/new", **REMARK)
    answer = browser.post("/remarks/1", kind="handed_over")
    assert answer.status_code == 422
    assert 'id="owner-error"' in answer.text
    page = text_of(browser.done("/remarks/1", kind="handed_over", owner="ebba-nyren"))
    assert "Ansvarig Ebba Nyrén" in page.partition("Så står det nu")[2]


def test_what_does_not_belong_to_an_entry_is_told_and_not_lost(browser):
    browser.done("/remarks/new", **REMARK)
    answer = browser.post("/remarks/1", kind="commented", text="Ringt.", owner="ebba-nyren")
    assert answer.status_code == 422
    assert "lämna tomt" in text_of(answer)
    assert ">\nRingt.</textarea>" in answer.text


def test_a_correction_is_one_more_entry(browser):
    browser.done("/remarks/new", **REMARK)
    page = text_of(
        browser.done("/remarks/1", kind="corrected", text="Det var beröm.", nature="praise")
    )
    assert "Rättelse" in page
    assert "Slag Beröm" in page.partition("Så står det nu")[2]


def test_only_what_can_follow_is_offered(browser):
    browser.done("/remarks/new", **REMARK)
    browser.done("/remarks/1", kind="answered", text="Klart.")
    page = browser.get("/remarks/1").text
    assert '<option value="reopened">' in page
    assert '<option value="answered"' not in page


def test_a_remark_that_does_not_exist_is_not_found(browser):
    answer = browser.get("/remarks/99")
    assert answer.status_code == 404
    assert "sammadag " not in text_of(answer)
    assert browser.get("/remarks/99999999999999").status_code == 404


def test_remarks_are_listed_newest_first_and_by_process_and_state(browser):
    browser.done("/remarks/new", **REMARK)
    browser.done("/remarks/new", **REMARK | {"process": "leverantorsreskontra"})
    browser.done("/remarks/2", kind="closed", text="Fel register.")
    assert rows_of(browser.get("/remarks")) == ["2", "1"]
    assert rows_of(browser.get("/remarks", process="leverantorsreskontra")) == ["2"]
    assert rows_of(browser.get("/remarks", open="1")) == ["1"]


def test_remarks_are_listed_by_the_days_on_which_they_came(browser, web_city):
    for _ in range(3):
        browser.done("/remarks/new", **REMARK)
        browser = tomorrow(web_city)
    found = {"from": "2026-03-04", "to": "2026-03-04"}
    assert rows_of(browser.get("/remarks", **found)) == ["2"]
    assert rows_of(browser.get("/remarks", to="2026-03-04")) == ["2", "1"]


def test_a_day_that_is_none_is_told(browser):
    assert "Skriv en dag som 2026-03-31." in text_of(browser.get("/remarks", to="i går"))


def test_days_that_are_the_wrong_way_round_are_told(browser):
    page = browser.get("/remarks", **{"from": "2026-12-01", "to": "2026-01-01"})
    assert "Sista dagen ligger före den första." in text_of(page)
    assert 'id="to-error"' in page.text


def test_a_late_remark_says_so_in_words(browser, web_city):
    browser.done("/remarks/new", **REMARK | {"due": "2026-03-04"})
    tomorrow(web_city)
    page = tomorrow(web_city).get("/remarks", late="1")
    assert "2026-03-04, försenad" in text_of(page)


def test_a_long_register_is_read_page_by_page_and_every_item_is_seen_once(browser, city):
    for _ in range(60):
        opened(city)
    first = browser.get("/remarks")
    (older,) = re.findall(r'href="(/remarks\?below=\d+)"', first.text)
    rest = browser.client.get(older)
    seen = [*rows_of(first), *rows_of(rest)]
    assert ("Till början" in first.text, "Till början" in rest.text) == (False, True)
    assert seen == [str(number) for number in range(60, 0, -1)]


def opened(city):
    facts = Facts(nature=Nature.OPINION, process=ProcessKey("kundreskontra"))
    step = Step(kind=EntryKind.OPENED, text="En synpunkt.", facts=facts)
    city.app.registers.open(Register.REMARKS, step, by=HANDLER)


def test_a_complaint_is_suggested_and_registered_with_its_case(browser, city):
    case = complaint(city)
    page = browser.get("/remarks/suggested")
    assert str(case.number) in text_of(page)
    form = browser.get("/remarks/new", case=str(case.number))
    assert f'value="{case.number}"' in form.text
    browser.done("/remarks/new", text="Väntat länge.", case=str(case.number))
    assert "remark_registered" in city.events(case)
    assert "Inga klagomål väntar" in text_of(browser.get("/remarks/suggested"))


def test_what_is_no_complaint_is_suggested_no_more(browser, city):
    case = complaint(city)
    page = browser.done(f"/remarks/suggested/{case.number}")
    assert "är inget klagomål" in text_of(page)
    assert "Inga klagomål väntar" in text_of(page)


def test_suggested_complaints_are_shown_page_by_page(browser, city):
    older, newer = complaint(city), complaint(city)
    pages = web_house(city.app).register_pages
    first = pages.suggested(sees_protected=True, limit=1)
    assert (first.cases, first.next) == ((newer,), newer.id)
    second = pages.suggested(sees_protected=True, below=first.next, limit=1)
    assert (second.cases, second.next) == ((older,), None)
    page = text_of(browser.get("/remarks/suggested", below=str(newer.id)))
    assert str(older.number) in page
    assert str(newer.number) not in page


def test_from_older_suggestions_one_comes_back_to_newer(browser, city):
    oldest, newer, newest = complaint(city), complaint(city), complaint(city)
    pages = web_house(city.app).register_pages
    last = pages.suggested(sees_protected=True, below=newer.id, limit=1)
    assert (last.cases, last.is_first, last.previous) == ((oldest,), False, newest.id)
    middle = pages.suggested(sees_protected=True, below=last.previous, limit=1)
    assert (middle.cases, middle.is_first, middle.previous) == ((newer,), False, None)
    page = browser.get("/remarks/suggested", below=str(newer.id))
    assert 'href="/remarks/suggested" rel="prev"' in page.text


def test_after_what_is_no_complaint_the_same_page_of_older_ones_is_shown(browser, city):
    oldest, older, newest = complaint(city), complaint(city), complaint(city)
    page = browser.get("/remarks/suggested", below=str(newest.id))
    (below,) = set(re.findall(r'name="below" value="(\d+)"', page.text))
    page = text_of(browser.done(f"/remarks/suggested/{older.number}", below=below))
    assert str(oldest.number) in page
    assert str(newest.number) not in page


def test_when_no_older_complaints_are_left_the_newest_are_shown(browser, city):
    older, newer = complaint(city), complaint(city)
    page = text_of(browser.done(f"/remarks/suggested/{older.number}", below=str(newer.id)))
    assert str(newer.number) in page
    assert "Inga klagomål väntar" not in page


def test_a_case_that_does_not_exist_is_told_beside_its_field(browser):
    answer = browser.post("/remarks/new", **REMARK | {"case": "2026-999999"})
    assert answer.status_code == 422
    assert 'id="case-error"' in answer.text


def test_protected_complaints_are_only_counted_for_those_without_the_right(web_city, city):
    case = complaint(city, "Jag klagar! Mitt personnummer är 19121212-1212. Under all kritik!")
    assert case.protected
    page = text_of(web_city.browser().get("/remarks/suggested"))
    assert "1 ärende har skyddade uppgifter och visas inte för dig." in page
    assert "Inga klagomål väntar" not in page
    assert str(case.number) not in page
    assert web_city.browser().post(f"/remarks/suggested/{case.number}").status_code == 404
    answer = web_city.browser().post("/remarks/new", text="Ja", case=str(case.number))
    assert answer.status_code == 422
    seen = web_city.browser(MAY_SEE_PROTECTED).get("/remarks/suggested")
    assert str(case.number) in text_of(seen)
