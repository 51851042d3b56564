"""Redigera: knowledge and templates changed in the browser, tried, approved and undone."""

import re
from dataclasses import replace

import pytest

from bot.in_force import trials_for
from bot.services.editing.trial import Trials
from bot.vocabulary import PersonKey, Right
from bot.web.door import LANGUAGE
from tests.edited import HANGS_ON_THE_TERM, TERM
from tests.web_city import WebCity, text_of

EDITOR, COLLEAGUE = PersonKey("ebba-nyren"), PersonKey("emil-grahn")
TAGS, HOURS = "knowledge/tags.yaml", "knowledge/hours.yaml"
PHRASES = "knowledge/lexicon/matters/anstand.yaml"


@pytest.fixture
def editors(city):
    """A page with two editors."""
    people = city.app.knowledge.people
    return WebCity(city, rights={Right.EDITOR: [people[key].email for key in (EDITOR, COLLEAGUE)]})


def value_of(page, name):
    """Return what stands in a hidden field."""
    return re.search(f'name="{re.escape(name)}" value="([^"]*)"', page.text)[1]


def shown_text(page):
    """Return what stands in the first text box, as a browser would send it."""
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page.text, re.DOTALL)[1]
    for sign, letter in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'")):
        found = found.replace(sign, letter)
    return found.replace("&amp;", "&")


def sent(browser, path, old, new, act="save", **more):
    """Open a document, change its text and send it."""
    page = browser.get("/edit/document", document=path)
    text = shown_text(page)
    assert old in text
    fields = {
        f"text:{path}": text.replace(old, new, 1),
        f"seen:{path}": value_of(page, f"seen:{path}"),
    }
    return browser.post("/edit/document/save", document=path, act=act, **fields, **more)


def typed(page, path, text):
    """Return the fields of a page with a text of its own."""
    return {f"text:{path}": text, f"seen:{path}": value_of(page, f"seen:{path}")}


def follow(browser, answer):
    assert answer.status_code == 303, text_of(answer)
    return browser.client.get(answer.headers["location"])


def try_all(city):
    trials = Trials(
        city.app.database, city.app.editing.ground, city.clock, trials_for(city.app.settings)
    )
    while trials.try_next():
        pass


def test_only_editors_get_in(editors):
    for path in ("/edit", "/edit/versions", "/edit/new"):
        assert editors.browser().get(path).status_code == 403
        assert editors.browser(EDITOR).get(path).status_code == 200


def test_a_new_template_begins_from_a_template_not_from_what_all_share(editors):
    page = editors.browser(EDITOR).get("/edit/new").text
    assert '<option value="templates/working_on_it/' in page
    assert '<option value="templates/_base/' not in page


def test_the_documents_are_listed_by_what_they_are_about(editors):
    page = text_of(editors.browser(EDITOR).get("/edit"))
    for word in (
        "Märkningar",
        "Kunder",
        "Öppettider",
        "Bemanning",
        "Mallar",
        "Artiklar",
        "Anstånd",
    ):
        assert word in page


def test_a_draft_is_looked_at_before_it_is_saved_and_nothing_is_stored(editors, city):
    answer = sent(editors.browser(EDITOR), HOURS, "closed: []", "closed: [2026-05-15]", act="look")
    page = text_of(answer)
    assert answer.status_code == 200
    assert "Inga fel." in page
    assert "+ closed: [2026-05-15]" in page
    assert city.app.editing.waiting() == []


def test_a_fault_is_shown_with_file_and_line_and_what_was_typed_stays(editors, city):
    answer = sent(editors.browser(EDITOR), HOURS, "closed: []", "closed: [i morgon]")
    assert answer.status_code == 422
    assert "knowledge/hours.yaml rad" in text_of(answer)
    assert "closed: [i morgon]" in shown_text(answer)
    assert city.app.editing.waiting() == []


