import re

import pytest

from bot.errors import DataError
from bot.vocabulary import PersonKey
from bot.web.door import LANGUAGE
from tests.letters import NO_NUMBER, ORDINARY, PROTECTED, URGENT_INVOICE
from tests.web_city import HANDLER, text_of

COLLEAGUE = PersonKey("amir-haddad")


@pytest.fixture
def browser(web_city):
    return web_city.browser()


@pytest.fixture
def case(city):
    city.post(**ORDINARY)
    city.work_off()
    return city.cases()[-1]


def begun(browser, case, template):
    page = browser.done(f"/cases/{case.number}/reply", template=template)
    assert page.status_code == 200, text_of(page)
    return page


def address_of(page):
    return re.search(r'action="(/cases/[^"]*/replies/\d+)/save"', page.text).group(1)


def fields_of(page, text="Vi har börjat"):
    """Return the form filled in: a day where a day is asked for, else a text."""
    kinds = dict(re.findall(r'name="(value\.[^"]*)" type="([^"]*)"', page.text))
    names = re.findall(r'name="(value\.[^"]*)"', page.text)
    return {name: "2026-03-04" if kinds.get(name) == "date" else text for name in names}


def drafts(city, case):
    return city.app.replies.listed(case.id)


def test_the_templates_that_fit_are_shown_with_one_in_outline(browser, case):
    page = browser.get(f"/cases/{case.number}/reply")
    assert page.status_code == 200
    assert "Välj mall" in text_of(page)
    assert "Skriv utkast" in text_of(page)


def test_another_template_can_be_looked_at_first(browser, case):
    page = browser.get(f"/cases/{case.number}/reply", template="working_on_it")
    assert 'name="template" value="working_on_it"' in page.text


def test_a_letter_is_seen_as_the_customer_will_see_it_and_then_sent(city, browser, case):
    sent = len(city.sent())
    page = begun(browser, case, "done")
    at = address_of(page)
    typed = fields_of(page, "Vi har ändrat adressen")
    page = browser.done(f"{at}/save", **typed)
    assert "Utkastet är sparat" in text_of(page)
    assert "Vi har ändrat adressen" in text_of(page)
    browser.done(f"{at}/send", feedback="done", **typed)
    city.app.dispatch.run_due()
    assert len(city.sent()) == sent + 1
    assert {"answered", "feedback_done"} <= set(city.events(case))


def test_a_letter_with_a_hole_is_never_sent(city, browser, case):
    sent = len(city.sent())
    page = begun(browser, case, "done")
    empty = dict.fromkeys(fields_of(page), "")
    answer = browser.post(f"{address_of(page)}/send", **empty)
    assert answer.status_code == 409
    assert "Det här saknas" in text_of(answer)
    city.app.dispatch.run_due()
    assert len(city.sent()) == sent


def test_a_wrong_day_is_said_beside_its_field_and_nothing_typed_is_lost(city, browser):
    city.post(**NO_NUMBER)
    city.work_off()
    (case,) = city.cases()
    page = begun(browser, case, "information_needed")
    typed = {**fields_of(page), "value.answer_by": "nästa fredag", "own": "yes"}
    answer = browser.post(f"{address_of(page)}/save", own_text="Min egen text", **typed)
    assert answer.status_code == 422
    assert 'id="value.answer_by-error"' in answer.text
    assert "nästa fredag" in answer.text
    assert "Min egen text" in answer.text


def test_a_letter_in_own_words_is_advised_on_plain_language(browser, case):
    page = begun(browser, case, "done")
    own = "Hej!\n\nVi har erhållit din förfrågan angående adressen, vilken härmed är åtgärdad."
    typed = fields_of(page)
    page = browser.done(f"{address_of(page)}/save", own="yes", own_text=own, **typed)
    said = text_of(page)
    assert "vilken härmed är åtgärdad" in said
    assert "Klarspråk" in said


def test_own_words_are_text_and_no_html(browser, case):
    page = begun(browser, case, "done")
    typed = fields_of(page)
    page = browser.done(f"{address_of(page)}/save", own="yes", own_text="<b>Hej</b>", **typed)
    assert "&lt;b&gt;Hej&lt;/b&gt;" in page.text
    assert "<b>Hej</b>" not in page.text


def test_a_draft_can_be_thrown_away(city, browser, case):
    page = begun(browser, case, "done")
    browser.done(f"{address_of(page)}/discard")
    assert [one.state.value for one in drafts(city, case)] == ["discarded"]


def test_a_sent_letter_is_shown_as_it_was_and_cannot_be_changed(city, browser, case):
    page = begun(browser, case, "working_on_it")
    at = address_of(page)
    browser.done(f"{at}/send", **fields_of(page))
    city.app.dispatch.run_due()
    page = browser.get(at)
    assert "skickat" in text_of(page)
    assert "/save" not in page.text
    assert browser.post(f"{at}/discard").status_code == 409


