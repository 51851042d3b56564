"""What the pages may ask of the house: its services, and what things are called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.cases import Case
    from bot.clock import Clock
    from bot.notifying import Names
    from bot.services.answer_notes import AnswerNotes
    from bot.services.articles import Articles
    from bot.services.case_page import CasePages
    from bot.services.casework import Casework
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
    from bot.services.moving import Moving
    from bot.services.operations import Operations
    from bot.services.outside import Outside
    from bot.services.overview import Overview
    from bot.services.phone import Phone
    from bot.services.phone_desk import PhoneDesk
    from bot.services.register_forms import RegisterForms
    from bot.services.register_pages import RegisterPages
    from bot.services.registers import Registers
    from bot.services.replies import Replies
    from bot.services.reply_form import ReplyForms
    from bot.services.reply_outline import Outlines
    from bot.services.report_kinds import ReportKinds
    from bot.services.reporting import Reporting
    from bot.services.search import Search
    from bot.services.talks import Talks
    from bot.services.telling import Telling
    from bot.services.undoing import Undoing
    from bot.services.who_does_what import WhoDoesWhat
    from bot.web.chats import Chats


@dataclass(frozen=True, slots=True, kw_only=True)
class WebHouse:
    """The services that pages call; each call is one transaction.

    Attributes:
        find_case: The case that a text means, ``2026-000123`` or ``123``; raises NotFound.
        names: Language -> what things are called.
        talks: Who answers questions, made when first asked.
    """

    casework: Casework
    case_pages: CasePages
    correcting: Correcting
    undoing: Undoing
    telling: Telling
    escalating: Escalating
    inbox: Inbox
    search: Search
    reply_forms: ReplyForms
    phone: Phone
    phone_desk: PhoneDesk
    registers: Registers
    register_pages: RegisterPages
    register_forms: RegisterForms
    moving: Moving
    replies: Replies
    outlines: Outlines
    overview: Overview
    choices: Choices
    desk: Desk
    colleagues: Colleagues
    find_case: Callable[[str], Case]
    names: Callable[[str], Names]
    talks: Callable[[], Talks]
    chats: Chats
    answer_notes: AnswerNotes
    duty_book: DutyBook
    who_does_what: WhoDoesWhat
    articles: Callable[[], Articles]
    letters: LetterBook
    operations: Operations
    reporting: Reporting
    report_kinds: ReportKinds
    figure_cases: FigureCases
    control: InternalControl
    outside: Outside
    zone: tzinfo
    clock: Clock
