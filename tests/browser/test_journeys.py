"""What people do in the browser, from the first click to the figure that counts it."""

from __future__ import annotations

import re
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from bot.in_force import trials_for
from bot.services.editing.trial import Trials
from bot.vocabulary import EventKind, PersonKey, Urgency
from tests.browser.stock import TAGS, stock, urgent_case
from tests.letters import ORDINARY

MONTH = "2026-03"


@pytest.fixture
def page(served, open_page):
    """A browser before a stocked house, signed in by the link."""
    stock(served)
    page = open_page()
    served.sign_in(page)
    return page


def kinds(served, case):
    return [event.kind for event in served.city.history(case)]


def fill_in(page):
    """Fill whatever the template asks for: a day where one is wanted, else words."""
    for field in page.locator("form [name^='value.']").all():
        field.fill(
            "2026-03-20" if field.get_attribute("type") == "date" else "Fakturan är stoppad."
        )


def test_an_urgent_case_is_taken_answered_stopped_closed_and_counted(served, page):
    case = urgent_case(served)
    page.goto(f"{served.base}/inbox")
    page.get_by_role("link", name=str(case.number)).click()
    page.get_by_role("button", name="Ta ärendet").click()
    page.get_by_role("link", name="Svara kunden").click()
    page.get_by_role("link", name="Klart", exact=False).first.click()
    page.get_by_role("button", name="Skriv utkast").click()
    page.wait_for_url("**/replies/*")
    fill_in(page)
    page.get_by_role("button", name="Spara och förhandsgranska").click()
    expect(page.get_by_text("Utkastet är sparat.")).to_be_visible()
    page.get_by_role("button", name="Spara och skicka").click()
    expect(page.get_by_text("Brevet skickas till kunden.")).to_be_visible()
    served.city.app.dispatch.run_due()
    page.goto(f"{served.base}/cases/{case.number}")
    page.get_by_text("Avsluta", exact=True).click()
    page.get_by_label("Jag har kontrollerat att stoppet är gjort").check()
    page.get_by_label("Vad är gjort?").select_option(index=1)
    page.get_by_role("button", name="Bekräfta och avsluta").click()
    expect(page.get_by_text("Ärendet är avslutat.")).to_be_visible()
    done = kinds(served, case)
    assert done.index(EventKind.TAKEN) < done.index(EventKind.ANSWERED)
    assert done.index(EventKind.STOP_CONFIRMED) < done.index(EventKind.CLOSED)
    for figure in ("urgent_in_time", "answered", "closed"):
        page.goto(f"{served.base}/figures?period={MONTH}")
        page.locator(f"main a[href*='figure={figure}&']").last.click()
        expect(page.get_by_role("main")).to_contain_text(str(case.number))


def test_an_urgent_case_is_not_closed_without_the_tick(served, page):
    case = urgent_case(served)
    page.goto(f"{served.base}/cases/{case.number}")
    page.get_by_role("button", name="Ta ärendet").click()
    page.get_by_text("Avsluta", exact=True).click()
    page.get_by_role("button", name="Bekräfta och avsluta").click()
    expect(page.get_by_label("Jag har kontrollerat att stoppet är gjort")).to_be_visible()
    assert EventKind.CLOSED not in kinds(served, case)


def test_a_triage_is_corrected_and_the_correction_is_undone(served, page):
    served.city.post(**ORDINARY, sender="ny@kund.example")
    served.city.work_off()
    case = max(served.city.cases(), key=lambda found: found.id)
    page.goto(f"{served.base}/cases/{case.number}")
    page.get_by_text("Rätta bedömningen").click()
    page.get_by_label("Brådska").select_option("collections")
    page.get_by_role("button", name="Rätta", exact=True).click()
    expect(page.get_by_text("Bedömningen är rättad.")).to_be_visible()
    assert now(served, case).urgent is Urgency.COLLECTIONS
    page.get_by_role("button", name="Ångra").first.click()
    expect(page.get_by_text("Ångrat. Ärendet är som förut.")).to_be_visible()
    assert now(served, case).urgent is Urgency.NO
    assert EventKind.UNDONE in kinds(served, case)


def now(served, case):
    (found,) = [other for other in served.city.cases() if other.id == case.id]
    return found


def test_a_call_is_logged_and_the_caller_gets_feedback(served, page):
    before = len(served.city.cases())
    page.goto(f"{served.base}/phone")
    page.locator("#process").select_option("kundreskontra")
    page.locator("#matter").select_option("fakturering")
    page.locator("#customer").fill("Svea Svensson")
    page.locator("#callback").fill("08-46500500")
    page.get_by_role("button", name="Logga samtalet").click()
    expect(page.get_by_text("är loggat.")).to_be_visible()
    cases = served.city.cases()
    assert len(cases) == before + 1
    newest = max(cases, key=lambda case: case.id)
    page.get_by_label(f"Kunden i ärende {newest.number} har fått veta att det är klart").click()
    expect(page.get_by_text("Återkopplingen är noterad.")).to_be_visible()
    assert EventKind.FEEDBACK_DONE in kinds(served, newest)


