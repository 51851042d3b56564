"""WCAG 2.2 AA on every page: axe, narrow screens, large letters, dark colours, the keyboard."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.web.pages import PAGES
from tests.browser.conftest import is_fault
from tests.browser.served import Served
from tests.browser.stock import FRAGMENTS_AND_FILES, address, stock

AXE = (Path(__file__).parent.parent / "data" / "axe" / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
READ = [page for page in PAGES if page.method == "GET" and page.name not in FRAGMENTS_AND_FILES]
EVERY_PAGE = pytest.mark.parametrize("wanted", READ, ids=lambda page: page.name)
ARTICLE, LETTER = "knowledge/articles/anstand.md", "templates/done/sv/body.txt.j2"
USUAL, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
SMALLEST = 24
"""Pixels, WCAG 2.2 criterion 2.5.8."""


@pytest.fixture(scope="module")
def stocked(tmp_path_factory, empty_database):
    folder = tmp_path_factory.mktemp("stocked")
    shutil.copy(empty_database, folder / "stocked.db")
    with Served(folder, f"sqlite:///{folder / 'stocked.db'}") as served:
        stock(served)
        yield served


@pytest.fixture(scope="module")
def window(stocked, chromium):
    """A browser window in which somebody has signed in, for all tests here."""
    context = chromium.new_context(locale="sv-SE")
    context.set_default_timeout(30_000)
    page = context.new_page()
    stocked.sign_in(page)
    page.goto(f"{stocked.base}/chat")
    page.get_by_label("Din fråga").fill("vilka ärenden är öppna?")
    page.keyboard.press("Enter")
    page.locator("#turns article").wait_for()
    yield page
    context.close()


@pytest.fixture
def visit(stocked, window):
    """Open a page anew; the console must not complain meanwhile."""
    complaints = []

    def listen(said):
        if is_fault(said):
            complaints.append(said.text)

    window.on("console", listen)

    def visiting(wanted, *, viewport=USUAL):
        window.set_viewport_size(viewport)
        window.emulate_media(color_scheme="light")
        answer = window.goto(stocked.base + address(wanted, stocked))
        assert answer.status == 200
        return window

    yield visiting
    window.remove_listener("console", listen)
    assert complaints == []


def faults(page):
    found = page.evaluate(
        AXE + "; axe.run(document, {runOnly: " + repr(RULES) + ", resultTypes: ['violations']})"
    )
    return [
        (violation["id"], node["target"], node["failureSummary"])
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@EVERY_PAGE
def test_axe_finds_nothing_in_light_and_in_dark_colours(wanted, visit):
    page = visit(wanted)
    light = faults(page)
    page.emulate_media(color_scheme="dark")
    assert (light, faults(page)) == ([], [])


@pytest.mark.parametrize("path", ["/sign-in", "/nowhere"])
def test_axe_finds_nothing_where_nobody_is_signed_in(path, stocked, chromium):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(stocked.base + path)
    assert faults(page) == []
    context.close()


def wider_than_the_screen(page):
    """Return how many pixels stick out to the right."""
    return page.evaluate("Math.max(0, document.scrollingElement.scrollWidth - window.innerWidth)")


def search(page):
    page.locator("#question").fill("faktura")
    page.locator("main button").click()
    page.locator("#found").wait_for()


def look_at_a_draft(page):
    box = page.locator("textarea.code").first
    box.fill(box.input_value().replace("är", "blir"))
    look(page)


def look_at_a_fault(page):
    box = page.locator("textarea.code").first
    box.fill(box.input_value() + "\n\nEtt stycke som saknas på engelska.\n")
    look(page)


def look(page):
    page.get_by_role("button", name="Förhandsgranska").click()
    page.locator("#look").wait_for()


def send_empty(page):
    """Send the first form of a page without what it needs, as an old browser would."""
    page.evaluate("document.querySelector('main form[method=post]').noValidate = true")
    page.locator("main form[method=post]").first.get_by_role("button").first.click()
    page.locator("[aria-invalid=true]").first.wait_for()


def correct_nothing(page):
    page.get_by_text("Rätta bedömningen").click()
    page.get_by_role("button", name="Rätta", exact=True).click()
    page.get_by_role("alert").first.wait_for()


AFTER = {
    "a search": ("/search", search),
    "a look at an article": (f"/edit/document?document={ARTICLE}", look_at_a_draft),
    "a look at a letter": (f"/edit/document?document={LETTER}", look_at_a_draft),
    "a look at a fault": (f"/edit/document?document={ARTICLE}", look_at_a_fault),
    "a call without words": ("/phone", send_empty),
    "a remark without words": ("/remarks/new", send_empty),
    "a correction of nothing": ("/cases/2026-000002", correct_nothing),
    "days that make no sense": ("/figures?from=2026-03-05&to=2026-03-03", lambda _page: None),
    "a case with a formatted mail": ("/cases/2026-000001", lambda _page: None),
    "no such page": ("/cases/2026-999999", lambda _page: None),
}
"""What people come to by a form: where it stands, and what is done there."""


@pytest.mark.parametrize("what", AFTER)
def test_axe_finds_nothing_on_what_follows_a_form(what, stocked, window):
    path, act = AFTER[what]
    window.set_viewport_size(USUAL)
    window.emulate_media(color_scheme="light")
    window.goto(stocked.base + path)
    act(window)
    window.wait_for_load_state("load")  # with its colours and sizes
    light = faults(window)
    window.emulate_media(color_scheme="dark")
    dark = faults(window)
    window.set_viewport_size(NARROW)
    assert (light, dark, wider_than_the_screen(window)) == ([], [], 0)


@EVERY_PAGE
def test_every_page_fits_320_pixels_and_letters_of_twice_the_size(wanted, visit):
    page = visit(wanted, viewport=NARROW)
    narrow = wider_than_the_screen(page)
    page.set_viewport_size(USUAL)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert (narrow, wider_than_the_screen(page)) == (0, 0)


@EVERY_PAGE
def test_the_keyboard_reaches_everything_and_a_finger_hits_it(wanted, visit):
    page = visit(wanted)
    page.evaluate(
        """() => {
            const kinds = 'a[href], button, input, select, textarea, summary';
            window.wanted = [...document.querySelectorAll(kinds)].filter(
                (e) => !e.disabled && e.type !== 'hidden' && e.checkVisibility() && e.tabIndex >= 0
                    && !(e.type === 'radio' && !e.checked));
            window.reached = new Set();
            document.addEventListener('focusin', (event) => window.reached.add(event.target));
        }"""
    )
    for _ in range(page.evaluate("window.wanted.length") + 25):
        page.keyboard.press("Tab")
    missed = page.evaluate(
        "window.wanted.filter((e) => !window.reached.has(e)).map((e) => e.outerHTML.slice(0, 120))"
    )
    small = page.evaluate(
        """(least) => window.wanted
            .filter((e) => e.matches('button, select, .button, nav a, input')
                && !['checkbox', 'radio'].includes(e.type))
            .filter((e) => e.getBoundingClientRect().height < least)
            .map((e) => e.outerHTML.slice(0, 120))""",
        SMALLEST,
    )
    assert (missed, small) == ([], [])


def test_the_first_stop_of_the_keyboard_leads_past_the_menu(stocked, window):
    window.goto(stocked.base)
    window.keyboard.press("Tab")
    window.keyboard.press("Enter")
    assert window.evaluate("document.activeElement.id") == "main"
