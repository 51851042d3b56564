"""All pages, area by area. A new area: a module with `PAGES`, and its line here."""

from __future__ import annotations

from bot.web.page import Page
from bot.web.pages import (
    answers,
    case,
    case_acts,
    chat,
    control,
    customer_log,
    duty,
    editing,
    figures,
    inbox,
    knowing,
    language,
    operations,
    outside,
    phone,
    process_log,
    remarks,
    reply,
    reports,
    search,
    start,
    templates_list,
)

PAGES: tuple[Page, ...] = (
    *start.PAGES,
    *operations.PAGES,
    *language.PAGES,
    *phone.PAGES,
    *chat.PAGES,
    *remarks.PAGES,
    *customer_log.PAGES,
    *process_log.PAGES,
    *case.PAGES,
    *case_acts.PAGES,
    *reply.PAGES,
    *editing.PAGES,
    *answers.PAGES,
    *figures.PAGES,
    *control.PAGES,
    *outside.PAGES,
    *reports.PAGES,
    *inbox.PAGES,
    *search.PAGES,
    *duty.PAGES,
    *knowing.PAGES,
    *templates_list.PAGES,
)
