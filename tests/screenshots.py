"""Take the pictures of the pages that the README shows: ``make screenshots``."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from bot.store import schema
from bot.store.engine import open_engine
from tests.browser.served import Served
from tests.browser.stock import stock, urgent_case

DOCS = Path(__file__).parent.parent / "docs"
WIDE, NARROW = {"width": 1200, "height": 800}, {"width": 320, "height": 640}


def main() -> int:
    """Write all pictures; return the exit code."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        sys.stderr.write("chromium: not found; install it\n")
        return 2
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        url = f"sqlite:///{folder / 'pictures.db'}"
        engine = open_engine(url)
        schema.upgrade(engine)
        engine.dispose()
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        with Served(folder, url) as served:
            stock(served)
            case = urgent_case(served).number
            take(browser, served, {"inbox": "/inbox", "case": f"/cases/{case}"})
            take(
                browser,
                served,
                {"phone": "/phone", "figures": "/figures?period=2026-03", "chat": "/chat"},
            )
            take(browser, served, {"knowledge": "/knowledge", "operations": "/operations"})
            take(browser, served, {"case-dark": f"/cases/{case}"}, color_scheme="dark")
            take(browser, served, {"inbox-narrow": "/inbox"}, viewport=NARROW)
        browser.close()
    return 0


def take(browser, served, pages, **options) -> None:
    """Take a picture of each page, of the part that a window shows."""
    context = browser.new_context(**{"viewport": WIDE, "locale": "sv-SE", **options})
    page = context.new_page()
    served.sign_in(page)
    for name, path in pages.items():
        page.goto(served.base + path)
        page.screenshot(path=DOCS / f"{name}.png")
    context.close()


if __name__ == "__main__":
    raise SystemExit(main())
