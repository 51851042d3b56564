import re

import pytest

from bot.vocabulary import PersonKey, Status
from tests.web_city import text_of

CALL = {
    "customer": "Kulturförvaltningen",
    "callback": "08-46500417",
    "process": "kundreskontra",
    "matter": "fakturering",
    "invoices": "",
    "note": "Undrar om Sälgvägen 4711.",
}
COLLEAGUE = PersonKey("ebba-nyren")
MAY_SEE_PROTECTED = PersonKey("amir-haddad")


def test_a_call_is_logged_with_one_form_and_the_promise_is_told(web_city, city):
    page = web_city.browser().done("/phone/log", **CALL)
    (case,) = city.cases()
    assert f"Ärende {case.number} är loggat." in text_of(page)
    assert "lovad återkoppling senast tisdag 3 mars kl. 16:30" in text_of(page)
    assert case.owner == "agneta-brandt"


def test_who_waits_is_shown_with_how_to_reach_them(web_city):
    page = text_of(web_city.browser().done("/phone/log", **CALL))
    waiting = page.partition("Väntar på återkoppling")[2]
    assert "Kulturförvaltningen" in waiting
    assert "Nås på: 08-46500417" in waiting


def test_a_wrong_form_says_so_beside_the_fields_and_loses_nothing(web_city, city):
    answer = web_city.browser().post("/phone/log", **CALL | {"matter": "", "callback": " "})
    assert answer.status_code == 422
    assert "Välj vad det gäller." in text_of(answer)
    assert "Skriv hur vi når den som ringde." in text_of(answer)
    assert 'aria-describedby="matter-error" aria-invalid="true"' in answer.text
    assert "Undrar om Sälgvägen 4711." in answer.text
    assert not city.cases()


def test_what_is_no_invoice_number_is_refused_in_its_place(web_city, city):
    answer = web_city.browser().post("/phone/log", **CALL | {"invoices": "123, abc"})
    assert answer.status_code == 422
    assert "Skriv fakturanummer med siffror" in text_of(answer)
    assert not city.cases()


def test_feedback_is_given_with_one_click_and_ends_the_waiting(web_city, city):
    browser = web_city.browser()
    browser.done("/phone/log", **CALL)
    (case,) = city.cases()
    page = text_of(browser.done(f"/phone/{case.number}/feedback", said="ongoing"))
    assert f"Återkopplingen är noterad. Ärende {case.number}: Pågår." in page
    assert "Ingen väntar på återkoppling." in page
    assert "feedback_ongoing" in city.events(case)


def test_feedback_that_it_is_done_closes_the_case(web_city, city):
    browser = web_city.browser()
    browser.done("/phone/log", **CALL)
    (case,) = city.cases()
    browser.done(f"/phone/{case.number}/feedback", said="done")
    assert city.cases()[0].status is Status.CLOSED


def test_an_urgent_case_stays_open_until_the_stop_is_ticked(web_city, city):
    browser = web_city.browser()
    browser.done("/phone/log", **CALL | {"matter": "anstand"})
    (case,) = city.cases()
    page = browser.done(f"/phone/{case.number}/feedback", said="done")
    assert "Det är brådskande och stängs när stoppet är bekräftat" in text_of(page)
    assert "1 som vet att det är klart, men där stoppet inte är bekräftat" in text_of(page)
    assert "som vet att det pågår" not in text_of(page)
    assert f'id="done-{case.number}"' not in page.text
    assert city.cases()[0].status is not Status.CLOSED


def test_a_call_that_was_logged_by_mistake_is_taken_back_from_the_notice(web_city, city):
    browser = web_city.browser()
    page = browser.done("/phone/log", **CALL)
    (undo,) = re.findall(r'action="(/phone/[^"]*/take-back)"', page.text)
    after = text_of(browser.done(undo))
    assert "Ångrat" in after
    assert "Kulturförvaltningen" not in after.partition("Väntar på återkoppling")[2]
    (case,) = city.cases()
    assert case.status is Status.CLOSED
    assert city.events(case)[-2:] == ["undone", "closed"]


def test_nobody_takes_back_what_a_colleague_logged(web_city, city):
    web_city.browser().done("/phone/log", **CALL)
    (case,) = city.cases()
    page = web_city.browser(COLLEAGUE).done(f"/phone/{case.number}/take-back")
    assert "bara den som loggade" in text_of(page)
    assert city.cases()[0].status is Status.OPEN


def test_a_call_is_not_taken_back_once_feedback_was_given(web_city, city):
    browser = web_city.browser()
    browser.done("/phone/log", **CALL)
    (case,) = city.cases()
    browser.done(f"/phone/{case.number}/feedback", said="ongoing")
    page = browser.done(f"/phone/{case.number}/take-back")
    assert "det går inte att ångra" in text_of(page)
    assert "undone" not in city.events(case)


def test_a_call_with_protected_data_is_only_counted_for_those_without_the_right(web_city, city):
    browser = web_city.browser()
    page = text_of(browser.done("/phone/log", **CALL | {"note": "19121212-1212 ringde"}))
    assert "1 telefonärende har skyddade uppgifter och visas inte för dig." in page
    assert "08-46500417" not in page
    assert "08-46500417" in text_of(web_city.browser(MAY_SEE_PROTECTED).get("/phone"))
    (case,) = city.cases()
    answer = browser.post(f"/phone/{case.number}/feedback", said="done")
    assert answer.status_code == 404


def test_what_a_caller_says_is_in_no_address(web_city):
    answer = web_city.browser().post("/phone/log", **CALL)
    assert answer.headers["location"] == "/phone"


def test_a_late_promise_is_told_in_words(web_city, city):
    web_city.browser().done("/phone/log", **CALL)
    city.later(hours=24)
    page = web_city.browser().get("/phone")
    assert "Försenad: skulle ha fått svar tisdag 3 mars kl. 16:30" in text_of(page)


def test_the_list_is_fetched_alone_for_live_updates(web_city):
    browser = web_city.browser()
    browser.done("/phone/log", **CALL)
    answer = browser.get("/phone/calls")
    assert answer.text.lstrip().startswith('<section id="calls"')
    assert "Kulturförvaltningen" in answer.text


def test_what_callers_say_is_shown_as_text(web_city):
    page = web_city.browser().done("/phone/log", **CALL | {"customer": "<script>alert(1)</script>"})
    assert "<script>alert" not in page.text


def test_a_head_with_one_process_finds_it_chosen(web_city):
    page = web_city.browser().get("/phone")
    assert '<option value="kundreskontra" selected>' in page.text


@pytest.mark.parametrize("said", [{}, {"said": "x"}])
def test_feedback_that_says_nothing_is_refused_and_the_caller_goes_on_waiting(web_city, city, said):
    browser = web_city.browser()
    browser.done("/phone/log", **CALL)
    (case,) = city.cases()
    answer = browser.post(f"/phone/{case.number}/feedback", **said)
    assert answer.status_code == 422
    assert "Välj vad kunden har fått veta." in text_of(answer)
    assert "feedback_ongoing" not in city.events(case)
    assert city.app.phone.listed()[0].promise.is_open
