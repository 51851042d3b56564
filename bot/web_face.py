"""The web page put on a house: the services that its pages call."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from bot.app import App
from bot.asking import make_proposals, make_talks
from bot.knowledge.plain_file import load_plain
from bot.material import articles_of, knowledge_folder
from bot.services.answer_notes import AnswerNotes
from bot.services.case_page import CasePages
from bot.services.choices import Choices
from bot.services.colleagues import Colleagues
from bot.services.control import InternalControl
from bot.services.correcting import Correcting
from bot.services.duty_book import DutyBook
from bot.services.editing.desk import Desk
from bot.services.escalating import Escalating
from bot.services.figure_cases import FigureCases
from bot.services.inbox import Inbox
from bot.services.letter_book import LetterBook
from bot.services.naming import case_named
from bot.services.operations import Machinery, Operations
from bot.services.outside import Outside
from bot.services.overview import Overview
from bot.services.phone_desk import PhoneDesk
from bot.services.register_forms import RegisterForms
from bot.services.register_pages import RegisterPages
from bot.services.reply_form import ReplyForms
from bot.services.report_kinds import ReportKinds
from bot.services.search import Search
from bot.services.telling import Telling
from bot.services.undoing import Undoing
from bot.services.who_does_what import WhoDoesWhat
from bot.vocabulary import MailboxKey

if TYPE_CHECKING:
    from bot.web.chats import Chats
    from bot.web.house import WebHouse


def web_house(app: App, chats: Chats | None = None) -> WebHouse:
    """Return the services that pages call.

    Args:
        chats: What was said already; default: nothing.
    """
    from bot.web.chats import Chats
    from bot.web.house import WebHouse

    proposals = make_proposals(app)
    return WebHouse(
        casework=app.casework,
        case_pages=CasePages(app.database, app.house, app.clock),
        correcting=Correcting(app.database, app.house, app.clock),
        undoing=Undoing(app.database, app.house, app.clock),
        telling=Telling(app.database, app.house, app.phone, app.clock),
        escalating=Escalating(app.database, app.house, app.clock),
        inbox=Inbox(app.database, app.house.calendar, app.clock),
        search=Search(app.database, app.knowledge),
        reply_forms=ReplyForms(app.database, app.writer),
        phone=app.phone,
        phone_desk=PhoneDesk(app.database, app.phone, proposals, app.knowledge, app.clock),
        registers=app.registers,
        register_pages=RegisterPages(app.database, app.registers, app.knowledge),
        register_forms=RegisterForms(app.registers, app.knowledge),
        moving=app.moving,
        replies=app.replies,
        outlines=app.outlines,
        overview=Overview(app.database, app.house, app.clock),
        choices=Choices(app.knowledge),
        desk=Desk(app.database, app.editing),
        colleagues=Colleagues(app.knowledge),
        find_case=partial(case_named, database=app.database),
        names=app.knowledge.names_in,
        talks=cache(lambda: make_talks(app)),
        chats=chats or Chats(),
        answer_notes=AnswerNotes(app.database, app.registers, app.clock),
        duty_book=DutyBook(app.knowledge, app.clock),
        who_does_what=WhoDoesWhat(app.knowledge, app.clock),
        articles=cache(lambda: articles_of(app.settings)),
        letters=LetterBook(
            app.templates, app.knowledge, cache(lambda: load_plain(knowledge_folder(app.settings)))
        ),
        operations=_operations(app),
        reporting=app.reporting,
        report_kinds=ReportKinds(app.database, app.knowledge, app.reporting, app.clock),
        figure_cases=FigureCases(app.database, app.reporting),
        control=InternalControl(app.database, app.house, app.clock),
        outside=Outside(app.database, app.knowledge, app.clock),
        zone=app.house.zone,
        clock=app.clock,
    )


def _operations(app: App) -> Operations:
    machinery = Machinery(
        watch=app.watch,
        intake=app.intake,
        ignored=app.ignored,
        modes={MailboxKey(name): box.mode for name, box in app.settings.mailboxes.items()},
        worker=app.dispatch.worker,
        samples=app.knowledge.samples,
        ground=app.ground,
    )
    return Operations(app.database, machinery, app.clock)