def test_a_letter_that_needs_two_people_is_sent_after_a_colleague_has_approved_it(
    city, web_city, browser
):
    city.post(**URGENT_INVOICE)
    city.work_off()
    (case,) = city.cases()
    page = begun(browser, case, "extension_not_possible")
    at, typed = address_of(page), fields_of(page)
    browser.done(f"{at}/save", **typed)
    assert browser.post(f"{at}/send", **typed).status_code == 409
    assert "Godkänn brevet" not in text_of(browser.get(at))
    colleague = web_city.browser(COLLEAGUE)
    colleague.done(f"{at}/approve")
    assert "Amir Haddad har godkänt brevet" in text_of(browser.get(at))
    colleague.done(f"{at}/send")
    city.app.dispatch.run_due()
    assert "answered" in city.events(case)


def test_nobody_approves_their_own_letter(city, browser, case):
    page = begun(browser, case, "done")
    typed = fields_of(page)
    at = address_of(page)
    browser.done(f"{at}/save", **typed)
    assert browser.post(f"{at}/approve").status_code == 409


def test_a_draft_is_reached_through_its_own_case_only(city, browser, case):
    page = begun(browser, case, "done")
    number = address_of(page).rpartition("/")[2]
    city.post(**{**ORDINARY, "subject": "[KR] Kundregister – en annan"})
    city.take_in()
    other = city.cases()[-1]
    assert other.id != case.id
    assert browser.get(f"/cases/{other.number}/replies/{number}").status_code == 404


def test_drafts_of_a_protected_case_are_hidden_with_it(city, browser):
    city.post(**PROTECTED)
    city.work_off()
    (case,) = city.cases()
    draft = city.app.replies.draft(case, "done", by=HANDLER)
    assert browser.get(f"/cases/{case.number}/replies/{draft.id}").status_code == 404
    assert browser.post(f"/cases/{case.number}/replies/{draft.id}/send").status_code == 404


@pytest.mark.parametrize("draft", ["0", "x", "99999999999999", "²"])
def test_a_draft_that_is_none_is_not_found(browser, case, draft):
    assert browser.get(f"/cases/{case.number}/replies/{draft}").status_code == 404


def test_a_template_that_does_not_fit_is_refused(browser, case):
    answer = browser.post(f"/cases/{case.number}/reply", template="../../etc")
    assert answer.status_code == 422


def test_the_text_of_the_template_counts_again_when_own_words_are_dropped(city, browser, case):
    page = begun(browser, case, "done")
    at, typed = address_of(page), fields_of(page)
    browser.done(f"{at}/save", whole="1", own="yes", own_text="Egna ord, hej.", **typed)
    assert drafts(city, case)[0].own_text == "Egna ord, hej."
    browser.done(f"{at}/save", whole="1", own_text="Egna ord, hej.", **typed)
    assert drafts(city, case)[0].own_text is None


def form_of(page, text):
    """Return the form of a draft as a browser sends it, with a text where one is asked for."""
    seen = re.search(r'name="seen" value="([^"]+)"', page.text).group(1)
    return {"whole": "1", "seen": seen, **fields_of(page, text)}


@pytest.mark.parametrize("act", ["save", "send"])
def test_what_a_colleague_wrote_meanwhile_is_kept_and_both_texts_are_shown(
    city, web_city, browser, case, act
):
    old = begun(browser, case, "done")
    at = address_of(old)
    colleague = web_city.browser(COLLEAGUE)
    colleague.done(f"{at}/save", **form_of(colleague.get(at), "Kollegans ord"))
    (before,) = drafts(city, case)
    answer = browser.post(f"{at}/{act}", **form_of(old, "Mina egna ord"))
    assert answer.status_code == 409
    said = text_of(answer)
    assert "utkastet har ändrats av Amir Haddad sedan du öppnade det" in said
    assert "Kollegans ord" in said.partition("Så står det i utkastet nu")[2]
    assert "Mina egna ord" in answer.text
    assert drafts(city, case) == [before]
    browser.done(f"{at}/save", **form_of(answer, "Mina egna ord"))
    assert "Mina egna ord" in text_of(browser.get(at))


def test_a_letter_is_sent_from_the_page_that_it_was_just_saved_from(city, browser, case):
    page = begun(browser, case, "done")
    at, typed = address_of(page), form_of(page, "Vi har ändrat adressen")
    browser.done(f"{at}/save", **typed)
    browser.done(f"{at}/send", **typed)
    assert drafts(city, case)[0].state.value == "sending"


def test_a_letter_in_somebody_s_own_words_is_not_sent_from_a_page_without_them(
    city, web_city, browser, case
):
    page = begun(browser, case, "done")
    at, typed = address_of(page), form_of(page, "Vi har ändrat adressen")
    browser.done(f"{at}/save", **typed)
    web_city.browser(COLLEAGUE).done(f"{at}/save", own="yes", own_text="Egna ord, hej.")
    assert browser.post(f"{at}/send", **typed).status_code == 409
    assert drafts(city, case)[0].own_text == "Egna ord, hej."


