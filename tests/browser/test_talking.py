"""The conversation with the assistant in a real browser: answers come without a new page."""

import pytest

from tests.browser.stock import stock
from tests.browser.test_accessible import faults


@pytest.fixture
def talk(served, open_page):
    stock(served)
    page = open_page()
    served.sign_in(page)
    page.goto(f"{served.base}/chat")
    return page


def ask(page, question):
    answers = page.locator("#turns article")
    count = answers.count()
    page.get_by_label("Din fråga").fill(question)
    page.keyboard.press("Enter")
    answers.nth(count).wait_for()
    return answers.first


def test_an_answer_comes_above_the_others_and_the_field_is_ready_for_the_next(talk):
    ask(talk, "vad gäller vid dödsbo?")
    newest = ask(talk, "vilka ärenden är öppna?")
    assert "vilka ärenden är öppna?" in newest.inner_text()
    assert talk.get_by_label("Din fråga").input_value() == ""
    assert talk.evaluate("document.activeElement.id") == "question"


def test_what_became_of_a_proposal_takes_the_focus(talk):
    proposal = ask(talk, "jag tar 2026-000002")
    proposal.get_by_role("button", name="Gör så").click()
    talk.get_by_text("Klart: ärende 2026-000002").wait_for()
    assert "Klart: ärende" in talk.evaluate("document.activeElement.innerText")


def test_axe_finds_nothing_in_a_conversation(talk):
    ask(talk, "vilka ärenden är öppna?")
    ask(talk, "logga samtal: kulturförvaltningen ringde om en faktura")
    assert faults(talk) == []
    talk.get_by_role("button", name="Inte till hjälp").first.click()
    wrong = talk.get_by_role("link", name="Berätta vad som hade varit rätt").first
    wrong.wait_for()
    assert faults(talk) == []
    wrong.click()
    talk.wait_for_url("**/wrong")
    assert faults(talk) == []