def test_a_change_is_saved_put_in_force_and_undone(editors, city):
    browser = editors.browser(EDITOR)
    page = follow(
        browser, sent(browser, HOURS, "closed: []", "closed: [2026-05-15]", note="Klämdag")
    )
    assert "Klämdag" in text_of(page)
    page = browser.done("/edit/changes/1/approve")
    assert "Ändring 1 gäller." in text_of(page)
    assert b"closed: [2026-05-15]" in city.app.editing.read(HOURS).content
    page = browser.done("/edit/changes/1/undo")
    browser.done("/edit/changes/2/approve")
    assert b"closed: []" in city.app.editing.read(HOURS).content
    page = text_of(browser.get("/edit/versions", document=HOURS))
    assert page.index("Ändring 2") < page.index("Ändring 1")


def test_an_alias_is_added_in_a_form_and_tried_on_the_mail(editors, city):
    city.post("Hej! Var är fakturan?", subject="[Kundkoll] Faktura")
    city.work_off()
    browser = editors.browser(EDITOR)
    page = browser.get("/edit/form", document=TAGS)
    name, value = re.search(r'name="(0\.0\.2)" value="([^"]*)"', page.text).groups()
    fields = {name: f"{value}, Kundkoll", "seen": value_of(page, "seen")}
    page = follow(browser, browser.post("/edit/form/save", document=TAGS, act="save", **fields))
    assert "Ska provas" in text_of(page)
    assert "Låt den gälla" not in text_of(page)
    try_all(city)
    page = text_of(browser.get("/edit/changes/1"))
    assert "1 mejl provade" in page
    assert "Inget brådskande ärende går förlorat" in page
    browser.done("/edit/changes/1/approve")
    assert b"Kundkoll" in city.app.editing.read(TAGS).content


@pytest.fixture
def lost(editors, city):
    """A change that would lose an urgent case, tried."""
    city.post(**HANGS_ON_THE_TERM)
    city.work_off()
    browser = editors.browser(EDITOR)
    page = browser.get("/edit/document", document=PHRASES)
    kept = [line for line in shown_text(page).split("\n") if line.strip() not in (TERM, f"{TERM}*")]
    fields = {
        f"text:{PHRASES}": "\n".join(kept),
        f"seen:{PHRASES}": value_of(page, f"seen:{PHRASES}"),
    }
    follow(browser, browser.post("/edit/document/save", document=PHRASES, act="save", **fields))
    try_all(city)
    return browser


def test_an_urgent_case_that_would_be_lost_stands_in_red_with_the_word(lost, city):
    (case,) = city.cases()
    page = lost.get("/edit/changes/1")
    assert '<div class="notice bad" role="alert">' in page.text
    assert "1 brådskande ärende går förlorat" in text_of(page)
    assert str(case.number) in text_of(page)
    assert TERM in text_of(page)


@pytest.mark.slow
def test_nobody_approves_their_own_where_urgency_is_touched(lost, editors):
    assert "Godkänn" not in text_of(lost.get("/edit/changes/1"))
    page = text_of(lost.done("/edit/changes/1/approve"))
    assert "en kollega ska godkänna" in page
    page = text_of(editors.browser(COLLEAGUE).done("/edit/changes/1/approve"))
    assert "Ändring 1 gäller." in page


@pytest.mark.slow
def test_a_protected_case_is_counted_and_not_named(lost, city):
    (case,) = city.cases()
    with city.app.database.work() as work:
        work.cases.change(replace(work.cases.get(case.id), protected=True))
    page = text_of(lost.get("/edit/changes/1"))
    assert "1 brådskande ärende går förlorat" in page
    assert str(case.number) not in page
    assert "1 av dem har skyddade uppgifter" in page


def test_the_trial_is_fetched_again_until_it_is_over(editors, city):
    browser = editors.browser(EDITOR)
    follow(browser, sent(browser, TAGS, "[KUND,", "[KUNDEN, KUND,"))
    assert "hx-get" in browser.get("/edit/changes/1/trial").text
    try_all(city)
    assert "hx-get" not in browser.get("/edit/changes/1/trial").text


def test_a_letter_is_shown_as_the_customer_will_read_it(editors, city):
    browser = editors.browser(EDITOR)
    path = "templates/delayed/sv/body.txt.j2"
    page = browser.get("/edit/document", document=path)
    assert 'name="text:templates/delayed/template.toml"' in page.text
    text = city.app.editing.read(path).text
    fields = typed(page, path, text.replace("{% endblock %}", "Nytt stycke.\n{% endblock %}"))
    answer = browser.post("/edit/document/save", document=path, act="look", **fields)
    assert "Brevet på svenska" in text_of(answer)
    assert "Nytt stycke." in text_of(answer)


