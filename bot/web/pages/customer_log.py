"""Kundlogg: what happens around each customer, for the meetings with them."""

from __future__ import annotations

from bot.services.register_pages import Register
from bot.texts import mark
from bot.web.pages.register_book import Book, pages_of

PAGES = pages_of(
    Book(
        register=Register.CUSTOMER_LOG,
        name="customer_log",
        path="/customer-log",
        new=mark("Skriv i kundloggen"),
        one=mark("Kundlogg, post {number}"),
        about=mark("Händelser, återkommande punkter och möten som rör en kund."),
        due=mark("Följs upp senast"),
    )
)