def test_an_editor_adds_an_alias_and_sees_what_it_would_have_changed(served, page):
    city = served.city
    city.post("Hej! Var är fakturan?", subject="[Kundkoll] Faktura", sender="ny@kund.example")
    city.work_off()
    page.goto(f"{served.base}/edit/form?document={TAGS}")
    field = page.locator("[name='0.0.2']")
    field.fill(field.input_value() + ", Kundkoll")
    page.get_by_role("button", name="Spara ändringen").click()
    expect(page.get_by_role("main")).to_contain_text("Ska provas")
    trials = Trials(
        city.app.database, city.app.editing.ground, city.clock, trials_for(city.app.settings)
    )
    while trials.try_next():
        pass
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("Inget brådskande ärende går förlorat")
    page.get_by_role("button", name=re.compile("[Ll]åt den gälla")).click()
    expect(page.locator("body")).to_contain_text("tas i bruk")
    assert b"Kundkoll" in city.app.editing.read(TAGS).content


def test_a_manager_reads_a_month_and_takes_it_home(served, page):
    page.goto(f"{served.base}/figures?period={MONTH}")
    expect(page.get_by_role("main")).to_contain_text("mars 2026")
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    assert download.value.suggested_filename == f"siffror-{MONTH}.xlsx"
    with ZipFile(download.value.path()) as book:
        assert b"Kundreskontra" in book.read("xl/sharedStrings.xml")


def test_everything_works_without_javascript(served, open_page):
    stock(served)
    page = open_page(java_script_enabled=False)
    served.sign_in(page)
    case = urgent_case(served)
    page.goto(f"{served.base}/inbox")
    page.get_by_label(f"Välj ärende {case.number}").check()
    page.get_by_role("button", name="Ta de valda ärendena").click()
    page.goto(f"{served.base}/search")
    page.locator("main input[type=search]").fill(str(case.number))
    page.get_by_role("button", name="Sök").click()
    expect(page.get_by_role("main")).to_contain_text(str(case.number))
    page.goto(f"{served.base}/cases/{case.number}")
    expect(page.get_by_role("main")).to_contain_text("Agneta Brandt")
    assert EventKind.TAKEN in kinds(served, case)


def test_the_inbox_is_worked_with_the_keyboard_alone(served, page):
    page.goto(f"{served.base}/inbox")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("t")
    page.get_by_text("Du har tagit ärende").wait_for()
    page.wait_for_load_state("load")  # with the script that hears the keys
    assert EventKind.TAKEN in kinds(served, urgent_case(served))
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/*")
    assert str(urgent_case(served).number) in page.url
    page.keyboard.press("r")
    page.wait_for_url("**/reply")
    page.keyboard.press("/")
    page.wait_for_url("**/search")


def new_case_comes(served, page):
    """Let mail come, and the page look for news at its own pace."""
    served.city.post(**ORDINARY, sender="ny@kund.example")
    served.city.work_off()
    page.clock.run_for(21_000)
    return max(served.city.cases(), key=lambda found: found.id)


def test_a_new_case_shows_by_itself_in_an_inbox_that_nobody_works_in(served, page):
    page.clock.install()
    page.goto(f"{served.base}/inbox")
    case = new_case_comes(served, page)
    expect(page.locator("#inbox")).to_contain_text(str(case.number))


def test_a_row_that_was_chosen_is_not_taken_away_by_a_new_case(served, page):
    page.clock.install()
    page.goto(f"{served.base}/inbox")
    page.locator("#inbox input[type=checkbox]").first.check()
    case = new_case_comes(served, page)
    expect(page.locator("#news")).to_contain_text("Inkorgen har ändrats")
    expect(page.locator("#inbox")).not_to_contain_text(str(case.number))
    expect(page.locator("#inbox input[type=checkbox]").first).to_be_checked()
    page.get_by_role("link", name="Visa det nya").click()
    expect(page.locator("#inbox")).to_contain_text(str(case.number))


def test_who_else_looks_at_a_case_shows_by_itself(served, page):
    case = urgent_case(served)
    page.clock.install()
    page.goto(f"{served.base}/cases/{case.number}")
    expect(page.locator("#others")).not_to_contain_text("Birgitta")
    colleague = PersonKey("birgitta-lonnell")
    served.house.case_pages.viewed(case, by=colleague)
    page.clock.run_for(21_000)
    expect(page.locator("#others")).to_contain_text("Birgitta Lönnell")
