"""A real Chromium before a real server on a real house."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.served import Served
from tests.conftest import skip_unless_required

_CANDIDATES = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run everything here with the slow tests."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def chromium():
    """The browser, started once."""
    path = next((found for name in _CANDIDATES if (found := shutil.which(name))), None)
    if path is None:
        skip_unless_required("chromium", "no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def served(tmp_path, sqlite_url):
    """The page of a sample house, where one person may do everything."""
    with Served(tmp_path, sqlite_url) as served:
        yield served


@pytest.fixture
def open_page(chromium):
    """Open a browser window; closed after the test, which fails on any error in the page."""
    contexts, faults = [], []

    def opening(**options):
        context = chromium.new_context(**{"locale": "sv-SE", **options})
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: is_fault(said) and faults.append(said.text))
        return page

    yield opening
    for context in contexts:
        context.close()
    assert faults == []


def is_fault(said):
    """Tell whether the console complains; that a form was filled in wrongly is no fault."""
    return said.type == "error" and "status of 422" not in said.text