def test_an_article_is_shown_as_staff_will_read_it_in_both_languages(editors):
    path = "knowledge/articles/anstand.md"
    browser = editors.browser(EDITOR)
    first = shown_text(browser.get("/edit/document", document=path))
    line = next(each for each in first.split("## Svenska\n")[1].split("\n") if each.strip())
    answer = sent(browser, path, line, f"{line} <b>Ring gärna.</b>", act="look")
    letter = re.search(r"Artikeln på svenska</h3>(.*?)<h3>", answer.text, re.DOTALL)[1]
    assert "<p>Anstånd betyder" in letter
    assert "&lt;b&gt;Ring gärna.&lt;/b&gt;" in letter
    assert "##" not in letter
    english = re.search(r"Artikeln på engelska</h3>(.*?)</div>\s*<h3>", answer.text, re.DOTALL)[1]
    assert "Ring gärna" not in english


def test_a_new_article_begins_as_a_copy_of_another(editors, city):
    browser = editors.browser(EDITOR)
    answer = browser.get(
        "/edit/new", kind="articles", name="nytt-amne", like="knowledge/articles/ovrigt.md"
    )
    page = follow(browser, answer)
    path = "knowledge/articles/nytt-amne.md"
    text = shown_text(page).replace("  sv: ", "  sv: Nytt ", 1).replace("  en: ", "  en: New ", 1)
    fields = typed(page, path, text)
    follow(browser, browser.post("/edit/document/save", document=path, act="save", **fields))
    browser.done("/edit/changes/1/approve")
    assert city.app.editing.read(path).content is not None


def test_a_file_is_given_out_byte_for_byte(editors, city):
    answer = editors.browser(EDITOR).get("/edit/file", document=TAGS)
    assert answer.content == city.app.editing.read(TAGS).content
    assert answer.headers["content-disposition"] == 'attachment; filename="tags.yaml"'


@pytest.mark.parametrize("path", ["knowledge/organisation.yaml", "../x", "/etc/passwd"])
def test_what_is_no_document_is_not_found(editors, path):
    browser = editors.browser(EDITOR)
    for page in ("/edit/document", "/edit/form", "/edit/file"):
        assert browser.get(page, document=path).status_code == 404


@pytest.mark.parametrize("page", ["/edit/document", "/edit/form"])
def test_an_address_that_names_no_document_leads_to_the_list_of_them(editors, page):
    assert editors.browser(EDITOR).get(page).headers["location"] == "/edit"


@pytest.mark.parametrize("number", ["0", "999999999", "x", "99999999999999999999"])
def test_a_change_that_is_not_there_is_not_found(editors, number):
    assert editors.browser(EDITOR).get(f"/edit/changes/{number}").status_code == 404


@pytest.mark.parametrize("path", ["customers", "hours", "links", "duty", "processes", "tags"])
def test_every_form_is_shown_and_changes_nothing_when_it_is_sent_back_as_it_is(editors, path):
    browser = editors.browser(EDITOR)
    path = f"knowledge/{path}.yaml"
    page = browser.get("/edit/form", document=path)
    fields = {
        name: value.replace("&#39;", "'").replace("&amp;", "&")
        for name, value in re.findall(
            r'name="([0-9][^"]*)" value="([^"]*)" autocomplete', page.text
        )
    }
    assert fields
    answer = browser.post(
        "/edit/form/save", document=path, act="save", seen=value_of(page, "seen"), **fields
    )
    assert answer.status_code == 422
    assert "ingenting är ändrat" in text_of(answer)


def test_a_template_is_listed_in_the_language_of_the_editor_and_edited_in_both(editors):
    browser = editors.browser(EDITOR)
    browser.client.cookies.set(editors.web.jar.name(LANGUAGE), "en")
    page = text_of(browser.get("/edit"))
    assert "Already paid" in page
    assert "Redan betald" not in page
    text = shown_text(
        browser.get("/edit/document", document="templates/already_paid/template.toml")
    )
    assert 'title = "Redan betald"' in text
    assert 'title_en = "Already paid"' in text
