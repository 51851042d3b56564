"""Processlogg: proposals and faults, up the support ladder until the proposer is told."""

from __future__ import annotations

from bot.services.register_pages import Register
from bot.texts import mark
from bot.web.pages.register_book import Book, pages_of

PAGES = pages_of(
    Book(
        register=Register.PROCESS_LOG,
        name="process_log",
        path="/process-log",
        new=mark("Skriv i processloggen"),
        one=mark("Processlogg, post {number}"),
        about=mark("Förslag, fel och behov av stöd. Den som föreslår får alltid återkoppling."),
        due=mark("Följs upp senast"),
        climbs=True,
    )
)
