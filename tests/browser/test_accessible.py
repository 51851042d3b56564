"""WCAG 2.2 AA on every page: axe, narrow screens, large letters, dark colours, the keyboard."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.web.pages import PAGES
from tests.browser.served import Served
from tests.browser.stock import FRAGMENTS_AND_FILES, address, stock

AXE = (Path(__file__).parent.parent / "data" / "axe" / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
READ = [page for page in PAGES if page.method == "GET" and page.name not in FRAGMENTS_AND_FILES]
SIGNED_OUT = ["/sign-in", "/nowhere"]
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
def signed_in(stocked, chromium):
    """The cookies of somebody who has signed in."""
    context = chromium.new_context()
    stocked.sign_in(context.new_page())
    state = context.storage_state()
    context.close()
    return state


def faults(page):
    found = page.evaluate(
        AXE + "; axe.run(document, {runOnly: " + repr(RULES) + ", resultTypes: ['violations']})"
    )
    return [
        (violation["id"], node["target"], node["failureSummary"])
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("wanted", READ, ids=lambda page: page.name)
def test_axe_finds_nothing_on_any_page(wanted, colours, stocked, signed_in, open_page):
    page = open_page(storage_state=signed_in, color_scheme=colours)
    answer = page.goto(stocked.base + address(wanted, stocked))
    assert answer.status == 200
    assert faults(page) == []


@pytest.mark.parametrize("path", SIGNED_OUT)
def test_axe_finds_nothing_where_nobody_is_signed_in(path, stocked, chromium):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(stocked.base + path)
    assert faults(page) == []
    context.close()


def is_wider_than_the_screen(page):
    return page.evaluate("document.scrollingElement.scrollWidth > window.innerWidth")


@pytest.mark.parametrize("wanted", READ, ids=lambda page: page.name)
def test_every_page_fits_a_screen_of_320_pixels(wanted, stocked, signed_in, open_page):
    page = open_page(storage_state=signed_in, viewport={"width": 320, "height": 640})
    page.goto(stocked.base + address(wanted, stocked))
    assert not is_wider_than_the_screen(page)


@pytest.mark.parametrize("wanted", READ, ids=lambda page: page.name)
def test_every_page_holds_letters_of_twice_the_size(wanted, stocked, signed_in, open_page):
    page = open_page(storage_state=signed_in, viewport={"width": 1280, "height": 800})
    page.goto(stocked.base + address(wanted, stocked))
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert not is_wider_than_the_screen(page)


@pytest.mark.parametrize("wanted", READ, ids=lambda page: page.name)
def test_the_keyboard_reaches_everything_that_the_mouse_does(wanted, stocked, signed_in, open_page):
    page = open_page(storage_state=signed_in)
    page.goto(stocked.base + address(wanted, stocked))
    page.evaluate(
        """() => {
            const kinds = 'a[href], button, input, select, textarea, summary';
            const all = document.querySelectorAll(kinds);
            window.wanted = [...all].filter(
                (e) => !e.disabled && e.type !== 'hidden' && e.offsetParent && e.tabIndex >= 0
                    && !(e.type === 'radio' && !e.checked));
            window.reached = new Set();
        }"""
    )
    count = page.evaluate("window.wanted.length")
    for _ in range(count + 10):
        page.keyboard.press("Tab")
        page.evaluate("window.reached.add(document.activeElement)")
    missed = page.evaluate(
        "window.wanted.filter((e) => !window.reached.has(e)).map((e) => e.outerHTML.slice(0, 120))"
    )
    assert missed == []


@pytest.mark.parametrize("wanted", READ, ids=lambda page: page.name)
def test_what_is_pressed_is_large_enough_for_a_finger(wanted, stocked, signed_in, open_page):
    page = open_page(storage_state=signed_in)
    page.goto(stocked.base + address(wanted, stocked))
    small = page.evaluate(
        """(least) => [...document.querySelectorAll('button, input, select, .button, nav a')]
            .filter((e) => e.type !== 'hidden' && e.offsetParent && !e.closest('label'))
            .filter((e) => e.getBoundingClientRect().height < least
                && !['checkbox', 'radio'].includes(e.type))
            .map((e) => e.outerHTML.slice(0, 120))""",
        SMALLEST,
    )
    assert small == []


def test_the_first_stop_of_the_keyboard_leads_past_the_menu(stocked, signed_in, open_page):
    page = open_page(storage_state=signed_in)
    page.goto(stocked.base)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