@pytest.mark.parametrize("act", ["approve", "discard"])
def test_nothing_is_settled_about_a_letter_that_was_changed_since_it_was_read(
    city, web_city, browser, case, act
):
    page = begun(browser, case, "done")
    at = address_of(page)
    colleague = web_city.browser(COLLEAGUE)
    seen = form_of(colleague.get(at), "")["seen"]
    browser.done(f"{at}/save", **form_of(page, "Ett annat ord"))
    answer = colleague.post(f"{at}/{act}", seen=seen)
    assert answer.status_code == 409
    (draft,) = drafts(city, case)
    assert (draft.state.value, draft.approved_by) == ("open", None)


def test_an_approval_does_not_make_the_page_of_the_author_old(city, web_city, browser):
    city.post(**URGENT_INVOICE)
    city.work_off()
    (case,) = city.cases()
    at = address_of(begun(browser, case, "extension_not_possible"))
    page = browser.done(f"{at}/save", **form_of(browser.get(at), "Vi har börjat"))
    web_city.browser(COLLEAGUE).done(f"{at}/approve", seen=form_of(page, "")["seen"])
    browser.done(f"{at}/send", **form_of(page, "Vi har börjat"))
    assert drafts(city, case)[0].state.value == "sending"


def test_saving_a_letter_that_was_sent_from_another_page_says_that_it_is_sent(browser, case):
    page = begun(browser, case, "done")
    at, typed = address_of(page), form_of(page, "Vi har ändrat adressen")
    browser.done(f"{at}/send", **typed)
    answer = browser.post(f"{at}/save", **{**typed, **fields_of(page, "Ändrat igen")})
    assert answer.status_code == 409
    assert "är redan skickat" in text_of(answer)
    assert "behöver rättas" not in text_of(answer)


def test_what_is_no_number_of_a_draft_is_named_as_it_was_asked_for(browser, case):
    assert "utkast abc finns inte" in text_of(browser.get(f"/cases/{case.number}/replies/abc"))


@pytest.fixture
def asking(city, browser):
    """The address of the draft of a letter that asks for facts, and the form of it."""
    city.post(**NO_NUMBER)
    city.work_off()
    (case,) = city.cases()
    page = begun(browser, case, "information_needed")
    return address_of(page), form_of(page, "fakturans nummer")


@pytest.mark.parametrize(
    ("day", "fault"),
    [("2020-01-01", "Dagen har redan varit"), ("9999-12-31", "mer än ett år bort")],
)
def test_a_day_that_cannot_be_meant_is_said_beside_its_field(browser, asking, day, fault):
    at, typed = asking
    answer = browser.post(f"{at}/save", **{**typed, "value.answer_by": day})
    assert answer.status_code == 422
    assert 'id="value.answer_by-error"' in answer.text
    assert fault in text_of(answer)


def test_a_letter_that_waited_until_its_day_had_passed_is_not_sent(city, browser, case):
    page = begun(browser, case, "working_on_it")
    typed = {**fields_of(page, "Vi läser."), "value.next_news_by": "2026-03-05"}
    browser.done(f"{address_of(page)}/save", **typed)
    city.later(hours=24 * 3)
    (draft,) = drafts(city, case)
    with pytest.raises(DataError, match="dagen har redan varit"):
        city.app.replies.send(draft.id, by=HANDLER)


def test_a_day_of_another_year_is_written_with_its_year(browser, case):
    page = begun(browser, case, "done")
    typed = {**fields_of(page), "value.done_on": "2024-02-01"}
    page = browser.done(f"{address_of(page)}/save", **typed)
    assert "torsdag 1 februari 2024" in text_of(page)


def test_a_draft_on_a_case_that_was_closed_no_longer_waits_for_anybody(city, browser, case):
    begun(browser, case, "done")
    assert [one.case_id for one in city.app.replies.listed()] == [case.id]
    browser.done(f"/cases/{case.number}/close")
    assert city.app.replies.listed() == []
    assert [one.state.value for one in drafts(city, case)] == ["open"]
    browser.done(f"/cases/{case.number}/reopen")
    assert [one.case_id for one in city.app.replies.listed()] == [case.id]


def test_whoever_reads_in_english_chooses_and_fills_in_a_letter_in_english(browser, case, web_city):
    browser.client.cookies.set(web_city.web.jar.name(LANGUAGE), "en")
    page = text_of(browser.get(f"/cases/{case.number}/reply", template="working_on_it"))
    assert "We are working on your question" in page
    assert "[How far we have come, in one sentence]" in page
    page = text_of(begun(browser, case, "working_on_it"))
    assert "How far we have come, in one sentence" in page
    assert "Hur långt vi har kommit" not in page
