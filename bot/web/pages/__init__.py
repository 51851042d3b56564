"""All pages, area by area. A new area: a module with `PAGES`, and its line here."""

from __future__ import annotations

from bot.web.page import Page
from bot.web.pages import phone, start

PAGES: tuple[Page, ...] = (*start.PAGES, *phone.PAGES)
